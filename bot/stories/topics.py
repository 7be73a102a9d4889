"""Which section of the digest an article belongs to, and whether it belongs to this field at all."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict, TypeAdapter

from bot.lined import Part
from bot.model import Language, Topic
from bot.stories.entities import Entity, Lexicon
from bot.text import HAN, fold

_BUNDLED = Path(__file__).with_name("topics.yaml")
_FITTED = Path(__file__).with_name("relevance.yaml")

_FIELD, _AGAINST = "field", "against"
_SECTIONS = frozenset((*Topic, _FIELD, _AGAINST))
_STRONG, _NORMAL, _WEAK = 3.0, 2.0, 1.0

_IN_SUMMARY = 0.5
"""The share of its weight that a word has when only the excerpt says it."""

_TELLING = {Topic.CHIPS: 1.0, Topic.MODELS: 1.0}
"""Chips and models are in nearly every headline; a word of another section says twice as much about the topic."""
_MAKERS = frozenset({"company", "lab", "model", "product"})
_EVERYWHERE = frozenset({"nvidia", "jensen-huang", "nemotron", "cosmos"})
"""Named in every second headline on AI, so they say less than another chip maker."""

_MOST = {"chips": 6.0, "ours": 5.0, "nvidia": 2.0, "china": 2.0, "against": 6.0, "against_alone": 6.0}
_MOST_ELSE = 4.0
"""The weight up to which evidence of one kind counts: ten words for chips are no more on topic than three."""

_ITEM = re.compile(r"[；;]")
_A_ROUND_UP = 3
"""The items from which a headline is a round-up."""
_LATIN = "a-z0-9\u00df-\u024f"
_GAP = re.compile(rf"(?<=[{HAN}]) +(?=[{_LATIN}])|(?<=[{_LATIN}]) +(?=[{HAN}])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an article is about; `reasons` are the words that decided, those against it behind a minus.

    `parts` are the kinds of evidence with what each adds; `score` is their sum, and from 0 the article is relevant.
    """

    topic: Topic | None
    relevant: bool
    score: float
    reasons: tuple[str, ...]
    parts: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """A word or name of an article, the section it speaks for, and its weight.

    `context` only chooses the section. `side` tells a name from a word, and whose name it is: a Chinese maker's
    ("ours"), another Chinese one ("china"), one that is everywhere ("nvidia") or any other ("listed").
    """

    said: str
    section: str
    weight: float
    context: bool = False
    side: str = ""

    @property
    def hardware(self) -> bool:
        """Whether it speaks of chips; strong words of research (quantum chips) and capital (chip stocks) do too."""
        other = self.section in {Topic.RESEARCH, Topic.CAPITAL} and self.weight >= _STRONG and not self.context
        return self.side != "nvidia" and (self.section == Topic.CHIPS or other)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relevance:
    """What each kind of evidence is worth, fitted to labelled weeks; it holds no word of them."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    base: float
    worth: dict[str, float]

    @classmethod
    def load(cls, path: Path | None = None) -> "Relevance":
        """Read the fitted numbers, the bundled ones by default; raises SettingsError."""
        return Part.read(path or _FITTED).made(TypeAdapter(cls))

    def parts(self, amounts: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
        """What each kind of evidence adds, and where they begin."""
        added = ((kind, self.worth.get(kind, 0.0) * amount) for kind, amount in amounts.items())
        return ("base", self.base), *added


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """A section as it is written in the file."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    heading: dict[Language, str] | None = None
    strong: tuple[str, ...] = ()
    normal: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    deciding: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    leading: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()

    def words(self, name: str) -> Iterator[Clue]:
        """Each of its words as the clue it would be."""
        for words, weight in ((self.strong, _STRONG), (self.normal, _NORMAL), (self.weak, _WEAK)):
            yield from (Clue(said=_plain(word), section=name, weight=weight) for word in words)
        for words, weight in ((self.deciding, _STRONG), (self.context, _WEAK)):
            yield from (Clue(said=_plain(word), section=name, weight=weight, context=True) for word in words)

    def names(self, name: str) -> Iterator[tuple[str, Clue]]:
        """Each of its entities' ids with the clue it would be."""
        for ids, weight in ((self.leading, _STRONG), (self.entities, _NORMAL)):
            yield from ((entity, Clue(said=entity, section=name, weight=weight, side="listed")) for entity in ids)


class Topics:
    """Judges an article by its words alone; compiled once."""

    def __init__(self, sections: Mapping[str, _Section], relevance: Relevance) -> None:
        self._headings = {name: section.heading or {} for name, section in sections.items()}
        self._words = {clue.said: clue for name, section in sections.items() for clue in section.words(name)}
        self._names = dict(pair for name, section in sections.items() for pair in section.names(name))
        self._pattern = _pattern(self._words)
        self._relevance = relevance

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
        return cls(sections, Relevance.load())

    def judge(self, title: str, summary: str, entities: Sequence[Entity]) -> Verdict:
        """What an article is about, and whether it belongs to the field; `entities` are those it names.

        A round-up is judged by the item that belongs the most.
        """
        parts = items(title)
        if not parts:
            return self._judged(title, summary, entities)
        return max((self._judged(part, summary, naming(part, entities)) for part in parts), key=lambda one: one.score)

    def relevance(self, lexicon: Lexicon) -> Callable[[str, str], bool]:
        """Whether a title and an excerpt belong to the field, with the names that a lexicon finds in the title."""
        return lambda title, summary: self.judge(title, summary, [*map(lexicon.get, lexicon.find(title))]).relevant

    def clues(self, title: str, summary: str, entities: Sequence[Entity]) -> list[Clue]:
        """The words and names of an article that say something."""
        return [*self._said(title, summary), *self._named(entities)]

    def _judged(self, title: str, summary: str, entities: Sequence[Entity]) -> Verdict:
        clues = self.clues(title, summary, entities)
        parts = self._relevance.parts(evidence(clues))
        score = sum(value for _, value in parts)
        return Verdict(
            topic=loudest(clues) if score >= 0 else None,
            relevant=score >= 0,
            score=score,
            reasons=tuple(f"-{clue.said}" if clue.section == _AGAINST else clue.said for clue in clues),
            parts=parts,
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
                yield replace(listed, said=entity.name, side=_side(entity))
            elif entity.china:
                section = Topic.MODELS if entity.kind in _MAKERS else _FIELD
                yield Clue(said=entity.name, section=section, weight=_WEAK, side=_side(entity))


def evidence(clues: Sequence[Clue]) -> dict[str, float]:
    """How much an article has of each kind of evidence.

    What is not of this field by itself (data centres, robots, the foreign AI world) is another kind beside chips or
    a Chinese maker than alone, and China is another kind beside technology than in general news.
    """
    core = any((clue.hardware and clue.weight > _WEAK) or clue.side == "ours" for clue in clues)
    china = core or any(clue.side == "china" for clue in clues)
    technical = core or any(_is_technical(clue) for clue in clues)
    found: dict[str, float] = {}
    for clue in clues:
        if kind := _kind(clue, core=core, china=china, technical=technical):
            found[kind] = found.get(kind, 0.0) + clue.weight
    capped = {kind: min(amount, _MOST.get(kind, _MOST_ELSE)) for kind, amount in found.items()}
    missing = {"nothing": technical, "rootless": china or any(map(_is_root, clues))}
    return capped | {kind: 1.0 for kind, there in missing.items() if not there}


def _is_root(clue: Clue) -> bool:
    """Whether a clue ties an article to this field: AI, models and what merely leans towards it do not."""
    if clue.side == "nvidia" or clue.context or clue.section in {_FIELD, _AGAINST}:
        return clue.side == "nvidia"
    return clue.section == Topic.CHIPS or clue.weight >= (_STRONG if clue.section == Topic.MODELS else _NORMAL)


def _is_technical(clue: Clue) -> bool:
    if clue.side:
        return clue.side == "nvidia"
    return not clue.context and clue.section not in {_FIELD, _AGAINST} and not (clue.hardware and clue.weight <= _WEAK)


def _kind(clue: Clue, *, core: bool, china: bool, technical: bool) -> str:
    """The kind of evidence a clue is in its company; none where it only chooses the section."""
    if clue.side in {"nvidia", "ours"} and not clue.hardware:
        return clue.side
    if clue.hardware:
        return "chips" if clue.weight > _WEAK else "chips_hinted"
    if clue.side == "china" and clue.section == _FIELD:
        return "china" if technical else "china_alone"
    if clue.section == _AGAINST:
        return ("abroad" if clue.side else "against") + ("" if core else "_alone")
    return "" if clue.context else _section_kind(clue.section, china=china)


def _section_kind(section: str, *, china: bool) -> str:
    if section == Topic.MODELS:
        return "models"
    kind = "compute" if section == Topic.COMPUTE else "other"
    leans = section in {Topic.COMPUTE, Topic.ROBOTS, Topic.RESEARCH}
    return f"{kind}_alone" if leans and not china else kind


def _side(entity: Entity) -> str:
    if entity.id in _EVERYWHERE:
        return "nvidia"
    if not entity.china:
        return "listed"
    return "ours" if entity.kind in _MAKERS else "china"


def items(title: str) -> list[str]:
    """The items of a round-up; none where a headline is of one thing."""
    found = [item for item in _ITEM.split(title) if item.strip()]
    return found if len(found) >= _A_ROUND_UP else []


def naming(item: str, entities: Sequence[Entity]) -> list[Entity]:
    """The entities that one item of a round-up names."""
    said = fold(item)
    return [entity for entity in entities if any(fold(name) in said for name in entity.names)]


def loudest(clues: Sequence[Clue]) -> Topic | None:
    """The topic with the most weight; in doubt the one that comes last, which is the more special.

    Who is named says less than what is said of them, however many are named.
    """
    weights = {topic: _loudness([clue for clue in clues if clue.section == topic], topic) for topic in Topic}
    best = max(reversed(Topic), key=lambda topic: weights[topic])
    return best if weights[best] else None


def _loudness(clues: Sequence[Clue], topic: Topic) -> float:
    names = sum(clue.weight for clue in clues if clue.side)
    words = sum(clue.weight for clue in clues if not clue.side)
    return min(names, _STRONG) + _TELLING.get(topic, 2.0) * words


def _plain(text: str) -> str:
    """A text in which 「AI 芯片」 is 「ai芯片」 and open-weight is open weight."""
    return _GAP.sub("", fold(text).replace("-", " "))


def _pattern(words: Mapping[str, Clue]) -> re.Pattern[str]:
    """One expression for all words, the longest first; English ones end at a word's edge or its plural.

    Words are put together by their first letter, so that most places of a text are passed over at a glance.
    """
    begun: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        begun.setdefault(word[0], []).append(word[1:])
    return re.compile("|".join(_begun(first, rests) for first, rests in begun.items()))


def _begun(first: str, rests: Sequence[str]) -> str:
    letter = re.escape(first)
    edge = rf"(?<![{_LATIN}]{letter})" if re.match(f"[{_LATIN}]", first) else ""
    return f"{letter}{edge}(?:{'|'.join(_ended(first, rest) for rest in rests)})"


def _ended(first: str, rest: str) -> str:
    return re.escape(rest) + (rf"(?:e?s)?(?![{_LATIN}])" if re.search(f"[{_LATIN}]$", first + rest) else "")


def _claim(part: Part, name: str, section: _Section, owners: dict[str, str]) -> None:
    """A word or an entity speaks for one section."""
    for said in (
        *(clue.said for clue in section.words(name)),
        *(f"entity {entity}" for entity, _ in section.names(name)),
    ):
        if said in owners:
            raise part.wrong(f"{name}: {said} is in {owners[said]} already", key=name)
        owners[said] = name
