"""A courier over a store, with a messenger that watches."""

import pytest

from bot.chat.delivery import Courier
from bot.store.database import Store
from tests.chat.delivery.outbox import WatchingMessenger
from tests.fakes import FakeClock


@pytest.fixture
def messenger(sqlite: Store) -> WatchingMessenger:
    return WatchingMessenger(sqlite)


@pytest.fixture
def courier(sqlite: Store, messenger: WatchingMessenger, clock: FakeClock) -> Courier:
    return Courier(sqlite, messenger, clock=clock)
