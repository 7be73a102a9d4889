"""The names that moderators added to the known ones: data of their server, and what they take back stays written."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select, update

from bot.model import CATALOGUE, Language
from bot.store.schema import names


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedName:
    """A name that moderators added, of a known entity or of a new one, whose `kind` it then says."""

    id: int
    entity: str
    kind: str
    name: str
    language: Language


def seen_by(connection: Connection, scope: str) -> tuple[AddedName, ...]:
    """The names a scope knows beside the bundled ones: the operator's, then its own, each as it was added."""
    query = select(names).where(names.c.scope.in_((CATALOGUE, scope)), names.c.removed_at.is_(None))
    rows = connection.execute(query.order_by(names.c.scope != CATALOGUE, names.c.id))
    return tuple(_added(row) for row in rows)


def add(connection: Connection, wanted: AddedName, *, scope: str, by: str, now: datetime) -> int:
    """Add a name to a scope and return its number; one that is there already keeps it. `wanted.id` does not matter."""
    there = connection.execute(
        select(names.c.id).where(_of(scope), names.c.name == wanted.name, names.c.entity == wanted.entity)
    ).scalar()
    if there is not None:
        return int(there)
    row = insert(names).values(
        scope=scope,
        entity=wanted.entity,
        kind=wanted.kind,
        name=wanted.name,
        language=wanted.language,
        added_at=now,
        added_by=by,
    )
    return int(connection.execute(row.returning(names.c.id)).scalar_one())


def remove(connection: Connection, number: int, *, scope: str, by: str, now: datetime) -> bool:
    """Take a scope's name back; False where it has none of this number."""
    there = and_(_of(scope), names.c.id == number)
    return bool(connection.execute(update(names).where(there).values(removed_at=now, removed_by=by)).rowcount)


def _of(scope: str) -> ColumnElement[bool]:
    return and_(names.c.scope == scope, names.c.removed_at.is_(None))


def _added(row: Row[tuple[object, ...]]) -> AddedName:
    return AddedName(id=row.id, entity=row.entity, kind=row.kind, name=row.name, language=Language(row.language))
