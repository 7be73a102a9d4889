"""Names that somebody is about to type: what the last letters of a query may become."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.stories.entities import KINDS, Entity
from bot.text import fold, is_chinese

_LONGEST = 32
"""How many of the last characters may be the beginning of a name."""
_MOST_OF_A_PREFIX = 400
_OPERATOR = re.compile("[:：]")


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole query with its last letters completed, and the name in the other language beside it."""

    text: str
    beside: str


class Completer:
    """Knows names by their beginnings; made once for some entities."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._names = sorted(
            ((fold(name), name, entity) for entity in entities for name in _typed(entity)), key=lambda each: each[:2]
        )
        self._keys = [key for key, _, _ in self._names]

    def complete(self, typed: str, count: int) -> list[Completion]:
        """What a query may become, the longest beginnings first, then companies before people and products."""
        found: dict[str, Completion] = {}
        for start in _starts(typed):
            for name, entity in self._beginning(fold(typed[start:])):
                if entity.id not in found:
                    found[entity.id] = Completion(typed[:start] + name, _other(entity, name))
            if len(found) >= count:
                break
        return list(found.values())[:count]

    def _beginning(self, prefix: str) -> list[tuple[str, Entity]]:
        at = bisect_left(self._keys, prefix)
        fitting = []
        for key, name, entity in self._names[at : at + _MOST_OF_A_PREFIX]:
            if not key.startswith(prefix):
                break
            shown = name in (*entity.english[:1], *entity.chinese[:1])
            fitting.append((KINDS.index(entity.kind), not entity.china, not shown, len(key), name, entity))
        return [(name, entity) for *_, name, entity in sorted(fitting, key=lambda each: each[:5])]


def _typed(entity: Entity) -> Iterator[str]:
    yield from dict.fromkeys((*entity.english, *entity.chinese, *entity.tw))


def _other(entity: Entity, name: str) -> str:
    """The name in the other language, where there is one."""
    names = entity.english if is_chinese(name) else entity.chinese
    return names[0] if names else ""


def _starts(typed: str) -> Iterator[int]:
    """Where a name may begin in the last characters: at a word, and at any Chinese character; not in an operator."""
    first = max(0, len(typed) - _LONGEST)
    words = typed.split()
    if typed[-1:].isspace() or not words or _OPERATOR.search(words[-1]):
        return
    for at in range(first, len(typed)):
        if not typed[at].isspace() and (at == 0 or typed[at - 1].isspace() or is_chinese(typed[at])):
            yield at
