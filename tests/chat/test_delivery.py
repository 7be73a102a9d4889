from datetime import date, time, timedelta

import pytest
from sqlalchemy import Connection, select

from bot.chat.delivery import Courier
from bot.model import Delivery, Language
from bot.store import editions as edition_rows
from bot.store.database import Store
from bot.store.editions import FAILED, SENDING, SENT, WAITING
from bot.store.schema import deliveries
from tests.fakes import NOW, FakeClock, FakeMessenger, digest


class WatchingMessenger(FakeMessenger):
    """Notes what the outbox says of a part while that part is being sent; dies while `dying` is set."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self.dying = False
        self.states: list[tuple[str, int]] = []

    async def deliver(self, delivery: Delivery) -> str:
        """Look into the outbox, then send."""
        row = next(row for row in await outbox(self._store) if row.edition_id == delivery.edition_id)
        self.states.append((row.state, row.attempts))
        if self.dying:
            raise RuntimeError("the machine went down here")
        return await super().deliver(delivery)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def messenger(sqlite: Store) -> WatchingMessenger:
    return WatchingMessenger(sqlite)


@pytest.fixture
def courier(sqlite: Store, messenger: WatchingMessenger, clock: FakeClock) -> Courier:
    return Courier(sqlite, messenger, clock=clock)


async def decided(store: Store, channel: str = "c1", *, day: date = date(2026, 6, 8), parts: int = 1) -> None:
    """Put an edition with its parts into the outbox."""
    wish = await store.write(
        edition_rows.subscribe,
        channel=channel,
        local_time=time(8),
        zone="America/New_York",
        language=Language.EN,
        size=15,
        now=NOW,
    )
    await store.write(edition_rows.decide, wish, digest(day=day), [], parts=parts, now=NOW)


async def outbox(store: Store) -> list:  # type: ignore[type-arg]
    def read(connection: Connection) -> list:  # type: ignore[type-arg]
        return list(connection.execute(select(deliveries).order_by(deliveries.c.edition_id, deliveries.c.part)))

    return await store.read(read)


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
    await decided(sqlite)

    await courier.run()

    (sent,) = messenger.sent
    assert (sent.channel, sent.part, sent.digest) == ("c1", 0, digest())


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
    deliver = messenger.deliver

    async def refuse_one(delivery: Delivery) -> str:
        messenger.refusing = delivery.channel == "gone"
        return await deliver(delivery)

    messenger.deliver = refuse_one  # type: ignore[method-assign]

    arrived = await courier.run()

    assert arrived == 1
    assert [row.state for row in await outbox(sqlite)] == [WAITING, SENT]


async def test_the_oldest_edition_goes_first_and_its_parts_in_order(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """Editions go in the order they were decided, parts as they are counted."""
    await decided(sqlite, "one", parts=3)
    await decided(sqlite, "two", parts=2)
    await decided(sqlite, "one", day=date(2026, 6, 9))

    await courier.run()

    order = [(sent.channel, sent.digest.local_date.day, sent.part) for sent in messenger.sent]
    assert order == [("one", 8, 0), ("one", 8, 1), ("one", 8, 2), ("two", 8, 0), ("two", 8, 1), ("one", 9, 0)]


async def test_a_part_that_was_being_sent_at_a_crash_is_taken_up(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger, clock: FakeClock
) -> None:
    """A part left on its way by a program that died is taken up when another could not be sending it any more."""
    await decided(sqlite)
    messenger.dying = True
    with pytest.raises(RuntimeError):
        await courier.run()
    (left,) = await outbox(sqlite)
    messenger.dying = False

    at_once = await Courier(sqlite, messenger, clock=clock).run()
    clock.advance(minutes=2)
    arrived = await Courier(sqlite, messenger, clock=clock).run()

    assert (left.state, left.attempts) == (SENDING, 1)
    assert (at_once, arrived) == (0, 1)
    assert [row.state for row in await outbox(sqlite)] == [SENT]


async def test_a_part_that_was_given_up_is_left_alone(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """What is marked as failed is not tried again by itself."""
    await decided(sqlite)
    (waiting,) = await sqlite.read(edition_rows.outbox, NOW)
    await sqlite.write(edition_rows.mark, waiting, FAILED, {})

    assert await courier.run() == 0
    assert messenger.sent == []
