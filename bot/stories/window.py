"""The open articles as arrays, and how alike a new article is to each of them.

Likeness adds four kinds of evidence, each between 0 and 1: meaning (the cosine of the encoder's vectors), and the
cosines of rarity-weighted words, names and numbers, in which common ones count for little. Names (entities) and
numbers cross the languages where words cannot. Cost depends on the window alone, not on the archive.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from bot.model import CATALOGUE

Floats = NDArray[np.float32]
Codes = NDArray[np.int64]
_ROOM = 1024
"""Slots made at first; the arrays double when they are full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What grouping looks at in an article; `scope` keeps a server's own articles out of others' stories."""

    number: int
    id: str
    scope: str
    is_press: bool
    published_at: datetime
    terms: frozenset[str]
    entities: frozenset[str]
    numbers: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How much each kind of evidence counts."""

    meaning: float
    words: float
    names: float
    numbers: float


class Postings:
    """Which slots hold a term, and the rarity-weighted overlap of a new set of terms with every slot.

    A term's worth is the logarithm of one over the share of articles that have it. It is settled before each
    batch, with the batch counted in, so that the order within a batch changes no weight.
    """

    def __init__(self) -> None:
        self._articles = 0
        self._having: Counter[str] = Counter()
        self._slots: dict[str, list[int]] = defaultdict(list)
        self._terms: list[frozenset[str]] = []
        self._lengths = np.zeros(0, np.float32)
        self._worth: dict[str, float] = {}

    def count(self, terms: frozenset[str]) -> None:
        """Take one more article into account; it need not be open yet."""
        self._articles += 1
        self._having.update(terms)

    def settle(self) -> None:
        """Weigh every term and every slot anew."""
        total = math.log(self._articles + 2)
        self._worth = {term: total - math.log(having + 1) for term, having in self._having.items()}
        self._lengths = np.fromiter(map(self._norm, self._terms), np.float32, len(self._terms))

    def add(self, terms: frozenset[str]) -> None:
        """Give the next slot its terms."""
        for term in terms:
            self._slots[term].append(len(self._terms))
        self._terms.append(terms)

    def overlap(self, terms: frozenset[str]) -> Floats:
        """The cosine of the rarity-weighted terms with each slot."""
        slots = len(self._terms)
        fresh = np.fromiter(map(self._norm, self._terms[len(self._lengths) :]), np.float32)
        self._lengths = np.concatenate([self._lengths, fresh])
        shared = np.zeros(slots, np.float32)
        for term in terms:
            if found := self._slots.get(term):
                shared[found] += self._weight(term) ** 2
        lengths = self._lengths * np.float32(self._norm(terms))
        cosine: Floats = np.divide(shared, lengths, out=np.zeros(slots, np.float32), where=lengths > 0)
        return cosine

    def _weight(self, term: str) -> float:
        """A term nobody counted has is worth the most."""
        return self._worth.get(term) or math.log(self._articles + 2)

    def _norm(self, terms: Iterable[str]) -> float:
        return math.sqrt(sum(self._weight(term) ** 2 for term in terms))


class Window:
    """Every article published from `since` to `until` (None: ever after), with the story it is in.

    Catalogue articles meet catalogue articles only; a server's own meet those and the server's.
    """

    def __init__(self, *, weights: Weights, span: timedelta, since: datetime, until: datetime | None = None) -> None:
        self._weights = weights
        self._span = span.total_seconds()
        self.since, self._until = since, until
        self._empty()

    def __len__(self) -> int:
        """How many articles are open."""
        return len(self._opened)

    def reaches(self, since: datetime, until: datetime) -> bool:
        """Whether every article published within a time is in it."""
        return self.since <= since and (self._until is None or until <= self._until)

    def add(self, marks: Marks, vector: Floats, story: str) -> None:
        """Open an article that is in a story."""
        slot = len(self._opened)
        self._reserve(slot + 1, len(vector))
        self._vectors[slot] = vector
        self._times[slot] = marks.published_at.timestamp()
        self._scopes[slot] = self._scope_codes.setdefault(marks.scope, len(self._scope_codes))
        self._stories[slot] = self._codes.setdefault(story, len(self._codes))
        if self._stories[slot] == len(self._names):
            self._names.append(story)
        for postings, said in self._evidence(marks):
            postings.add(said)
        self._opened.append((marks, story))

    def expect(self, coming: Iterable[Marks]) -> None:
        """Count a batch that is about to be grouped; a server's own articles make nothing less rare."""
        for marks in coming:
            if marks.scope == CATALOGUE:
                for postings, said in self._evidence(marks):
                    postings.count(said)
        for postings in (self._terms, self._entities, self._numbers):
            postings.settle()

    def likeness(self, marks: Marks, vector: Floats) -> tuple[Floats, Codes]:
        """How alike an article is to each open one it may meet, and the code of that one's story."""
        slots = len(self._opened)
        if not slots:
            return np.zeros(0, np.float32), np.zeros(0, np.int64)
        alike: Floats = (
            self._weights.meaning * (self._vectors[:slots] @ vector)
            + self._weights.words * self._terms.overlap(marks.terms)
            + self._weights.names * self._entities.overlap(marks.entities)
            + self._weights.numbers * self._numbers.overlap(marks.numbers)
        )
        meets = self._meets(marks, slots)
        return alike[meets], self._stories[:slots][meets]

    def story(self, code: int) -> str:
        """The story behind a code."""
        return self._names[code]

    def members(self, story: str) -> list[Marks]:
        """A story's open articles."""
        code = self._codes.get(story, -1)
        return [self._opened[slot][0] for slot in np.flatnonzero(self._stories[: len(self)] == code)]

    def close_before(self, when: datetime) -> None:
        """Let go of articles published before, once they are half of all, so that it costs next to nothing."""
        past = np.count_nonzero(self._times[: len(self)] < when.timestamp())
        if past * 2 <= len(self):
            return
        kept = [
            (marks, self._vectors[slot].copy(), story)
            for slot, (marks, story) in enumerate(self._opened)
            if marks.published_at >= when
        ]
        self._empty()
        self.since = when
        self.expect(marks for marks, _, _ in kept)
        for marks, vector, story in kept:
            self.add(marks, vector, story)

    def _evidence(self, marks: Marks) -> tuple[tuple[Postings, frozenset[str]], ...]:
        return (self._terms, marks.terms), (self._entities, marks.entities), (self._numbers, marks.numbers)

    def _meets(self, marks: Marks, slots: int) -> NDArray[np.bool_]:
        near: NDArray[np.bool_] = np.abs(self._times[:slots] - marks.published_at.timestamp()) <= self._span
        own = self._scope_codes.get(marks.scope, 0)
        return near & np.isin(self._scopes[:slots], (0, own))

    def _empty(self) -> None:
        self._opened: list[tuple[Marks, str]] = []
        self._names: list[str] = []
        self._codes: dict[str, int] = {}
        self._scope_codes = {CATALOGUE: 0}
        self._vectors = np.zeros((0, 0), np.float32)
        self._times = np.zeros(0, np.float64)
        self._scopes, self._stories = np.zeros(0, np.int64), np.zeros(0, np.int64)
        self._terms, self._entities, self._numbers = Postings(), Postings(), Postings()

    def _reserve(self, slots: int, dimensions: int) -> None:
        if slots <= len(self._times):
            return
        size = max(_ROOM, 2 * len(self._times))
        self._vectors = (
            np.resize(self._vectors, (size, dimensions))
            if self._times.size
            else np.zeros((size, dimensions), np.float32)
        )
        self._times = np.resize(self._times, size)
        self._scopes = np.resize(self._scopes, size)
        self._stories = np.resize(self._stories, size)
