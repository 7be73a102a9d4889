"""Whether the bot is at work: each job notes when it last came to its end, and a health check reads that.

The note goes through the same database as the work, so that a disk that is full or a database that has gone
stops it. It does not ask Discord: a connection that is lost comes back by itself or ends the program.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.ports import Clock
from bot.store import facts
from bot.store.database import Store

JOBS = {"read": "reading feeds", "post": "posting digests"}
"""The jobs that keep coming while the bot runs, and what each is called by people."""

SILENCE = timedelta(minutes=10)
"""How long a job may be silent: a first reading of every feed takes minutes."""

_EVERY = timedelta(seconds=30)
"""A tick comes every few seconds; it need not be written down each time."""


def silent(last: Mapping[str, datetime | None], now: datetime) -> tuple[str, ...]:
    """The jobs that have not been heard of lately, or never."""
    heard = {job: then for job, then in last.items() if then is not None}
    return tuple(job for job in last if job not in heard or abs(now - heard[job]) > SILENCE)


class Pulse:
    """Notes and tells when each job last came to its end."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._noted: dict[str, datetime] = {}

    async def beat(self, job: str) -> None:
        """Note that a job has come to its end, unless that was noted just now."""
        now = self._clock()
        if job in self._noted and abs(now - self._noted[job]) < _EVERY:
            return
        await self._store.write(facts.note, _fact(job), now.isoformat())
        self._noted[job] = now

    async def last(self) -> dict[str, datetime | None]:
        """When each job was last heard of."""
        noted = {job: await self._store.read(facts.text, _fact(job)) for job in JOBS}
        return {job: datetime.fromisoformat(text) if text else None for job, text in noted.items()}


def _fact(job: str) -> str:
    return f"ended {job}"
