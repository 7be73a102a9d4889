"""What a server sees: the catalogue's articles and its own, without what only feeds brought that it has muted."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, and_, exists, not_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from bot.model import CATALOGUE
from bot.store.feed_tables import mutes
from bot.store.schema import articles, findings


class _Unsought(FunctionElement[str]):
    """A column by whose index SQLite does not look (https://www.sqlite.org/optoverview.html, "unary +")."""

    type = String()
    inherit_cache = True


@compiles(_Unsought)
def _plain(element: _Unsought, compiler: SQLCompiler, **given: Any) -> str:
    return compiler.process(element.clauses, **given)


@compiles(_Unsought, "sqlite")
def _with_a_plus(element: _Unsought, compiler: SQLCompiler, **given: Any) -> str:
    return f"+{compiler.process(element.clauses, **given)}"


def within(scope: str) -> ColumnElement[bool]:
    """Whether an article is the catalogue's or the scope's own.

    SQLite would read through the index of the scope, which is nearly every article, where a number or a story leads to
    a few. PostgreSQL sees the column itself, of which it knows how many are whose.
    """
    return _Unsought(articles.c.scope).in_((CATALOGUE, scope))


def visible(scope: str) -> ColumnElement[bool]:
    """Whether a scope sees an article."""
    own = within(scope)
    return own if scope == CATALOGUE else and_(own, not_(_muted(scope)))


def numbers_seen(connection: Connection, scope: str, since: datetime, until: datetime) -> frozenset[int]:
    """The numbers of the articles published within a time that a scope sees."""
    query = select(articles.c.number).where(articles.c.published_at.between(since, until), visible(scope))
    return frozenset(connection.execute(query).scalars())


def _muted(scope: str) -> ColumnElement[bool]:
    """Whether only feeds brought an article that this server has muted."""
    unwanted = select(mutes.c.feed_id).where(mutes.c.scope == scope)
    brought = findings.c.article == articles.c.number
    return and_(
        exists().where(brought, findings.c.feed_id.in_(unwanted)),
        not_(exists().where(brought, findings.c.feed_id.not_in(unwanted))),
    )
