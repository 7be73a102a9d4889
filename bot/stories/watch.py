"""Watches: which new stories answer a saved search, written down as alerts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from itertools import groupby

import structlog

from bot.errors import InputError
from bot.model import Article, Language, Story
from bot.ports import Clock
from bot.store import alerts as alert_rows
from bot.store import candidates as candidate_rows
from bot.store import watches as watch_rows
from bot.store.database import Store
from bot.stories import overlay
from bot.stories.byline import Bylines
from bot.stories.search.allowed import Allowed
from bot.stories.search.parts import SAID
from bot.stories.search.question import Question, Questions
from bot.stories.search.saying import saying
from bot.stories.search.score import Weigher
from bot.watch import Told, Watch

log = structlog.get_logger()

_AT_ONCE = 2000
"""How many articles a tick looks at for each watch at most."""

UNREADABLE = "unreadable"
"""Why a watch ends whose question this release cannot read."""

Says = Callable[[frozenset[str]], bool]


def says(question: Question, now: datetime) -> Says:
    """Whether an article with certain terms says every part of a question, and nothing that is not wanted."""
    weigher = Weigher(question.parts, [1.0] * len(question.parts), now)

    def all_of_it(terms: frozenset[str]) -> bool:
        unwanted = any(terms.issuperset(way) for way in question.unwanted)
        return not unwanted and all(strength >= SAID for strength in weigher.strengths(terms))

    return all_of_it


def is_too_wide(question: Question) -> bool:
    """Whether every article would answer: there is nothing in it that an article could say or be."""
    limits = question.limits
    return not question.parts and not (limits.newsrooms or limits.topics or limits.languages)


def new_stories(
    stories: Iterable[Story], *, answering: AbstractSet[str], fresh: AbstractSet[str], known: AbstractSet[str]
) -> list[tuple[Story, list[Article]]]:
    """The stories that begin to answer with a `fresh` article, each with its answers; all sets are of articles' ids.

    One is known where any article of it was told, or answered already when the watch last looked.
    """
    found = []
    for story in stories:
        answers = [article for article in story.articles if article.id in answering]
        if any(each.id in fresh for each in answers) and not any(each.id in known for each in story.articles):
            found.append((story, answers))
    return found


def telling(story: Story, answers: Sequence[Article], reader: Language, bylines: Bylines) -> Told:
    """A story by a headline that answers, the reader's press first, with every newsroom that reports it."""
    shown = min(answers, key=lambda article: article.newsroom.language is not reader)
    newsrooms = (bylines.name(article.newsroom.name, reader) for article in (shown, *story.articles))
    return Told(story=story.id, title=shown.title, link=shown.link, newsrooms=tuple(dict.fromkeys(newsrooms)))


class Watcher:
    """Looks at what came since each watch last looked. Run as often as you like: nothing is told twice."""

    def __init__(self, store: Store, *, questions: Questions, bylines: Bylines, clock: Clock) -> None:
        self._store = store
        self._questions = questions
        self._bylines = bylines
        self._clock = clock

    async def run(self) -> int:
        """Write down what is new to each watch; returns how many alerts that makes."""
        made = 0
        behind = await self._store.read(watch_rows.behind, self._clock())
        for seen, some in groupby(behind, key=lambda watch: watch.seen):
            fresh = await self._store.read(watch_rows.after, seen, _AT_ONCE)
            terms = await self._store.read(candidate_rows.terms, fresh)
            for watch in some if fresh else ():  # numbers have gaps
                made += await self._guarded(watch, terms, fresh)
        return made

    async def _guarded(self, watch: Watch, terms: Mapping[int, frozenset[str]], fresh: Sequence[int]) -> bool:
        """Look for one watch; what breaks here is not the other watches' trouble."""
        try:
            question = await self._questions.read(watch.question, scope=watch.scope, zone=UTC)
            return await self._look(watch, question, terms, fresh)
        except InputError as error:
            await self._store.write(watch_rows.end, watch.id, self._clock(), UNREADABLE)
            log.warning("watch ended", watch=watch.id, reason=error.sentence)
        except Exception:  # the edge of a batch: it is looked for again at the next tick
            log.exception("watch failed", watch=watch.id)
        return False

    async def _look(
        self, watch: Watch, question: Question, terms: Mapping[int, frozenset[str]], fresh: Sequence[int]
    ) -> bool:
        said = says(question, self._clock())
        likely = [number for number in fresh if said(terms.get(number, frozenset()))]
        found = await self._new(watch, question, likely) if likely else []
        told = [telling(*each, watch.language, self._bylines) for each in found]
        ids = [article.id for story, _ in found for article in story.articles]
        numbers = await self._store.read(watch_rows.numbers, ids)
        written = await self._store.write(
            alert_rows.write, watch, told, numbers.values(), seen=fresh[-1], now=self._clock()
        )
        return written and bool(told)

    async def _new(self, watch: Watch, question: Question, likely: Sequence[int]) -> list[tuple[Story, list[Article]]]:
        """The stories around likely articles that are new to a watch, as its server sees them."""
        places = await self._store.read(candidate_rows.places, likely, question.limits)
        stories = await self._store.read(overlay.around, sorted({place.story for place in places}), scope=watch.scope)
        ids = [article.id for story in stories for article in story.articles]
        numbers = await self._store.read(watch_rows.numbers, ids)
        answering = await self._answering(question, stories, numbers)
        before = {each for each in answering if numbers[each] <= watch.seen}
        told = await self._store.read(watch_rows.told, watch.id, ids)
        fresh = {place.article for place in places}
        return new_stories(stories, answering=answering, fresh=fresh, known=told | before)

    async def _answering(self, question: Question, stories: Iterable[Story], numbers: Mapping[str, int]) -> set[str]:
        """The articles of some stories that answer a question."""
        said, allowed = says(question, self._clock()), Allowed.by(question)
        is_theirs, places = saying(self._questions, question, self._clock()), range(len(question.parts))
        terms = await self._store.read(candidate_rows.terms, sorted(numbers.values()))
        return {
            article.id
            for story in stories
            for article in story.articles
            if said(terms.get(numbers[article.id], frozenset()))
            and allowed(article)
            and all(is_theirs(article, place) for place in places)
        }
