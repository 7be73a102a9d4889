"""The outbox of watches: each alert on its way to its channel."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, insert, select

from bot.store import sending
from bot.store import watches as watch_rows
from bot.store.editions import FAILED, WAITING
from bot.store.schema import alerted, alerts, watches
from bot.store.statements import insert_new
from bot.watch import Alert, Told, Watch


def write(
    connection: Connection, watch: Watch, told: Sequence[Told], articles: Collection[int], *, seen: int, now: datetime
) -> bool:
    """Note up to where a watch has looked and, where something is new, what it tells; all of it or nothing.

    False where it ended, or another process looked, meanwhile.
    """
    if not watch_rows.look(connection, watch, seen):
        return False
    if told:
        said = {"told": [asdict(each) for each in told], "made_at": now, "state": WAITING, "attempts": 0}
        connection.execute(insert(alerts).values(watch_id=watch.id, **said))
    if rows := [{"watch_id": watch.id, "article": number} for number in sorted(articles)]:
        connection.execute(insert_new(connection, alerted), rows)
    return True


def due(connection: Connection, now: datetime) -> list[Alert]:
    """What has not arrived and may be tried now, the oldest first; what a watch that ended had is not sent."""
    rows = connection.execute(select(alerts).where(sending.may_be_tried(alerts, now)).order_by(alerts.c.id)).all()
    found = {row.watch_id: watch_rows.live(connection, row.watch_id) for row in rows}
    return [
        Alert(
            id=row.id,
            watch=watch,
            told=tuple(Told(**{**each, "newsrooms": tuple(each["newsrooms"])}) for each in row.told),
            made_at=row.made_at,
            attempts=row.attempts,
            first_at=row.first_at,
            unclear=row.unclear,
        )
        for row in rows
        if (watch := found[row.watch_id])
    ]


def take(connection: Connection, alert: Alert, now: datetime) -> bool:
    """Mark an alert as being sent; False where another process has it, or its watch ended, meanwhile."""
    live = alerts.c.watch_id.in_(select(watches.c.id).where(watches.c.ended_at.is_(None)))
    return sending.take(connection, alerts, alert, now, live)


def mark(connection: Connection, alert: Alert, state: str, said: Mapping[str, object]) -> None:
    """Write down how far an alert is."""
    sending.mark(connection, alerts, alert, state, said)


def give_up(connection: Connection, alert: Alert, reason: str, now: datetime) -> None:
    """End the watch of a channel that is closed."""
    mark(connection, alert, FAILED, {"trouble": reason})
    watch_rows.end(connection, alert.watch.id, now, reason)
