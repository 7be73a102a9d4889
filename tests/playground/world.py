"""A server with a moderator, a member and the real bot, on the archive of the sample feeds' two days."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import discord
import simcord

from bot.app import App
from bot.chat.client import PERMISSIONS, JianbaoClient
from bot.chat.delivery import Courier
from bot.chat.messenger import DiscordMessenger
from bot.clock import SteppedClock, system_clock
from bot.config import Settings
from bot.log import start_log
from bot.sample.server import catalogue, serving

BEGIN = datetime(2026, 3, 8, 23, tzinfo=UTC)
HOURS = 39
NOW = BEGIN + timedelta(hours=HOURS)
"""Tuesday 10 March 2026, 22:00 in Shanghai."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the playground and the pictures drive."""

    app: App
    env: Any
    client: JianbaoClient
    messenger: DiscordMessenger
    channel: Any
    moderator: Any
    member: Any

    async def post(self) -> int:
        """One tick of what `jianbao run` does by itself: decide what is due and deliver it; how many arrived."""
        await self.app.digester.run(read_at=self.app.clock())
        return await Courier(self.app.store, self.messenger, clock=system_clock).run()


@asynccontextmanager
async def world(home: Path) -> AsyncIterator[World]:
    """Read the sample feeds through both days, then let the bot into a server."""
    clock = SteppedClock(BEGIN)
    settings = Settings.load(home=home, feeds=home / "feeds.yaml", allow_private_hosts=True, log_level="warning")
    start_log(settings.log_level, settings.log_format)
    app = App(settings, clock)
    await asyncio.to_thread(app.load)
    async with serving(clock) as address, app:
        settings.feeds.write_text(catalogue(address), "utf-8")
        await app.read_catalogue()
        await _read_two_days(app, clock)
        client, messenger = await app.discord()
        async with simcord.run(client, shard_count=1, check_errors=False, settle_timeout=30) as env:
            yield _settled(app, env, client, messenger)


async def _read_two_days(app: App, clock: SteppedClock) -> None:
    for hour in range(HOURS + 1):
        clock.set(BEGIN + timedelta(hours=hour))
        await app.poller.run(clock())
        await app.grouper.run()


def _settled(app: App, env: Any, client: JianbaoClient, messenger: DiscordMessenger) -> World:
    guild = env.create_guild("Chip Readers", preferred_locale="en-US")
    everyone = discord.Permissions(PERMISSIONS.value)
    everyone.update(use_application_commands=True)
    channel = guild.create_text_channel("china-tech")
    guild.create_text_channel(
        "locked", overwrites={guild.default_role: discord.PermissionOverwrite(send_messages=False)}
    )
    role = guild.create_role("Moderators", permissions=discord.Permissions(manage_guild=True))
    moderator = guild.add_member(env.create_user("mei"), roles=[role])
    member = guild.add_member(env.create_user("alex"))
    return World(
        app=app, env=env, client=client, messenger=messenger, channel=channel, moderator=moderator, member=member
    )
