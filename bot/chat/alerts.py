"""The outbox of watches emptied: each alert is marked, posted, and marked as sent."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import Connection

from bot.chat.delivery import LONGEST_TRY, next_try
from bot.errors import ChannelError, DeliveryError, UnclearError
from bot.ports import Clock, Messenger
from bot.store import alerts as alert_rows
from bot.store import watches as watch_rows
from bot.store.database import Store
from bot.store.editions import FAILED, SENT, WAITING
from bot.watch import Alert

log = structlog.get_logger()

_AT_ONCE = 10
_UNCLEAR = "Discord did not answer in time; the alert is looked for and posted again."


class Crier:
    """Posts the alerts that wait, the oldest first; `clock` is the wall's, also in a rehearsal."""

    def __init__(self, store: Store, messenger: Messenger, *, clock: Clock) -> None:
        self._store = store
        self._messenger = messenger
        self._clock = clock

    async def run(self) -> int:
        """Post what waits, channel by channel side by side; returns how many alerts arrived."""
        at_once = asyncio.Semaphore(_AT_ONCE)
        by_channel: dict[str, list[Alert]] = defaultdict(list)
        for alert in await self._store.read(alert_rows.due, self._clock()):
            if self._messenger.reaches(alert.channel):
                by_channel[alert.channel].append(alert)
        return sum(await asyncio.gather(*(self._channel(some, at_once) for some in by_channel.values())))

    async def _channel(self, some: Sequence[Alert], at_once: asyncio.Semaphore) -> int:
        """Post a channel's alerts; what breaks here is not the other channels' trouble."""
        arrived = 0
        async with at_once:
            try:
                for alert in some:
                    arrived += await self._send(alert)
            except Exception:  # the edge of a batch: the alert's lease ends, and it is tried again
                log.exception("channel broke the alerts", channel=some[0].channel)
        return arrived

    async def _send(self, alert: Alert) -> bool:
        if not await self._store.write(alert_rows.take, alert, self._clock()):
            return False
        try:
            async with asyncio.timeout(LONGEST_TRY.total_seconds()):
                message = await self._messenger.alert(alert)
        except ChannelError as error:
            await self._store.write(_give_up, alert, error.code, self._clock())
            log.warning("watch ended", watch=alert.watch.id, reason=error.sentence, **error.fields)
            return False
        except Exception as error:  # noqa: BLE001  # whatever one alert does to us, it waits like any other that failed
            await self._put_back(alert, error)
            return False
        arrived = {"sent_at": self._clock(), "message_id": message, "trouble": None}
        await self._store.write(alert_rows.mark, alert, SENT, arrived)
        log.info("alert delivered", alert=alert.id, message=message)
        return True

    async def _put_back(self, alert: Alert, error: Exception) -> None:
        """Leave an alert for a later try."""
        told = isinstance(error, DeliveryError)
        if not told and not isinstance(error, TimeoutError):
            log.error("alert broke the delivery", alert=alert.id, exc_info=error)
        sentence, fields = (error.sentence, error.fields) if isinstance(error, DeliveryError) else (_UNCLEAR, {})
        unclear = alert.unclear or not told or isinstance(error, UnclearError)
        said = {"trouble": sentence, "next_at": next_try(alert, self._clock()), "unclear": unclear}
        await self._store.write(alert_rows.mark, alert, WAITING, said)
        log.warning("alert failed", alert=alert.id, reason=sentence, **fields)


def _give_up(connection: Connection, alert: Alert, reason: str, now: datetime) -> None:
    """End the watch of a channel that is closed."""
    alert_rows.mark(connection, alert, FAILED, {"trouble": reason})
    watch_rows.end(connection, alert.watch.id, now, reason)
