"""What a button shows, written into its custom id: it survives a restart because nothing else has to.

An id is `show:KIND/ARGUMENTS`, at most a hundred characters, of letters that need no care. What is too long for it, a
question, stands in the store under a short id.
"""

from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from bot.chat.words import refused
from bot.model import Language, Topic, Window

_MINUTE = timedelta(minutes=1)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


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
class Hours:
    """The digest of some hours, in whole minutes since 1970; `widened` is 1 where a day had too little to tell."""

    kind: ClassVar[str] = "hours"
    start: int
    end: int
    language: Language
    topic: Topic | None = None
    widened: int = 0

    @property
    def window(self) -> Window:
        """The hours."""
        return Window(start=_BEGINNING + self.start * _MINUTE, end=_BEGINNING + self.end * _MINUTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursList:
    """A page of every story of some hours."""

    kind: ClassVar[str] = "list"
    start: int
    end: int
    topic: Topic | None = None
    page: int = 1

    @property
    def window(self) -> Window:
        """The hours."""
        return Window(start=_BEGINNING + self.start * _MINUTE, end=_BEGINNING + self.end * _MINUTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionIn:
    """A posted edition as a reader of a language is told it; `home` is the installation that posted it."""

    kind: ClassVar[str] = "edition"
    home: str
    edition: int
    part: int
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionList:
    """A page of every story an edition chose from."""

    kind: ClassVar[str] = "all"
    home: str
    edition: int
    part: int
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """A page of the feeds that are read here; `curating` is 1 for moderators, who see what is the matter with each."""

    kind: ClassVar[str] = "sources"
    curating: int = 0
    page: int = 1


Paged = Found | OneStory | HoursList | EditionList | Sources
Ask = Found | OneStory | Hours | HoursList | EditionIn | EditionList | Sources
_KINDS: dict[str, type[Any]] = {
    each.kind: each for each in (Found, OneStory, Hours, HoursList, EditionIn, EditionList, Sources)
}
_NONE = "-"


def minutes(at: datetime) -> int:
    """An instant in whole minutes since 1970."""
    return (at - _BEGINNING) // _MINUTE


def encoded(ask: Ask | str) -> str:
    """An ask as it stands in a custom id; one that was read from there stays as it is."""
    if isinstance(ask, str):
        return ask
    said = (getattr(ask, field.name) for field in fields(ask))
    return "/".join([ask.kind, *(_NONE if value is None else str(value) for value in said)])


def decoded(text: Ask | str) -> Ask:
    """The ask a custom id holds; raises RefusedError for one that this release does not know."""
    if not isinstance(text, str):
        return text
    kind, *values = text.split("/")
    try:
        known = _KINDS[kind]
        read = zip(fields(known), values, strict=True)
        ask: Ask = known(**{field.name: _READ[str(field.type)](value) for field, value in read})
    except (KeyError, ValueError) as error:
        raise refused("other-release") from error
    return ask


def _topic(value: str) -> Topic | None:
    return None if value == _NONE else Topic(value)


_READ: dict[str, Any] = {
    "<class 'str'>": str,
    "<class 'int'>": int,
    str(Language): Language,
    str(Topic | None): _topic,
}


def marker(home: str, edition: int, part: int) -> str:
    """What every component of a posted part has in its custom id, and no component of another."""
    return f"/{home}/{edition}/{part}/"
