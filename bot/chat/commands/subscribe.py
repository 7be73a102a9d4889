"""The commands of a channel's digest, for moderators: /subscribe, /unsubscribe and /subscriptions."""

from typing import Any

import discord
from discord import app_commands

from bot.chat.commands.shared import LANGUAGES, Choices, Commands, Zone, desk_of, for_moderators, quietly, zones
from bot.chat.desk import Asked
from bot.chat.reader import Reader, reader_of
from bot.chat.render import notices
from bot.chat.render.safe import bare
from bot.chat.subscriptions import Options
from bot.chat.times import time_of, zone_of
from bot.chat.words import refused, say
from bot.model import Language

_NEEDED = ("view_channel", "send_messages", "embed_links", "read_message_history")
"""What posting a digest takes, and finding it again after a crash."""

Place = discord.TextChannel | discord.Thread | discord.VoiceChannel | discord.StageChannel
_SEND_IN_THREAD = "send_messages_in_threads"
Named = app_commands.AppCommandChannel | app_commands.AppCommandThread


class _Chosen(app_commands.Transformer):
    """A channel for texts as Discord names it, whether the bot sees it or not; other kinds are not offered."""

    type = discord.AppCommandOptionType.channel
    channel_types = [  # noqa: RUF012  # two of discord.py's properties, which never change
        discord.ChannelType.text,
        discord.ChannelType.news,
        discord.ChannelType.news_thread,
        discord.ChannelType.public_thread,
        discord.ChannelType.private_thread,
    ]

    async def transform(self, _: Asked, value: Named, /) -> Named:
        """Leave it as it is."""
        return value


@for_moderators
@app_commands.command(description="Post a daily digest in this channel")
@app_commands.describe(
    time="Local time of day, such as 08:00; 08:00 by default",
    timezone="Begin to type a city; guessed from this server's language by default",
    channel="Another channel than this one",
    language="The reader's language; it never filters sources",
)
@app_commands.choices(language=LANGUAGES)
async def subscribe(
    asked: Asked,
    time: app_commands.Range[str, 1, 20] | None = None,
    timezone: Zone | None = None,
    channel: app_commands.Transform[Named, _Chosen] | None = None,
    language: app_commands.Choice[str] | None = None,
) -> None:
    """Begin or change a channel's digest."""
    desk = desk_of(asked)

    async def work(reader: Reader) -> discord.ui.LayoutView:
        place = await resolved(channel) if channel else asked.channel
        check_can_post(place, asked, reader.language)
        wish = Options(
            local_time=time_of(time) if time else None,
            zone=zone_of(timezone) if timezone else None,
            language=Language(language.value) if language else None,
        )
        where = str(place.id) if place else reader.channel
        made = await desk.subscriptions.subscribe(wish, where, reader, by=str(asked.user.id))
        return notices.subscribed(made, asker=asked.user.id, now=desk.subscriptions.now(), reader=reader.language)

    await desk.private(asked, work)


subscribe.autocomplete("timezone")(zones)


@for_moderators
@app_commands.command(description="Stop the daily digest of a channel")
@app_commands.describe(channel="The channel; this one by default")
async def unsubscribe(asked: Asked, channel: app_commands.Range[str, 1, 100] | None = None) -> None:
    """End a channel's digest."""
    desk = desk_of(asked)

    async def work(reader: Reader) -> discord.ui.LayoutView:
        wanted = (channel or reader.channel).strip("<#> ")
        await desk.subscriptions.end(wanted, reader.scope)
        return notices.notice(say("unsubscribed", reader.language, channel=f"<#{wanted}>"))

    await desk.private(asked, work)


@unsubscribe.autocomplete("channel")
async def subscribed(asked: Asked, typed: str) -> Choices:
    """The channels that have a digest, those too that are gone."""

    async def offered() -> Choices:
        listed = await desk_of(asked).subscriptions.listed(reader_of(asked).scope)
        named = [(each.channel, _channel_name(asked, each.channel)) for each, _ in listed]
        return [
            app_commands.Choice(name=bare(name, 100), value=channel)
            for channel, name in named
            if typed.casefold().lstrip("#") in name.casefold()
        ]

    return await quietly(offered)


@for_moderators
@app_commands.command(description="Which channels get a digest, and when")
async def subscriptions(asked: Asked) -> None:
    """A server's digests."""
    desk = desk_of(asked)

    async def work(reader: Reader) -> discord.ui.LayoutView:
        listed = await desk.subscriptions.listed(reader.scope)
        return notices.subscriptions(listed, reader.language)

    await desk.private(asked, work)


async def resolved(channel: Named) -> Any:
    """The channel as the bot sees it, asked for where it is not known; raises RefusedError where it may not see it."""
    try:
        return channel.resolve() or await channel.fetch()
    except discord.HTTPException as error:
        raise refused("hidden-channel", channel=channel.mention) from error


def check_can_post(place: Any, asked: Asked, reader: Language) -> None:
    """Raises RefusedError where a channel is of the wrong kind, hidden from the asker, or closed to the bot."""
    if asked.guild is None:
        raise refused("only-in-servers")
    if not isinstance(place, Place):
        raise refused("not-a-channel", channel=f"<#{asked.channel_id}>")
    if isinstance(asked.user, discord.Member) and not place.permissions_for(asked.user).view_channel:
        raise refused("not-yours-to-see", channel=place.mention)
    if isinstance(place, discord.Thread) and place.is_private() and place.me is None:
        raise refused("private-thread", channel=place.mention)
    rights = place.permissions_for(asked.guild.me)
    needed = (_SEND_IN_THREAD if each == "send_messages" else each for each in _NEEDED)
    missing = [each for each in (needed if isinstance(place, discord.Thread) else _NEEDED) if not getattr(rights, each)]
    if missing:
        names = ", ".join(say(f"permission-{each}", reader) for each in missing)
        raise refused("missing-permissions", channel=place.mention, permissions=names)


def _channel_name(asked: Asked, channel: str) -> str:
    found = asked.guild.get_channel_or_thread(int(channel)) if asked.guild else None
    return f"#{found.name}" if found else f"#… {channel}"


COMMANDS: Commands = (subscribe, unsubscribe, subscriptions)
