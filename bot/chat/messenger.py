"""Posts a digest in its Discord channel once, whatever happened to the try before."""

import asyncio
import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import discord

from bot.chat import asks
from bot.chat.render import digest as look
from bot.chat.render import health as health_look
from bot.chat.render import watches as watch_look
from bot.chat.render.digest import Headings
from bot.errors import ChannelError, DeliveryError, UnclearError
from bot.feed import Notice
from bot.model import Delivery
from bot.watch import Alert

_A_SECOND = 40.0
"""Requests a second, all channels together: Discord's limit is 50 for a bot, and discord.py does not keep to it."""

_LOOKED_AT = 300
"""How many messages since the first try are looked through for a part that may be posted already."""

_CLOCKS_APART = timedelta(minutes=2)
"""How far this machine's clock may be from Discord's, whose message ids tell the time."""

_BROKEN = 500
"""From this status on nobody knows what Discord has done."""

_NONCE = 25
_REMOVED = 10008
"""What Discord answers to a repeated nonce whose message was deleted meanwhile (discord-api-docs PR 6647)."""

_CLOSED = {
    10003: ("unknown-channel", "The channel does not exist any more."),
    10004: ("unknown-channel", "The server does not exist any more."),
    50001: ("missing-access", "The bot cannot see the channel."),
    50013: ("missing-permission", "The bot may not post in the channel."),
    50083: ("archived", "The thread is archived and locked."),
    50024: ("other", "Discord takes no messages in a channel of this kind."),
}
"""Discord's codes for channels that stay closed until somebody changes something (opcodes-and-status-codes)."""


class Pace:
    """Spaces requests evenly, so that eight o'clock in a thousand channels breaks no limit."""

    def __init__(self, a_second: float = _A_SECOND) -> None:
        self._apart = 1 / a_second
        self._next = 0.0

    async def __call__(self) -> None:
        """Wait for one's turn."""
        now = asyncio.get_running_loop().time()
        turn = max(now, self._next)
        self._next = turn + self._apart
        await asyncio.sleep(turn - now)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Post:
    """A message as it goes out; `mark` stands in a custom id of it, and `since` is when it may first have been sent.

    `since` counts where an earlier try is `unclear`. `pings` is the one member whom it may mention.
    """

    channel: str
    view: discord.ui.LayoutView
    nonce: str
    mark: str
    unclear: bool
    since: datetime | None
    pings: str | None = None


class DiscordMessenger:
    """Posts with a nonce of the part's own, and looks for a part that was tried before.

    The nonce holds for some minutes (`enforce_nonce`); after that the part is known by the custom ids of its buttons,
    which needs the permission to read the channel's history.
    """

    def __init__(self, client: discord.Client, headings: Headings, *, home: str, pace: Pace) -> None:
        self._client = client
        self._headings = headings
        self._home = home
        self._pace = pace

    def reaches(self, channel: str) -> bool:
        """Whether it is a channel of Discord's: a number."""
        return channel.isdecimal()

    async def deliver(self, delivery: Delivery) -> str:
        """Post a part and return its message's id; raises DeliveryError, ChannelError where trying again is vain."""
        mark = self._mark(delivery)
        return await self._deliver(
            _Post(
                channel=delivery.channel,
                view=look.posted(delivery.digest, self._headings, mark),
                nonce=nonce(self._home, delivery),
                mark=mark.text,
                unclear=delivery.unclear,
                since=delivery.first_at,
            )
        )

    async def alert(self, alert: Alert) -> str:
        """Post an alert likewise; it mentions the watch's owner and nobody else."""
        mark = f"{self._home}/{alert.id}/{int(alert.made_at.timestamp())}/"
        return await self._deliver(
            _Post(
                channel=alert.channel,
                view=watch_look.alert(alert, mark),
                nonce=_hashed(f"alert|{mark}|{alert.channel}"),
                mark=watch_look.marked(alert, mark),
                unclear=alert.unclear,
                since=alert.first_at,
                pings=alert.watch.owner,
            )
        )

    async def notice(self, notice: Notice) -> str:
        """Post a notice about a feed likewise; it mentions nobody."""
        mark = f"{self._home}/{notice.id}/{int(notice.made_at.timestamp())}/"
        return await self._deliver(
            _Post(
                channel=notice.channel,
                view=health_look.notice(notice, mark),
                nonce=_hashed(f"notice|{mark}|{notice.channel}"),
                mark=f"/{mark}",
                unclear=notice.unclear,
                since=notice.first_at,
            )
        )

    async def _deliver(self, post: _Post) -> str:
        channel = self._client.get_partial_messageable(int(post.channel))
        users = [discord.Object(int(post.pings))] if post.pings else False
        allowed = discord.AllowedMentions(everyone=False, roles=False, users=users, replied_user=False)
        try:
            if post.unclear and (known := await self._posted(channel, post)):
                return known
            await self._pace()
            message = await channel.send(view=post.view, nonce=post.nonce, allowed_mentions=allowed)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            if isinstance(error, discord.HTTPException) and error.code == _REMOVED:
                return "removed"
            raise translated(error) from error
        return str(message.id)

    async def _posted(self, channel: discord.PartialMessageable, post: _Post) -> str | None:
        """The id of the message that is there already: it stands shortly after the first try began."""
        self._check_history(int(post.channel))
        since = post.since - _CLOCKS_APART if post.since else None
        await self._pace()
        async for message in channel.history(limit=_LOOKED_AT, after=since, oldest_first=since is not None):
            if self._is_own(message) and any(post.mark in custom_id for custom_id in custom_ids(message.components)):
                return str(message.id)
        return None

    def _check_history(self, channel_id: int) -> None:
        """Raises ChannelError where Discord would show an empty channel: nothing is found then, and posted twice."""
        channel = self._client.get_channel(channel_id)
        if not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
            return
        if not channel.permissions_for(channel.guild.me).read_message_history:
            raise ChannelError("missing-permission", "The bot may not read the channel's history.")

    def _mark(self, delivery: Delivery) -> asks.Mark:
        at = int(delivery.decided_at.timestamp())
        return asks.Mark(home=self._home, edition=delivery.edition_id, at=at, part=delivery.part)

    def _is_own(self, message: discord.Message) -> bool:
        return self._client.user is not None and message.author.id == self._client.user.id


def host_is_real() -> bool:
    """Whether discord.py talks to Discord itself, and not to a stand-in on this machine."""
    return urlsplit(discord.http.Route.BASE).hostname == "discord.com"


def nonce(home: str, delivery: Delivery) -> str:
    """The same for each try of one part of one edition in one channel, and different for all else."""
    at = int(delivery.decided_at.timestamp())
    whose = f"{home}|{delivery.edition_id}|{at}|{delivery.channel}|{delivery.part}"
    return _hashed(whose)


def _hashed(whose: str) -> str:
    return base64.b32encode(hashlib.sha256(whose.encode()).digest()).decode()[:_NONCE].lower()


def custom_ids(components: Any) -> list[str]:
    """The custom ids of a message's components, nested ones too."""
    found: list[str] = []
    for each in components:
        if custom_id := getattr(each, "custom_id", None):
            found.append(custom_id)
        found += custom_ids(getattr(each, "children", ()))
    return found


def translated(error: Exception) -> DeliveryError:
    """What Discord's refusal means for the part: a closed channel, or another try."""
    if isinstance(error, discord.HTTPException):
        fields = {"status": error.status, "discord_code": error.code, "cause": error.text}
        if error.code in _CLOSED:
            code, sentence = _CLOSED[error.code]
            return ChannelError(code, sentence, **fields)
        kind = UnclearError if error.status >= _BROKEN else DeliveryError
        return kind(f"Discord refused the message ({error.status}); it is tried again.", **fields)
    kind = DeliveryError if isinstance(error, aiohttp.ClientConnectorError) else UnclearError
    return kind("Discord could not be reached; the message is tried again.", cause=repr(error))
