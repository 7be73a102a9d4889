"""How long Discord waits for an answer while a thousand feeds are read, against a bot that has nothing to do.

The real process runs against the emulator in ../shared, beside a server of feeds that are all due at once: first they
bring an archive's worth of new articles, which are encoded and grouped meanwhile; later they say that nothing is new.
"""

import itertools
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from tests.acceptance.emulator import MODERATOR, Emulator
from tests.acceptance.rehearsal import SHARED, Running
from tests.bench.many import ENTRIES, FEEDS, catalogue, served

PACE = 0.25
"""Seconds from one command to the next."""

_STORED = "%Y-%m-%d %H:%M:%S.%f"
_IDLE = 40.0
_LONGEST = 1800.0
_ROUNDS = 3

_ASKED: Sequence[Mapping[str, Any]] = (
    {"command": "digest", "options": {}},
    {"kind": "autocomplete", "command": "search", "focused": "query", "options": {"query": "hua"}},
    {"command": "search", "options": {"query": "huawei"}},
    {"command": "sources", "options": {}},
    {"command": "search", "options": {"query": "芯片 出口"}},
    {"command": "feeds list", "options": {}},
)


@dataclass(slots=True)
class Waited:
    """Milliseconds from each command to the first word of an answer, and to all of it."""

    word: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)

    def row(self, name: str, than: "Waited | None" = None) -> tuple[str, str, str]:
        """A line of the table: half of all, one in twenty, and the longest."""
        word, whole = ((median(some), _late(some), max(some)) for some in (self.word, self.whole))
        later = "" if than is None else f", at worst {word[2] - max(than.word):+.0f} ms"
        return (
            name,
            f"first word {word[0]:.0f}, {word[1]:.0f}, {word[2]:.0f} ms",
            f"all {whole[0]:.0f}, {whole[1]:.0f}, {whole[2]:.0f} ms ({len(self.word)} commands{later})",
        )


async def measure(feeds: int = FEEDS, entries: int = ENTRIES) -> list[tuple[str, str, str]]:
    """Half of all, one in twenty, and the longest wait: busy with a first reading, idle, and busy with a later one."""
    if not SHARED.exists():
        return [("commands beside a poll", "not measured", f"there is no {SHARED}")]
    with tempfile.TemporaryDirectory() as folder, served(feeds, entries) as address:
        home = Path(folder)
        catalogue(address, home / "feeds.yaml", feeds)
        with _running(home) as (discord, channel):
            asked = _Asker(discord, channel)
            first = asked.until(_settled(home, ""))
            idle = asked.until(_after(_IDLE))
            again = Waited()
            for _ in range(_ROUNDS):
                more = asked.until(_settled(home, _make_due(home)))
                again.word += more.word
                again.whole += more.whole
    return [
        idle.row("nothing to do"),
        first.row(f"{feeds:,} feeds read for the first time", idle),
        again.row(f"{feeds:,} unchanged feeds", idle),
    ]


class _Asker:
    """Somebody who uses one command after the other, at a steady pace."""

    def __init__(self, discord: Emulator, channel: str) -> None:
        self._discord = discord
        self._who = {"user_id": MODERATOR, "channel_id": channel, "locale": "en-US", "timeout": 30, "settle": 0}
        self._next = itertools.cycle(_ASKED)

    def until(self, is_over: Callable[[], bool]) -> Waited:
        """Ask until it is over; a late answer does not make the next command late."""
        waited, began = Waited(), time.monotonic()
        while not is_over():
            if time.monotonic() - began > _LONGEST:
                raise TimeoutError("the bot does not come to an end")
            time.sleep(max(0.0, PACE - (time.monotonic() - began) % PACE))
            asked = time.perf_counter()
            said = self._discord.control("POST", "interaction", self._who | next(self._next))
            waited.word.append(said.get("ack_ms", self._who["timeout"] * 1000))
            waited.whole.append((time.perf_counter() - asked) * 1000)
        return waited


@contextmanager
def _running(home: Path) -> Iterator[tuple[Emulator, str]]:
    """The bot in a server's channel."""
    discord = Emulator(home, strict=False)
    settings = {"FEEDS": str(home / "feeds.yaml"), "ALLOW_PRIVATE_HOSTS": "1", "TICK_SECONDS": "1"}
    server = discord.server([{"name": "news"}])
    bot = Running(["run"], home, settings, discord.environment)
    try:
        discord.ready(120)
        yield discord, server.channels["news"]
    finally:
        bot.kill()
        discord.close()


def _make_due(home: Path) -> str:
    """Let every feed be due; returns the moment before."""
    now = datetime.now(UTC).strftime(_STORED)
    with closing(sqlite3.connect(home / "jianbao.db", timeout=30)) as store, store:
        store.execute("UPDATE feeds SET next_poll_at = ?", (now,))
    return now


def _settled(home: Path, since: str) -> Callable[[], bool]:
    """Whether all feeds were read since then, and what they brought is grouped and ready to be searched."""

    def is_settled() -> bool:
        with closing(sqlite3.connect(home / "jianbao.db", timeout=30)) as store:
            return not any(store.execute(query, some).fetchone()[0] for query, some in asked)

    asked = (
        ("SELECT count(*) FROM feeds WHERE polled_at IS NULL OR polled_at < ?", (since,)),
        ("SELECT count(*) FROM articles WHERE story_id IS NULL", ()),
        ("SELECT count(*) FROM unread", ()),
    )
    return is_settled


def _after(seconds: float) -> Callable[[], bool]:
    until = time.monotonic() + seconds
    return lambda: time.monotonic() > until


def _late(some: Sequence[float]) -> float:
    return sorted(some)[int(len(some) * 0.95)]
