"""Sizes in nanometres, which the presses write differently: 2nm, 2 纳米, 2奈米 and 2-nanometer are one."""

import re

from bot.text import simplify

_UNITS = ("nm", " nm", "纳米", "奈米", " nanometer", " nanometers", " nanometre", " nanometres")
_SIZE = re.compile(r"(?<![a-z0-9.])(\d+(?:\.\d+)?)[\s-]?(?:nm|nanomet(?:er|re)s?|纳米|奈米)(?![a-z0-9])", re.IGNORECASE)


def sizes(text: str) -> list[str]:
    """The sizes in a text as they are written there, each once."""
    return list(dict.fromkeys(found[0] for found in _SIZE.finditer(simplify(text))))


def spellings(size: str) -> tuple[str, ...]:
    """How else a size may be written, the shortest first; nothing for what is none."""
    found = _SIZE.fullmatch(simplify(size))
    return tuple(f"{found[1]}{unit}" for unit in _UNITS) if found else ()


def without_sizes(text: str) -> str:
    """What else a text says."""
    return _SIZE.sub(" ", simplify(text)) if sizes(text) else text
