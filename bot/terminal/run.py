"""The work of the commands that go on by themselves without Discord: run --console, poll, and check."""

import asyncio
import gc
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.text import Text

from bot import phrases
from bot.app import App
from bot.config import Settings, load_feeds
from bot.errors import JianbaoError, SettingsError
from bot.feed import FeedSpec
from bot.feeds.poll import Polled
from bot.model import Language, Subscription, Wish
from bot.store import articles, subscriptions
from bot.stories.due import next_due
from bot.terminal import show
from bot.terminal.console import CHANNEL, ConsoleMessenger
from bot.terminal.start import encoding, glossing, say, settings, stopped, using


def run(feeds: Path | None, wish: Wish) -> None:
    """Poll, group and tell a digest a day on standard output, until stopped."""
    found = settings(feeds=feeds)
    load_feeds(found.feeds)  # a wrong line is said before seconds are spent
    using(glossing(encoding(App(found))), lambda app: _run(app, wish))


def poll(feeds: Path | None, *, once: bool) -> None:
    """Poll what is due, once or until stopped."""
    found = settings(feeds=feeds)
    load_feeds(found.feeds)  # a wrong line is said before the database is made
    using(App(found), lambda app: _poll(app, once=once))


def check(*, each_feed: bool) -> bool:
    """Print what is right and what is wrong, a line each, and what each feed is for; returns whether all is right."""
    found = settings()
    app = App(found)
    right = [_looks_right(name, look) for name, look in _parts(found, app)]
    if each_feed and (specs := _listed(found)):
        show.console().print("", show.catalogue(specs))
    return all(right)


async def subscribe(app: App, wish: Wish) -> Subscription:
    """Write the console down as a channel like any other."""
    return await app.store.write(subscriptions.subscribe, wish, channel=CHANNEL, now=app.clock())


async def _run(app: App, wish: Wish) -> None:
    feeds = await app.read_catalogue()
    subscription = await subscribe(app, wish)
    due = phrases.moment(next_due(subscription, app.clock()), wish.zone, Language.EN)
    say(f"Reading {phrases.plural(feeds, 'feed')}. Next digest: {due} ({wish.zone}). Ctrl-C ends.")
    jobs = app.jobs(ConsoleMessenger(show.console(), app.topics.headings))
    jobs.start(timedelta(seconds=app.settings.tick_seconds))
    await stopped()
    await jobs.stop()


async def _poll(app: App, *, once: bool) -> None:
    await app.read_catalogue()
    gc.freeze()  # what was loaded stays for good: the collector need not walk through it in every round
    ended = asyncio.create_task(stopped())
    while not ended.done():
        await _round(app, ended)
        if once:
            ended.cancel()
        await asyncio.wait([ended], timeout=app.settings.tick_seconds)


async def _round(app: App, ended: "asyncio.Task[None]") -> None:
    """Poll what is due: a few feeds of each site, and a few more, until all had their turn."""
    polled, had = list[Polled](), set[int]()
    while not ended.done():
        some = await app.poller.run(app.clock())
        if had.issuperset(each.feed.id for each in some):
            break
        polled += some
        had.update(each.feed.id for each in some)
    if polled:
        new = phrases.plural(sum(each.kept.new for each in polled), "new article")
        failed = sum(each.error is not None for each in polled)
        say(f"{phrases.plural(len(polled), 'feed')} polled, {new}, {failed} failed.")


def _parts(found: Settings, app: App) -> tuple[tuple[str, Callable[[], str]], ...]:
    return (
        ("settings", lambda: f"home {found.home}"),
        ("feeds", lambda: f"{phrases.plural(len(load_feeds(found.feeds)), 'feed')} in {found.feeds}"),
        ("encoder", lambda: app.encoder.name),
        ("database", lambda: using(app, _held)),
        ("token", lambda: _token(found)),
    )


def _listed(found: Settings) -> tuple[FeedSpec, ...]:
    """The feeds of feeds.yaml; none where it is wrong, which the check has said."""
    try:
        return load_feeds(found.feeds)
    except SettingsError:
        return ()


def _looks_right(name: str, look: Callable[[], str]) -> bool:
    try:
        Console(highlight=False, soft_wrap=True).print(
            Text.assemble((f"{name:>9}  ", "bold"), ("ok  ", "green"), look())
        )
    except JianbaoError as error:
        wrong = Text.assemble((f"{name:>9}  ", "bold"), (error.sentence, "red"))
        Console(stderr=True, highlight=False, soft_wrap=True).print(wrong)
        return False
    return True


def _token(found: Settings) -> str:
    """Whose token it is; none is no mistake: everything but Discord works without."""
    if not found.discord_token.get_secret_value():
        return "none; jianbao run --console works without"
    from bot.terminal.serve import name_of_bot

    return f"of {using(App(found), name_of_bot)}"


async def _held(app: App) -> str:
    held = phrases.plural(await app.store.read(articles.count), "article")
    off = [feed.spec.title for feed in await app.catalogue.listed() if feed.state.off_at]
    return f"{held}; switched off: {', '.join(off)} (jianbao feeds health says why)" if off else held
