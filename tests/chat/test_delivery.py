import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Row, select

from bot.chat import delivery as rules
from bot.chat.delivery import Courier, next_try
from bot.errors import ChannelError, DeliveryError
from bot.model import Delivery, Subscription
from bot.store import articles as article_rows
from bot.store import editions as edition_rows
from bot.store import outbox as outbox_rows
from bot.store import subscriptions as subscription_rows
from bot.store.database import Store
from bot.store.editions import FAILED, SENDING, SENT, WAITING
from bot.store.schema import deliveries
from tests.fakes import NOW, FakeClock, FakeMessenger, article, digest, wish

MONDAY, TUESDAY = date(2026, 6, 8), date(2026, 6, 9)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
GONE = ChannelError("no-channel", "The channel is gone.")


class WatchingMessenger(FakeMessenger):
    """Notes what the outbox says of a part while that part is being sent; dies while `dying` is set.

    `troubles` are raised and `slow` channels wait for `go_on`, by the channel's id; they go on when `enough` arrived.
    """

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self.dying = False
        self.states: list[tuple[str, int]] = []
        self.troubles: dict[str, Exception] = {}
        self.slow: set[str] = set()
        self.go_on = asyncio.Event()
        self.enough = 1000
        self.at_once = self.most_at_once = 0

    async def deliver(self, delivery: Delivery) -> str:
        """Look into the outbox, then send."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._deliver(delivery)
        finally:
            self.at_once -= 1

    async def _deliver(self, delivery: Delivery) -> str:
        row = next(row for row in await outbox(self._store) if row.edition_id == delivery.edition_id)
        self.states.append((row.state, row.attempts))
        if self.dying:
            raise RuntimeError("the machine went down here")
        if delivery.channel in self.slow:
            await self.go_on.wait()
        if delivery.channel in self.troubles:
            raise self.troubles[delivery.channel]
        message = await super().deliver(delivery)
        if len(self.sent) >= self.enough:
            self.go_on.set()
        return message


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def messenger(sqlite: Store) -> WatchingMessenger:
    return WatchingMessenger(sqlite)


@pytest.fixture
def courier(sqlite: Store, messenger: WatchingMessenger, clock: FakeClock) -> Courier:
    return Courier(sqlite, messenger, clock=clock)


async def decided(
    store: Store, channel: str = "c1", *, day: date = MONDAY, parts: int = 1, told: Sequence[str] = ()
) -> Subscription:
    """Put an edition with its parts into the outbox."""
    subscription = await store.write(subscription_rows.subscribe, wish(), channel=channel, now=NOW)
    await store.write(edition_rows.decide, subscription, digest(day=day), told, parts=parts, now=NOW)
    return subscription


async def outbox(store: Store) -> Sequence[Row[tuple[Any, ...]]]:
    def read(connection: Connection) -> Sequence[Row[tuple[Any, ...]]]:
        return connection.execute(select(deliveries).order_by(deliveries.c.edition_id, deliveries.c.part)).all()

    return await store.read(read)


async def waits_until(store: Store) -> datetime:
    """When the only part is tried again."""
    (row,) = await outbox(store)
    assert row.state == WAITING
    at: datetime = row.next_at
    return at


async def test_an_empty_outbox_sends_nothing(courier: Courier, messenger: WatchingMessenger) -> None:
    """A run without editions is a run without messages."""
    assert await courier.run() == 0
    assert messenger.sent == []


async def test_a_part_is_marked_before_it_is_sent(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """While Discord is being asked the outbox already says so, and afterwards it says what came back."""
    await decided(sqlite)

    arrived = await courier.run()

    (row,) = await outbox(sqlite)
    assert arrived == 1
    assert messenger.states == [(SENDING, 1)]
    assert (row.state, row.message_id, row.attempts) == (SENT, "message-1", 1)
    assert (row.started_at, row.sent_at, row.trouble) == (NOW, NOW, None)


async def test_the_digest_arrives_as_it_was_decided(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """The message part carries the whole digest and where it goes."""
    subscription = await decided(sqlite)

    await courier.run()

    (sent,) = messenger.sent
    assert (sent.channel, sent.part, sent.digest) == ("c1", 0, digest())
    assert sent.subscription_id == subscription.id


async def test_what_failed_waits_and_is_tried_again(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger, clock: FakeClock
) -> None:
    """A refused part keeps its place, says why, and arrives when the channel is back."""
    await decided(sqlite)
    messenger.refusing = True

    refused = await courier.run()
    (waiting,) = await outbox(sqlite)
    messenger.refusing = False
    clock.advance(minutes=1)
    arrived = await courier.run()

    (row,) = await outbox(sqlite)
    assert (refused, arrived) == (0, 1)
    assert (waiting.state, waiting.trouble) == (WAITING, "The channel cannot be reached.")
    assert (row.state, row.attempts, row.trouble) == (SENT, 2, None)
    assert row.sent_at == NOW + timedelta(minutes=1)


async def test_a_part_is_not_tried_before_its_wait_is_over(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger, clock: FakeClock
) -> None:
    """However often the courier runs; to the instant it is tried again."""
    await decided(sqlite)
    messenger.refusing = True
    await courier.run()
    at = await waits_until(sqlite)

    clock.now = at - timedelta(microseconds=1)
    await courier.run()
    await Courier(sqlite, messenger, clock=clock).run()
    too_early = len(messenger.states)
    clock.now = at
    await courier.run()

    assert at > NOW
    assert (too_early, len(messenger.states)) == (1, 2)


async def test_each_wait_is_twice_the_last(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger, clock: FakeClock
) -> None:
    """From seconds to a quarter of an hour, with a little of the channel's own; it never gives up."""
    await decided(sqlite)
    messenger.refusing = True

    waits = []
    for _ in range(14):
        await courier.run()
        waits.append(await waits_until(sqlite) - clock.now)
        clock.now += waits[-1]

    assert waits[0] < 10 * SECOND
    assert all(abs(later - 2 * earlier) < SECOND / 1000 for earlier, later in pairwise(waits[:7]))
    assert all(15 * MINUTE <= wait <= 19 * MINUTE for wait in waits[9:])
    assert waits[-1] == waits[-2]


@given(st.integers(0, 10_000), st.text(min_size=1, max_size=20))
def test_a_wait_grows_and_has_an_end(attempts: int, channel: str) -> None:
    """Never less than seconds, never more than twenty minutes, never shorter than the one before, never by chance."""
    part = Delivery(edition_id=1, part=0, channel=channel, subscription_id=1, digest=digest(), attempts=attempts)
    wait = next_try(part, NOW) - NOW

    assert 5 * SECOND <= wait <= 20 * MINUTE
    assert next_try(replace(part, attempts=attempts + 1), NOW) - NOW >= wait
    assert next_try(part, NOW + MINUTE) - MINUTE - NOW == wait


def test_channels_do_not_come_back_all_at_once() -> None:
    """After an outage each has a wait of its own."""
    parts = [
        Delivery(edition_id=1, part=0, channel=str(channel), subscription_id=1, digest=digest())
        for channel in range(20)
    ]

    assert len({next_try(part, NOW) for part in parts}) == 20


async def test_what_was_sent_is_never_sent_again(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger, clock: FakeClock
) -> None:
    """Neither the next run nor a restarted courier touches what has arrived."""
    await decided(sqlite)
    await courier.run()

    again = await courier.run()
    restarted = await Courier(sqlite, messenger, clock=clock).run()

    assert again == restarted == 0
    assert len(messenger.sent) == 1


async def test_one_refused_channel_does_not_hold_up_the_others(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """Each part is on its own way."""
    await decided(sqlite, "gone")
    await decided(sqlite, "here")
    messenger.troubles = {"gone": DeliveryError("The channel cannot be reached.")}

    arrived = await courier.run()

    assert arrived == 1
    assert [row.state for row in await outbox(sqlite)] == [WAITING, SENT]


async def test_one_slow_channel_does_not_hold_up_the_others(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """They arrive while it still hangs, and it arrives when Discord answers."""
    for channel in ("slow", "b", "c", "d"):
        await decided(sqlite, channel)
    messenger.slow = {"slow"}

    messenger.enough = 3

    arrived = await asyncio.wait_for(courier.run(), 10)

    order = [sent.channel for sent in messenger.sent]
    assert (sorted(order[:3]), order[3:]) == (["b", "c", "d"], ["slow"])
    assert arrived == 4
    assert {row.state for row in await outbox(sqlite)} == {SENT}


async def test_not_all_channels_are_posted_to_at_once(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """Ten side by side are enough; the others follow in the same run."""
    for number in range(25):
        await decided(sqlite, f"c{number}")

    arrived = await courier.run()

    assert arrived == 25
    assert 1 < messenger.most_at_once <= 10


async def test_the_oldest_edition_goes_first_and_its_parts_in_order(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """In each channel the editions go in the order they were decided, parts as they are counted."""
    await decided(sqlite, "one", parts=3)
    await decided(sqlite, "two", parts=2)
    await decided(sqlite, "one", day=TUESDAY)

    await courier.run()

    order = {channel: [] for channel in ("one", "two")}  # type: dict[str, list[tuple[int, int]]]
    for sent in messenger.sent:
        order[sent.channel].append((sent.digest.local_date.day, sent.part))
    assert order == {"one": [(8, 0), (8, 1), (8, 2), (9, 0)], "two": [(8, 0), (8, 1)]}


async def test_a_channel_has_its_old_edition_before_its_new_one(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """However slow the older one is, yesterday's news does not come after today's."""
    await decided(sqlite, "slow")
    await decided(sqlite, "slow", day=TUESDAY)
    messenger.slow = {"slow"}

    running = asyncio.create_task(courier.run())
    await asyncio.sleep(0.1)
    under_way = messenger.at_once
    messenger.go_on.set()
    await running

    assert under_way == 1
    assert [sent.digest.local_date for sent in messenger.sent] == [MONDAY, TUESDAY]


async def test_parts_behind_one_that_failed_wait_for_it(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger, clock: FakeClock
) -> None:
    """Also in the runs before it is tried again: a digest is not read from its middle."""
    await decided(sqlite, parts=3)
    messenger.refusing = True
    await courier.run()
    messenger.refusing = False

    meanwhile = await courier.run()
    clock.advance(minutes=1)
    arrived = await courier.run()

    assert (meanwhile, arrived) == (0, 3)
    assert [sent.part for sent in messenger.sent] == [0, 1, 2]


async def test_an_edition_that_fails_is_not_in_the_way_of_the_next(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """One message that Discord will not take does not silence its channel."""
    await decided(sqlite, parts=2)
    await decided(sqlite, day=TUESDAY)
    deliver = messenger.deliver

    async def refuse_monday(delivery: Delivery) -> str:
        messenger.refusing = delivery.digest.local_date == MONDAY
        return await deliver(delivery)

    messenger.deliver = refuse_monday  # type: ignore[method-assign]

    arrived = await courier.run()

    assert arrived == 1
    assert [row.state for row in await outbox(sqlite)] == [WAITING, WAITING, SENT]
    assert len(messenger.states) == 2


async def test_what_another_program_posts_is_left_to_it(sqlite: Store, courier: Courier) -> None:
    """A terminal and Discord may share one archive: neither takes nor marks what is the other's."""
    await decided(sqlite, "elsewhere")
    await decided(sqlite, "here")

    arrived = await courier.run()

    assert arrived == 1
    assert [(row.state, row.attempts) for row in await outbox(sqlite)] == [(WAITING, 0), (SENT, 1)]
    assert (courier.reaches("elsewhere"), courier.reaches("here")) == (False, True)


async def test_a_part_that_was_being_sent_at_a_crash_is_taken_up(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger, clock: FakeClock
) -> None:
    """A part left on its way by a program that died is taken up when another could not be sending it any more."""
    await decided(sqlite)
    messenger.dying = True
    await courier.run()
    (left,) = await outbox(sqlite)
    messenger.dying = False

    restarted = Courier(sqlite, messenger, clock=clock)
    at_once = await restarted.run()
    clock.advance(seconds=59)
    within_the_lease = await restarted.run()
    clock.advance(seconds=1)
    arrived = await restarted.run()

    assert (left.state, left.attempts) == (SENDING, 1)
    assert (at_once, within_the_lease, arrived) == (0, 0, 1)
    assert [(row.state, row.attempts) for row in await outbox(sqlite)] == [(SENT, 2)]


async def test_two_couriers_send_a_part_once(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger, clock: FakeClock
) -> None:
    """Whichever takes it first."""
    for channel in "abcde":
        await decided(sqlite, channel)

    arrived = await asyncio.gather(courier.run(), Courier(sqlite, messenger, clock=clock).run())

    assert sum(arrived) == 5
    assert sorted(sent.channel for sent in messenger.sent) == list("abcde")


async def test_a_try_that_hangs_is_cut_off(
    sqlite: Store,
    courier: Courier,
    messenger: WatchingMessenger,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Within the lease, so that no other program sends it meanwhile; it waits its turn and says why."""
    assert rules._LONGEST_TRY < outbox_rows.LEASE  # noqa: SLF001  # the one depends on the other
    monkeypatch.setattr(rules, "_LONGEST_TRY", timedelta(seconds=0.05))
    await decided(sqlite, "slow")
    messenger.slow = {"slow"}

    cut_off = await asyncio.wait_for(courier.run(), 10)
    (row,) = await outbox(sqlite)
    messenger.go_on.set()
    clock.advance(minutes=1)
    arrived = await courier.run()

    assert (cut_off, arrived) == (0, 1)
    assert (row.state, row.attempts) == (WAITING, 1)
    assert row.trouble == "Discord did not answer in time; the digest is looked for and posted again."
    assert row.next_at > NOW
    assert len(messenger.sent) == 1


async def test_a_channel_that_cannot_be_posted_to_is_paused(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger, clock: FakeClock
) -> None:
    """With the trouble's short name; nothing is tried there any more, and other channels get theirs."""
    gone, here = await decided(sqlite, "gone"), await decided(sqlite, "here")
    messenger.troubles = {"gone": GONE}

    arrived = await courier.run()
    clock.advance(days=1)
    later = await courier.run()

    assert (arrived, later) == (1, 0)
    assert await sqlite.read(subscription_rows.active) == [here]
    assert await sqlite.read(subscription_rows.of_channel, "gone") == replace(gone, paused_reason="no-channel")
    assert len(messenger.states) == 2


async def test_an_edition_nobody_could_see_is_taken_back(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """Its day is undecided, and its stories are new when the channel begins again; what came before stays known."""
    for name in ("a", "b"):
        await sqlite.write(article_rows.keep, [(name, article(name))], feed_id=None)
    subscription = await decided(sqlite, "c1", told=["a"])
    await courier.run()
    await decided(sqlite, "c1", day=TUESDAY, told=["a", "b"])
    messenger.troubles = {"c1": GONE}

    await courier.run()
    last = await sqlite.read(edition_rows.last, subscription.id)
    seen = await sqlite.read(edition_rows.seen, subscription.id, ["a", "b"])
    messenger.troubles = {}
    await decided(sqlite, "c1", day=TUESDAY, told=["b"])
    arrived = await courier.run()

    assert last is not None
    assert (last[0], seen) == (MONDAY, {"a": MONDAY})
    assert arrived == 1
    assert [sent.digest.local_date for sent in messenger.sent] == [MONDAY, TUESDAY]


async def test_an_edition_half_seen_stays(sqlite: Store, courier: Courier, messenger: WatchingMessenger) -> None:
    """Its first part was read: the day is decided and its stories are known, and the rest waits for the channel."""
    await sqlite.write(article_rows.keep, [("a", article("a"))], feed_id=None)
    subscription = await decided(sqlite, parts=2, told=["a"])
    deliver = messenger.deliver

    async def lose_the_second(delivery: Delivery) -> str:
        messenger.troubles = {"c1": GONE} if delivery.part else {}
        return await deliver(delivery)

    messenger.deliver = lose_the_second  # type: ignore[method-assign]

    arrived = await courier.run()

    assert arrived == 1
    assert await sqlite.read(subscription_rows.active) == []
    assert await sqlite.read(edition_rows.seen, subscription.id, ["a"]) == {"a": MONDAY}
    first, _ = await outbox(sqlite)
    assert first.state == SENT


async def test_a_part_that_was_given_up_is_left_alone(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """What is marked as failed is not tried again by itself."""
    await decided(sqlite)
    (waiting,) = await sqlite.read(outbox_rows.due, NOW)
    await sqlite.write(outbox_rows.mark, waiting, FAILED, {})

    assert await courier.run() == 0
    assert messenger.sent == []
