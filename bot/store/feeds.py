"""What is polled, when it is due, and what polling has learnt."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, case, delete, func, insert, or_, select, update

from bot.feed import LONGEST_WAIT, Feed, FeedSpec, FeedState
from bot.model import CATALOGUE, Kind, Language, Newsroom, Topic
from bot.store.feed_tables import feeds, mutes
from bot.store.statements import chunks, insert_new

FROM_FILE, FROM_COMMAND = "file", "command"
_STATE = tuple(FeedState.__dataclass_fields__)
_UNREAD = {
    **dict.fromkeys(("etag", "modified", "body_hash", "full_at", "seeded_at", "failing_at", "off_at")),
    **dict.fromkeys(("moved_to", "moved_at")),
    **dict.fromkeys(("failures", "moved_polls"), 0),
}
"""What a feed that comes back begins with: it seeds again, so that weeks of backlog are not told as news."""


def listed(connection: Connection, *, scope: str = CATALOGUE) -> list[Feed]:
    """Every feed of a scope that has not been removed, by title."""
    rows = connection.execute(
        select(feeds).where(feeds.c.scope == scope, feeds.c.removed_at.is_(None)).order_by(feeds.c.title)
    )
    return [_feed(row) for row in rows]


def seen_by(connection: Connection, scope: str) -> list[Feed]:
    """Every feed a server is told of: the catalogue's and its own, by title; `muted` tells what it does not see."""
    unwanted = set(connection.execute(select(mutes.c.feed_id).where(mutes.c.scope == scope)).scalars())
    both = [*listed(connection), *(listed(connection, scope=scope) if scope != CATALOGUE else ())]
    told = (replace(feed, muted=feed.id in unwanted) for feed in both)
    return sorted(told, key=lambda feed: (feed.spec.title.casefold(), feed.id))


def due(connection: Connection, now: datetime) -> int:
    """How many feeds' time has come."""
    return connection.execute(select(func.count()).select_from(feeds).where(_is_due(now))).scalar_one()


def take_due(connection: Connection, now: datetime) -> list[Feed]:
    """The feeds whose time has come, the longest overdue first; no other process takes them in this transaction."""
    query = select(feeds).where(_is_due(now)).order_by(feeds.c.next_poll_at, feeds.c.id)
    return [_feed(row) for row in connection.execute(query.with_for_update(skip_locked=True))]


def put_off(connection: Connection, feed_ids: Sequence[int], until: datetime) -> None:
    """Let the next poll of feeds wait."""
    for some in chunks(feed_ids):
        connection.execute(update(feeds).where(feeds.c.id.in_(some)).values(next_poll_at=until))


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Whether its time has come, or was written by a clock that has been set back since."""
    times = or_(feeds.c.next_poll_at <= now, feeds.c.next_poll_at > now + LONGEST_WAIT, feeds.c.polled_at > now)
    return and_(times, _is_read())


def _is_read() -> ColumnElement[bool]:
    return and_(feeds.c.removed_at.is_(None), feeds.c.paused_at.is_(None), feeds.c.off_at.is_(None))


def last_success(connection: Connection) -> datetime | None:
    """When any feed was last read."""
    last: datetime | None = connection.execute(select(func.max(feeds.c.succeeded_at))).scalar_one()
    return last


def is_read(connection: Connection, feed: Feed, *, at: str | None) -> bool:
    """Whether another feed of the same scope is read at an address, as it was written or where it leads."""
    there = or_(feeds.c.url == at, feeds.c.moved_to == at)
    others = select(feeds.c.id).where(feeds.c.scope == feed.scope, feeds.c.id != feed.id, there, _is_read())
    return connection.execute(others.limit(1)).first() is not None


def count(connection: Connection, *, scope: str = CATALOGUE) -> int:
    """How many feeds are read for a scope: the catalogue's and its own, but none that is paused, muted or given up."""
    return connection.execute(select(func.count()).where(_is_read_for(scope))).scalar_one()


def unread(connection: Connection, scope: str) -> int:
    """How many of the feeds that `count` counts have never been read."""
    never = feeds.c.polled_at.is_(None)
    return connection.execute(select(func.count()).where(_is_read_for(scope), never)).scalar_one()


def _is_read_for(scope: str) -> ColumnElement[bool]:
    unwanted = select(mutes.c.feed_id).where(mutes.c.scope == scope)
    seen = and_(feeds.c.scope.in_((CATALOGUE, scope)), feeds.c.id.not_in(unwanted))
    return and_(seen, _is_read())


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


def put(
    connection: Connection,
    spec: FeedSpec,
    *,
    origin: str,
    now: datetime,
    scope: str = CATALOGUE,
    by: str | None = None,
    channel: str | None = None,
) -> None:
    """Add a feed, or write down what is now said of it; `by` is who adds it, `channel` where they do.

    A new one is due at once; one that returns when it would have been, had it stayed: adding again asks nobody sooner.
    """
    key = {"scope": scope, "url": spec.url}
    known = connection.execute(select(feeds.c.id, feeds.c.removed_at).filter_by(**key)).first()
    said = _said(spec) | {"origin": origin, "removed_at": None}
    if known is None:
        fresh = {"added_at": now, "added_by": by, "added_in": channel, "next_poll_at": now, "failures": 0}
        connection.execute(insert(feeds).values(**key, **said, **fresh))
    else:
        back = {"added_by": by, "added_in": channel, "paused_at": None}
        returns = _UNREAD | back if known.removed_at else {}
        connection.execute(update(feeds).where(feeds.c.id == known.id).values(**said, **returns))


def remove(connection: Connection, feed_id: int, now: datetime) -> None:
    """Stop reading a feed; its articles stay."""
    connection.execute(update(feeds).where(feeds.c.id == feed_id).values(removed_at=now))


def restore(connection: Connection, feed_id: int) -> None:
    """Read a feed again that was removed, from when it would have been read had it stayed."""
    connection.execute(update(feeds).where(feeds.c.id == feed_id).values(removed_at=None, **_UNREAD))


def reword(connection: Connection, feed_id: int, said: Mapping[str, object]) -> None:
    """Say something else of a feed: its title, its newsroom's name, its topics ..."""
    connection.execute(update(feeds).where(feeds.c.id == feed_id).values(dict(said)))


def give_up(connection: Connection, feed_id: int, now: datetime) -> None:
    """Stop reading a feed that does not work."""
    connection.execute(update(feeds).where(feeds.c.id == feed_id).values(off_at=now))


def pause(connection: Connection, feed_id: int, now: datetime) -> None:
    """Stop reading a feed for a while."""
    connection.execute(update(feeds).where(feeds.c.id == feed_id).values(paused_at=now))


def pause_all(connection: Connection, scope: str, now: datetime) -> None:
    """Stop reading every feed of a scope."""
    running = and_(feeds.c.scope == scope, feeds.c.removed_at.is_(None), feeds.c.paused_at.is_(None))
    connection.execute(update(feeds).where(running).values(paused_at=now))


def resume(connection: Connection, feed_id: int, now: datetime) -> None:
    """Read a feed again at once that was paused or given up, or when its busy server wants it; failures count anew."""
    is_busy = and_(feeds.c.trouble.startswith("busy"), feeds.c.next_poll_at > now)
    at = case((is_busy, feeds.c.next_poll_at), else_=now)
    anew = {"paused_at": None, "off_at": None, "failures": 0, "failing_at": None}
    connection.execute(update(feeds).where(feeds.c.id == feed_id).values(next_poll_at=at, **anew))


def readdress(connection: Connection, feed_id: int, url: str, now: datetime) -> None:
    """Read a feed at another address: what its server said of the old one is not said to the new."""
    there = {"url": url, "next_poll_at": now}
    connection.execute(update(feeds).where(feeds.c.id == feed_id).values(**_UNREAD, **there))


def mute(connection: Connection, scope: str, feed_id: int, *, by: str, now: datetime) -> None:
    """Hide from one server what only this feed of the catalogue brings."""
    row = {"scope": scope, "feed_id": feed_id, "muted_at": now, "muted_by": by}
    connection.execute(insert_new(connection, mutes).values(row))


def unmute(connection: Connection, scope: str, feed_id: int) -> None:
    """Show a server again what a feed brings."""
    connection.execute(delete(mutes).where(mutes.c.scope == scope, mutes.c.feed_id == feed_id))


def learn(connection: Connection, feed: Feed, state: FeedState) -> None:
    """Write down what the last poll has learnt: what is another now than it was in `feed`."""
    both = ((name, getattr(feed.state, name), getattr(state, name)) for name in _STATE)
    if learnt := {name: now for name, before, now in both if now != before}:
        connection.execute(_LEARN, [{"feed": feed.id, **learnt}])


_LEARN = update(feeds).where(feeds.c.id == bindparam("feed"))
"""Given a list of one, so that it is put together once and not for each feed."""


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
    learnt = {name: getattr(row, name) for name in _STATE}
    learnt |= {name: tuple(learnt[name]) for name in ("skip_hours", "skip_days")}
    return Feed(
        id=row.id,
        scope=row.scope,
        origin=row.origin,
        spec=spec,
        state=FeedState(**learnt),
        paused=row.paused_at is not None,
        added_by=row.added_by,
        added_in=row.added_in,
    )


def _topics(names: Iterable[str]) -> tuple[Topic, ...]:
    return tuple(Topic(name) for name in names)
