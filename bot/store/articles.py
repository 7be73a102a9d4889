"""Articles as they are found, edited, encoded and given to a story."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain
from types import MappingProxyType

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, insert, select, update

from bot.feeds import identity
from bot.model import Article, Kind, Language, Newsroom, Topic
from bot.store import findings, watches, words
from bot.store.findings import Finding
from bot.store.schema import aliases, articles, stale, unread, vectors
from bot.store.statements import chunks, insert_new
from bot.store.vectors import Vectors, stack
from bot.text import index_terms, text_of

Name = tuple[str, str] | str
"""What an article is known by: its link within its scope, and its id."""

_MOST_EDITS = 24
"""An excerpt that changed so often counts comments or readers, as lemon24/reader found; its title is still followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of the articles of one poll; the `held` ones were stored as seen before, to be told nowhere."""

    new: int = 0
    known: int = 0
    edited: int = 0
    held: int = 0


def keep(
    connection: Connection,
    found: Sequence[tuple[str, Article]],
    *,
    feed_id: int | None,
    terms: Mapping[str, str] = MappingProxyType({}),
) -> Kept:
    """Store what a feed brought as (guid, article): new ones whole, known ones as one more finding or an edit.

    An article is known by the feed's guid, else by its link within its scope or by its id; a file's (no feed)
    by its link or id alone. `terms` are those of the index, with blanks between, by the ids of articles that were split
    into them before.
    """
    if not found:
        return Kept()
    by_guid, newest = findings.by_guid(connection, feed_id, found) if feed_id is not None else ({}, None)
    unknown = [(guid, article) for guid, article in found if guid not in by_guid]
    numbers = _known(connection, [article for _, article in unknown])
    fresh = {article.id: article for article in _fresh([article for _, article in unknown], numbers)}
    old = identity.already_seen(list(fresh.values()), of=len(found), newest=newest)
    held = {article.id: article for article in old}
    fresh |= held
    numbers |= _add(connection, list(fresh.values()), terms)
    watches.pass_over(connection, [numbers[name] for name in held])
    named = [(guid, _number(numbers, article), held.get(article.id, article)) for guid, article in unknown]
    if feed_id is not None:
        findings.write(connection, feed_id, named)
    else:
        _alias(connection, [(article.id, number) for _, number, article in named if article.id not in numbers])
    own = [(by_guid[guid], article) for guid, article in found if guid in by_guid and by_guid[guid].first]
    edited = sum(_edit(connection, before, article) for before, article in own)
    _move(connection, [(before, article) for before, article in own if before.link_key != article.link_key])
    known = len(found) - len(fresh) - edited
    return Kept(new=len(fresh) - len(held), known=known, edited=edited, held=len(held))


def _fresh(unknown: Sequence[Article], numbers: Mapping[Name, int]) -> list[Article]:
    """The first article of each link and of each id that is not stored."""
    taken = set(numbers)
    fresh = []
    for article in unknown:
        if taken.isdisjoint(_names(article)):
            fresh.append(article)
            taken.update(_names(article))
    return fresh


def _number(numbers: Mapping[Name, int], article: Article) -> int:
    return next(numbers[name] for name in _names(article) if name in numbers)


def _names(article: Article) -> tuple[Name, ...]:
    return _link(article), article.id


def _link(article: Article) -> tuple[str, str]:
    return article.scope, article.link_key


# Written once, because putting such a query together takes longer than answering it.
_OF_IDS = select(articles.c.number, articles.c.id).where(articles.c.id.in_(bindparam("ids", expanding=True)))
_OF_LINKS = select(articles.c.number, articles.c.scope, articles.c.link_key).where(
    articles.c.scope == bindparam("scope"), articles.c.link_key.in_(bindparam("links", expanding=True))
)


def _known(connection: Connection, wanted: Sequence[Article]) -> dict[Name, int]:
    """The numbers of stored articles, by each link and each id of these."""
    return dict(chain(_by_link(connection, wanted).items(), _by_id(connection, wanted).items()))


def _by_id(connection: Connection, wanted: Sequence[Article]) -> dict[str, int]:
    return {
        row.id: row.number
        for some in chunks([article.id for article in wanted])
        for row in connection.execute(_OF_IDS, {"ids": some})
    }


def _by_link(connection: Connection, wanted: Sequence[Article]) -> dict[tuple[str, str], int]:
    keys: dict[str, list[str]] = defaultdict(list)
    for scope, key in dict.fromkeys(_link(article) for article in wanted):
        keys[scope].append(key)
    return {
        (row.scope, row.link_key): row.number
        for scope, links in keys.items()
        for some in chunks(links)
        for row in connection.execute(_OF_LINKS, {"scope": scope, "links": some})
    }


def _add(connection: Connection, fresh: Sequence[Article], terms: Mapping[str, str]) -> dict[Name, int]:
    if not fresh:
        return {}
    # Asking for the numbers afterwards is three times as fast as having each row return its own.
    connection.execute(insert(articles), [_row(article) for article in fresh])
    numbers = _by_id(connection, fresh)
    split = {article.id: terms.get(article.id, "").split() or _terms(article) for article in fresh}
    words.add(connection, {numbers[name]: found for name, found in split.items()})
    return {name: numbers[article.id] for article in fresh for name in _names(article)}


def _terms(article: Article) -> Sequence[str]:
    return index_terms(text_of(article.title, article.summary))


def _alias(connection: Connection, ids: Iterable[tuple[str, int]]) -> None:
    """Remember the ids that a file gave to articles which are stored under another."""
    if rows := [{"id": alias, "article": number} for alias, number in dict(ids).items()]:
        connection.execute(insert_new(connection, aliases), rows)


def _edit(connection: Connection, before: Finding, article: Article) -> bool:
    """Take over a changed title or excerpt, which only the feed may change that brought the article first."""
    is_same = before.title == article.title and (before.summary == article.summary or before.edits >= _MOST_EDITS)
    if is_same:
        return False
    said = {
        "title": article.title,
        "summary": article.summary,
        "title_language": article.title_language,
        "edited_at": article.first_seen_at,
        "edits": before.edits + 1,
    }
    connection.execute(update(articles).where(articles.c.number == before.number).values(**said))
    connection.execute(delete(vectors).where(vectors.c.article == before.number))
    connection.execute(insert_new(connection, stale).values(article=before.number))
    words.put(connection, {before.number: text_of(article.title, article.summary)})
    return True


def _move(connection: Connection, moved: Sequence[tuple[Finding, Article]]) -> None:
    """Take over where an article is now, unless another one stands there."""
    taken = set(_by_link(connection, [article for _, article in moved]))
    for before, article in moved:
        if _link(article) not in taken:
            taken.add(_link(article))
            place = {"link": article.link, "link_key": article.link_key}
            connection.execute(update(articles).where(articles.c.number == before.number).values(**place))


def unread_ones(connection: Connection, limit: int) -> list[tuple[int, Article]]:
    """Articles whose names and meanings the index of words does not hold yet, the newest first."""
    query = select(articles).join(unread, unread.c.article == articles.c.number).order_by(unread.c.article.desc())
    return [(row.number, article_of(row)) for row in connection.execute(query.limit(limit))]


def waiting(connection: Connection, model: str, limit: int) -> tuple[list[tuple[int, Article]], Vectors]:
    """Encoded articles without a story, in the order of publication, with their vectors."""
    return _with_vectors(
        connection, _encoded(model).where(articles.c.story_id.is_(None)).order_by(*_IN_TIME).limit(limit)
    )


def grouped(
    connection: Connection, model: str, since: datetime, until: datetime
) -> tuple[list[tuple[int, Article]], Vectors]:
    """Articles that have a story and were published within a time, in that order, with their vectors."""
    within = articles.c.published_at.between(since, until)
    return _with_vectors(
        connection, _encoded(model).where(articles.c.story_id.is_not(None), within).order_by(*_IN_TIME)
    )


def newest(connection: Connection) -> datetime | None:
    """When the newest article that has a story was published."""
    return connection.execute(
        select(func.max(articles.c.published_at)).where(articles.c.story_id.is_not(None))
    ).scalar()


def by_number(connection: Connection, numbers: Sequence[int]) -> dict[int, Article]:
    """The articles with these numbers."""
    found: dict[int, Article] = {}
    for some in chunks(numbers):
        query = select(articles).where(articles.c.number.in_(some))
        found |= {row.number: article_of(row) for row in connection.execute(query)}
    return found


def by_link(connection: Connection, wanted: Sequence[Article]) -> list[Article]:
    """The stored articles that have these articles' links, within their scopes."""
    numbers = _by_link(connection, wanted)
    return list(by_number(connection, list(numbers.values())).values())


def place(connection: Connection, placed: Mapping[int, Mapping[str, object]]) -> None:
    """Write down where grouping has put articles: story, topic, relevance, what each copies and whom it credits."""
    if placed:
        statement = update(articles).where(articles.c.number == bindparam("row"))
        connection.execute(statement, [{"row": number, **said} for number, said in placed.items()])


def left(connection: Connection, model: str) -> int:
    """How many steps are left to do: vectors to make and stories to find."""
    encoded = select(func.count()).select_from(vectors).where(vectors.c.model == model)
    all_of_them, waiting = progress(connection)
    return all_of_them - connection.execute(encoded).scalar_one() + waiting


def progress(connection: Connection) -> tuple[int, int]:
    """How many articles the archive holds, and how many of them have no story yet."""
    ungrouped = select(func.count()).where(articles.c.story_id.is_(None))
    return count(connection), connection.execute(ungrouped).scalar_one()


def count(connection: Connection) -> int:
    """How many articles the archive holds."""
    return connection.execute(select(func.count()).select_from(articles)).scalar_one()


def article_of(row: Row[tuple[object, ...]]) -> Article:
    """An article from its row."""
    return Article(
        id=row.id,
        scope=row.scope,
        title=row.title,
        link=row.link,
        link_key=row.link_key,
        summary=row.summary,
        newsroom=_newsroom(row.newsroom, row.language, row.kind),
        title_language=Language(row.title_language),
        published_at=row.published_at,
        first_seen_at=row.first_seen_at,
        story_id=row.story_id,
        original_id=row.original_id,
        via=row.via,
        topic=Topic(row.topic) if row.topic else None,
        relevant=row.relevant,
    )


@lru_cache(1024)  # many articles are of few newsrooms
def _newsroom(name: str, language: str, kind: str) -> Newsroom:
    return Newsroom(name=name, language=Language(language), kind=Kind(kind))


_IN_TIME = (articles.c.published_at, articles.c.number)


def _encoded(model: str) -> Select[tuple[object, ...]]:
    # Without statistics SQLite would go through all vectors of the model, did it see that an index begins with it.
    is_of_model = vectors.c.model.concat("") == model
    return select(articles, vectors.c.vector).join(vectors, vectors.c.article == articles.c.number).where(is_of_model)


def _with_vectors(
    connection: Connection, query: Select[tuple[object, ...]]
) -> tuple[list[tuple[int, Article]], Vectors]:
    rows = connection.execute(query).all()
    return [(row.number, article_of(row)) for row in rows], stack([row.vector for row in rows])


def _row(article: Article) -> dict[str, object]:
    return {
        "id": article.id,
        "scope": article.scope,
        "title": article.title,
        "link": article.link,
        "link_key": article.link_key,
        "summary": article.summary,
        "newsroom": article.newsroom.name,
        "language": article.newsroom.language,
        "kind": article.newsroom.kind,
        "title_language": article.title_language,
        "published_at": article.published_at,
        "first_seen_at": article.first_seen_at,
        "topic": article.topic,
        "relevant": article.relevant,
    }
