"""Articles into the index of words with what they name and mean, a little behind their coming."""

import asyncio
import sys
from concurrent.futures import Executor

import structlog
from sqlalchemy import Connection

from bot.model import Article
from bot.store import articles as article_rows
from bot.store import facts as fact_rows
from bot.store import words as word_rows
from bot.store.database import Store
from bot.stories.search.tokens import Reader
from bot.text import text_of
from bot.turns import rest

log = structlog.get_logger()

_AT_ONCE = 100
"""How many articles are read before they are written: who asks meanwhile waits for the writing, some 20 ms."""


class Indexer:
    """Reads what is unread; all anew where the word lists have changed since. Run as often as you like."""

    def __init__(self, store: Store, *, reader: Reader, cpu: Executor) -> None:
        self._store = store
        self._reader = reader
        self._cpu = cpu

    async def run(self, most: int = sys.maxsize) -> int:
        """Read what waits, the newest first and at most so many; returns how many articles were read."""
        if await self._store.write(_begin_anew, self._reader.version):
            log.info("index of words is read anew")
        done = 0
        while waiting := await self._store.read(article_rows.unread_ones, min(_AT_ONCE, most - done)):
            read = await asyncio.get_running_loop().run_in_executor(self._cpu, self._read, waiting)
            await self._store.write(word_rows.put_read, read)
            done += len(read)
        return done

    def _read(self, waiting: list[tuple[int, Article]]) -> dict[int, tuple[str, list[str]]]:
        found = {}
        for number, article in waiting:
            rest()
            found[number] = text_of(article.title, article.summary), self._reader.tokens(article)
        return found


def _begin_anew(connection: Connection, version: str) -> bool:
    """Let everything be read again if it was read with other word lists; returns whether it was."""
    before = fact_rows.text(connection, fact_rows.READ_WITH)
    if before == version:
        return False
    fact_rows.note(connection, fact_rows.READ_WITH, version)
    if before is None:  # nothing was read yet: all of it waits already
        return False
    word_rows.forget_read(connection)
    return True
