"""New articles to stories: each joins the open story it is most alike, or begins its own."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import structlog
from sqlalchemy import Connection

from bot.model import CATALOGUE, Article, Kind
from bot.ports import Embedder, Vectors
from bot.store import articles as article_rows
from bot.store import facts as fact_rows
from bot.store import stories as story_rows
from bot.store.database import Store
from bot.stories.copies import copied
from bot.stories.entities import Lexicon
from bot.stories.topics import Topics
from bot.stories.window import Codes, Floats, Marks, Weights, Window
from bot.text import shorten, terms

log = structlog.get_logger()

_ENCODE_AT_ONCE = 128
_GROUP_AT_ONCE = 256
_EXCERPT = 300
"""Characters of the excerpt that are read beside the title: the event is in the first sentences."""
_LATE = timedelta(days=1)
"""How late an article may come before the window is read anew to find its company."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When an article joins a story; the numbers belong to the encoder they were found with."""

    weights: Weights
    threshold: float


RULE = Rule(weights=Weights(meaning=1.0, words=1.0, names=0.4, numbers=0.15), threshold=1.0)
"""Chosen with the bundled encoder by their mean on two labelled weeks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where one article goes; `begins` when the story is new."""

    number: int
    story: str
    begins: bool
    said: Mapping[str, object]


def best_story(alike: Floats, stories: Codes, *, threshold: float) -> int | None:
    """The code of the story an article joins, or None where it should begin its own.

    A story's likeness is midway between its nearest article's and the mean of all: one bridge is then
    not enough to join what differs, and one odd article does not keep the rest out.
    """
    if not alike.size:
        return None
    codes, places = np.unique(stories, return_inverse=True)
    mean = np.bincount(places, alike) / np.bincount(places)
    nearest = np.full(codes.size, -np.inf)
    np.maximum.at(nearest, places, alike)
    score = (mean + nearest) / 2
    best = int(score.argmax())
    return int(codes[best]) if score[best] >= threshold else None


def story_id(first_article: str) -> str:
    """An opaque id made from the article that begins the story, so that a rehearsal can be compared with another."""
    return hashlib.sha256(f"story {first_article}".encode()).hexdigest()[:12]


class Grouper:
    """Encodes what has no vector, then groups what has no story; run as often as you like.

    Does not fetch, rank or post. The open window is read once and kept; after a failed write it is read anew.
    """

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        *,
        lexicon: Lexicon,
        topics: Topics,
        window_days: int,
        cpu: Executor,
        rule: Rule = RULE,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._lexicon = lexicon
        self._topics = topics
        self._span = timedelta(days=window_days)
        self._cpu = cpu
        self._rule = rule
        self._window: Window | None = None
        self._revision = 0

    async def run(self) -> int:
        """Encode and group whatever waits; returns how many articles found their story."""
        await self._encode()
        done = 0
        while (placed := await self._group_some()) is not None:
            done += placed
        if done:
            log.info("articles grouped", articles=done)
        return done

    async def _encode(self) -> None:
        model = self._embedder.name
        while waiting := await self._store.read(article_rows.unencoded, model, _ENCODE_AT_ONCE):
            made = await self._embedder.embed([_said(article) for _, article in waiting])
            await self._store.write(article_rows.encode, model, [number for number, _ in waiting], made)

    async def _group_some(self) -> int | None:
        """Group one batch; returns how many found their story, 0 where another process was faster, None at the end."""
        revision = await self._store.read(fact_rows.number, fact_rows.GROUPING)
        waiting, vectors = await self._store.read(article_rows.waiting, self._embedder.name, _GROUP_AT_ONCE)
        if not waiting:
            return None
        waiting = _within(waiting, self._span)
        window = await self._open_window(waiting, revision)
        self._window = None  # kept again only when what it now holds is also written
        loop = asyncio.get_running_loop()
        placed = await loop.run_in_executor(self._cpu, self._place_all, window, waiting, vectors[: len(waiting)])
        if not await self._store.write(_save, placed, dict(waiting), revision):
            return 0
        self._window, self._revision = window, revision + 1
        return len(placed)

    async def _open_window(self, waiting: Sequence[tuple[int, Article]], revision: int) -> Window:
        """The window kept from the last run, or one read anew where others have grouped or it does not reach."""
        since, until = waiting[0][1].published_at - self._span, waiting[-1][1].published_at + self._span
        if self._window is not None and self._revision == revision and self._window.reaches(since, until):
            return self._window
        since, until = since - _LATE, until + _LATE
        known, vectors = await self._store.read(article_rows.grouped, self._embedder.name, since, until)
        newest = await self._store.read(article_rows.newest)
        ends = until if newest and newest > until else None
        window = Window(weights=self._rule.weights, span=self._span, since=since, until=ends)
        marks = [self._marks(number, article) for number, article in known]
        window.expect(marks)
        for each, (_, article), vector in zip(marks, known, vectors, strict=True):
            window.add(each, vector, article.story_id or "")
        return window

    def _place_all(self, window: Window, waiting: Sequence[tuple[int, Article]], vectors: Vectors) -> list[Placed]:
        marks = [self._marks(number, article) for number, article in waiting]
        window.expect(marks)
        placed = [
            self._place(window, each, article, vector)
            for each, (_, article), vector in zip(marks, waiting, vectors, strict=True)
        ]
        window.close_before(waiting[-1][1].published_at - self._span - _LATE)
        return placed

    def _place(self, window: Window, marks: Marks, article: Article, vector: Floats) -> Placed:
        joined = best_story(*window.likeness(marks, vector), threshold=self._rule.threshold)
        story = story_id(article.id) if joined is None else window.story(joined)
        others = [other for other in window.members(story) if other.scope in (CATALOGUE, marks.scope)]
        original = copied(marks, others)
        window.add(marks, vector, story)
        found = [self._lexicon.get(entity) for entity in sorted(marks.entities)]
        verdict = self._topics.judge(article.title, article.summary, found)
        said = {
            "story_id": story,
            "topic": verdict.topic,
            "relevant": article.relevant or verdict.relevant,
            "original_id": original.id if original else None,
        }
        return Placed(number=marks.number, story=story, begins=joined is None, said=said)

    def _marks(self, number: int, article: Article) -> Marks:
        text = _said(article)
        said = frozenset(terms(text))
        return Marks(
            number=number,
            id=article.id,
            scope=article.scope,
            is_press=article.newsroom.kind is Kind.PRESS,
            published_at=article.published_at,
            terms=said,
            entities=frozenset(self._lexicon.find(text)),
            numbers=frozenset(term for term in said if any(char.isdigit() for char in term)),
        )


def _within(waiting: Sequence[tuple[int, Article]], span: timedelta) -> list[tuple[int, Article]]:
    """The oldest of these articles and those published at most a span later, so that no window holds years."""
    ends = waiting[0][1].published_at + span
    return [(number, article) for number, article in waiting if article.published_at <= ends]


def _said(article: Article) -> str:
    """What an article says, as far as we keep it: the title counts, and the first sentences with it."""
    return f"{article.title}. {shorten(article.summary, _EXCERPT)}" if article.summary else article.title


def _save(connection: Connection, placed: Sequence[Placed], by_number: Mapping[int, Article], revision: int) -> bool:
    """Write the new stories and everyone's place in one transaction, unless another process has grouped meanwhile."""
    if not fact_rows.raised(connection, fact_rows.GROUPING, revision):
        return False
    begun = [each for each in placed if each.begins]
    story_rows.begin(
        connection,
        [(each.story, by_number[each.number].scope, by_number[each.number].first_seen_at) for each in begun],
    )
    article_rows.place(connection, {each.number: each.said for each in placed})
    return True
