"""The names of this field in both languages, and where a text says them."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import ClassVar, Literal, get_args

from pydantic import ConfigDict, TypeAdapter

from bot.lined import Part
from bot.model import AddedName, Language
from bot.stories.spot import Spotter, keys_of, tree_of
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
        return (*self.exact, *self.en, *self.zh, *self.beside)[0]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name in both languages."""
        return (*self.exact, *self.en, *self.zh, *self.tw, *self.beside, *self.ticker)

    @property
    def chinese(self) -> tuple[str, ...]:
        """Its Chinese names in simplified characters, the one to show first; none where Chinese texts use Latin ones."""
        return self.zh or tuple(name for name in self.beside if is_chinese(name))

    @property
    def traditional(self) -> tuple[str, ...]:
        """Its Chinese names in traditional characters as Taiwan writes them, the one to show first."""
        return tuple(dict.fromkeys((*self.tw, *(traditional(name) for name in self.chinese))))


class Lexicon:
    """Knows every name and finds them in a text, the longest first; compiled once.

    It does not guess: a name that is not listed is not found.
    """

    def __init__(self, entities: Sequence[Entity]) -> None:
        self._entities: Mapping[str, Entity] = {entity.id: entity for entity in entities}
        self._owners: Mapping[str, str] = _owners(entities)
        self._cased: Mapping[str, tuple[str, ...]] = _cased(entities)
        self._beside = frozenset(keys_of(name for entity in entities for name in entity.beside))
        self._spotter = Spotter([tree_of(name for each in entities for name in (*each.names, *each.unlike))])
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
        """This lexicon and a server's own names; made once for the same names, in a fraction of a millisecond."""
        names = tuple(added)
        if not names:
            return self
        if names not in self._enlarged:
            if len(self._enlarged) >= _MOST_ENLARGED:
                self._enlarged.clear()
            self._enlarged[names] = self._enlarge(names)
        return self._enlarged[names]

    def find(self, text: str) -> tuple[str, ...]:
        """The ids of the entities a text names, in the order of their first mention, each once.

        A text without a single capital was typed by hand, and `arm` means Arm in it.
        """
        typed = text.islower() or text.upper() == text.lower()
        said = dict.fromkeys(key for key in self._spotter.find(text) if key in self._owners)
        keys = [key for key in said if typed or self._is_said(key, text)]
        if not self._beside.isdisjoint(keys):
            families = {self.family(self._owners[key]) for key in keys if key not in self._beside}
            keys = [key for key in keys if key not in self._beside or self.family(self._owners[key]) in families]
        return tuple(dict.fromkeys(self._owners[key] for key in keys))

    def names(self, entity_id: str) -> tuple[str, ...]:
        """Every name of an entity in both languages."""
        return self._entities[entity_id].names

    def get(self, entity_id: str) -> Entity:
        """The entity of an id."""
        return self._entities[entity_id]

    def owner(self, name: str) -> Entity | None:
        """Whose name this is, in any spelling."""
        owner = self._owners.get(keys_of([name])[0])
        return self._entities[owner] if owner else None

    def family(self, entity_id: str) -> str:
        """To whom an entity belongs in the end: itself where it has no parent."""
        while parent := self._entities[entity_id].parent:
            entity_id = parent
        return entity_id

    def __contains__(self, entity_id: str) -> bool:
        """Whether there is an entity of this id."""
        return entity_id in self._entities

    def __iter__(self) -> Iterator[Entity]:
        """Every entity, in the order of the file."""
        return iter(self._entities.values())

    def _enlarge(self, added: Sequence[AddedName]) -> "Lexicon":
        """The trees are shared; an added name needs no capitals and no family beside it."""
        larger = copy(self)
        keys = dict(zip(keys_of(each.name for each in added), (each.entity for each in added), strict=True))
        larger._entities = {**self._entities, **_grown(self._entities, added)}
        larger._owners = {**self._owners, **keys}
        larger._cased = {key: cased for key, cased in self._cased.items() if key not in keys}
        larger._beside = self._beside - keys.keys()
        larger._spotter = self._spotter.joined_by(tree_of(each.name for each in added))
        larger._enlarged = {}
        return larger

    def _is_said(self, key: str, text: str) -> bool:
        """Whether a name that needs its capitals has them somewhere in the text."""
        cased = self._cased.get(key)
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
    strict = [(name, each.id) for each in entities for name in (*each.exact, *each.beside, *each.ticker)]
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
