"""A question to stories that answer it: words, names in both languages and meaning together."""

import asyncio
import heapq
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from bot.errors import InputError
from bot.model import CATALOGUE, Answer, Article, Hit, Language, Story
from bot.ports import Clock, Embedder, Vectors
from bot.store import articles as article_rows
from bot.store import sight
from bot.store import words as word_rows
from bot.store.database import Store
from bot.stories import overlay
from bot.stories.entities import Lexicon
from bot.text import index_terms, terms

_LONGEST_QUERY = 200
_WORD_CANDIDATES, _FEWEST_CANDIDATES = 1600, 50
"""How many of the newest articles all parts of a query may bring together, and each part at least."""

_MEANING_CANDIDATES = 200
_MEANING = 0.45
"""How much likeness in meaning counts beside the words, which count as one."""

_EXCERPT_ONLY = 0.6
"""What a word is worth that stands in the excerpt and not in the title."""

_LEAST_SCORE = 0.065
"""What an article must reach to be an answer at all: some likeness in meaning, or any part of the query."""

_FRESH = 0.05
_FRESH_DAYS = 7.0
_ARTICLES_A_HIT = 20
"""How many articles are looked at for each story asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What was asked: the entities it names, and the terms that are part of no name."""

    text: str
    entities: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """How well an article answers: which of the query's parts it has, and its score."""

    number: int
    article: Article
    entities: frozenset[str]
    score: float


def parse_query(text: str, lexicon: Lexicon) -> Query:
    """Read a query; raises InputError where there is nothing to look for."""
    asked = " ".join(text.encode("utf-8", "replace").decode().split())  # a terminal hands over broken bytes as they are
    if not asked:
        raise InputError("There is nothing to look for: write a name or a few words, such as huawei tsmc.")
    if len(asked) > _LONGEST_QUERY:
        raise InputError(f"The query is longer than {_LONGEST_QUERY} characters; a name or a few words are enough.")
    entities = lexicon.find(asked)
    named = {term for entity in entities for name in lexicon.names(entity) for term in terms(name)}
    words = tuple(dict.fromkeys(term for term in terms(asked) if term not in named))
    return Query(text=asked, entities=entities, words=words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The parts of a query that an article's title has, and that it has anywhere; `near` is its likeness in meaning."""

    title: frozenset[str]
    anywhere: frozenset[str]
    near: float


def match(
    number: int, article: Article, said: Said, *, query: Query, worth: Mapping[str, float], now: datetime
) -> Match:
    """Score an article: the rarity-weighted share of the query it has, its meaning, and a little freshness."""
    parts = (*query.entities, *query.words)
    total = sum(worth[part] for part in parts)
    had = sum(worth[part] * (1.0 if part in said.title else _EXCERPT_ONLY) for part in parts if part in said.anywhere)
    age = max(0.0, (now - article.published_at).total_seconds() / 86400)
    return Match(
        number=number,
        article=article,
        entities=said.anywhere & frozenset(query.entities),
        score=(had / total if total else 0.0) + _MEANING * max(0.0, said.near) + _FRESH * math.exp(-age / _FRESH_DAYS),
    )


def worth_of(matching: int, articles: int) -> float:
    """What a part of a query is worth: much when few articles have it, little when many do, never less than nothing.

    `articles` counts those with a vector, which may be fewer than match.
    """
    return math.log((max(articles, matching) + 1) / (matching + 0.5)) + 0.5


def collapse(matches: Sequence[Match], stories: Mapping[str, Story], query: Query) -> list[Hit]:
    """One hit a story, its best-matching article first; stories that name all that was named come first."""
    homes = {article.id: story.id for story in stories.values() for article in story.articles}
    by_story: dict[str, list[Match]] = defaultdict(list)
    for each in sorted(matches, key=lambda each: (-each.score, -each.number)):
        if home := homes.get(each.article.id):
            by_story[home].append(each)
    hits = [_hit(stories[story], found, query) for story, found in by_story.items()]
    return sorted(hits, key=lambda hit: (_TIERS.index(hit.tier), -hit.score))


_TIERS = ("all", "some", "near")


def _hit(story: Story, found: Sequence[Match], query: Query) -> Hit:
    matched = {each.article.id for each in found}
    rest = tuple(article for article in story.articles if article.id not in matched)
    named = frozenset[str]().union(*(each.entities for each in found))
    return Hit(
        story=replace(story, articles=tuple(each.article for each in found) + rest),
        title=found[0].article.title,
        score=round(found[0].score, 4),
        tier="near" if not named and query.entities else "all" if len(named) == len(query.entities) else "some",
    )


def named_in(query: Query, lexicon: Lexicon) -> tuple[Mapping[Language, str], ...]:
    """The entities a query names, each by the name to show a reader of a language."""
    found = (lexicon.get(entity) for entity in query.entities)
    return tuple({Language.EN: each.name, Language.ZH: (*each.chinese, each.name)[0]} for each in found)


class Searcher:
    """Answers queries from the whole archive; keeps the vectors in memory and adds what is new before each answer."""

    def __init__(self, store: Store, embedder: Embedder, *, lexicon: Lexicon, clock: Clock, cpu: Executor) -> None:
        self._store = store
        self._embedder = embedder
        self._lexicon = lexicon
        self._clock = clock
        self._cpu = cpu
        self._refreshing = asyncio.Lock()
        self._numbers: list[int] = []
        self._vectors: Vectors = np.zeros((0, 0), np.float32)

    async def search(self, text: str, *, limit: int = 10, scope: str = CATALOGUE) -> Answer:
        """The stories that answer a query best, at most `limit`; raises InputError for an empty one."""
        query = parse_query(text, self._lexicon)
        parts = (*query.entities, *query.words)
        most = max(_FEWEST_CANDIDATES, _WORD_CANDIDATES // max(1, len(parts)))
        by_part = {part: await self._numbers_with(part, query, most, scope) for part in parts}
        theirs = await self._store.read(article_rows.elsewhere, scope)
        near = {number: like for number, like in (await self._nearness(query.text)).items() if number not in theirs}
        numbers = {number for found in by_part.values() for number in found} | set(_nearest(near))
        seen = await self._store.read(sight.articles_seen, sorted(numbers), scope)
        worth = {part: worth_of(len(found), len(near)) for part, found in by_part.items()}
        loop = asyncio.get_running_loop()
        matches = await loop.run_in_executor(self._cpu, self._matches, query, seen, worth, near)
        matches = matches[: limit * _ARTICLES_A_HIT]
        ids = list(dict.fromkeys(each.article.story_id for each in matches if each.article.story_id))
        stories = await self._store.read(overlay.around, ids, scope=scope)
        hits = collapse(matches, {story.id: story for story in stories}, query)[:limit]
        return Answer(query=query.text, hits=tuple(hits), named=named_in(query, self._lexicon))

    async def _numbers_with(self, part: str, query: Query, most: int, scope: str) -> list[int]:
        """The newest articles that have a part of the query: an entity by any of its names, or a term."""
        names = self._lexicon.names(part) if part in query.entities else ()
        alternatives = [terms(name) for name in names] or [[part]]
        return await self._store.read(word_rows.matching, alternatives, most, scope=scope)

    def _matches(
        self,
        query: Query,
        articles: Mapping[int, Article],
        worth: Mapping[str, float],
        near: Mapping[int, float],
    ) -> list[Match]:
        """Every candidate scored, the best first."""
        now = self._clock()
        scored = [
            match(number, article, self._said(article, near.get(number, 0.0)), query=query, worth=worth, now=now)
            for number, article in articles.items()
        ]
        telling = [each for each in scored if each.score >= _LEAST_SCORE]
        return sorted(telling, key=lambda each: (-each.score, -each.number))

    def _said(self, article: Article, near: float) -> Said:
        title = {*index_terms(article.title), *self._lexicon.find(article.title)}
        rest = {*index_terms(article.summary), *self._lexicon.find(article.summary)}
        return Said(title=frozenset(title), anywhere=frozenset(title | rest), near=near)

    async def _nearness(self, text: str) -> dict[int, float]:
        """The likeness in meaning of every encoded article, by number."""
        async with self._refreshing:
            after = self._numbers[-1] if self._numbers else 0
            numbers, fresh = await self._store.read(article_rows.vectors_after, self._embedder.name, after)
            if numbers:
                self._vectors = np.vstack([self._vectors, fresh]) if self._vectors.size else fresh
                self._numbers = [*self._numbers, *numbers]
            numbers, vectors = self._numbers, self._vectors
        if not numbers:
            return {}
        asked = (await self._embedder.embed([text]))[0]
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._cpu, _near, numbers, vectors, asked)


def _near(numbers: Sequence[int], vectors: Vectors, asked: NDArray[np.float32]) -> dict[int, float]:
    return dict(zip(numbers, (vectors @ asked).tolist(), strict=True))


def _nearest(near: Mapping[int, float]) -> list[int]:
    return heapq.nlargest(_MEANING_CANDIDATES, near, key=near.__getitem__)
