"""The outbox emptied: each waiting message part is marked, posted, and marked as sent."""

import structlog

from bot.errors import DeliveryError
from bot.model import Delivery
from bot.ports import Clock, Messenger
from bot.store import editions as edition_rows
from bot.store.database import Store
from bot.store.editions import SENT, WAITING

log = structlog.get_logger()


class Courier:
    """Posts what the outbox holds, the oldest first; decides nothing about what is in it."""

    def __init__(self, store: Store, messenger: Messenger, *, clock: Clock) -> None:
        self._store = store
        self._messenger = messenger
        self._clock = clock

    async def run(self) -> int:
        """Post what waits; returns how many parts arrived. A part that failed waits, and so do those behind it."""
        arrived, stuck = 0, set[int]()
        for delivery in await self._store.read(edition_rows.outbox, self._clock()):
            if delivery.edition_id in stuck:
                continue
            if await self._send(delivery):
                arrived += 1
            else:
                stuck.add(delivery.edition_id)
        return arrived

    async def _send(self, delivery: Delivery) -> bool:
        if not await self._store.write(edition_rows.take, delivery, self._clock()):
            return False
        try:
            message = await self._messenger.deliver(delivery)
        except DeliveryError as error:
            await self._store.write(edition_rows.mark, delivery, WAITING, {"trouble": error.sentence})
            log.warning("delivery failed", edition=delivery.edition_id, part=delivery.part, **error.fields)
            return False
        arrived = {"sent_at": self._clock(), "message_id": message, "trouble": None}
        await self._store.write(edition_rows.mark, delivery, SENT, arrived)
        log.info("part delivered", edition=delivery.edition_id, part=delivery.part, message=message)
        return True
