"""The open articles as arrays: their vectors, times, terms and rarities; nothing is decided here."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from bot.model import CATALOGUE, Language
from bot.stories.actions import KINDS
from bot.stories.bag import Bag, Floats, Rows, dense
from bot.stories.marks import Marks
from bot.turns import rest

Slots = NDArray[np.int64]

BAGS = ("terms", "latin", "names", "amounts", "versions", "said")
COUNTED = ("company", "model", "product", "person", "place", "technology")
"""The kinds of entity that are told apart."""

_ROOM = 1024
"""Slots made at first; the arrays double when they are full."""
_NEAREST = 10
"""How many neighbours tell how crowded the place of an article is."""


class Window:
    """Every article published from `since` to `until` (None: ever after), each in a slot.

    Catalogue articles meet catalogue articles only; a server's own meet those and the server's.
    """

    def __init__(self, *, span: timedelta, since: datetime, until: datetime | None = None) -> None:
        self._span = span.total_seconds()
        self.since, self._until = since, until
        self._empty()

    def __len__(self) -> int:
        """How many articles are open."""
        return len(self.marks)

    def reaches(self, since: datetime, until: datetime) -> bool:
        """Whether every article published within a time is in it."""
        return self.since <= since and (self._until is None or until <= self._until)

    def open(self, opened: Sequence[tuple[Marks, Floats]]) -> None:
        """Open articles and weigh all terms anew."""
        for marks, vector in opened:
            rest()
            self._add(marks, vector)
        self._settle()

    def slots(self, numbers: Iterable[int]) -> Slots:
        """The slots of articles by their numbers."""
        return np.array(sorted(self.slot_of[number] for number in numbers if number in self.slot_of), np.int64)

    def keep_from(self, when: datetime) -> bool:
        """Let go of articles published before, once they are half of all; returns whether it did."""
        past = np.count_nonzero(self.times < when.timestamp())
        if past * 2 <= len(self):
            return False
        kept = [
            (marks, self.vectors[slot].copy()) for slot, marks in enumerate(self.marks) if marks.published_at >= when
        ]
        self._empty()
        self.since = when
        self.open(kept)
        return True

    def meets(self, rows: Slots) -> NDArray[np.bool_]:
        """For some rows, which of all articles each may meet: near in time, of the catalogue or its own scope."""
        near = np.abs(self.times[rows, None] - self.times[None, :]) <= self._span
        scopes = self.scopes[rows, None]
        met: NDArray[np.bool_] = near & ((self.scopes == 0)[None, :] | (self.scopes[None, :] == scopes))
        met[np.arange(len(rows)), rows] = False
        return met

    def crowd(self, rows: Slots, cosines: Floats, met: NDArray[np.bool_]) -> None:
        """Note for some rows how near their nearest are, and the mean and spread of all."""
        others = np.where(met, cosines, -np.inf)
        many = min(_NEAREST, others.shape[1])
        nearest = -np.partition(-others, many - 1, axis=1)[:, :many]
        there = np.isfinite(nearest)
        self.near[rows] = np.where(there, nearest, 0).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
        self.nearest[rows] = nearest.max(axis=1, initial=-1.0)
        everyone = self.public(cosines)
        self.mean[rows], self.spread[rows] = everyone.mean(axis=1), everyone.std(axis=1) + 1e-6
        self.crowded[rows] = True

    def public(self, found: Floats) -> Floats:
        """What was found of the catalogue's articles; of all where there are none."""
        public = self.scopes == 0
        return found[:, public] if public.any() else found

    def _add(self, marks: Marks, vector: Floats) -> None:
        slot = len(self)
        self._reserve(slot + 1, len(vector))
        self._vectors[slot] = vector
        self._numbers[:, slot] = (
            marks.published_at.timestamp(),
            self._scope_codes.setdefault(marks.scope, len(self._scope_codes)),
            self._room_codes.setdefault(marks.newsroom, len(self._room_codes)),
            self._first_codes.setdefault(marks.first, len(self._first_codes) - 1),
            marks.titled is Language.ZH,
            marks.is_press,
            marks.round_up,
            len(marks.terms),
        )
        self._acts[slot] = [kind in marks.actions for kind in KINDS]
        counted = marks.scope == CATALOGUE
        for name in BAGS:
            also = marks.senses if name == "said" else ()
            self.bags[name].add(getattr(marks, name), also=also, counted=counted)
        self._senses.add(self.bags["said"].columns(marks.senses))
        for kind in COUNTED:
            self.kinds[kind].add((each for each in marks.kinds if each.startswith(f"{kind} ")), counted=counted)
        self.slot_of[marks.number] = slot
        self.marks.append(marks)

    def _settle(self) -> None:
        size = len(self)
        for bag in (*self.bags.values(), *self.kinds.values()):
            rest()
            bag.settle()
        self.senses = self._senses.matrix(self.bags["said"].ones.shape[1])
        self.vectors = self._vectors[:size]
        columns = self._numbers[:, :size]
        self.times, self.scopes, self.rooms, self.first = columns[0], columns[1], columns[2], columns[3]
        self.titled, self.press, self.round_up, self.length = columns[4:]
        self.acts = self._acts[:size]
        self.near, self.nearest, self.mean, self.spread = self._crowd[:, :size]
        self.crowded = self._crowded[:size]

    def bridge(self, rows: Slots) -> Floats:
        """The rarity of what some rows and every row say with each other's words in the other language."""
        said = self.bags["said"]
        rare = said.rarity
        own, senses = said.ones[rows].multiply(rare).tocsr(), self.senses[rows].multiply(rare).tocsr()
        return dense(own @ self.senses.T) + dense(senses @ said.ones.T)

    def _empty(self) -> None:
        self.marks: list[Marks] = []
        self.slot_of: dict[int, int] = {}
        self.bags = {name: Bag() for name in BAGS}
        self.kinds = {kind: Bag() for kind in COUNTED}
        self._senses = Rows()
        self._scope_codes, self._room_codes = {CATALOGUE: 0}, dict[str, int]()
        self._first_codes: dict[str | None, int] = {None: -1}
        self._vectors = np.zeros((0, 0), np.float32)
        self._numbers = np.zeros((8, 0), np.float64)
        self._acts = np.zeros((0, len(KINDS)), np.float32)
        self._crowd = np.zeros((4, 0), np.float32)
        self._crowded = np.zeros(0, np.bool_)
        self._settle()

    def _reserve(self, slots: int, dimensions: int) -> None:
        size = self._numbers.shape[1]
        if slots <= size:
            return
        more = max(_ROOM, size)
        self._vectors = np.vstack([self._vectors.reshape(size, dimensions), np.zeros((more, dimensions), np.float32)])
        self._numbers = np.pad(self._numbers, ((0, 0), (0, more)))
        self._acts = np.pad(self._acts, ((0, more), (0, 0)))
        self._crowd = np.pad(self._crowd, ((0, 0), (0, more)))
        self._crowded = np.pad(self._crowded, (0, more))
