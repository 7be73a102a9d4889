"""The work of `jianbao demo`: the whole main job on invented feeds, two days in half a minute."""

import shutil
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from bot.app import App
from bot.clock import SteppedClock
from bot.config import Settings
from bot.errors import SettingsError
from bot.model import A_DIGEST, Language, Wish
from bot.sample.server import catalogue, serving
from bot.store import stories as story_rows
from bot.terminal import show
from bot.terminal.console import ConsoleMessenger
from bot.terminal.run import subscribe
from bot.terminal.start import encoding, settings, using

_BEGIN = datetime(2026, 3, 8, 23, tzinfo=UTC)
_HOURS = 40
_STEP = timedelta(hours=1)
_WISH = Wish(local_time=time(20), zone="Asia/Shanghai", language=Language.EN, size=A_DIGEST)
_QUERIES = ("huawei tsmc", "华为")
_MARK = "jianbao-demo"
"""A file that tells our folder from one of yours: the demo begins with an empty folder."""


def demo() -> None:
    """Read the invented feeds through two days and print what a channel and a searcher would see."""
    home = Settings.load().home / "demo"
    _empty(home)
    found = _settings(home)
    clock = SteppedClock(_BEGIN)
    out = show.console()
    out.print(Text("Jianbao reads invented feeds through Monday and Tuesday, 9 and 10 March 2026.", "dim"))
    using(encoding(App(found, clock)), lambda app: _demo(app, clock, out))
    out.print(_next_steps(home), soft_wrap=True)


async def _demo(app: App, clock: SteppedClock, out: Console) -> None:
    async with serving(clock) as address:
        app.settings.feeds.write_text(catalogue(address), "utf-8")
        await app.read_catalogue()
        await subscribe(app, _WISH)
        await _two_days(app, clock, out)
    for query in _QUERIES:
        out.print(show.answer(await app.searcher.search(query, limit=6)), "")
    await _one_story(app, out)


async def _two_days(app: App, clock: SteppedClock, out: Console) -> None:
    """Poll, group, decide and deliver each hour, as `jianbao run` does at each tick."""
    jobs = app.jobs(ConsoleMessenger(out, app.topics.headings))
    with Progress(console=Console(stderr=True), transient=True) as progress:
        for hour in progress.track(range(_HOURS), description="Two days of feeds"):
            clock.set(_BEGIN + hour * _STEP)
            await jobs.once()


async def _one_story(app: App, out: Console) -> None:
    """The story with the most coverage, whole."""
    day = timedelta(days=2)
    told = await app.store.read(story_rows.touched, app.clock() - day, app.clock())
    most = max(told, key=lambda story: (len(story.articles), story.id))
    out.print(show.story(most, score=await app.teller.score(most)))


def _settings(home: Path) -> Settings:
    return settings(
        home=home,
        database_url=f"sqlite:///{home / 'jianbao.db'}",
        feeds=home / "feeds.yaml",
        allow_private_hosts=True,
        log_level="warning",
    )


def _empty(home: Path) -> None:
    if home.exists() and any(home.iterdir()) and not (home / _MARK).exists():
        raise SettingsError(f"{home} holds files that are not the demo's; move them away or set JIANBAO_HOME.")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    (home / _MARK).write_text("Made by `jianbao demo`, which empties this folder each time.\n", "utf-8")


def _next_steps(home: Path) -> Text:
    jianbao = "jianbao" if shutil.which("jianbao") else ".venv/bin/jianbao"
    return Text.assemble(
        ("\nWhat next\n", "bold cyan"),
        "Ask the demo's archive something:\n",
        (
            f"  JIANBAO_HOME={home} JIANBAO_CLOCK=2026-03-10T14:00Z {jianbao} search 'cxmt ipo'\n",
            "bold",
        ),
        "The same day for a reader of Chinese:\n",
        (f"  JIANBAO_HOME={home} {jianbao} digest --at 2026-03-10T12:00Z --language zh\n", "bold"),
        "Read real feeds, and print a digest here each morning:\n",
        (f"  {jianbao} run --console\n", "bold"),
    )
