"""The names of this field in both languages, and where a text says them."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple, get_args

from pydantic import ConfigDict, TypeAdapter

from bot.lined import Part
from bot.model import Language
from bot.store.names import AddedName
from bot.stories.spot import Spot, Spotter, keys_of, tree_of
from bot.text import is_chinese, traditional

EntityKind = Literal[
    "company",
    "lab",
    "investor",
    "model",
    "product",
    "chip",
    "fab",
    "tool",
    "person",
    "agency",
    "law",
    "place",
    "exchange",
    "event",
    "standard",
    "technology",
]
KINDS: tuple[EntityKind, ...] = get_args(EntityKind)

_BUNDLED = Path(__file__).with_name("entities.yaml")
_MOST_ENLARGED = 256
"""How many servers' lexicons are kept ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A company, product, person or body.

    `beside` are names that are common words too, or many people's: they count only beside a sure name of the same
    family (all that belongs to one company in the end). `unlike` are longer words that merely contain one of its names.
    `latin` says that Chinese texts write it in Latin letters.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: str
    kind: EntityKind
    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()
    tw: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    ticker: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    china: bool = False
    latin: bool = False
    parent: str | None = None

    @property
    def name(self) -> str:
        """The name to show: the first English one, else the first there is."""
        return (*self.english, *self.chinese)[0]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name in both languages."""
        return (*self.exact, *self.en, *self.zh, *self.tw, *self.beside, *self.ticker)

    @property
    def spelt(self) -> tuple[str, ...]:
        """The names that their letters tell from a common word."""
        return (*self.exact, *self.beside, *self.ticker)

    @property
    def english(self) -> tuple[str, ...]:
        """Its English names, the one to show first."""
        return (*self.exact, *self.en) or tuple(name for name in self.beside if not is_chinese(name))

    @property
    def chinese(self) -> tuple[str, ...]:
        """Its Chinese names in simplified characters, the one to show first; none where Chinese texts use Latin."""
        return self.zh or tuple(name for name in self.beside if is_chinese(name))

    @property
    def traditional(self) -> tuple[str, ...]:
        """Its Chinese names in traditional characters as Taiwan writes them, the one to show first."""
        return tuple(dict.fromkeys((*self.tw, *(traditional(name) for name in self.chinese))))


class Mention(NamedTuple):
    """Where a text names an entity: the first character and the one after the last, counted in the folded text."""

    start: int
    end: int
    id: str


class Lexicon:
    """Knows every name and finds them in a text, the longest first; compiled once.

    It does not guess: a name that is not listed is not found.
    """

    def __init__(self, entities: Sequence[Entity], *, known: "_Known | None" = None) -> None:
        self._known = known or _Known.of(entities)
        self._enlarged: dict[tuple[AddedName, ...], Lexicon] = {}

    @classmethod
    def load(cls, path: Path | None = None) -> "Lexicon":
        """Read the names, the bundled ones by default; raises SettingsError with the line that is wrong."""
        whole, reader = Part.read(path or _BUNDLED), TypeAdapter(Entity)
        read = [(part, part.made(reader)) for part in whole.items()]
        if not read:
            raise whole.wrong("here must be a list, one entity a line")
        _check(read)
        return cls([entity for _, entity in read])

    def with_added(self, added: Sequence[AddedName]) -> "Lexicon":
        """This lexicon and a server's own names; made once for the same names, in some 2 ms."""
        names = tuple(added)
        if not names:
            return self
        if names not in self._enlarged:
            if len(self._enlarged) >= _MOST_ENLARGED:
                self._enlarged.clear()
            self._enlarged[names] = Lexicon((), known=self._known.grown(names))
        return self._enlarged[names]

    def find(self, text: str) -> tuple[str, ...]:
        """The ids of the entities a text names, in the order of their first mention, each once.

        A text without a single capital was typed by hand, and `arm` means Arm in it.
        """
        return tuple(dict.fromkeys(mention.id for mention in self.mentions(text)))

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Every place where a text names an entity, in order; the places are those of the folded text."""
        known, typed = self._known, text.islower() or text.upper() == text.lower()
        said = [spot for spot in known.spotter.find(text) if spot.key in known.owners]
        spots = [spot for spot in said if typed or known.is_said(spot.key, text)]
        if not known.beside.isdisjoint(spot.key for spot in spots):
            spots = self._in_family(spots)
        return tuple(Mention(spot.start, spot.end, known.owners[spot.key]) for spot in spots)

    def names(self, entity_id: str) -> tuple[str, ...]:
        """Every name of an entity in both languages."""
        return self._known.entities[entity_id].names

    def added_to(self, entity_id: str) -> tuple[str, ...]:
        """The names that a server has added to an entity."""
        return self._known.added.get(entity_id, ())

    def get(self, entity_id: str) -> Entity:
        """The entity of an id."""
        return self._known.entities[entity_id]

    def owner(self, name: str) -> Entity | None:
        """Whose name this is, in any spelling."""
        owner = self._known.owners.get(keys_of([name])[0])
        return self._known.entities[owner] if owner else None

    def family(self, entity_id: str) -> str:
        """To whom an entity belongs in the end: itself where it has no parent."""
        while parent := self._known.entities[entity_id].parent:
            entity_id = parent
        return entity_id

    def _in_family(self, spots: Sequence[Spot]) -> list[Spot]:
        """Without the names that count only beside their family, where nothing else of it is named."""
        known = self._known
        families = {self.family(known.owners[spot.key]) for spot in spots if spot.key not in known.beside}
        return [
            spot for spot in spots if spot.key not in known.beside or self.family(known.owners[spot.key]) in families
        ]

    def __contains__(self, entity_id: str) -> bool:
        """Whether there is an entity of this id."""
        return entity_id in self._known.entities

    def __iter__(self) -> Iterator[Entity]:
        """Every entity, in the order of the file."""
        return iter(self._known.entities.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is compiled of the entities; `cased` are the names that need their capitals, `beside` those their family."""

    entities: Mapping[str, Entity]
    owners: Mapping[str, str]
    cased: Mapping[str, tuple[str, ...]]
    beside: frozenset[str]
    spotter: Spotter
    added: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, entities: Sequence[Entity]) -> "_Known":
        return cls(
            entities={entity.id: entity for entity in entities},
            owners=_owners(entities),
            cased=_cased(entities),
            beside=frozenset(keys_of(name for entity in entities for name in entity.beside)),
            spotter=Spotter([tree_of(name for each in entities for name in (*each.names, *each.unlike))]),
        )

    def grown(self, added: Sequence[AddedName]) -> "_Known":
        """With some more names, which need no capitals and no family beside them; the tree of the others is shared."""
        keys = dict(zip(keys_of(each.name for each in added), (each.entity for each in added), strict=True))
        return _Known(
            entities={**self.entities, **_grown(self.entities, added)},
            owners={**self.owners, **keys},
            cased={key: cased for key, cased in self.cased.items() if key not in keys},
            beside=self.beside - keys.keys(),
            spotter=self.spotter.joined_by(tree_of(each.name for each in added)),
            added={
                entity: tuple(each.name for each in added if each.entity == entity)
                for entity in {each.entity for each in added}
            },
        )

    def is_said(self, key: str, text: str) -> bool:
        """Whether a name that needs its capitals has them somewhere in the text."""
        cased = self.cased.get(key)
        return cased is None or bool(_spelt(cased).search(unicodedata.normalize("NFKC", text)))


def _owners(entities: Sequence[Entity]) -> dict[str, str]:
    """For each name in any spelling, whose it is."""
    named = [(name, entity.id) for entity in entities for name in entity.names]
    return dict(zip(keys_of(name for name, _ in named), (owner for _, owner in named), strict=True))


def _grown(known: Mapping[str, Entity], added: Sequence[AddedName]) -> dict[str, Entity]:
    """The entities that have added names, and those that consist of them."""
    grown: dict[str, Entity] = {}
    for each in added:
        entity = grown.get(each.entity) or known.get(each.entity) or Entity(id=each.entity, kind=_kind(each.kind))
        if each.language is Language.ZH:
            grown[each.entity] = replace(entity, zh=(*entity.zh, each.name), latin=False)
        else:
            grown[each.entity] = replace(entity, en=(*entity.en, each.name))
    return grown


def _kind(said: str) -> EntityKind:
    """The kind by its name; one that this release does not know is a company."""
    return next((kind for kind in KINDS if kind == said), "company")


def _cased(entities: Sequence[Entity]) -> dict[str, tuple[str, ...]]:
    """For each name that the case tells from a common word, how it must be written."""
    loose = {(key, each.id) for each in entities for key in keys_of((*each.en, *each.zh))}
    strict = [(name, each.id) for each in entities for name in each.spelt]
    spellings: dict[str, tuple[str, ...]] = {}
    for key, (name, owner) in zip(keys_of(name for name, _ in strict), strict, strict=True):
        if (key, owner) not in loose:
            spellings[key] = (*spellings.get(key, ()), name)
    return spellings


@cache
def _spelt(names: tuple[str, ...]) -> re.Pattern[str]:
    """What finds any of some names in exactly these letters; made when it is first needed."""
    parts = ("[^a-zA-Z0-9]?".join(map(re.escape, re.split(r"[\s\-]+", name))) for name in names)
    return re.compile(rf"(?<![a-zA-Z0-9])(?:{'|'.join(parts)})(?![a-zA-Z])")


def _check(read: Sequence[tuple[Part, Entity]]) -> None:
    """Ids and names belong to one entity each, and parents exist."""
    ids: dict[str, int] = {}
    for part, entity in read:
        if entity.id in ids:
            raise part.wrong(f"id: {entity.id} is taken by line {ids[entity.id]}", key="id")
        if not entity.names:
            raise part.wrong(f"en: {entity.id} needs a name", key="en")
        ids[entity.id] = part.line
    _claim([(part, entity.id, name) for part, entity in read for name in entity.names])
    for part, entity in read:
        if entity.parent is not None and entity.parent not in ids:
            raise part.wrong(f"parent: there is no {entity.parent}", key="parent")


def _claim(said: Sequence[tuple[Part, str, str]]) -> None:
    owners: dict[str, str] = {}
    for key, (part, entity_id, name) in zip(keys_of(name for _, _, name in said), said, strict=True):
        owner = owners.setdefault(key, entity_id)
        if owner != entity_id:
            raise part.wrong(f"{name} is a name of {owner} already", key="en")
