"""How long the event loop is held up while everything runs: polling, parsing, encoding, grouping, telling."""

import asyncio
import tempfile
import time
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

import yaml

from bot.app import App
from bot.clock import SteppedClock
from bot.config import Settings
from bot.model import A_DIGEST, Language, Wish
from bot.sample.server import catalogue, serving
from bot.terminal.run import subscribe
from tests.fakes import FakeMessenger

COPIES = 12
HOURS = 36
BEGIN = datetime(2026, 3, 9, tzinfo=UTC)
BEAT = 0.002


async def measure() -> list[tuple[str, str, str]]:
    """The longest stall and the 99.9th percentile, from a heart that beats every two milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        home, clock = Path(folder), SteppedClock(BEGIN)
        settings = Settings.load(
            home=home, database_url=f"sqlite:///{home}/bench.db", feeds=home / "feeds.yaml", allow_private_hosts=True
        )
        app = App(settings, clock)
        app.load()
        async with app, serving(clock) as address:
            feeds = _many(catalogue(address), settings.feeds)
            late, took = await _beaten(app, clock)
    late.sort()
    return [
        (
            "longest stall of the event loop",
            f"{late[-1] * 1000:.0f} ms",
            f"{feeds} feeds, {HOURS} rounds, {took:.0f} s",
        ),
        ("99.9 % of stalls are below", f"{late[int(len(late) * 0.999)] * 1000:.0f} ms", f"{len(late):,} beats"),
    ]


def _many(sample: str, path: Path) -> int:
    """The sample catalogue many times over: the server ignores what stands behind the question mark."""
    listed = yaml.safe_load(sample)["feeds"]
    feeds = [feed | {"url": f"{feed['url']}?copy={copy}"} for copy in range(COPIES) for feed in listed]
    path.write_text(yaml.safe_dump({"feeds": feeds}), "utf-8")
    return len(feeds)


async def _beaten(app: App, clock: SteppedClock) -> tuple[list[float], float]:
    await app.read_catalogue()
    wish = Wish(local_time=time_of_day(12), zone="UTC", language=Language.EN, size=A_DIGEST)
    await subscribe(app, wish)
    jobs, late = app.jobs(FakeMessenger()), list[float]()
    heart = asyncio.create_task(_beat(late))
    began = time.perf_counter()
    for hour in range(HOURS):
        clock.set(BEGIN + timedelta(hours=hour))
        await jobs.once()
    took = time.perf_counter() - began
    heart.cancel()
    return late, took


async def _beat(late: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(BEAT)
        late.append(time.perf_counter() - began - BEAT)
