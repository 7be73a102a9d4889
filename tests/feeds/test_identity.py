from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Connection, select

from bot.feed import Entry, FeedState
from bot.feeds.identity import UNDATED_AGE, already_seen
from bot.feeds.newsrooms import Newsrooms
from bot.feeds.poll import article_of
from bot.model import Article, Language
from bot.store import articles as article_rows
from bot.store import feeds as feed_rows
from bot.store import watches as watch_rows
from bot.store.articles import Kept
from bot.store.database import Store
from bot.store.schema import findings
from bot.watch import Watch
from tests.fakes import DAY, HOUR, NOW, article, feed, feed_spec

NEWSROOMS = Newsrooms.load()
TITLES = [
    "Huawei opens its compiler",
    "TSMC raises prices",
    "SMIC ships more",
    "YMTC hires",
    "CXMT lists",
    "Biren files",
]
READ = feed(state=FeedState(next_poll_at=NOW, seeded_at=NOW - 9 * DAY, succeeded_at=NOW - HOUR))


def entry(
    guid: str, title: str = TITLES[0], *, link: str | None = None, hours: float | None = 5, words: str = ""
) -> Entry:
    """An entry published some hours ago, or at no known time."""
    published = None if hours is None else NOW - hours * HOUR
    link = link or (guid if "//" in guid else f"https://e.x/{guid}")
    return Entry(guid=guid, title=title, link=link, summary=words, published=published)


def many(count: int, *, site: str = "https://e.x", words: str = "", hours: float = 5) -> list[Entry]:
    """As many entries of a site, one an hour."""
    return [entry(f"{site}/p/{n}", f"{words}{TITLES[n % 6]} {n}", hours=hours + n) for n in range(count)]


@pytest.fixture
async def read(store: Store) -> Store:
    """A store with the one feed that is read here."""
    await store.write(feed_rows.put, feed_spec(READ.spec.url), origin="file", now=NOW)
    return store


async def poll(store: Store, entries: Sequence[Entry], now: datetime = NOW) -> Kept:
    """Keep what a poll of the feed brings."""
    found = [(each.guid, article_of(READ, each, NEWSROOMS, now)) for each in entries]
    return await store.write(article_rows.keep, found, feed_id=READ.id)


async def stored(store: Store) -> list[Article]:
    found = await store.read(article_rows.by_number, range(1, 100))
    return [found[number] for number in sorted(found)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (entry("http://e.x/a"), entry("https://e.x/a")),
        (entry("http://e.x/a"), entry("https://www.e.x/a/")),
        (entry("https://old.example/a"), entry("https://new.example/a")),
        (entry("https://old.example/?p=7"), entry("https://new.example/?p=7")),
        (entry("https://old.example/a"), entry("https://new.example/a", TITLES[1])),
        (entry("https://old.example/a", hours=90), entry("https://new.example/a", hours=None)),
        (entry("1042", link="https://e.x/a"), entry("https://e.x/a")),
        (entry("1042", link="https://e.x/a"), entry("tag:e.x,2026:1042", link="https://e.x/story/1042")),
        (entry("https://e.x/?p=7", link="https://e.x/a"), entry("https://n.x/?p=7", link="https://n.x/b", hours=1)),
        (entry("a", words="So."), entry("b", words="So.", hours=40)),
        (entry("a", words="So.", hours=None), entry("b", words="So.", hours=None)),
    ],
    ids=[
        "https",
        "www",
        "site",
        "number",
        "site and title",
        "site, undated",
        "guid",
        "scheme",
        "place",
        "words",
        "undated",
    ],
)
async def test_an_entry_under_another_name_is_the_article_we_know(read: Store, before: Entry, after: Entry) -> None:
    """Whatever becomes of guid and link, what stays tells the article; it is edited under its new name as ever."""
    await poll(read, [before], NOW - DAY)

    kept = await poll(read, [after])
    edited = await poll(read, [replace(after, title="Quite another headline")], NOW + HOUR)

    assert kept in {Kept(known=1), Kept(edited=1)}
    assert edited == Kept(edited=1) or after.published is None
    assert len(await stored(read)) == 1 or after.published is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (entry("a", "Morning brief", words="Chips.", hours=30), entry("b", "Morning brief", words="Robots.", hours=6)),
        (entry("a", "Morning brief", words="Ours.", hours=90), entry("b", "Morning brief", words="Ours.", hours=6)),
        (entry("https://a.example/"), entry("https://b.example/", TITLES[1])),
        (entry("https://a.example/news"), entry("https://b.example/news", TITLES[1], hours=6)),
        (entry("1"), entry("1", TITLES[1], link="https://e.x/other")),
        (entry("1"), entry("2", TITLES[1])),
    ],
    ids=["column", "column with one blurb", "sites", "same place", "guid used again", "another"],
)
async def test_what_is_only_alike_is_another_article(read: Store, before: Entry, after: Entry) -> None:
    """A daily column, two sites with one path and a guid used again are new articles, one each."""
    await poll(read, [before], NOW - DAY)

    kept = await poll(read, [after])

    assert kept == Kept(new=1)
    assert len(await stored(read)) == 2


async def test_two_entries_side_by_side_are_two_articles(read: Store) -> None:
    """Where the old name is still in the feed, the new one is not its other name."""
    first = entry("a", words="So.")
    await poll(read, [first], NOW - HOUR)

    assert await poll(read, [first, entry("b", words="So.")]) == Kept(new=1, known=1)


async def test_a_guid_that_every_entry_has_keeps_them_apart(read: Store) -> None:
    """What is at the top of such a feed changes; each article stays one."""
    same, both = entry("same", link="https://e.x/1"), entry("same|https://e.x/1", link="https://e.x/1")
    await poll(read, [same, entry("same|https://e.x/2", TITLES[1], link="https://e.x/2")], NOW - HOUR)

    kept = await poll(read, [entry("same", TITLES[2], link="https://e.x/3"), both])

    assert kept == Kept(new=1, known=1)
    assert [each.title for each in await stored(read)] == TITLES[:3]


@pytest.mark.parametrize("site", ["http://e.x", "https://moved.example"])
async def test_a_feed_that_renames_everything_brings_nothing_new(read: Store, site: str) -> None:
    """Twenty new guids and links are twenty articles we know, under one name each; then back again."""
    await poll(read, many(20), NOW - HOUR)

    there = await poll(read, many(20, site=site))
    back = await poll(read, many(20), NOW + HOUR)

    assert there == back == Kept(known=20)
    assert len(await read.read(_names)) == 20


def _names(connection: Connection) -> Sequence[str]:
    return connection.execute(select(findings.c.guid)).scalars().all()


async def test_a_poll_of_old_entries_that_look_new_is_held(read: Store) -> None:
    """They are kept as seen when they were published, no watch is told; what is newer than all before is news."""
    await poll(read, many(20), NOW - HOUR)
    said = Watch(id=0, scope="7", channel="c", owner="o", language=Language.EN, question="q", made_at=NOW, seen=0)
    watch = await read.write(watch_rows.make, said)
    flipped = [*many(20, site="https://e.x/new", words="Anew: ", hours=5.5), entry("u", "Undated", hours=None)]

    kept = await poll(read, [entry("n", "Quite new", hours=1), *flipped])
    again = await poll(read, [entry("n", "Quite new", hours=1), *flipped], NOW + HOUR)

    assert (kept, again) == (Kept(new=1, held=21), Kept(known=22))
    held = [each for each in await stored(read) if each.title.startswith(("Anew", "Undated"))]
    assert all(each.first_seen_at == each.published_at < NOW - 5 * HOUR for each in held)
    assert held[-1].first_seen_at == NOW - UNDATED_AGE
    told = await read.read(watch_rows.told, watch.id, [each.id for each in await stored(read)])
    assert told == {each.id for each in held}


async def test_a_held_article_is_edited_like_any_other(read: Store) -> None:
    """It is this feed's own."""
    await poll(read, many(12), NOW - HOUR)
    flipped = many(12, site="https://e.x/new", words="Anew: ", hours=5.5)
    await poll(read, flipped)

    assert await poll(read, [replace(flipped[0], title="Better words")], NOW + HOUR) == Kept(edited=1)


@pytest.mark.parametrize(
    ("entries", "kept"),
    [
        (many(20, site="https://e.x/new", words="A", hours=-20), Kept(new=20)),
        (many(10, site="https://e.x/new", words="A", hours=6), Kept(new=10)),
        ([*many(20), *many(12, site="https://e.x/new", words="A", hours=6)], Kept(new=12, known=20)),
        ([entry(f"u{n}", f"Undated {n}", hours=None) for n in range(20)], Kept(new=20)),
    ],
    ids=["after an outage", "a few", "not most", "undated"],
)
async def test_what_is_truly_new_is_news(read: Store, entries: list[Entry], kept: Kept) -> None:
    """After an outage everything may be new; a few latecomers are, and what has no time is not called old."""
    await poll(read, many(20), NOW - DAY)

    assert await poll(read, entries, NOW + DAY) == kept


async def test_a_first_poll_is_never_held(read: Store) -> None:
    """What is not known of a feed cannot have been renamed."""
    assert await poll(read, many(50)) == Kept(new=50)


def test_nothing_is_held_where_nothing_is_known() -> None:
    """The decision alone: without a newest article before, every article is news."""
    fresh = [article(f"a{n}", published=NOW - DAY, seen=NOW) for n in range(30)]

    assert already_seen(fresh, of=30, newest=None) == []
    assert len(already_seen(fresh, of=30, newest=NOW - HOUR)) == 30
    assert already_seen(fresh, of=30, newest=NOW - 2 * DAY) == []
