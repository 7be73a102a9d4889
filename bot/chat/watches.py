"""Members' watches: made, listed and stopped."""

from datetime import UTC

from sqlalchemy import Connection

from bot.chat.reader import Reader
from bot.chat.words import refused
from bot.model import CATALOGUE
from bot.ports import Clock
from bot.store import questions as question_rows
from bot.store import watches as rows
from bot.store.database import Store
from bot.stories.search.question import Questions
from bot.stories.watch import is_too_wide
from bot.watch import Watch

MOST_OWN, MOST_HERE = 10, 50
"""How many watches a person may have, and how many a server: each costs every tick."""


class Watches:
    """Keeps members' watches; looks for nothing and posts nothing."""

    def __init__(self, store: Store, *, questions: Questions, clock: Clock) -> None:
        self._store = store
        self._questions = questions
        self._clock = clock

    async def make(self, question: str, reader: Reader, *, owner: str) -> Watch:
        """Begin a watch for a question, given by its id, in the reader's channel; once, however often it is asked for.

        Raises RefusedError outside of servers, for a forgotten question or one that everything answers, and where
        there are too many.
        """
        check_in_server(reader)
        text = await self._store.read(question_rows.one, question)
        if text is None:
            raise refused("gone-question")
        read = await self._questions.read(text, scope=reader.scope, zone=UTC)
        if is_too_wide(read):
            raise refused("watch-too-wide")
        wanted = Watch(
            id=0,
            scope=reader.scope,
            channel=reader.channel,
            owner=owner,
            language=reader.language,
            question=text,
            made_at=self._clock(),
            seen=0,
        )
        return await self._store.write(_make, wanted)

    async def own(self, owner: str, reader: Reader) -> list[Watch]:
        """A person's own watches in this server; raises RefusedError outside of servers."""
        check_in_server(reader)
        return await self._store.read(rows.of_owner, owner, reader.scope, self._clock())

    async def stop(self, watch_id: int, scope: str, *, by: str, moderates: bool) -> Watch:
        """End a watch of this server; raises RefusedError for who neither made it nor moderates the server."""
        watch = await self._store.read(rows.live, watch_id)
        if watch is None or watch.scope != scope:
            raise refused("gone-watch")
        if watch.owner != by and not moderates:
            raise refused("not-your-watch")
        await self._store.write(rows.end, watch_id, self._clock())
        return watch

    async def leave(self, scope: str) -> None:
        """End every watch of a server that has removed the bot."""
        await self._store.write(rows.end_all, scope, self._clock())


def check_in_server(reader: Reader) -> None:
    """Raises RefusedError outside of servers."""
    if reader.scope == CATALOGUE:
        raise refused("only-in-servers")


def _make(connection: Connection, wanted: Watch) -> Watch:
    if known := rows.same(connection, wanted):
        return known
    own, here = rows.counts(connection, wanted.owner, wanted.scope)
    if own >= MOST_OWN:
        raise refused("too-many-watches", most=MOST_OWN)
    if here >= MOST_HERE:
        raise refused("too-many-watches-here", most=MOST_HERE)
    return rows.make(connection, wanted)
