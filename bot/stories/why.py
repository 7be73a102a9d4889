"""Why a story is there: what holds each article in it, what kept the likest other one out, what each is about.

Likeness is recomputed with the articles that are open around the story now, so it tells how the story would be linked
today; that the rarity of a word has changed since may move a number a little.
"""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import numpy as np
from sqlalchemy import Connection

from bot.correction import Correction
from bot.errors import NotFoundError
from bot.model import CATALOGUE, Article, Story
from bot.ports import Vectors
from bot.store import articles as article_rows
from bot.store import corrections as correction_rows
from bot.store import stories as story_rows
from bot.store.database import Store
from bot.stories.bonds import Bonds, bonds
from bot.stories.edges import Edges
from bot.stories.evidence import candidates
from bot.stories.likeness import MOST, Likeness, probability
from bot.stories.link import likeness
from bot.stories.marks import Marker
from bot.stories.topics import Topics, Verdict
from bot.stories.window import Window


class Kept(StrEnum):
    """What kept an article out of a story."""

    CORRECTION = "kept apart by a correction"
    UNLIKE = "not alike enough"
    AS_A_WHOLE = "the stories as a whole are not alike enough"
    NOTHING = "alike enough by now, but not linked anew since"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An article beside the one in question, and how alike the two are.

    `parts` are all kinds of evidence with what each adds, the weightiest first; `offset` and they sum up to the
    likeness, which is kept between -4 and 4.
    """

    other: Article
    offset: float
    parts: tuple[tuple[str, float], ...]

    @property
    def likeness(self) -> float:
        """The logarithm of the odds that the two report one event."""
        return max(-MOST, min(MOST, self.offset + sum(value for _, value in self.parts)))

    @property
    def probability(self) -> float:
        """How probable that is."""
        return probability(self.likeness)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The likest article of another story, how alike the two stories are as a whole, and what kept it out."""

    pair: Pair
    story_id: str
    whole: float
    kept: Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why one article is where it is; None where nothing is at all like it. `verdict` tells what it is about."""

    article: Article
    verdict: Verdict
    inside: Pair | None
    outside: Outside | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A story with a reason for each article; `threshold` is the likeness from which two stories are one.

    `corrections` are the operator's that bind or change it.
    """

    story: Story
    threshold: float
    reasons: tuple[Reason, ...]
    corrections: tuple[Correction, ...]


def concerning(corrections: Sequence[Correction], story: Story) -> tuple[Correction, ...]:
    """Those that bind an article of a story, or name the story."""
    ids = {article.id for article in story.articles}
    return tuple(each for each in corrections if ids & each.before.keys() or story.id in (each.story_id, each.other_id))


def kept_out(pair: float, whole: float, threshold: float, *, apart: bool) -> Kept:
    """What kept an article out, given its likeness and that of the two stories."""
    if apart:
        return Kept.CORRECTION
    if pair < threshold:
        return Kept.UNLIKE
    return Kept.AS_A_WHOLE if whole < threshold else Kept.NOTHING


class Evidence:
    """What an open window says about the articles of one story, by number; asks and changes nothing."""

    def __init__(
        self, window: Window, model: Likeness, articles: Mapping[int, Article], story_id: str, held: Bonds
    ) -> None:
        self._window = window
        self._model = model
        self._articles = articles
        self._story = story_id
        self._bonds = held
        self._members = self._of(story_id)
        self._edges = Edges(model)
        self._edges.learn(window, self._members)

    def inside(self, number: int) -> Pair | None:
        """The likest other article of the story."""
        return self._likest(number, [other for other in self._members if other != number])

    def outside(self, number: int) -> Outside | None:
        """The likest article of another story, as far as everybody sees it."""
        homes = {other: each.story_id for other, each in self._articles.items() if each.scope == CATALOGUE}
        pair = self._likest(number, [other for other, home in homes.items() if home != self._story])
        if pair is None or pair.other.story_id is None:
            return None
        theirs = self._of(pair.other.story_id)
        whole = self._whole(theirs)
        apart = any(
            self._bonds.apart(self._articles[one].id, self._articles[other].id)
            for one in self._members
            for other in theirs
        )
        kept = kept_out(pair.likeness, whole, self._model.threshold, apart=apart)
        return Outside(pair=pair, story_id=pair.other.story_id, whole=whole, kept=kept)

    def _of(self, story_id: str) -> list[int]:
        """The open articles of a story that everybody sees."""
        return [
            number
            for number, article in self._articles.items()
            if article.story_id == story_id and article.scope == CATALOGUE
        ]

    def _likest(self, number: int, others: Sequence[int]) -> Pair | None:
        near = self._edges.near(number)
        best = max((other for other in others if other in near), key=near.__getitem__, default=None)
        return self._pair(number, best) if best is not None else None

    def _pair(self, one: int, other: int) -> Pair | None:
        """Two articles with their evidence, seen from whichever finds the other."""
        for first, second in ((one, other), (other, one)):
            _, others, table = candidates(self._window, self._window.slots([first]), usual=self._model.usual)
            at = np.flatnonzero(others == self._window.slot_of[second])
            if at.size:
                parts = self._model.parts({name: float(values[at[0]]) for name, values in table.items()})
                return Pair(other=self._articles[other], offset=self._model.offset, parts=parts)
        return None

    def _whole(self, theirs: Sequence[int]) -> float:
        """How alike the two stories are, as linking weighs it."""
        self._edges.learn(self._window, theirs)
        ours = len(self._members)
        alike = self._edges.alike([*self._members, *theirs])[:ours, ours:]
        return likeness(alike, self._model.share)


class Explainer:
    """Reads a story with all that was open around it, and says why it is as it is; changes nothing."""

    def __init__(
        self,
        store: Store,
        *,
        encoder: str,
        marker: Marker,
        topics: Topics,
        window_days: int,
        cpu: Executor,
        model: Likeness | None = None,
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._model = model or Likeness.load(encoder)
        self._marker = marker
        self._topics = topics
        self._span = timedelta(days=window_days)
        self._cpu = cpu

    async def why(self, wanted: str) -> Why:
        """Explain the story of an id, its own or one of its articles'; raises NotFoundError where there is none."""
        story = await self._store.read(_story, wanted)
        if story is None:
            raise NotFoundError(
                f"There is no story or article {wanted!r}; `jianbao search` shows each story's id behind its articles."
            )
        since, until = story.articles[0].published_at - self._span, story.articles[-1].published_at + self._span
        known, vectors = await self._store.read(article_rows.grouped, self._encoder, since, until)
        corrections = await self._store.read(correction_rows.active, CATALOGUE)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._cpu, self._explained, story, known, vectors, corrections)

    def _explained(
        self, story: Story, known: Sequence[tuple[int, Article]], vectors: Vectors, corrections: Sequence[Correction]
    ) -> Why:
        articles = dict(known)
        window = Window(span=self._span, since=story.articles[0].published_at - self._span)
        marks = [self._marker.marks(number, article) for number, article in known]
        window.open(list(zip(marks, vectors, strict=True)))
        evidence = Evidence(window, self._model, articles, story.id, bonds(corrections))
        numbers = {article.id: number for number, article in known}
        reasons = [self._reason(article, numbers.get(article.id), evidence) for article in story.articles]
        return Why(
            story=story,
            threshold=self._model.threshold,
            reasons=tuple(reasons),
            corrections=concerning(corrections, story),
        )

    def _reason(self, article: Article, number: int | None, evidence: Evidence) -> Reason:
        """One without a vector of this encoder has nothing beside it."""
        entities = self._marker.entities(self._marker.marks(0, article))
        return Reason(
            article=article,
            verdict=self._topics.judge(article.title, article.summary, entities),
            inside=evidence.inside(number) if number is not None else None,
            outside=evidence.outside(number) if number is not None else None,
        )


def _story(connection: Connection, wanted: str) -> Story | None:
    """The story of an id, or that of an article's."""
    home = story_rows.homes(connection, [wanted]).get(wanted)
    return story_rows.one(connection, wanted) or (story_rows.one(connection, home) if home else None)
