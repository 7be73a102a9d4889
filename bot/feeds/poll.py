"""Due feeds to new articles in the store."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import Connection

from bot.errors import FeedError, StoreError
from bot.feed import Entry, Feed, FeedState, Fetched, ParsedFeed
from bot.feeds import outcome, pace
from bot.feeds.identity import UNDATED_AGE
from bot.feeds.links import host_of, key_of
from bot.feeds.newsrooms import Newsrooms
from bot.feeds.outcome import Answer
from bot.feeds.pace import DAY, Limits, Request, Round
from bot.feeds.troubles import here, unread
from bot.model import Article, Topic
from bot.ports import Clock, Fetcher, Parser
from bot.store import articles as article_rows
from bot.store import feeds as feed_rows
from bot.store import hosts as host_rows
from bot.store import notices as notice_rows
from bot.store.articles import Kept
from bot.store.database import Store
from bot.text import language_of

log = structlog.get_logger()

_SITE_SECONDS = 20.0
"""How long one site may hold up a round: what is left of its feeds has its next turn an interval later."""

_AT_ONCE = 40
"""So many sites are read side by side: bodies come faster than they are parsed, and must not pile up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one poll of one feed came to; an error is a result."""

    feed: Feed
    kept: Kept
    error: FeedError | None = None


@dataclass(slots=True, kw_only=True)
class _Occasion:
    """What holds for every feed of one round; `is_cut_off` where none at all could be read for long.

    `newsrooms` are looked for by the first feed that has something to credit: most rounds bring nothing.
    """

    now: datetime
    is_cut_off: bool
    newsrooms: asyncio.Task[Newsrooms] | None = None


def article_of(feed: Feed, entry: Entry, newsrooms: Newsrooms, now: datetime) -> Article:
    """The article an entry stands for.

    The first poll of a feed seeds: its entries count as first seen when they were published, so that they fill
    the archive and cannot flood a digest.
    """
    newsroom, title = newsrooms.credit(
        title=entry.title,
        link=entry.origin or entry.link,
        source_name=entry.source_name,
        source_link=entry.source_link,
        feed=feed.spec.newsroom,
    )
    seeding = feed.state.seeded_at is None
    published = entry.published or (now - UNDATED_AGE if seeding else now)
    key = key_of(entry.origin or entry.link) if entry.link else f"guid:{feed.id}:{entry.guid}"
    return Article(
        id=hashlib.sha256(f"{feed.scope} {key}".encode()).hexdigest()[:16],
        scope=feed.scope,
        title=title,
        link=entry.link or feed.spec.home or feed.spec.url,
        link_key=key,
        summary=entry.summary,
        newsroom=newsroom,
        title_language=language_of(title),
        published_at=published,
        first_seen_at=published if seeding else now,
        topic=_topic_of(feed),
        relevant=not feed.spec.mixed,
    )


def _topic_of(feed: Feed) -> Topic | None:
    """The section of what tells none by itself, where a feed is of one topic as a whole."""
    return feed.spec.topics[0] if len(feed.spec.topics) == 1 and not feed.spec.mixed else None


def terms_of(entries: Sequence[Entry], articles: Sequence[Article]) -> dict[str, str]:
    """The terms of entries by their articles' ids, where crediting a newsroom has left the title as it was."""
    pairs = zip(entries, articles, strict=True)
    return {article.id: entry.terms for entry, article in pairs if article.title == entry.title}


class Poller:
    """Reads the feeds that are due and writes down what they brought; groups and tells nothing.

    Where `allow_private`, hosts on the operator's own network are read as often as may be, and side by side.
    """

    def __init__(  # what it works with, and how often
        self,
        store: Store,
        *,
        fetcher: Fetcher,
        parser: Parser,
        newsrooms: Newsrooms,
        clock: Clock,
        limits: Limits,
        allow_private: bool = False,
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._parser = parser
        self._newsrooms = newsrooms
        self._clock = clock
        self._limits, self._own_limits = limits, replace(limits, slowest=limits.fastest)
        self._allow_private = allow_private

    async def run(self, now: datetime) -> Sequence[Polled]:
        """Poll what is due as of `now`, site beside site; one broken feed is one broken feed.

        Of one site only a few feeds: the rest stays due for the next round, and what came can be grouped meanwhile.
        """
        if not await self._store.read(feed_rows.due, now):
            return []
        occasion = await self._occasion(now)
        claimed = await self._store.write(self._claim, now)
        room = asyncio.Semaphore(_AT_ONCE)
        walks = await asyncio.gather(*(self._walk(queue, occasion, room) for queue in claimed.queues))
        polled = [each for walk in walks for each in walk]
        new, failed = sum(each.kept.new for each in polled), sum(each.error is not None for each in polled)
        log.info("feeds polled", feeds=len(polled), new=new, failed=failed)
        return polled

    async def _occasion(self, now: datetime) -> _Occasion:
        last = await self._store.read(feed_rows.last_success)
        return _Occasion(now=now, is_cut_off=last is None or now - last > DAY)

    async def _articles(self, feed: Feed, parsed: ParsedFeed | None, occasion: _Occasion) -> list[tuple[str, Article]]:
        """The articles that the entries stand for, each with its guid."""
        if parsed is None:
            return []
        if occasion.newsrooms is None:
            occasion.newsrooms = asyncio.create_task(self._with_homes())
        newsrooms = await occasion.newsrooms
        return [(entry.guid, article_of(feed, entry, newsrooms, occasion.now)) for entry in parsed.entries]

    async def _with_homes(self) -> Newsrooms:
        listed = await self._store.read(feed_rows.listed)
        return self._newsrooms.with_homes(feed.spec for feed in listed)

    def _claim(self, connection: Connection, now: datetime) -> Round:
        """Take the feeds whose turn it is.

        Whatever happens to this round, no host is asked again at once, and no other process asks it now.
        """
        due = feed_rows.take_due(connection, now)
        found = pace.round_of(due, now, closed=host_rows.closed(connection, now), allow_private=self._allow_private)
        asked = [feed.id for queue in found.queues for feed in queue]
        feed_rows.put_off(connection, asked, now + self._limits.fastest)
        for feed in due:
            if state := found.later.get(feed.id):
                feed_rows.learn(connection, feed, state)
        return found

    async def _walk(self, queue: Sequence[Feed], occasion: _Occasion, room: asyncio.Semaphore) -> list[Polled]:
        """Poll the feeds of one site one after the other; what a silent or slow one keeps us from waits an interval."""
        async with room:
            return await self._walked(queue, occasion)

    async def _walked(self, queue: Sequence[Feed], occasion: _Occasion) -> list[Polled]:
        time = asyncio.get_running_loop().time
        until, silent = time() + _SITE_SECONDS, set[str]()
        polled: list[Polled] = []
        for feed in queue:
            request = pace.request(feed, occasion.now)
            host = host_of(request.url)
            if host in silent or time() > until:
                continue
            polled.append(await self._poll(feed, request, occasion))
            if outcome.is_silent(polled[-1].error):
                silent.add(host)
        return polled

    async def _poll(self, feed: Feed, request: Request, occasion: _Occasion) -> Polled:
        try:
            fetched = await self._fetcher.fetch(request.url, etag=request.etag, modified=request.modified)
            parsed = await self._parsed(feed, fetched, occasion.now)
            answer = Answer(request=request, fetched=fetched, parsed=parsed)
            found = await self._articles(feed, parsed, occasion)
            kept = await self._store.write_behind(self._keep, feed, answer, found)
        except FeedError as error:
            return await self._failed(feed, request, error, occasion)
        except StoreError as error:
            return await self._failed(feed, request, here("not-stored", **error.fields), occasion)
        except Exception:  # the edge of a batch: whatever one feed does to us, the others are read
            log.exception("feed broke the poll", feed=feed.spec.url)
            return await self._failed(feed, request, here("unexpected"), occasion)
        if kept.held:
            log.warning("old entries look new", feed=feed.spec.title, held=kept.held)
        log.debug("feed polled", feed=feed.spec.title, new=kept.new, edited=kept.edited)
        return Polled(feed=feed, kept=kept)

    async def _parsed(self, feed: Feed, fetched: Fetched, now: datetime) -> ParsedFeed | None:
        """What came; None where the body is the one we know, whatever the validators say."""
        if fetched.body is None or outcome.body_hash(fetched) == feed.state.body_hash:
            return None
        parsed = await self._parser.parse(fetched, zone=feed.spec.zone, now=now)
        if outcome.is_emptied(feed.state, fetched, parsed):
            raise unread("emptied", host=host_of(fetched.url))
        return parsed

    def _keep(self, connection: Connection, feed: Feed, answer: Answer, found: Sequence[tuple[str, Article]]) -> Kept:
        """Write the articles and the validators together: a crash between them would lose the entries for good."""
        now = self._clock()
        entries = answer.parsed.entries if answer.parsed else ()
        terms = terms_of(entries, [article for _, article in found])
        kept = article_rows.keep(connection, found, feed_id=feed.id, terms=terms)
        if found:
            answer = replace(answer, new=kept.new, known=kept.known + kept.edited)
        state = outcome.after_success(feed, answer, now=now, limits=self._limits_of(answer.request.url))
        if kept.held:
            state = replace(state, remark="flipped", remark_facts={"host": host_of(feed.spec.url), "count": kept.held})
        if pace.has_moved(state, now) and feed_rows.is_read(connection, feed, at=state.moved_to):
            state = outcome.after_joining(state, here("duplicate"), now=now)
            log.warning("feed switched off", feed=feed.spec.title, trouble=state.trouble, moved_to=state.moved_to)
        feed_rows.learn(connection, feed, state)
        notice_rows.write(connection, feed, state)
        return kept

    async def _failed(self, feed: Feed, request: Request, error: FeedError, occasion: _Occasion) -> Polled:
        now = self._clock()
        state = outcome.after_failure(
            feed,
            error,
            now=now,
            limits=self._limits_of(request.url),
            asked=request.url,
            is_cut_off=occasion.is_cut_off,
        )
        await self._store.write_behind(self._note, feed, state, request, error)
        said = "feed switched off" if state.off_at else "feed failed"
        log.warning(said, feed=feed.spec.title, failures=state.failures, since=state.failing_at, **error.fields)
        return Polled(feed=feed, kept=Kept(), error=error)

    def _note(self, connection: Connection, feed: Feed, state: FeedState, request: Request, error: FeedError) -> None:
        """Write down a failure; a host that answers nobody is left alone for its other feeds too."""
        feed_rows.learn(connection, feed, state)
        notice_rows.write(connection, feed, state)
        if outcome.is_silent(error) and not pace.is_own(request.url, allow_private=self._allow_private):
            now = state.polled_at or self._clock()
            host = host_of(str(error.facts.get("host") or request.url))
            host_rows.close(connection, host, outcome.closed_until(error, now, self._limits), now=now)

    def _limits_of(self, url: str) -> Limits:
        """The operator's own hosts are asked as often as may be."""
        return self._own_limits if pace.is_own(url, allow_private=self._allow_private) else self._limits
