"""What can be wrong with a feed, said in both languages; the sentences stand in troubles.yaml."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.errors import FeedError, FetchError, ParseError
from bot.model import Language

_FILE = Path(__file__).with_name("troubles.yaml")


@cache
def troubles() -> dict[str, dict[str, str]]:
    """Every sentence by its key, in each language."""
    read: dict[str, dict[str, str]] = yaml.safe_load(_FILE.read_text("utf-8"))
    return read


def sentence(key: str, facts: Mapping[str, object], reader: Language) -> str:
    """What is wrong, for a reader; `key` is an error's, `facts` what it was raised with."""
    return troubles()[key][reader].format(**facts)


def told(error: FeedError, reader: Language) -> str:
    """What is wrong, as an error says it."""
    return error.sentence if reader is Language.EN else sentence(error.key, error.facts, reader)


def unfetched(key: str, *, retry_after: float | None = None, raw: str | None = None, **facts: object) -> FetchError:
    """The error for a feed that could not be fetched; `raw` is a stranger's word for it, for the log alone."""
    told = sentence(key, facts, Language.EN)
    return FetchError(key, told, retry_after=retry_after, facts=facts, **({"raw": raw} if raw else {}))


def unread(key: str, **facts: object) -> ParseError:
    """The error for what came and cannot be read as a feed."""
    return ParseError(key, sentence(key, facts, Language.EN), facts=facts)


def here(key: str, **fields: Any) -> FeedError:
    """The error for what went wrong on our side of a feed; `fields` are for the log alone."""
    return FeedError(key, sentence(key, {}, Language.EN), **fields)
