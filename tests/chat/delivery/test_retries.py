import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.chat import delivery as rules
from bot.chat.delivery import Courier, next_try
from bot.errors import DeliveryError, UnclearError
from bot.model import Delivery
from bot.store import sending
from bot.store.database import Store
from bot.store.editions import SENDING, SENT, WAITING
from tests.chat.delivery.outbox import WatchingMessenger, decided, killed, outbox, waits_until
from tests.fakes import NOW, FakeClock, digest

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
PART = Delivery(edition_id=1, part=0, channel="c1", subscription_id=1, decided_at=NOW, digest=digest())


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
    part = replace(PART, channel=channel, attempts=attempts)
    wait = next_try(part, NOW) - NOW

    assert 5 * SECOND <= wait <= 20 * MINUTE
    assert next_try(replace(part, attempts=attempts + 1), NOW) - NOW >= wait
    assert next_try(part, NOW + MINUTE) - MINUTE - NOW == wait


def test_channels_do_not_come_back_all_at_once() -> None:
    """After an outage each has a wait of its own."""
    parts = [replace(PART, channel=str(channel)) for channel in range(20)]

    assert len({next_try(part, NOW) for part in parts}) == 20


async def test_a_part_that_was_being_sent_at_a_crash_is_taken_up(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger, clock: FakeClock
) -> None:
    """A part left on its way by a program that died is taken up when another could not be sending it any more."""
    await decided(sqlite)
    await killed(courier, messenger)
    (left,) = await outbox(sqlite)

    restarted = Courier(sqlite, messenger, clock=clock)
    at_once = await restarted.run()
    clock.advance(seconds=59)
    within_the_lease = await restarted.run()
    clock.advance(seconds=1)
    arrived = await restarted.run()

    assert (left.state, left.attempts, left.unclear) == (SENDING, 1, True)
    assert (at_once, within_the_lease, arrived) == (0, 0, 1)
    assert [(row.state, row.attempts) for row in await outbox(sqlite)] == [(SENT, 2)]


async def test_a_try_that_hangs_is_cut_off(
    sqlite: Store,
    courier: Courier,
    messenger: WatchingMessenger,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Within the lease, so that no other program sends it meanwhile; it waits its turn and says why."""
    assert rules.LONGEST_TRY < sending.LEASE  # the one depends on the other
    monkeypatch.setattr(rules, "LONGEST_TRY", timedelta(seconds=0.05))
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


@pytest.mark.parametrize(
    ("error", "unclear"),
    [
        (DeliveryError("Discord said no."), False),
        (UnclearError("Discord broke."), True),
        (TimeoutError(), True),
        (KeyError("a component nobody thought of"), True),
    ],
)
async def test_a_part_that_may_be_there_is_looked_for_and_no_other(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger, clock: FakeClock, error: Exception, unclear: bool
) -> None:
    """Where Discord refused it nobody has it; where its answer got lost, the next try is told since when to look."""
    await decided(sqlite)
    messenger.troubles = {"c1": error}

    failed = await courier.run()
    at = await waits_until(sqlite)
    messenger.troubles = {}
    clock.now = at
    arrived = await courier.run()

    (sent,) = messenger.sent
    assert (failed, arrived) == (0, 1)
    assert NOW < at < NOW + 10 * SECOND
    assert (sent.unclear, sent.first_at, sent.attempts) == (unclear, NOW, 1)


async def test_a_part_stays_unclear_until_it_arrives(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger, clock: FakeClock
) -> None:
    """A plain refusal of a later try does not tell what became of the first."""
    await decided(sqlite)
    for error in (UnclearError("Discord broke."), DeliveryError("Discord said no."), DeliveryError("And again.")):
        messenger.troubles = {"c1": error}
        await courier.run()
        clock.now = await waits_until(sqlite)
    messenger.troubles = {}

    await courier.run()

    (sent,) = messenger.sent
    assert (sent.unclear, sent.first_at, sent.attempts) == (True, NOW, 3)


async def test_a_part_that_was_never_tried_is_not_looked_for(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """Looking costs a request; the part knows when its edition was decided, which makes it one of a kind."""
    await decided(sqlite)

    await courier.run()

    (sent,) = messenger.sent
    assert (sent.unclear, sent.first_at, sent.decided_at) == (False, None, NOW)


async def test_a_part_of_a_program_that_died_is_looked_for(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger, clock: FakeClock
) -> None:
    """It may have been posted in its last moment."""
    await decided(sqlite)
    await killed(courier, messenger)
    clock.advance(minutes=1)

    await Courier(sqlite, messenger, clock=clock).run()

    (sent,) = messenger.sent
    assert (sent.unclear, sent.first_at) == (True, NOW)


async def test_what_breaks_a_part_is_in_the_log(sqlite: Store, courier: Courier, messenger: WatchingMessenger) -> None:
    """With the whole error, since nobody has met it before; the part waits like any other that failed."""
    await decided(sqlite)
    messenger.troubles = {"c1": KeyError("a component nobody thought of")}

    with capture_logs() as logged:
        await courier.run()

    (row,) = await outbox(sqlite)
    assert [each["event"] for each in logged] == ["part broke the delivery", "delivery failed"]
    assert (row.state, row.attempts) == (WAITING, 1)
