from datetime import datetime, timedelta

import pytest

from bot.pulse import SILENCE, Pulse, silent
from bot.store.database import Store
from tests.fakes import NOW, FakeClock

LONG_AGO = NOW - SILENCE - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("read", "post", "missing"),
    [
        (NOW, NOW, ()),
        (NOW - SILENCE, NOW, ()),
        (None, None, ("read", "post")),
        (None, NOW, ("read",)),
        (NOW, LONG_AGO, ("post",)),
        (LONG_AGO, LONG_AGO, ("read", "post")),
        (NOW + timedelta(hours=1), NOW, ("read",)),
    ],
)
def test_a_job_that_was_not_heard_of_is_silent(
    read: datetime | None, post: datetime | None, missing: tuple[str, ...]
) -> None:
    """Never, long ago, or by a clock that was ahead: none of these is a sign of life."""
    assert silent({"read": read, "post": post}, NOW) == missing


async def test_another_process_sees_when_a_job_ended(store: Store) -> None:
    """What the bot notes, the health check reads from the same database."""
    clock = FakeClock()
    await Pulse(store, clock).beat("read")

    assert await Pulse(store, clock).last() == {"read": NOW, "post": None}


async def test_a_beat_is_written_now_and_then(sqlite: Store) -> None:
    """A tick every few seconds is not written down each time; after half a minute it is."""
    clock = FakeClock()
    pulse = Pulse(sqlite, clock)

    told = []
    for _ in range(4):
        await pulse.beat("read")
        told.append((await pulse.last())["read"])
        clock.advance(seconds=15)

    assert told == [NOW, NOW, NOW + timedelta(seconds=30), NOW + timedelta(seconds=30)]
