"""A question to stories that answer it: words, names in both languages and meaning together."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, tzinfo

from bot.model import CATALOGUE, Answer, Hit, Language
from bot.ports import Clock, Embedder
from bot.store import candidates as candidate_rows
from bot.store.candidates import Limits, Place
from bot.store.database import Store
from bot.stories import overlay
from bot.stories.asking.query import Asked, parse
from bot.stories.asking.values import Headings
from bot.stories.entities import Lexicon
from bot.stories.search.allowed import Allowed
from bot.stories.search.gather import Want, alone, together
from bot.stories.search.hits import hits_of, likeliest, newest_first
from bot.stories.search.nearest import Nearest
from bot.stories.search.parts import Part, parts_of
from bot.stories.search.score import SAID, Found, Weigher, having, worth_among, worth_of
from bot.stories.search.sources import newsrooms_of
from bot.stories.search.tokens import Content, Reader
from bot.stories.thesaurus import Thesaurus

_NEAREST = 100
_FEW = 600
"""So many articles that pass narrow limits are all looked at, whatever they say."""
_STORIES_TO_SPARE = 10
_LEAST_SCORE = 0.065
"""What an article must reach to be an answer at all: some likeness in meaning, or any part of the query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A query as one scope asks it."""

    asked: Asked
    parts: tuple[Part, ...]
    limits: Limits
    scope: str


class Searcher:
    """Answers queries from the whole archive; reads a bounded number of articles, however large it is."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        *,
        reader: Reader,
        nearest: Nearest,
        thesaurus: Thesaurus,
        lexicon_of: Callable[[str], Awaitable[Lexicon]],
        headings: Headings,
        clock: Clock,
        cpu: Executor,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._reader = reader
        self._nearest = nearest
        self._thesaurus = thesaurus
        self._lexicon_of = lexicon_of
        self._headings = headings
        self._clock = clock
        self._cpu = cpu

    async def search(self, text: str, *, limit: int = 10, scope: str = CATALOGUE, zone: tzinfo = UTC) -> Answer:
        """The stories that answer a query best, at most `limit`; raises InputError for one that cannot be read."""
        lexicon = await self._lexicon_of(scope)
        asked = parse(text, now=self._clock(), zone=zone, lexicon=lexicon, headings=self._headings)
        question = Question(
            asked=asked,
            parts=parts_of(asked, self._reader, lexicon, self._thesaurus),
            limits=await self._limits(asked, scope),
            scope=scope,
        )
        found = await self._found(question)
        hits = await self._hits(question, found, Allowed.by(asked, question.limits, lexicon), limit)
        return Answer(
            query=asked.text,
            hits=tuple(hits[:limit]),
            named={part.name: _names(part.name, lexicon) for part in question.parts if part.kind == "entity"},
            unsaid=_unsaid(question, hits, found, self._reader.read(asked.free, lexicon)),
        )

    async def _limits(self, asked: Asked, scope: str) -> Limits:
        """What the operators allow."""
        known = await self._store.read(candidate_rows.newsrooms) if asked.sources or asked.no_sources else []
        return Limits(
            scope=scope,
            since=asked.since,
            until=asked.until,
            newsrooms=newsrooms_of(asked.sources, known) if asked.sources else None,
            not_newsrooms=newsrooms_of(asked.no_sources, known),
            topics=frozenset(asked.topics),
            not_topics=frozenset(asked.no_topics),
            languages=frozenset() if asked.languages == frozenset(Language) else asked.languages,
        )

    async def _found(self, question: Question) -> dict[str, Found]:
        """Whatever may answer, by the article's id, weighed."""
        few = await self._few(question)
        worth, numbers = ([], few) if few is not None else await self._gathered(question)
        near = await self._near(question, numbers, widen=few is None)
        numbers = sorted({*numbers, *near})
        terms = await self._store.read(candidate_rows.terms, numbers)
        places = await self._store.read(candidate_rows.places, numbers)
        weigher = Weigher(question.parts, worth or worth_among(question.parts, terms.values()), self._clock())
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._cpu, _weighed, weigher, places, terms, near)

    async def _few(self, question: Question) -> list[int] | None:
        """All that passes narrow limits, where that is little; the newest of it, where nothing else was asked."""
        if question.parts and not question.limits.is_narrow:
            return None
        passing = await self._store.read(candidate_rows.passing, question.limits, _FEW + 1)
        return passing[:_FEW] if len(passing) <= _FEW or not question.parts else None

    async def _gathered(self, question: Question) -> tuple[list[float], list[int]]:
        """What each part is worth, and whatever has some of them."""
        parts = question.parts
        newest = await self._store.read(candidate_rows.newest_number)
        worth: list[float] = []
        found: set[int] = set()
        for part in parts:
            want = alone(part, parts)
            held = await self._asked(want, question)
            worth.append(worth_of(having(held, want.count, newest), newest))
            found.update(held)
        for want in together(parts):
            found.update(await self._asked(want, question))
        return worth, sorted(found)

    async def _asked(self, want: Want, question: Question) -> list[int]:
        return await self._store.read(candidate_rows.newest, want.parts, want.count, limits=question.limits)

    async def _near(self, question: Question, numbers: Sequence[int], *, widen: bool) -> dict[int, float]:
        """The likeness in meaning of some articles and, where it is to `widen`, of the nearest of all."""
        if not question.asked.free:
            return {}
        await self._nearest.refresh()
        asked = (await self._embedder.embed([question.asked.free]))[0]
        limits = question.limits
        close = (
            await self._nearest.find(
                asked, count=_NEAREST, scope=question.scope, since=limits.since, until=limits.until
            )
            if widen and not any(part.required for part in question.parts)
            else []
        )
        return await self._nearest.likeness(asked, numbers) | dict(close)

    async def _hits(self, question: Question, found: Mapping[str, Found], allowed: Allowed, limit: int) -> list[Hit]:
        """The stories of what was found, as the scope sees them."""
        entities = {part.name: place for place, part in enumerate(question.parts) if part.kind == "entity"}
        ids = likeliest(found.values(), entities, limit + _STORIES_TO_SPARE)
        stories = await self._store.read(overlay.around, ids, scope=question.scope)
        hits = hits_of(stories, found, entities=entities, passes=allowed)
        return newest_first(hits) if question.asked.sort == "new" else hits


def _weighed(
    weigher: Weigher, places: Sequence[Place], terms: Mapping[int, frozenset[str]], near: Mapping[int, float]
) -> dict[str, Found]:
    """Every candidate that tells at all, by the article's id."""
    found = {}
    for place in places:
        strengths = weigher.strengths(terms.get(place.number, frozenset()))
        like = near.get(place.number, 0.0)
        score = weigher.score(strengths, like, place.published_at)
        if score >= _LEAST_SCORE or not strengths:
            found[place.article] = Found(
                number=place.number, story=place.story, strengths=strengths, near=like, score=score
            )
    return found


def _names(entity: str, lexicon: Lexicon) -> Mapping[Language, str]:
    """The name of an entity to show a reader of a language."""
    known = lexicon.get(entity)
    return {Language.EN: known.name, Language.ZH: (*known.chinese, known.name)[0]}


def _unsaid(question: Question, hits: Sequence[Hit], found: Mapping[str, Found], content: Content) -> str:
    """The words beside the names that are asked for, where no hit says them all."""
    places = [place for place, part in enumerate(question.parts) if part.kind == "word"]
    shown = [found[article.id].strengths for hit in hits for article in hit.story.articles if article.id in found]
    if not places or any(all(strengths[place] >= SAID for place in places) for strengths in shown):
        return ""
    return " ".join(content.rest.split())
