"""How long Discord waits for an answer while a thousand feeds are read, against a bot that has nothing to do.

The real process runs against the emulator in ../shared, beside a server of feeds that are all due at once: first they
bring an archive's worth of new articles, of which some are encoded and grouped meanwhile; later they say that nothing
is new. As somebody asks all the time, long work rests most of the time: its end is not waited for.
"""

import itertools
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tests.acceptance.emulator import MODERATOR, Emulator
from tests.acceptance.rehearsal import SHARED, Running
from tests.bench.many import ENTRIES, FEEDS, catalogue, make_due, served

PACE = 0.25
"""Seconds from one command to the next."""

_IDLE = _AFTERWARDS = 40.0
"""Seconds of having nothing to do, before any feed is there, and of encoding and grouping when all are read."""
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

    def and_then(self, later: "Waited") -> "Waited":
        """Both, one after the other."""
        return Waited(self.word + later.word, self.whole + later.whole)

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
    with tempfile.TemporaryDirectory() as folder:
        with _running(Path(folder, "idle"), 1, 1) as asked:
            idle = asked.until(_after(_IDLE))
        with _running(Path(folder, "first"), feeds, entries) as asked:
            first = asked.until(asked.all_read()).and_then(asked.until(_after(_AFTERWARDS)))
        with _running(Path(folder, "again"), feeds, 1) as asked:
            asked.until(asked.all_read())
            again = Waited()
            for _ in range(_ROUNDS):
                asked.make_due()
                again = again.and_then(asked.until(asked.all_read()))
    return [
        idle.row("nothing to do"),
        first.row(f"{feeds:,} feeds read for the first time", idle),
        again.row(f"{feeds:,} unchanged feeds", idle),
    ]


class _Asker:
    """Somebody who uses one command after the other, at a steady pace, and knows how far the feeds are."""

    def __init__(self, discord: Emulator, channel: str, home: Path, feeds: int) -> None:
        self._discord = discord
        self._who = {"user_id": MODERATOR, "channel_id": channel, "locale": "en-US", "timeout": 30, "settle": 0}
        self._next = itertools.cycle(_ASKED)
        self._store, self._feeds, self._since = home / "jianbao.db", feeds, ""

    def make_due(self) -> None:
        """Let every feed be due."""
        self._since = make_due(self._store)

    def all_read(self) -> Callable[[], bool]:
        """Whether every feed was read since it was due."""

        def is_over() -> bool:
            with closing(sqlite3.connect(self._store, timeout=30)) as store:
                read = store.execute("SELECT count(*) FROM feeds WHERE polled_at >= ?", (self._since,))
                return int(read.fetchone()[0]) >= self._feeds

        return is_over

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
def _running(home: Path, feeds: int, entries: int) -> Iterator[_Asker]:
    """The bot in a server's channel, with so many feeds of so many entries."""
    home.mkdir()
    with served(feeds, entries) as address:
        catalogue(address, home / "feeds.yaml", feeds)
        discord = Emulator(home, strict=False)
        settings = {"FEEDS": str(home / "feeds.yaml"), "ALLOW_PRIVATE_HOSTS": "1", "TICK_SECONDS": "1"}
        server = discord.server([{"name": "news"}])
        bot = Running(["run"], home, settings, discord.environment)
        try:
            discord.ready(120)
            yield _Asker(discord, server.channels["news"], home, feeds)
        finally:
            bot.kill()
            discord.close()


def _after(seconds: float) -> Callable[[], bool]:
    until = time.monotonic() + seconds
    return lambda: time.monotonic() > until


def _late(some: Sequence[float]) -> float:
    return sorted(some)[int(len(some) * 0.95)]
