"""The newsrooms that `source:` means."""

import re
from collections.abc import Callable, Iterable

from bot.stories.asking.letters import distance
from bot.stories.asking.sentences import wrong
from bot.text import fold

Called = Callable[[str], Iterable[str]]
"""Every name of the newsroom that somebody means by one of them or by its site; none of an unknown one."""

_BETWEEN = re.compile(r"[\W_]+")
_BRACKETS = re.compile("[()（）]")
_ARTICLES = frozenset({"the", "a", "an"})
"""What stands in too many names to tell one."""
_NEAR = 3


class Sources:
    """The known newsrooms by every way to write them: 36氪 (36Kr) is 36氪, 36Kr and 36kr.com."""

    def __init__(self, known: Iterable[str], *, called: Called) -> None:
        self._called = called
        self._keys = {name: self._ways(name) for name in known}

    def has(self, typed: str) -> bool:
        """Whether that is the whole name of a known newsroom."""
        return bool(self._named(typed))

    def meant(self, typed: Iterable[str]) -> frozenset[str]:
        """The newsrooms of these names: by a whole one, else by a part; raises QueryError with those near it."""
        return frozenset(name for each in typed for name in self._named(each) or self._with(each))

    def _named(self, typed: str) -> list[str]:
        said = self._ways(typed)
        return [name for name, keys in self._keys.items() if not said.isdisjoint(keys)]

    def _with(self, typed: str) -> list[str]:
        said = _key(typed)
        own = [name for name in self._keys if said and said in _key(name)]
        found = own or [name for name, keys in self._keys.items() if said and any(said in key for key in keys)]
        if found and said not in _ARTICLES:
            return found
        near = self._begun(said) if found else self._near(said)
        shown = ", ".join(f'source:"{name}"' if " " in name else f"source:{name}" for name in near[:_NEAR])
        raise wrong("near-source", typed=typed, near=shown) if near else wrong("no-source", typed=typed)

    def _begun(self, said: str) -> list[str]:
        """The newsrooms whose names begin so."""
        return sorted(name for name in self._keys if fold(name).startswith(f"{said} "))

    def _near(self, said: str) -> list[str]:
        """The newsrooms one of whose names has at most half of its letters wrong, the nearest first."""
        most = max(1, len(said) // 2)
        apart = {name: min(distance(said, key, most) for key in keys) for name, keys in self._keys.items() if keys}
        return sorted((name for name in apart if apart[name] <= most), key=lambda name: (apart[name], name))

    def _ways(self, name: str) -> frozenset[str]:
        """The keys of a name, of its parts in and before brackets, and of all other names that these have."""
        parts = (name, *_BRACKETS.split(name))
        return frozenset(key for part in parts for each in (part, *self._called(part)) if (key := _key(each)))


def _key(name: str) -> str:
    return _BETWEEN.sub("", fold(name))
