"""The names of this field in both languages, and where a text says them."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple

from pydantic import ConfigDict, TypeAdapter

from bot.lined import Part
from bot.text import fold

EntityKind = Literal["company", "lab", "model", "product", "person", "agency", "law", "place", "technology"]

_BUNDLED = Path(__file__).with_name("entities.yaml")
_END = ""
"""Marks in the tree of letters that a name may end here."""

_LATIN = "a-z0-9\u00df-\u024f"
_LATIN_CHAR = re.compile(f"[{_LATIN}]")
_BLANK = r"[\s\-\u2010\u2013]"
_BLANKS = re.compile(f"{_BLANK}+")
# A name may be followed by its version (Qwen3.7); one that ends in a digit by a plural (H100s) alone.
_AFTER_LETTER = "(?![a-z\u00df-\u024f])"
_AFTER_DIGIT = "(?![0-9a-rt-z]|s[a-z0-9])"

_Tree = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A company, product, person or body; `unlike` are longer words that merely contain one of its names."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: str
    kind: EntityKind
    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    ticker: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    china: bool = False
    parent: str | None = None

    @property
    def name(self) -> str:
        """The name to show: the first English one, else the first there is."""
        return (*self.exact, *self.en, *self.zh)[0]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name in both languages."""
        return (*self.exact, *self.en, *self.zh, *self.ticker)


class Mention(NamedTuple):
    """Where a text names an entity: the first character and the one after the last, counted in the folded text."""

    start: int
    end: int
    id: str


class Lexicon:
    """Knows every name and finds them in a text, the longest first; compiled once.

    It does not guess: a name that is not listed is not found.
    """

    def __init__(self, entities: Sequence[Entity]) -> None:
        self._entities = {entity.id: entity for entity in entities}
        self._owners = {_key(name): entity.id for entity in entities for name in entity.names}
        self._cased = _cased(entities)
        unlike = [name for entity in entities for name in entity.unlike]
        self._pattern = _pattern([name for entity in entities for name in entity.names] + unlike)

    @classmethod
    def load(cls, path: Path | None = None) -> "Lexicon":
        """Read the names, the bundled ones by default; raises SettingsError with the line that is wrong."""
        whole, reader = Part.read(path or _BUNDLED), TypeAdapter(Entity)
        read = [(part, part.made(reader)) for part in whole.items()]
        if not read:
            raise whole.wrong("here must be a list, one entity a line")
        _check(read)
        return cls([entity for _, entity in read])

    def find(self, text: str) -> tuple[str, ...]:
        """The ids of the entities a text names, in the order of their first mention, each once.

        A text without a single capital was typed by hand, and `arm` means Arm in it.
        """
        return tuple(dict.fromkeys(mention.id for mention in self.mentions(text)))

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Every place where a text names an entity, in order; the places are those of the folded text."""
        typed = text.islower() or text.upper() == text.lower()
        found = [(match, _key(match[0])) for match in self._pattern.finditer(fold(text))]
        return tuple(
            Mention(match.start(), match.end(), self._owners[key])
            for match, key in found
            if key in self._owners and (typed or self._is_said(key, text))
        )

    def names(self, entity_id: str) -> tuple[str, ...]:
        """Every name of an entity in both languages."""
        return self._entities[entity_id].names

    def get(self, entity_id: str) -> Entity:
        """The entity of an id."""
        return self._entities[entity_id]

    def __iter__(self) -> Iterator[Entity]:
        """Every entity, in the order of the file."""
        return iter(self._entities.values())

    def _is_said(self, key: str, text: str) -> bool:
        """Whether a name that needs its capitals has them somewhere in the text."""
        cased = self._cased.get(key)
        return cased is None or bool(cased.search(unicodedata.normalize("NFKC", text)))


def _key(name: str) -> str:
    return _BLANKS.sub("", fold(name))


def _cased(entities: Sequence[Entity]) -> dict[str, re.Pattern[str]]:
    """For each name that the case tells from a common word, how it must be written."""
    spellings: dict[str, list[str]] = {}
    for entity in entities:
        loose = {_key(name) for name in (*entity.en, *entity.zh)}
        for name in (*entity.exact, *entity.ticker):
            if _key(name) not in loose:
                spellings.setdefault(_key(name), []).append(name)
    return {key: _spelt(names) for key, names in spellings.items()}


def _spelt(names: Sequence[str]) -> re.Pattern[str]:
    parts = ("[^a-zA-Z0-9]?".join(map(re.escape, _BLANKS.split(name))) for name in names)
    return re.compile(rf"(?<![a-zA-Z0-9])(?:{'|'.join(parts)})(?![a-zA-Z])")


def _pattern(names: Sequence[str]) -> re.Pattern[str]:
    """One expression for all names, shaped as a tree of letters, so that its cost hardly grows with them."""
    tree: _Tree = {}
    for name in names:
        node = tree
        for char in _BLANKS.sub(" ", fold(name)):
            node = node.setdefault(char, {})
        node[_END] = {}
    return re.compile("|".join(_start(char) + _branch(node, char) for char, node in sorted(tree.items())))


def _start(char: str) -> str:
    """A first letter; the look back comes after it, so that the search can skip to possible letters."""
    escaped = re.escape(char)
    return rf"{escaped}(?<![{_LATIN}]{escaped})" if _LATIN_CHAR.match(char) else escaped


def _branch(node: _Tree, last: str) -> str:
    """What may follow a letter; longer names are tried before the end of a shorter one."""
    longer = (
        (f"{_BLANK}?" if char == " " else re.escape(char)) + _branch(below, char)
        for char, below in sorted(node.items(), key=lambda way: (way[0] == " ", way[0]))
        if char != _END
    )
    ways = [*longer, *([_edge(last)] if _END in node else [])]
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"


def _edge(last: str) -> str:
    if not _LATIN_CHAR.match(last):
        return ""
    return _AFTER_DIGIT if last.isdigit() else _AFTER_LETTER


def _check(read: Sequence[tuple[Part, Entity]]) -> None:
    """Ids and names belong to one entity each, and parents exist."""
    ids: dict[str, int] = {}
    owners: dict[str, str] = {}
    for part, entity in read:
        if entity.id in ids:
            raise part.wrong(f"id: {entity.id} is taken by line {ids[entity.id]}", key="id")
        if not entity.names:
            raise part.wrong(f"en: {entity.id} needs a name", key="en")
        ids[entity.id] = part.line
        _claim(part, entity, owners)
    for part, entity in read:
        if entity.parent is not None and entity.parent not in ids:
            raise part.wrong(f"parent: there is no {entity.parent}", key="parent")


def _claim(part: Part, entity: Entity, owners: dict[str, str]) -> None:
    for name in entity.names:
        owner = owners.setdefault(_key(name), entity.id)
        if owner != entity.id:
            raise part.wrong(f"{name} is a name of {owner} already", key="en")
