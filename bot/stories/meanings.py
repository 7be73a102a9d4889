"""What a headline says beside names and numbers, in words that can be compared across the languages.

Words of either language that say the same become one concept (concepts.yaml); other English words are stemmed, other
Chinese words keep the English of all their senses in CC-CEDICT beside them, of which any may be meant.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict, TypeAdapter

from bot.lined import Part
from bot.stories.wordbook.cedict import Cedict
from bot.text import HAN, fold, is_chinese

_BUNDLED = Path(__file__).with_name("concepts.yaml")

_RUNS = re.compile(rf"[{HAN}]+|[a-z]+(?:[ -][a-z]+)*")
_LATIN = re.compile("[a-z]+")
_ASIDE = re.compile(r"\(.*?\)")
_EMPTY = ("CL:", "surname", "variant of", "old variant", "see ", "abbr. for")
_ENDINGS = ("ing", "ies", "ed", "es", "s")
_SHORTEST = 3
"""No stem is shorter."""

_LONGEST, _PHRASE = 8, 3
"""The longest Chinese word in characters, and English phrase in words."""
_SENSES, _SENSE_WORDS, _ENGLISH = 6, 6, 10
"""How many senses of a word are read, words of a sense, and English words kept of them all."""
_CONCEPT, _LISTED, _KNOWN_CHAR, _CHAR = 0.9, 1.0, 1.3, 2.5
"""What a piece of a Chinese run costs; the cheapest way of cutting it is taken."""

STOP = frozenset(
    "the a an of to in on for and with as is are its it at by from that this be will has have after over "
    "new how why what amid into up out more than but not their his you your can could may says say said".split()
)
_NO_SENSE = STOP | frozenset(
    "sth sb one used etc esp lit fig also usu especially literally or old abbr surname taiwan pr "
    "classifier cl something someone person people thing things kind type make made become being very so "
    "such other another each every any all some only no yes".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """Words of both languages that say the same in a headline."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: str
    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()

    def english(self) -> Iterator[tuple[str, str]]:
        """Each English word by its stem, by which it is found: rules and ruling are one."""
        return ((_stems(word), word) for word in self.en)

    def chinese(self) -> Iterator[tuple[str, str]]:
        """Each Chinese word by how it is written in a folded text."""
        return ((fold(word), word) for word in self.zh)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """`said` are concepts (#id), Chinese words and English stems; `senses` the English that Chinese words may mean."""

    said: frozenset[str]
    senses: frozenset[str]


class Meanings:
    """Knows the concepts and the dictionary; takes a second to load, and some 30 MB."""

    def __init__(self, concepts: Iterable[Concept], cedict: Cedict) -> None:
        listed = list(concepts)
        self._english = {key: f"#{each.id}" for each in listed for key, _ in each.english()}
        self._chinese = {key: f"#{each.id}" for each in listed for key, _ in each.chinese()}
        self._cedict = cedict
        self._words = cedict.listed()
        self._senses = lru_cache(8192)(self._read_senses)

    @classmethod
    def load(cls, cedict: Cedict, path: Path | None = None) -> "Meanings":
        """Read the concepts, the bundled ones by default; raises SettingsError with the line that is wrong."""
        whole, reader = Part.read(path or _BUNDLED), TypeAdapter(Concept)
        owners: dict[str, tuple[str, str]] = {}
        concepts = []
        for part in whole.items():
            concept = part.made(reader)
            for key, word in (*concept.english(), *concept.chinese()):
                owner, first = owners.setdefault(key, (concept.id, word))
                if owner != concept.id:
                    raise part.wrong(f"{word} is in {owner} already" + f", as {first}" * (first != word), key="id")
            concepts.append(concept)
        return cls(concepts, cedict)

    @property
    def concepts(self) -> frozenset[str]:
        """Every concept that some word says, as #id."""
        return frozenset((*self._english.values(), *self._chinese.values()))

    @property
    def english(self) -> Mapping[str, str]:
        """The stemmed English words and phrases that are in concepts, each with its concept as #id."""
        return self._english

    def concept(self, word: str) -> str | None:
        """The concept (#id) of a stemmed English word or phrase, or of a folded Chinese word, if it is in one."""
        return self._english.get(word) or self._chinese.get(word)

    def read(self, folded: str) -> Meaning:
        """What a folded text says; names should have been blanked."""
        said: set[str] = set()
        senses: set[str] = set()
        for run in _RUNS.findall(folded):
            if is_chinese(run):
                for word in self._cut(run):
                    said.add(self._chinese.get(word, word))
                    senses |= frozenset() if word in self._chinese else self._senses(word)
            else:
                said.update(self._phrases([stem(word) for word in _LATIN.findall(run)]))
        return Meaning(said=frozenset(said), senses=frozenset(senses))

    def _cut(self, run: str) -> list[str]:
        """The words of a Chinese run along the cheapest way; lone characters say nothing."""
        ways: list[tuple[float, int]] = [(0.0, 0)]
        for end in range(1, len(run) + 1):
            ways.append(min((ways[at][0] + self._cost(run[at:end]), at) for at in range(max(0, end - _LONGEST), end)))
        words, end = [], len(run)
        while end:
            words.append(run[ways[end][1] : end])
            end = ways[end][1]
        return [word for word in words if len(word) > 1]

    def _cost(self, said: str) -> float:
        if len(said) == 1:
            return _KNOWN_CHAR
        if said in self._chinese:
            return _CONCEPT
        return _LISTED if said in self._words else _CHAR * len(said)

    def _phrases(self, stems: Sequence[str]) -> Iterator[str]:
        """The longest concepts from the left, and between them the words themselves."""
        at = 0
        while at < len(stems):
            sizes = range(min(_PHRASE, len(stems) - at), 0, -1)
            size = next((size for size in sizes if " ".join(stems[at : at + size]) in self._english), 0)
            word = stems[at]
            if size:
                yield self._english[" ".join(stems[at : at + size])]
            elif len(word) > 1 and word not in _NO_SENSE:
                yield word
            at += size or 1

    def _read_senses(self, word: str) -> frozenset[str]:
        said = [sense for sense in self._cedict.definitions(word).split("/") if sense and not sense.startswith(_EMPTY)]
        words = (
            stem(english)
            for sense in said[:_SENSES]
            for english in _LATIN.findall(_ASIDE.sub("", sense).lower())[:_SENSE_WORDS]
            if english not in _NO_SENSE and len(english) > 1
        )
        return frozenset(list(dict.fromkeys(words))[:_ENGLISH])


def stem(word: str) -> str:
    """An English word without its commonest endings; rough, but the same on both sides of a comparison."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST and _LATIN.fullmatch(word):
            return word[: -len(ending)]
    return word


def blanked(folded: str, places: Iterable[tuple[int, int]]) -> str:
    """A folded text with some places, in order, left blank."""
    parts, at = [], 0
    for start, end in places:
        parts.append(folded[at:start])
        at = end
    return " ".join([*parts, folded[at:]])


def _stems(phrase: str) -> str:
    return " ".join(stem(word) for word in re.findall("[a-z0-9]+", phrase.lower()))
