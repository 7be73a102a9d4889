"""What else a headline may say when somebody asks for something: the neighbours of concepts, names and words.

A thesaurus is directional and made by hand (thesaurus.yaml): who asks about exams is glad of mathematics, and who
asks about mathematics is not glad of every school. What merely says the same in the other language is a concept.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field, TypeAdapter

from bot.lined import Part
from bot.stories.meanings import Meanings, stem
from bot.text import HAN, fold, is_chinese

_BUNDLED = Path(__file__).with_name("thesaurus.yaml")

_RUNS = re.compile(rf"[{HAN}]+|[a-z]+(?:[ -][a-z]+)*")
_LATIN = re.compile("[a-z]+")
_ENGLISH_WORD = re.compile("[a-z]+(?:[ -][a-z]+)*")
_CHINESE_WORD = re.compile(f"[{HAN}]{{2,}}")
_CUT = re.compile(r"[ey]\b")
_SHORTEST = {"e": 4, "y": 5}
"""From how many letters an English word has a second form without its last: the ally of allies is not all."""

_ENTITY = "entity/"
"""What stands before an entity's id in the file, because some concepts have the same id."""

_MOST = 10
"""How many neighbours one entry may have; more would say nothing."""


@dataclass(frozen=True, slots=True)
class Near:
    """A neighbour: a concept as `#id`, the way Meanings says it, or an entity by its id; `same` where both are one."""

    said: str
    entity: bool = False
    same: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the file: either the id of a concept or entity, or words of either language that are in no concept.

    `same` are entities whose names are words of the concept, so that texts say the entity where they mean the concept.
    `near` are its neighbours as the file writes them, the nearest first.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    near: Annotated[tuple[str, ...], Field(min_length=1, max_length=_MOST)]
    id: str = ""
    same: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()


class Thesaurus:
    """Knows the neighbours of concepts, entities and words; some 2 MB."""

    def __init__(self, entries: Sequence[Entry], english: Mapping[str, str] | None = None) -> None:
        """`english` are the stemmed English words of concepts, as Meanings has them."""
        same, listed = _twins(entries), english or {}
        self._near = _neighbours(entries, same)
        words: dict[str, tuple[Near, ...]] = {}
        for entry in entries:
            words |= dict.fromkeys(map(_read_as, (*entry.en, *entry.zh)), _among(entry.near, same))
        others = {form: near for said, near in words.items() for form in _others(said) if form not in listed}
        self._words = _missed(listed, self._near) | others | words
        self._sizes = {chinese: _most_parts(self._words, chinese) for chinese in (True, False)}

    @classmethod
    def load(cls, meanings: Meanings, entities: Container[str], path: Path | None = None) -> "Thesaurus":
        """Read the entries, the bundled ones by default; raises SettingsError with the line that is wrong.

        `meanings` knows the concepts, `entities` the ids of the names; every id must be one of theirs, no word may
        stand here twice, and none that is in a concept.
        """
        reader, check = TypeAdapter(Entry), _Check(meanings, entities)
        entries = []
        for part in Part.read(path or _BUNDLED).items():
            entry = part.made(reader)
            if wrong := check.wrong(entry):
                raise part.wrong(wrong, key="id" if entry.id else "en")
            entries.append(entry)
        return cls(entries, meanings.english)

    @property
    def phrases(self) -> frozenset[str]:
        """The words and phrases that are in no concept, as `read` finds them, and those that Meanings misses."""
        return frozenset(self._words)

    def near(self, item: str) -> tuple[Near, ...]:
        """The neighbours of a concept (`#id`), an entity's id or a word as Meanings or `read` say it; nearest first."""
        return self._near.get(item) or self._words.get(item, ())

    def read(self, folded: str) -> tuple[str, ...]:
        """The words of this thesaurus in a folded text, the longest from the left; names should have been blanked."""
        found = [
            word
            for run in _RUNS.findall(folded)
            for word in (self._longest(run, "") if is_chinese(run) else self._longest(_stems(run), " "))
        ]
        return tuple(dict.fromkeys(found))

    def _longest(self, parts: Sequence[str], joint: str) -> Iterator[str]:
        at = 0
        while at < len(parts):
            sizes = range(min(self._sizes[not joint], len(parts) - at), 0, -1)
            size = next((size for size in sizes if joint.join(parts[at : at + size]) in self._words), 0)
            if size:
                yield joint.join(parts[at : at + size])
            at += size or 1


class _Check:
    """Says what is wrong with an entry beside those before it."""

    def __init__(self, meanings: Meanings, entities: Container[str]) -> None:
        self._meanings, self._entities = meanings, entities
        self._concepts = meanings.concepts
        self._seen: dict[str, Entry] = {}

    def wrong(self, entry: Entry) -> str:
        """What is wrong, empty where nothing is."""
        if bool(entry.id) == bool(entry.en or entry.zh):
            return "an entry has an id, or words in en and zh, and never both"
        return next(filter(None, (*self._wrong_id(entry), *self._wrong_words(entry), *self._wrong_near(entry))), "")

    def _wrong_id(self, entry: Entry) -> Iterator[str]:
        if entry.id:
            yield self._wrong_name(entry.id)
            yield self._wrong_again(entry.id, _neighbour(entry.id).said, entry)
        for same in entry.same:
            yield self._wrong_name(same)
            yield self._wrong_again(f"same: {same}", f"same {same}", entry)
            if not same.startswith(_ENTITY) or not entry.id or entry.id.startswith(_ENTITY):
                yield f"same: {same} must be an entity and stand with a concept"

    def _wrong_words(self, entry: Entry) -> Iterator[str]:
        for word in entry.en:
            yield "" if _ENGLISH_WORD.fullmatch(word) else f"{word} is not read as English: only small letters are"
            yield self._wrong_word(word, entry)
        for word in entry.zh:
            yield "" if _CHINESE_WORD.fullmatch(word) else f"{word} is not read as Chinese: two characters or more are"
            yield self._wrong_word(word, entry)

    def _wrong_word(self, word: str, entry: Entry) -> str:
        said = _read_as(word)
        if concept := self._meanings.concept(said):
            return f"{word} is in the concept {concept.removeprefix('#')} already"
        if said in self._entities:
            return f"{word} is the id of an entity"
        return self._wrong_again(word, said, entry)

    def _wrong_near(self, entry: Entry) -> Iterator[str]:
        for at, near in enumerate(entry.near):
            yield self._wrong_name(near)
            if near in (entry.id, *entry.same, *entry.near[:at]):
                yield f"near: {near} stands here twice"

    def _wrong_again(self, written: str, said: str, entry: Entry) -> str:
        return "" if self._seen.setdefault(said, entry) is entry else f"{written} has an entry already"

    def _wrong_name(self, written: str) -> str:
        each = _neighbour(written)
        known = each.said in (self._entities if each.entity else self._concepts)
        return "" if known else f"{written} is no concept and no entity; an entity is written {_ENTITY}id"


def _twins(entries: Iterable[Entry]) -> dict[str, tuple[str, ...]]:
    """The entities that are one with a concept, and the concept that is one with an entity."""
    concepts = {entry.id: entry.same for entry in entries if entry.same}
    return concepts | {same: (concept,) for concept, entities in concepts.items() for same in entities}


def _neighbours(entries: Iterable[Entry], same: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[Near, ...]]:
    """The neighbours of concepts and entities; who has a twin has the twin and its neighbours too."""
    written = {entry.id: entry.near for entry in entries if entry.id}
    found = {}
    for each in dict.fromkeys((*written, *same)):
        twins = same.get(each, ())
        theirs = (near for twin in twins for near in written.get(twin, ()))
        near = _among((*written.get(each, ()), *theirs), same)
        one = tuple(replace(_neighbour(twin), same=True) for twin in twins)
        already = {_neighbour(each).said, *(twin.said for twin in one)}
        found[_neighbour(each).said] = (*one, *(other for other in near if other.said not in already))
    return found


def _missed(english: Mapping[str, str], near: Mapping[str, tuple[Near, ...]]) -> dict[str, tuple[Near, ...]]:
    """The words of concepts that Meanings does not know again with an ending (phones is phon), one with the concept."""
    return {
        form: (Near(concept, same=True), *near.get(concept, ()))
        for said, concept in english.items()
        for form in _others(said)
        if form not in english
    }


def _among(written: Iterable[str], same: Mapping[str, tuple[str, ...]]) -> tuple[Near, ...]:
    """Neighbours with those that are one with them, each once."""
    return tuple(map(_neighbour, dict.fromkeys(each for near in written for each in (near, *same.get(near, ())))))


@lru_cache(8192)
def _neighbour(written: str) -> Near:
    """What an id of the file stands for."""
    if written.startswith(_ENTITY):
        return Near(written.removeprefix(_ENTITY), entity=True)
    return Near(f"#{written}")


def _read_as(word: str) -> str:
    """A word as it is found in a text."""
    return fold(word) if is_chinese(word) else " ".join(_stems(word))


def _others(said: str) -> set[str]:
    """How else an English word is found, because an e or y goes with the ending: purge, and purg of purges."""
    if is_chinese(said) or not _CUT.search(said):
        return set()
    return {" ".join(forms) for forms in product(*({word, _shorter(word)} for word in said.split()))}


def _shorter(word: str) -> str:
    return word[:-1] if len(word) >= _SHORTEST.get(word[-1], len(word) + 1) else word


def _stems(run: str) -> list[str]:
    return [stem(word) for word in _LATIN.findall(run)]


def _most_parts(words: Iterable[str], chinese: bool) -> int:
    """Of how many characters, or English words, the longest one is."""
    sizes = (len(word) if chinese else word.count(" ") + 1 for word in words if is_chinese(word) == chinese)
    return max(sizes, default=0)
