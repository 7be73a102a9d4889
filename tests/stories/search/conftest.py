"""The bundled word lists, read once, and doors to search on each database."""

from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.store.database import Store
from bot.stories.search.tokens import Reader
from tests import archive, bundled
from tests.stories.search.headlines import Door, Lists


@pytest.fixture(scope="session")
def lists() -> Lists:
    """The bundled word lists."""
    return Lists(
        reader=Reader(bundled.lexicon(), bundled.meanings),
        speller=bundled.speller(),
        thesaurus=bundled.thesaurus(),
        topics=bundled.topics(),
    )


@pytest.fixture
def cpu() -> Iterator[Executor]:
    """The one thread for heavy work."""
    with ThreadPoolExecutor(1) as made:
        yield made


@pytest.fixture
def door(store: Store, lists: Lists, cpu: Executor) -> Door:
    """Search over an empty archive, once on each database."""
    return Door(store, lists, cpu)


@pytest.fixture
async def doors(tmp_path: Path, shared_url: str, lists: Lists, cpu: Executor) -> AsyncIterator[tuple[Door, Door]]:
    """Search over two empty archives, one on SQLite and one on PostgreSQL."""
    stores = [Store(archive.empty(tmp_path / "both.db")), Store(shared_url)]
    for each in stores:
        await each.open()
    yield Door(stores[0], lists, cpu), Door(stores[1], lists, cpu)
    for each in stores:
        await each.close()
