"""The outbox: each part of an edition on its way to its channel."""

from collections.abc import Mapping
from datetime import date, datetime

import structlog
from pydantic import ValidationError
from sqlalchemy import Connection, Row, Select, and_, exists, not_, select, update

from bot.model import Delivery
from bot.store.editions import DIGEST, FAILED, SENDING, WAITING, withdraw
from bot.store.schema import deliveries, editions, subscriptions
from bot.store.sending import begun, may_be_tried
from bot.store.subscriptions import is_live

log = structlog.get_logger()


def due(connection: Connection, now: datetime) -> list[Delivery]:
    """What has not arrived and may be tried now, the oldest edition first.

    What another process may still be sending is left to it; what a paused or ended subscription had waits, and so
    does what stands behind a part that may not be tried yet.
    """
    before = deliveries.alias()
    earlier = and_(before.c.edition_id == deliveries.c.edition_id, before.c.part < deliveries.c.part)
    behind = exists().where(earlier, before.c.state.in_([WAITING, SENDING]), not_(may_be_tried(before, now)))
    about = editions.c.digest, editions.c.subscription_id, editions.c.decided_at, subscriptions.c.channel
    query = (
        select(deliveries, *about)
        .join(editions, editions.c.id == deliveries.c.edition_id)
        .join(subscriptions, subscriptions.c.id == editions.c.subscription_id)
        .where(may_be_tried(deliveries, now), not_(behind), is_live())
        .order_by(deliveries.c.edition_id, deliveries.c.part)
    )
    found = (_delivery(row) for row in connection.execute(query))
    return [delivery for delivery in found if delivery]


def _delivery(row: Row[tuple[object, ...]]) -> Delivery | None:
    """A part from its row; None where its digest cannot be read, which is not the other channels' trouble."""
    try:
        digest = DIGEST.validate_python(row.digest)
    except ValidationError:
        log.exception("edition cannot be read", edition=row.edition_id)
        return None
    return Delivery(
        edition_id=row.edition_id,
        part=row.part,
        channel=row.channel,
        subscription_id=row.subscription_id,
        decided_at=row.decided_at,
        digest=digest,
        attempts=row.attempts,
        first_at=row.first_at,
        unclear=row.unclear,
    )


def take(connection: Connection, delivery: Delivery, now: datetime) -> bool:
    """Mark a delivery as being sent; False where another process has it, or nobody wants it, meanwhile."""
    known = select(editions.c.id).join(subscriptions, subscriptions.c.id == editions.c.subscription_id)
    live = known.where(is_live(), editions.c.decided_at == delivery.decided_at)  # SQLite gives a number twice
    row = and_(
        deliveries.c.edition_id.in_(live),
        deliveries.c.edition_id == delivery.edition_id,
        deliveries.c.part == delivery.part,
        deliveries.c.attempts == delivery.attempts,
        deliveries.c.state.in_([WAITING, SENDING]),
    )
    said = begun(delivery.attempts, delivery.first_at, now)
    return connection.execute(update(deliveries).where(row).values(**said)).rowcount == 1


def mark(connection: Connection, delivery: Delivery, state: str, said: Mapping[str, object]) -> None:
    """Write down how far a delivery is."""
    row = and_(deliveries.c.edition_id == delivery.edition_id, deliveries.c.part == delivery.part)
    connection.execute(update(deliveries).where(row).values(state=state, **said))


def put_back(connection: Connection, delivery: Delivery, said: Mapping[str, object]) -> None:
    """Leave a part that was being sent for a later try; one that was dropped meanwhile stays dropped."""
    row = and_(deliveries.c.edition_id == delivery.edition_id, deliveries.c.part == delivery.part)
    sending = and_(row, deliveries.c.state == SENDING)
    connection.execute(update(deliveries).where(sending).values(state=WAITING, **said))


def drop(connection: Connection, subscription_id: int, *, before: date | None = None) -> None:
    """What has not arrived (of the days before one) in a channel that gets no more of it: nobody wants an old digest.

    An edition nobody can have seen is taken back, and its stories are new again. One with an unclear part stays
    decided, and `revive` has it looked for.
    """
    of_theirs = _editions_of(subscription_id)
    if before is not None:
        of_theirs = of_theirs.where(editions.c.local_date < before)
    unsettled = deliveries.c.state.in_([WAITING, SENDING]) & deliveries.c.edition_id.in_(of_theirs)
    left: dict[int, bool] = {}
    for row in connection.execute(select(deliveries.c.edition_id, deliveries.c.unclear).where(unsettled)):
        left[row.edition_id] = left.get(row.edition_id, False) or row.unclear
    for edition, unclear in left.items():
        if unclear or not withdraw(connection, edition):
            of_it = and_(unsettled, deliveries.c.edition_id == edition)
            connection.execute(update(deliveries).where(of_it).values(state=FAILED))


def revive(connection: Connection, subscription_id: int, today: date) -> None:
    """Try again what failed of today's edition: where it was posted after all, it is found."""
    of_today = _editions_of(subscription_id).where(editions.c.local_date == today)
    failed = and_(deliveries.c.state == FAILED, deliveries.c.edition_id.in_(of_today))
    connection.execute(update(deliveries).where(failed).values(state=WAITING, next_at=None))


def _editions_of(subscription_id: int) -> Select[tuple[int]]:
    return select(editions.c.id).where(editions.c.subscription_id == subscription_id)
