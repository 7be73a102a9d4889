"""A Discord in this process with the real client in it; whatever was sent is looked at in the end."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import simcord

from bot.app import App
from bot.config import Settings
from tests import archive, bundled
from tests.chat.stage import Loaded, Stage, opened
from tests.fakes import FakeClock, FakeFetcher


@pytest.fixture(scope="session")
def loaded() -> Loaded:
    """The word lists, read once for all tests."""
    return {name: read() for name, read in bundled.LISTS.items()}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def fetcher() -> FakeFetcher:
    return FakeFetcher({})


@pytest.fixture
async def app(tmp_path: Path, clock: FakeClock, fetcher: FakeFetcher, loaded: Loaded) -> AsyncIterator[App]:
    made = App(Settings.load(database_url=archive.empty(tmp_path / "chat.db")), clock)
    await opened(made, fetcher, loaded)
    yield made
    await made.store.close()


@pytest.fixture
async def env(app: App) -> AsyncIterator[simcord.Env]:
    client, _ = await app.discord()
    made = simcord.Env(client, shard_count=1, settle_timeout=30)
    await made.start()
    yield made
    await made.shutdown()
    made._raise_errors_since(made._errors_acknowledged)  # noqa: SLF001  # as its own plugin does


@pytest.fixture
def stage(app: App, clock: FakeClock, fetcher: FakeFetcher, env: simcord.Env) -> Iterator[Stage]:
    made = Stage.set(app, clock, fetcher, env)
    yield made
    assert made.wrong() == []
