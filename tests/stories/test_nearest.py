"""The index of vectors finds what an exact search finds, whatever became of its files, on both databases."""

from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import delete, insert

from bot.model import CATALOGUE, Article
from bot.ports import Vectors
from bot.store import articles as article_rows
from bot.store import vectors as vector_rows
from bot.store.database import Store
from bot.store.schema import articles as article_table
from bot.store.schema import facts as fact_table
from bot.store.schema import vectors as vector_table
from bot.stories import nearest, view
from bot.stories.nearest import Nearest
from tests.fakes import DAY, NOW, article

MODEL = "some/model"


@pytest.fixture(scope="module")
def cpu() -> Iterator[Executor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def opened(store: Store, folder: Path, cpu: Executor) -> Nearest:
    return Nearest(store, model=MODEL, folder=folder, cpu=cpu)


@pytest.fixture
async def other(store: Store) -> AsyncIterator[Store]:
    """Another process with the same database."""
    other = Store(store.url)
    await other.open()
    yield other
    await other.close()


def like_headlines(number: int, *, seed: int = 1, dimension: int = 64) -> Vectors:
    """Unit vectors in clusters about a common direction, as those of headlines are."""
    dice = np.random.default_rng(seed)
    themes = dice.normal(size=(20, dimension)) + 0.5
    made = themes[dice.integers(len(themes), size=number)] + 0.8 * dice.normal(size=(number, dimension))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


async def keep(store: Store, made: Vectors, *, begin: int = 1, model: str = MODEL) -> None:
    """Store an article a day for each vector, numbered from a place on, and its vector."""
    numbers = range(begin, begin + len(made))
    await store.write(_keep, [article(f"a{number}", published=NOW + number * DAY) for number in numbers])
    await store.write(vector_rows.encode, model, numbers, made)


def _keep(connection, found: Sequence[Article]) -> None:
    article_rows.keep(connection, [(each.id, each) for each in found], feed_id=None)


def exactly(made: Vectors, asked: NDArray[np.float32], count: int) -> list[int]:
    """The numbers of the nearest, by every vector there is."""
    near = made.astype(np.float16).astype(np.float32) @ asked
    return sorted(range(1, len(made) + 1), key=lambda number: (-near[number - 1], -number))[:count]


async def test_x(store: Store, opened: Nearest) -> None:
    made = like_headlines(700)
    await keep(store, made)
    await opened.refresh()
    found = await opened.find(made[3], count=20)
    assert [n for n, _ in found] == exactly(made, made[3], 20)
    assert len(opened) == 700
