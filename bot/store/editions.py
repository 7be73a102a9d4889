"""Subscriptions, the editions decided for them, what each channel has seen, and the outbox."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update

from bot.model import Delivery, Digest, Edition, Language, Subscription
from bot.store.articles import chunks, insert_new
from bot.store.schema import articles, deliveries, editions, shown, subscriptions

_DIGEST = TypeAdapter(Digest)
_EVERY_DAY = list(range(7))
_LEASE = timedelta(minutes=2)
"""How long a part may be on its way before it counts as abandoned by a program that died."""

WAITING, SENDING, SENT, FAILED = "waiting", "sending", "sent", "failed"


def subscribe(
    connection: Connection,
    *,
    channel: str,
    local_time: time,
    zone: str,
    language: Language,
    size: int,
    now: datetime,
) -> Subscription:
    """Write down a channel's wish, or its new wish."""
    wish = {"local_time": local_time, "zone": zone, "language": language, "size": size}
    known = connection.execute(select(subscriptions.c.id).where(subscriptions.c.channel == channel)).scalar()
    if known is None:
        rest = {"scope": "catalogue", "days": _EVERY_DAY, "topics": [], "created_at": now}
        connection.execute(insert(subscriptions).values(channel=channel, **wish, **rest))
    else:
        connection.execute(update(subscriptions).where(subscriptions.c.id == known).values(**wish))
    row = connection.execute(select(subscriptions).where(subscriptions.c.channel == channel)).one()
    return _subscription(row)


def active(connection: Connection) -> list[Subscription]:
    """Every subscription that is not paused."""
    rows = connection.execute(
        select(subscriptions).where(subscriptions.c.paused_at.is_(None)).order_by(subscriptions.c.id)
    )
    return [_subscription(row) for row in rows]


def last(connection: Connection, subscription_id: int) -> tuple[date, datetime] | None:
    """The local date and the window's end of a subscription's newest edition."""
    row = connection.execute(
        select(editions.c.local_date, editions.c.window_end)
        .where(editions.c.subscription_id == subscription_id)
        .order_by(editions.c.local_date.desc())
        .limit(1)
    ).first()
    return (row.local_date, row.window_end) if row else None


def seen(connection: Connection, subscription_id: int, ids: Sequence[str]) -> dict[str, date]:
    """Which of these articles a channel has seen, each with the local date it was shown on."""
    query = (
        select(articles.c.id, editions.c.local_date)
        .join(shown, shown.c.article == articles.c.number)
        .join(editions, editions.c.id == shown.c.edition_id)
        .where(shown.c.subscription_id == subscription_id)
    )
    return {
        row.id: row.local_date
        for some in chunks(ids)
        for row in connection.execute(query.where(articles.c.id.in_(some)))
    }


def decide(
    connection: Connection,
    subscription: Subscription,
    digest: Digest,
    told: Sequence[str],
    *,
    parts: int,
    now: datetime,
) -> Edition | None:
    """Write an edition, its outbox rows and the channel's memory in one go; None where the day is decided already.

    `told` holds the ids of the articles the channel has now seen: all of each story that was shown.
    """
    day = and_(editions.c.subscription_id == subscription.id, editions.c.local_date == digest.local_date)
    if connection.execute(select(func.count()).where(day)).scalar_one():
        return None
    row = {
        "subscription_id": subscription.id,
        "local_date": digest.local_date,
        "decided_at": now,
        "window_start": digest.window.start,
        "window_end": digest.window.end,
        "digest": _DIGEST.dump_python(digest, mode="json"),
    }
    edition = connection.execute(insert(editions).values(row).returning(editions.c.id)).scalar_one()
    outbox = [{"edition_id": edition, "part": part, "state": WAITING, "attempts": 0} for part in range(parts)]
    connection.execute(insert(deliveries), outbox)
    remember(connection, subscription.id, edition, told)
    return Edition(id=edition, subscription=subscription, local_date=digest.local_date, decided_at=now, digest=digest)


def remember(connection: Connection, subscription_id: int, edition: int, told: Sequence[str]) -> None:
    """Add to what a channel has seen; what it saw before stays with the edition it first saw it in."""
    rows = [
        {"subscription_id": subscription_id, "article": number, "edition_id": edition}
        for some in chunks(told)
        for number in connection.execute(select(articles.c.number).where(articles.c.id.in_(some))).scalars()
    ]
    if rows:
        connection.execute(insert_new(connection, shown), rows)


def outbox(connection: Connection, now: datetime) -> list[Delivery]:
    """What has not arrived yet, the oldest edition first; what another process may still be sending is left to it."""
    abandoned = and_(deliveries.c.state == SENDING, deliveries.c.started_at <= now - _LEASE)
    query = (
        select(deliveries, editions.c.digest, subscriptions.c.channel)
        .join(editions, editions.c.id == deliveries.c.edition_id)
        .join(subscriptions, subscriptions.c.id == editions.c.subscription_id)
        .where(or_(deliveries.c.state == WAITING, abandoned))
        .order_by(deliveries.c.edition_id, deliveries.c.part)
    )
    return [
        Delivery(
            edition_id=row.edition_id,
            part=row.part,
            channel=row.channel,
            digest=_DIGEST.validate_python(row.digest),
            attempts=row.attempts,
        )
        for row in connection.execute(query)
    ]


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


def _subscription(row: Row[tuple[object, ...]]) -> Subscription:
    return Subscription(
        id=row.id,
        channel=row.channel,
        scope=row.scope,
        local_time=row.local_time,
        zone=row.zone,
        language=Language(row.language),
        size=row.size,
        created_at=row.created_at,
    )
