"""Vectors as they are kept: put down in the order they come, and read back by article or in that order."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, bindparam, func, select, tuple_

from bot.store.schema import articles, facts, vectors
from bot.store.statements import insert_new, numbered, one_of

Vectors = NDArray[np.float32]
Position = tuple[int, int]
"""How far somebody has read: the stamp and the article of the last vector."""

BEGIN: Position = (-1, 0)

_STORED = np.dtype("<f2")
_STAMP = "vectors"
_STEP = 1 << 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """Vectors in the order they came, with what limits a search; `published` in microseconds since 1970."""

    numbers: list[int]
    published: list[int]
    scopes: list[str]
    vectors: Vectors
    last: Position


def encode(connection: Connection, model: str, numbers: Sequence[int], made: Vectors) -> None:
    """Store one vector an article, behind all that were stored before."""
    stamp = _stamp(connection) if len(numbers) else 0
    rows = [
        {"article": number, "model": model, "vector": vector.astype(_STORED).tobytes(), "stamp": stamp}
        for number, vector in zip(numbers, made, strict=True)
    ]
    if rows:
        connection.execute(insert_new(connection, vectors), rows)


def after(connection: Connection, model: str, position: Position, limit: int) -> Encoded | None:
    """The vectors that came after a position, an article's next one included; None where there are none."""
    query = (
        select(vectors.c.article, vectors.c.stamp, vectors.c.vector, articles.c.scope, articles.c.published_at)
        .join(articles, articles.c.number == vectors.c.article)
        .where(vectors.c.model == model, tuple_(vectors.c.stamp, vectors.c.article) > position)
        .order_by(vectors.c.stamp, vectors.c.article)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    if not rows:
        return None
    fit = [row for row in rows if len(row.vector) == len(rows[0].vector)]
    return Encoded(
        numbers=[row.article for row in fit],
        published=[micros(row.published_at) for row in fit],
        scopes=[row.scope for row in fit],
        vectors=stack([row.vector for row in fit]),
        last=(rows[-1].stamp, rows[-1].article),
    )


def of(connection: Connection, model: str, numbers: Collection[int]) -> tuple[list[int], Vectors]:
    """The vectors of these articles that have one, in order of number."""
    rows = connection.execute(_of(connection.dialect.name), {"model": model, **numbered(connection, numbers)}).all()
    return [row.article for row in rows], stack([row.vector for row in rows])


@cache
def _of(dialect: str) -> Select[tuple[int, bytes]]:
    is_wanted = vectors.c.model == bindparam("model"), one_of(dialect, vectors.c.article)
    return select(vectors.c.article, vectors.c.vector).where(*is_wanted).order_by(vectors.c.article)


def sample(connection: Connection, model: str, most: int) -> Vectors:
    """At most so many vectors, of articles from all over the archive."""
    newest = connection.execute(select(func.max(articles.c.number))).scalar() or 0
    return of(connection, model, list({round(each) for each in np.linspace(1, newest, most)}))[1]


def dimension_at(connection: Connection, model: str, position: Position) -> int | None:
    """How many numbers a vector has that came with this position's stamp; None where there is none any more."""
    query = select(vectors.c.vector).where(vectors.c.model == model, vectors.c.stamp == position[0]).limit(1)
    found = connection.execute(query).scalar()
    return None if found is None else len(found) // _STORED.itemsize


def count(connection: Connection, model: str) -> int:
    """How many articles have a vector of this model."""
    return connection.execute(select(func.count()).where(vectors.c.model == model)).scalar_one()


def micros(when: datetime) -> int:
    """A time in microseconds since 1970, none lost."""
    return (when - _EPOCH) // timedelta(microseconds=1)


def stack(stored: Sequence[bytes]) -> Vectors:
    """Stored vectors of one length, one a row."""
    if not stored:
        return np.zeros((0, 0), np.float32)
    return np.frombuffer(b"".join(stored), _STORED).reshape(len(stored), -1).astype(np.float32)


def _stamp(connection: Connection) -> int:
    """A number above all that were given: who comes at the same time waits here, so that they appear in order.

    The step is a dice's, so that after a restored backup no stamp stands for other vectors than it did before.
    """
    connection.execute(insert_new(connection, facts).values(name=_STAMP, value="0"))
    before = connection.execute(select(facts.c.value).where(facts.c.name == _STAMP).with_for_update()).scalar_one()
    stamp = int(before) + 1 + secrets.randbelow(_STEP)
    connection.execute(facts.update().where(facts.c.name == _STAMP).values(value=str(stamp)))
    return stamp
