"""Vectors come back in the order they were stored, whichever articles they are of, on both databases."""

import asyncio
from datetime import timedelta

import numpy as np
from sqlalchemy import Connection, delete

from bot.store import articles as article_rows
from bot.store import vectors as rows
from bot.store.database import Store
from bot.store.schema import vectors
from tests.fakes import NOW, article

UNIT = np.eye(8, dtype=np.float32)


async def keep(store: Store, number: int) -> None:
    """Store so many articles, a second apart, the even ones a server's own."""
    coming = [
        article(f"a{at}", published=NOW + timedelta(seconds=at), scope="catalogue" if at % 2 else "77")
        for at in range(1, number + 1)
    ]
    await store.write(article_rows.keep, [(each.id, each) for each in coming], feed_id=None)


def _forget(connection: Connection, number: int) -> None:
    connection.execute(delete(vectors).where(vectors.c.article == number))


async def test_what_comes_later_lies_behind_what_came_before(store: Store) -> None:
    """Lower numbers too, and an article's next vector; in batches that miss none and repeat none."""
    await keep(store, 5)
    await store.write(rows.encode, "m", [4, 5], UNIT[[4, 5]])
    await store.write(rows.encode, "m", [2, 1, 3], UNIT[[2, 1, 3]])
    await store.write(_forget, 5)
    await store.write(rows.encode, "m", [5], UNIT[[0]])

    position, order = rows.BEGIN, []
    while batch := await store.read(rows.after, "m", position, 2):
        order += list(zip(batch.numbers, batch.vectors.argmax(axis=1).tolist(), strict=True))
        position = batch.last

    assert order == [(4, 4), (1, 1), (2, 2), (3, 3), (5, 0)]


async def test_vectors_come_with_what_limits_a_search(store: Store) -> None:
    """Scope and time, to the microsecond."""
    await keep(store, 2)
    await store.write(rows.encode, "m", [1, 2], UNIT[[1, 2]])

    batch = await store.read(rows.after, "m", rows.BEGIN, 9)

    assert batch
    assert (batch.numbers, batch.scopes) == ([1, 2], ["catalogue", "77"])
    assert batch.published == [rows.micros(NOW) + 1_000_000, rows.micros(NOW) + 2_000_000]
    assert await store.read(rows.after, "other", rows.BEGIN, 9) is None


async def test_vectors_of_some_articles(store: Store) -> None:
    """In order of number, of those that have one, of this model."""
    await keep(store, 4)
    await store.write(rows.encode, "m", [1, 2, 3], UNIT[[1, 2, 3]])
    await store.write(rows.encode, "other", [4], UNIT[[4]])

    numbers, found = await store.read(rows.of, "m", [3, 4, 1, 99])

    assert (numbers, found.tolist()) == ([1, 3], UNIT[[1, 3]].tolist())
    assert (await store.read(rows.of, "m", []))[0] == []
    assert (await store.read(rows.count, "m"), len(await store.read(rows.sample, "m", 9))) == (3, 3)
    assert len(await store.read(rows.sample, "nobody", 9)) == 0


async def test_two_that_encode_at_once_stand_one_behind_the_other(store: Store) -> None:
    """Who has read up to the one cannot miss the other, in whichever order they end."""
    await keep(store, 8)
    other = Store(store.url)
    await other.open()

    both = zip((store, other) * 4, range(1, 9), strict=True)
    await asyncio.gather(*(each.write(rows.encode, "m", [at], UNIT[[0]]) for each, at in both))
    await other.close()

    position, stamps = rows.BEGIN, []
    while batch := await store.read(rows.after, "m", position, 1):
        position = batch.last
        stamps.append(position[0])
    assert len(stamps) == len({*stamps}) == 8


async def test_a_position_tells_whether_the_store_still_has_it(store: Store) -> None:
    """By how long the vectors are that came then."""
    await keep(store, 1)
    await store.write(rows.encode, "m", [1], UNIT[[0]])
    batch = await store.read(rows.after, "m", rows.BEGIN, 1)
    assert batch

    there = await store.read(rows.dimension_at, "m", batch.last)
    await store.write(_forget, 1)

    assert (there, await store.read(rows.dimension_at, "m", batch.last)) == (8, None)
