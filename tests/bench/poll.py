"""Reading a thousand feeds, first whole and then unchanged, against lemon24/reader on the same server.

Seconds are those of one machine in one run; beside them stands the processor time, which busy neighbours change less.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil

from bot.feeds.tamed import parsed
from tests.bench.many import ENTRIES, FEEDS, bodies, catalogue, make_due, served

WORKERS = 20
"""How many threads reader has."""

_AT_ONCE = 20
_ROUNDS = 5
"""How often unchanged feeds are polled by either; the round in the middle counts."""
_BLINK, _EVERY = 0.02, 0.25
_LONGEST = 1800.0
_ROOT = Path(__file__).parent.parent.parent
_READER = os.environ.get("BENCH_READER", "")
"""Where `pip install --target DIR reader sgmllib3k` has put it, where it is not installed beside us."""


@dataclass(frozen=True, slots=True)
class Took:
    """What something took: seconds on the wall, and of all processors."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        """Both numbers."""
        return f"{self.wall:.1f} s ({self.cpu:.1f} s of processor)"


async def measure(feeds: int = FEEDS, entries: int = ENTRIES) -> list[tuple[str, str, str]]:
    """The first poll, a poll of unchanged feeds, the most memory, and what none could do without."""
    with tempfile.TemporaryDirectory() as folder, served(feeds, entries) as address:
        home = Path(folder)
        catalogue(address, home / "feeds.yaml", feeds)
        theirs = _reader(home, address, feeds)
        first, again, megabytes = _jianbao(home, feeds)
        fetched, unchanged = [await _bare(address, feeds, unchanged=each) for each in (False, True)]
    parsing = _feedparser(feeds, entries)
    share = f"{parsing.cpu / first.cpu:.0%} of the first poll's processor time"
    return [
        (f"first poll of {feeds:,} feeds of {entries}", str(first), _against(theirs[:1], first, least=2)),
        ("a poll of them unchanged", str(again), _against(theirs[1:], again, least=3)),
        ("its peak memory with the parser's process", f"{megabytes:,.0f} MB", "PSS (at most 200)"),
        ("feedparser alone, the same bodies", str(parsing), share),
        ("aiohttp alone, all fetched", str(fetched), f"{first.wall / fetched.wall:.1f} x that is the first poll"),
        ("aiohttp alone, all unchanged", str(unchanged), f"{again.wall / unchanged.wall:.1f} x that is such a poll"),
    ]


def _against(theirs: Sequence[Took], ours: Took, *, least: int) -> str:
    if not theirs:
        return "not measured: pip install 'jianbao[bench]'"
    return f"reader {theirs[0]}: {theirs[0].wall / ours.wall:.1f} x (at least {least})"


def _reader(home: Path, address: str, feeds: int) -> list[Took]:
    """The same work done by reader in a process of its own, from its start too; nothing where it is not installed."""
    command = [sys.executable, "-c", _THEIR_WORK, home / "reader.db", address, *map(str, (feeds, WORKERS, _ROUNDS))]
    found = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": _READER}, capture_output=True, text=True, check=False
    )
    if "No module named 'reader'" in found.stderr:
        return []
    return [Took(*each) for each in json.loads(found.stdout)]


_THEIR_WORK = """
import json, psutil, sys, time
from reader import make_reader

program = psutil.Process()
reader = make_reader(sys.argv[1])
for number in range(int(sys.argv[3])):
    reader.add_feed(f"{sys.argv[2]}/{number}")

def now():
    used = program.cpu_times()
    return time.time(), used.user + used.system

def took(since, **how):
    reader.update_feeds(workers=int(sys.argv[4]), **how)
    return [after - before for before, after in zip(since, now())]

first = took((program.create_time(), 0.0))
again = [took(now(), scheduled=False) for _ in range(int(sys.argv[5]))]
print(json.dumps([first, sorted(again)[len(again) // 2]]))
"""


def _jianbao(home: Path, feeds: int) -> tuple[Took, Took, float]:
    """`jianbao poll` from its start to the end of the first round, a round of unchanged feeds, and its megabytes."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("JIANBAO_")}
    settings = {"HOME": home, "FEEDS": home / "feeds.yaml", "ALLOW_PRIVATE_HOSTS": 1, "TICK_SECONDS": 0.05}
    env = others | {f"JIANBAO_{name}": str(value) for name, value in settings.items()} | {"JIANBAO_LOG_FORMAT": "json"}
    with (home / "log.txt").open("w") as log:
        program = psutil.Popen([sys.executable, "-m", "bot", "poll"], cwd=_ROOT, env=env, stderr=log)
        try:
            with _weighed(program) as weights:
                first = _timed(program, lambda: _polled(home) >= feeds)
                again = [_again(program, home, feeds * each) for each in range(2, _ROUNDS + 2)]
        finally:
            program.terminate()
            program.wait(30)
    return first, sorted(again, key=lambda took: took.wall)[_ROUNDS // 2], max(weights)


def _again(program: psutil.Popen, home: Path, polled: int) -> Took:
    make_due(home / "jianbao.db")
    return _timed(program, lambda: _polled(home) >= polled, since=_used(program))


def _timed(program: psutil.Popen, is_over: Callable[[], bool], since: float = 0.0) -> Took:
    """What passes until something is over; a program just started is counted from its start."""
    began = time.time() if since else program.create_time()
    while not is_over():
        if program.poll() is not None or time.time() - began > _LONGEST:
            raise TimeoutError("jianbao poll does not come to an end")
        time.sleep(_BLINK)
    return Took(time.time() - began, _used(program) - since)


def _polled(home: Path) -> int:
    """How many feeds the log tells of."""
    lines = (home / "log.txt").read_text("utf-8").splitlines()
    return sum(json.loads(line)["feeds"] for line in lines if line.startswith("{") and '"feeds polled"' in line)


def _used(program: psutil.Process) -> float:
    """Processor time of a program and of its processes, those that have ended too."""
    own = program.cpu_times()
    children = (child.cpu_times() for child in program.children(recursive=True))
    ended = own.children_user + own.children_system
    return own.user + own.system + ended + sum(each.user + each.system for each in children)


@contextmanager
def _weighed(program: psutil.Process) -> Iterator[list[float]]:
    """The megabytes of a program and its processes (PSS), again and again while this lasts."""
    weights, over = [0.0], threading.Event()

    def weigh() -> None:
        while not over.wait(_EVERY):
            with suppress(psutil.Error):  # a process that has just ended
                family = (program, *program.children(recursive=True))
                weights.append(sum(each.memory_full_info().pss for each in family) / 2**20)

    weighing = threading.Thread(target=weigh)
    weighing.start()
    try:
        yield weights
    finally:
        over.set()
        weighing.join()


async def _bare(address: str, feeds: int, *, unchanged: bool) -> Took:
    """Nothing but aiohttp over the same addresses, as many at a time as ours."""
    turns = asyncio.Semaphore(_AT_ONCE)

    async def fetch(number: int) -> None:
        known = {"If-None-Match": f'"tag-{number}"'} if unchanged else {}
        async with turns, session.get(f"{address}/{number}", headers=known) as answer:
            await answer.read()

    began, used = time.perf_counter(), time.process_time()
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*map(fetch, range(feeds)))
    return Took(time.perf_counter() - began, time.process_time() - used)


def _feedparser(feeds: int, entries: int) -> Took:
    """Nothing but feedparser over the same bodies, as ours uses it."""
    took = Took(0.0, 0.0)
    for body in bodies(feeds, entries):
        text, began, used = body.decode(), time.perf_counter(), time.process_time()
        parsed(text)
        took = Took(took.wall + time.perf_counter() - began, took.cpu + time.process_time() - used)
    return took
