"""A thousand feeds on loopback, in a process of their own: `python -m tests.bench.many 1000 50` prints the address.

Every body is made before the first request, so that serving costs next to nothing beside whoever reads.
"""

import asyncio
import json
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

from bot.text import language_of
from tests.bench.data import headlines

FEEDS, ENTRIES = 1000, 50

_ROOT = Path(__file__).parent.parent.parent
_SPREAD = timedelta(days=20)
_HEADLINES = 12_000
_UNCHANGED = b"HTTP/1.1 304 Not Modified\r\nETag: %b\r\nContent-Length: 0\r\n\r\n"
_WHOLE = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: %b\r\nContent-Length: %d\r\n\r\n%b"
_MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


@contextmanager
def served(feeds: int = FEEDS, entries: int = ENTRIES) -> Iterator[str]:
    """The address of so many feeds, each at /0, /1 and so on."""
    command = [sys.executable, "-m", "tests.bench.many", str(feeds), str(entries)]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield server.stdout.readline().strip() if server.stdout else ""
        finally:
            server.kill()


def catalogue(address: str, path: Path, feeds: int = FEEDS) -> None:
    """Write a feeds.yaml of them, each with a newsroom of its own."""
    listed = [
        {
            "url": f"{address}/{number}",
            "title": f"Feed {number}",
            "newsroom": f"Newsroom {number}",
            "language": "zh" if number % 2 else "en",
            "mixed": True,
        }
        for number in range(feeds)
    ]
    path.write_text(json.dumps({"feeds": listed}), "utf-8")  # JSON is YAML, and read as quickly


def make_due(store: Path) -> str:
    """Let every feed of a bot's database be due; returns since when, as it is stored."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    with closing(sqlite3.connect(store, timeout=30)) as opened, opened:
        opened.execute("UPDATE feeds SET next_poll_at = ?", (now,))
    return now


def bodies(feeds: int, entries: int) -> Iterator[bytes]:
    """Feeds in either language by turns, their headlines recombined from real ones.

    Of five feeds two have excerpts in plain text, two in HTML, and one the whole article behind them.
    """
    dice, now = random.Random(7), datetime.now(UTC).replace(microsecond=0)
    known = headlines(_HEADLINES)
    by_language = [
        [each for each in known if (language_of(each) == "zh") == is_chinese] for is_chinese in (False, True)
    ]
    for number in range(feeds):
        items = (_item(number, at, by_language[number % 2], dice, now) for at in range(entries))
        yield (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
            f"<title>Feed {number}</title><link>https://site{number}.example/</link>"
            f"<language>{('en-us', 'zh-cn')[number % 2]}</language>{''.join(items)}</channel></rss>"
        ).encode()


def _item(feed: int, at: int, known: list[str], dice: random.Random, now: datetime) -> str:
    link = f"https://site{feed}.example/2026/{feed * 1000 + at}.html"
    one, two, *rest = dice.choices(known, k=12)
    title = one[: len(one) // 2] + two[len(two) // 2 :]
    published = format_datetime(now - dice.random() * _SPREAD, usegmt=True)
    return (
        f'<item><title>{escape(title)}</title><link>{link}</link><guid isPermaLink="false">{feed}-{at}</guid>'
        f"<pubDate>{published}</pubDate><author>editor@site{feed}.example</author><category>Technology</category>"
        f"<description>{_excerpt(feed % 5, link, rest[:4])}</description>{_whole(feed % 5, rest)}</item>\n"
    )


def _excerpt(kind: int, link: str, said: list[str]) -> str:
    if kind < 2:
        return escape(" ".join(said[:3]))
    image = f'<p><img src="{link}.jpg" alt="" width="600" /></p>'
    return f'<![CDATA[{image}<p>{escape(" ".join(said))} <a href="{link}">Read more</a></p>]]>'


def _whole(kind: int, said: list[str]) -> str:
    if kind < 4:
        return ""
    paragraphs = "".join(f"<p>{escape(each)} <strong>{escape(each)}</strong></p>\n" for each in said * 2)
    return f"<content:encoded><![CDATA[{paragraphs}]]></content:encoded>"


class _Door(asyncio.Protocol):
    """Answers GET requests from memory, and those that know the ETag with 304."""

    def __init__(self, answers: list[tuple[bytes, bytes, bytes]]) -> None:
        self._answers = answers
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while b"\r\n\r\n" in self._heard:
            asked, _, self._heard = self._heard.partition(b"\r\n\r\n")
            self._transport.write(self._answer(asked))  # type: ignore[attr-defined]

    def _answer(self, asked: bytes) -> bytes:
        number = asked.split(b" ", 2)[1].removeprefix(b"/")
        if not number.isdigit() or int(number) >= len(self._answers):
            return _MISSING
        tag, unchanged, whole = self._answers[int(number)]
        return unchanged if tag in asked else whole


async def _serve(feeds: int, entries: int) -> None:
    answers = []
    for number, body in enumerate(bodies(feeds, entries)):
        tag = b'"tag-%d"' % number
        answers.append((tag, _UNCHANGED % tag, _WHOLE % (tag, len(body), body)))
    server = await asyncio.get_running_loop().create_server(lambda: _Door(answers), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(*map(int, sys.argv[1:])))
