"""When things run: frequent ticks that ask the store what is due, so that a restart loses and repeats nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.chat.alerts import Crier
from bot.chat.delivery import Courier
from bot.errors import JianbaoError
from bot.feeds.poll import Poller
from bot.ports import Clock
from bot.stories.digest import Digester
from bot.stories.group import Grouper
from bot.stories.search.index import Indexer
from bot.stories.search.nearest import Nearest
from bot.stories.watch import Watcher

log = structlog.get_logger()

_LAST_TICK = timedelta(seconds=10)
"""How long a stop waits for a running tick: a host that hangs is not waited for."""


_DECIDED_AT_ONCE = 50
_READ_AT_ONCE = 5000
"""How many articles a tick reads into the index of words at most: after an update the whole archive waits."""


class Jobs:
    """Two ticks: `read` polls and groups, `post` decides editions and delivers what waits; neither overlaps itself.

    `ended` is told the name of each that came to its end.

    The trigger decides nothing: APScheduler forgets a run that is a second late, the store does not.
    """

    def __init__(  # noqa: PLR0913  # every part that runs by itself
        self,
        *,
        poller: Poller,
        grouper: Grouper,
        indexer: Indexer,
        nearest: Nearest,
        digester: Digester,
        courier: Courier,
        watcher: Watcher,
        crier: Crier,
        clock: Clock,
        ended: Callable[[str], Awaitable[None]],
    ) -> None:
        self._poller = poller
        self._grouper = grouper
        self._indexer = indexer
        self._nearest = nearest
        self._digester = digester
        self._courier = courier
        self._watcher = watcher
        self._crier = crier
        self._clock = clock
        self._ended = ended
        self._read_at: datetime | None = None
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._busy: list[asyncio.Lock] = []

    async def read(self) -> None:
        """Poll what is due, group what came, make it ready to be searched, and look what of it answers a watch."""
        began = self._clock()
        if not self._nearest.is_begun:  # who asks now would wait for long work, behind which it would stand
            await self._nearest.refresh()
        await self._poller.run(began)
        await self._grouper.run()
        await self._indexer.run(_READ_AT_ONCE)
        await self._nearest.refresh()
        await self._watcher.run()
        self._read_at = began

    async def post(self) -> None:
        """Decide what is due in the channels that this program reaches, and deliver what waits.

        Where many are due at once, the first are on their way while the last are decided.
        """
        decided = 0
        async for _ in self._digester.decided(read_at=self._read_at, reaches=self._courier.reaches):
            decided += 1
            if decided % _DECIDED_AT_ONCE == 0:
                await self._courier.run()
        await self._courier.run()
        await self._crier.run()

    async def once(self) -> None:
        """One reading and one posting, one after the other."""
        await self.read()
        await self.post()

    def start(self, tick: timedelta) -> None:
        """Begin ticking in the running event loop."""
        for job in (self.read, self.post):
            self._scheduler.add_job(
                self._guarded(job),
                "interval",
                seconds=tick.total_seconds(),
                id=job.__name__,
                name=job.__name__,
                next_run_time=datetime.now(self._scheduler.timezone),
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
            )
        self._scheduler.start()

    async def stop(self) -> None:
        """Stop ticking and let a running tick come to its end; what is cut off is done again after the next start."""
        self._scheduler.pause()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_TICK.total_seconds()):
                for running in self._busy:
                    await running.acquire()
        self._scheduler.shutdown(wait=False)

    def _guarded(self, job: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """A job whose errors are logged and not the end: the next tick tries again."""
        running = asyncio.Lock()
        self._busy.append(running)

        async def run() -> None:
            async with running:
                try:
                    await job()
                    await self._ended(job.__name__)
                except JianbaoError as error:
                    log.warning("job failed", job=job.__name__, reason=error.sentence, **error.fields)
                except Exception:  # this is the job's edge: whatever it was, the next tick must come
                    log.exception("job failed", job=job.__name__)

        return run
