"""What every outbox does alike: a message waits, one process takes it, and it arrives, waits again or is given up."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, Connection, FromClause, Table, and_, or_, update

from bot.store.editions import SENDING, WAITING

LEASE = timedelta(minutes=1)
"""How long a message may be on its way before it counts as abandoned by a program that died."""


class Post(Protocol):
    """A message as it stands in an outbox with a number for each."""

    @property
    def id(self) -> int:
        """Its number."""
        ...

    @property
    def attempts(self) -> int:
        """How often it was tried."""
        ...

    @property
    def first_at(self) -> datetime | None:
        """When it was first tried."""
        ...


def may_be_tried(rows: FromClause, now: datetime) -> ColumnElement[bool]:
    """Whether a message waits and its time has come, or the process that had it died."""
    waiting = and_(rows.c.state == WAITING, or_(rows.c.next_at.is_(None), rows.c.next_at <= now))
    abandoned = and_(rows.c.state == SENDING, rows.c.started_at <= now - LEASE)
    return or_(waiting, abandoned)


def begun(attempts: int, first_at: datetime | None, now: datetime) -> dict[str, object]:
    """What is written down as a try begins.

    Until somebody says otherwise it is unclear: whoever dies here cannot tell whether it was posted.
    """
    return {
        "state": SENDING,
        "attempts": attempts + 1,
        "started_at": now,
        "first_at": first_at or now,
        "unclear": True,
    }


def take(connection: Connection, rows: Table, post: Post, now: datetime, *wanted: ColumnElement[bool]) -> bool:
    """Mark a message as being sent; False where another process has it, or it is not `wanted` any more."""
    row = and_(
        rows.c.id == post.id,
        rows.c.attempts == post.attempts,
        rows.c.state.in_([WAITING, SENDING]),
        *wanted,
    )
    said = begun(post.attempts, post.first_at, now)
    return connection.execute(update(rows).where(row).values(**said)).rowcount == 1


def mark(connection: Connection, rows: Table, post: Post, state: str, said: Mapping[str, object]) -> None:
    """Write down how far a message is."""
    connection.execute(update(rows).where(rows.c.id == post.id).values(state=state, **said))
