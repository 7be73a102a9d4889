"""The commands of what is read, for moderators: /feeds list, add, remove, pause, resume and test."""

from collections.abc import Callable

import discord
from discord import app_commands

from bot.chat import asks
from bot.chat.commands.shared import LANGUAGES, Choices, Commands, desk_of, for_moderators, quietly
from bot.chat.desk import Asked
from bot.chat.reader import Reader, reader_of
from bot.chat.render import feeds as look
from bot.chat.render.notices import notice
from bot.chat.render.safe import bare, plain
from bot.chat.words import say
from bot.feed import Feed
from bot.feeds.catalogue import Wanted
from bot.model import CATALOGUE, Kind, Language

_KINDS = [app_commands.Choice(name=app_commands.locale_str(kind.value.capitalize()), value=kind.value) for kind in Kind]
_LONGEST_URL, _NAME = 500, 80

feeds = for_moderators(app_commands.Group(name="feeds", description="Curate what is read for this server"))


@feeds.command(name="list", description="Every feed: how it is, its newest article, its rhythm, what is on topic")
async def list_(asked: Asked) -> None:
    """Every feed with its state."""
    await desk_of(asked).show(asked, asks.Sources(curating=1))


@feeds.command(description="What is wrong with each feed that fails or is odd, and what to do about it")
async def health(asked: Asked) -> None:
    """A sentence about each feed that fails or is odd, with its buttons."""
    await desk_of(asked).show(asked, asks.Health())


@feeds.command(description="Read a feed for this server alone")
@app_commands.describe(
    url="The feed's address",
    language="The newsroom's language; found out by default",
    kind="What stands behind it; only press counts as confirming a story",
    all_on_topic="All its articles belong in the digest; by default each is judged",
)
@app_commands.choices(language=LANGUAGES, kind=_KINDS)
async def add(
    asked: Asked,
    url: app_commands.Range[str, 4, _LONGEST_URL],
    language: app_commands.Choice[str] | None = None,
    kind: app_commands.Choice[str] | None = None,
    all_on_topic: bool = False,
) -> None:
    """Look at a feed and add it."""
    desk = desk_of(asked)
    wanted = Wanted(
        url=url,
        language=Language(language.value) if language else None,
        kind=Kind(kind.value) if kind else Kind.PRESS,
        mixed=not all_on_topic,
    )

    async def work(reader: Reader) -> discord.ui.LayoutView:
        feed, report = await desk.curator.add(wanted, scope=reader.scope, by=str(asked.user.id))
        return look.report(report, reader.language, heading=_said("feed-added", feed, reader))

    await desk.private(asked, work)


@feeds.command(description="Stop reading a feed that this server added")
@app_commands.describe(feed="The feed; begin to type its name")
async def remove(asked: Asked, feed: app_commands.Range[str, 1, _LONGEST_URL]) -> None:
    """Take a server's own feed out."""
    desk = desk_of(asked)

    async def work(reader: Reader) -> discord.ui.LayoutView:
        removed = await desk.curator.remove(feed, reader.scope)
        return notice(_said("feed-removed", removed, reader))

    await desk.private(asked, work)


@feeds.command(description="Hide a feed in this server, or stop reading its own one for a while")
@app_commands.describe(feed="The feed; begin to type its name")
async def pause(asked: Asked, feed: app_commands.Range[str, 1, _LONGEST_URL]) -> None:
    """Pause a server's own feed, or hide one of the catalogue."""
    desk = desk_of(asked)

    async def work(reader: Reader) -> discord.ui.LayoutView:
        paused = await desk.curator.pause(feed, reader.scope, by=str(asked.user.id))
        return notice(_said("feed-muted" if paused.scope == CATALOGUE else "feed-paused", paused, reader))

    await desk.private(asked, work)


@feeds.command(description="Read or show a feed again")
@app_commands.describe(feed="The feed; begin to type its name")
async def resume(asked: Asked, feed: app_commands.Range[str, 1, _LONGEST_URL]) -> None:
    """Read or show a feed again."""
    desk = desk_of(asked)

    async def work(reader: Reader) -> discord.ui.LayoutView:
        return notice(_said("feed-resumed", await desk.curator.resume(feed, reader.scope), reader))

    await desk.private(asked, work)


@feeds.command(description="Look at a feed without adding it")
@app_commands.describe(url="The feed's address")
async def test(asked: Asked, url: app_commands.Range[str, 4, _LONGEST_URL]) -> None:
    """Look at a feed."""
    desk = desk_of(asked)

    async def work(reader: Reader) -> discord.ui.LayoutView:
        report = await desk.curator.look(url)
        language = say(f"language-{report.language}", reader.language) if report.language else "…"
        found = say("feed-works", reader.language, entries=len(report.entries), language=language)
        return look.report(report, reader.language, heading=found)

    await desk.private(asked, work)


@remove.autocomplete("feed")
async def own(asked: Asked, typed: str) -> Choices:
    """The feeds this server added."""
    return await _named(asked, typed, lambda feed: feed.scope != CATALOGUE)


@pause.autocomplete("feed")
async def running(asked: Asked, typed: str) -> Choices:
    """The feeds that can be paused."""
    return await _named(asked, typed, lambda feed: not feed.paused and not feed.muted)


@resume.autocomplete("feed")
async def stopped(asked: Asked, typed: str) -> Choices:
    """The feeds that are paused or hidden."""
    return await _named(asked, typed, lambda feed: feed.paused or feed.muted)


async def _named(asked: Asked, typed: str, fits: Callable[[Feed], bool]) -> Choices:
    async def offered() -> Choices:
        listed = await desk_of(asked).curator.listed(reader_of(asked).scope)
        return [
            app_commands.Choice(name=bare(feed.spec.title, 100), value=str(feed.id))
            for feed in listed
            if fits(feed) and typed.casefold() in f"{feed.spec.title} {feed.spec.newsroom.name}".casefold()
        ]

    return await quietly(offered)


def _said(key: str, feed: Feed, reader: Reader) -> str:
    return say(key, reader.language, feed=plain(feed.spec.title, _NAME))


COMMANDS: Commands = (feeds,)
