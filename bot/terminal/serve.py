"""The work of the commands that talk to Discord: run and sync."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot import phrases
from bot.app import App
from bot.chat.messenger import host_is_real
from bot.config import Settings, load_feeds
from bot.errors import ConnectionLostError, NotFoundError, SettingsError
from bot.model import CATALOGUE, Language, Subscription
from bot.store import editions, subscriptions
from bot.stories.due import next_due
from bot.terminal.start import encoding, glossing, say, settings, stopped, using

if TYPE_CHECKING:  # Discord's library takes half a second, which --help does not
    from bot.chat.client import JianbaoClient

_TOKENLESS = (
    "There is no DISCORD_TOKEN: make a bot at https://discord.com/developers/applications (New Application, Bot, "
    "Reset Token), put the token into the environment as DISCORD_TOKEN and start again"
)
_WITHOUT = "; or add --console to have the digests printed here without Discord"


_REFUSED = "Discord does not know this DISCORD_TOKEN; copy it again from the developer portal (Bot, Reset Token)."
_LOST = "The connection to Discord ended; start again later."
_AUTHENTICATION_FAILED = 4004


def run(feeds: Path | None) -> None:
    """Be the bot until stopped."""
    found = settings(feeds=feeds)
    check_token(found, otherwise=_WITHOUT)
    load_feeds(found.feeds)  # a wrong line is said before seconds are spent
    using(glossing(encoding(App(found))), _run)


def sync(server: int | None) -> None:
    """Tell Discord the commands, whether they have changed or not."""
    found = settings()
    check_token(found)
    app = App(found)
    told = using(app, lambda app: _sync(app, server))
    say(f"{phrases.plural(told, 'command')} told to Discord" + (f" for server {server}." if server else "."))


def check_token(found: Settings, *, otherwise: str = "") -> None:
    """Raises SettingsError where there is no token, or a rehearsal would post in the real Discord."""
    if not found.discord_token.get_secret_value():
        raise SettingsError(f"{_TOKENLESS}{otherwise}.")
    if found.clock and host_is_real():
        raise SettingsError(
            "JIANBAO_CLOCK is set, and a rehearsal does not post in the real Discord; unset it to run for real."
        )


async def name_of_bot(app: App) -> str:
    """The name Discord knows the token's bot by; raises SettingsError for a wrong token."""
    client = app.caller()
    async with client, logged_in(app, client):
        return str(client.user)


async def _run(app: App) -> None:
    await app.read_catalogue()
    client, messenger = await app.discord()
    jobs = app.jobs(messenger)
    async with client, logged_in(app, client):
        connection = asyncio.create_task(client.connect(), name="discord")
        ready = asyncio.create_task(client.wait_until_ready())
        stop = asyncio.create_task(stopped())
        await asyncio.wait([connection, ready, stop], return_when=asyncio.FIRST_COMPLETED)
        if ready.done():
            await _announce(app, client)
            jobs.start(timedelta(seconds=app.settings.tick_seconds))
            await asyncio.wait([connection, stop], return_when=asyncio.FIRST_COMPLETED)
            await jobs.stop()
        for task in (ready, stop):
            task.cancel()
        await client.close()
        await _ended(connection)


async def _sync(app: App, server: int | None) -> int:
    import discord

    client = app.caller()
    async with client, logged_in(app, client):
        try:
            return await client.sync(server)
        except discord.Forbidden as error:
            raise NotFoundError(f"The bot is in no server {server}; invite it there first.") from error
        except discord.HTTPException as error:
            raise ConnectionLostError("Discord did not take the commands; try later.", cause=str(error)) from error


@asynccontextmanager
async def logged_in(app: App, client: "JianbaoClient") -> AsyncIterator[None]:
    """Show Discord the token; its refusals are told in our words."""
    import aiohttp
    import discord

    try:
        await client.login(app.settings.discord_token.get_secret_value())
    except discord.LoginFailure as error:
        raise SettingsError(_REFUSED) from error
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        raise ConnectionLostError("Discord cannot be reached; start again later.", cause=str(error)) from error
    yield


async def _announce(app: App, client: "JianbaoClient") -> None:
    """Say who is there, how to invite it, and when the next digest comes."""
    active = await app.store.read(subscriptions.active)
    servers = phrases.plural(len(client.guilds), "server")
    say(f"{client.user} is ready in {servers}. Invite it: {client.invite}")
    coming = [(await _next(app, each), each) for each in active if each.scope != CATALOGUE]
    if not coming:
        say("No channel has a digest yet: /subscribe in one of them. Ctrl-C ends.")
        return
    due, first = min(coming, key=lambda pair: pair[0])
    when = phrases.moment(due, first.zone, Language.EN)
    say(f"{phrases.plural(len(coming), 'channel')} subscribed; the next digest is due {when} ({first.zone}).")


async def _next(app: App, subscription: Subscription) -> datetime:
    last = await app.store.read(editions.last, subscription.id)
    return next_due(subscription, app.clock(), last[0] if last else None)


async def _ended(connection: "asyncio.Task[None]") -> None:
    """What ended the connection is an error unless we did."""
    import aiohttp
    import discord

    with suppress(asyncio.CancelledError):
        try:
            await connection
        except discord.ConnectionClosed as error:
            if error.code == _AUTHENTICATION_FAILED:
                raise SettingsError(_REFUSED) from error
            raise ConnectionLostError(_LOST, cause=str(error)) from error
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            raise ConnectionLostError(_LOST, cause=str(error)) from error
