from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Row, select, update
from structlog.testing import capture_logs

from bot.store import articles as article_rows
from bot.store import editions as edition_rows
from bot.store import outbox as rows
from bot.store import subscriptions
from bot.store.database import Store
from bot.store.editions import FAILED, SENDING, SENT, WAITING
from bot.store.schema import deliveries, editions
from tests.fakes import NOW, article
from tests.store.decided import (
    TELLING,
    TODAY,
    TOMORROW,
    WISH,
    Stop,
    decide,
    decided,
    digest,
    end,
    pause,
    subscribe,
)

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
LATER = NOW + timedelta(days=3)
YESTERDAY = TODAY - timedelta(days=1)


def kept(connection: Connection) -> Sequence[Row[tuple[object, ...]]]:
    """The outbox as it is written down."""
    return connection.execute(select(deliveries).order_by(deliveries.c.edition_id, deliveries.c.part)).all()


async def test_a_digest_survives_the_outbox(store: Store) -> None:
    """What is delivered is what was decided, to the last field, one row for each part."""
    subscription = await subscribe(store)
    edition = await decided(store, subscription, parts=2)

    first, second = await store.read(rows.due, NOW)

    assert (first.edition_id, first.part, first.channel, first.attempts) == (edition.id, 0, "c1", 0)
    assert (first.subscription_id, first.decided_at) == (subscription.id, NOW)
    assert (first.first_at, first.unclear) == (None, False)
    assert (second.part, second.digest) == (1, digest())
    assert second.digest.sections[0].items[0].telling == TELLING
    assert second.digest.window.end.utcoffset() == timedelta()


@pytest.mark.parametrize(
    ("state", "said", "is_left"),
    [
        pytest.param(WAITING, {}, True, id="never tried"),
        pytest.param(WAITING, {"next_at": NOW, "attempts": 1}, True, id="its wait is over"),
        pytest.param(WAITING, {"next_at": NOW + SECOND, "attempts": 1}, False, id="it still waits"),
        pytest.param(
            SENDING, {"started_at": NOW - 2 * MINUTE, "attempts": 1}, True, id="left behind by a dead program"
        ),
        pytest.param(SENDING, {"started_at": NOW - MINUTE, "attempts": 1}, True, id="the lease has just ended"),
        pytest.param(SENDING, {"started_at": NOW - MINUTE + SECOND, "attempts": 1}, False, id="perhaps being sent"),
        pytest.param(SENT, {"sent_at": NOW, "message_id": "m1"}, False, id="arrived"),
        pytest.param(FAILED, {"trouble": "The channel is gone."}, False, id="given up"),
    ],
)
async def test_the_outbox_holds_what_has_not_arrived(
    store: Store, state: str, said: Mapping[str, datetime | str | int], *, is_left: bool
) -> None:
    """What was being sent when the program died is tried again; what arrived or failed for good is not."""
    await decided(store, await subscribe(store), parts=2)
    first, second = await store.read(rows.due, NOW)

    await store.write(rows.mark, second, state, said)

    left = await store.read(rows.due, NOW)
    attempts = int(said.get("attempts", 0))  # type: ignore[arg-type]
    assert left == ([first, replace(second, attempts=attempts)] if is_left else [first])


async def test_the_oldest_edition_goes_out_first(store: Store) -> None:
    """And in each, part by part."""
    first, second = await subscribe(store, "c2"), await subscribe(store, "c1")
    await decided(store, first, parts=2)
    await decided(store, second, parts=2)

    assert [(each.channel, each.part) for each in await store.read(rows.due, NOW)] == [
        ("c2", 0),
        ("c2", 1),
        ("c1", 0),
        ("c1", 1),
    ]


@pytest.mark.parametrize(
    ("state", "said", "left"),
    [
        pytest.param(WAITING, {}, [0, 1, 2], id="the first may be tried"),
        pytest.param(WAITING, {"next_at": NOW}, [0, 1, 2], id="its wait is over"),
        pytest.param(WAITING, {"next_at": NOW + SECOND}, [], id="it waits"),
        pytest.param(SENDING, {"started_at": NOW}, [], id="it is being sent"),
        pytest.param(SENDING, {"started_at": NOW - MINUTE}, [0, 1, 2], id="it was left behind"),
        pytest.param(SENT, {}, [1, 2], id="it has arrived"),
        pytest.param(FAILED, {}, [1, 2], id="it was given up"),
    ],
)
async def test_a_part_waits_for_those_before_it(
    store: Store, state: str, said: Mapping[str, datetime], left: Sequence[int]
) -> None:
    """A digest is not posted from its middle; another edition does not wait for this one."""
    await decided(store, await subscribe(store), parts=3)
    await decided(store, await subscribe(store, "c2"))
    first = (await store.read(rows.due, NOW))[0]

    await store.write(rows.mark, first, state, said)

    found = [(each.channel, each.part) for each in await store.read(rows.due, NOW)]
    assert found == [*(("c1", part) for part in left), ("c2", 0)]


async def test_what_a_stopped_channel_had_waits(store: Store) -> None:
    """A paused or ended channel gets nothing, and gets what waited when it begins again; others are not held up."""
    paused, ended, other = [await subscribe(store, each) for each in ("paused", "ended", "other")]
    for each in (paused, ended, other):
        await decided(store, each)

    await store.write(subscriptions.pause, paused.id, "no-permission", NOW)
    await store.write(subscriptions.end, ended.id, NOW)
    stopped = await store.read(rows.due, NOW)
    for channel in ("paused", "ended"):
        await store.write(subscriptions.subscribe, WISH, channel=channel, now=NOW)
    again = await store.read(rows.due, NOW)

    assert [each.channel for each in stopped] == ["other"]
    assert [each.channel for each in again] == ["paused", "ended", "other"]


async def test_a_part_is_taken_by_one_process_alone(store: Store) -> None:
    """Two processes that read the same outbox: the second to take a part learns that it is gone."""
    await decided(store, await subscribe(store), parts=2)
    first, second = await store.read(rows.due, NOW)

    taken = await store.write(rows.take, first, NOW)
    too_late = await store.write(rows.take, first, NOW)

    on_its_way, waiting = await store.read(kept)
    assert (taken, too_late) == (True, False)
    assert (on_its_way.state, on_its_way.attempts, on_its_way.started_at) == (SENDING, 1, NOW)
    assert (waiting.state, waiting.attempts, waiting.started_at) == (WAITING, 0, None)
    assert [(each.unclear, each.first_at) for each in (on_its_way, waiting)] == [(True, NOW), (False, None)]
    assert await store.write(rows.take, second, NOW)


async def test_a_part_that_was_left_behind_is_taken_once(store: Store) -> None:
    """Of two programs that come upon a dead one's part after its lease, one takes it, with a lease of its own."""
    await decided(store, await subscribe(store))
    (waiting,) = await store.read(rows.due, NOW)
    await store.write(rows.take, waiting, NOW)

    (found,) = await store.read(rows.due, NOW + MINUTE)
    taken = await store.write(rows.take, found, NOW + MINUTE)
    too_late = await store.write(rows.take, found, NOW + MINUTE)

    assert found == replace(waiting, attempts=1, first_at=NOW, unclear=True), "it may have been posted"
    assert (taken, too_late) == (True, False)
    assert await store.read(rows.due, NOW + 2 * MINUTE - SECOND) == []
    assert await store.read(rows.due, NOW + 2 * MINUTE) == [replace(found, attempts=2)], "the first try's time stays"


@pytest.mark.parametrize("state", [SENT, FAILED])
async def test_what_has_ended_is_not_taken(store: Store, state: str) -> None:
    """A program that read the outbox before another's news came too late for it."""
    await decided(store, await subscribe(store))
    (waiting,) = await store.read(rows.due, NOW)
    await store.write(rows.mark, waiting, state, {})

    assert not await store.write(rows.take, waiting, NOW)


@pytest.mark.parametrize("stop", [pause, end], ids=["paused", "ended"])
async def test_what_nobody_wants_any_more_is_not_taken(store: Store, stop: Stop) -> None:
    """A channel that was stopped between the look into the outbox and the try gets nothing; others do."""
    stopped, other = await subscribe(store), await subscribe(store, "c2")
    for each in (stopped, other):
        await decided(store, each)
    first, second = await store.read(rows.due, NOW)

    await stop(store, stopped)

    assert not await store.write(rows.take, first, NOW)
    assert await store.write(rows.take, second, NOW)
    assert [(row.state, row.attempts, row.unclear) for row in await store.read(kept)] == [
        (WAITING, 0, False),
        (SENDING, 1, True),
    ]


async def test_what_cannot_be_read_holds_up_nobody(store: Store) -> None:
    """An edition that another release wrote is passed over and the operator told; the other channels get theirs."""
    broken, other = await subscribe(store), await subscribe(store, "c2")
    edition = await decided(store, broken)
    await decided(store, other)
    written = update(editions).where(editions.c.id == edition.id).values(digest={"language": "tlh"})
    await store.write(lambda connection: connection.execute(written))

    with capture_logs() as logged:
        left = await store.read(rows.due, NOW)

    assert [each.channel for each in left] == ["c2"]
    assert [(line["event"], line["edition"]) for line in logged] == [("edition cannot be read", edition.id)]


async def test_a_part_that_failed_waits_for_a_later_try(store: Store) -> None:
    """With what is known of the try; it is one that may have been posted only where it is said so."""
    await decided(store, await subscribe(store))
    (waiting,) = await store.read(rows.due, NOW)
    await store.write(rows.take, waiting, NOW)

    await store.write(rows.put_back, waiting, {"trouble": "busy", "next_at": NOW + MINUTE, "unclear": False})

    (row,) = await store.read(kept)
    assert (row.state, row.trouble, row.next_at, row.unclear) == (WAITING, "busy", NOW + MINUTE, False)
    assert await store.read(rows.due, NOW) == []
    assert await store.read(rows.due, NOW + MINUTE) == [replace(waiting, attempts=1, first_at=NOW)]


async def test_a_part_that_was_dropped_while_it_was_tried_stays_dropped(store: Store) -> None:
    """Who ends a channel's digests in that moment finds no old one when it begins again."""
    subscription = await subscribe(store)
    await decided(store, subscription)
    (waiting,) = await store.read(rows.due, NOW)
    await store.write(rows.take, waiting, NOW)
    await store.write(rows.drop, subscription.id)

    await store.write(rows.put_back, waiting, {"trouble": "busy", "next_at": None, "unclear": True})

    assert [row.state for row in await store.read(kept)] == [FAILED]
    assert await store.read(rows.due, LATER) == []


async def archived(store: Store) -> Sequence[str]:
    """Two articles to be told."""
    told = [article(each) for each in ("a1", "a2")]
    await store.write(article_rows.keep, [(each.id, each) for each in told], feed_id=None)
    return [each.id for each in told]


async def test_what_nobody_can_have_seen_is_dropped_whole(store: Store) -> None:
    """Days that waited are undecided again and their stories new; what arrived and other channels' stay."""
    told = await archived(store)
    subscription, other = await subscribe(store), await subscribe(store, "c2")
    arrived = await decided(store, subscription, day=YESTERDAY, told=told[:1])
    (there,) = await store.read(rows.due, NOW)
    await store.write(rows.mark, there, SENT, {"sent_at": NOW})
    for day in (TODAY, TOMORROW):
        await decided(store, subscription, day=day, told=told, parts=2)
    await decided(store, other, told=told)

    await store.write(rows.drop, subscription.id)

    assert await store.read(edition_rows.last, subscription.id) == (YESTERDAY, NOW)
    assert await store.read(edition_rows.seen, subscription.id, told) == {"a1": YESTERDAY}
    assert await store.read(edition_rows.one, arrived.id) == arrived
    assert await store.read(edition_rows.seen, other.id, told) == dict.fromkeys(told, TODAY)
    assert [each.channel for each in await store.read(rows.due, LATER)] == ["c2"]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        pytest.param(SENDING, {"unclear": True, "started_at": NOW}, id="it is being sent"),
        pytest.param(WAITING, {"unclear": True, "next_at": NOW}, id="the answer to a try got lost"),
        pytest.param(SENT, {"sent_at": NOW}, id="its first part is there"),
    ],
)
async def test_what_somebody_may_have_seen_is_dropped_and_stays_decided(
    store: Store, state: str, said: Mapping[str, object]
) -> None:
    """Its day has no second edition and its stories are not new again; it is not tried any more, part by part."""
    told = await archived(store)
    subscription = await subscribe(store)
    edition = await decided(store, subscription, told=told, parts=2)
    first, _ = await store.read(rows.due, NOW)
    await store.write(rows.mark, first, state, said)

    await store.write(rows.drop, subscription.id)

    assert [row.state for row in await store.read(kept)] == [SENT if state == SENT else FAILED, FAILED]
    assert await store.read(rows.due, LATER) == []
    assert await store.read(edition_rows.one, edition.id) == edition
    assert await store.read(edition_rows.seen, subscription.id, told) == dict.fromkeys(told, TODAY)
    assert await decide(store, subscription) is None


async def test_an_edition_that_was_taken_back_is_not_taken_for_another(store: Store) -> None:
    """Who still holds a part of it does not post it, even where a later edition has its number."""
    subscription = await subscribe(store)
    await decided(store, subscription)
    (stale,) = await store.read(rows.due, NOW)
    await store.write(rows.drop, subscription.id)
    again = await store.write(edition_rows.decide, subscription, digest(), (), parts=1, now=NOW + SECOND)
    (fresh,) = await store.read(rows.due, NOW)

    assert again is not None
    assert not await store.write(rows.take, replace(stale, edition_id=again.id), NOW)
    assert await store.write(rows.take, fresh, NOW)


async def test_what_is_dropped_is_dropped_once(store: Store) -> None:
    """Nothing that waits is nothing to drop, however often."""
    subscription = await subscribe(store)
    await store.write(rows.drop, subscription.id)
    await decided(store, subscription)

    for _ in range(2):
        await store.write(rows.drop, subscription.id)

    assert await store.read(kept) == []
    assert await decide(store, subscription)


async def test_todays_edition_is_looked_for_again(store: Store) -> None:
    """Of a channel that begins again, at once: its failed parts, as unclear as they were; older days stay dropped."""
    subscription, other = await subscribe(store), await subscribe(store, "c2")
    for each, day in ((subscription, TODAY), (subscription, TOMORROW), (other, TOMORROW)):
        await decided(store, each, day=day)
    for delivery in await store.read(rows.due, NOW):
        await store.write(rows.take, delivery, NOW)
        await store.write(rows.put_back, delivery, {"unclear": True, "next_at": LATER})
    for each in (subscription, other):
        await store.write(rows.drop, each.id)

    await store.write(rows.revive, subscription.id, TOMORROW)

    (found,) = await store.read(rows.due, NOW)
    assert (found.subscription_id, found.digest.local_date) == (subscription.id, TOMORROW)
    assert (found.unclear, found.first_at, found.attempts) == (True, NOW, 1)


async def test_what_became_of_a_part_is_written_down(store: Store) -> None:
    """With what came back, on its own row alone, and what is not said stays."""
    await decided(store, await subscribe(store), parts=2)
    first, second = await store.read(rows.due, NOW)
    await store.write(rows.take, first, NOW)

    await store.write(rows.mark, first, WAITING, {"trouble": "It was busy.", "next_at": NOW + MINUTE})
    (busy, _) = await store.read(kept)
    await store.write(rows.mark, first, SENT, {"sent_at": NOW, "message_id": "m1", "trouble": None})

    (arrived, untouched) = await store.read(kept)
    assert (busy.state, busy.trouble, busy.next_at, busy.attempts) == (WAITING, "It was busy.", NOW + MINUTE, 1)
    assert (arrived.state, arrived.sent_at, arrived.message_id, arrived.trouble) == (SENT, NOW, "m1", None)
    assert (untouched.part, untouched.state, untouched.message_id) == (second.part, WAITING, None)


async def test_a_day_of_its_own_is_left_to_who_decided_it(store: Store) -> None:
    """Before a day is decided only earlier ones are taken back: another process may just have decided this one."""
    subscription = await subscribe(store)
    await decided(store, subscription, day=TODAY)
    later = await decided(store, subscription, day=TODAY + timedelta(days=1))

    await store.write(rows.drop, subscription.id, before=TODAY + timedelta(days=1))

    assert [each.edition_id for each in await store.read(rows.due, NOW)] == [later.id]
