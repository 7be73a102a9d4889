"""Chinese names with a wrong character: one that sounds the same, or looks or is nearly so."""

import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass

from bot.stories.entities import Entity, Lexicon
from bot.stories.spot import keys_of
from bot.text import HAN

_SHORTEST, _LONGEST = 3, 8
"""The characters of a name that is looked at; two of them are too near to other words."""
_MADE = frozenset({"company", "lab", "investor", "model", "product", "chip", "fab", "tool"})
"""The kinds whose names with a wrong character are nothing else; 人工智能X is no misspelt technology."""
_RUN = re.compile(f"[{HAN}]+")
_CONFUSED = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_ANY = "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A part of the folded text, and whose name it nearly is; `alike` where it sounds the same."""

    start: int
    end: int
    said: str
    owner: str
    alike: bool


class Sounds:
    """Knows how Chinese names sound, and what they are with any one character wrong."""

    def __init__(
        self, lexicon: Lexicon, *, reading: Callable[[str], str | None], is_word: Callable[[str], bool]
    ) -> None:
        self._reading = reading
        self._is_word = is_word
        self._alike: dict[str, set[str]] = defaultdict(set)
        self._masked: dict[str, set[str]] = defaultdict(set)
        named = dict(_chinese_names(lexicon))
        self._names = frozenset(named)
        for name, entity in named.items():
            self._alike[self._sound(name)].add(entity.id)
            for mask in _masks(name) if entity.kind in _MADE else ():
                self._masked[mask].add(entity.id)

    def heard(self, said: str, taken: Container[int]) -> Iterator[Heard]:
        """The names that a folded text nearly says, in order, the longest first; `taken` are places told already."""
        for run in _RUN.finditer(said):
            at = run.start()
            while at < run.end():
                found = self._longest(said, at, run, taken)
                if found:
                    yield found
                at = found.end if found else at + 1

    def _longest(self, said_in: str, start: int, run: re.Match[str], taken: Container[int]) -> Heard | None:
        for end in range(min(run.end(), start + _LONGEST), start + _SHORTEST - 1, -1):
            said, is_all = said_in[start:end], (start, end) == run.span()
            if any(at in taken for at in range(start, end)) or said in self._names or self._is_word(said):
                continue
            if self._stands_out(said, run, start) and (owner := _only(self._alike.get(self._sound(said)))):
                return Heard(start=start, end=end, said=said, owner=owner, alike=True)
            if is_all and not self._has_word(said) and (owner := self._masked_owner(said)):
                return Heard(start=start, end=end, said=said, owner=owner, alike=False)
        return None

    def _stands_out(self, said: str, run: re.Match[str], start: int) -> bool:
        """Whether a part of a run may be a name; of three characters only at its edge, and without a word in them."""
        if len(said) > _SHORTEST or said == run[0]:
            return True
        return (start == run.start() or start + len(said) == run.end()) and not self._has_word(said)

    def _has_word(self, said: str) -> bool:
        return any(self._is_word(said[at : at + 2]) for at in range(len(said) - 1))

    def _masked_owner(self, said: str) -> str | None:
        """Whose name this is but for one character."""
        return _only({owner for mask in _masks(said) for owner in self._masked.get(mask, ())})

    def _sound(self, text: str) -> str:
        return " ".join(_heard_as(self._reading(char) or char) for char in text)


def _only(owners: set[str] | None) -> str | None:
    return next(iter(owners)) if owners and len(owners) == 1 else None


def _heard_as(syllable: str) -> str:
    """A syllable without what many do not tell apart: zh and z, in and ing."""
    for written, told in _CONFUSED:
        syllable = syllable.replace(written, told, 1) if syllable.startswith(written) else syllable
    return syllable.removesuffix("g") if syllable.endswith("ng") else syllable


def _chinese_names(lexicon: Lexicon) -> Iterator[tuple[str, Entity]]:
    named = [(name, entity) for entity in lexicon for name in entity.zh]
    for key, (_, entity) in zip(keys_of(name for name, _ in named), named, strict=True):
        if _RUN.fullmatch(key) and _SHORTEST <= len(key) <= _LONGEST:
            yield key, entity


def _masks(text: str) -> Iterator[str]:
    """The text with each of its characters open."""
    for at in range(len(text)):
        yield text[:at] + _ANY + text[at + 1 :]
