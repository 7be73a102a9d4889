"""The index of vectors at one moment: who is in it, what a search is limited to, and the nearest by signs and bytes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from bot.model import CATALOGUE
from bot.store.vectors import Encoded, micros
from bot.stories.search.mapped import FACTS, Block, Page
from bot.stories.search.sketch import FAR, Rows, Shape, distances, nearest

Vector = NDArray[np.float32]
Mask = NDArray[np.bool_]

_CANDIDATES, _ONE_IN = 4000, 64
"""How many of those nearest by their signs are looked at closely: so many, or one in so many of all.

Measured with what people type: 0.990 of the nearest fifty of 100,000 are found.
"""

_CLOSELY = 4096
"""How many are looked at closely at once."""

_GROWN, _SETTLED = 10, 256
"""How many times as many articles may come as the index was made for, and how few it is made for at least."""

_OLD = 4
"""The index is made anew when one in so many of its rows is of a vector that has been replaced."""

_OFF, _FEW_OFF = 0.05, 10
"""How far a likeness by bytes may be from the exact one, and how many of an answer may be farther, or a tenth."""

_BLOCKS = 8
"""In how many pieces an index may lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an answer is limited to: what a scope may see, published from a time on and before another, and these."""

    scope: str = CATALOGUE
    since: datetime | None = None
    until: datetime | None = None
    among: Collection[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class View:
    """The index at one moment: never changed, only replaced, so that a search in another thread may go on with it.

    An article has a row for each vector it ever had; only its last row counts, `old` marks the others.
    `order` sorts the rows by number, where they are not sorted.
    """

    page: Page
    shape: Shape
    blocks: tuple[Block, ...]
    numbers: NDArray[np.int64]
    published: NDArray[np.int64]
    scopes: NDArray[np.int32]
    order: Rows | None
    old: Mask | None

    @classmethod
    def of(cls, page: Page, blocks: Sequence[Block]) -> "View":
        """What these blocks hold."""
        facts = np.concatenate([np.empty(0, FACTS), *(block.facts for block in blocks)])
        numbers = np.ascontiguousarray(facts["number"])
        sorted_already = bool(np.all(numbers[1:] > numbers[:-1]))
        order = None if sorted_already else np.argsort(numbers, kind="stable")
        return cls(
            page=page,
            shape=page.shape(),
            blocks=tuple(blocks),
            numbers=numbers,
            published=np.ascontiguousarray(facts["published"]),
            scopes=np.ascontiguousarray(facts["scope"]),
            order=order,
            old=None if order is None else _replaced(numbers, order),
        )

    def __len__(self) -> int:
        """How many articles are in it."""
        return len(self.numbers) - (0 if self.old is None else int(np.count_nonzero(self.old)))

    def rows_of(self, numbers: Collection[int]) -> Rows:
        """The rows that count of the articles with these numbers that are known, in the order of the numbers."""
        wanted = np.unique(np.fromiter(numbers, np.int64, len(numbers)))
        places = np.searchsorted(self.numbers, wanted, "right", sorter=self.order) - 1
        rows = places if self.order is None else self.order[places]
        return rows[(places >= 0) & (self.numbers[rows] == wanted)] if len(self.numbers) else rows[:0]

    def wanted(self, limits: Limits) -> Mask | None:
        """Which rows a search is limited to; None where to none."""
        masks = [] if self.old is None else [~self.old]
        if len(self.page.scopes) > 1:
            masks.append((self.scopes == 0) | (self.scopes == self._code(limits.scope)))
        if limits.since:
            masks.append(self.published >= micros(limits.since))
        if limits.until:
            masks.append(self.published < micros(limits.until))
        if limits.among is not None:
            masks.append(np.zeros(len(self.numbers), np.bool_))
            masks[-1][self.rows_of(limits.among)] = True
        return np.logical_and.reduce(masks) if masks else None

    def _code(self, scope: str) -> int:
        """What stands for a scope; 0 is the catalogue, which everybody sees."""
        return self.page.scopes.index(scope) if scope in self.page.scopes else 0

    def candidates(self, asked: Vector, limits: Limits) -> Rows:
        """The rows that may be nearest, by their signs; all that are wanted where these are few."""
        most = max(_CANDIDATES, len(self.numbers) // _ONE_IN)
        wanted = self.wanted(limits)
        if wanted is not None and np.count_nonzero(wanted) <= most:
            return np.flatnonzero(wanted)
        away = distances([block.signs for block in self.blocks], self.shape.signs(asked[np.newaxis]))
        if wanted is not None:
            away[~wanted] = FAR
        return nearest(away, most)

    def likeness(self, asked: Vector, rows: Rows) -> NDArray[np.float32]:
        """How near rows are, by their bytes."""
        found, begin = np.empty(len(rows), np.float32), 0
        for block in self.blocks:
            here = np.flatnonzero((rows >= begin) & (rows < begin + len(block.whole)))
            for some in np.array_split(here, len(here) // _CLOSELY + 1):
                found[some] = self.shape.likeness(asked, block.whole[rows[some] - begin])
            begin += len(block.whole)
        return found

    def likeness_of(self, asked: Vector, numbers: Collection[int]) -> dict[int, float]:
        """How near the articles with these numbers are that are known, by their bytes."""
        rows = self.rows_of(numbers)
        return dict(zip(self.numbers[rows].tolist(), self.likeness(asked, rows).tolist(), strict=True))

    def nearest(self, asked: Vector, limits: Limits, count: int) -> dict[int, float]:
        """The numbers of the articles that are nearest by their bytes, and how near."""
        rows = self.candidates(asked, limits)
        near = self.likeness(asked, rows)
        few = np.flatnonzero(near >= np.partition(near, -count)[-count]) if len(near) > count else np.arange(len(near))
        best = few[np.argsort(-near[few], kind="stable")][:count]
        return dict(zip(self.numbers[rows[best]].tolist(), near[best].tolist(), strict=True))


def is_worn(view: View) -> bool:
    """Whether so much came or was replaced that the index should be made anew."""
    rows = len(view.numbers)
    return rows >= _GROWN * max(view.page.settled, _SETTLED) or rows - len(view) > max(_SETTLED, rows // _OLD)


def is_off(near: dict[int, float], exact: dict[int, float]) -> bool:
    """Whether an answer by bytes has too little to do with the stored vectors, or with articles that there are."""
    off = sum(abs(exact.get(number, np.inf) - like) > _OFF for number, like in near.items())
    return off > max(_FEW_OFF, len(near) // 10)


def placed(page: Page, shape: Shape, batch: Encoded) -> tuple[Page, Block]:
    """A batch as it is kept, and the page that tells how far the store is read then."""
    scopes = tuple(dict.fromkeys((*page.scopes, *batch.scopes)))
    codes = {scope: code for code, scope in enumerate(scopes)}
    facts = np.empty(len(batch.numbers), FACTS)
    facts["number"], facts["published"] = batch.numbers, batch.published
    facts["scope"] = [codes[scope] for scope in batch.scopes]
    stamp, article = batch.last
    block = Block(facts, shape.signs(batch.vectors), shape.whole(batch.vectors))
    return replace(page, scopes=scopes, stamp=stamp, article=article), block


def joined(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The same articles in few blocks; the first, which may be mapped, stays as it is."""
    if len(blocks) <= _BLOCKS:
        return tuple(blocks)
    parts = [(block.facts, block.signs, block.whole) for block in blocks[1:]]
    return (blocks[0], Block(*(np.concatenate(part) for part in zip(*parts, strict=True))))


def _replaced(numbers: NDArray[np.int64], order: Rows) -> Mask | None:
    """The rows that have a later one of the same number; None where there are none."""
    ordered = numbers[order]
    again = order[:-1][ordered[1:] == ordered[:-1]]
    if not len(again):
        return None
    old = np.zeros(len(numbers), np.bool_)
    old[again] = True
    return old
