"""Searching while the bot works, beside searching when it is idle: `python -m tests.bench busy`.

A thousand feeds are read; then a thousand more that tell the same, while what came is encoded and grouped, which the
bot does only one after the other; then the rest is grouped and all of it indexed. Somebody searches meanwhile, pausing
a little after each answer. With an archive of `fill` that is there, `python -m tests.bench.busy HOME ARTICLES` prints
all times as JSON.
"""

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain, cycle
from pathlib import Path

import numpy as np

from bot.app import App
from bot.clock import SteppedClock
from bot.config import Settings
from bot.log import start_log
from tests.bench.asking import MIX
from tests.bench.data import A_DAY, BEGIN
from tests.bench.fill import Filler
from tests.bench.many import FEEDS, catalogue, served

SIZE, ENTRIES, ROUNDS, PAUSE = 100_000, 4, 8, 0.05
MOST = 2.0
"""How many times the p95 of an idle bot a busy one's may be."""
_ROOT = Path(__file__).parent.parent.parent

Row = tuple[str, str, str]
Times = dict[str, list[float]]


async def measure() -> list[Row]:
    """The percentiles of searches when idle and in each kind of work."""
    filler = await Filler.load()
    with tempfile.TemporaryDirectory() as folder:
        await filler.fill(Path(folder), SIZE)
        return [*_rows(_asked(Path(folder), SIZE), SIZE)]


def _asked(home: Path, size: int) -> Times:
    """Ask in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.busy", str(home), str(size)]
    found: Times = json.loads(subprocess.run(command, cwd=_ROOT, stdout=subprocess.PIPE, check=True).stdout)
    return found


def _rows(took: Times, size: int) -> Iterator[Row]:
    idle = took.pop("idle")
    worked = took.pop("worked")
    yield f"idle, {size:,} articles", f"{_ms(idle)} ms", f"p50, p95, p99 of {len(idle)} searches"
    for (name, some), seconds in zip(took.items(), worked, strict=True):
        yield f"while {name}", f"{_ms(some)} ms", f"{_ratio(some, idle)}; {len(some)} searches in {seconds:.0f} s"
    every = [*chain(*took.values())]
    yield "all of this work", f"{_ms(every)} ms", f"{_ratio(every, idle)} (at most {MOST:.0f})"


def _ratio(busy: list[float], idle: list[float]) -> str:
    return f"p95 {np.percentile(busy, 95) / np.percentile(idle, 95):.2f} x idle"


def _ms(took: list[float]) -> str:
    return " / ".join(f"{each * 1000:.1f}" for each in np.percentile(took, (50, 95, 99)))


async def main() -> None:
    """Search an idle bot, then a busy one."""
    start_log("error", "text")
    size = int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder, served(FEEDS, ENTRIES) as one, served(FEEDS, ENTRIES) as other:
        home = Path(folder) / "home"
        shutil.copytree(sys.argv[1], home)  # what is read goes into it
        print(json.dumps(await _searched(home, size, (one, other))))


async def _searched(home: Path, size: int, addresses: tuple[str, str]) -> Times:
    catalogue(addresses[0], home / "feeds.yaml", FEEDS)
    settings = Settings(
        home=home,
        database_url=f"sqlite:///{home}/jianbao.db",
        feeds=home / "feeds.yaml",
        allow_private_hosts=True,
    )
    clock = SteppedClock(BEGIN + size * timedelta(days=1) / A_DAY)
    app = App(settings, clock)
    app.load()
    async with app:
        await app.read_catalogue()
        app.questions  # noqa: B018  # the word lists are loaded here
        await app.grouper.run()  # so is the open window
        seekers = _Seeker(app)
        await seekers.search(1)
        found = {"idle": await seekers.search(ROUNDS)}

        async def again() -> None:
            catalogue(addresses[1], home / "feeds.yaml", FEEDS)
            await app.read_catalogue()
            await asyncio.gather(app.poller.run(clock()), app.grouper.run())

        async def index() -> None:
            await app.grouper.run()
            await app.indexer.run()
            await app.nearest.refresh()

        found["worked"] = []
        for name, work in (
            (f"{FEEDS:,} feeds are read", lambda: app.poller.run(clock())),
            ("as many are read, and what came is encoded and grouped", again),
            ("the rest is grouped and indexed", index),
        ):
            began = time.perf_counter()
            found[name] = await seekers.while_running(asyncio.ensure_future(work()))
            found["worked"].append(time.perf_counter() - began)
    return found


class _Seeker:
    """Somebody who searches."""

    def __init__(self, app: App) -> None:
        self._searcher = app.searcher
        self._queries = cycle([*chain(*MIX.values())])

    async def search(self, rounds: int) -> list[float]:
        """Ask everything so many times, an idle bot."""
        return [await self._one() for _ in range(rounds * sum(map(len, MIX.values())))]

    async def while_running(self, work: asyncio.Future[object]) -> list[float]:
        """Ask until some work has ended."""
        took = []
        while not work.done():
            took.append(await self._one())
        await work
        return took

    async def _one(self) -> float:
        await asyncio.sleep(PAUSE)
        began = time.perf_counter()
        await self._searcher.search(next(self._queries))
        return time.perf_counter() - began


if __name__ == "__main__":
    asyncio.run(main())
