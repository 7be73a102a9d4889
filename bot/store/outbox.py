"""The outbox: each part of an edition on its way to its channel."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, FromClause, and_, exists, not_, or_, select, update

from bot.model import Delivery
from bot.store.editions import DIGEST, SENDING, WAITING
from bot.store.schema import deliveries, editions, subscriptions

LEASE = timedelta(minutes=1)
"""How long a part may be on its way before it counts as abandoned by a program that died."""


def due(connection: Connection, now: datetime) -> list[Delivery]:
    """What has not arrived and may be tried now, the oldest edition first.

    What another process may still be sending is left to it; what a paused or ended subscription had waits, and so
    does what stands behind a part that may not be tried yet.
    """
    before = deliveries.alias()
    earlier = and_(before.c.edition_id == deliveries.c.edition_id, before.c.part < deliveries.c.part)
    behind = exists().where(earlier, before.c.state.in_([WAITING, SENDING]), not_(_may_be_tried(before, now)))
    wished = and_(subscriptions.c.paused_at.is_(None), subscriptions.c.ended_at.is_(None))
    query = (
        select(deliveries, editions.c.digest, editions.c.subscription_id, subscriptions.c.channel)
        .join(editions, editions.c.id == deliveries.c.edition_id)
        .join(subscriptions, subscriptions.c.id == editions.c.subscription_id)
        .where(_may_be_tried(deliveries, now), not_(behind), wished)
        .order_by(deliveries.c.edition_id, deliveries.c.part)
    )
    return [
        Delivery(
            edition_id=row.edition_id,
            part=row.part,
            channel=row.channel,
            subscription_id=row.subscription_id,
            digest=DIGEST.validate_python(row.digest),
            attempts=row.attempts,
        )
        for row in connection.execute(query)
    ]


def _may_be_tried(rows: FromClause, now: datetime) -> ColumnElement[bool]:
    waiting = and_(rows.c.state == WAITING, or_(rows.c.next_at.is_(None), rows.c.next_at <= now))
    abandoned = and_(rows.c.state == SENDING, rows.c.started_at <= now - LEASE)
    return or_(waiting, abandoned)


def take(connection: Connection, delivery: Delivery, now: datetime) -> bool:
    """Mark a delivery as being sent; returns False where another process has taken it meanwhile."""
    row = and_(
        deliveries.c.edition_id == delivery.edition_id,
        deliveries.c.part == delivery.part,
        deliveries.c.attempts == delivery.attempts,
        deliveries.c.state.in_([WAITING, SENDING]),
    )
    begun = {"state": SENDING, "attempts": delivery.attempts + 1, "started_at": now}
    return connection.execute(update(deliveries).where(row).values(**begun)).rowcount == 1


def mark(connection: Connection, delivery: Delivery, state: str, said: Mapping[str, object]) -> None:
    """Write down how far a delivery is."""
    row = and_(deliveries.c.edition_id == delivery.edition_id, deliveries.c.part == delivery.part)
    connection.execute(update(deliveries).where(row).values(state=state, **said))
