"""The connection to Discord: commands told when they have changed, and errors answered."""

import hashlib
import json

import discord
import structlog
from discord import app_commands

from bot.chat import buttons
from bot.chat.commands import curate, read, subscribe, watch
from bot.chat.commands.shared import Commands
from bot.chat.commands.translate import Translations
from bot.chat.desk import Asked, Desk
from bot.store import facts
from bot.store.database import Store

log = structlog.get_logger()

PERMISSIONS = discord.Permissions(view_channel=True, send_messages=True, embed_links=True, read_message_history=True)
"""The least the bot works with; the last one lets it find a digest again after a crash."""

_COMMANDS: Commands = (*read.COMMANDS, *watch.COMMANDS, *subscribe.COMMANDS, *curate.COMMANDS)


class Tree(app_commands.CommandTree["JianbaoClient"]):
    """The slash commands; an error that no command has answered is answered here."""

    async def on_error(self, asked: Asked, error: app_commands.AppCommandError) -> None:
        """Answer with a sentence."""
        await asked.client.desk.failed(asked, getattr(error, "original", error))


class JianbaoClient(discord.AutoShardedClient):
    """Hears of servers and interactions alone: no intent needs Discord's approval."""

    def __init__(self, store: Store, desk: Desk | None = None) -> None:
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # it never speaks
        super().__init__(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
        )
        self.desk = desk
        self._store = store
        self.tree = Tree(self)
        for command in _COMMANDS:
            self.tree.add_command(command)

    async def setup_hook(self) -> None:
        """Before the gateway: know old messages' buttons, and tell Discord of commands that have changed.

        A client that answers nobody tells nothing by itself: looking whose token it is changes nothing.
        """
        await self.tree.set_translator(Translations())
        if self.desk is None:
            return
        self.add_dynamic_items(*buttons.ALL)
        try:
            await self._sync_if_changed()
        except discord.HTTPException as error:
            log.warning("commands not told", status=error.status, cause=error.text)

    @property
    def invite(self) -> str:
        """The address that invites the bot into a server, with the least permissions."""
        scopes = ("bot", "applications.commands")
        return discord.utils.oauth_url(self.application_id or 0, permissions=PERMISSIONS, scopes=scopes)

    async def sync(self, server: int | None = None) -> int:
        """Tell Discord the commands, for every server or for one alone; returns how many there are.

        Telling every server takes back what single ones were told: they would show each command twice.
        """
        if server:
            guild = discord.Object(server)
            self.tree.copy_global_to(guild=guild)
            told = await self.tree.sync(guild=guild)
            await self._store.write(facts.note, facts.TOLD_ALONE, " ".join({*await self._told_alone(), str(server)}))
            return len(told)
        for alone in await self._told_alone():
            await self._take_back(int(alone))
        told = await self.tree.sync()
        await self._store.write(facts.note, facts.COMMANDS, await self._fingerprint())
        await self._store.write(facts.note, facts.TOLD_ALONE, "")
        return len(told)

    async def _told_alone(self) -> list[str]:
        """The servers that were told the commands by themselves."""
        return (await self._store.read(facts.text, facts.TOLD_ALONE) or "").split()

    async def _take_back(self, server: int) -> None:
        guild = discord.Object(server)
        self.tree.clear_commands(guild=guild)
        try:
            await self.tree.sync(guild=guild)
        except discord.Forbidden:
            log.info("server is gone", server=server)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Stop reading and telling for a server that has removed the bot; an outage is none (discord.py knows)."""
        if self.desk is not None:
            await self.desk.leave(str(guild.id))

    async def _sync_if_changed(self) -> None:
        if await self._store.read(facts.text, facts.COMMANDS) != await self._fingerprint():
            log.info("commands told", commands=await self.sync())

    async def _fingerprint(self) -> str:
        """What the commands look like to Discord, and for which application, in short."""
        translator = self.tree.translator or Translations()
        told = [await command.get_translated_payload(self.tree, translator) for command in self.tree.get_commands()]
        whole = json.dumps([self.application_id, told], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(whole.encode()).hexdigest()
