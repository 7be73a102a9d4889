"""A messenger that watches the outbox, and what these tests put into the outbox and read from it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.chat.delivery import Courier
from bot.errors import ChannelError
from bot.model import Delivery, Subscription
from bot.store import editions as edition_rows
from bot.store import subscriptions as subscription_rows
from bot.store.database import Store
from bot.store.editions import WAITING
from bot.store.schema import deliveries
from tests.fakes import NOW, FakeMessenger, digest, wish

MONDAY, TUESDAY = date(2026, 6, 8), date(2026, 6, 9)
GONE = ChannelError("no-channel", "The channel is gone.")


class WatchingMessenger(FakeMessenger):
    """Notes what the outbox says of a part while that part is being sent.

    `troubles` are raised and `slow` channels wait for `go_on`, by the channel's id; they go on when `enough` arrived.
    """

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self.states: list[tuple[str, int]] = []
        self.troubles: dict[str, Exception] = {}
        self.slow: set[str] = set()
        self.go_on = asyncio.Event()
        self.began = asyncio.Event()
        self.enough = 1000
        self.at_once = self.most_at_once = 0

    async def deliver(self, delivery: Delivery) -> str:
        """Look into the outbox, then send."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._deliver(delivery)
        finally:
            self.at_once -= 1

    async def _deliver(self, delivery: Delivery) -> str:
        row = next(row for row in await outbox(self._store) if row.edition_id == delivery.edition_id)
        self.states.append((row.state, row.attempts))
        self.began.set()
        if delivery.channel in self.slow:
            await self.go_on.wait()
        if delivery.channel in self.troubles:
            raise self.troubles[delivery.channel]
        message = await super().deliver(delivery)
        if len(self.sent) >= self.enough:
            self.go_on.set()
        return message


async def decided(
    store: Store, channel: str = "c1", *, day: date = MONDAY, parts: int = 1, told: Sequence[str] = ()
) -> Subscription:
    """Put an edition with its parts into the outbox."""
    subscription = await store.write(subscription_rows.subscribe, wish(), channel=channel, now=NOW)
    await store.write(edition_rows.decide, subscription, digest(day=day), told, parts=parts, now=NOW)
    return subscription


async def outbox(store: Store) -> Sequence[Row[tuple[Any, ...]]]:
    """Every part there is, as it is kept."""

    def read(connection: Connection) -> Sequence[Row[tuple[Any, ...]]]:
        return connection.execute(select(deliveries).order_by(deliveries.c.edition_id, deliveries.c.part)).all()

    return await store.read(read)


async def killed(courier: Courier, messenger: WatchingMessenger) -> None:
    """End the program while it is sending: nothing is written down any more."""
    messenger.slow = {"c1"}
    running = asyncio.create_task(courier.run())
    await asyncio.wait_for(messenger.began.wait(), 10)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    messenger.slow = set()


async def waits_until(store: Store) -> datetime:
    """When the only part is tried again."""
    (row,) = await outbox(store)
    assert row.state == WAITING
    at: datetime = row.next_at
    return at
