"""The curated words of this field and of headlines, which come before CC-CEDICT."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict, TypeAdapter

from bot.lined import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A word of one language with its word in the other; `drop_` are those with nothing to say.

    `as_is` are names that Chinese headlines write in English, whatever other name the entity has;
    `lone` are Chinese characters that are words by themselves, `surnames` those that begin a person's name, and
    `irregular` English forms with the word they are forms of.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    english: dict[str, str]
    chinese: dict[str, str]
    drop_zh: frozenset[str]
    drop_en: frozenset[str]
    as_is: frozenset[str]
    surnames: str
    irregular: dict[str, str]

    @classmethod
    def load(cls, path: Path) -> "Words":
        """Read the words; raises SettingsError with the line that is wrong."""
        return Part.read(path).made(TypeAdapter(cls))


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a title with what stands for it; an empty `shown` is left out, a `mark` is no word."""

    said: str
    shown: str
    known: bool = True
    mark: bool = False


@dataclass(frozen=True, slots=True)
class Name:
    """A place in a title that names an entity, and what stands for it."""

    start: int
    end: int
    shown: str
