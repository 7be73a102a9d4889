"""Moderators' corrections as they were made, and which of them have been undone."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Row, and_, bindparam, insert, select, update

from bot.correction import Act, Correction
from bot.model import CATALOGUE
from bot.store.schema import corrections

_STANDS = corrections.c.undone_at.is_(None)
_LOOKS = (Act.HIDE, Act.KEEP_ON_TOP, Act.RETITLE)


def add(connection: Connection, made: Correction) -> Correction:
    """Write a correction down; returns it with its number."""
    row = {
        "scope": made.scope,
        "act": made.act,
        "story_id": made.story_id,
        "other_id": made.other_id,
        "articles": list(made.articles),
        "title": made.title,
        "before": dict(made.before),
        "made_at": made.made_at,
        "made_by": made.made_by,
    }
    number = connection.execute(insert(corrections).values(row).returning(corrections.c.id)).scalar_one()
    return replace(made, id=number)


def undo(connection: Connection, correction_id: int, *, by: str, now: datetime) -> bool:
    """Note that a correction no longer holds; returns whether it did until now."""
    row = and_(corrections.c.id == correction_id, _STANDS)
    return connection.execute(update(corrections).where(row).values(undone_at=now, undone_by=by)).rowcount == 1


def one(connection: Connection, correction_id: int) -> Correction | None:
    """A correction, undone or not."""
    row = connection.execute(select(corrections).where(corrections.c.id == correction_id)).first()
    return correction_of(row) if row else None


def active(connection: Connection, scope: str, acts: Collection[Act] = tuple(Act)) -> list[Correction]:
    """What holds for a scope, in the order it was made."""
    return [correction_of(row) for row in connection.execute(_ACTIVE, {"scope": scope, "acts": list(acts)})]


def seen_by(connection: Connection, scope: str) -> list[Correction]:
    """What changes a scope's view of the stored stories: the operator's first, then its own.

    The operator's merges and splits are none of these: the store itself has followed them.
    """
    looks = active(connection, CATALOGUE, _LOOKS)
    return looks if scope == CATALOGUE else looks + active(connection, scope)


def correction_of(row: Row[tuple[object, ...]]) -> Correction:
    """A correction from its row."""
    return Correction(
        id=row.id,
        scope=row.scope,
        act=Act(row.act),
        story_id=row.story_id,
        other_id=row.other_id,
        articles=tuple(row.articles),
        title=row.title,
        before=row.before,
        made_at=row.made_at,
        made_by=row.made_by,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
    )


_ACTIVE = (
    select(corrections)
    .where(_STANDS, corrections.c.scope == bindparam("scope"), corrections.c.act.in_(bindparam("acts", expanding=True)))
    .order_by(corrections.c.id)
)
"""Written once: every story that is shown is looked at through it."""
