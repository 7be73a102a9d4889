"""The outbox of what moderators are told about feeds: each notice on its way to where its feed was added."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select, update

from bot.feed import Feed, FeedState, Notice
from bot.model import CATALOGUE, Language
from bot.store import feeds as feed_rows
from bot.store import sending
from bot.store.editions import FAILED, WAITING
from bot.store.feed_tables import feeds, notices
from bot.store.schema import subscriptions

OVERTAKEN = "overtaken"
"""Why a notice was not sent whose feed came back and was switched off again."""


def write(connection: Connection, feed: Feed, state: FeedState) -> None:
    """Have a server told, once, that polling has switched a feed of its own off; call it where `state` is written.

    Nothing where it was off before, for a feed of the catalogue, which is the operator's, and for one of which nobody
    knows where it was added.
    """
    if state.off_at is None or feed.state.off_at or feed.scope == CATALOGUE or feed.added_in is None:
        return
    before = and_(notices.c.feed_id == feed.id, notices.c.state == WAITING)
    connection.execute(update(notices).where(before).values(state=FAILED, trouble=OVERTAKEN))
    told = {"trouble": state.trouble, "facts": dict(state.facts)}
    where = {"channel": feed.added_in, "language": _language(connection, feed.added_in, feed.scope)}
    begun = {"made_at": state.off_at, "state": WAITING, "attempts": 0}
    connection.execute(insert(notices).values(feed_id=feed.id, told=told, **where, **begun))


def due(connection: Connection, now: datetime) -> list[Notice]:
    """What has not arrived and may be tried now, the oldest first; not of a feed that somebody saw to meanwhile."""
    query = (
        select(notices, feeds.c.scope)
        .join(feeds, feeds.c.id == notices.c.feed_id)
        .where(sending.may_be_tried(notices, now), _is_off())
        .order_by(notices.c.id)
    )
    return [_notice(connection, row) for row in connection.execute(query).all()]


def take(connection: Connection, notice: Notice, now: datetime) -> bool:
    """Mark a notice as being sent; False where another process has it, or its feed is no longer off, meanwhile."""
    off = notices.c.feed_id.in_(select(feeds.c.id).where(_is_off()))
    return sending.take(connection, notices, notice, now, off)


def mark(connection: Connection, notice: Notice, state: str, said: Mapping[str, object]) -> None:
    """Write down how far a notice is."""
    sending.mark(connection, notices, notice, state, said)


def give_up(connection: Connection, notice: Notice, reason: str, now: datetime) -> None:
    """Leave a channel that is closed alone: `/feeds health` says the same to whoever asks."""
    del now
    mark(connection, notice, FAILED, {"trouble": reason})


def _is_off() -> ColumnElement[bool]:
    return and_(feeds.c.off_at.is_not(None), feeds.c.removed_at.is_(None), feeds.c.paused_at.is_(None))


def _language(connection: Connection, channel: str, scope: str) -> Language:
    """The language of the channel's digest, else of the server's oldest; English where it has none."""
    here = subscriptions.c.channel == channel
    query = select(subscriptions.c.language).where(subscriptions.c.scope == scope)
    found = connection.execute(query.order_by(here.desc(), subscriptions.c.id).limit(1)).scalar()
    return Language(found or Language.EN)


def _notice(connection: Connection, row: Row[tuple[object, ...]]) -> Notice:
    known = {feed.id: feed for feed in feed_rows.seen_by(connection, row.scope)}
    feed = known.pop(row.feed_id)
    return Notice(
        id=row.id,
        feed=replace(feed, state=replace(feed.state, **row.told)),
        others=tuple(known.values()),
        channel=row.channel,
        language=Language(row.language),
        made_at=row.made_at,
        attempts=row.attempts,
        first_at=row.first_at,
        unclear=row.unclear,
    )
