"""Whose turn it is at the processor: who asks goes first, and long work rests between its pieces until he is answered.

Python runs one thread at a time, so whatever works beside a search makes it wait. Long work therefore calls `rest`
wherever a piece of it is done, some milliseconds after the last.
"""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

_PATIENCE = 0.2
"""Seconds that a piece of work waits at most: however much is asked, work goes on."""

_here = threading.local()


class Turns:
    """A thread for what somebody waits for, and one for all other heavy work; of both, one is at work at a time."""

    def __init__(self) -> None:
        self._asking = 0
        self._nobody_asks = threading.Event()
        self._nobody_asks.set()
        self._quiet = asyncio.Event()  # the same for the event loop
        self._quiet.set()
        self.asked = ThreadPoolExecutor(1, thread_name_prefix="asked")
        self.work = ThreadPoolExecutor(1, thread_name_prefix="work", initializer=self._begin)

    def close(self) -> None:
        """Let what runs come to its end."""
        self.asked.shutdown()
        self.work.shutdown()

    @contextmanager
    def first(self) -> Iterator[None]:
        """While this lasts, somebody waits for an answer; entered and left in the event loop alone."""
        self._asking += 1
        self._nobody_asks.clear()
        self._quiet.clear()
        try:
            yield
        finally:
            self._asking -= 1
            if not self._asking:
                self._nobody_asks.set()
                self._quiet.set()

    async def rest(self) -> None:
        """Wait until nobody asks, or patience ends: for work that runs in the event loop."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await self._quiet.wait()

    def _begin(self) -> None:
        _here.nobody_asks = self._nobody_asks


def rest() -> None:
    """Wait until nobody asks, or patience ends; elsewhere than in the thread of long work it does nothing."""
    nobody_asks: threading.Event | None = getattr(_here, "nobody_asks", None)
    if nobody_asks is not None:
        nobody_asks.wait(_PATIENCE)
