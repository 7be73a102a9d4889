"""Which section of the digest an article belongs to, and whether it belongs to this field at all."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict, TypeAdapter

from bot.lined import Part
from bot.model import Language, Topic
from bot.stories.entities import Entity
from bot.text import HAN, fold

_BUNDLED = Path(__file__).with_name("topics.yaml")

_FIELD, _AGAINST = "field", "against"
_SECTIONS = frozenset((*Topic, _FIELD, _AGAINST))
_STRONG, _NORMAL, _WEAK = 3.0, 2.0, 1.0

_ENOUGH = 2.0
"""By how much the words for the field must outweigh those against it."""
_IN_SUMMARY = 0.5
"""The share of its weight that a word has when only the excerpt says it."""

_TELLING = {Topic.CHIPS: 1.0, Topic.MODELS: 1.0}
"""Chips and models are in nearly every headline; a word of another section says twice as much about the topic."""
_MAKERS = frozenset({"company", "lab", "model", "product", "person"})
_LATIN = "a-z0-9\u00df-\u024f"
_GAP = re.compile(rf"(?<=[{HAN}]) +(?=[{_LATIN}])|(?<=[{_LATIN}]) +(?=[{HAN}])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an article is about; `reasons` are the words that decided, those against it behind a minus."""

    topic: Topic | None
    relevant: bool
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """A word or name of an article, the section it speaks for, and its weight.

    `context` only chooses the section; `name` tells an entity from a word.
    """

    said: str
    section: str
    weight: float
    context: bool = False
    name: bool = False

    @property
    def vote(self) -> float:
        """What it says about belonging to the field."""
        if self.context:
            return 0.0
        return -self.weight if self.section == _AGAINST else self.weight


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """A section as it is written in the file."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    heading: dict[Language, str] | None = None
    strong: tuple[str, ...] = ()
    normal: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    leading: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()

    def words(self, name: str) -> Iterator[Clue]:
        """Each of its words as the clue it would be."""
        for words, weight in ((self.strong, _STRONG), (self.normal, _NORMAL), (self.weak, _WEAK)):
            yield from (Clue(said=_plain(word), section=name, weight=weight) for word in words)
        yield from (Clue(said=_plain(word), section=name, weight=_WEAK, context=True) for word in self.context)

    def names(self, name: str) -> Iterator[tuple[str, Clue]]:
        """Each of its entities' ids with the clue it would be."""
        for ids, weight in ((self.leading, _STRONG), (self.entities, _NORMAL)):
            yield from ((entity, Clue(said=entity, section=name, weight=weight, name=True)) for entity in ids)


class Topics:
    """Judges an article by its words alone; compiled once."""

    def __init__(self, sections: Mapping[str, _Section]) -> None:
        self._headings = {name: section.heading or {} for name, section in sections.items()}
        self._words = {clue.said: clue for name, section in sections.items() for clue in section.words(name)}
        self._names = dict(pair for name, section in sections.items() for pair in section.names(name))
        self._pattern = _pattern(self._words)

    @classmethod
    def load(cls, path: Path | None = None) -> "Topics":
        """Read the words, the bundled ones by default; raises SettingsError with the line that is wrong."""
        whole, reader = Part.read(path or _BUNDLED), TypeAdapter(_Section)
        sections: dict[str, _Section] = {}
        owners: dict[str, str] = {}
        for name, part in whole.pairs():
            if name not in _SECTIONS:
                raise part.wrong(f"{name}: there is no such section", key=name)
            sections[name] = part.made(reader)
            _claim(part, name, sections[name], owners)
        for topic in Topic:
            if set(sections.get(topic, _Section()).heading or ()) != set(Language):
                raise whole.wrong(f"{topic}: needs a heading in both languages", key=str(topic))
        return cls(sections)

    def judge(self, title: str, summary: str, entities: Sequence[Entity]) -> Verdict:
        """What an article is about, and whether it belongs to the field; `entities` are those it names."""
        clues = without_wider_world([*self._said(title, summary), *self._named(entities)])
        score = sum(clue.vote for clue in clues)
        relevant = score >= _ENOUGH
        return Verdict(
            topic=loudest(clues) if relevant else None,
            relevant=relevant,
            score=score,
            reasons=tuple(f"-{clue.said}" if clue.section == _AGAINST else clue.said for clue in clues),
        )

    def headings(self, language: Language) -> dict[str, str]:
        """What stands over each topic's section of the digest, by the topic's value."""
        return {topic: self._headings[topic][language] for topic in Topic}

    def listed(self) -> frozenset[str]:
        """The ids of all entities that the file names."""
        return frozenset(self._names)

    def _said(self, title: str, summary: str) -> Iterator[Clue]:
        """The words of an article, each once; those of the excerpt alone count less."""
        above = dict.fromkeys(self._found(title))
        yield from above
        for clue in dict.fromkeys(self._found(summary)):
            if clue not in above:
                yield replace(clue, weight=clue.weight * _IN_SUMMARY)

    def _found(self, text: str) -> Iterator[Clue]:
        for said in self._pattern.findall(_plain(text)):
            singular = next(word for word in (said, said[:-1], said[:-2]) if word in self._words)
            yield self._words[singular]

    def _named(self, entities: Sequence[Entity]) -> Iterator[Clue]:
        """What the names say: their own section's, else their parent's, else a little where they are Chinese."""
        for entity in entities:
            if listed := self._names.get(entity.id) or self._names.get(entity.parent or ""):
                yield replace(listed, said=entity.name)
            elif entity.china:
                section = Topic.MODELS if entity.kind in _MAKERS else _FIELD
                yield Clue(said=entity.name, section=section, weight=_WEAK, name=True)


def without_wider_world(clues: Sequence[Clue]) -> list[Clue]:
    """Count the foreign AI world once, and less beside chips or a name of ours: it is not off topic there."""
    ours = any(clue.section == Topic.CHIPS or (clue.name and clue.section != _AGAINST) for clue in clues)
    wider = [clue for clue in clues if clue.name and clue.section == _AGAINST]
    kept = [clue for clue in clues if clue not in wider]
    return kept + [replace(clue, weight=_WEAK if ours else clue.weight) for clue in wider[:1]]


def loudest(clues: Sequence[Clue]) -> Topic | None:
    """The topic with the most weight; in doubt the one that comes first."""
    weights = {
        topic: _TELLING.get(topic, 2.0) * sum(clue.weight for clue in clues if clue.section == topic) for topic in Topic
    }
    best = max(Topic, key=lambda topic: weights[topic])
    return best if weights[best] else None


def _plain(text: str) -> str:
    """A text in which 「AI 芯片」 is 「ai芯片」 and open-weight is open weight."""
    return _GAP.sub("", fold(text).replace("-", " "))


def _pattern(words: Mapping[str, Clue]) -> re.Pattern[str]:
    """One expression for all words, the longest first; English ones end at a word's edge or its plural."""
    return re.compile("|".join(map(_bounded, sorted(words, key=len, reverse=True))))


def _bounded(word: str) -> str:
    before = rf"(?<![{_LATIN}])" if re.match(f"[{_LATIN}]", word) else ""
    after = rf"(?:e?s)?(?![{_LATIN}])" if re.search(f"[{_LATIN}]$", word) else ""
    return before + re.escape(word) + after


def _claim(part: Part, name: str, section: _Section, owners: dict[str, str]) -> None:
    """A word or an entity speaks for one section."""
    for said in (
        *(clue.said for clue in section.words(name)),
        *(f"entity {entity}" for entity, _ in section.names(name)),
    ):
        if said in owners:
            raise part.wrong(f"{name}: {said} is in {owners[said]} already", key=name)
        owners[said] = name
