from types import SimpleNamespace

import discord
import pytest
from simcord import SetupError
from simcord.builders import ChannelHandle
from simcord.enums import ChannelType

from bot.chat.commands.subscribe import check_can_post
from bot.errors import RefusedError
from bot.model import Language, Subscription
from bot.store import subscriptions as rows
from tests.chat.stage import Stage, said

NO_VIEW = discord.PermissionOverwrite(view_channel=False)
TROUBLE = "### That did not work\n"


async def subscribe(stage: Stage, **options: object) -> str:
    return said(await stage.moderator.slash(stage.channel, "subscribe", **options))


async def kept(stage: Stage) -> list[Subscription]:
    return await stage.store.read(rows.listed, str(stage.server.id))


@pytest.mark.parametrize(
    ("denied", "named"),
    [
        ({"send_messages": False}, "Send Messages, Embed Links"),
        ({"embed_links": False}, "Embed Links"),
        ({"read_message_history": False}, "Read Message History"),
        ({"embed_links": False, "read_message_history": False}, "Embed Links, Read Message History"),
        ({"view_channel": False}, "View Channel"),
    ],
)
async def test_a_channel_the_bot_cannot_post_in_is_refused(stage: Stage, denied: dict[str, bool], named: str) -> None:
    """Naming what is missing, and where; nothing is kept."""
    closed = stage.quiet_channel("closed", **denied)

    told = await subscribe(stage, channel=closed)

    assert told.startswith(f"{TROUBLE}I cannot post in <#{closed.id}>: I am missing **{named}")
    assert await kept(stage) == []


async def test_missing_permissions_are_named_in_the_askers_language(stage: Stage) -> None:
    """A moderator finds them in their own Discord under that name."""
    stage.locale = "zh-CN"

    told = await subscribe(stage, channel=stage.quiet_channel("closed", read_message_history=False))

    assert "缺少**阅读消息历史**" in told


async def test_a_channel_the_asker_cannot_see_is_refused(stage: Stage) -> None:
    """The bot posts nowhere for who may not look there, even if a client asks for it."""
    hidden = stage.server.create_text_channel("hidden", overwrites={stage.moderator.user: NO_VIEW})
    with pytest.raises(SetupError):  # Discord's own client does not offer it
        await subscribe(stage, channel=hidden)
    place, asker = stage.env.bot.get_channel(hidden.id), stage.moderator

    asked = SimpleNamespace(guild=place.guild, user=await place.guild.fetch_member(asker.id), channel_id=hidden.id)
    with pytest.raises(RefusedError) as refusal:
        check_can_post(place, asked, Language.EN)

    assert refusal.value.key == "not-yours-to-see"


@pytest.mark.parametrize(
    ("place", "key"), [(None, "not-a-channel"), ("forum", "not-a-channel"), ("dm", "only-in-servers")]
)
def test_a_place_that_is_no_channel_is_refused(stage: Stage, place: str | None, key: str) -> None:
    """A forum has no messages of its own, and a message to the bot no server."""
    forum = stage.env.bot.get_channel(stage.server.create_forum_channel("forum").id)
    guild = stage.env.bot.get_guild(stage.server.id) if place != "dm" else None

    with pytest.raises(RefusedError) as refusal:
        check_can_post(forum if place else None, SimpleNamespace(guild=guild, user=None, channel_id=1), Language.EN)

    assert refusal.value.key == key


async def test_a_thread_subscribes_too(stage: Stage) -> None:
    """The command in a thread means that thread."""
    thread = stage.thread()

    told = said(await stage.moderator.slash(thread, "subscribe"))

    (one,) = await kept(stage)
    assert one.channel == str(thread.id)
    assert told.startswith(f"**<#{thread.id}> gets its digest")


async def test_a_thread_in_which_the_bot_may_not_write_is_refused(stage: Stage) -> None:
    """Writing in threads is a permission of its own."""
    thread = stage.thread(stage.quiet_channel("parent", send_messages_in_threads=False))

    told = said(await stage.moderator.slash(thread, "subscribe"))

    assert f"I cannot post in <#{thread.id}>: I am missing **Send Messages in Threads" in told


async def test_a_thread_that_the_bot_has_not_met_is_asked_for(stage: Stage) -> None:
    """Discord tells a bot of active threads alone; one that is named is looked up."""
    made = stage.env.backend.create_thread(stage.channel.id, "old", owner_id=stage.moderator.id, broadcast=False)
    thread = ChannelHandle(stage.env, stage.server, made)
    assert stage.env.bot.get_channel(thread.id) is None

    told = await subscribe(stage, channel=thread)

    assert told.startswith(f"**<#{thread.id}> gets its digest")
    assert [one.channel for one in await kept(stage)] == [str(thread.id)]


@pytest.mark.parametrize(("status", "code"), [(403, 50001), (404, 10003)])
async def test_a_channel_the_bot_cannot_see_at_all_is_refused(stage: Stage, status: int, code: int) -> None:
    """Where Discord does not even tell of it, a moderator learns what to do about it."""
    made = stage.env.backend.create_thread(stage.channel.id, "deep", owner_id=stage.moderator.id, broadcast=False)
    stage.env.inject_error("GET", f"/channels/{made.id}", status=status, code=code)

    told = await subscribe(stage, channel=ChannelHandle(stage.env, stage.server, made))

    assert told == (
        f"{TROUBLE}I cannot see <#{made.id}>. Give me **View Channel** there, or add me to the thread, and try again."
    )
    assert await kept(stage) == []


async def test_a_private_thread_is_posted_in_once_the_bot_is_in_it(stage: Stage) -> None:
    """Nobody is let into one by a permission alone, and mentioning the bot there adds it."""
    backend, bot = stage.env.backend, stage.bot.id
    made = backend.create_thread(stage.channel.id, "deep", owner_id=stage.moderator.id, type=ChannelType.PRIVATE_THREAD)
    thread = ChannelHandle(stage.env, stage.server, made)

    refused = await subscribe(stage, channel=thread)
    before = await kept(stage)
    backend.add_thread_member(thread.id, bot)
    told = await subscribe(stage, channel=thread)

    assert refused == (
        f"{TROUBLE}<#{thread.id}> is a private thread I am not in. Mention me there to add me, and try again."
    )
    assert before == []
    assert told.startswith(f"**<#{thread.id}> gets its digest")
