"""The newsrooms that `source:` means."""

import re
from collections.abc import Iterable, Sequence

from bot.stories.asking.letters import distance
from bot.stories.asking.sentences import wrong
from bot.text import fold

_BETWEEN = re.compile(r"[\W_]+")
_NEAR = 3


def newsrooms_of(typed: Sequence[str], known: Iterable[str]) -> frozenset[str]:
    """The known newsrooms of these names: by the whole name, else by a part; raises QueryError with those near it."""
    keys = {name: _key(name) for name in known}
    return frozenset(name for each in typed for name in _meant(each, keys))


def _meant(typed: str, keys: dict[str, str]) -> list[str]:
    said = _key(typed)
    for fits in (str.__eq__, str.__contains__):
        if found := [name for name, key in keys.items() if said and fits(key, said)]:
            return found
    near = sorted(keys, key=lambda name: (distance(said, keys[name], len(said)), name))[:_NEAR]
    shown = ", ".join(f'source:"{name}"' if " " in name else f"source:{name}" for name in near)
    raise wrong("near-source", typed=typed, near=shown) if near else wrong("no-source", typed=typed)


def _key(name: str) -> str:
    return _BETWEEN.sub("", fold(name))
