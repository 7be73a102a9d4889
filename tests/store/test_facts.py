"""Counters by which one process sees that another was there, on both databases."""

from bot.store import facts
from bot.store.database import Store


async def test_a_counter_is_raised_by_whoever_saw_it_last(store: Store) -> None:
    """Two writers that saw the same value: the first raises it, the second learns that it came too late."""
    assert await store.read(facts.number, facts.GROUPING) == 0

    first = await store.write(facts.raised, facts.GROUPING, 0)
    second = await store.write(facts.raised, facts.GROUPING, 0)

    assert (first, second) == (True, False)
    assert await store.read(facts.number, facts.GROUPING) == 1
    assert await store.write(facts.raised, facts.GROUPING, 1)
