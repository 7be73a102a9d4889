"""Why a story is there: what holds each article in it, what kept the likest other one out, what each is about.

Likeness is recomputed with the articles that are open around the story now, so it tells how the story would be linked
today; that the rarity of a word has changed since may move a number a little. A server is told of the story that it
sees, with its own articles and corrections; what only others see is no reason for anything.
"""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from sqlalchemy import Connection

from bot.correction import Correction
from bot.errors import NotFoundError
from bot.model import CATALOGUE, Article, Story
from bot.store import articles as article_rows
from bot.store import corrections as correction_rows
from bot.store import sight
from bot.store import stories as story_rows
from bot.store.database import Store
from bot.stories import overlay
from bot.stories.bonds import Bonds, bonds
from bot.stories.edges import Edges
from bot.stories.evidence import AT_ONCE, Table, candidates
from bot.stories.likeness import Likeness
from bot.stories.link import likeness
from bot.stories.marks import Marker, Marks
from bot.stories.reasons import Outside, Pair, Reason, Why, concerning, kept_out
from bot.stories.topics import Topics
from bot.stories.window import Slots, Window

_KEPT_SECONDS = 300.0
_KEPT_AT_MOST = 8
"""How long an explanation is kept and how many are: pages are turned, and each one costs seconds."""

_MARK_AT_ONCE = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A story as a scope sees it, with what that takes: the corrections, the operator's before the scope's own.

    `homes` says of articles in corrected stories which story each is in here, `leads` where ids that corrections name
    lead here; `hidden` are the articles of hidden stories.
    """

    story: Story
    corrections: tuple[Correction, ...]
    homes: Mapping[str, str]
    leads: Mapping[str, str]
    hidden: frozenset[str]

    @property
    def bonds(self) -> tuple[Bonds, ...]:
        """What binds: the operator's corrections, and beside them the scope's own."""
        own = [each for each in self.corrections if each.scope != CATALOGUE]
        return bonds([each for each in self.corrections if each.scope == CATALOGUE]), bonds(own)


class Evidence:
    """What an open window says about the articles of one story, by number; asks and changes nothing.

    `homes` says which story each article that is seen is in. What everybody sees is explained by what everybody sees.
    """

    def __init__(
        self,
        window: Window,
        model: Likeness,
        articles: Mapping[int, Article],
        homes: Mapping[int, str],
        *,
        story_id: str,
        held: Sequence[Bonds],
    ) -> None:
        self._window = window
        self._model = model
        self._articles = articles
        self._homes = homes
        self._bonds = held
        self._members = self._of(story_id)
        self._others = [other for other, home in homes.items() if home != story_id]
        self._edges = Edges(model)
        self._edges.learn(window, self._members)
        self._tables = self._read(self._members)
        near = (self._nearest(number, self._others) for number in self._members)
        self._edges.learn(
            window, [each for home in {homes[other] for other in near if other} for each in self._of(home)]
        )

    def inside(self, number: int) -> Pair | None:
        """The likest other article of the story."""
        return self._likest(number, [other for other in self._members if other != number])

    def outside(self, number: int) -> Outside | None:
        """The likest article of another story."""
        pair = self._likest(number, self._others)
        if pair is None:
            return None
        home = next(home for other, home in self._homes.items() if self._articles[other].id == pair.other.id)
        theirs = self._of(home)
        whole = self._whole(theirs)
        kept = kept_out(pair.likeness, whole, self._model.threshold, apart=self._apart(theirs))
        return Outside(pair=pair, story_id=home, whole=whole, kept=kept)

    def bound(self, number: int) -> bool:
        """Whether a correction holds an article together with another one of the story."""
        ours = {self._articles[other].id for other in self._members if other != number}
        return any(not ours.isdisjoint(each.together(self._articles[number].id)) for each in self._bonds)

    def _apart(self, theirs: Sequence[int]) -> bool:
        pairs = ((self._articles[one].id, self._articles[other].id) for one in self._members for other in theirs)
        return any(each.apart(one, other) for one, other in pairs for each in self._bonds)

    def _of(self, story_id: str) -> list[int]:
        """The open articles of a story."""
        return [number for number, home in self._homes.items() if home == story_id]

    def _likest(self, number: int, others: Sequence[int]) -> Pair | None:
        best = self._nearest(number, others)
        return self._pair(number, best) if best is not None else None

    def _nearest(self, number: int, others: Sequence[int]) -> int | None:
        near, own = self._edges.near(number), self._articles[number].scope != CATALOGUE
        fitting = (other for other in others if other in near and (own or self._articles[other].scope == CATALOGUE))
        return max(fitting, key=near.__getitem__, default=None)

    def _pair(self, one: int, other: int) -> Pair | None:
        """Two articles with their evidence, seen from whichever finds the other."""
        for first, second, tables in ((one, other, self._tables), (other, one, self._tables), (other, one, None)):
            slots = self._window.slot_of[first], self._window.slot_of[second]
            for ones, others, table in self._read([first]) if tables is None else tables:
                at = np.flatnonzero((ones == slots[0]) & (others == slots[1]))
                if at.size:
                    parts = self._model.parts({name: float(values[at[0]]) for name, values in table.items()})
                    return Pair(other=self._articles[other], offset=self._model.offset, parts=parts)
        return None

    def _read(self, numbers: Sequence[int]) -> list[tuple[Slots, Slots, Table]]:
        """The evidence on each pair that some articles find, some articles at once."""
        slots = self._window.slots(numbers)
        some = (slots[at : at + AT_ONCE] for at in range(0, len(slots), AT_ONCE))
        return [candidates(self._window, each, usual=self._model.usual) for each in some]

    def _whole(self, theirs: Sequence[int]) -> float:
        """How alike the two stories are, as linking weighs it."""
        self._edges.learn(self._window, theirs)
        ours, theirs = self._public(self._members), self._public(theirs)
        alike = self._edges.alike([*ours, *theirs])[: len(ours), len(ours) :]
        return likeness(alike, self._model.share)

    def _public(self, numbers: Sequence[int]) -> Sequence[int]:
        """Those that everybody sees; all where there are none of these."""
        return [number for number in numbers if self._articles[number].scope == CATALOGUE] or numbers


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
        self._one_at_a_time = asyncio.Lock()
        self._kept: dict[str, tuple[float, Sight, Why]] = {}

    async def why(self, wanted: str, *, scope: str = CATALOGUE) -> Why:
        """Explain the story of an id, its own or one of its articles', as a scope sees it, a hidden one too.

        Raises NotFoundError where there is none.
        """
        seen = await self._store.read(_sight, wanted, scope)
        if seen is None:
            raise NotFoundError(
                f"There is no story or article {wanted!r}; `jianbao search` shows each story's id behind its articles."
            )
        async with self._one_at_a_time:
            return self._known(seen, scope) or await self._found(seen, scope)

    def _known(self, seen: Sight, scope: str) -> Why | None:
        """What was explained a moment ago, if it is of the same."""
        now = asyncio.get_running_loop().time()
        self._kept = {key: kept for key, kept in self._kept.items() if now - kept[0] < _KEPT_SECONDS}
        kept = self._kept.get(f"{scope} {seen.story.id}")
        return kept[2] if kept and kept[1] == seen else None

    async def _found(self, seen: Sight, scope: str) -> Why:
        since, until = (
            seen.story.articles[0].published_at - self._span,
            seen.story.articles[-1].published_at + self._span,
        )
        known, vectors = await self._store.read(article_rows.grouped, self._encoder, since, until)
        there = await self._store.read(sight.numbers_seen, scope, since, until)
        loop = asyncio.get_running_loop()
        marks: list[Marks] = []
        for at in range(0, len(known), _MARK_AT_ONCE):  # others wait for the same thread
            marks += await loop.run_in_executor(self._cpu, self._marked, known[at : at + _MARK_AT_ONCE])
        window = Window(span=self._span, since=since)
        await loop.run_in_executor(self._cpu, window.open, list(zip(marks, vectors, strict=True)))
        found = await loop.run_in_executor(self._cpu, self._explained, seen, dict(known), window, there)
        while len(self._kept) >= _KEPT_AT_MOST:
            self._kept.pop(next(iter(self._kept)))
        self._kept[f"{scope} {seen.story.id}"] = loop.time(), seen, found
        return found

    def _marked(self, known: Sequence[tuple[int, Article]]) -> list[Marks]:
        return [self._marker.marks(number, article) for number, article in known]

    def _explained(self, seen: Sight, articles: Mapping[int, Article], window: Window, there: frozenset[int]) -> Why:
        """`there` are the numbers of the articles that the scope sees; the others are counted and never named."""
        story = seen.story
        homes = _homes(articles, seen, there)
        evidence = Evidence(window, self._model, articles, homes, story_id=story.id, held=seen.bonds)
        numbers = {articles[number].id: number for number in homes}
        return Why(
            story=story,
            threshold=self._model.threshold,
            reasons=tuple(self._reason(each, numbers.get(each.id), evidence) for each in story.articles),
            corrections=concerning(seen.corrections, story, seen.leads),
            hidden=story.articles[0].id in seen.hidden,
        )

    def _reason(self, article: Article, number: int | None, evidence: Evidence) -> Reason:
        """One without a vector of this encoder has nothing beside it."""
        entities = self._marker.entities(self._marker.marks(0, article))
        return Reason(
            article=article,
            verdict=self._topics.judge(article.title, article.summary, entities),
            inside=evidence.inside(number) if number is not None else None,
            outside=evidence.outside(number) if number is not None else None,
            bound=number is not None and evidence.bound(number),
            measured=number is not None,
        )


def _homes(known: Mapping[int, Article], seen: Sight, there: frozenset[int]) -> dict[int, str]:
    """Which story each article is in that the scope sees; of hidden stories only the one in question is seen."""
    ours = {article.id for article in seen.story.articles}
    return {
        number: home
        for number, article in known.items()
        if article.id in ours or (number in there and article.id not in seen.hidden)
        if (home := seen.homes.get(article.id) or article.story_id)
    }


def _sight(connection: Connection, wanted: str, scope: str) -> Sight | None:
    """A story, by an id it ever had or by one of its articles, with what a scope's corrections do around it."""
    corrections = correction_rows.active(connection, CATALOGUE)
    corrections += correction_rows.active(connection, scope) if scope != CATALOGUE else []
    named = {story for each in corrections for story in (each.story_id, each.other_id) if story}
    home = story_rows.homes(connection, [wanted]).get(wanted)
    view = overlay.seen(connection, sorted({wanted, *([home] if home else []), *named}), scope=scope)
    homes = {article.id: story.id for story in view.stories.values() for article in story.articles}
    story = view.story(wanted, hidden=True) or view.story(homes.get(wanted, ""), hidden=True)
    if story is None:
        return None
    return Sight(
        story=story,
        corrections=tuple(corrections),
        homes=homes,
        leads={each: now.id for each in named if (now := view.story(each, hidden=True))},
        hidden=frozenset(each for each, found in homes.items() if found in view.hidden),
    )
