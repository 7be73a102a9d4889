"""What each feed has brought of late: its newest article, how many there were, and how many of them belong here."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, select

from bot.feed import Brought, Feed
from bot.store import feeds as feed_rows
from bot.store.schema import articles, findings

LATELY = timedelta(days=28)
"""Over how long a feed's rhythm is taken: four times a weekly newsletter."""


def brought(connection: Connection, feeds: Sequence[int], now: datetime) -> dict[int, Brought]:
    """What feeds have brought in the last weeks; of one that brought nothing then, in the weeks before its newest.

    An archive of years is not read through: the last weeks are found by their dates, and only feeds that are silent
    are looked at one by one.
    """
    lately = connection.execute(_counted(articles.c.published_at > now - LATELY)).all()
    found = {row.feed_id: _brought(row) for row in lately}
    silent = {feed: _before(connection, feed) for feed in feeds if feed not in found}
    return found | {feed: before for feed, before in silent.items() if before}


def seen_with_brought(connection: Connection, scope: str, now: datetime) -> tuple[list[Feed], dict[int, Brought]]:
    """The feeds a server is told of, and what they brought."""
    feeds = feed_rows.seen_by(connection, scope)
    return feeds, brought(connection, [feed.id for feed in feeds], now)


def _before(connection: Connection, feed: int) -> Brought | None:
    """What a silent feed brought in the weeks before its newest article."""
    own = findings.c.feed_id == feed
    joined = select(func.max(articles.c.published_at)).join(findings, findings.c.article == articles.c.number)
    newest = connection.execute(joined.where(own)).scalar()
    if newest is None:
        return None
    (row,) = connection.execute(_counted(and_(own, articles.c.published_at > newest - LATELY))).all()
    return _brought(row)


def _counted(which: ColumnElement[bool]) -> Select[Any, Any, Any, Any, Any, Any]:
    grouped = articles.c.story_id.is_not(None)  # whether it belongs here is decided as it is grouped
    feed = func.coalesce(findings.c.feed_id, 0)  # by the column itself SQLite would walk through all its index
    return (
        select(
            feed.label("feed_id"),
            func.count(articles.c.number.distinct()).label("articles"),
            func.min(articles.c.published_at).label("oldest"),
            func.max(articles.c.published_at).label("newest"),
            func.sum(case((grouped, 1), else_=0)).label("judged"),
            func.sum(case((and_(grouped, articles.c.relevant), 1), else_=0)).label("relevant"),
        )
        .join(articles, articles.c.number == findings.c.article)
        .where(which)
        .group_by(feed)
    )


def _brought(row: Row[Any, Any, Any, Any, Any, Any]) -> Brought:
    share = row.relevant / row.judged if row.judged else None
    return Brought(newest=row.newest, oldest=row.oldest, count=row.articles, on_topic=share)
