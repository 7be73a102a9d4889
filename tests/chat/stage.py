"""A Discord in this process: a server with the real client in it, and people who use it."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Self

import discord
import simcord
from simcord.actors import MemberActor
from simcord.backend.models import Overwrite
from simcord.builders import ChannelHandle, GuildHandle
from simcord.enums import OverwriteType
from simcord.results import InteractionResult, ResponseMessage

from bot.app import App
from bot.model import Article
from bot.store import feeds as feed_rows
from bot.store.database import Store
from tests.chat.looks import parts, text_of, too_much
from tests.fakes import FakeClock, FakeEmbedder, FakeFetcher, FakeParser, feed_spec, settle

V2 = 1 << 15
_A_FORM = discord.InteractionResponseType.modal.value
Loaded = Mapping[str, object]


@dataclass
class Stage:
    """The bot in one server; `locale` is the language of people's own Discord, `pinged` whom an alert may mention."""

    app: App
    clock: FakeClock
    fetcher: FakeFetcher
    env: simcord.Env
    server: GuildHandle
    channel: ChannelHandle
    moderator: MemberActor
    member: MemberActor
    locale: str = "en-US"
    pinged: list[int] = field(default_factory=list)

    @classmethod
    def set(cls, app: App, clock: FakeClock, fetcher: FakeFetcher, env: simcord.Env) -> Self:
        """A server with a channel, a moderator and a member."""
        server = env.create_guild("China desk")
        moderators = server.create_role("Moderators", permissions=discord.Permissions(manage_guild=True))
        stage = cls(
            app,
            clock,
            fetcher,
            env,
            server,
            channel=server.create_text_channel("news"),
            moderator=server.add_member(env.create_user("mo"), roles=[moderators]),
            member=server.add_member(env.create_user("ann")),
        )
        stage._speak_locales()
        return stage

    @property
    def store(self) -> Store:
        """What the bot keeps."""
        return self.app.store

    @property
    def bot(self) -> discord.ClientUser:
        """The bot's own account."""
        assert self.env.bot.user
        return self.env.bot.user

    async def settle(self, *articles: Article) -> None:
        """Put stories into the archive."""
        await settle(self.store, *articles)
        await self.app.indexer.run()

    async def restart(self) -> None:
        """Begin again with a fresh program on the same database."""
        client, _ = await self.app.discord()
        await self.env.restart_bot(client)

    def quiet_channel(self, name: str, **denied: bool) -> ChannelHandle:
        """A channel in which the bot lacks some permissions."""
        return self.server.create_text_channel(name, overwrites={self.bot: discord.PermissionOverwrite(**denied)})

    def silent_channel(self, name: str) -> ChannelHandle:
        """A channel that people may read and not write in."""
        nobody = {self.server.default_role: discord.PermissionOverwrite(send_messages=False)}
        return self.server.create_text_channel(name, overwrites=nobody)

    def deny(self, channel: ChannelHandle, **denied: bool) -> None:
        """Take permissions from the bot in a channel that is there already."""
        _, deny = discord.PermissionOverwrite(**denied).pair()
        self.env.backend.set_overwrite(channel.id, Overwrite(self.bot.id, OverwriteType.MEMBER, deny=deny.value))

    def thread(self, under: ChannelHandle | None = None) -> ChannelHandle:
        """A thread below a channel."""
        parent = under or self.channel
        made = self.env.backend.create_thread(parent.id, "deep", owner_id=self.moderator.id)
        return ChannelHandle(self.env, self.server, made)

    def components(self, message: ResponseMessage) -> list[dict[str, Any]]:
        """What a message is made of by now."""
        return deepcopy(self.env.backend.get_message(message.channel_id, message.id).components)

    async def many_feeds(self, count: int) -> None:
        """A catalogue of so many feeds."""
        specs = [feed_spec(f"https://example.com/{number}", title=f"Feed {number:02}") for number in range(count)]
        await self.store.write(feed_rows.sync, specs, self.clock())

    def rewrite(self, message: ResponseMessage, changes: Mapping[str, str]) -> None:
        """Change what stands in a message's buttons and menus, as another release would have written it."""
        stored = self.env.backend.get_message(message.channel_id, message.id)
        for each in parts(stored.components):
            for holder in (each, *each.get("options", ())):
                known = {name: holder.get(name) for name in ("custom_id", "value")}
                holder.update({name: changes[value] for name, value in known.items() if value in changes})

    def server_speaks(self, locale: str) -> None:
        """Choose the server's language in its settings."""
        self.env.backend.edit_guild(self.server.id, {"preferred_locale": locale})

    def sent(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Every message the bot sent or changed, as it went over the wire."""
        return [message for request in self.env.http_requests if (message := _message_of(request))]

    def wrong(self) -> list[str]:
        """What Discord would have refused of all that was sent, and whatever could have pinged somebody."""
        found = []
        for method, path, body in self.sent():
            found += [f"{method} {path}: {each}" for each in too_much(body["components"])]
            allowed = body.get("allowed_mentions", {})
            if allowed.get("parse") != [] or not {*allowed.get("users", ())} <= {*self.pinged}:
                found.append(f"{method} {path}: mentions {body.get('allowed_mentions')}")
        return found

    def _speak_locales(self) -> None:
        emit = self.env.backend.emit

        def spoken(name: str, payload: dict[str, Any], *more: Any, **other: Any) -> Any:
            if name == "INTERACTION_CREATE":
                guild = self.env.backend.get_guild(int(payload["guild_id"])) if "guild_id" in payload else None
                payload |= {"locale": self.locale} | ({"guild_locale": guild.preferred_locale} if guild else {})
            return emit(name, payload, *more, **other)

        self.env.backend.emit = spoken  # type: ignore[method-assign]


async def opened(app: App, fetcher: FakeFetcher, loaded: Loaded) -> None:
    """Open the store, with stand-ins for the network and the encoder."""
    app.__dict__ |= {**loaded, "encoder": FakeEmbedder(), "fetcher": fetcher, "parser": FakeParser()}
    await app.store.open()


def answer(result: InteractionResult) -> ResponseMessage:
    """The message somebody alone was answered with: the last one, if an error came after it."""
    message = result.followups[-1] if result.followups else result.response
    assert result.acknowledged
    assert message is not None
    assert message.ephemeral
    assert message.flags.value & V2
    return message


def said(result: InteractionResult) -> str:
    """What somebody alone was told."""
    return text_of(answer(result).components)


def shown(messages: Sequence[discord.Message]) -> list[str]:
    """What public messages say."""
    return [text_of([each.to_dict() for each in message.components]) for message in messages]


def names(choices: Sequence[Mapping[str, Any]]) -> list[str]:
    """What a menu offers."""
    return [choice["name"] for choice in choices]


def _message_of(request: Any) -> tuple[str, str, dict[str, Any]] | None:
    body = request.json
    if not isinstance(body, dict) or body.get("type") == _A_FORM:
        return None
    if "/callback" in request.path:
        if body.get("type") == discord.InteractionResponseType.modal.value:
            return None
        body = body.get("data", body)
    return (request.method, request.path, body) if isinstance(body, dict) and body.get("components") else None
