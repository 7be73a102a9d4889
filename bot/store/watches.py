"""Saved searches: made, listed and ended, and which articles are still to be looked at."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, and_, exists, func, insert, or_, select, update

from bot.model import Language
from bot.store.schema import alerted, alerts, articles, unread, watches
from bot.store.statements import chunks, insert_new
from bot.watch import Watch

A_DAY = timedelta(days=1)
MOST_A_DAY = 3
"""How many messages a watch may bring within a day; what comes after is gathered in the next one."""

_TROUBLE_SHOWN = timedelta(days=30)
"""How long its owner sees why a watch ended by itself."""

_LIVE = watches.c.ended_at.is_(None)


def make(connection: Connection, wanted: Watch) -> Watch:
    """Write down a watch, which begins behind what is in the index now."""
    said = {"scope": wanted.scope, "channel": wanted.channel, "owner": wanted.owner, "question": wanted.question}
    rest = {"language": wanted.language, "made_at": wanted.made_at, "seen": frontier(connection)}
    made = connection.execute(insert(watches).values(**said, **rest).returning(watches)).one()
    return _watch(made)


def same(connection: Connection, wanted: Watch) -> Watch | None:
    """The live watch of the same person in the same channel for the same question."""
    query = select(watches).where(
        _LIVE,
        watches.c.owner == wanted.owner,
        watches.c.channel == wanted.channel,
        watches.c.question == wanted.question,
    )
    row = connection.execute(query).first()
    return _watch(row) if row else None


def counts(connection: Connection, owner: str, scope: str) -> tuple[int, int]:
    """How many live watches a person has, and how many a server."""
    query = select(func.count()).select_from(watches)
    of_theirs = connection.execute(query.where(_LIVE, watches.c.owner == owner)).scalar_one()
    return of_theirs, connection.execute(query.where(_LIVE, watches.c.scope == scope)).scalar_one()


def of_owner(connection: Connection, owner: str, scope: str, now: datetime) -> list[Watch]:
    """A person's own watches in one server, those too that lately ended by themselves."""
    lately = and_(watches.c.reason.is_not(None), watches.c.ended_at > now - _TROUBLE_SHOWN)
    query = select(watches).where(watches.c.owner == owner, watches.c.scope == scope, or_(_LIVE, lately))
    return [_watch(row) for row in connection.execute(query.order_by(watches.c.id))]


def live(connection: Connection, watch_id: int) -> Watch | None:
    """A watch, unless it has ended."""
    row = connection.execute(select(watches).where(_LIVE, watches.c.id == watch_id)).first()
    return _watch(row) if row else None


def end(connection: Connection, watch_id: int, now: datetime, reason: str | None = None) -> None:
    """End a watch; with a reason where nobody stopped it."""
    row = and_(_LIVE, watches.c.id == watch_id)
    connection.execute(update(watches).where(row).values(ended_at=now, reason=reason))


def end_all(connection: Connection, scope: str, now: datetime) -> None:
    """End every watch of a server that the bot has left."""
    row = and_(_LIVE, watches.c.scope == scope)
    connection.execute(update(watches).where(row).values(ended_at=now, reason="missing-access"))


def behind(connection: Connection, now: datetime) -> list[Watch]:
    """The live watches that have something to look at, without those that have told enough for a day."""
    recent = and_(alerts.c.watch_id == watches.c.id, alerts.c.made_at > now - A_DAY)
    told = select(func.count()).select_from(alerts).where(recent).scalar_subquery()
    query = select(watches).where(_LIVE, watches.c.seen < frontier(connection), told < MOST_A_DAY)
    return [_watch(row) for row in connection.execute(query.order_by(watches.c.seen, watches.c.id))]


def frontier(connection: Connection) -> int:
    """The number up to which every article is in a story and in the index."""
    newest = connection.execute(select(func.max(articles.c.number))).scalar() or 0
    unready = or_(
        articles.c.story_id.is_(None),
        exists().where(unread.c.article == articles.c.number),
    )
    first = connection.execute(select(func.min(articles.c.number)).where(unready)).scalar()
    return newest if first is None else first - 1


def after(connection: Connection, seen: int, count: int) -> list[int]:
    """The next articles to look at, at most so many."""
    within = articles.c.number > seen, articles.c.number <= frontier(connection)
    query = select(articles.c.number).where(*within).order_by(articles.c.number).limit(count)
    return list(connection.execute(query).scalars())


def numbers(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    """The numbers of articles by their ids."""
    query = select(articles.c.id, articles.c.number)
    return {
        row.id: row.number for some in chunks(ids) for row in connection.execute(query.where(articles.c.id.in_(some)))
    }


def told(connection: Connection, watch_id: int, ids: Sequence[str]) -> set[str]:
    """Those of some articles that a watch has told."""
    query = select(articles.c.id).join(alerted, alerted.c.article == articles.c.number)
    return {
        found
        for some in chunks(ids)
        for found in connection.execute(query.where(alerted.c.watch_id == watch_id, articles.c.id.in_(some))).scalars()
    }


def pass_over(connection: Connection, found: Sequence[int]) -> None:
    """Take articles as told by every live watch: they are new here and no news."""
    if found:
        rows = [
            {"watch_id": watch, "article": number}
            for watch in connection.execute(select(watches.c.id).where(_LIVE)).scalars()
            for number in found
        ]
        for some in chunks(rows):
            connection.execute(insert_new(connection, alerted), some)


def look(connection: Connection, watch: Watch, seen: int) -> bool:
    """Note up to where a watch has looked; False where it ended, or another process looked, meanwhile."""
    row = and_(_LIVE, watches.c.id == watch.id, watches.c.seen == watch.seen)
    return connection.execute(update(watches).where(row).values(seen=seen)).rowcount == 1


def _watch(row: Row[tuple[object, ...]]) -> Watch:
    return Watch(
        id=row.id,
        scope=row.scope,
        channel=row.channel,
        owner=row.owner,
        language=Language(row.language),
        question=row.question,
        made_at=row.made_at,
        seen=row.seen,
        reason=row.reason,
    )
