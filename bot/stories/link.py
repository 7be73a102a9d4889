"""Articles to stories by linking: the two most alike join, again and again, until no two are alike enough.

What was joined once is joined again without being weighed again, as long as nothing new comes between: so a poll costs
what it touches, and not all that hangs together with it.
"""

import heapq
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from bot.stories.bag import Floats
from bot.stories.likeness import MOST
from bot.turns import rest

_SHORT = 8
"""Up to so many pairs, two unlike articles keep two stories apart."""

Near = Callable[[int], Mapping[int, float]]
"""For an article all that it is at all like, and how much."""
Apart = Callable[[int, int], bool]
Rank = tuple[int, Any]
"""Of equally alike pairs the one of lower rank joins first: articles stand before what was joined of them."""


def linked(
    alike: Floats,
    *,
    threshold: float,
    share: float,
    tied: Sequence[Sequence[int]] = (),
    apart: Apart | None = None,
) -> list[list[int]]:
    """The stories of some articles, each a list of their places, given how alike each two are.

    `tied` articles begin together; two of which `apart` is true never share a story. The result depends on the
    articles alone and not on the order in which they came, as long as their places do not.
    """
    rows: list[dict[int, float]] = [{} for _ in alike]
    for one, other in np.argwhere(alike > -MOST).tolist():
        rows[one][other] = float(alike[one, other])
    linking = Linking(threshold=threshold, share=share, order=int)
    found = linking.take(range(len(rows)), rows.__getitem__, tied=tied, apart=apart)
    return sorted(sorted(places) for places in found)


def likeness(between: Floats, share: float) -> float:
    """How alike two stories are, given how alike each article of the one is to each of the other.

    Each article counts by its best share of the other story: a follow-up need not be like all of a long story, but
    every article of the smaller story must find its own support. While stories are short, a bridge joins nothing: of
    two articles that could not be less alike, neither follows a third into one story with the other.
    """
    if between.size <= _SHORT and between.min() <= -MOST:
        return -MOST
    if between.shape[0] > between.shape[1]:
        between = between.T
    small, large = _best(between, share), _best(between.T, share)
    return (3 * small + large) / 4


def _best(between: Floats, share: float) -> float:
    """The mean over the rows of the mean of each one's best share."""
    many = max(1, math.ceil(between.shape[1] * share))
    best = between.max(axis=1) if many == 1 else np.partition(between, -many, axis=1)[:, -many:]
    return float(best.sum()) / best.size


def as_one(near: Near, tied: Sequence[Sequence[int]]) -> Near:
    """What is near, where what is tied is as like anything else as the likest of it."""
    if not tied:
        return near
    group_of = {number: group for group in tied for number in group}

    @cache
    def likest(number: int) -> Mapping[int, float]:
        best: dict[int, float] = {}
        for mine in group_of.get(number, (number,)):
            for other, alike in near(mine).items():
                for each in group_of.get(other, (other,)):
                    best[each] = max(alike, best.get(each, -MOST))
        return best

    return likest


class Linking:
    """The stories of all articles that were ever taken, and how they came about; each is known by a key of its own.

    `order` tells which of two articles comes first.
    """

    def __init__(self, *, threshold: float, share: float, order: Callable[[int], Any]) -> None:
        self.threshold, self.share = threshold, share
        self._order = order
        self._next = 0
        self.forget()

    def __contains__(self, number: int) -> bool:
        """Whether an article was taken."""
        return number in self.begun_as

    def forget(self) -> None:
        """Begin anew."""
        self.begun_as: dict[int, int] = {}
        self.ranks: dict[int, Rank] = {}
        self.members: dict[int, list[int]] = {}
        self.joins: list[Join] = []

    def take(
        self, fresh: Iterable[int], near: Near, *, tied: Sequence[Sequence[int]] = (), apart: Apart | None = None
    ) -> list[list[int]]:
        """Link new articles with all that are there; returns every story that may be another one now.

        How alike two articles are that were taken before must be the same as it was then, and so must what is tied
        and kept apart. New ones that are tied come together.
        """
        run = _Run(self, as_one(near, tied), apart)
        held = {number for group in tied for number in group}
        alone = [[number] for number in fresh if number not in held]
        run.begin([self._begun(0, sorted(group, key=self._order)) for group in tied])
        run.begin([self._begun(1, group) for group in alone])
        self.joins = run.join_all()
        return [self.members[story] for story in run.changed()]

    def story(self, members: list[int]) -> int:
        """A new key for a story of these articles."""
        self._next += 1
        self.members[self._next] = members
        return self._next

    def _begun(self, place: int, group: list[int]) -> int:
        story = self.story(group)
        self.ranks[story] = place, self._order(group[0])
        self.begun_as |= dict.fromkeys(group, story)
        return story


class Join(NamedTuple):
    """How alike two stories were, the two in the order of their ranks, and what became of them."""

    alike: float
    one: int
    other: int
    joined: int


class _Run:
    """The joins told again from the first, with something new among them.

    A story is as before while it also stood at this point of the last run, else it is changed. As between stories that
    are as before nothing has changed, the next of the old joins is still the first of theirs; the heap holds the
    pairs of which one is changed. An old join whose stories are not both there any more is left out, and what is left
    of it is changed. So the outcome is that of linking everything anew.
    """

    def __init__(self, linking: Linking, near: Near, apart: Apart | None) -> None:
        self._all, self._near_of, self._apart = linking, near, apart
        self._there = dict(linking.ranks)
        self._into: dict[int, int] = {}
        self._changed: set[int] = set()
        self._near: dict[int, set[int]] = {}
        self._heap: list[tuple[float, Rank, Rank, int, int]] = []
        self._joins: list[Join] = []

    def begin(self, stories: Iterable[int]) -> None:
        """Put new stories among the others."""
        for story in stories:
            self._there[story] = self._all.ranks[story]
            self._change(story)

    def changed(self) -> list[int]:
        """The stories in the end that may be others than before, by rank."""
        return sorted(self._changed & self._there.keys(), key=self._there.__getitem__)

    def join_all(self) -> list[Join]:
        """Join while any two are alike enough; returns all joins, old and new."""
        for old in self._all.joins:
            self._join_before(old)
            if old.one in self._there and old.other in self._there:
                self._join(old)
            else:
                self._leave_out(old)
        self._join_before(None)
        return self._joins

    def _join_before(self, old: Join | None) -> None:
        """Join the pairs of the heap that are more alike than the next of the old ones."""
        while self._heap:
            if old is not None:
                if old.one not in self._there or old.other not in self._there:
                    return
                if (-old.alike, self._there[old.one], self._there[old.other]) < self._heap[0][:3]:
                    return
            alike, _, _, one, other = heapq.heappop(self._heap)
            if one in self._there and other in self._there:
                joined = self._all.story(self._all.members[one] + self._all.members[other])
                self._changed.add(joined)
                self._join(Join(-alike, one, other, joined))

    def _join(self, join: Join) -> None:
        """Let one story take the place of two, and look at the pairs it makes with what is near."""
        rest()
        near = set[int]()
        for story in (join.one, join.other):
            near |= self._around(story) if join.joined in self._changed else self._near.get(story, set())
            del self._there[story]
            self._into[story] = join.joined
        near -= {join.one, join.other}
        self._there[join.joined] = 2, len(self._joins)
        self._joins.append(join)
        self._near[join.joined] = near
        for each in near:
            beside = self._near.setdefault(each, set())
            beside -= {join.one, join.other}
            beside.add(join.joined)
            self._offer(each, join.joined)

    def _leave_out(self, old: Join) -> None:
        for story in (old.one, old.other):
            if story in self._there and story not in self._changed:
                self._change(story)
        del self._all.members[old.joined]

    def _change(self, story: int) -> None:
        """Take a story for changed: all its pairs are on the heap from now on."""
        rest()
        near, offered = self._around(story), self._near.get(story, set())
        self._changed.add(story)
        self._near[story] = near
        for each in near - offered:
            self._near.setdefault(each, set()).add(story)
            self._offer(each, story)

    def _around(self, story: int) -> set[int]:
        """The stories that hold an article alike enough to one of this: no others can ever join it."""
        if story in self._changed:
            return self._near[story]
        begun, threshold = self._all.begun_as, self._all.threshold
        near = {
            begun[other]
            for number in self._all.members[story]
            for other, alike in self._near_of(number).items()
            if alike >= threshold and other in begun
        }
        return {now for each in near if (now := self._now(each)) in self._there} - {story}

    def _now(self, story: int) -> int:
        """What has become of a story."""
        while story in self._into:
            story = self._into[story]
        return story

    def _offer(self, one: int, other: int) -> None:
        """Put a pair on the heap where it may join."""
        if self._there[other] < self._there[one]:
            one, other = other, one
        found = self._alike(self._all.members[one], self._all.members[other])
        if found >= self._all.threshold and not self._are_apart(one, other):
            heapq.heappush(self._heap, (-found, self._there[one], self._there[other], one, other))

    def _alike(self, first: Sequence[int], second: Sequence[int]) -> float:
        rows = [self._near_of(number) for number in first]
        if len(first) == len(second) == 1:
            return rows[0].get(second[0], -MOST)
        between = np.array([[row.get(number, -MOST) for number in second] for row in rows], np.float32)
        return likeness(between, self._all.share)

    def _are_apart(self, one: int, other: int) -> bool:
        if self._apart is None:
            return False
        members = self._all.members
        return any(self._apart(a, b) for a in members[one] for b in members[other])
