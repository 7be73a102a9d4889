import asyncio
from collections.abc import Mapping
from datetime import timedelta

import pytest

from bot.curation import OPERATOR, Act, Deed, Undo, Undone
from bot.feed import Feed, FeedSpec, FeedState
from bot.model import CATALOGUE, Language, Topic
from bot.store import acts
from bot.store import feeds as rows
from bot.store.database import Store
from tests.fakes import NOW, feed_spec

HERE, SOON, LATER = "77", NOW + timedelta(hours=1), NOW + timedelta(days=3)
A, B = feed_spec("https://a.example/feed", title="A"), feed_spec("https://b.example/feed", title="B")
READ = FeedState(next_poll_at=SOON, etag="e", modified="m", body_hash="h", seeded_at=NOW, succeeded_at=NOW)
BROKEN = FeedState(
    next_poll_at=LATER,
    etag="e",
    failures=9,
    failing_at=NOW,
    trouble="gone",
    reason="It is gone.",
    facts={"status": 410},
    off_at=NOW,
    seeded_at=NOW,
    succeeded_at=NOW,
)


async def add(store: Store, spec: FeedSpec = A, **said: object) -> Act:
    given = {"scope": HERE, "by": "ada", "now": NOW} | said
    return await store.write(acts.add, spec, **given)  # type: ignore[arg-type]


async def change(store: Store, act: Act, deed: Deed, **to: object) -> Act | None:
    return await store.write(acts.change, act.feed_id, to, scope=HERE, deed=deed, by="bob", now=SOON)


async def undo(store: Store, act: Act, *, scope: str = HERE, by: str = "eve") -> Undone | None:
    return await store.write(acts.undo, act.id, scope=scope, by=by, now=LATER)


async def held(store: Store, scope: str = HERE) -> dict[str, Feed]:
    return {feed.spec.title: feed for feed in await store.read(rows.seen_by, scope)}


async def test_what_is_done_is_written_down(store: Store) -> None:
    """Who, when, what, and what it was before."""
    added = await add(store, channel="c1")
    renamed = await change(store, added, Deed.RENAME, title="New", newsroom="SCMP")

    assert (added.feed, added.deed, added.made_at, added.made_by, added.batch) == ("A", Deed.ADD, NOW, "ada", None)
    assert renamed is not None
    assert (renamed.before, renamed.after) == ({"title": "A"}, {"title": "New"})
    assert [act.id for act in await store.read(acts.latest, HERE, 5)] == [renamed.id, added.id]
    assert (await held(store))["New"].added_in == "c1"


async def test_what_is_so_already_is_no_act(store: Store) -> None:
    """Nothing is written down, and nothing can be undone."""
    added = await add(store)

    assert await change(store, added, Deed.RESUME, paused=False, off=False) is None
    assert await store.read(acts.latest, HERE, 5) == [added]


@pytest.mark.parametrize(
    ("deed", "to"),
    [
        pytest.param(Deed.REMOVE, {"removed": True}, id="removed"),
        pytest.param(Deed.PAUSE, {"paused": True}, id="paused"),
        pytest.param(Deed.RENAME, {"title": "New"}, id="renamed"),
        pytest.param(Deed.SET, {"language": Language.ZH, "topics": [Topic.CHIPS], "zone": "Asia/Shanghai"}, id="set"),
        pytest.param(Deed.SET, {"mixed": True, "kind": "official"}, id="set otherwise"),
        pytest.param(Deed.MOVE, {"url": "https://new.example/"}, id="moved"),
    ],
)
async def test_what_was_done_is_undone(store: Store, deed: Deed, to: Mapping[str, object]) -> None:
    """The feed is what it was, and who undid it is written down; a second time nothing happens."""
    added = await add(store)
    before = await held(store)
    act = await change(store, added, deed, **to)
    assert act is not None
    changed = await held(store)

    first, second = await undo(store, act), await undo(store, act)

    (again,) = (await held(store)).values()
    assert changed != before
    assert first is not None
    assert second is not None
    assert (first.outcome, second.outcome) == (Undo.DONE, Undo.ALREADY)
    assert (again.spec, again.paused) == (before["A"].spec, before["A"].paused)
    (row,) = [each for each in await store.read(acts.latest, HERE, 5) if each.id == act.id]
    assert (row.undone_at, row.undone_by) == (LATER, "eve")


async def test_adding_is_undone(store: Store) -> None:
    """The feed is removed; added once more, it is the same one, and undoing the first time again does nothing."""
    added = await add(store)

    await undo(store, added)
    gone = await held(store)
    again = await add(store)
    await undo(store, added)

    assert gone == {}
    assert again.feed_id == added.feed_id
    assert "A" in await held(store)


async def test_hiding_is_undone_for_one_server(store: Store) -> None:
    """The catalogue's feed is shown there again; what another server hides stays hidden there."""
    await store.write(rows.sync, [A], NOW)
    (feed,) = await store.read(rows.listed)
    hidden = {
        scope: await store.write(acts.change, feed.id, {"muted": True}, scope=scope, deed=Deed.HIDE, by="bob", now=NOW)
        for scope in (HERE, "78")
    }
    act = hidden[HERE]
    assert act is not None

    await undo(store, act)

    assert not (await held(store))["A"].muted
    assert (await held(store, "78"))["A"].muted


async def test_what_was_changed_since_is_not_overwritten(store: Store) -> None:
    """The later act is undone first, then the earlier."""
    added = await add(store)
    first, second = [await change(store, added, Deed.RENAME, title=title) for title in ("New", "Newer")]
    assert first is not None
    assert second is not None

    done = [await undo(store, act) for act in (first, second, first)]

    assert [each and each.outcome for each in done] == [Undo.OVERTAKEN, Undo.DONE, Undo.DONE]
    assert list(await held(store)) == ["A"]


async def test_a_removed_feed_is_not_changed_by_undoing(store: Store) -> None:
    """It comes back first."""
    added = await add(store)
    renamed = await change(store, added, Deed.RENAME, title="New")
    removed = await change(store, added, Deed.REMOVE, removed=True)
    assert renamed is not None
    assert removed is not None

    done = [await undo(store, act) for act in (renamed, removed, renamed)]

    assert [each and each.outcome for each in done] == [Undo.OVERTAKEN, Undo.DONE, Undo.DONE]


async def test_another_scope_has_no_say(store: Store) -> None:
    """Neither another server nor the operator's list knows the act."""
    added = await add(store)

    assert [await undo(store, added, scope=scope) for scope in ("78", CATALOGUE)] == [None, None]
    assert await store.read(acts.latest, "78", 5) == []
    assert list(await held(store)) == ["A"]


async def test_an_import_is_undone_as_one(store: Store) -> None:
    """It is one line of the log, and of its feeds only those go that are still there."""
    first = await add(store, A, deed=Deed.IMPORT)
    second = await add(store, B, deed=Deed.IMPORT, batch=first.id)
    await add(store, feed_spec("https://c.example", title="C"))
    await change(store, second, Deed.REMOVE, removed=True)

    logged = [act.id for act in await store.read(acts.latest, HERE, 5)]
    sizes = await store.read(acts.sizes, [first.id])
    undone = await undo(store, first)

    assert first.batch == first.id
    assert first.id in logged
    assert second.id not in logged
    assert sizes == {first.id: 2}
    assert undone is not None
    assert [act.feed for act in undone.acts] == ["A"]
    assert list(await held(store)) == ["C"]


async def test_two_who_undo_at_once_undo_once(store: Store) -> None:
    """In two programs on one database: whoever comes second is told that it was done."""
    act = await change(store, await add(store), Deed.PAUSE, paused=True)
    assert act is not None
    other = Store(store.url)
    await other.open()

    done = await asyncio.gather(*(undo(each, act) for each in (store, other, store, other)))
    await other.close()

    assert sorted(each.outcome for each in done if each) == [*[Undo.ALREADY] * 3, Undo.DONE]


async def test_only_standing_acts_are_offered(store: Store) -> None:
    """What was undone cannot be undone again."""
    added = await add(store)
    paused = await change(store, added, Deed.PAUSE, paused=True)
    assert paused is not None
    await undo(store, paused)

    assert [act.id for act in await store.read(acts.latest, HERE, 5, standing=True)] == [added.id]


async def test_a_feed_that_comes_back_seeds_again(store: Store) -> None:
    """Or its backlog would be told as news; it is read no sooner than if it had stayed."""
    added = await add(store)
    await store.write(rows.learn, (await held(store))["A"], READ)
    removed = await change(store, added, Deed.REMOVE, removed=True)
    assert removed is not None

    await undo(store, removed)

    state = (await held(store))["A"].state
    assert (state.seeded_at, state.etag, state.modified, state.body_hash) == (None, None, None, None)
    assert state.next_poll_at == SOON


async def test_pausing_and_resuming_asks_nobody_sooner(store: Store) -> None:
    """However often somebody does."""
    added = await add(store)
    await store.write(rows.learn, (await held(store))["A"], READ)

    for paused in (True, False, True, False):
        await change(store, added, Deed.PAUSE, paused=paused)

    assert (await held(store))["A"].state == READ


async def test_a_new_address_begins_without_the_old_ones_validators(store: Store) -> None:
    """And is asked at once, however the old one had failed."""
    added = await add(store)
    await store.write(rows.learn, (await held(store))["A"], BROKEN)

    await change(store, added, Deed.MOVE, url="https://new.example/")

    (feed,) = (await held(store)).values()
    assert feed.spec.url == "https://new.example/"
    state = feed.state
    assert (state.etag, state.seeded_at, state.failures, state.off_at) == (None, None, 0, None)
    assert state.next_poll_at == SOON


async def test_a_feed_that_polling_gave_up_is_tried_again(store: Store) -> None:
    """As if nothing had been; undoing that gives it up once more."""
    added = await add(store)
    await store.write(rows.learn, (await held(store))["A"], BROKEN)

    act = await change(store, added, Deed.RESUME, paused=False, off=False)
    resumed = (await held(store))["A"].state
    assert act is not None
    await undo(store, act)

    assert (resumed.off_at, resumed.failures, resumed.next_poll_at) == (None, 0, SOON)
    assert act.after == {"off": False}
    assert (await held(store))["A"].state.off_at == LATER


async def test_a_feed_takes_the_address_of_one_that_was_removed(store: Store) -> None:
    """That one gets the other address, and does not come back there: an address stands once a server."""
    gone = await add(store, B)
    removed = await change(store, gone, Deed.REMOVE, removed=True)
    added = await add(store)
    moved = await change(store, added, Deed.MOVE, url=B.url)
    assert removed is not None
    assert moved is not None

    done = [await undo(store, act) for act in (removed, moved, removed)]

    assert [each and each.outcome for each in done] == [Undo.OVERTAKEN, Undo.DONE, Undo.DONE]
    assert {title: feed.spec.url for title, feed in (await held(store)).items()} == {"A": A.url, "B": B.url}


async def test_a_feed_does_not_go_back_where_another_is_read(store: Store) -> None:
    """Its old address was added anew meanwhile."""
    added = await add(store)
    moved = await change(store, added, Deed.MOVE, url=B.url)
    assert moved is not None
    await add(store, feed_spec(A.url, title="New"))

    undone = await undo(store, moved)

    assert undone is not None
    assert undone.outcome is Undo.OVERTAKEN
    assert {title: feed.spec.url for title, feed in (await held(store)).items()} == {"A": B.url, "New": A.url}


async def test_the_operators_acts_are_the_catalogues(store: Store) -> None:
    """No server sees them in its own log."""
    act = await add(store, scope=CATALOGUE, by=OPERATOR)

    assert await store.read(acts.latest, CATALOGUE, 5) == [act]
    assert await store.read(acts.latest, HERE, 5) == []
