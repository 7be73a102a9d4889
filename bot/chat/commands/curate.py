"""The commands of what is read, for moderators: /feeds list, add, import, pause, set, undo and the rest."""

import io
from collections.abc import Awaitable, Callable

import discord
from discord import app_commands

from bot.chat import asks
from bot.chat.commands.shared import (
    LANGUAGES,
    MOST_CHOICES,
    TOPICS,
    Choices,
    Commands,
    Zone,
    desk_of,
    for_moderators,
    quietly,
    zones,
)
from bot.chat.curate import Changed
from bot.chat.desk import Asked, WithFile
from bot.chat.reader import Reader, reader_of
from bot.chat.render import curated
from bot.chat.render.safe import bare
from bot.chat.times import zone_of
from bot.chat.words import refused
from bot.feed import Feed
from bot.feeds.catalogue import Wanted
from bot.feeds.opml import MOST_BYTES
from bot.model import CATALOGUE, Kind, Language

_KINDS = [app_commands.Choice(name=app_commands.locale_str(kind.value.capitalize()), value=kind.value) for kind in Kind]
_NAMED = "The feed; begin to type its name"
_LOGGED = 15

Address = app_commands.Range[str, 4, 500]
Name = app_commands.Range[str, 1, 500]

feeds = for_moderators(app_commands.Group(name="feeds", description="Curate what is read for this server"))


@feeds.command(name="list", description="Every feed: how it is, its newest article, its rhythm, what is on topic")
async def list_(asked: Asked) -> None:
    """Every feed with its state."""
    await desk_of(asked).show(asked, asks.Sources(curating=1))


@feeds.command(description="What is wrong with each feed that fails or is odd, and what to do about it")
async def health(asked: Asked) -> None:
    """A sentence about each feed that fails or is odd, with its buttons."""
    await desk_of(asked).show(asked, asks.Health())


@feeds.command(description="Look at a feed, or a site's feeds, and read it for this server alone")
@app_commands.describe(
    url="The feed's address, or its site's",
    language="The newsroom's language; found out by default",
    kind="What stands behind it; only press counts as confirming a story",
    all_on_topic="All its articles belong in the digest; by default each is judged",
    timezone="The time zone of dates that have none; begin to type a city",
)
@app_commands.choices(language=LANGUAGES, kind=_KINDS)
async def add(
    asked: Asked,
    url: Address,
    language: app_commands.Choice[str] | None = None,
    kind: app_commands.Choice[str] | None = None,
    all_on_topic: bool = False,
    timezone: Zone | None = None,
) -> None:
    """Look at a feed before it is added."""
    desk = desk_of(asked)

    async def work(reader: Reader) -> discord.ui.LayoutView:
        wanted = Wanted(
            url=url,
            language=Language(language.value) if language else None,
            kind=Kind(kind.value) if kind else Kind.PRESS,
            mixed=not all_on_topic,
            zone=zone_of(timezone) if timezone else None,
        )
        found = await desk.scout.propose(wanted, scope=reader.scope, by=str(asked.user.id))
        return curated.preview(found, reader.language)

    await desk.private(asked, work)


@feeds.command(description="Look at a feed without adding it")
@app_commands.describe(url="The feed's address, or its site's")
async def test(asked: Asked, url: Address) -> None:
    """Look at a feed."""
    desk = desk_of(asked)

    async def work(reader: Reader) -> discord.ui.LayoutView:
        return curated.preview(await desk.scout.look(url, reader.scope), reader.language)

    await desk.private(asked, work)


@feeds.command(description="Stop reading a feed that this server added")
@app_commands.describe(feed=_NAMED)
async def remove(asked: Asked, feed: Name) -> None:
    """Take a server's own feed out."""
    await _changed(asked, lambda scope, by: desk_of(asked).curator.remove(feed, scope, by=by))


@feeds.command(description="Hide a feed in this server, or stop reading its own one for a while")
@app_commands.describe(feed=_NAMED)
async def pause(asked: Asked, feed: Name) -> None:
    """Pause a server's own feed, or hide one of the catalogue."""
    await _changed(asked, lambda scope, by: desk_of(asked).curator.pause(feed, scope, by=by))


@feeds.command(description="Read or show a feed again")
@app_commands.describe(feed=_NAMED)
async def resume(asked: Asked, feed: Name) -> None:
    """Read or show a feed again."""
    await _changed(asked, lambda scope, by: desk_of(asked).curator.resume(feed, scope, by=by))


@feeds.command(description="Give a feed that this server added another name")
@app_commands.describe(feed=_NAMED, name="What to call it from now on")
async def rename(asked: Asked, feed: Name, name: app_commands.Range[str, 1, 80]) -> None:
    """Call a feed otherwise."""
    await _changed(asked, lambda scope, by: desk_of(asked).curator.rename(feed, name, scope, by=by))


@feeds.command(name="set", description="Correct what is known of a feed that this server added")
@app_commands.describe(
    feed=_NAMED,
    language="The newsroom's language",
    kind="What stands behind it; only press counts as confirming a story",
    topic="The section for what tells none by itself, where all its articles belong in the digest",
    all_on_topic="All its articles belong in the digest; by default each is judged",
    timezone="The time zone of dates that have none; begin to type a city",
)
@app_commands.choices(language=LANGUAGES, kind=_KINDS, topic=TOPICS)
async def set_(
    asked: Asked,
    feed: Name,
    language: app_commands.Choice[str] | None = None,
    kind: app_commands.Choice[str] | None = None,
    topic: app_commands.Choice[str] | None = None,
    all_on_topic: bool | None = None,
    timezone: Zone | None = None,
) -> None:
    """Correct what is known of a feed."""

    async def set_it(scope: str, by: str) -> Changed:
        said = {
            "language": language and language.value,
            "kind": kind and kind.value,
            "topics": topic and [topic.value],
            "mixed": None if all_on_topic is None else not all_on_topic,
            "zone": zone_of(timezone) if timezone else None,
        }
        to = {name: value for name, value in said.items() if value is not None}
        return await desk_of(asked).curator.set(feed, to, scope, by=by)

    await _changed(asked, set_it)


@feeds.command(description="Give a feed that this server added a new address")
@app_commands.describe(feed=_NAMED, url="The new address of the feed, or its site's")
async def move(asked: Asked, feed: Name, url: Address) -> None:
    """Read a feed elsewhere from now on."""
    await desk_of(asked).move(asked, feed, url)


@feeds.command(name="import", description="Add the feeds of a list (OPML) for this server alone")
@app_commands.describe(file="The list, as other readers export it")
async def import_(asked: Asked, file: discord.Attachment) -> None:
    """Bring a list in."""
    desk = desk_of(asked)

    async def work(reader: Reader) -> discord.ui.LayoutView | WithFile:
        if file.size > MOST_BYTES:
            raise refused("list-too-big", kilobytes=MOST_BYTES // 1024)
        body = await file.read()
        made = await desk.scout.bring(body, scope=reader.scope, by=str(asked.user.id), channel=reader.channel)
        view, left = curated.imported(made, reader.language, file="import.txt")
        return _with_text(view, "import.txt", curated.report(made, reader.language)) if left else view

    await desk.private(asked, work)


@feeds.command(description="Every feed that is read here as a list (OPML) for other readers")
async def export(asked: Asked) -> None:
    """Hand a list out."""
    desk = desk_of(asked)

    async def work(reader: Reader) -> WithFile:
        text, count = await desk.scout.hand_out(reader.scope)
        return _with_text(curated.exported(count, "feeds.opml", reader.language), "feeds.opml", text)

    await desk.private(asked, work)


@feeds.command(description="What was done to feeds here: who, when and what")
async def log(asked: Asked) -> None:
    """The last things done to feeds."""
    desk = desk_of(asked)

    async def work(reader: Reader) -> discord.ui.LayoutView:
        return curated.log(await desk.curator.log(reader.scope, _LOGGED), reader.language)

    await desk.private(asked, work)


@feeds.command(description="Undo what was done to feeds here, the last time or before")
@app_commands.describe(act="What to undo; the last one by default")
async def undo(asked: Asked, act: app_commands.Range[str, 1, 18] | None = None) -> None:
    """Undo an act; what was typed instead of chosen is none."""
    chosen = int(act) if act and act.isdecimal() else 0
    await desk_of(asked).undo(asked, chosen if act else None)


@undo.autocomplete("act")
async def standing(asked: Asked, typed: str) -> Choices:
    """What can be undone, the newest first."""
    reader = reader_of(asked)

    async def offered() -> Choices:
        found = await desk_of(asked).curator.log(reader.scope, MOST_CHOICES, standing=True)
        named = [(curated.option(act, size, reader.language), str(act.id)) for act, size in found]
        return [
            app_commands.Choice(name=bare(name, 100), value=number)
            for name, number in named
            if typed.casefold() in name.casefold()
        ]

    return await quietly(offered)


add.autocomplete("timezone")(zones)
set_.autocomplete("timezone")(zones)


@rename.autocomplete("feed")
@set_.autocomplete("feed")
@move.autocomplete("feed")
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
    return await _named(asked, typed, lambda feed: feed.paused or feed.muted or feed.state.off_at is not None)


async def _named(asked: Asked, typed: str, fits: Callable[[Feed], bool]) -> Choices:
    async def offered() -> Choices:
        listed = await desk_of(asked).curator.listed(reader_of(asked).scope)
        return [
            app_commands.Choice(name=bare(feed.spec.title, 100), value=str(feed.id))
            for feed in listed
            if fits(feed) and typed.casefold() in f"{feed.spec.title} {feed.spec.newsroom.name}".casefold()
        ]

    return await quietly(offered)


async def _changed(asked: Asked, change: Callable[[str, str], Awaitable[Changed]]) -> None:
    """Do something to a feed and tell it, with a button that undoes it."""

    async def work(reader: Reader) -> discord.ui.LayoutView:
        return curated.changed(await change(reader.scope, str(asked.user.id)), reader.language)

    await desk_of(asked).private(asked, work)


def _with_text(view: discord.ui.LayoutView, name: str, text: str) -> WithFile:
    """A message that shows a text as a file."""
    return WithFile(view, discord.File(io.BytesIO(text.encode()), filename=name))


COMMANDS: Commands = (feeds,)
