from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import event, text, update

from bot.feed import Brought
from bot.model import Article
from bot.store import articles as article_rows
from bot.store import feeds as feed_rows
from bot.store.brought import brought, seen_with_brought
from bot.store.database import Store
from bot.store.schema import articles
from tests.fakes import DAY, HOUR, NOW, article, feed_spec

A, B = (feed_spec(f"https://{name}.example/feed", title=name.upper()) for name in "ab")


async def read(store: Store) -> dict[str, int]:
    """Two feeds; their ids by their titles."""
    await store.write(feed_rows.sync, [A, B], NOW)
    return {feed.spec.title: feed.id for feed in await store.read(feed_rows.listed)}


async def keep(store: Store, feed: int, *found: Article) -> None:
    await store.write(article_rows.keep, [(each.id, each) for each in found], feed_id=feed)


async def judge(store: Store, *ids: str, relevant: bool) -> None:
    """What grouping does with articles, as far as it matters here."""
    changed = update(articles).where(articles.c.id.in_(ids)).values(story_id=None, relevant=relevant)
    await store.write(lambda connection: connection.execute(changed))


def daily(name: str, newest: datetime, days: int) -> Sequence[Article]:
    """An article a day."""
    return [article(f"{name}{number}", published=newest - number * DAY) for number in range(days)]


async def test_what_a_feed_brought_in_the_last_weeks_is_counted(store: Store) -> None:
    """From its oldest of four weeks to its newest; what came before tells nothing of now."""
    ids = await read(store)
    await keep(store, ids["A"], *daily("a", NOW - HOUR, 40))
    await keep(store, ids["B"], article("b", published=NOW - 3 * DAY))

    found = await store.read(brought, list(ids.values()), NOW)

    assert found[ids["A"]] == Brought(newest=NOW - HOUR, oldest=NOW - HOUR - 27 * DAY, count=28)
    assert found[ids["B"]] == Brought(newest=NOW - 3 * DAY, oldest=NOW - 3 * DAY, count=1)


async def test_of_a_silent_feed_the_weeks_before_its_newest_are_told(store: Store) -> None:
    """However long ago that is; one that never brought anything has no entry."""
    ids = await read(store)
    await keep(store, ids["A"], *daily("a", NOW - 100 * DAY, 40))

    assert await store.read(brought, list(ids.values()), NOW) == {
        ids["A"]: Brought(newest=NOW - 100 * DAY, oldest=NOW - 127 * DAY, count=28)
    }


async def test_an_article_under_two_guids_is_one(store: Store) -> None:
    """Feeds change their guids."""
    ids = await read(store)
    one = article("one")
    await store.write(article_rows.keep, [("guid", one), ("other guid", one)], feed_id=ids["A"])

    assert (await store.read(brought, [ids["A"]], NOW))[ids["A"]].count == 1


async def test_the_share_on_topic_is_of_what_was_grouped(store: Store) -> None:
    """Before grouping nobody knows; a whole feed that is on topic is so in full."""
    ids = await read(store)
    every = [article(name, story_id=name if name != "d" else None, relevant=name in "ad") for name in "abcd"]
    await keep(store, ids["A"], *every)
    before = (await store.read(brought, [ids["A"]], NOW))[ids["A"]].on_topic
    await store.write(_group)

    assert before is None
    assert (await store.read(brought, [ids["A"]], NOW))[ids["A"]].on_topic == 1 / 3


def _group(connection: object) -> None:
    """Give three of the four a story, as grouping does."""
    connection.execute(  # type: ignore[attr-defined]
        text("INSERT INTO stories (id, scope, created_at) VALUES ('s', 'catalogue', '2026-06-08 12:00:00')")
    )
    connection.execute(update(articles).where(articles.c.id != "d").values(story_id="s"))  # type: ignore[attr-defined]


async def test_a_server_is_told_of_the_catalogue_and_its_own(store: Store) -> None:
    """Each with what it brought."""
    ids = await read(store)
    await store.write(feed_rows.put, feed_spec("https://own.example"), origin="command", now=NOW, scope="77")
    await keep(store, ids["A"], article("a"))

    feeds, found = await store.read(seen_with_brought, "77", NOW)

    assert [feed.spec.title for feed in feeds] == ["A", "A feed", "B"]
    assert list(found) == [ids["A"]]


async def test_the_archive_is_not_read_through(sqlite: Store) -> None:
    """The last weeks are found by their dates, and a silent feed's articles by the feed."""
    ids = await read(sqlite)
    await keep(sqlite, ids["A"], article("a"))
    await keep(sqlite, ids["B"], article("b", published=NOW - timedelta(days=100)))

    plans = await sqlite.read(_plans, list(ids.values()))

    assert len(plans) == 3
    assert [line for plan in plans for line in plan if line.startswith("SCAN")] == []


def _plans(connection: object, ids: Sequence[int]) -> list[list[str]]:
    """How SQLite goes about each question."""
    asked: list[tuple[str, object]] = []

    def note(_one: object, _two: object, statement: str, parameters: object, *_more: object) -> None:
        asked.append((statement, parameters))

    engine = connection.engine  # type: ignore[attr-defined]
    event.listen(engine, "before_cursor_execute", note)
    brought(connection, ids, NOW)  # type: ignore[arg-type]
    event.remove(engine, "before_cursor_execute", note)
    explained = [
        connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[attr-defined]
        for statement, parameters in asked
    ]
    return [[row.detail for row in each] for each in explained]
