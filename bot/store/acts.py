"""What is done to feeds, written down in the transaction that does it, and undone from there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, or_, select, update

from bot.curation import Act, Deed, Undo, Undone
from bot.feed import FeedSpec
from bot.store import feeds as feed_rows
from bot.store.feed_tables import acts, feeds, mutes

_SAID = ("title", "newsroom", "language", "kind", "topics", "mixed", "zone")
_SWITCHES = {"removed": "removed_at", "paused": "paused_at", "off": "off_at"}
"""What holds since a time: an act says that it holds, the feed since when."""

_STANDS = acts.c.undone_at.is_(None)


def add(
    connection: Connection,
    spec: FeedSpec,
    *,
    scope: str,
    by: str,
    now: datetime,
    deed: Deed = Deed.ADD,
    channel: str | None = None,
    batch: int | None = None,
) -> Act:
    """Add a feed, or bring back one that was removed; `channel` is where they did, if in one."""
    feed_rows.put(connection, spec, origin=feed_rows.FROM_COMMAND, now=now, scope=scope, by=by, channel=channel)
    same = and_(feeds.c.scope == scope, feeds.c.url == spec.url)
    feed_id = connection.execute(select(feeds.c.id).where(same)).scalar_one()
    made = {"scope": scope, "act": deed, "made_by": by, "made_at": now, "batch": batch}
    act = _written(connection, feed_id, made, before={"removed": True}, after={"removed": False})
    if deed is not Deed.IMPORT or batch is not None:
        return act
    connection.execute(update(acts).where(acts.c.id == act.id).values(batch=act.id))
    return replace(act, batch=act.id)


def change(
    connection: Connection, feed_id: int, to: Mapping[str, object], *, scope: str, deed: Deed, by: str, now: datetime
) -> Act | None:
    """Change a feed for a scope; None where it is so already."""
    row = _locked(connection, feed_id)
    held = _held(connection, row, scope)
    after = {name: value for name, value in to.items() if held[name] != value}
    if not after:
        return None
    _apply(connection, row, after, scope=scope, by=by, now=now)
    if after.get("removed"):
        after["url"] = row.url  # another feed may take its address: it does not come back in that one's place
    before = {name: held[name] for name in after}
    made = {"scope": scope, "act": deed, "made_by": by, "made_at": now}
    return _written(connection, feed_id, made, before=before, after=after)


def undo(connection: Connection, act_id: int, *, scope: str, by: str, now: datetime) -> Undone | None:
    """Put back what an act changed, and all acts made at once with it; None where a scope has no such act.

    What has been changed again since stays, and so does the act: the later one is to be undone first.
    """
    first = one(connection, act_id, scope)
    if first is None:
        return None
    made_at_once = acts.c.id == act_id if first.batch is None else acts.c.batch == first.batch
    standing = _found(connection, and_(_STANDS, made_at_once))
    done = [act for act in standing if _is_undone(connection, act, by=by, now=now)]
    left = _found(connection, and_(_STANDS, made_at_once))  # anew, since somebody may have been faster
    outcome = Undo.DONE if done else Undo.OVERTAKEN if left else Undo.ALREADY
    return Undone(outcome=outcome, acts=tuple(done) or (first,))


def one(connection: Connection, act_id: int, scope: str) -> Act | None:
    """An act of a scope, undone or not."""
    return next(iter(_found(connection, and_(acts.c.id == act_id, acts.c.scope == scope))), None)


def latest(connection: Connection, scope: str, most: int, *, standing: bool = False) -> list[Act]:
    """The last acts of a scope, the newest first, of an import its first one; all or those that still stand."""
    first = or_(acts.c.batch.is_(None), acts.c.batch == acts.c.id)
    wanted = and_(acts.c.scope == scope, first, *([_STANDS] if standing else []))
    return _found(connection, wanted, most=most)


def sizes(connection: Connection, batches: Sequence[int]) -> dict[int, int]:
    """How many acts were made at once, by the first of them."""
    rows = connection.execute(select(acts.c.batch).where(acts.c.batch.in_(batches))).scalars()
    found: dict[int, int] = {}
    for batch in rows:
        found[batch] = found.get(batch, 0) + 1
    return found


def _is_undone(connection: Connection, act: Act, *, by: str, now: datetime) -> bool:
    """Undo one act, unless somebody else just did or its feed has changed since."""
    row = _locked(connection, act.feed_id)
    held = _held(connection, row, act.scope)
    gone = held["removed"] and "removed" not in act.after
    before = {name: value for name, value in act.before.items() if held[name] != value}
    if gone or any(held[name] != value for name, value in act.after.items()):
        return False
    if "url" in before and _there(connection, row, str(before["url"]), removed=False) is not None:
        return False
    this = and_(acts.c.id == act.id, _STANDS)
    if connection.execute(update(acts).where(this).values(undone_at=now, undone_by=by)).rowcount != 1:
        return False
    _apply(connection, row, before, scope=act.scope, by=by, now=now)
    return True


def _locked(connection: Connection, feed_id: int) -> Row[Any]:
    """A feed's row, which nobody else changes until this transaction ends."""
    return connection.execute(select(feeds).where(feeds.c.id == feed_id).with_for_update()).one()


def _held(connection: Connection, row: Row[Any], scope: str) -> dict[str, object]:
    """Everything of a feed that an act can change, as it is now."""
    muted = select(mutes.c.feed_id).where(mutes.c.scope == scope, mutes.c.feed_id == row.id)
    return {
        **{name: getattr(row, name) for name in ("url", *_SAID)},
        **{name: getattr(row, column) is not None for name, column in _SWITCHES.items()},
        "muted": connection.execute(muted).first() is not None,
    }


def _apply(connection: Connection, row: Row[Any], to: Mapping[str, Any], *, scope: str, by: str, now: datetime) -> None:
    """Make a feed what an act, or undoing it, says."""
    if to.get("muted"):
        feed_rows.mute(connection, scope, row.id, by=by, now=now)
    elif "muted" in to:
        feed_rows.unmute(connection, scope, row.id)
    if said := {name: to[name] for name in _SAID if name in to}:
        feed_rows.reword(connection, row.id, said)
    if "url" in to:
        _vacate(connection, row, to["url"])
        feed_rows.readdress(connection, row.id, to["url"], now)
    _switch(connection, row, to, now)


def _switch(connection: Connection, row: Row[Any], to: Mapping[str, Any], now: datetime) -> None:
    """Let something hold of a feed or not; whoever only paused it asks nobody sooner by that."""
    if to.get("removed"):
        feed_rows.remove(connection, row.id, now)
    elif "removed" in to:
        feed_rows.restore(connection, row.id)
    if to.get("paused"):
        feed_rows.pause(connection, row.id, now)
    if to.get("off"):
        feed_rows.give_up(connection, row.id, now)
    if to.get("paused") is False or to.get("off") is False:
        feed_rows.resume(connection, row.id, now if "off" in to else row.next_poll_at)


def _vacate(connection: Connection, row: Row[Any], url: str) -> None:
    """Give a removed feed that still holds a wanted address this one's instead: each address stands once a scope."""
    held = _there(connection, row, url, removed=True)
    if held is None:
        return
    for feed_id, address in ((row.id, f"{row.url}#moving"), (held, row.url)):
        connection.execute(update(feeds).where(feeds.c.id == feed_id).values(url=address))


def _there(connection: Connection, row: Row[Any], url: str, *, removed: bool) -> int | None:
    """The number of another feed of the same scope at an address, of those that were removed or of those that stay."""
    other = and_(feeds.c.scope == row.scope, feeds.c.url == url, feeds.c.id != row.id)
    stays = feeds.c.removed_at.is_(None)
    return connection.execute(select(feeds.c.id).where(other, ~stays if removed else stays)).scalar()


def _written(
    connection: Connection,
    feed_id: int,
    made: Mapping[str, object],
    *,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> Act:
    row = {**made, "feed_id": feed_id, "before": before, "after": after}
    number = connection.execute(insert(acts).values(row).returning(acts.c.id)).scalar_one()
    return _found(connection, acts.c.id == number)[0]


def _found(connection: Connection, wanted: ColumnElement[bool], most: int | None = None) -> list[Act]:
    query = select(acts, feeds.c.title).join(feeds, feeds.c.id == acts.c.feed_id).where(wanted)
    rows = connection.execute(query.order_by(acts.c.id.desc()).limit(most))
    return [_act(row) for row in rows]


def _act(row: Row[Any]) -> Act:
    return Act(
        id=row.id,
        scope=row.scope,
        feed_id=row.feed_id,
        feed=row.title,
        deed=Deed(row.act),
        before=row.before,
        after=row.after,
        made_at=row.made_at,
        made_by=row.made_by,
        batch=row.batch,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
    )
