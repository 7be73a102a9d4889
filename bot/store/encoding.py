"""Which articles lack a vector of the model in use, found without looking through the archive again and again.

New ones have no story yet, edited ones stand in a list, and all others lack one only after the model was changed: these
are walked through once, the newest first, and how far that has come is kept among the facts.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, and_, delete, func, select

from bot.model import Article
from bot.store import articles as article_rows
from bot.store import facts as fact_rows
from bot.store import vectors as vector_rows
from bot.store.schema import articles, stale, vectors
from bot.store.statements import chunks
from bot.store.vectors import Vectors

_STRIDE = 20_000
"""How many articles of the archive are looked at in one go."""

Numbered = Sequence[tuple[int, Article]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Older:
    """A part of the older articles: those to encode, what is no longer stale then, and what is left to walk through.

    `below` is the number of the article from which on none lacks a vector.
    """

    articles: Numbered = ()
    settled: Sequence[int] = ()
    below: int


def fresh(connection: Connection, model: str, limit: int) -> Numbered:
    """Articles that have neither a story nor a vector of this model, in the order they came."""
    return _some(connection, _lacking(model).where(articles.c.story_id.is_(None)).order_by(articles.c.number), limit)


def within(connection: Connection, model: str, limit: int, since: datetime, until: datetime) -> Numbered:
    """Articles published within a time that have a story and no vector of this model."""
    open_ones = articles.c.story_id.is_not(None), articles.c.published_at.between(since, until)
    return _some(connection, _lacking(model).where(*open_ones), limit)


def older(connection: Connection, model: str, limit: int) -> Older | None:
    """The next of the older articles to look at; None where none is left."""
    below = _below(connection, model)
    edited = connection.execute(select(stale.c.article).order_by(stale.c.article).limit(limit)).scalars().all()
    if edited:
        lacking = _lacking(model).where(articles.c.number.in_(edited))
        return Older(articles=_some(connection, lacking, limit), settled=edited, below=below)
    if below <= 1:
        return None
    since = max(0, below - _STRIDE)
    passed = articles.c.number < below, articles.c.number >= since
    found = _some(connection, _lacking(model).where(*passed).order_by(articles.c.number.desc()), limit)
    return Older(articles=found, below=found[-1][0] if len(found) == limit else since)


def keep(connection: Connection, model: str, encoded: Numbered, made: Vectors) -> None:
    """Store the vectors of articles that still have the title they were made of."""
    titles: dict[int, str] = {}
    for some in chunks([number for number, _ in encoded]):
        query = select(articles.c.number, articles.c.title).where(articles.c.number.in_(some))
        titles |= {row.number: row.title for row in connection.execute(query)}
    same = [at for at, (number, article) in enumerate(encoded) if titles.get(number) == article.title]
    if same:
        vector_rows.encode(connection, model, [encoded[at][0] for at in same], made[same])


def pass_by(connection: Connection, model: str, part: Older, made: Vectors) -> None:
    """Store what was made of the older articles, and how far the walk has come."""
    keep(connection, model, part.articles, made)
    lacking = {number for some in chunks(part.settled) for number in _lack(connection, model, some)}
    for some in chunks([number for number in part.settled if number not in lacking]):
        connection.execute(delete(stale).where(stale.c.article.in_(some)))
    fact_rows.note(connection, fact_rows.ENCODING, json.dumps({"model": model, "below": part.below}))


def progress(connection: Connection, model: str) -> tuple[int, int]:
    """How many articles have a vector of this model, and how many there are."""
    encoded = select(func.count()).select_from(vectors).where(vectors.c.model == model)
    return connection.execute(encoded).scalar_one(), article_rows.count(connection)


def _below(connection: Connection, model: str) -> int:
    """How far the walk for this model has come; another model's says nothing."""
    said = json.loads(fact_rows.text(connection, fact_rows.ENCODING) or "{}")
    if said.get("model") == model:
        return int(said["below"])
    return (connection.execute(select(func.max(articles.c.number))).scalar() or 0) + 1


def _lacking(model: str) -> Select[tuple[object, ...]]:
    has = and_(vectors.c.article == articles.c.number, vectors.c.model == model)
    return select(articles).outerjoin(vectors, has).where(vectors.c.article.is_(None))


def _lack(connection: Connection, model: str, numbers: Sequence[int]) -> Sequence[int]:
    query = _lacking(model).where(articles.c.number.in_(numbers)).with_only_columns(articles.c.number)
    return connection.execute(query).scalars().all()


def _some(connection: Connection, query: Select[tuple[object, ...]], limit: int) -> Numbered:
    return [(row.number, article_rows.article_of(row)) for row in connection.execute(query.limit(limit))]
