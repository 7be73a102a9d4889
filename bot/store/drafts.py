"""Feeds somebody may add: found and perhaps looked at, kept for the button that adds them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from bot.model import Language
from bot.store.feed_tables import drafts

_KEPT = timedelta(days=7)
"""How long the button works: what a feed looked like then is old after that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A feed somebody may add: `wanted` is what they said of it, the rest what a look at it found; None before one."""

    id: int
    made_by: str
    wanted: Mapping[str, object]
    title: str | None
    language: Language | None
    home: str | None


def keep(connection: Connection, scope: str, wanted: Mapping[str, object], *, by: str, now: datetime) -> int:
    """Write a draft down and return its number; old ones go."""
    connection.execute(delete(drafts).where(drafts.c.made_at < now - _KEPT))
    row = {"scope": scope, "wanted": dict(wanted), "made_at": now, "made_by": by}
    number: int = connection.execute(insert(drafts).values(row).returning(drafts.c.id)).scalar_one()
    return number


def looked(connection: Connection, draft_id: int, *, title: str, language: Language | None, home: str | None) -> None:
    """Write down what a look found."""
    found = {"title": title, "language": language, "home": home}
    connection.execute(update(drafts).where(drafts.c.id == draft_id).values(found))


def one(connection: Connection, draft_id: int, scope: str) -> Draft | None:
    """A server's draft, unless it is gone."""
    row = connection.execute(select(drafts).where(_of(draft_id, scope))).first()
    if row is None:
        return None
    return Draft(
        id=row.id,
        made_by=row.made_by,
        wanted=row.wanted,
        title=row.title,
        language=Language(row.language) if row.language else None,
        home=row.home,
    )


def drop(connection: Connection, draft_id: int, scope: str) -> None:
    """Forget a draft."""
    connection.execute(delete(drafts).where(_of(draft_id, scope)))


def _of(draft_id: int, scope: str) -> ColumnElement[bool]:
    return and_(drafts.c.id == draft_id, drafts.c.scope == scope)
