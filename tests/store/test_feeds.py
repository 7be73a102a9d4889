from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.feed import LONGEST_WAIT, Feed, FeedSpec, FeedState
from bot.model import CATALOGUE, Topic
from bot.store import feeds as rows
from bot.store.database import Store
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


async def seen_by(store: Store, scope: str) -> dict[str, Feed]:
    return {feed.spec.title: feed for feed in await store.read(rows.seen_by, scope)}


async def mute(store: Store, feed: Feed, scope: str = "77") -> None:
    await store.write(rows.mute, scope, feed.id, by="ada", now=NOW)


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

    await store.write(rows.learn, before, LEARNT)
    await put(store, replace(A, mixed=True))

    found = await listed(store)
    assert (found["A"].id, found["A"].state, found["A"].spec.mixed) == (before.id, LEARNT, True)
    assert found["B"].state == FeedState(next_poll_at=NOW)


async def test_what_polling_has_not_changed_stays_as_somebody_else_left_it(store: Store) -> None:
    """A feed that is given another address while it is read does not get the old one's validators back."""
    await put(store, A)
    feed = replace((await listed(store))["A"], state=LEARNT)
    await store.write(rows.learn, (await listed(store))["A"], LEARNT)

    await store.write(rows.readdress, feed.id, "https://new.example/feed", NOW)
    await store.write(rows.learn, feed, replace(LEARNT, polled_at=LATER))

    state = (await listed(store))["A"].state
    assert (state.etag, state.modified, state.polled_at) == (None, None, LATER)


async def test_what_is_learnt_is_forgotten_together(store: Store) -> None:
    """A state without validators takes the old ones away."""
    await put(store, A)
    feed = (await listed(store))["A"]
    await store.write(rows.learn, feed, LEARNT)

    await store.write(rows.learn, replace(feed, state=LEARNT), FeedState(next_poll_at=LATER))

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
        await store.write(rows.learn, found[name], FeedState(next_poll_at=time))
    await store.write(rows.pause, found["d"].id, NOW)
    await store.write(rows.remove, found["e"].id, NOW)

    waiting = await store.read(rows.due, NOW)
    taken = await store.write(rows.take_due, NOW)
    await store.write(rows.put_off, [feed.id for feed in taken], LATER)
    again = await store.write(rows.take_due, NOW)

    assert waiting == 3
    assert [feed.spec.title for feed in taken] == ["b", "a", "f"]
    assert again == []


@pytest.mark.parametrize(
    "said",
    [
        {"next_poll_at": NOW + LONGEST_WAIT + timedelta(seconds=1)},
        {"next_poll_at": LATER, "polled_at": NOW + timedelta(seconds=1)},
    ],
)
async def test_a_time_of_a_clock_gone_wrong_is_looked_at(store: Store, said: dict[str, datetime]) -> None:
    """A poll that is further off than any is, or a last one that is still to come."""
    await put(store, A, B)
    found = await listed(store)
    await store.write(rows.learn, found["A"], FeedState(**said))  # type: ignore[arg-type]
    await store.write(rows.learn, found["B"], FeedState(next_poll_at=NOW + LONGEST_WAIT, polled_at=NOW))

    assert [feed.spec.title for feed in await store.write(rows.take_due, NOW)] == ["A"]


async def test_a_feed_that_was_given_up_is_read_by_nobody(store: Store) -> None:
    """It is neither due nor counted, stays so when the file is read again, and is read when somebody resumes it."""
    await store.write(rows.sync, [A, B], NOW)
    given_up = (await listed(store))["A"]
    state = replace(LEARNT, next_poll_at=NOW, off_at=NOW, failing_at=NOW)
    await store.write(rows.learn, given_up, state)
    await store.write(rows.sync, [A, B], LATER)

    due, counted = await store.read(rows.due, LATER), await store.read(rows.count)
    await store.write(rows.resume, given_up.id, LATER)

    resumed = (await listed(store))["A"].state
    assert (due, counted, await store.read(rows.unread, CATALOGUE)) == (1, 1, 1)
    assert resumed == replace(state, next_poll_at=LATER, off_at=None, failures=0, failing_at=None)
    assert await store.read(rows.due, LATER) == 2


async def test_a_busy_server_is_not_asked_sooner_for_a_pause(store: Store) -> None:
    """Whoever pauses and resumes a feed does not get around what its server asked for."""
    await put(store, A)
    feed = (await listed(store))["A"]
    await store.write(rows.learn, feed, LEARNT)

    await store.write(rows.pause, feed.id, NOW)
    await store.write(rows.resume, feed.id, NOW)

    assert (await listed(store))["A"].state == replace(LEARNT, failures=0)


async def test_a_new_address_is_told_nothing_of_the_old(store: Store) -> None:
    """What its server said goes, and it seeds again; who is behind it and what was read stay."""
    await put(store, A)
    feed = (await listed(store))["A"]
    moving = {"moved_to": "https://c.example", "moved_at": NOW, "moved_polls": 2, "full_at": NOW}
    await store.write(rows.learn, feed, replace(LEARNT, **moving))  # type: ignore[arg-type]

    await store.write(rows.readdress, feed.id, "https://new.example/feed", LATER)

    moved = (await listed(store))["A"]
    forgotten = dict.fromkeys(("etag", "modified", "body_hash", "seeded_at"))
    assert moved.spec == replace(A, url="https://new.example/feed")
    assert moved.state == replace(LEARNT, next_poll_at=LATER, failures=0, **forgotten)  # type: ignore[arg-type]


async def test_a_feed_that_moves_in_with_another_is_seen(store: Store) -> None:
    """One of the same scope that is read there, as it was written or because it leads there too."""
    await put(store, A, B, C)
    await put(store, A, B, origin=rows.FROM_COMMAND, scope="77")
    found = await listed(store)
    there = B.url

    async def joined(at: str) -> bool:
        return await store.read(rows.is_read, found["A"], at=at)

    assert await joined(there)
    assert not await joined(A.url), "that is the feed itself"
    assert not await joined("https://new.example/feed")
    await store.write(rows.pause, found["B"].id, NOW)
    assert not await joined(there)
    await store.write(rows.learn, found["C"], FeedState(next_poll_at=NOW, moved_to=there))
    assert await joined(there)


async def test_when_anything_was_read_is_known(store: Store) -> None:
    """The newest success of all feeds."""
    await put(store, A, B)
    assert await store.read(rows.last_success) is None

    for title, at in (("A", NOW), ("B", LATER)):
        feed = (await listed(store))[title]
        await store.write(rows.learn, feed, FeedState(next_poll_at=LATER, succeeded_at=at))

    assert await store.read(rows.last_success) == LATER


async def test_syncing_makes_the_catalogue_what_the_file_says(store: Store) -> None:
    """New feeds are added, changed ones updated with what was learnt, and those that left are removed."""
    await store.write(rows.sync, [A, B], NOW)
    learnt = (await listed(store))["B"]
    await store.write(rows.learn, learnt, LEARNT)

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
    await store.write(rows.learn, learnt, LEARNT)
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
    assert await store.read(rows.count, scope="77") == 3
    assert await store.read(rows.count, scope="78") == 1
    assert await store.read(rows.due, NOW) == 3


async def test_a_removed_feed_is_not_counted(store: Store) -> None:
    """What is not read any more is neither listed nor counted."""
    await put(store, A, B)

    await store.write(rows.remove, (await listed(store))["A"].id, NOW)

    assert list(await listed(store)) == ["B"]
    assert await store.read(rows.count) == 1


async def test_a_paused_feed_is_listed_and_not_read(store: Store) -> None:
    """It keeps what was learnt, and is read again at once when it is resumed."""
    await put(store, A, B)
    feed = (await listed(store))["A"]
    await store.write(rows.learn, feed, replace(LEARNT, trouble="missing"))

    await store.write(rows.pause, feed.id, NOW)
    paused = (await listed(store))["A"]
    due = await store.write(rows.take_due, LATER)
    await store.write(rows.resume, feed.id, NOW)

    resumed = (await listed(store))["A"]
    known = replace(LEARNT, trouble="missing")
    assert (paused.paused, paused.state) == (True, known)
    assert [each.spec.title for each in due] == ["B"]
    assert (resumed.paused, resumed.state) == (False, replace(known, next_poll_at=NOW, failures=0))
    assert await store.read(rows.due, NOW) == 2


async def test_all_feeds_of_a_server_are_paused_at_once(store: Store) -> None:
    """Nobody reads for a server that is gone; what it paused before stays so, and others' feeds go on."""
    await put(store, A)
    for scope, specs in (("77", (A, B)), ("78", (A,))):
        await put(store, *specs, origin=rows.FROM_COMMAND, scope=scope)
    before = (await listed(store, "77"))["A"]
    await store.write(rows.pause, before.id, NOW)

    await store.write(rows.pause_all, "77", LATER)

    paused = {
        scope: {title: feed.paused for title, feed in (await listed(store, scope)).items()}
        for scope in (CATALOGUE, "77", "78")
    }
    assert paused == {CATALOGUE: {"A": False}, "77": {"A": True, "B": True}, "78": {"A": False}}
    read = await store.write(rows.take_due, LATER)
    assert {(each.scope, each.spec.title) for each in read} == {(CATALOGUE, "A"), ("78", "A")}


async def test_a_paused_feed_stays_paused(store: Store) -> None:
    """The file's next reading says nothing of it; one that was removed meanwhile returns read."""
    await put(store, A, B)
    found = await listed(store)
    for feed in found.values():
        await store.write(rows.pause, feed.id, NOW)
    await store.write(rows.remove, found["B"].id, NOW)

    await store.write(rows.sync, [A, B], LATER)

    assert {title: feed.paused for title, feed in (await listed(store)).items()} == {"A": True, "B": False}


async def test_a_server_is_told_of_the_catalogue_and_its_own(store: Store) -> None:
    """By title, whichever it is in; others' feeds and removed ones are not told."""
    await put(store, feed_spec("https://b.example/feed", title="beta"), C)
    await put(store, A, feed_spec("https://d.example/feed", title="Delta"), origin=rows.FROM_COMMAND, scope="77")
    await put(store, B, origin=rows.FROM_COMMAND, scope="78")
    await store.write(rows.remove, (await listed(store))["C"].id, NOW)

    found = await seen_by(store, "77")

    assert {title: feed.scope for title, feed in found.items()} == {"A": "77", "beta": CATALOGUE, "Delta": "77"}
    assert list(found) == ["A", "beta", "Delta"]
    assert list(await seen_by(store, "78")) == ["B", "beta"]
    assert list(await seen_by(store, CATALOGUE)) == ["beta"]


async def test_what_one_server_mutes_others_are_told_of(store: Store) -> None:
    """A muted feed stays in that server's list, marked, and is read for everybody."""
    await put(store, A, B)
    found = await listed(store)

    await mute(store, found["A"])
    await mute(store, found["A"])

    assert {title: feed.muted for title, feed in (await seen_by(store, "77")).items()} == {"A": True, "B": False}
    assert {title: feed.muted for title, feed in (await seen_by(store, "78")).items()} == {"A": False, "B": False}
    assert await seen_by(store, CATALOGUE) == found
    assert await store.read(rows.due, NOW) == 2


async def test_what_is_unmuted_is_as_it_was(store: Store) -> None:
    """For the server that says so alone; what was never muted stays so."""
    await put(store, A, B)
    found = await listed(store)
    for scope in ("77", "78"):
        await mute(store, found["A"], scope)

    await store.write(rows.unmute, "77", found["A"].id)
    await store.write(rows.unmute, "77", found["B"].id)

    assert await seen_by(store, "77") == found
    assert (await seen_by(store, "78"))["A"].muted


@pytest.mark.parametrize(
    ("polled", "paused", "muted", "counts", "unread"),
    [
        pytest.param("", "", "", 3, 3, id="all are new"),
        pytest.param("A", "", "", 3, 2, id="one was read"),
        pytest.param("ABC", "", "", 3, 0, id="all were read"),
        pytest.param("", "A", "", 2, 2, id="a paused one is not read"),
        pytest.param("", "", "A", 2, 2, id="a muted one is not seen"),
        pytest.param("A", "C", "B", 1, 0, id="each for its own reason"),
        pytest.param("", "ABC", "", 0, 0, id="none is read"),
        pytest.param("", "A", "A", 2, 2, id="one for two reasons"),
    ],
)
async def test_what_is_read_for_a_server_is_counted(
    store: Store, polled: str, paused: str, muted: str, counts: int, unread: int
) -> None:
    """The catalogue's and its own, without paused and muted ones, and of those the ones never read so far."""
    await put(store, A, B)
    await put(store, C, origin=rows.FROM_COMMAND, scope="77")
    await put(store, C, origin=rows.FROM_COMMAND, scope="78")
    found = await seen_by(store, "77")
    for name in polled:
        await store.write(rows.learn, found[name], LEARNT)
    for name in paused:
        await store.write(rows.pause, found[name].id, NOW)
    for name in muted:
        await mute(store, found[name])

    assert await store.read(rows.count, scope="77") == counts
    assert await store.read(rows.unread, "77") == unread
