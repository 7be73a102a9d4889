from datetime import timedelta

from bot.feed import LONGEST_WAIT
from bot.store import hosts
from bot.store.database import Store
from tests.fakes import NOW

HOUR = timedelta(hours=1)


async def test_a_host_is_closed_until_its_time(store: Store) -> None:
    """And open from then on."""
    await store.write(hosts.close, "a.example", NOW + HOUR, now=NOW)

    assert await store.read(hosts.closed, NOW) == {"a.example": NOW + HOUR}
    assert await store.read(hosts.closed, NOW + HOUR) == {}


async def test_the_latest_time_counts(store: Store) -> None:
    """A host that asked for longer is not opened by another of its feeds; one that has opened can close again."""
    for hours in (1, 3, 2):
        await store.write(hosts.close, "a.example", NOW + hours * HOUR, now=NOW)
    closed = await store.read(hosts.closed, NOW)
    await store.write(hosts.close, "a.example", NOW + 5 * HOUR, now=NOW + 4 * HOUR)

    assert closed == {"a.example": NOW + 3 * HOUR}
    assert await store.read(hosts.closed, NOW + 4 * HOUR) == {"a.example": NOW + 5 * HOUR}


async def test_no_host_is_closed_for_ever(store: Store) -> None:
    """A time beyond all that is asked for was written by a clock gone wrong."""
    await store.write(hosts.close, "a.example", NOW + LONGEST_WAIT + HOUR, now=NOW)

    assert await store.read(hosts.closed, NOW) == {}
