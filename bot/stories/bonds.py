"""Which articles corrections hold together and which they keep apart; the pairs are of articles, never of stories.

A merge ties all articles that both stories had when it was made. A split ties those of its part, and keeps each of
them apart from each of the rest. Where corrections contradict each other the later one wins, on the pairs it is about
and on what would otherwise follow from them, so that nothing is ever both tied and kept apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from bot.correction import Act, Correction

Pair = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bonds:
    """What holds: each tied article's group, and for an article all that its group is kept apart from."""

    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    foes: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether nothing is bound at all."""
        return not self.groups and not self.foes

    def together(self, article_id: str) -> frozenset[str]:
        """All articles that must share this one's story, itself among them."""
        return self.groups.get(article_id) or frozenset({article_id})

    def apart(self, one: str, other: str) -> bool:
        """Whether two articles must not share a story."""
        return other in self.foes.get(one, frozenset())

    def binds(self, article_id: str) -> bool:
        """Whether anything is said of an article."""
        return article_id in self.groups or article_id in self.foes


def bonds(corrections: Sequence[Correction]) -> Bonds:
    """What the corrections that hold bind, given in the order they were made; those undone are passed over."""
    groups: dict[str, frozenset[str]] = {}
    apart: set[Pair] = set()
    for each in corrections:
        if each.undone_at is not None:
            continue
        if each.act is Act.MERGE:
            _merge(groups, apart, frozenset(each.before))
        elif each.act is Act.SPLIT:
            part = frozenset(each.articles)
            _split(groups, apart, part, frozenset(each.before) - part)
    tied = {each: group for each, group in groups.items() if len(group) > 1}
    return Bonds(groups=tied, foes=_foes(tied, apart))


def after(correction: Correction) -> dict[str, str]:
    """Which story a merge or split put each article in that it was about."""
    keeps = dict.fromkeys(correction.before, correction.story_id)
    if correction.act is not Act.SPLIT or correction.other_id is None:
        return keeps
    part = frozenset(correction.articles)
    first = next(iter(correction.before), None)
    return keeps | {each: correction.other_id for each in keeps if (each in part) is not (first in part)}


def _merge(groups: dict[str, frozenset[str]], apart: set[Pair], tied: Iterable[str]) -> None:
    """Make one group of some articles and all that were tied to any of them."""
    group = frozenset().union(*(groups.get(each) or {each} for each in tied))
    groups.update(dict.fromkeys(group, group))
    apart.difference_update([pair for pair in apart if pair <= group])


def _split(groups: dict[str, frozenset[str]], apart: set[Pair], part: frozenset[str], rest: frozenset[str]) -> None:
    """Take a part out of every group that holds some of the rest, tie it, and keep it apart from the rest."""
    for torn in {groups[each] for each in part if each in groups and groups[each] & rest}:
        for left in (torn & part, torn - part):
            groups.update(dict.fromkeys(left, left))
    _merge(groups, apart, part)
    apart.update(frozenset(pair) for pair in product(part, rest))


def _foes(groups: Mapping[str, frozenset[str]], apart: Iterable[Pair]) -> dict[str, frozenset[str]]:
    """Whoever is kept apart from one of a group is kept apart from all of it."""
    foes: dict[str, set[str]] = {}
    for one, other in apart:
        sides = [groups.get(each) or frozenset({each}) for each in (one, other)]
        for side, against in (sides, sides[::-1]):
            for each in side:
                foes.setdefault(each, set()).update(against)
    return {each: frozenset(found) for each, found in foes.items()}
