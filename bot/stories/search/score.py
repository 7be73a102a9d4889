"""How well an article answers: its share of what was asked, weighed by rarity, its meaning, and a little freshness."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.stories.search.parts import SAID, STRONG, Part

MEANING = 0.45
"""How much likeness in meaning counts beside the words, which count as one."""

_FRESH, _FRESH_DAYS = 0.05, 7.0
_COMPANY = 0.2
"""What the mean of a story's articles adds to its best."""

_NO_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An article that may answer; `strengths` say how far it has each part (0 to 1)."""

    number: int
    story: str
    published_at: datetime
    strengths: tuple[float, ...]
    near: float
    score: float


class Weigher:
    """Weighs articles against one question."""

    def __init__(self, parts: Sequence[Part], worth: Sequence[float], now: datetime) -> None:
        self._required = [place for place, part in enumerate(parts) if part.required]
        self._single = [_single(part) for part in parts]
        self._several = [[(set(way), value) for way, value in part.ways if len(way) > 1] for part in parts]
        self._worth = worth
        self._total = sum(worth)
        self._now = now
        self._known: dict[frozenset[str], tuple[float, ...]] = {}

    def strengths(self, terms: frozenset[str]) -> tuple[float, ...]:
        """How far an article with these terms has each part; many have the same ones."""
        if (known := self._known.get(terms)) is None:
            known = self._known[terms] = self._strengths(terms)
        return known

    def _strengths(self, terms: frozenset[str]) -> tuple[float, ...]:
        return tuple(
            max(
                max((single[term] for term in single.keys() & terms), default=0.0),
                max((value for way, value in several if way <= terms), default=0.0),
            )
            for single, several in zip(self._single, self._several, strict=True)
        )

    def has_required(self, strengths: Sequence[float]) -> bool:
        """Whether nothing is missing that no answer may lack; what is related to a name does not stand for it."""
        return all(strengths[place] >= SAID for place in self._required)

    def score(self, strengths: Sequence[float], near: float, published_at: datetime) -> float:
        """The rarity-weighted share of the question it has, its meaning, and a little freshness."""
        had = sum(each * worth for each, worth in zip(strengths, self._worth, strict=True))
        age = max(0.0, (self._now - published_at).total_seconds() / 86400)
        fresh = _FRESH * math.exp(-age / _FRESH_DAYS)
        return (had / self._total if self._total else 0.0) + MEANING * max(0.0, near) + fresh


def worth_of(matching: float, articles: int) -> float:
    """What a part of a query is worth: much when few articles have it, little when many do, never less than nothing."""
    return math.log((max(articles, matching) + 1) / (matching + 0.5)) + 0.5


def worth_among(parts: Sequence[Part], texts: Iterable[frozenset[str]]) -> list[float]:
    """What parts are worth among some articles, given by their terms."""
    weigher = Weigher(parts, [1.0] * len(parts), _NO_TIME)
    said = [weigher.strengths(terms) for terms in texts]
    return [worth_of(sum(each[place] >= STRONG for each in said), len(said)) for place in range(len(parts))]


def having(numbers: Sequence[int], asked: int, newest: int) -> float:
    """How many articles have what the newest `asked` were read for: counted, or judged by how close these lie."""
    if len(numbers) < asked:
        return len(numbers)
    return newest * len(numbers) / (newest - numbers[-1] + 1)


def named_by(found: Iterable[Found], entities: Mapping[str, int], least: float = SAID) -> frozenset[str]:
    """The asked entities, given by the places of their parts, that articles name, or have from a strength on."""
    strengths = [each.strengths for each in found]
    return frozenset(entity for entity, place in entities.items() if any(each[place] >= least for each in strengths))


def story_score(scores: Sequence[float], articles: int) -> float:
    """A story's score: its best article's, and a part of the mean of all."""
    return max(scores) + _COMPANY * sum(scores) / max(articles, len(scores))


def _single(part: Part) -> dict[str, float]:
    found: dict[str, float] = {}
    for way, value in part.ways:
        if len(way) == 1:
            found[way[0]] = max(value, found.get(way[0], 0.0))
    return found
