"""A channel's digest: wished for, changed, ended, and asked for ahead of its time."""

from dataclasses import dataclass
from datetime import datetime, time

from bot.chat.answers import A_DIGEST
from bot.chat.reader import Reader, language_of
from bot.chat.render.safe import plain
from bot.chat.times import DEFAULT_TIME
from bot.chat.words import refused
from bot.model import Language, Subscription, Wish
from bot.ports import Clock
from bot.store import articles as article_rows
from bot.store import editions as edition_rows
from bot.store import feeds as feed_rows
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
        """Whether a digest has something to choose from."""
        return self.articles > 0 and self.read >= self.feeds and not self.waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """A wish as it is kept; `guessed` tells that nobody named the zone, `decided` that today's edition is out."""

    subscription: Subscription
    next_at: datetime
    guessed: bool
    decided: bool
    reading: Reading


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
        kept = await self._store.write(
            rows.subscribe, wish, channel=channel, now=self._clock(), scope=reader.scope, by=by
        )
        return Subscribed(
            subscription=kept,
            next_at=await self.next_at(kept),
            guessed=said.zone is None and before is None,
            decided=await self._is_decided(kept),
            reading=await self.reading(reader.scope),
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
        await self._store.write(rows.end, known.id, self._clock())

    async def listed(self, scope: str) -> list[tuple[Subscription, datetime]]:
        """A server's digests, each with the time of its next one."""
        known = await self._store.read(rows.listed, scope)
        return [(each, await self.next_at(each)) for each in known]

    async def want_today(self, subscription_id: int, scope: str) -> Subscribed:
        """Ask for today's edition now, unless it is out; raises RefusedError where the server has no such digest."""
        known = await self._store.read(rows.by_id, subscription_id)
        if known is None or known.scope != scope or known.paused_reason:
            raise refused("gone-subscription")
        decided = await self._is_decided(known)
        if not decided:
            await self._store.write(rows.want, known.id, self._clock())
        return Subscribed(
            subscription=known,
            next_at=await self.next_at(known),
            guessed=False,
            decided=decided,
            reading=await self.reading(scope),
        )

    async def reading(self, scope: str) -> Reading:
        """How far the first reading is."""
        feeds = await self._store.read(feed_rows.count, scope=scope)
        unread = await self._store.read(feed_rows.unread, scope)
        articles, waiting = await self._store.read(article_rows.progress)
        return Reading(feeds=feeds, read=max(0, feeds - unread), articles=articles, waiting=waiting)

    async def _is_decided(self, subscription: Subscription) -> bool:
        last = await self._store.read(edition_rows.last, subscription.id)
        return last is not None and last[0] >= local_date(self._clock(), subscription.zone)
