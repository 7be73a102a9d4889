"""Stories and the articles in them; an old id leads to the surviving story."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, select, true, update

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


def lead(connection: Connection, leads: Mapping[str, str | None]) -> None:
    """Let old ids lead to the stories that survive them; with None an id is a story of its own again."""
    if leads:
        statement = update(stories).where(stories.c.id == bindparam("old")).values(merged_into=bindparam("into"))
        connection.execute(statement, [{"old": old, "into": into} for old, into in leads.items()])


def follow(connection: Connection, leads: Mapping[str, str]) -> None:
    """Let ids lead to the stories that survive them, and take along whatever articles are left in them."""
    lead(connection, leads)
    if leads:
        statement = update(articles).where(articles.c.story_id == bindparam("old")).values(story_id=bindparam("into"))
        connection.execute(statement, [{"old": old, "into": into} for old, into in leads.items()])


def echo(connection: Connection, echoes: Mapping[str, float]) -> None:
    """Note how probably an article of the other press tells of each story."""
    if echoes:
        statement = update(stories).where(stories.c.id == bindparam("story")).values(echo=bindparam("found"))
        connection.execute(statement, [{"story": story, "found": found} for story, found in echoes.items()])


def move(connection: Connection, homes: Mapping[str, str]) -> None:
    """Put articles, by their ids, into other stories; all else about them stays."""
    if homes:
        statement = update(articles).where(articles.c.id == bindparam("row")).values(story_id=bindparam("home"))
        connection.execute(statement, [{"row": article, "home": story} for article, story in homes.items()])


def homes(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The story each of these articles is in, whoever sees it; articles without one are left out."""
    query = select(articles.c.id, articles.c.story_id).where(articles.c.story_id.is_not(None))
    return {
        row.id: row.story_id
        for some in chunks(sorted(ids))
        for row in connection.execute(query.where(articles.c.id.in_(some)))
    }


def everyone(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Every article of some stories, whoever sees it, the oldest first, with the story it is in."""
    query = select(articles.c.id, articles.c.story_id).where(articles.c.story_id.in_(sorted(ids)))
    rows = connection.execute(query.order_by(articles.c.published_at, articles.c.number))
    return {row.id: row.story_id for row in rows}


def oldest(connection: Connection, ids: Iterable[str]) -> str | None:
    """The one of these stories that was begun first."""
    query = select(stories.c.id).where(stories.c.id.in_(sorted(ids))).order_by(stories.c.created_at, stories.c.id)
    return connection.execute(query.limit(1)).scalar()


def unused(connection: Connection, ids: Iterable[str]) -> str:
    """The first of these ids that no story has or ever had."""
    exists = select(stories.c.id).where(stories.c.id == bindparam("wanted"))
    return next(each for each in ids if connection.execute(exists, {"wanted": each}).first() is None)


def survivors(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The ids that some stories go by now; those that never were, or lead round and round, are left out."""
    wanted = sorted(set(ids))
    leads: dict[str, str | None] = {}
    ahead = wanted
    while ahead:
        rows = [row for some in chunks(ahead) for row in connection.execute(_LEADS, {"ids": some})]
        leads |= {row.id: row.merged_into for row in rows}
        ahead = sorted({row.merged_into for row in rows if row.merged_into} - leads.keys())
    return {old: now for old in wanted if (now := _end(leads, old))}


_LEADS = select(stories.c.id, stories.c.merged_into).where(stories.c.id.in_(bindparam("ids", expanding=True)))


def _end(leads: Mapping[str, str | None], story_id: str) -> str | None:
    """Where an id leads in the end."""
    seen: set[str] = set()
    while story_id in leads and story_id not in seen:
        seen.add(story_id)
        into = leads[story_id]
        if into is None:
            return story_id
        story_id = into
    return None


def surviving(connection: Connection, story_id: str) -> str | None:
    """The id a story goes by now, through any number of merges; None where there never was one."""
    return survivors(connection, [story_id]).get(story_id)


def one(connection: Connection, story_id: str, *, scope: str = CATALOGUE) -> Story | None:
    """A story as a scope sees it, by any id it ever had."""
    found = surviving(connection, story_id)
    told = by_id(connection, [found], scope=scope) if found else {}
    return told.get(found) if found else None


def known_as(
    connection: Connection, ids: Sequence[str], *, scope: str, until: datetime | None = None
) -> dict[str, Story]:
    """Stories by ids they once had, whatever they were merged into since."""
    now = survivors(connection, ids)
    told = by_id(connection, list(dict.fromkeys(now.values())), scope=scope, until=until)
    return {old: told[now[old]] for old in ids if now.get(old) in told}


def by_id(
    connection: Connection, ids: Sequence[str], *, scope: str = CATALOGUE, until: datetime | None = None
) -> dict[str, Story]:
    """Stories as a scope sees them (the catalogue's articles and its own), or as it saw them at an earlier time."""
    query, moment = _members(scope, whenever=until is None), {"until": until} if until else {}
    members: dict[str, list[Article]] = defaultdict(list)
    echoes: dict[str, float] = {}
    for some in chunks(ids):
        for row in connection.execute(query, {"ids": some, **moment}).all():
            members[row.story_id].append(article_of(row))
            echoes[row.story_id] = row.echo
    return {story: story_of(story, tuple(found), echo=echoes[story]) for story, found in members.items()}


@lru_cache(64)  # a search asks for stories again and again
def _members(scope: str, *, whenever: bool) -> Select[tuple[Any, ...]]:
    """The articles of the stories `ids` that a scope sees, or, but `whenever`, those it had seen `until` a time."""
    then = true() if whenever else articles.c.first_seen_at <= bindparam("until")
    return (
        select(articles, stories.c.echo)
        .join(stories, stories.c.id == articles.c.story_id)
        .where(articles.c.story_id.in_(bindparam("ids", expanding=True)), visible(scope), then)
        .order_by(articles.c.published_at, articles.c.number)
    )


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


def story_of(story: str, members: tuple[Article, ...], *, echo: float) -> Story:
    """A story of these articles, in the order they stand; most of the catalogue's decide its topic, copies aside."""
    counted = [article for article in members if article.topic and article.scope == CATALOGUE]
    topics = [article.topic for article in counted if article.original_id is None]
    topics = topics or [article.topic for article in counted]
    topic = max(sorted(filter(None, set(topics))), key=topics.count, default=None)
    return Story(id=story, articles=members, topic=Topic(topic) if topic else None, echo=echo)
