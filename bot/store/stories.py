"""Stories and the articles in them; an old id leads to the surviving story."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, true

from bot.model import CATALOGUE, Article, Story, Topic
from bot.store.articles import article_of
from bot.store.schema import articles, stories
from bot.store.sight import visible
from bot.store.statements import chunks


def begin(connection: Connection, fresh: Iterable[tuple[str, str, datetime]]) -> None:
    """Begin stories, each an id, a scope and the time it was begun."""
    rows = [{"id": story, "scope": scope, "created_at": now} for story, scope, now in fresh]
    if rows:
        connection.execute(insert(stories), rows)


def surviving(connection: Connection, story_id: str) -> str | None:
    """The id a story goes by now, through any number of merges; None where there never was one."""
    seen: set[str] = set()
    while story_id not in seen:
        seen.add(story_id)
        row = connection.execute(select(stories.c.merged_into).where(stories.c.id == story_id)).first()
        if row is None:
            return None
        if row.merged_into is None:
            return story_id
        story_id = row.merged_into
    return None


def one(connection: Connection, story_id: str, *, scope: str = CATALOGUE) -> Story | None:
    """A story as a scope sees it, by any id it ever had."""
    found = surviving(connection, story_id)
    told = by_id(connection, [found], scope=scope) if found else {}
    return told.get(found) if found else None


def known_as(
    connection: Connection, ids: Sequence[str], *, scope: str, until: datetime | None = None
) -> dict[str, Story]:
    """Stories by ids they once had, whatever they were merged into since."""
    now = {old: found for old in ids if (found := surviving(connection, old))}
    told = by_id(connection, list(dict.fromkeys(now.values())), scope=scope, until=until)
    return {old: told[found] for old, found in now.items() if found in told}


def by_id(
    connection: Connection, ids: Sequence[str], *, scope: str = CATALOGUE, until: datetime | None = None
) -> dict[str, Story]:
    """Stories as a scope sees them (the catalogue's articles and its own), or as it saw them at an earlier time."""
    then = articles.c.first_seen_at <= until if until else true()
    members: dict[str, list[Article]] = defaultdict(list)
    for some in chunks(ids):
        query = (
            select(articles)
            .where(articles.c.story_id.in_(some), visible(scope), then)
            .order_by(articles.c.published_at, articles.c.number)
        )
        for row in connection.execute(query):
            members[row.story_id].append(article_of(row))
    return {story: _told(story, tuple(found)) for story, found in members.items()}


def touched(connection: Connection, start: datetime, end: datetime, *, scope: str = CATALOGUE) -> list[Story]:
    """Stories that had an article first seen after `start` and up to `end`, as they were then."""
    query = (
        select(articles.c.story_id)
        .where(
            articles.c.first_seen_at > start,
            articles.c.first_seen_at <= end,
            articles.c.story_id.is_not(None),
            visible(scope),
        )
        .distinct()
    )
    ids = sorted(connection.execute(query).scalars())
    return list(by_id(connection, ids, scope=scope, until=end).values())


def _told(story: str, members: tuple[Article, ...]) -> Story:
    topics = [article.topic for article in members if article.topic and article.scope == CATALOGUE]
    topic = max(sorted(set(topics)), key=topics.count, default=None)
    return Story(id=story, articles=members, topic=Topic(topic) if topic else None)
