"""The editions decided for subscriptions, and what each channel has seen."""

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, and_, delete, func, insert, select, update

from bot.model import Digest, Edition, Subscription
from bot.store.schema import articles, deliveries, editions, shown, subscriptions
from bot.store.statements import chunks, insert_new
from bot.store.subscriptions import is_live, subscription_of

DIGEST = TypeAdapter(Digest)
"""How a digest is kept: as JSON."""

WAITING, SENDING, SENT, FAILED = "waiting", "sending", "sent", "failed"


def last(connection: Connection, subscription_id: int) -> tuple[date, datetime] | None:
    """The local date and the window's end of a subscription's newest edition."""
    row = connection.execute(
        select(editions.c.local_date, editions.c.window_end)
        .where(editions.c.subscription_id == subscription_id)
        .order_by(editions.c.local_date.desc())
        .limit(1)
    ).first()
    return (row.local_date, row.window_end) if row else None


def one(connection: Connection, edition_id: int) -> Edition | None:
    """An edition with the subscription it was decided for."""
    query = (
        select(subscriptions, editions.c.local_date, editions.c.decided_at, editions.c.digest)
        .join(editions, editions.c.subscription_id == subscriptions.c.id)
        .where(editions.c.id == edition_id)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    return Edition(
        id=edition_id,
        subscription=subscription_of(row),
        local_date=row.local_date,
        decided_at=row.decided_at,
        digest=DIGEST.validate_python(row.digest),
    )


def seen(
    connection: Connection, subscription_id: int, ids: Sequence[str], *, before: int | None = None
) -> dict[str, date]:
    """Which of these articles a channel has seen (before an edition), each with the local date it was shown on."""
    query = (
        select(articles.c.id, editions.c.local_date)
        .join(shown, shown.c.article == articles.c.number)
        .join(editions, editions.c.id == shown.c.edition_id)
        .where(shown.c.subscription_id == subscription_id)
    )
    if before is not None:
        query = query.where(shown.c.edition_id < before)
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
    """Write an edition, its outbox rows and the channel's memory in one go.

    None where the day is decided already, or where the subscription has been paused or ended meanwhile.
    `told` holds the ids of the articles the channel has now seen: all of each story that was shown. Who asked for
    the day's edition ahead of its time has it with this.
    """
    day = and_(editions.c.subscription_id == subscription.id, editions.c.local_date == digest.local_date)
    live = and_(subscriptions.c.id == subscription.id, is_live())
    if connection.execute(select(func.count()).where(day)).scalar_one():
        return None
    if not connection.execute(select(func.count()).where(live)).scalar_one():
        return None
    row = {
        "subscription_id": subscription.id,
        "local_date": digest.local_date,
        "decided_at": now,
        "window_start": digest.window.start,
        "window_end": digest.window.end,
        "digest": DIGEST.dump_python(digest, mode="json"),
    }
    edition = connection.execute(insert(editions).values(row).returning(editions.c.id)).scalar_one()
    outbox = [{"edition_id": edition, "part": part, "state": WAITING, "attempts": 0} for part in range(parts)]
    connection.execute(insert(deliveries), outbox)
    remember(connection, subscription.id, edition, told)
    connection.execute(update(subscriptions).where(subscriptions.c.id == subscription.id).values(wanted_at=None))
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


def withdraw(connection: Connection, edition_id: int) -> bool:
    """Take an edition back that nobody saw: its day is undecided again and its stories are new again.

    One of whose parts arrived stays: people have seen it. Returns whether it was taken back.
    """
    arrived = and_(deliveries.c.edition_id == edition_id, deliveries.c.state == SENT)
    if connection.execute(select(func.count()).where(arrived)).scalar_one():
        return False
    for table in (shown, deliveries):
        connection.execute(delete(table).where(table.c.edition_id == edition_id))
    connection.execute(delete(editions).where(editions.c.id == edition_id))
    return True


def has_arrived(connection: Connection, subscription_id: int, day: date) -> bool:
    """Whether a part of a day's edition is in its channel."""
    query = select(func.count()).join_from(deliveries, editions, editions.c.id == deliveries.c.edition_id)
    of_day = and_(editions.c.subscription_id == subscription_id, editions.c.local_date == day)
    return connection.execute(query.where(of_day, deliveries.c.state == SENT)).scalar_one() > 0
