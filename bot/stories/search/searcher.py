"""A question to stories that answer it: words, names in both languages and meaning together."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from sqlalchemy import Connection

from bot.model import CATALOGUE, Answer, Article, Hit, Story
from bot.ports import Clock, Embedder
from bot.store import candidates as candidate_rows
from bot.store.candidates import Place, Want
from bot.store.database import Store
from bot.stories import overlay
from bot.stories.search.allowed import Allowed
from bot.stories.search.gather import alone, together
from bot.stories.search.hits import first_of, good, hits_of, latest, likeliest, newest_first
from bot.stories.search.nearest import Nearest
from bot.stories.search.parts import SAID
from bot.stories.search.question import Question, Questions
from bot.stories.search.saying import Saying, saying
from bot.stories.search.score import Found, Weigher, having, worth_among, worth_of
from bot.stories.search.understood import understood
from bot.stories.search.view import Vector

_NEAREST = 100
_FEW = 600
"""So many articles that pass narrow limits are all looked at, whatever they say."""
_STORIES_TO_SPARE = 10
_LEAST_SCORE = 0.065
"""What an article must reach to be an answer at all: some likeness in meaning, or any part of the query."""
_MEANT = 0.35
"""How near an article must be where none says any part of the query: the nearest to nonsense is nearly as near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What was looked at: where candidates stand, what they say and how near they are, and what the parts are worth."""

    places: Sequence[Place]
    terms: Mapping[int, frozenset[str]]
    near: Mapping[int, float]
    worth: Sequence[float]


class Searcher:
    """Answers queries from the whole archive; reads a bounded number of articles, however large it is."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        *,
        questions: Questions,
        nearest: Nearest,
        clock: Clock,
        cpu: Executor,
        first: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._questions = questions
        self._nearest = nearest
        self._clock = clock
        self._cpu = cpu
        self._first = first

    async def search(self, text: str, *, limit: int = 10, scope: str = CATALOGUE, zone: tzinfo = UTC) -> Answer:
        """The stories that answer a query best, at most `limit`; raises InputError for one that cannot be read.

        Dates in the query are those of `zone`. Whatever else works waits meanwhile.
        """
        with self._first():
            return await self._answer(text, limit, scope, zone)

    async def _answer(self, text: str, limit: int, scope: str, zone: tzinfo) -> Answer:
        question = await self._questions.read(text, scope=scope, zone=zone)
        found, likely = await self._found(question, limit)
        stories, begins = await self._store.read(_told, likely, scope)
        says = self._says(question, found)
        hits = hits_of(
            stories,
            found,
            entities=question.entities,
            words=question.words,
            says=says,
            passes=Allowed.by(question),
        )
        if question.asked.sort == "new":
            hits = newest_first(hits)
        answer = Answer(
            query=question.asked.text,
            hits=tuple(first_of(hits, limit)),
            unsaid=_unsaid(question, hits, found, says),
            begins=begins,
            asked_at=self._clock(),
        )
        return understood(answer, question, lambda text: self._questions.beside(text, question.lexicon))

    def _says(self, question: Question, found: Mapping[str, Found]) -> Saying:
        """Whether an article says a part; another company's results are not said of the one that is asked for."""
        is_theirs = saying(self._questions, question, self._clock())

        def says(article: Article, place: int) -> bool:
            return found[article.id].strengths[place] >= SAID and is_theirs(article, place)

        return says

    async def _found(self, question: Question, limit: int) -> tuple[dict[str, Found], list[str]]:
        """Whatever may answer, by the article's id, weighed; and the stories that will answer best."""
        few = await self._few(question)
        (worth, numbers), (asked, close) = await asyncio.gather(
            self._gathered(question, few), self._close(question, widen=few is None)
        )
        (places, terms), near = await asyncio.gather(
            self._store.read(_looked_at, sorted({*numbers, *close}), question), self._likeness(asked, numbers)
        )
        seen = _Seen(places=places, terms=terms, near=near | close, worth=worth)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._cpu, _judged, question, seen, self._clock(), limit)

    async def _few(self, question: Question) -> list[int] | None:
        """All that passes narrow limits, where that is little; the newest of it, where nothing else was asked."""
        anything = not question.free and not question.parts
        if not anything and not question.limits.is_narrow:
            return None
        passing = await self._store.read(candidate_rows.passing, question.limits, _FEW + 1)
        return passing[:_FEW] if len(passing) <= _FEW or anything else None

    async def _gathered(self, question: Question, few: list[int] | None) -> tuple[list[float], list[int]]:
        """What each part is worth, and whatever has some of them; where there are few, those."""
        if few is not None:
            return [], few
        parts = question.parts
        wants = [*(alone(part, parts) for part in parts), *together(parts)]
        newest, held = await self._store.read(_read, wants, question)
        worth = [
            worth_of(having(numbers, want.count, newest), newest)
            for _, want, numbers in zip(parts, wants, held, strict=False)
        ]
        return worth, sorted(set().union(*held))

    async def _close(self, question: Question, *, widen: bool) -> tuple[Vector | None, dict[int, float]]:
        """The vector of what is asked and, where it is to `widen`, the nearest of all articles with their likeness."""
        if not question.free:
            return None, {}
        if not self._nearest.is_begun:  # else what comes in meanwhile is not waited for
            await self._nearest.refresh()
        asked = (await self._embedder.embed([question.free]))[0]
        if not widen or any(part.required for part in question.parts):
            return asked, {}
        limits = question.limits
        return asked, dict(
            await self._nearest.find(asked, count=_NEAREST, scope=limits.scope, since=limits.since, until=limits.until)
        )

    async def _likeness(self, asked: Vector | None, numbers: Sequence[int]) -> dict[int, float]:
        """How near articles are to what is asked, where anything is."""
        return {} if asked is None else await self._nearest.likeness(asked, numbers)


def _read(connection: Connection, wants: Sequence[Want], question: Question) -> tuple[int, list[list[int]]]:
    """The number of the newest article, and what each want gives."""
    held = candidate_rows.newest(connection, wants, limits=question.limits, unwanted=question.unwanted)
    return candidate_rows.newest_number(connection), held


def _looked_at(
    connection: Connection, numbers: Sequence[int], question: Question
) -> tuple[list[Place], dict[int, frozenset[str]]]:
    """Where articles stand that pass the limits, and those of the question's terms that they have."""
    places = candidate_rows.places(connection, numbers, question.limits)
    return places, candidate_rows.terms(connection, [place.number for place in places], question.terms)


def _told(connection: Connection, ids: Sequence[str], scope: str) -> tuple[list[Story], datetime | None]:
    """Stories as the scope sees them, and when its oldest article was published."""
    return overlay.around(connection, ids, scope=scope), candidate_rows.beginning(connection, scope)


def _judged(question: Question, seen: _Seen, now: datetime, limit: int) -> tuple[dict[str, Found], list[str]]:
    """What was found, weighed, and the stories that will answer best, some more than are shown."""
    found, count = _weighed(question, seen, now), limit + _STORIES_TO_SPARE
    each = list(found.values())
    if question.asked.sort == "new":
        return found, latest(good(each) if question.free else each, count)
    return found, likeliest(each, question.entities, count)


def _weighed(question: Question, seen: _Seen, now: datetime) -> dict[str, Found]:
    """Every candidate that tells at all, by the article's id."""
    found = {}
    worth = seen.worth or worth_among(question.parts, seen.terms.values())
    weigher = Weigher(question.parts, worth, now)
    least = _LEAST_SCORE if question.free or question.parts else 0.0
    for place in seen.places:
        said = seen.terms.get(place.number, frozenset())
        strengths = weigher.strengths(said)
        if not weigher.has_required(strengths) or any(said.issuperset(way) for way in question.unwanted):
            continue
        like = seen.near.get(place.number, 0.0)
        score = weigher.score(strengths, like, place.published_at)
        if score >= least:
            found[place.article] = Found(
                number=place.number,
                story=place.story,
                published_at=place.published_at,
                strengths=strengths,
                near=like,
                score=score,
            )
    names_alone = all(part.kind == "entity" for part in question.parts)
    if question.free and (names_alone or not any(any(each.strengths) for each in found.values())):
        return {article: each for article, each in found.items() if any(each.strengths) or each.near >= _MEANT}
    return found


def _unsaid(question: Question, hits: Sequence[Hit], found: Mapping[str, Found], says: Saying) -> str:
    """The words beside the names that are asked for, where no hit says them all."""
    places = [place for place, part in enumerate(question.parts) if part.kind == "word"]
    shown = (article for hit in hits for article in hit.story.articles if article.id in found)
    if not places or any(all(says(article, place) for place in places) for article in shown):
        return ""
    return " ".join(question.beside.split())
