"""What is polled, when it is due, and what polling has learnt."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, select, update

from bot.model import CATALOGUE, Feed, FeedSpec, FeedState, Kind, Language, Newsroom, Topic
from bot.store.articles import chunks
from bot.store.schema import feeds

FROM_FILE, FROM_COMMAND = "file", "command"
_STATE = tuple(FeedState.__dataclass_fields__)
_UNREAD = {"etag": None, "modified": None, "body_hash": None, "seeded_at": None, "failures": 0}
"""What a feed that comes back begins with: it seeds again, so that weeks of backlog are not told as news."""


def listed(connection: Connection, *, scope: str = CATALOGUE) -> list[Feed]:
    """Every feed of a scope that has not been removed, by title."""
    rows = connection.execute(
        select(feeds).where(feeds.c.scope == scope, feeds.c.removed_at.is_(None)).order_by(feeds.c.title)
    )
    return [_feed(row) for row in rows]


def due(connection: Connection, now: datetime) -> int:
    """How many feeds' time has come."""
    return connection.execute(select(func.count()).select_from(feeds).where(_is_due(now))).scalar_one()


def claim(connection: Connection, now: datetime, until: datetime) -> list[Feed]:
    """Take the feeds whose time has come, the longest overdue first, and put off their next poll.

    Whatever happens to this poll, no host is asked again at once, and no other process asks it now.
    """
    query = select(feeds).where(_is_due(now)).order_by(feeds.c.next_poll_at, feeds.c.id)
    claimed = [_feed(row) for row in connection.execute(query.with_for_update(skip_locked=True))]
    for some in chunks([feed.id for feed in claimed]):
        connection.execute(update(feeds).where(feeds.c.id.in_(some)).values(next_poll_at=until))
    return claimed


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(feeds.c.next_poll_at <= now, feeds.c.removed_at.is_(None), feeds.c.paused_at.is_(None))


def count(connection: Connection, *, scope: str = CATALOGUE) -> int:
    """How many feeds of a scope are read here."""
    query = select(func.count()).where(feeds.c.scope == scope, feeds.c.removed_at.is_(None))
    return connection.execute(query).scalar_one()


def sync(connection: Connection, specs: Sequence[FeedSpec], now: datetime) -> None:
    """Make the catalogue's file feeds exactly these; what polling has learnt stays, what left is kept as removed."""
    for spec in specs:
        put(connection, spec, origin=FROM_FILE, now=now)
    connection.execute(
        update(feeds)
        .where(
            feeds.c.scope == CATALOGUE,
            feeds.c.origin == FROM_FILE,
            feeds.c.removed_at.is_(None),
            feeds.c.url.not_in([spec.url for spec in specs]),
        )
        .values(removed_at=now)
    )


def put(connection: Connection, spec: FeedSpec, *, origin: str, now: datetime, scope: str = CATALOGUE) -> None:
    """Add a feed, or write down what is now said of it; a new one is due at once."""
    key = {"scope": scope, "url": spec.url}
    known = connection.execute(select(feeds.c.id, feeds.c.removed_at).filter_by(**key)).first()
    said = _said(spec) | {"origin": origin, "removed_at": None}
    if known is None:
        fresh = {"added_at": now, "next_poll_at": now, "failures": 0}
        connection.execute(insert(feeds).values(**key, **said, **fresh))
    else:
        returns = _UNREAD | {"next_poll_at": now} if known.removed_at else {}
        connection.execute(update(feeds).where(feeds.c.id == known.id).values(**said, **returns))


def remove(connection: Connection, feed_id: int, now: datetime) -> None:
    """Stop reading a feed; its articles stay."""
    connection.execute(update(feeds).where(feeds.c.id == feed_id).values(removed_at=now))


def learn(connection: Connection, feed_id: int, state: FeedState) -> None:
    """Write down what the last poll has learnt."""
    connection.execute(update(feeds).where(feeds.c.id == feed_id).values(**asdict(state)))


def _said(spec: FeedSpec) -> dict[str, object]:
    return {
        "title": spec.title,
        "newsroom": spec.newsroom.name,
        "language": spec.newsroom.language,
        "kind": spec.newsroom.kind,
        "topics": list(spec.topics),
        "mixed": spec.mixed,
        "zone": spec.zone,
        "home": spec.home,
    }


def _feed(row: Row[tuple[object, ...]]) -> Feed:
    spec = FeedSpec(
        url=row.url,
        title=row.title,
        newsroom=Newsroom(name=row.newsroom, language=Language(row.language), kind=Kind(row.kind)),
        topics=_topics(row.topics),
        mixed=row.mixed,
        zone=row.zone,
        home=row.home,
    )
    state = FeedState(**{name: getattr(row, name) for name in _STATE})
    return Feed(id=row.id, scope=row.scope, origin=row.origin, spec=spec, state=state)


def _topics(names: Iterable[str]) -> tuple[Topic, ...]:
    return tuple(Topic(name) for name in names)
