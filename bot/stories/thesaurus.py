"""What else a headline may say when somebody asks for something: the neighbours of concepts, names and words.

A thesaurus is directional and made by hand (thesaurus.yaml): who asks for a shortage is glad of rising prices, and
who asks for prices is not always glad of a shortage. What merely says the same in the other language is a concept.
"""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
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

_ENTITY = "entity/"
"""What stands before an entity's id in the file, because some concepts have the same id."""

_MOST = 10
"""How many neighbours one entry may have; more would say nothing."""


@dataclass(frozen=True, slots=True)
class Near:
    """A neighbour: a concept as `#id`, the way Meanings says it, or an entity by its id."""

    said: str
    entity: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the file: either the id of a concept or entity, or words of either language that are in no concept.

    `near` are its neighbours as the file writes them, the nearest first.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    near: Annotated[tuple[str, ...], Field(min_length=1, max_length=_MOST)]
    id: str = ""
    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()

    @property
    def words(self) -> frozenset[str]:
        """Its words as a text is read: English ones stemmed, Chinese ones folded."""
        return frozenset((*map(_stemmed, self.en), *map(fold, self.zh)))


class Thesaurus:
    """Knows the neighbours of concepts, entities and words; some 2 MB."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        made: dict[str, Near] = {}
        self._near: dict[str, tuple[Near, ...]] = {}
        self._words: set[str] = set()
        for entry in entries:
            near = tuple(made.setdefault(each, _neighbour(each)) for each in entry.near)
            self._words |= entry.words
            self._near |= dict.fromkeys(entry.words, near)
            if entry.id:
                self._near[_neighbour(entry.id).said] = near
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
        return cls(entries)

    @property
    def phrases(self) -> frozenset[str]:
        """The words and phrases that are in no concept, as `read` finds them."""
        return frozenset(self._words)

    def near(self, item: str) -> tuple[Near, ...]:
        """The neighbours of a concept (`#id`), an entity's id or a word as Meanings or `read` say it; nearest first."""
        return self._near.get(item, ())

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
        return self._wrong_id(entry) or next(filter(None, self._wrong_words(entry)), "") or self._wrong_near(entry)

    def _wrong_id(self, entry: Entry) -> str:
        if not entry.id:
            return ""
        if not self._is_known(entry.id):
            return f"{entry.id} is no concept and no entity; an entity is written {_ENTITY}id"
        return (
            ""
            if self._seen.setdefault(_neighbour(entry.id).said, entry) is entry
            else f"{entry.id} has an entry already"
        )

    def _wrong_words(self, entry: Entry) -> Iterator[str]:
        for word in entry.en:
            yield "" if _ENGLISH_WORD.fullmatch(word) else f"{word} is not read as English: only small letters are"
            yield self._wrong_word(word, _stemmed(word), entry)
        for word in entry.zh:
            yield "" if _CHINESE_WORD.fullmatch(word) else f"{word} is not read as Chinese: two characters or more are"
            yield self._wrong_word(word, fold(word), entry)

    def _wrong_word(self, word: str, said: str, entry: Entry) -> str:
        if concept := self._meanings.concept(said):
            return f"{word} is in the concept {concept.removeprefix('#')} already"
        if said in self._entities:
            return f"{word} is the id of an entity"
        return "" if self._seen.setdefault(said, entry) is entry else f"{word} has an entry already"

    def _wrong_near(self, entry: Entry) -> str:
        for at, near in enumerate(entry.near):
            if not self._is_known(near):
                return f"near: {near} is no concept and no entity; an entity is written {_ENTITY}id"
            if near == entry.id or near in entry.near[:at]:
                return f"near: {near} stands here twice"
        return ""

    def _is_known(self, written: str) -> bool:
        each = _neighbour(written)
        return each.said in (self._entities if each.entity else self._concepts)


def _neighbour(written: str) -> Near:
    """What an id of the file stands for."""
    if written.startswith(_ENTITY):
        return Near(written.removeprefix(_ENTITY), entity=True)
    return Near(f"#{written}")


def _stems(run: str) -> list[str]:
    return [stem(word) for word in _LATIN.findall(run)]


def _stemmed(phrase: str) -> str:
    return " ".join(_stems(phrase.lower()))


def _most_parts(words: Iterable[str], chinese: bool) -> int:
    """Of how many characters, or English words, the longest one is."""
    sizes = (len(word) if chinese else word.count(" ") + 1 for word in words if is_chinese(word) == chinese)
    return max(sizes, default=0)
