"""Which feed brought which article, and under which guid."""

from collections.abc import Iterable, Sequence

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
"""An article's number, title and summary, and whether this finding is its `first`."""

_RECENT = 300
"""How far back a renamed entry is looked for: more than a feed shows at once."""


def by_guid(connection: Connection, feed_id: int, found: Sequence[tuple[str, Article]]) -> dict[str, Finding]:
    """What of the found is known by the feed's guids, those too that it has given new ones."""
    known = _meant(connection, feed_id, found)
    strange = [(guid, article) for guid, article in found if guid not in known]
    if strange and _rename(connection, feed_id, strange, {guid for guid, _ in found}):
        known |= _meant(connection, feed_id, strange)
    return known


def recent(connection: Connection, feed_id: int) -> list[Known]:
    """What a feed brought last, the newest finding first."""
    return list(map(_known, connection.execute(_LAST, {"feed": feed_id})))


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


def _rename(
    connection: Connection, feed_id: int, strange: Sequence[tuple[str, Article]], present: set[str]
) -> dict[str, str]:
    """Give known articles the guids under which they come back; returns the old guids by the new ones."""
    gone = [known for known in recent(connection, feed_id) if known.guid not in present]
    names = identity.renamed(gone, strange)
    if names:
        _forget(connection, feed_id, list(names))
        statement = update(findings).where(findings.c.feed_id == feed_id, findings.c.guid == bindparam("before"))
        connection.execute(
            statement.values(guid=bindparam("after")),
            [{"before": before, "after": after} for after, before in names.items()],
        )
    return names


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


def _known(row: Finding) -> Known:
    said = {name: getattr(row, name) for name in ("guid", "title", "summary", "link_key", "published_at")}
    return Known(**said)


# Written once, because putting such a query together takes longer than answering it.
_OF_FEED = findings.c.feed_id == bindparam("feed")
_HAS_GUID = findings.c.guid.in_(bindparam("guids", expanding=True))
_FOUND = (
    select(
        *(findings.c.guid, articles.c.number, articles.c.title, articles.c.summary, articles.c.link_key),
        *(articles.c.published_at, _is_first().label("first")),
    )
    .join(articles, articles.c.number == findings.c.article)
    .where(_OF_FEED)
)
_OF_GUIDS = _FOUND.where(_HAS_GUID)
_LAST = _FOUND.order_by(findings.c.found_at.desc()).limit(_RECENT)
_FORGET = delete(findings).where(_OF_FEED, _HAS_GUID)
