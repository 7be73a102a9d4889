from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from bot.model import Article
from bot.ports import Vectors
from bot.store import articles as rows
from bot.store import encoding
from bot.store import feeds as feed_rows
from bot.store import vectors as vector_rows
from bot.store.database import Store
from tests.fakes import NOW, article, feed_spec, settle

LATER = NOW + timedelta(hours=1)


def made(many: int, direction: int = 0) -> Vectors:
    """So many vectors, all the same."""
    return np.tile(np.eye(8, dtype=np.float32)[direction], (many, 1))


def told(*names: str) -> list[Article]:
    """Articles that each have a story."""
    return [replace(article(name), story_id=f"story-{name}") for name in names]


async def encode(store: Store, *numbers: int, model: str = "fake") -> None:
    await store.write(vector_rows.encode, model, numbers, made(len(numbers)))


async def older(store: Store, limit: int = 9, model: str = "fake") -> list[str] | None:
    """The ids of the next older articles to encode, after which these are encoded; None at the end."""
    part = await store.read(encoding.older, model, limit)
    if part is None:
        return None
    await store.write(encoding.pass_by, model, part, made(len(part.articles)))
    return [each.id for _, each in part.articles]


async def walk(store: Store, limit: int, model: str = "fake") -> list[list[str]]:
    """What was encoded in each part until nothing was left."""
    parts = []
    while (part := await older(store, limit, model)) is not None:
        parts.append(part)
    return parts


def ids(found: Sequence[tuple[int, Article]]) -> list[str]:
    return [each.id for _, each in found]


async def test_what_is_new_waits_in_the_order_it_came(store: Store) -> None:
    """Neither a story nor a vector of this model; what has either does not wait here."""
    await settle(store, *told("known"))
    await store.write(rows.keep, [(name, article(name)) for name in "abc"], feed_id=None)
    await encode(store, 3)

    assert ids(await store.read(encoding.fresh, "fake", 9)) == ["a", "c"]
    assert ids(await store.read(encoding.fresh, "other", 2)) == ["a", "b"]


async def test_what_is_open_lacks_a_vector_within_its_time(store: Store) -> None:
    """A window is whole when every article that was published in its time and has a story has a vector."""
    await settle(store, *told("a", "b"), replace(article("c", published=LATER), story_id="story-c"))
    await store.write(rows.keep, [("new", article("new"))], feed_id=None)
    await encode(store, 1)

    assert ids(await store.read(encoding.within, "fake", 9, NOW, NOW)) == ["b"]
    assert ids(await store.read(encoding.within, "other", 9, NOW, LATER)) == ["a", "b", "c"]


async def test_another_model_encodes_the_archive_in_parts_the_newest_first(store: Store) -> None:
    """Each part is bounded, goes on where the last ended, and what has a vector already is passed by."""
    await settle(store, *told(*"abcdefg"))
    await encode(store, 4, model="other")

    first = await older(store, 3, "other")
    counts = await store.read(encoding.progress, "other")

    assert (first, counts) == (["g", "f", "e"], (4, 7))
    assert await walk(store, 3, "other") == [["c", "b", "a"]]
    assert await store.read(encoding.progress, "other") == (7, 7)
    assert await older(store, model="other") is None


@pytest.mark.parametrize("stride", [1, 2, 100])
async def test_a_long_archive_is_walked_through_in_strides(
    store: Store, stride: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However little is looked at in one go, all of it is found, each article once."""
    monkeypatch.setattr(encoding, "_STRIDE", stride)
    await settle(store, *told(*"abcde"))
    await encode(store, 2, 3)

    assert [each for part in await walk(store, 2) for each in part] == ["e", "d", "a"]


async def test_nothing_is_walked_through_twice(store: Store) -> None:
    """What came since has its vector from the start; going back to a model begins anew and encodes what it missed."""
    await settle(store, *told("a"))
    assert await walk(store, 9) == [["a"]]
    await settle(store, *told("b"))
    assert await older(store) is None

    assert await walk(store, 9, "other") == [["b", "a"]]
    assert await walk(store, 9) == [["b"]]


async def test_an_edited_article_is_encoded_anew(store: Store) -> None:
    """Its old vector is gone, and however deep it lies it is found without a walk."""
    await store.write(feed_rows.put, feed_spec("https://example.com/tech"), origin="file", now=NOW)
    (feed,) = await store.read(feed_rows.listed)
    await store.write(rows.keep, [(name, article(name)) for name in "abc"], feed_id=feed.id)
    await encode(store, 1, 2, 3)
    assert await walk(store, 9) == [[]]

    await store.write(rows.keep, [("b", article("b", "Another title", seen=LATER))], feed_id=feed.id)

    assert await store.read(encoding.progress, "fake") == (2, 3)
    assert await walk(store, 9) == [["b"]]
    assert await store.read(encoding.progress, "fake") == (3, 3)


async def test_a_vector_of_an_old_title_is_not_kept(store: Store) -> None:
    """An article may be edited while it is encoded; it waits on, and the others of its part do not."""
    await store.write(rows.keep, [(name, article(name)) for name in "ab"], feed_id=None)
    (one, said), other = await store.read(encoding.fresh, "fake", 9)

    await store.write(encoding.keep, "fake", [(one, replace(said, title="As it was")), other], made(2, 3))

    assert ids(await store.read(encoding.fresh, "fake", 9)) == ["a"]
    numbers, vectors = await store.read(vector_rows.of, "fake", range(1, 9))
    assert (numbers, vectors.tolist()) == ([2], made(1, 3).tolist())
