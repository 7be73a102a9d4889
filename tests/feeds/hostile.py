"""Feeds made to hurt who reads them, a reader that dies of any look outside, and what reading them costs."""

import asyncio
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from bot.errors import ParseError
from bot.feed import Fetched, ParsedFeed
from bot.feeds.worker import ParserProcess

NOW = datetime(2026, 11, 29, tzinfo=UTC)
SECONDS, MEGABYTES = 2.0, 400
NAMED = {"empty", "html", "challenge", "login", "not-a-feed", "too-costly"}
"""How a hostile feed may end that is no list of entries; a crash is not among them."""

_BEAT = 0.005
_WATCHED = f"""
import os, sys, zoneinfo
from bot.feeds import parse, worker
HOMES = (sys.prefix, sys.base_prefix, {str(Path(__file__).parents[2] / "bot")!r}, *zoneinfo.TZPATH)
FORBIDDEN = ("socket.", "subprocess.", "urllib.", "os.exec", "os.fork", "os.posix_spawn", "os.system")
read, reading = parse.read, []

def watch(event, args):
    path = args[0] if event in ("open", "os.listdir") and not isinstance(args[0], int) else None
    if reading and (event.startswith(FORBIDDEN) or path and not os.fsdecode(path).startswith(HOMES)):
        os._exit(97)

def watched(body, **rest):
    reading.append(True)
    try:
        {{before}}
        return read(body, **rest)
    finally:
        reading.clear()

sys.addaudithook(watch)
parse.read = watched
worker.main()
"""


def watched(before: str = "pass") -> ParserProcess:
    """A parser whose process ends at once where reading opens a file that is not the program's, or a socket."""
    return ParserProcess(command=(sys.executable, "-P", "-c", _WATCHED.format(before=before)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one feed came to: its entries or the name of its trouble, and what its reading took."""

    found: ParsedFeed | str
    seconds: float
    megabytes: float

    @property
    def is_bearable(self) -> bool:
        """Whether it ended in a list or a named error within its time and memory."""
        named = self.found in NAMED if isinstance(self.found, str) else True
        return named and self.seconds < SECONDS and self.megabytes < MEGABYTES


async def cost(parser: ParserProcess, body: bytes, *, zone: str | None = None) -> Cost:
    """Read a feed; time is the reader's own processor time, which a busy machine does not stretch."""
    before, begun = await asyncio.to_thread(_used), time.perf_counter()
    try:
        fetched = Fetched(url="https://site.example/feed", body=body, content_type="text/xml")
        found: ParsedFeed | str = await parser.parse(fetched, zone=zone, now=NOW)
    except ParseError as error:
        found = error.code
    after = await asyncio.to_thread(_used)
    is_same = after is not None and before is not None and after[0] == before[0]
    seconds = after[1] - before[1] if is_same else time.perf_counter() - begun
    return Cost(found=found, seconds=seconds, megabytes=after[2] if after else 0.0)


def _used() -> tuple[int, float, float] | None:
    """The reader's process, its processor seconds, and the megabytes it had at its height (where that can be told)."""
    for child in psutil.Process().children():
        if "worker.main()" in " ".join(child.cmdline()):
            times, memory = child.cpu_times(), child.memory_info()
            return child.pid, times.user + times.system, _peak(child.pid, memory.rss) / (1 << 20)
    return None


def _peak(pid: int, now: int) -> int:
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM")), now)


@dataclass(slots=True)
class Heartbeat:
    """How late the event loop comes to what should run now, in seconds."""

    late: list[float] = field(default_factory=list)
    _beating: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin to beat."""
        self._beating = asyncio.create_task(self._beat())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop beating."""
        if self._beating:
            self._beating.cancel()
            await asyncio.gather(self._beating, return_exceptions=True)

    async def _beat(self) -> None:
        while True:
            due = time.perf_counter() + _BEAT
            await asyncio.sleep(_BEAT)
            self.late.append(time.perf_counter() - due)

    def percentile(self, share: float) -> float:
        """How late it is at most, in that share of its beats."""
        return sorted(self.late)[min(len(self.late) - 1, int(len(self.late) * share))]


def _rss(items: str, before: str = '<?xml version="1.0"?>\n') -> str:
    return f'{before}<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'


def _laughs(end: str) -> str:
    return end.join(f'<!ENTITY l{n} "' + f"&l{n - 1};" * 10 + '">' for n in range(1, 10))


def _item(title: str, rest: str = "") -> str:
    return f"<item><title>{title}</title><guid>1</guid>{rest}</item>"


def _doctype(entities: str) -> str:
    return f'<?xml version="1.0"?>\n<!DOCTYPE rss [\n{entities}\n]>\n'


_ATTRIBUTES = " ".join(f"a{n}='{n}'" for n in range(20_000))

FEEDS: dict[str, bytes] = {
    name: body if isinstance(body, bytes) else body.encode()
    for name, body in {
        "billion laughs": _rss(_item("&l9;"), _doctype('<!ENTITY l0 "ha">\n' + _laughs("\n"))),
        "billion laughs in one line": _rss(_item("&l9;"), _doctype('<!ENTITY l0 "ha">' + _laughs(""))),
        "quadratic": _rss(_item("&a;" * 5000), _doctype(f'<!ENTITY a "{"A" * 50_000}">')),
        "a local file": _rss(_item("&x;"), _doctype('<!ENTITY x SYSTEM "file:///etc/hostname">')),
        "an address inside": _rss(_item("&x;"), _doctype('<!ENTITY x SYSTEM "http://127.0.0.1:9/x">')),
        "a parameter": _rss(_item("x"), _doctype('<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;')),
        "a document type elsewhere": _rss(_item("x"), '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">'),
        "the name of a file": "/etc/hostname",
        "an address": "http://127.0.0.1:9/latest/meta-data/",
        "blank lines": _rss(_item("x"), "\n" * 60_000),
        "blank lines in a type": _rss(_item("x"), "<!DOCTYPE" + "\n" * 60_000 + "rss>"),
        "letters for an author": _rss(_item("x", f"<author>{'a' * 60_000}</author>")),
        "dots for an author": _rss(_item("x", f"<author>a@{'a.' * 8000}!</author>") * 3),
        "attributes": _rss(f"<item {_ATTRIBUTES}><title>x</title></item>"),
        "deep": _rss(_item("x", f"<description>{'<a>' * 20_000}</description>")),
        "deep text": _rss(_item("x", f"<description><![CDATA[{'<div>' * 20_000}]]></description>")),
        "many": _rss("".join(f"<item><title>{n}</title><link>https://e.x/{n}</link></item>" for n in range(5000))),
        "a storm of items": _rss("<item/>" * 200_000),
        "comments": _rss(_item("x", f"<description><![CDATA[{'<!--' * 30_000}]]></description>")),
        "ampersands": _rss(_item("x", f"<description>{'&amp;' * 60_000}</description>")),
        "brackets": _rss(_item("x", f"<description><![CDATA[{'<' * 200_000}]]></description>")),
        "open CDATA": _rss(_item("x", "<description>" + "<![CDATA[" * 60_000)),
        "hours": _rss("<skipHours><hour>" * 60_000),
        "digits for a date": _rss(_item("x", f"<pubDate>{'1' * 100_000}</pubDate>")),
        "a long title": _rss(_item("A" * 500_000)),
        "a long Chinese title": _rss(_item("华" * 300_000)),
        "deep JSON": '{"items":' + "[" * 200_000,
        "NULs": _rss(_item("A\x00B")),
        "broken UTF-8": _rss(_item("A")).encode().replace(b">A<", b">\xff\xfe\xc3(<"),
        "noise": bytes(range(256)) * 4000,
        "packed": b"\x1f\x8b\x08\x00" + b"\x00" * 1000,
        "nothing": b"",
    }.items()
}
"""Small feeds, each of which breaks some reader: https://github.com/kurtmckee/feedparser/issues/562 and its like."""
