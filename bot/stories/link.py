"""Articles to stories by linking: the two most alike join, again and again, until no two are alike enough."""

import heapq
import math
from collections.abc import Callable, Sequence

import numpy as np

from bot.stories.bag import Floats
from bot.stories.likeness import MOST

_SHORT = 8
"""Up to so many pairs, two unlike articles keep two stories apart."""


def linked(
    alike: Floats,
    *,
    threshold: float,
    share: float,
    tied: Sequence[Sequence[int]] = (),
    apart: Callable[[int, int], bool] | None = None,
) -> list[list[int]]:
    """The stories of some articles, each a list of their places, given how alike each two are.

    `tied` articles begin together; two of which `apart` is true never share a story. The result depends on the
    articles alone and not on the order in which they came, as long as their places do not.
    """
    return _Linking(alike, share, tied, apart).run(threshold)


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


def _as_one(alike: Floats, tied: Sequence[Sequence[int]]) -> Floats:
    """The likenesses where what is tied is as like anything else as the likest of it."""
    found = alike.copy() if tied else alike
    for group in tied:
        places = list(group)
        found[places, :] = found[places, :].max(axis=0)
        found[:, places] = found[:, places].max(axis=1, keepdims=True)
    return found


class _Linking:
    """The stories so far, which of them are near each other, and a heap of the pairs that may join."""

    def __init__(
        self,
        alike: Floats,
        share: float,
        tied: Sequence[Sequence[int]],
        apart: Callable[[int, int], bool] | None,
    ) -> None:
        self._alike, self._share, self._apart = _as_one(alike, tied), share, apart
        held = {place for group in tied for place in group}
        alone = [[place] for place in range(len(alike)) if place not in held]
        self._stories = dict(enumerate([*(sorted(group) for group in tied), *alone]))
        self._near: dict[int, set[int]] = {}
        self._heap: list[tuple[float, int, int]] = []
        self._next = len(self._stories)

    def run(self, threshold: float) -> list[list[int]]:
        """Join while any two are alike enough."""
        self._look_round(threshold)
        for one, near in self._near.items():
            for other in sorted(near):
                if one < other:
                    self._offer(one, other, threshold)
        while self._heap:
            _, one, other = heapq.heappop(self._heap)
            if one in self._stories and other in self._stories:
                self._join(one, other, threshold)
        return [sorted(places) for places in self._stories.values()]

    def _look_round(self, threshold: float) -> None:
        """Find which stories hold two articles that are alike enough: no others can ever join."""
        owner = {place: story for story, places in self._stories.items() for place in places}
        self._near = {story: set() for story in self._stories}
        for one, other in np.argwhere(self._alike >= threshold):
            if owner[one] != owner[other]:
                self._near[owner[one]].add(owner[other])
                self._near[owner[other]].add(owner[one])

    def _join(self, one: int, other: int, threshold: float) -> None:
        joined, self._next = self._next, self._next + 1
        self._stories[joined] = self._stories.pop(one) + self._stories.pop(other)
        near = (self._near.pop(one) | self._near.pop(other)) - {one, other}
        self._near[joined] = near
        for each in sorted(near):
            self._near[each] = self._near[each] - {one, other} | {joined}
            self._offer(each, joined, threshold)

    def _offer(self, one: int, other: int, threshold: float) -> None:
        """Put a pair on the heap where it may join."""
        first, second = self._stories[one], self._stories[other]
        if len(first) == len(second) == 1:
            found = float(self._alike[first[0], second[0]])
        else:
            found = likeness(self._alike[np.ix_(first, second)], self._share)
        if found >= threshold and not self._are_apart(one, other):
            heapq.heappush(self._heap, (-found, one, other))

    def _are_apart(self, one: int, other: int) -> bool:
        if self._apart is None:
            return False
        return any(self._apart(a, b) for a in self._stories[one] for b in self._stories[other])
