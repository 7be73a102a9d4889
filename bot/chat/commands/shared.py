"""What the commands share: who may be asked where, and menus that never fail."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import structlog
from discord import app_commands

from bot.chat.desk import Asked, Desk
from bot.chat.reader import reader_of
from bot.chat.times import clock_in, zone_name, zones_like
from bot.model import Topic

log = structlog.get_logger()

C = TypeVar("C", bound=app_commands.Command[Any, ..., Any] | app_commands.Group)
Commands = tuple[app_commands.Command[Any, ..., Any] | app_commands.Group, ...]
Choices = list[app_commands.Choice[str]]
MOST_CHOICES = 25

LANGUAGES = [
    app_commands.Choice(name=app_commands.locale_str("English"), value="en"),
    app_commands.Choice(name=app_commands.locale_str("中文"), value="zh"),
]
TOPICS = [
    app_commands.Choice(name=app_commands.locale_str(topic.value.capitalize()), value=topic.value) for topic in Topic
]
Zone = app_commands.Range[str, 1, 60]


def desk_of(asked: Asked) -> Desk:
    """Who answers."""
    desk: Desk = asked.client.desk
    return desk


async def quietly(choices: Callable[[], Awaitable[Choices]]) -> Choices:
    """The choices of a menu; none where they cannot be had: a person can always type on."""
    try:
        return (await choices())[:MOST_CHOICES]
    except Exception:  # the edge of a menu: there is no place to tell an error in
        log.exception("menu failed")
        return []


async def zones(asked: Asked, typed: str) -> Choices:
    """Time zones that were probably meant, each with what its clocks show."""

    async def offered() -> Choices:
        now = desk_of(asked).subscriptions.now()
        like = zones_like(typed, first=reader_of(asked).zone)
        called = ((zone_name(zone), clock_in(zone, now)) for zone in like)
        return [app_commands.Choice(name=f"{name} · {clock}", value=name) for name, clock in called]

    return await quietly(offered)


def for_readers(command: C) -> C:
    """In servers and in messages to the bot, where it was invited by a server."""
    return app_commands.allowed_installs(guilds=True, users=False)(
        app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)(command)
    )


def for_moderators(command: C) -> C:
    """In servers, for who may manage the server unless the server decides otherwise (Settings > Integrations)."""
    return app_commands.allowed_installs(guilds=True, users=False)(
        app_commands.guild_only()(app_commands.default_permissions(manage_guild=True)(command))
    )
