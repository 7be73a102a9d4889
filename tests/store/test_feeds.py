from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, update

from bot.model import CATALOGUE, Feed, FeedSpec, FeedState, Topic
from bot.store import feeds as rows
from bot.store.database import Store
from bot.store.schema import feeds
from tests.fakes import ITHOME, NOW, feed_spec

LATER = NOW + timedelta(hours=1)
LEARNT = FeedState(
    next_poll_at=LATER,
    etag='W/"x"',
    modified="Mon, 08 Jun 2026 12:00:00 GMT",
    body_hash="f" * 64,
    polled_at=NOW,
    succeeded_at=NOW,
    seeded_at=NOW,
    failures=2,
    trouble="busy",
    reason="忙 It was busy.",
)
A, B, C = (feed_spec(f"https://{name}.example/feed", title=name.upper()) for name in "abc")


async def put(store: Store, *specs: FeedSpec, origin: str = rows.FROM_FILE, scope: str = CATALOGUE) -> None:
    for spec in specs:
        await store.write(rows.put, spec, origin=origin, now=NOW, scope=scope)


async def listed(store: Store, scope: str = CATALOGUE) -> dict[str, Feed]:
    return {feed.spec.title: feed for feed in await store.read(rows.listed, scope=scope)}


async def pause(store: Store, feed: Feed, at: datetime) -> None:
    def query(connection: Connection) -> None:
        connection.execute(update(feeds).where(feeds.c.id == feed.id).values(paused_at=at))

    await store.write(query)


async def test_a_feed_comes_back_as_it_was(store: Store) -> None:
    """Every word of its writer survives, and it is due at once."""
    whole = feed_spec(
        title="IT之家",
        newsroom=ITHOME,
        topics=(Topic.CHIPS, Topic.MODELS),
        mixed=True,
        zone="Asia/Shanghai",
        home="https://example.com",
    )

    await put(store, whole)

    (feed,) = (await listed(store)).values()
    assert (feed.spec, feed.state, feed.scope, feed.origin) == (whole, FeedState(next_poll_at=NOW), CATALOGUE, "file")


async def test_feeds_are_listed_by_title(store: Store) -> None:
    """A list for people is in their order."""
    await put(store, C, A, B)

    assert list(await listed(store)) == ["A", "B", "C"]


async def test_what_polling_learns_is_kept(store: Store) -> None:
    """The whole state is replaced, and new words of its writer leave it alone."""
    await put(store, A, B)
    before = (await listed(store))["A"]

    await store.write(rows.learn, before.id, LEARNT)
    await put(store, replace(A, mixed=True))

    found = await listed(store)
    assert (found["A"].id, found["A"].state, found["A"].spec.mixed) == (before.id, LEARNT, True)
    assert found["B"].state == FeedState(next_poll_at=NOW)


async def test_what_is_learnt_is_forgotten_together(store: Store) -> None:
    """A state without validators takes the old ones away."""
    await put(store, A)
    feed = (await listed(store))["A"]
    await store.write(rows.learn, feed.id, LEARNT)

    await store.write(rows.learn, feed.id, FeedState(next_poll_at=LATER))

    assert (await listed(store))["A"].state == FeedState(next_poll_at=LATER)


async def test_a_feed_is_due_when_its_time_has_come(store: Store) -> None:
    """The longest overdue comes first; what is later, paused or removed is not read."""
    await put(store, *(feed_spec(f"https://{name}.example", title=name) for name in "abcdef"))
    times = {
        "a": NOW,
        "b": NOW - timedelta(hours=1),
        "c": NOW + timedelta(microseconds=1),
        "d": NOW,
        "e": NOW,
        "f": NOW,
    }
    found = await listed(store)
    for name, time in times.items():
        await store.write(rows.learn, found[name].id, FeedState(next_poll_at=time))
    await pause(store, found["d"], NOW)
    await store.write(rows.remove, found["e"].id, NOW)

    waiting = await store.read(rows.due, NOW)
    claimed = await store.write(rows.claim, NOW, LATER)
    again = await store.write(rows.claim, NOW, LATER)

    assert waiting == 3
    assert [feed.spec.title for feed in claimed] == ["b", "a", "f"]
    assert again == [], "what one process has taken is not another's"


async def test_syncing_makes_the_catalogue_what_the_file_says(store: Store) -> None:
    """New feeds are added, changed ones updated with what was learnt, and those that left are removed."""
    await store.write(rows.sync, [A, B], NOW)
    learnt = (await listed(store))["B"]
    await store.write(rows.learn, learnt.id, LEARNT)

    await store.write(rows.sync, [replace(B, title="B2"), C], LATER)

    found = await listed(store)
    assert list(found) == ["B2", "C"]
    assert (found["B2"].id, found["B2"].state) == (learnt.id, LEARNT)
    assert found["C"].state.next_poll_at == LATER


@pytest.mark.parametrize(
    ("origin", "scope", "stays"), [("command", CATALOGUE, True), ("file", "77", True), ("file", CATALOGUE, False)]
)
async def test_syncing_touches_the_files_feeds_only(store: Store, origin: str, scope: str, *, stays: bool) -> None:
    """What a command added, or a server owns, is no business of the file."""
    await put(store, A, origin=origin, scope=scope)

    await store.write(rows.sync, [B], LATER)

    assert ("A" in await listed(store, scope)) is stays


async def test_a_feed_that_returns_is_the_feed_that_left(store: Store) -> None:
    """It keeps its number and seeds again, so that weeks of backlog are not told as news."""
    await store.write(rows.sync, [A, B], NOW)
    learnt = (await listed(store))["A"]
    await store.write(rows.learn, learnt.id, LEARNT)
    await store.write(rows.sync, [B], NOW)

    await store.write(rows.sync, [A, B], LATER)

    again = (await listed(store))["A"]
    assert again.id == learnt.id
    assert (again.state.seeded_at, again.state.etag, again.state.body_hash) == (None, None, None)
    assert again.state.next_poll_at == LATER


async def test_syncing_twice_changes_nothing(store: Store) -> None:
    """The same file again is the same catalogue."""
    await store.write(rows.sync, [A, B], NOW)
    before = await listed(store)

    await store.write(rows.sync, [A, B], LATER)

    assert await listed(store) == before


async def test_scopes_are_kept_apart(store: Store) -> None:
    """A server may read what the catalogue reads; each has its own feed, and each is polled."""
    await put(store, A)
    await put(store, A, B, origin=rows.FROM_COMMAND, scope="77")

    assert list(await listed(store)) == ["A"]
    assert list(await listed(store, "77")) == ["A", "B"]
    assert await store.read(rows.count) == 1
    assert await store.read(rows.count, scope="77") == 2
    assert await store.read(rows.due, NOW) == 3


async def test_a_removed_feed_is_not_counted(store: Store) -> None:
    """What is not read any more is neither listed nor counted."""
    await put(store, A, B)

    await store.write(rows.remove, (await listed(store))["A"].id, NOW)

    assert list(await listed(store)) == ["B"]
    assert await store.read(rows.count) == 1
