"""Hosts that are left alone until a time, whichever of their feeds is due."""

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from bot.feed import LONGEST_WAIT
from bot.store.feed_tables import hosts
from bot.store.statements import insert_new


def close(connection: Connection, name: str, until: datetime, *, now: datetime) -> None:
    """Ask a host no more before a time, or before a later one that it gave already."""
    connection.execute(delete(hosts).where(hosts.c.closed_until <= now))
    connection.execute(insert_new(connection, hosts).values(name=name, closed_until=until))
    is_sooner = hosts.c.closed_until < until
    connection.execute(update(hosts).where(hosts.c.name == name, is_sooner).values(closed_until=until))


def closed(connection: Connection, now: datetime) -> dict[str, datetime]:
    """The hosts that are not to be asked now, each with when they may be."""
    query = select(hosts).where(hosts.c.closed_until > now, hosts.c.closed_until <= now + LONGEST_WAIT)
    return {row.name: row.closed_until for row in connection.execute(query)}
