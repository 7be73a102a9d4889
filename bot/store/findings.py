"""Which feed brought which article, and under which guid."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    not_,
    select,
    tuple_,
    update,
)

from bot.feeds import identity
from bot.feeds.identity import Known
from bot.model import Article
from bot.store.schema import articles, findings
from bot.store.statements import chunks

Finding = Row[tuple[object, ...]]
"""An article's number, title, summary and `edits` so far, and whether this finding is its `first`."""

_SAID = articles.c.title, articles.c.summary, articles.c.link_key, articles.c.published_at
_RECENT = 300
"""How far back a renamed entry is looked for: more than a feed shows at once."""


def by_guid(
    connection: Connection, feed_id: int, found: Sequence[tuple[str, Article]]
) -> tuple[dict[str, Finding], datetime | None]:
    """What of the found is known by the feed's guids, those too that it has given new ones.

    Where some is not, also when the newest was published of what the feed brought before.
    """
    known = _meant(connection, feed_id, found)
    strange = [(guid, article) for guid, article in found if guid not in known]
    recent = _recent(connection, feed_id) if strange else []
    present = {guid for guid, _ in found}
    names = identity.renamed([each for each in recent if each.guid not in present], strange)
    if names:
        _rename(connection, feed_id, names)
        known |= _meant(connection, feed_id, strange)
    return known, max((each.published_at for each in recent), default=None)


def _recent(connection: Connection, feed_id: int) -> list[Known]:
    """What a feed brought last, the newest finding first."""
    return [_known(row) for row in connection.execute(_LAST, {"feed": feed_id})]


def write(connection: Connection, feed_id: int, found: Iterable[tuple[str, int, Article]]) -> None:
    """Note what a feed's guids stand for from now on."""
    rows = {
        guid: {"feed_id": feed_id, "guid": guid, "article": number, "found_at": article.first_seen_at}
        for guid, number, article in found
    }
    for some in chunks(list(rows)):
        _forget(connection, feed_id, some)
        connection.execute(insert(findings), [rows[guid] for guid in some])


def _meant(connection: Connection, feed_id: int, found: Sequence[tuple[str, Article]]) -> dict[str, Finding]:
    """What the feed's guids stood for so far and stand for still."""
    now = dict(found)
    rows = (
        row for some in chunks(list(now)) for row in connection.execute(_OF_GUIDS, {"feed": feed_id, "guids": some})
    )
    return {row.guid: row for row in rows if identity.is_meant(_known(row), now[row.guid])}


def _rename(connection: Connection, feed_id: int, names: Mapping[str, str]) -> None:
    """Give known articles the guids under which they come back; `names` has the old guids by the new ones."""
    _forget(connection, feed_id, list(names))
    statement = update(findings).where(findings.c.feed_id == feed_id, findings.c.guid == bindparam("before"))
    rows = [{"before": before, "after": after} for after, before in names.items()]
    connection.execute(statement.values(guid=bindparam("after")), rows)


def _forget(connection: Connection, feed_id: int, guids: Sequence[str]) -> None:
    connection.execute(_FORGET, {"feed": feed_id, "guids": guids})


def _is_first() -> ColumnElement[bool]:
    """Whether a finding is the article's first; of several in one moment, one feed's and one guid's alone."""
    other = findings.alias()
    rival = exists().where(
        other.c.article == findings.c.article,
        other.c.found_at == findings.c.found_at,
        tuple_(other.c.feed_id, other.c.guid) < tuple_(findings.c.feed_id, findings.c.guid),
    )
    return and_(findings.c.found_at == articles.c.first_seen_at, not_(rival))


def _known(row: Any) -> Known:
    said = {name: getattr(row, name) for name in ("guid", "title", "summary", "link_key", "published_at")}
    return Known(**said)


# Written once, because putting such a query together takes longer than answering it.
_OF_FEED = findings.c.feed_id == bindparam("feed")
_HAS_GUID = findings.c.guid.in_(bindparam("guids", expanding=True))
_OF_GUIDS = (
    select(findings.c.guid, articles.c.number, *_SAID, articles.c.edits, _is_first().label("first"))
    .join(articles, articles.c.number == findings.c.article)
    .where(_OF_FEED, _HAS_GUID)
)
_NEWEST = select(findings).where(_OF_FEED).order_by(findings.c.found_at.desc()).limit(_RECENT).subquery()
_LAST = (
    select(_NEWEST.c.guid, *_SAID)
    .join(articles, articles.c.number == _NEWEST.c.article)
    .order_by(_NEWEST.c.found_at.desc())
)
_FORGET = delete(findings).where(_OF_FEED, _HAS_GUID)
