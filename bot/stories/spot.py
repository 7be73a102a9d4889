"""Where a text says one of many names, the longest first: a tree of letters, walked from each possible first letter."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from bot.text import fold

_END = ""
"""Marks in the tree that a name may end here; below it stands the name's key."""

_LETTERS = "a-z\u00df-\u024f"
_LETTER = frozenset("abcdefghijklmnopqrstuvwxyz" + "".join(map(chr, range(0xDF, 0x250))))
_LATIN = _LETTER | frozenset("0123456789")
_BLANK = re.compile(r"[\s\-\u2010\u2013]")
_BLANKS = re.compile(rf"{_BLANK.pattern}+")

Tree = dict[str, Any]
_Found = tuple[str, int] | None
"""The key of a name and where it ends."""


class Spot(NamedTuple):
    """A name's key, and where it stands: the first character and the one after the last, in the folded text."""

    key: str
    start: int
    end: int


def keys_of(names: Iterable[str]) -> list[str]:
    """What is the same for all spellings of each name: folded, without blanks and hyphens."""
    return [_BLANKS.sub("", spelt) for spelt in _folded(names)]


class Spotter:
    """Finds names from one or several trees; of equally long names the later tree's wins."""

    def __init__(self, trees: Sequence[Tree]) -> None:
        self._trees = tuple(trees)
        firsts = {first for tree in trees for first in tree}
        latin, other = firsts & _LATIN, firsts - _LATIN
        within = f"(?<![{_LETTERS}0-9])[{_escaped(latin)}]" if latin else ""
        self._starts = re.compile("|".join(filter(None, (within, f"[{_escaped(other)}]" if other else ""))) or "(?!)")

    def joined_by(self, tree: Tree) -> "Spotter":
        """One that knows another tree's names too."""
        return Spotter((*self._trees, tree))

    def find(self, text: str) -> Iterator[Spot]:
        """The names in a text, in order; a name inside a longer one is not told."""
        plain, free = _BLANK.sub(" ", fold(text)), 0
        for start in self._starts.finditer(plain):
            at = start.start()
            if at >= free and (found := self._longest(plain, at)):
                key, free = found
                yield Spot(key, at, free)

    def _longest(self, text: str, at: int) -> _Found:
        best: _Found = None
        for tree in self._trees:
            if (
                (node := tree.get(text[at]))
                and (found := _walk(node, text, at + 1))
                and (not best or found[1] >= best[1])
            ):
                best = found
        return best


def tree_of(names: Iterable[str]) -> Tree:
    """The tree of some names; a blank or hyphen of a name may be there or not."""
    tree: Tree = {}
    for spelt in _folded(names):
        node = tree
        for char in _BLANKS.sub(" ", spelt):
            node = node.setdefault(char, {})
        node[_END] = _BLANKS.sub("", spelt)
    return tree


def _walk(node: Tree, text: str, at: int) -> _Found:
    """The longest name that goes on from here."""
    best: _Found = None
    while True:
        if _END in node and _is_edge(text, at):
            best = node[_END], at
        char = text[at : at + 1]
        if (blank := node.get(" ")) and (found := _walk(blank, text, at + (char == " "))):
            best = found
        if char in {"", " "} or not (below := node.get(char)):
            return best
        node, at = below, at + 1


def _is_edge(text: str, at: int) -> bool:
    """Whether a word may end before this place.

    A name may be followed by its version (Qwen3.7, DeepSeekV4); one that ends in a digit by a plural (H100s) alone.
    """
    last, following, beyond = text[at - 1], text[at : at + 1], text[at + 1 : at + 2]
    if last not in _LATIN or following not in _LATIN:
        return True
    if last in _LETTER:
        return following not in _LETTER or (following == "v" and beyond.isdigit())
    return following == "s" and beyond not in _LATIN


def _folded(names: Iterable[str]) -> list[str]:
    """Each name folded; all at once, since the converter's call costs more than its work."""
    listed = list(names)
    return fold("\n".join(listed)).split("\n") if listed else []


def _escaped(chars: Iterable[str]) -> str:
    return "".join(map(re.escape, sorted(chars)))
