"""The recorded stream served as live feeds, and the unmodified program run beside it."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
import yaml
from sqlalchemy import ColumnElement, Connection, func, select

from bot.model import Kind
from bot.store.database import Store
from bot.store.feed_tables import feeds
from bot.store.schema import articles, deliveries

ROOT = Path(__file__).parent.parent.parent
SHARED = ROOT.parent / "shared"
LONGEST_WAIT = timedelta(minutes=40)
"""Longer than the wait between two polls with its jitter: a feed claimed and not yet read is further off."""

FORUMS = re.compile(r"^X：|hacker ?news|reddit|lobsters|v2ex", re.IGNORECASE)
AGGREGATORS = re.compile(r"techmeme|hacker ?news|google|buzzing|readhub|rss|聚合|newsnow|api", re.IGNORECASE)


def kind_of(title: str) -> Kind:
    """What stands behind a recorded source, as a moderator would write it down."""
    if FORUMS.search(title):
        return Kind.COMMUNITY
    return Kind.AGGREGATOR if AGGREGATORS.search(title) else Kind.PRESS


class Replay:
    """The recorded stream on loopback, with a clock of its own that stands still until it is set."""

    def __init__(self, start: str) -> None:
        self.process = subprocess.Popen(
            [
                sys.executable,
                SHARED / "tools" / "replay_feeds.py",
                SHARED / "data" / "stream" / "articles.jsonl.gz",
                *("--port", "0", "--start", start, "--speed", "0", "--least", "20"),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        said = self.process.stdout.readline() if self.process.stdout else ""
        self.address = said.split(" on ")[1].strip().removesuffix("/feeds.json")

    @property
    def clock(self) -> str:
        """What JIANBAO_CLOCK is set to."""
        return f"{self.address}/clock"

    def set(self, now: datetime) -> None:
        """Step the clock."""
        request = Request(f"{self.clock}?now={quote(now.isoformat())}", method="POST")
        urlopen(request, timeout=10).read()

    def feeds(self) -> list[dict[str, Any]]:
        """What is served, the busiest first."""
        listed: list[dict[str, Any]] = json.load(urlopen(f"{self.address}/feeds.json", timeout=30))
        return listed

    def catalogue(self, path: Path, most: int) -> int:
        """Write a feeds.yaml of the busiest sources; returns how many it holds."""
        feeds = [
            {
                "url": feed["url"],
                "title": feed["title"],
                "newsroom": feed["title"],
                "language": feed["language"],
                "kind": str(kind_of(feed["title"])),
                "mixed": True,
            }
            for feed in self.feeds()[:most]
        ]
        path.write_text(yaml.safe_dump({"feeds": feeds}, allow_unicode=True), "utf-8")
        return len(feeds)

    def close(self) -> None:
        """End the server."""
        self.process.terminate()
        self.process.wait(10)
        if self.process.stdout:
            self.process.stdout.close()


def surroundings(home: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """The program's environment: this machine's without its own settings, and those of the test."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(("JIANBAO_", "DISCORD_"))}
    return others | {f"JIANBAO_{name}": value for name, value in settings.items()} | {"JIANBAO_HOME": str(home)}


class Running:
    """The unmodified program in a process of its own."""

    def __init__(
        self,
        arguments: list[str],
        home: Path,
        settings: Mapping[str, str],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.home = home
        self._out = (home / "out.txt").open("a")
        self._log = (home / "log.txt").open("a")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments],
            cwd=ROOT,
            stdout=self._out,
            stderr=self._log,
            env=surroundings(home, settings) | dict(environment or {}),
        )

    def told(self) -> str:
        """Everything printed on standard output so far, in this run and those before it in this home."""
        return (self.home / "out.txt").read_text("utf-8")

    def log(self) -> str:
        """Everything logged so far."""
        return (self.home / "log.txt").read_text("utf-8")

    def peak_megabytes(self) -> float:
        """The most memory the process has held (VmHWM)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        return int(status.split("VmHWM:")[1].split()[0]) / 1024

    def kill(self) -> None:
        """End the process at once, if it still runs."""
        self.process.kill()
        self.process.wait(30)
        self._out.close()
        self._log.close()

    def end(self) -> int:
        """Ask the process to end and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(30)
        self._out.close()
        self._log.close()
        return status


Start = Callable[[list[str], Mapping[str, str]], Running]
"""Starts the program with these arguments and settings."""


async def caught_up(store: Store, now: datetime, running: Running, *, editions: int = 0) -> None:
    """Wait until nothing is due at this time, every article has its story and so many digests have arrived."""
    for _ in range(1200):
        assert running.process.poll() is None, running.log()[-2000:]
        if await store.read(_is_caught_up, now, editions):
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"not caught up at {now}: {running.log()[-2000:]}")


def _is_caught_up(connection: Connection, now: datetime, editions: int) -> bool:
    def count(*conditions: ColumnElement[bool]) -> int:
        return connection.execute(select(func.count()).where(*conditions)).scalar_one()

    read = select(feeds.c.polled_at, feeds.c.next_poll_at).where(feeds.c.removed_at.is_(None))
    polls = connection.execute(read).all()
    waiting = count(articles.c.story_id.is_(None))
    return (
        bool(polls)
        and all(poll.polled_at and now < poll.next_poll_at < poll.polled_at + LONGEST_WAIT for poll in polls)
        and not waiting
        and count(deliveries.c.state == "sent") >= editions
    )
