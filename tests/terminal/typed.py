"""What a command typed in this process said, the articles and feeds it is pointed at, and what the archive holds."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

ROOT = Path(__file__).parent.parent.parent
SAMPLE = ROOT / "bot" / "sample"

LINES = (
    {
        "id": "a1",
        "url": "https://www.scmp.com/tech/a1",
        "title": "Huawei unveils Ascend 960 AI chip at Shanghai conference",
        "summary": "Huawei Technologies showed the Ascend 960 on Monday, its first chip with memory of its own design.",
        "source": "SCMP",
        "published": "2026-06-08T02:00:00Z",
        "lang": "en",
    },
    {
        "id": "a2",
        "url": "https://www.ithome.com/0/a2.htm",
        "title": "华为在上海大会发布昇腾 960 AI 芯片",
        "summary": "华为周一发布昇腾 960，首次采用自研内存。",
        "source": "IT之家",
        "published": "2026-06-08T01:00:00Z",
        "lang": "zh",
    },
    {
        "id": "a3",
        "url": "https://www.reuters.com/a3",
        "title": "TSMC posts record May revenue on AI demand",
        "summary": "",
        "source": "Reuters",
        "published": "2026-06-08T05:00:00Z",
        "lang": "en",
    },
    {
        "id": "a4",
        "url": "https://36kr.com/p/a4",
        "title": "宇树科技科创板上市申请获受理",
        "summary": "",
        "source": "36氪",
        "published": "2026-06-06T05:00:00Z",
        "lang": "zh",
    },
)
"""Two presses on one event, and two events of one press each, the last of them two days before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How a command ended."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        """Standard output, which is one JSON value."""
        return json.loads(self.out)

    def lines(self) -> list[Any]:
        """Standard output, which is one JSON value a line."""
        return [json.loads(line) for line in self.out.splitlines()]


Jianbao = Callable[..., Said]
"""Types a command: its words, and `stdin` for what is written to it."""


def written(path: Path, *lines: object) -> Path:
    """A file of JSON lines; a text is written as it is."""
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    path.write_text("\n".join(texts) + "\n", "utf-8")
    return path


def rows(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that has any; no file is no rows."""
    if not database.exists():
        return {}
    with closing(sqlite3.connect(database)) as connection:
        named = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        held = {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in named}  # noqa: S608  # our own names
    own = {name: found for name, found in held.items() if not name.startswith("article_words_")}
    return {name: found for name, found in own.items() if found and name != "alembic_version"}


def is_one_sentence(said: str) -> bool:
    """Whether this is one line, with a full stop at its end and no other that begins a sentence."""
    line = said.removesuffix("\n")
    starts = [following for following in line.split(". ")[1:] if following[:1].isupper()]
    return line.endswith(".") and "\n" not in line and not starts


def catalogue(path: Path, address: str, *names: str) -> Path:
    """A feeds.yaml of these pages of a server."""
    feed = "  - {{url: {address}/{name}, title: {name}, newsroom: {name}, language: en}}\n"
    path.write_text("feeds:\n" + "".join(feed.format(address=address, name=name) for name in names), "utf-8")
    return path


@contextmanager
def beside(server: AbstractAsyncContextManager[str]) -> Iterator[str]:
    """Run a server in a thread, so that a command can have this one; gives the server's address."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(10)
        asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result(70)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
