"""Due feeds to new articles in the store."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from bot.errors import FeedError, FetchError, StoreError
from bot.feed import Entry, Feed, FeedState, Fetched
from bot.feeds.identity import UNDATED_AGE
from bot.feeds.links import host_of, key_of
from bot.feeds.newsrooms import Newsrooms
from bot.feeds.troubles import here
from bot.model import Article
from bot.ports import Fetcher, Parser
from bot.store import articles as article_rows
from bot.store import feeds as feed_rows
from bot.store.articles import Kept
from bot.store.database import Store
from bot.text import language_of

log = structlog.get_logger()

_LONGEST_WAIT = timedelta(days=1)
"""Servers that ask for more are misconfigured more often than meant."""

_JITTER = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one poll of one feed came to; an error is a result."""

    feed: Feed
    kept: Kept
    error: FeedError | None = None


def after_success(state: FeedState, fetched: Fetched, *, now: datetime, wait: timedelta) -> FeedState:
    """What a feed's state becomes when it answered; both validators are replaced together.

    The body's hash stays where nothing came, so that a server which ignores validators is seen through.
    """
    return replace(
        state,
        etag=fetched.etag,
        modified=fetched.modified,
        body_hash=body_hash(fetched) or state.body_hash,
        polled_at=now,
        succeeded_at=now,
        seeded_at=state.seeded_at or now,
        next_poll_at=now + wait,
        failures=0,
        failing_at=None,
        trouble=None,
        reason=None,
        facts={},
    )


def after_failure(state: FeedState, error: FeedError, *, now: datetime, wait: timedelta) -> FeedState:
    """What a feed's state becomes when it failed: the wait doubles each time, up to a day.

    A server that says when to come back is obeyed.
    """
    wished = timedelta(seconds=error.retry_after or 0) if isinstance(error, FetchError) else timedelta()
    doubled = min(_LONGEST_WAIT, wait * 2 ** min(state.failures, 10))
    return replace(
        state,
        polled_at=now,
        next_poll_at=now + max(doubled, wished),
        failures=state.failures + 1,
        failing_at=state.failing_at or now,
        trouble=error.key,
        reason=error.sentence,
        facts=error.facts,
    )


def wait_for(feed_id: int, every: timedelta, fresh_for: float | None = None) -> timedelta:
    """How long to wait before the next poll: our interval or the server's wish, whichever is longer, up to a day.

    Each feed has its own share of jitter, so that feeds read together drift apart.
    """
    wished = timedelta(seconds=min(fresh_for or 0, _LONGEST_WAIT.total_seconds()))
    share = int(hashlib.sha256(str(feed_id).encode()).hexdigest()[:4], 16) / 0xFFFF
    return max(every, wished) * (1 + _JITTER * share)


def body_hash(fetched: Fetched) -> str | None:
    """A fingerprint of the body, for servers whose validators say nothing."""
    return None if fetched.body is None else hashlib.sha256(fetched.body).hexdigest()


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
        relevant=not feed.spec.mixed,
    )


class Poller:
    """Reads every feed that is due and writes down what it brought; groups and tells nothing."""

    def __init__(
        self,
        store: Store,
        *,
        fetcher: Fetcher,
        parser: Parser,
        newsrooms: Newsrooms,
        every: timedelta,
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._parser = parser
        self._newsrooms = newsrooms
        self._every = every

    async def run(self, now: datetime) -> Sequence[Polled]:
        """Poll what is due, side by side, as of `now`; one broken feed is one broken feed."""
        if not await self._store.read(feed_rows.due, now):
            return []
        due = await self._store.write(feed_rows.claim, now, now + self._every)
        listed = await self._store.read(feed_rows.listed)
        newsrooms = self._newsrooms.with_homes(feed.spec for feed in listed)
        polled = await asyncio.gather(*(self._poll(feed, newsrooms, now) for feed in due))
        new, failed = sum(each.kept.new for each in polled), sum(each.error is not None for each in polled)
        log.info("feeds polled", feeds=len(polled), new=new, failed=failed)
        return polled

    async def _poll(self, feed: Feed, newsrooms: Newsrooms, now: datetime) -> Polled:
        try:
            fetched = await self._fetcher.fetch(feed.spec.url, etag=feed.state.etag, modified=feed.state.modified)
            found = [
                (entry.guid, article_of(feed, entry, newsrooms, now))
                for entry in await self._entries(feed, fetched, now)
            ]
            wait = wait_for(feed.id, self._every, fetched.fresh_for)
            kept = await self._store.write(_keep, feed, found, after_success(feed.state, fetched, now=now, wait=wait))
        except FeedError as error:
            return await self._failed(feed, error, now)
        except StoreError as error:
            return await self._failed(feed, here("not-stored", **error.fields), now)
        except Exception:  # the edge of a batch: whatever one feed does to us, the others are read
            log.exception("feed broke the poll", feed=feed.spec.url)
            return await self._failed(feed, here("unexpected"), now)
        if kept.held:
            log.warning("old entries look new", feed=feed.spec.title, held=kept.held)
        log.debug("feed polled", feed=feed.spec.title, new=kept.new, edited=kept.edited)
        return Polled(feed=feed, kept=kept)

    async def _entries(self, feed: Feed, fetched: Fetched, now: datetime) -> Sequence[Entry]:
        """The entries; none where the body is the one we know, whatever the validators say."""
        if fetched.body is None or body_hash(fetched) == feed.state.body_hash:
            return ()
        return (await self._parser.parse(fetched, zone=feed.spec.zone, now=now)).entries

    async def _failed(self, feed: Feed, error: FeedError, now: datetime) -> Polled:
        state = after_failure(feed.state, error, now=now, wait=wait_for(feed.id, self._every))
        await self._store.write(feed_rows.learn, feed.id, state)
        log.warning("feed failed", feed=feed.spec.title, **error.fields)
        return Polled(feed=feed, kept=Kept(), error=error)


def _keep(connection: Connection, feed: Feed, found: Sequence[tuple[str, Article]], state: FeedState) -> Kept:
    """Write the articles and the validators together: a crash between them would lose the entries for good."""
    kept = article_rows.keep(connection, found, feed_id=feed.id)
    if kept.held:
        state = replace(state, remark="flipped", remark_facts={"host": host_of(feed.spec.url), "count": kept.held})
    feed_rows.learn(connection, feed.id, state)
    return kept
