"""The outboxes of watches and of feeds' notices emptied: each message is marked, posted, and marked as sent."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import structlog
from sqlalchemy import Connection

from bot.chat.delivery import LONGEST_TRY, next_try
from bot.errors import ChannelError, DeliveryError, UnclearError
from bot.feed import Notice
from bot.ports import Clock, Messenger
from bot.store import alerts as alert_rows
from bot.store import notices as notice_rows
from bot.store.database import Store
from bot.store.editions import SENT, WAITING
from bot.watch import Alert

log = structlog.get_logger()

_AT_ONCE = 10
_UNCLEAR = "Discord did not answer in time; the message is looked for and posted again."

P = TypeVar("P", Alert, Notice)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box(Generic[P]):
    """One outbox: what waits in it, how it is posted, and what becomes of it; `kind` is what the log calls it."""

    kind: str
    due: Callable[[Connection, datetime], list[P]]
    take: Callable[[Connection, P, datetime], bool]
    post: Callable[[P], Awaitable[str]]
    mark: Callable[[Connection, P, str, Mapping[str, object]], None]
    give_up: Callable[[Connection, P, str, datetime], None]


class Crier:
    """Posts the alerts and notices that wait, the oldest first; `clock` is the wall's, also in a rehearsal."""

    def __init__(self, store: Store, messenger: Messenger, *, clock: Clock) -> None:
        self._store = store
        self._messenger = messenger
        self._clock = clock
        self._alerts: _Box[Alert] = _Box(
            kind="alert",
            due=alert_rows.due,
            take=alert_rows.take,
            post=messenger.alert,
            mark=alert_rows.mark,
            give_up=alert_rows.give_up,
        )
        self._notices: _Box[Notice] = _Box(
            kind="notice",
            due=notice_rows.due,
            take=notice_rows.take,
            post=messenger.notice,
            mark=notice_rows.mark,
            give_up=notice_rows.give_up,
        )

    async def run(self) -> int:
        """Post what waits, channel by channel side by side; returns how many messages arrived."""
        return await self._empty(self._alerts) + await self._empty(self._notices)

    async def _empty(self, box: _Box[P]) -> int:
        at_once = asyncio.Semaphore(_AT_ONCE)
        by_channel: dict[str, list[P]] = defaultdict(list)
        for post in await self._store.read(box.due, self._clock()):
            if self._messenger.reaches(post.channel):
                by_channel[post.channel].append(post)
        return sum(await asyncio.gather(*(self._channel(box, some, at_once) for some in by_channel.values())))

    async def _channel(self, box: _Box[P], some: Sequence[P], at_once: asyncio.Semaphore) -> int:
        """Post what one channel gets; what breaks here is not the other channels' trouble."""
        arrived = 0
        async with at_once:
            try:
                for post in some:
                    arrived += await self._send(box, post)
            except Exception:  # the edge of a batch: the message's lease ends, and it is tried again
                log.exception("channel broke the outbox", kind=box.kind, channel=some[0].channel)
        return arrived

    async def _send(self, box: _Box[P], post: P) -> bool:
        if not await self._store.write(box.take, post, self._clock()):
            return False
        try:
            async with asyncio.timeout(LONGEST_TRY.total_seconds()):
                message = await box.post(post)
        except ChannelError as error:
            await self._store.write(box.give_up, post, error.code, self._clock())
            log.warning("channel closed", kind=box.kind, id=post.id, reason=error.sentence, **error.fields)
            return False
        except Exception as error:  # noqa: BLE001  # whatever one message does to us, it waits like any other that failed
            await self._put_back(box, post, error)
            return False
        arrived = {"sent_at": self._clock(), "message_id": message, "trouble": None}
        await self._store.write(box.mark, post, SENT, arrived)
        log.info("message delivered", kind=box.kind, id=post.id, message=message)
        return True

    async def _put_back(self, box: _Box[P], post: P, error: Exception) -> None:
        """Leave a message for a later try."""
        told = isinstance(error, DeliveryError)
        if not told and not isinstance(error, TimeoutError):
            log.error("message broke the delivery", kind=box.kind, id=post.id, exc_info=error)
        sentence, fields = (error.sentence, error.fields) if isinstance(error, DeliveryError) else (_UNCLEAR, {})
        unclear = post.unclear or not told or isinstance(error, UnclearError)
        said = {"trouble": sentence, "next_at": next_try(post, self._clock()), "unclear": unclear}
        await self._store.write(box.mark, post, WAITING, said)
        log.warning("message failed", kind=box.kind, id=post.id, reason=sentence, **fields)
