from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import Connection, select

from bot.model import CATALOGUE, Language, Subscription, Wish
from bot.store import editions
from bot.store import subscriptions as rows
from bot.store.database import Store
from bot.store.schema import subscriptions
from tests.fakes import NOW
from tests.store.decided import TODAY, WISH, Stop, decided, end, pause, subscribe

LATER = NOW + timedelta(days=1)


async def kept(store: Store, wish: Wish = WISH, *, now: datetime = LATER, scope: str = CATALOGUE) -> Subscription:
    """What is kept when channel c1 wishes something."""
    return await store.write(rows.subscribe, wish, channel="c1", now=now, scope=scope)


async def test_a_wish_is_kept_as_it_was_said(store: Store) -> None:
    """To the last field, and counts from the moment it was said."""
    first = await kept(store, now=NOW, scope="77")

    assert first == Subscription(
        id=first.id,
        channel="c1",
        local_time=time(8),
        zone="Asia/Shanghai",
        language=Language.EN,
        size=12,
        created_at=NOW,
        scope="77",
    )
    assert await store.read(rows.of_channel, "c1") == first
    assert await store.read(rows.by_id, first.id) == first


async def test_who_made_a_wish_is_kept(store: Store) -> None:
    """For whoever asks the database; who set the time has made it."""

    def makers(connection: Connection) -> list[str | None]:
        return list(connection.execute(select(subscriptions.c.created_by)).scalars())

    await store.write(rows.subscribe, WISH, channel="c1", now=NOW, by="ada")
    first = await store.read(makers)
    await store.write(rows.subscribe, WISH, channel="c1", now=LATER, by="bob")
    unchanged = await store.read(makers)
    await store.write(rows.subscribe, replace(WISH, local_time=time(9)), channel="c1", now=LATER, by="bob")

    assert (first, unchanged, await store.read(makers)) == (["ada"], ["ada"], ["bob"])


@pytest.mark.parametrize(
    "changed",
    [
        {"local_time": time(21, 30)},
        {"local_time": time(0)},
        {"zone": "Europe/Berlin"},
        {"local_time": time(21, 30), "zone": "Europe/Berlin", "language": Language.ZH, "size": 5},
    ],
)
async def test_a_changed_time_counts_from_now_on(store: Store, changed: dict[str, object]) -> None:
    """The newest wish counts and the subscription stays the one it was; a time that has passed is not kept today."""
    first, other = await subscribe(store), await subscribe(store, "c2")

    again = await kept(store, replace(WISH, **changed))  # type: ignore[arg-type]

    assert again == replace(first, created_at=LATER, **changed)  # type: ignore[arg-type]
    assert await store.read(rows.active) == [again, other]


@pytest.mark.parametrize("changed", [{"language": Language.ZH}, {"size": 5}, {"language": Language.ZH, "size": 5}])
async def test_who_changes_how_it_is_told_keeps_todays_time(store: Store, changed: dict[str, object]) -> None:
    """Another language or size counts for the edition that is due now: it is not lost to the wish."""
    first, other = await subscribe(store), await subscribe(store, "c2")

    again = await kept(store, replace(WISH, **changed))  # type: ignore[arg-type]

    assert again == replace(first, **changed)  # type: ignore[arg-type]
    assert again.created_at == NOW
    assert await store.read(rows.active) == [again, other]


@pytest.mark.parametrize("changed", [{"local_time": time(21, 30)}, {"zone": "Europe/Berlin"}, {"size": 5}])
async def test_who_asked_for_today_may_change_the_wish(store: Store, changed: dict[str, object]) -> None:
    """What was asked for and has not come yet still comes."""
    first = await subscribe(store)
    await store.write(rows.want, first.id, NOW)

    again = await kept(store, replace(WISH, **changed))  # type: ignore[arg-type]

    assert again.wanted_at == NOW


async def test_the_same_wish_again_changes_nothing(store: Store) -> None:
    """Who says it twice before its time does not lose today's edition, nor one that was asked for."""
    first = await subscribe(store)
    await store.write(rows.want, first.id, NOW)

    again = await kept(store)

    assert again == replace(first, wanted_at=NOW)


@pytest.mark.parametrize("stop", [pause, end], ids=["paused", "ended"])
@pytest.mark.parametrize("wish", [WISH, replace(WISH, size=5)], ids=["the same wish", "another"])
async def test_what_was_stopped_begins_again(store: Store, stop: Stop, wish: Wish) -> None:
    """Under its old number, from now on, without the trouble and without what was asked for before."""
    first = await subscribe(store)
    await store.write(rows.want, first.id, NOW)
    await stop(store, first)

    again = await kept(store, wish)

    assert again == replace(first, size=wish.size, created_at=LATER)
    assert await store.read(rows.active) == [again]


async def test_a_paused_channel_is_listed_and_not_active(store: Store) -> None:
    """Nothing is decided for it, and its moderators see why; nobody else is touched."""
    paused, other = await subscribe(store), await subscribe(store, "c2")
    await store.write(rows.want, paused.id, NOW)

    await pause(store, paused)

    told = replace(paused, paused_reason="no-permission")
    assert await store.read(rows.active) == [other]
    assert await store.read(rows.listed, CATALOGUE) == [told, other]
    assert await store.read(rows.of_channel, "c1") == told
    assert await store.read(rows.by_id, paused.id) == told


async def test_an_ended_channel_is_gone(store: Store) -> None:
    """Nobody finds it any more; nobody else is touched."""
    ended, other = await subscribe(store), await subscribe(store, "c2")

    await end(store, ended)

    assert await store.read(rows.active) == [other]
    assert await store.read(rows.listed, CATALOGUE) == [other]
    assert await store.read(rows.of_channel, "c1") is None
    assert await store.read(rows.by_id, ended.id) is None


async def test_a_channel_that_returns_remembers(store: Store) -> None:
    """The day it had its edition is decided still."""
    first = await subscribe(store)
    await decided(store, first)
    await end(store, first)

    again = await kept(store)

    assert await store.read(editions.last, again.id) == (TODAY, NOW)


async def test_a_server_sees_its_own_channels(store: Store) -> None:
    """In the order they were made; a server without any has none."""
    second, first = await subscribe(store, "b", scope="77"), await subscribe(store, "a", scope="77")
    elsewhere = await subscribe(store, "c", scope="78")

    assert await store.read(rows.listed, "77") == [second, first]
    assert await store.read(rows.listed, "78") == [elsewhere]
    assert await store.read(rows.listed, "79") == []
    assert await store.read(rows.active) == [second, first, elsewhere]


async def test_who_wants_todays_edition_is_kept(store: Store) -> None:
    """With the moment they asked; the last asking counts, and ending forgets it."""
    first, other = await subscribe(store), await subscribe(store, "c2")

    await store.write(rows.want, first.id, NOW)
    await store.write(rows.want, first.id, LATER)

    assert await store.read(rows.active) == [replace(first, wanted_at=LATER), other]


async def test_a_channel_nobody_subscribed_has_nothing(store: Store) -> None:
    """And stopping or wanting what is not there is no trouble."""
    await store.write(rows.want, 5, NOW)
    await store.write(rows.pause, 5, "gone", NOW)
    await store.write(rows.end, 5, NOW)

    assert await store.read(rows.of_channel, "c1") is None
    assert await store.read(rows.by_id, 5) is None
    assert await store.read(rows.active) == []


async def test_times_of_wishes_are_in_utc(store: Store) -> None:
    """Whoever reads them compares them with the clock."""
    first = await subscribe(store)
    await store.write(rows.want, first.id, NOW)

    (found,) = await store.read(rows.active)

    assert found.wanted_at is not None
    assert (found.created_at.tzinfo, found.wanted_at.tzinfo) == (UTC, UTC)
