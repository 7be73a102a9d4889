"""A day to a digest: which stories are new to a channel, which are updates, and in what order they are told."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.errors import JianbaoError
from bot.model import (
    CATALOGUE,
    Article,
    Digest,
    Edition,
    Headline,
    Item,
    Kind,
    Language,
    Section,
    Story,
    Subscription,
    Window,
)
from bot.ports import Clock
from bot.store import editions as edition_rows
from bot.store import feeds as feed_rows
from bot.store import stories as story_rows
from bot.store.database import Store
from bot.stories.due import at_local, due_day, may_decide, next_due, window
from bot.stories.entities import Lexicon
from bot.stories.rank import Score, score
from bot.stories.tell import headline, tell

log = structlog.get_logger()

TOP, UPDATES, ALSO = "top", "updates", "also"
"""The headings beside the topics: the lead, running stories, and what gets a line only."""

_UPDATES_AT_MOST = 3
_ALSO_AT_MOST = 4
_SPEAKERS = frozenset({Kind.PRESS, Kind.COMPANY, Kind.OFFICIAL})

_STALE = timedelta(days=3)
"""What was published longer ago than this is not news when we find it late, as in the first poll of a new feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A story that may be told: its score, and the headline that is new where the channel knows it already."""

    story: Story
    score: float
    new: Headline | None = None


def candidates(
    stories: Sequence[Story], *, seen: Collection[str], now: datetime, china: Collection[str], reader: Language
) -> list[Candidate]:
    """The stories worth telling, best first: on topic, not stale, new to the channel or with something new.

    `seen` holds the ids of the articles shown there, `china` those of the stories that concern China.
    """
    found = (_candidate(story, seen=seen, now=now, china=story.id in china, reader=reader) for story in stories)
    return sorted((each for each in found if each), key=lambda each: (-each.score, each.story.id))


def _candidate(
    story: Story, *, seen: Collection[str], now: datetime, china: bool, reader: Language
) -> Candidate | None:
    told = as_everybody_sees(story)
    if not is_on_topic(told) or now - told.articles[-1].published_at > _STALE:
        return None
    known = any(article.id in seen for article in story.articles)
    new = whats_new(told, seen) if known else None
    if known and not new:
        return None
    return Candidate(story=told, score=score(told, now=now, china=china, reader=reader).total, new=new)


def as_everybody_sees(story: Story) -> Story:
    """A story without a server's own articles, which count and title nothing; one of those alone stays as it is."""
    catalogue = tuple(article for article in story.articles if article.scope == CATALOGUE)
    return replace(story, articles=catalogue) if catalogue else story


def is_on_topic(story: Story) -> bool:
    """Whether any article belongs in this digest."""
    return any(article.relevant for article in story.articles)


def concerns_china(story: Story, lexicon: Lexicon) -> bool:
    """Whether a headline names an entity of the Chinese side."""
    return any(lexicon.get(entity).china for article in story.articles for entity in lexicon.find(article.title))


def whats_new(story: Story, seen: Collection[str]) -> Headline | None:
    """The latest headline of a newsroom that had not reported yet; copies and forum talk bring nothing new."""
    heard = {article.newsroom.name for article in story.articles if article.id in seen}
    fresh = [article for article in story.articles if _adds(article, seen, heard)]
    return headline(fresh[-1]) if fresh else None


def _adds(article: Article, seen: Collection[str], heard: Collection[str]) -> bool:
    return (
        article.relevant
        and article.id not in seen
        and article.original_id is None
        and article.newsroom.name not in heard
        and article.newsroom.kind in _SPEAKERS
    )


def sections(ranked: Sequence[Candidate], *, reader: Language, size: int) -> tuple[Section, ...]:
    """The chosen stories under their headings: the lead, topics by their best story, updates, the rest in a line."""
    fresh = [each for each in ranked if not each.new]
    room = min(_UPDATES_AT_MOST, max(size // 3, size - len(fresh)))
    updates = [each for each in ranked if each.new][:room]
    fresh = fresh[: size - len(updates)]
    lines = min(_ALSO_AT_MOST, len(fresh) // 4)
    told, also = fresh[: len(fresh) - lines], fresh[len(fresh) - lines :]
    topics: dict[str, list[Candidate]] = defaultdict(list)
    for each in told[1:]:
        topics[each.story.topic or ALSO].append(each)
    also = topics.pop(ALSO, []) + also
    parts = [(TOP, told[:1]), *topics.items(), (UPDATES, updates), (ALSO, also)]
    return _numbered([(heading, found) for heading, found in parts if found], reader)


def _numbered(parts: Sequence[tuple[str, Sequence[Candidate]]], reader: Language) -> tuple[Section, ...]:
    numbers = iter(range(1, 1 + sum(len(found) for _, found in parts)))
    return tuple(
        Section(
            heading=heading,
            items=tuple(Item(number=next(numbers), telling=tell(each.story, reader), new=each.new) for each in found),
        )
        for heading, found in parts
    )


def shown_articles(digest: Digest, stories: Mapping[str, Story]) -> list[str]:
    """The ids of every article of the stories a digest tells: what the channel has seen from now on."""
    told = [item.telling.story_id for section in digest.sections for item in section.items]
    return [article.id for story in told for article in stories[story].articles]


class Digester:
    """Decides editions that are due and writes them down, outbox and memory with them; sends nothing."""

    def __init__(self, store: Store, *, lexicon: Lexicon, clock: Clock) -> None:
        self._store = store
        self._lexicon = lexicon
        self._clock = clock
        self._began = clock()

    async def run(self, *, read_at: datetime | None) -> list[Edition]:
        """Decide every edition that is due now; `read_at` is when the last finished reading of the feeds began."""
        active = await self._store.read(edition_rows.active)
        decided = [await self._decided(subscription, read_at) for subscription in active]
        return [edition for edition in decided if edition]

    async def preview(self, subscription: Subscription, at: datetime, *, days: int = 1) -> Digest:
        """The digest of the last days as it would be told to somebody who has seen nothing; leaves no trace."""
        hours = Window(start=at - timedelta(days=days), end=at)
        digest, _ = await self._tell(subscription, _local_date(at, subscription.zone), hours, remember=False)
        return digest

    def score(self, story: Story, reader: Language = Language.EN) -> Score:
        """What a story is ranked by now for a reader, in its parts."""
        return score(story, now=self._clock(), china=concerns_china(story, self._lexicon), reader=reader)

    async def _decided(self, subscription: Subscription, read_at: datetime | None) -> Edition | None:
        """One channel's trouble is not the others'."""
        try:
            return await self._decide(subscription, read_at)
        except JianbaoError as error:
            log.warning("edition not decided", channel=subscription.channel, reason=error.sentence, **error.fields)
            return None

    async def _decide(self, subscription: Subscription, read_at: datetime | None) -> Edition | None:
        now = self._clock()
        last = await self._store.read(edition_rows.last, subscription.id)
        day = due_day(subscription, last[0] if last else None, now)
        if day is None:
            return None
        due = at_local(day, subscription.local_time, subscription.zone)
        if not may_decide(due, now, read_at=read_at, began=self._began):
            return None
        hours = window(due, last[1] if last else None, read_at or self._began)
        digest, stories = await self._tell(subscription, day, hours, remember=True)
        told = shown_articles(digest, stories)
        edition = await self._store.write(edition_rows.decide, subscription, digest, told, parts=1, now=now)
        if edition:
            log.info("edition decided", edition=edition.id, day=day.isoformat(), stories=digest.stories)
        return edition

    async def _tell(
        self, subscription: Subscription, day: date, hours: Window, *, remember: bool
    ) -> tuple[Digest, dict[str, Story]]:
        scope = subscription.scope
        stories = await self._store.read(story_rows.touched, hours.start, hours.end, scope=scope)
        ids = [article.id for story in stories for article in story.articles]
        seen = await self._store.read(edition_rows.seen, subscription.id, ids) if remember else {}
        ranked = candidates(
            stories,
            seen=seen,
            now=hours.end,
            china={story.id for story in stories if concerns_china(story, self._lexicon)},
            reader=subscription.language,
        )
        feeds = await self._store.read(feed_rows.count)
        digest = Digest(
            language=subscription.language,
            zone=subscription.zone,
            local_date=day,
            window=hours,
            stories=len(ranked),
            articles=sum(_within(each.story, hours) for each in ranked),
            feeds=feeds,
            sections=sections(ranked, reader=subscription.language, size=subscription.size),
        )
        if remember:
            digest = replace(digest, next_at=next_due(subscription, hours.end))
        return digest, {story.id: story for story in stories}


def _within(story: Story, hours: Window) -> int:
    return sum(hours.start < article.first_seen_at <= hours.end for article in story.articles)


def _local_date(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()
