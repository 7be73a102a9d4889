"""Curating in a channel: a moderator types and presses, and what is read afterwards."""

import discord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.results import ResponseMessage

from bot.feed import Feed
from bot.store import feeds as rows
from tests.chat.looks import text_of
from tests.chat.stage import Stage, answer, said
from tests.fakes import page

URL = "https://blog.example.com/feed"
BODY = "a SMIC raises prices\nb TSMC raises its outlook\nc Huawei ships a chip\nd A cake recipe"
TROUBLE = "### That did not work\n"


async def feeds(stage: Stage, command: str, **options: object) -> str:
    """What a moderator is told who types one of the commands."""
    return said(await stage.moderator.slash(stage.channel, f"feeds {command}", **options))


async def asked(stage: Stage, command: str, **options: object) -> ResponseMessage:
    """The message they get, for its buttons."""
    return answer(await stage.moderator.slash(stage.channel, f"feeds {command}", **options))


async def press(stage: Stage, message: ResponseMessage, label: str) -> str:
    """What a message says after one of its buttons was pressed."""
    result = await stage.moderator.click(message, label=label)
    return said(result) if result.followups else text_of(stage.components(message))


async def add(stage: Stage, url: str = URL, **options: object) -> str:
    """A feed looked at and added."""
    stage.fetcher.pages.setdefault(url, page(BODY))
    return await press(stage, await asked(stage, "add", url=url, **options), "Add")


async def own(stage: Stage) -> list[Feed]:
    """The feeds of this server alone."""
    return await stage.store.read(rows.listed, scope=str(stage.server.id))


def neighbours(stage: Stage) -> tuple[MemberActor, ChannelHandle]:
    """A moderator of another server, and a channel there."""
    elsewhere = stage.env.create_guild("Elsewhere")
    rights = elsewhere.create_role("Mods", permissions=discord.Permissions(manage_guild=True))
    return elsewhere.add_member(stage.env.create_user("eve"), roles=[rights]), elsewhere.create_text_channel("theirs")
