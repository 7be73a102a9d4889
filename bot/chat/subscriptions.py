"""A channel's digest: wished for, changed, ended, and asked for ahead of its time."""

from dataclasses import dataclass, replace
from datetime import datetime, time
from enum import StrEnum

from sqlalchemy import Connection

from bot.chat.reader import Reader, language_of
from bot.chat.render.safe import plain
from bot.chat.times import DEFAULT_TIME
from bot.chat.words import refused
from bot.model import A_DIGEST, Language, Subscription, Wish
from bot.ports import Clock
from bot.store import articles as article_rows
from bot.store import editions as edition_rows
from bot.store import feeds as feed_rows
from bot.store import outbox as outbox_rows
from bot.store import questions
from bot.store import subscriptions as rows
from bot.store.database import Store
from bot.stories.due import local_date, next_due


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a moderator said of a channel's digest; None is what they left to us."""

    local_time: time | None = None
    zone: str | None = None
    language: Language | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How far the first reading is: of `feeds` feeds `read` were read, and `waiting` articles have no story yet."""

    feeds: int
    read: int
    articles: int
    waiting: int

    @property
    def is_done(self) -> bool:
        """Whether a digest has something to choose from; what an ordinary poll brings waits too for a moment."""
        return self.articles > self.waiting


class Today(StrEnum):
    """What has become of today's edition."""

    UNDECIDED = "undecided"
    ON_ITS_WAY = "on its way"
    POSTED = "posted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """A wish as it is kept; `guessed` tells that nobody named the zone, `moved` that its time is another now."""

    subscription: Subscription
    next_at: datetime
    today: Today
    reading: Reading
    guessed: bool = False
    moved: bool = False


def completed(said: Options, before: Subscription | None, reader: Reader) -> Wish:
    """A wish with nothing left open: as it was before, else eight o'clock where the server seems to live."""
    if before is None:
        language = said.language or _language(reader)
        zone = said.zone or reader.zone
        return Wish(local_time=_first(said.local_time, DEFAULT_TIME), zone=zone, language=language, size=A_DIGEST)
    return Wish(
        local_time=_first(said.local_time, before.local_time),
        zone=said.zone or before.zone,
        language=said.language or before.language,
        size=before.size,
    )


def _first(said: time | None, otherwise: time) -> time:
    """Midnight is a time too."""
    return otherwise if said is None else said


def _language(reader: Reader) -> Language:
    """A Chinese server's digest is in Chinese, and that of a server that never chose in its moderator's language."""
    return Language.ZH if language_of(reader.server_locale) is Language.ZH else reader.language


class Subscriptions:
    """Keeps channels' wishes; decides and posts nothing."""

    def __init__(self, store: Store, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def subscribe(self, said: Options, channel: str, reader: Reader, *, by: str) -> Subscribed:
        """Keep a channel's wish, and say how it was understood."""
        before = await self._store.read(rows.of_channel, channel)
        wish = completed(said, before, reader)
        kept = await self._store.write(_begin, wish, channel=channel, now=self._clock(), scope=reader.scope, by=by)
        return replace(
            await self._as_kept(kept),
            guessed=said.zone is None and before is None,
            moved=before is not None and (before.local_time, before.zone) != (kept.local_time, kept.zone),
        )

    def now(self) -> datetime:
        """The time by which digests are due."""
        return self._clock()

    async def next_at(self, subscription: Subscription) -> datetime:
        """When a channel's next digest comes."""
        last = await self._store.read(edition_rows.last, subscription.id)
        return next_due(subscription, self._clock(), last[0] if last else None)

    async def end(self, channel: str, scope: str) -> None:
        """End a channel's digest; raises RefusedError where the server has none there."""
        known = await self._store.read(rows.of_channel, channel)
        if known is None or known.scope != scope:
            raise refused("not-subscribed", channel=f"<#{channel}>" if channel.isdecimal() else plain(channel))
        await self._store.write(_end, known.id, self._clock())

    async def leave(self, scope: str) -> None:
        """Pause every digest of a server that has removed the bot."""
        for known in await self._store.read(rows.listed, scope):
            await self._store.write(_pause, known.id, "missing-access", self._clock())
        await self._store.write(questions.forget, scope)

    async def listed(self, scope: str) -> list[tuple[Subscription, datetime]]:
        """A server's digests, each with the time of its next one."""
        known = await self._store.read(rows.listed, scope)
        return [(each, await self.next_at(each)) for each in known]

    async def want_today(self, subscription_id: int, scope: str) -> Subscribed:
        """Ask for today's edition now, unless it is decided or the channel paused.

        Raises RefusedError where the server has no such digest.
        """
        known = await self._store.read(rows.by_id, subscription_id)
        if known is None or known.scope != scope:
            raise refused("gone-subscription")
        found = await self._as_kept(known)
        if found.today is Today.UNDECIDED and not known.paused_reason:
            await self._store.write(rows.want, known.id, self._clock())
        return found

    async def reading(self, scope: str) -> Reading:
        """How far the first reading is."""
        feeds = await self._store.read(feed_rows.count, scope=scope)
        unread = await self._store.read(feed_rows.unread, scope)
        articles, waiting = await self._store.read(article_rows.progress)
        return Reading(feeds=feeds, read=max(0, feeds - unread), articles=articles, waiting=waiting)

    async def _as_kept(self, known: Subscription) -> Subscribed:
        return Subscribed(
            subscription=known,
            next_at=await self.next_at(known),
            today=await self._today(known),
            reading=await self.reading(known.scope),
        )

    async def _today(self, subscription: Subscription) -> Today:
        last = await self._store.read(edition_rows.last, subscription.id)
        if last is None or last[0] < local_date(self._clock(), subscription.zone):
            return Today.UNDECIDED
        arrived = await self._store.read(edition_rows.has_arrived, subscription.id, last[0])
        return Today.POSTED if arrived else Today.ON_ITS_WAY


def _begin(connection: Connection, wish: Wish, *, channel: str, now: datetime, scope: str, by: str) -> Subscription:
    """Keep a wish, and try again what may have failed of today's edition."""
    kept = rows.subscribe(connection, wish, channel=channel, now=now, scope=scope, by=by)
    outbox_rows.revive(connection, kept.id, local_date(now, kept.zone))
    return kept


def _end(connection: Connection, subscription_id: int, now: datetime) -> None:
    """End a wish, and with it what is on its way."""
    outbox_rows.drop(connection, subscription_id)
    rows.end(connection, subscription_id, now)


def _pause(connection: Connection, subscription_id: int, reason: str, now: datetime) -> None:
    """Pause a wish, and with it what is on its way."""
    outbox_rows.drop(connection, subscription_id)
    rows.pause(connection, subscription_id, reason, now)
