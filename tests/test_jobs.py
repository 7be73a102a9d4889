import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from bot.errors import JianbaoError, StoreError
from bot.jobs import Jobs
from tests.fakes import NOW, FakeClock

TICK = timedelta(seconds=0.05)


class Steps:
    """Stands in for all four parts: notes the order they ran in, and fails or dawdles where it is told to."""

    def __init__(self, clock: FakeClock) -> None:
        self.done: list[str] = []
        self.read_at: list[datetime | None] = []
        self.reached: list[list[str]] = []
        self.failing: dict[str, Exception] = {}
        self.slow: dict[str, asyncio.Event] = {}
        self.ended: list[str] = []
        self._clock = clock

    async def step(self, name: str) -> None:
        """Do one part's work."""
        self.done.append(name)
        if name in self.slow:
            await self.slow[name].wait()
        if name in self.failing:
            raise self.failing[name]
        self._clock.advance(minutes=1)

    async def end(self, name: str) -> None:
        """Note that a job came to its end."""
        self.ended.append(name)

    def count(self, name: str) -> int:
        """How often a part has run."""
        return self.done.count(name)

    async def until(self, name: str, times: int) -> None:
        """Wait until a part has run so often; a test that waits in vain fails."""
        async with asyncio.timeout(5):
            while self.count(name) < times:  # noqa: ASYNC110  # the scheduler tells nobody when it ran a job
                await asyncio.sleep(0.005)


class Part:
    """One part with its `run`."""

    def __init__(self, steps: Steps, name: str) -> None:
        self._steps = steps
        self._name = name

    async def run(self, *_: object) -> None:
        """Do it."""
        await self._steps.step(self._name)


class Deciding(Part):
    """The digester is told when the feeds were read, and whose channels it decides for; it has so many due."""

    due = 1

    async def decided(self, *, read_at: datetime | None, reaches: Callable[[str], bool]) -> AsyncIterator[str]:
        """Note it and do it, one after the other."""
        self._steps.read_at.append(read_at)
        self._steps.reached.append([channel for channel in ("here", "elsewhere") if reaches(channel)])
        for number in range(self.due):
            await self.run()
            yield f"edition-{number}"


class Delivering(Part):
    """The courier knows which channels this program posts to."""

    def reaches(self, channel: str) -> bool:
        """Here and nowhere else."""
        return channel == "here"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def steps(clock: FakeClock) -> Steps:
    return Steps(clock)


@pytest.fixture
def digester(steps: Steps) -> Deciding:
    return Deciding(steps, "decide")


@pytest.fixture
def nearest(steps: Steps) -> SimpleNamespace:
    """The index of vectors, which was opened before."""
    return SimpleNamespace(refresh=Part(steps, "refresh").run, is_begun=True)


@pytest.fixture
def jobs(steps: Steps, digester: Deciding, clock: FakeClock, nearest: SimpleNamespace) -> Jobs:
    return Jobs(
        poller=Part(steps, "poll"),  # type: ignore[arg-type]
        grouper=Part(steps, "group"),  # type: ignore[arg-type]
        indexer=Part(steps, "index"),  # type: ignore[arg-type]
        nearest=nearest,  # type: ignore[arg-type]
        digester=digester,  # type: ignore[arg-type]
        courier=Delivering(steps, "deliver"),  # type: ignore[arg-type]
        watcher=Part(steps, "watch"),  # type: ignore[arg-type]
        crier=Part(steps, "alert"),  # type: ignore[arg-type]
        clock=clock,
        ended=steps.end,
    )


async def test_reading_comes_before_posting(jobs: Jobs, steps: Steps) -> None:
    """Once through: poll, group, decide, deliver, and the decision knows when the reading began."""
    await jobs.once()

    assert steps.done == ["poll", "group", "index", "refresh", "watch", "decide", "deliver", "alert"]
    assert steps.read_at == [NOW]


async def test_the_index_of_vectors_is_opened_before_all_else(
    jobs: Jobs, steps: Steps, nearest: SimpleNamespace
) -> None:
    """Who asks first would else open it, and stand behind the encoding of all that came."""
    nearest.is_begun = False

    await jobs.once()

    assert steps.done[:2] == ["refresh", "poll"]


async def test_what_is_not_delivered_here_is_not_decided_here(jobs: Jobs, steps: Steps) -> None:
    """The digester decides for the channels that the courier reaches, and for no others."""
    await jobs.once()

    assert steps.reached == [["here"]]


@pytest.mark.parametrize(
    ("due", "groups"),
    [(0, [0]), (1, [1]), (49, [49]), (50, [50, 0]), (51, [50, 1]), (120, [50, 50, 20])],
)
async def test_the_first_are_on_their_way_while_the_last_are_decided(
    jobs: Jobs, steps: Steps, digester: Deciding, due: int, groups: list[int]
) -> None:
    """Where many are due in one moment, fifty are decided and posted, and fifty, and the rest."""
    digester.due = due

    await jobs.post()

    decided = "".join("d" if step == "decide" else "|" for step in steps.done if step != "alert")
    assert [len(some) for some in decided.removesuffix("|").split("|")] == groups
    assert decided.endswith("|"), "what waits is posted, also where nothing was due"


async def test_what_was_decided_before_trouble_is_delivered_next_time(jobs: Jobs, steps: Steps) -> None:
    """A decision that breaks the tick ends it; the next one decides and delivers."""
    steps.failing["decide"] = StoreError("The disk is full.")
    with pytest.raises(StoreError):
        await jobs.post()
    del steps.failing["decide"]

    await jobs.post()

    assert steps.done == ["decide", "decide", "deliver", "alert"]


async def test_before_the_first_reading_nothing_was_read(jobs: Jobs, steps: Steps) -> None:
    """A decision is never told of a reading that did not happen."""
    await jobs.post()

    assert steps.read_at == [None]


@pytest.mark.parametrize("broken", ["poll", "group"])
async def test_a_reading_that_failed_does_not_count(jobs: Jobs, steps: Steps, broken: str) -> None:
    """Only what was polled and grouped to the end lets an edition be decided; the older reading still stands."""
    await jobs.read()
    steps.failing[broken] = StoreError("The disk is full.")

    with pytest.raises(StoreError):
        await jobs.read()
    await jobs.post()

    assert steps.read_at == [NOW]


async def test_both_jobs_begin_at_once(jobs: Jobs, steps: Steps) -> None:
    """Nothing waits a whole tick after the start."""
    jobs.start(timedelta(hours=1))

    await steps.until("deliver", 1)
    await steps.until("watch", 1)
    await steps.until("alert", 1)
    await jobs.stop()

    assert sorted(steps.done) == ["alert", "decide", "deliver", "group", "index", "poll", "refresh", "watch"]


async def test_ticks_go_on_by_themselves(jobs: Jobs, steps: Steps) -> None:
    """Both jobs come again and again."""
    jobs.start(TICK)

    await steps.until("deliver", 3)
    await steps.until("group", 3)
    await jobs.stop()

    assert steps.count("poll") >= 3


@pytest.mark.parametrize(
    "error", [JianbaoError("Something is wrong.", feed="x"), RuntimeError("a bug"), KeyError("feed")]
)
@pytest.mark.parametrize("broken", ["poll", "group", "index", "refresh", "watch", "decide", "deliver", "alert"])
async def test_an_error_does_not_stop_the_next_tick(jobs: Jobs, steps: Steps, broken: str, error: Exception) -> None:
    """Whatever goes wrong in one tick, the same part is tried again in the next, and the other job goes on."""
    steps.failing[broken] = error

    with capture_logs():  # a traceback with all its values takes longer to print than a tick
        jobs.start(TICK)
        await steps.until(broken, 2)
        await steps.until("decide" if broken in {"poll", "group"} else "poll", 2)
        await jobs.stop()

    assert steps.count(broken) >= 2


@pytest.mark.parametrize(("error", "level"), [(StoreError("The disk is full."), "warning"), (KeyError("x"), "error")])
async def test_an_error_is_logged_with_its_job(jobs: Jobs, steps: Steps, error: Exception, level: str) -> None:
    """The operator finds one phrase and the job's name, for expected errors and for our own mistakes."""
    steps.failing["group"] = error

    with capture_logs() as logged:
        jobs.start(timedelta(hours=1))
        await steps.until("group", 1)
        await steps.until("deliver", 1)
    await jobs.stop()

    assert [(line["event"], line["job"], line["log_level"]) for line in logged] == [("job failed", "read", level)]


async def test_only_a_job_that_came_to_its_end_is_told_of(jobs: Jobs, steps: Steps) -> None:
    """Whoever watches the bot hears of each job by name, and of none that failed."""
    steps.failing["group"] = StoreError("The disk is full.")

    with capture_logs():
        jobs.start(TICK)
        await steps.until("group", 2)
        await steps.until("deliver", 2)
        await jobs.stop()

    assert set(steps.ended) == {"post"}


async def test_a_job_does_not_overlap_itself(jobs: Jobs, steps: Steps) -> None:
    """A reading that takes many ticks is one reading; posting goes on beside it, and reading after it."""
    steps.slow["poll"] = asyncio.Event()
    jobs.start(TICK)
    await steps.until("deliver", 4)

    during = steps.count("poll")
    steps.slow["poll"].set()
    await steps.until("poll", 2)
    await jobs.stop()

    assert during == 1


async def test_after_the_stop_nothing_begins(jobs: Jobs, steps: Steps) -> None:
    """Stopped is stopped."""
    jobs.start(TICK)
    await steps.until("deliver", 1)
    await steps.until("group", 1)

    await jobs.stop()
    await asyncio.sleep(0)
    before = list(steps.done)
    await asyncio.sleep(3 * TICK.total_seconds())

    assert steps.done == before


async def test_a_stop_lets_the_running_tick_end(clock: FakeClock) -> None:
    """What is being read when the program is asked to end is read to its end."""
    began, done = asyncio.Event(), list[str]()

    async def slowly(*_: object) -> None:
        began.set()
        await asyncio.sleep(0.2)
        done.append("read")

    async def nothing(**_: object) -> None:
        """Do nothing."""

    async def read(_: int) -> None:
        """There is nothing to read."""

    async def none(**_: object) -> AsyncIterator[object]:
        """Decide nothing."""
        for edition in ():
            yield edition

    async def told(_: str) -> None:
        """Forget it."""

    jobs = Jobs(
        poller=SimpleNamespace(run=slowly),
        grouper=SimpleNamespace(run=nothing),
        indexer=SimpleNamespace(run=read),
        nearest=SimpleNamespace(refresh=nothing, is_begun=True),
        digester=SimpleNamespace(decided=none),
        courier=SimpleNamespace(run=nothing, reaches=bool),
        watcher=SimpleNamespace(run=nothing),
        crier=SimpleNamespace(run=nothing),
        clock=clock,
        ended=told,
    )
    jobs.start(timedelta(seconds=60))
    await began.wait()

    await jobs.stop()

    assert done == ["read"]
