"""What a server sees: the catalogue's articles and its own, without what only feeds brought that it has muted."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, not_, select

from bot.model import CATALOGUE
from bot.store.feed_tables import mutes
from bot.store.schema import articles, findings


def within(scope: str) -> ColumnElement[bool]:
    """Whether an article is the catalogue's or the scope's own.

    Asked as what it is not, for which SQLite takes no index: it would read through that of the scope, which is nearly
    every article, where a number or a story leads to a few. PostgreSQL knows that it is nearly every article.
    """
    return not_(and_(articles.c.scope != CATALOGUE, articles.c.scope != scope))


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
