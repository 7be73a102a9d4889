"""Who asks goes first."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator

import pytest

from bot import turns as room
from bot.turns import Turns, rest


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long enough for a slow machine; the one test of its end has its own."""
    monkeypatch.setattr(room, "_PATIENCE", 30.0)


@pytest.fixture
async def turns() -> AsyncIterator[Turns]:
    made = Turns()
    yield made
    made.close()


class Work:
    """Work of one piece after another, until it is told to stop."""

    def __init__(self) -> None:
        self.pieces = 0
        self._stop = threading.Event()

    def __call__(self) -> None:
        """Do it."""
        while not self._stop.wait(0.001):
            rest()
            self.pieces += 1

    def stop(self) -> None:
        """Let it end after this piece."""
        self._stop.set()


@pytest.fixture
def work() -> Iterator[Work]:
    made = Work()
    yield made
    made.stop()


async def begun(work: Work, pieces: int = 0) -> None:
    """Wait until some more of it is done."""
    while work.pieces <= pieces:  # noqa: ASYNC110  # it is done in another thread
        await asyncio.sleep(0.001)


async def test_work_rests_while_somebody_asks(turns: Turns, work: Work) -> None:
    """Between two pieces of it; it goes on where it was once the last has his answer."""
    running = asyncio.get_running_loop().run_in_executor(turns.work, work)
    await begun(work)
    with turns.first():
        with turns.first():
            await asyncio.sleep(0.05)
            before = work.pieces
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.05)
        during = work.pieces
    await begun(work, during)
    work.stop()
    await running

    assert during == before


async def test_who_asks_is_answered_beside_work(turns: Turns, work: Work) -> None:
    """There is a thread for it, in which nothing rests."""
    running = asyncio.get_running_loop().run_in_executor(turns.work, work)
    with turns.first():
        async with asyncio.timeout(10):  # a third of what a piece of work would wait
            await asyncio.get_running_loop().run_in_executor(turns.asked, rest)
    work.stop()
    await running


async def test_work_goes_on_however_much_is_asked(turns: Turns, work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """A piece waits only so long."""
    monkeypatch.setattr(room, "_PATIENCE", 0.001)
    with turns.first():
        running = asyncio.get_running_loop().run_in_executor(turns.work, work)
        await begun(work, 3)
        await turns.rest()
    work.stop()
    await running


async def test_the_event_loop_rests_too(turns: Turns) -> None:
    """What runs there waits until nobody asks."""
    with turns.first():
        resting = asyncio.ensure_future(turns.rest())
        await asyncio.sleep(0.02)
        assert not resting.done()
    await resting


async def test_elsewhere_nobody_rests(turns: Turns) -> None:
    """What is worked out in any other thread waits for nobody who asks."""
    with turns.first():
        async with asyncio.timeout(10):
            await asyncio.to_thread(rest)
