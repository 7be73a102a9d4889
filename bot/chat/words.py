"""What the bot itself says in Discord, in both languages; the sentences stand in words.yaml."""

from functools import cache
from pathlib import Path

import yaml

from bot.errors import RefusedError
from bot.model import Language

_FILE = Path(__file__).with_name("words.yaml")


@cache
def words() -> dict[str, dict[str, str]]:
    """Every sentence by its key, in each language."""
    read: dict[str, dict[str, str]] = yaml.safe_load(_FILE.read_text("utf-8"))
    return read


def say(key: str, reader: Language, /, **values: object) -> str:
    """A sentence in a reader's language; `values` are made safe already, and may be functions of the language."""
    said = {name: value(reader) if callable(value) else value for name, value in values.items()}
    return words()[key][reader].format(**said)


def refused(key: str, /, **values: object) -> RefusedError:
    """The error for what somebody in a server asked for and cannot have; it is told in the asker's language."""
    return RefusedError(say(key, Language.EN, **values), key=key, values=values)
