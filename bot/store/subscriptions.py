"""Channels' wishes: made, changed, paused, ended, and today's edition asked for ahead of its time."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select, update

from bot.model import CATALOGUE, Language, Subscription, Wish
from bot.store.schema import subscriptions

_EVERY_DAY = list(range(7))
_LIVE = subscriptions.c.ended_at.is_(None)


def subscribe(
    connection: Connection,
    wish: Wish,
    *,
    channel: str,
    now: datetime,
    scope: str = CATALOGUE,
    by: str | None = None,
) -> Subscription:
    """Write down a channel's wish, or its new wish; a paused or ended one begins again.

    A changed time or zone counts from now on: a time that has passed today is first kept tomorrow.
    """
    said = asdict(wish)
    begun = {"scope": scope, "created_at": now, "created_by": by}
    again = {"paused_at": None, "paused_reason": None, "ended_at": None}
    known = connection.execute(select(subscriptions).where(subscriptions.c.channel == channel)).first()
    if known is None:
        rest = {"channel": channel, "days": _EVERY_DAY, "topics": []}
        connection.execute(insert(subscriptions).values(**rest, **said, **begun))
    elif known.ended_at or known.paused_at or (known.local_time, known.zone) != (wish.local_time, wish.zone):
        connection.execute(update(subscriptions).where(subscriptions.c.id == known.id).values(**said, **begun, **again))
    else:
        connection.execute(update(subscriptions).where(subscriptions.c.id == known.id).values(**said))
    return subscription_of(connection.execute(select(subscriptions).where(subscriptions.c.channel == channel)).one())


def is_live() -> ColumnElement[bool]:
    """Whether a subscription gets digests: it is neither paused nor ended."""
    return and_(_LIVE, subscriptions.c.paused_at.is_(None))


def active(connection: Connection) -> list[Subscription]:
    """Every subscription that is neither paused nor ended."""
    rows = connection.execute(select(subscriptions).where(is_live()).order_by(subscriptions.c.id))
    return [subscription_of(row) for row in rows]


def listed(connection: Connection, scope: str) -> list[Subscription]:
    """Every subscription of a server that has not ended, paused ones too, in the order they were made."""
    rows = connection.execute(
        select(subscriptions).where(_LIVE, subscriptions.c.scope == scope).order_by(subscriptions.c.id)
    )
    return [subscription_of(row) for row in rows]


def of_channel(connection: Connection, channel: str) -> Subscription | None:
    """A channel's subscription, unless it has ended."""
    row = connection.execute(select(subscriptions).where(_LIVE, subscriptions.c.channel == channel)).first()
    return subscription_of(row) if row else None


def by_id(connection: Connection, subscription_id: int) -> Subscription | None:
    """A subscription, unless it has ended."""
    row = connection.execute(select(subscriptions).where(_LIVE, subscriptions.c.id == subscription_id)).first()
    return subscription_of(row) if row else None


def end(connection: Connection, subscription_id: int, now: datetime) -> None:
    """End a subscription; what the channel has seen is kept, so that a new one does not begin by repeating it."""
    row = subscriptions.c.id == subscription_id
    connection.execute(update(subscriptions).where(row).values(ended_at=now, wanted_at=None))


def want(connection: Connection, subscription_id: int, now: datetime) -> None:
    """Write down that somebody asked for today's edition now."""
    connection.execute(update(subscriptions).where(subscriptions.c.id == subscription_id).values(wanted_at=now))


def pause(connection: Connection, subscription_id: int, reason: str, now: datetime) -> None:
    """Decide no more editions for a channel that cannot be posted to; `reason` is the short name of the trouble."""
    said = {"paused_at": now, "paused_reason": reason, "wanted_at": None}
    connection.execute(update(subscriptions).where(subscriptions.c.id == subscription_id).values(**said))


def subscription_of(row: Row[tuple[object, ...]]) -> Subscription:
    """A subscription from its row."""
    return Subscription(
        id=row.id,
        channel=row.channel,
        scope=row.scope,
        local_time=row.local_time,
        zone=row.zone,
        language=Language(row.language),
        size=row.size,
        created_at=row.created_at,
        wanted_at=row.wanted_at,
        paused_reason=row.paused_reason,
    )
