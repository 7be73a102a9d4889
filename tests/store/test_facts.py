"""What an installation knows of itself, and counters by which one process sees another, on both databases."""

import asyncio
import re
from pathlib import Path

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


async def test_an_installation_has_one_id(store: Store) -> None:
    """Made when it is first asked for, whoever asks and however many at once, and the same ever after."""
    again = Store(store.url)
    await again.open()

    ids = await asyncio.gather(*(each.write(facts.installation) for each in (store, again, store, again)))
    await again.close()

    assert re.fullmatch(r"[0-9a-f]{8}", ids[0])
    assert set(ids) == {ids[0]}
    assert await store.write(facts.installation) == ids[0]


async def test_installations_are_told_apart(store: Store, tmp_path: Path) -> None:
    """Two databases have two ids, so that neither takes the other's messages for its own."""
    other = Store(f"sqlite:///{tmp_path / 'other.db'}")
    await other.open()

    here, there = [await each.write(facts.installation) for each in (store, other)]
    await other.close()

    assert here != there


async def test_a_fact_is_what_was_noted_last(store: Store) -> None:
    """Word for word; other facts stay, and what nobody noted is None."""
    await store.write(facts.note, facts.COMMANDS, "abc")
    await store.write(facts.note, "other", "华为 '%")

    await store.write(facts.note, facts.COMMANDS, "def")

    assert await store.read(facts.text, facts.COMMANDS) == "def"
    assert await store.read(facts.text, "other") == "华为 '%"
    assert await store.read(facts.text, "nobody") is None
