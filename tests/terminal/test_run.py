import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.clock import SteppedClock
from bot.ports import Clock
from bot.sample.server import serving
from tests.terminal.typed import ROOT, beside, catalogue

FEEDS = ("harbour-review.xml", "guian-observer.xml", "silicon-ledger.xml")
BEFORE = datetime(2026, 3, 9, 11, tzinfo=UTC)
DUE = datetime(2026, 3, 9, 12, 1, tzinfo=UTC)
LATER = "2026-03-09T13:00Zx60"
"""The second start's clock, an instant with a speed; the first asks a /clock, so that it may take its time to load."""

ARGUMENTS = ("run", "--console", "--at", "20:00", "--zone", "Asia/Shanghai", "--stories", "5")


class Run:
    """`jianbao run --console` in a process of its own."""

    def __init__(self, folder: Path, name: str, feeds: Path, clock: str) -> None:
        self._out, self._err = folder / f"{name}.out", folder / f"{name}.err"
        settings = {"JIANBAO_CLOCK": clock, "JIANBAO_ALLOW_PRIVATE_HOSTS": "1", "JIANBAO_TICK_SECONDS": "0.1"}
        with self._out.open("w") as out, self._err.open("w") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", *ARGUMENTS, "--feeds", feeds],
                cwd=ROOT,
                stdout=out,
                stderr=err,
                env=os.environ | settings,
            )

    def __enter__(self) -> Self:
        """It runs already."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it, whatever it is doing."""
        self.process.kill()
        self.process.wait(10)

    @property
    def out(self) -> str:
        """What it has printed."""
        return self._out.read_text("utf-8")

    @property
    def err(self) -> str:
        """What it has logged."""
        return self._err.read_text("utf-8")

    def waits(self, *, out: str = "", err: str = "", seconds: float = 300) -> None:
        """Wait until it has said this; loading takes long on a busy machine."""
        end = time.monotonic() + seconds
        while out not in self.out or err not in self.err:
            assert self.process.poll() is None, f"it ended:\n{self.err}"
            assert time.monotonic() < end, f"it said only:\n{self.out}\n{self.err}"
            time.sleep(0.1)

    def ends(self) -> int:
        """Ask it to end; its status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@asynccontextmanager
async def telling(clock: Clock) -> AsyncIterator[str]:
    """Serve a clock as a replay does; gives its address."""

    async def tell(_: web.Request) -> web.Response:
        return web.json_response({"now": clock().isoformat()})

    app = web.Application()
    app.router.add_get("/clock", tell)
    async with TestServer(app) as server:
        yield str(server.make_url("/clock"))


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGTERM to ask a process to end")
def test_run_tells_a_day_once(tmp_path: Path) -> None:
    """The digest comes at its time on standard output, SIGTERM ends with 0, and a second start tells nothing again."""
    clock = SteppedClock(BEFORE)
    with beside(serving(clock)) as address, beside(telling(clock)) as time_server:
        feeds = catalogue(tmp_path / "feeds.yaml", address, *FEEDS)
        with Run(tmp_path, "first", feeds, time_server) as first:
            first.waits(err="articles grouped")
            assert first.out == ""
            clock.set(DUE)
            first.waits(out="Next: 10 March 20:00")
            assert first.ends() == 0
        with Run(tmp_path, "second", feeds, LATER) as second:
            second.waits(err="feeds polled")
            time.sleep(1)  # some ticks in which it could tell the day again
            assert second.ends() == 0

    assert first.out.startswith("China tech · Monday 9 March ─")
    assert first.out.count("China tech · ") == 1
    assert "  5 · " in first.out
    assert "Reading 3 feeds. Next digest: 9 March 20:00 (Asia/Shanghai)" in first.err
    assert second.out == ""
    assert "Next digest: 10 March 20:00 (Asia/Shanghai)" in second.err
    assert "Traceback" not in first.err + second.err
