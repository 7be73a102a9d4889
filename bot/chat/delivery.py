"""The outbox emptied: each waiting message part is marked, posted, and marked as sent."""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

import structlog
from sqlalchemy import Connection

from bot.errors import ChannelError, DeliveryError, UnclearError
from bot.feed import Notice
from bot.model import Delivery
from bot.ports import Clock, Messenger
from bot.store import outbox as outbox_rows
from bot.store import subscriptions as subscription_rows
from bot.store.database import Store
from bot.store.editions import SENT, WAITING
from bot.watch import Alert

log = structlog.get_logger()

_AT_ONCE = 10
"""How many channels are posted to side by side: one slow channel does not hold up the others."""

LONGEST_TRY = timedelta(seconds=45)
"""How long one try may take, well within the lease after which another process takes over."""

_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=15)
_UNCLEAR = "Discord did not answer in time; the digest is looked for and posted again."


def next_try(delivery: Delivery | Alert | Notice, now: datetime) -> datetime:
    """When a part that failed is tried again: the wait doubles each time, a little different for each channel."""
    doubled = min(_LONGEST_WAIT, _FIRST_WAIT * (1 << min(delivery.attempts, 10)))
    share = int(hashlib.sha256(delivery.channel.encode()).hexdigest()[:4], 16) / 0xFFFF
    return now + doubled * (1 + share / 4)


class Courier:
    """Posts what the outbox holds, the oldest first; decides nothing about what is in it.

    `clock` is the wall's, also in a rehearsal: waits and leases are about real programs.
    """

    def __init__(self, store: Store, messenger: Messenger, *, clock: Clock) -> None:
        self._store = store
        self._messenger = messenger
        self._clock = clock

    def reaches(self, channel: str) -> bool:
        """Whether this program posts to a channel."""
        return self._messenger.reaches(channel)

    async def run(self) -> int:
        """Post what waits, channel by channel side by side; returns how many parts arrived."""
        waiting = await self._store.read(outbox_rows.due, self._clock())
        due = [delivery for delivery in waiting if self.reaches(delivery.channel)]
        at_once = asyncio.Semaphore(_AT_ONCE)
        by_channel: dict[str, list[Delivery]] = defaultdict(list)
        for delivery in due:
            by_channel[delivery.channel].append(delivery)
        return sum(await asyncio.gather(*(self._channel(parts, at_once) for parts in by_channel.values())))

    async def _channel(self, parts: Sequence[Delivery], at_once: asyncio.Semaphore) -> int:
        """Post a channel's parts, edition by edition; what breaks here is not the other channels' trouble."""
        arrived = 0
        async with at_once:
            try:
                for _, edition in groupby(parts, key=lambda delivery: delivery.edition_id):
                    arrived += await self._edition(edition)
            except Exception:  # the edge of a batch: the part's lease ends, and it is tried again
                log.exception("channel broke the delivery", channel=parts[0].channel)
        return arrived

    async def _edition(self, parts: Iterable[Delivery]) -> int:
        """Post an edition's parts in order; one that failed waits, and so do those behind it."""
        arrived = 0
        for delivery in parts:
            if not await self._send(delivery):
                break
            arrived += 1
        return arrived

    async def _send(self, delivery: Delivery) -> bool:
        if not await self._store.write(outbox_rows.take, delivery, self._clock()):
            return False
        try:
            async with asyncio.timeout(LONGEST_TRY.total_seconds()):
                message = await self._messenger.deliver(delivery)
        except ChannelError as error:
            await self._store.write(_give_up, delivery, error.code, self._clock())
            log.warning("subscription paused", channel=delivery.channel, reason=error.sentence, **error.fields)
            return False
        except (DeliveryError, TimeoutError) as error:
            await self._put_back(delivery, error)
            return False
        except Exception as error:  # whatever one part does to us, it waits like any other that failed
            log.exception("part broke the delivery", edition=delivery.edition_id, part=delivery.part)
            await self._put_back(delivery, error)
            return False
        arrived = {"sent_at": self._clock(), "message_id": message, "trouble": None}
        await self._store.write(outbox_rows.mark, delivery, SENT, arrived)
        log.info("part delivered", edition=delivery.edition_id, part=delivery.part, message=message)
        return True

    async def _put_back(self, delivery: Delivery, error: Exception) -> None:
        """Leave a part for a later try."""
        sentence, fields = (error.sentence, error.fields) if isinstance(error, DeliveryError) else (_UNCLEAR, {})
        unclear = delivery.unclear or not isinstance(error, DeliveryError) or isinstance(error, UnclearError)
        said = {"trouble": sentence, "next_at": next_try(delivery, self._clock()), "unclear": unclear}
        await self._store.write(outbox_rows.put_back, delivery, said)
        log.warning("delivery failed", edition=delivery.edition_id, part=delivery.part, reason=sentence, **fields)


def _give_up(connection: Connection, delivery: Delivery, reason: str, now: datetime) -> None:
    """Pause the channel's subscription; what nobody can have seen of it is taken back."""
    outbox_rows.mark(connection, delivery, WAITING, {"unclear": delivery.unclear})
    outbox_rows.drop(connection, delivery.subscription_id)
    subscription_rows.pause(connection, delivery.subscription_id, reason, now)
