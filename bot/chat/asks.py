"""What a button shows, written into its custom id: it survives a restart because nothing else has to.

An id is `show:KIND/ARGUMENTS`, at most a hundred characters, of letters that need no care. What is too long for it, a
question, stands in the store under a short id.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, get_type_hints

from bot.chat.words import refused
from bot.model import Language, Topic, Window

_MINUTE = timedelta(minutes=1)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = 4 * 24 * 60
"""Minutes: nothing we offer covers more than three days, and what somebody made up is not looked for."""

_LAST = 4_000_000_000
"""Minutes since 1970: not much later the calendar ends."""

_NONE = "-"
_PAGES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Which posted part a component belongs to: of an installation (`home`), an edition decided `at` a second."""

    home: str
    edition: int
    at: int
    part: int

    @property
    def text(self) -> str:
        """What every component of the part has in its custom id, and no component of another."""
        return f"{self.home}/{self.edition}/{self.at}/{self.part}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of the stories that answer a question; `question` is its id in the store."""

    kind: ClassVar[str] = "found"
    question: str
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OneStory:
    """A page of a story's coverage."""

    kind: ClassVar[str] = "story"
    story: str
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """A page of why a story is here."""

    kind: ClassVar[str] = "why"
    story: str
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """Some hours, in whole minutes since 1970."""

    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse what we never wrote."""
        if not 0 <= self.start <= self.end <= min(self.start + _LONGEST, _LAST):
            raise ValueError(f"{self.start} to {self.end} are no hours of ours")

    @property
    def window(self) -> Window:
        """The hours."""
        return Window(start=_BEGINNING + self.start * _MINUTE, end=_BEGINNING + self.end * _MINUTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours(_Span):
    """The digest of some hours; `widened` is 1 where a day had too little to tell."""

    kind: ClassVar[str] = "hours"
    language: Language
    topic: Topic | None = None
    widened: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursList(_Span):
    """A page of every story of some hours."""

    kind: ClassVar[str] = "list"
    topic: Topic | None = None
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionIn:
    """A posted edition as a reader of a language is told it."""

    kind: ClassVar[str] = "edition"
    mark: Mark
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionList:
    """A page of every story an edition chose from."""

    kind: ClassVar[str] = "all"
    mark: Mark
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """A page of the feeds that are read here; `curating` is 1 for moderators, who get buttons."""

    kind: ClassVar[str] = "sources"
    curating: int = 0
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """A page of what is the matter with the feeds."""

    kind: ClassVar[str] = "health"
    page: int = 1


Paged = Found | OneStory | Reasons | HoursList | EditionList | Sources | Health
Ask = Found | OneStory | Reasons | Hours | HoursList | EditionIn | EditionList | Sources | Health
_KINDS: dict[str, type[Any]] = {
    each.kind: each for each in (Found, OneStory, Reasons, Hours, HoursList, EditionIn, EditionList, Sources, Health)
}


def minutes(at: datetime) -> int:
    """An instant in whole minutes since 1970."""
    return (at - _BEGINNING) // _MINUTE


def encoded(ask: Ask | str) -> str:
    """An ask as it stands in a custom id; one that was read from there stays as it is."""
    if isinstance(ask, str):
        return ask
    return "/".join([ask.kind, *(_written(getattr(ask, field.name)) for field in fields(ask))])


def decoded(text: Ask | str) -> Ask:
    """The ask a custom id holds; raises RefusedError for one that this release does not know."""
    if not isinstance(text, str):
        return text
    kind, *values = text.split("/")
    try:
        known, left = _KINDS[kind], iter(values)
        ask: Ask = known(**{field.name: _read(known, field.name, left) for field in fields(known)})
        whole = encoded(ask) == text
    except (KeyError, ValueError, StopIteration, OverflowError) as error:
        raise refused("other-release") from error
    if not whole or not 1 <= getattr(ask, "page", 1) <= _PAGES:
        raise refused("other-release")
    return ask


def _written(value: object) -> str:
    if isinstance(value, Mark):
        return value.text.removesuffix("/")
    return _NONE if value is None else str(value)


def _read(known: type[Any], name: str, left: Iterator[str]) -> Any:
    """The next value, or the next four of a mark."""
    return _READERS[get_type_hints(known)[name]](left)


def _mark(left: Iterator[str]) -> Mark:
    return Mark(home=next(left), edition=int(next(left)), at=int(next(left)), part=int(next(left)))


def _topic(left: Iterator[str]) -> Topic | None:
    value = next(left)
    return None if value == _NONE else Topic(value)


_READERS: dict[Any, Callable[[Iterator[str]], Any]] = {
    str: next,
    int: lambda left: int(next(left)),
    Language: lambda left: Language(next(left)),
    Topic | None: _topic,
    Mark: _mark,
}
