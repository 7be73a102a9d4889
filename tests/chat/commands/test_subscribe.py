from datetime import timedelta
from types import SimpleNamespace

import discord
import pytest
from simcord import SetupError

from bot.chat.commands.subscribe import check_can_post
from bot.errors import RefusedError
from bot.model import Language, Subscription
from bot.store import feeds as feed_rows
from bot.store import subscriptions as rows
from tests.chat.looks import buttons_of
from tests.chat.stage import Stage, answer, names, said
from tests.fakes import NOW, article, feed_spec

NO_VIEW = discord.PermissionOverwrite(view_channel=False)
TROUBLE = "### That did not work\n"


async def subscribe(stage: Stage, **options: object) -> str:
    return said(await stage.moderator.slash(stage.channel, "subscribe", **options))


async def kept(stage: Stage) -> list[Subscription]:
    return await stage.store.read(rows.listed, str(stage.server.id))


async def test_a_channel_subscribes_without_any_option(stage: Stage) -> None:
    """Eight o'clock where the server seems to live, told so that a wrong guess is seen at once."""
    await stage.settle(article("a1", story_id="s1"))

    answered = await stage.moderator.slash(stage.channel, "subscribe")

    (one,) = await kept(stage)
    assert (one.channel, f"{one.local_time:%H:%M}", one.zone, one.language) == (
        str(stage.channel.id),
        "08:00",
        "America/New_York",
        "en",
    )
    assert said(answered).splitlines() == [
        (
            f"**<#{stage.channel.id}> gets its digest every day at 08:00**, America/New_York time. The next one comes "
            "<t:1781006400:f> (<t:1781006400:R>)."
        ),
        (
            "-# I guessed the time zone from the language of this server; it is 08:00 there now. If that is wrong: "
            "`/subscribe timezone:`"
        ),
    ]
    assert list(buttons_of(answer(answered).components)) == ["Post today’s now"]


async def test_every_option_is_kept(stage: Stage) -> None:
    """Another channel, time, zone and language."""
    other = stage.server.create_text_channel("briefing")

    told = await subscribe(stage, time="20:30", timezone="shanghai", channel=other, language="zh")

    (one,) = await kept(stage)
    assert (one.channel, f"{one.local_time:%H:%M}", one.zone, one.language) == (
        str(other.id),
        "20:30",
        "Asia/Shanghai",
        "zh",
    )
    assert told.startswith(f"**<#{other.id}> gets its digest every day at 20:30**, Asia/Shanghai time.")
    assert "-# It is 20:00 there now." in told


@pytest.mark.parametrize(
    ("server", "own", "zone", "language"),
    [
        ("zh-CN", "en-US", "Asia/Shanghai", "zh"),
        ("en-US", "zh-TW", "Asia/Taipei", "zh"),
        ("de", "en-US", "Europe/Berlin", "en"),
        ("en-US", "en-US", "America/New_York", "en"),
    ],
)
async def test_what_nobody_said_is_guessed_from_the_languages(
    stage: Stage, server: str, own: str, zone: str, language: str
) -> None:
    """The server's language tells where it lives; one that never chose lives where its moderator does."""
    stage.server_speaks(server)
    stage.locale = own

    await subscribe(stage)

    (one,) = await kept(stage)
    assert (one.zone, one.language) == (zone, language)


async def test_a_change_keeps_what_it_does_not_name(stage: Stage) -> None:
    """A new time leaves the zone as it was, and the zone is not guessed any more."""
    await subscribe(stage, time="20:30", timezone="Asia/Tokyo", language="zh")

    told = await subscribe(stage, time="7pm")

    (one,) = await kept(stage)
    assert (f"{one.local_time:%H:%M}", one.zone, one.language) == ("19:00", "Asia/Tokyo", "zh")
    assert "guessed" not in told


async def test_midnight_is_a_time(stage: Stage) -> None:
    """And stays one when something else is changed."""
    await subscribe(stage, time="0:00")
    await subscribe(stage, language="zh")

    (one,) = await kept(stage)
    assert f"{one.local_time:%H:%M}" == "00:00"


async def test_the_first_reading_is_told(stage: Stage) -> None:
    """While the archive still fills, a moderator knows why nothing comes yet."""
    await stage.store.write(feed_rows.sync, [feed_spec()], NOW)

    told = await subscribe(stage)

    assert "The archive is still filling: 0 of 1 feeds read so far, 0 articles." in told


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"time": "25"}, "“25” is not a time of day. Write it as 08:00 or 8:30pm."),
        ({"time": "<@1>"}, "“‹@\u200b1›” is not a time of day. Write it as 08:00 or 8:30pm."),
        ({"timezone": "Atlantis"}, "“Atlantis” is not a time zone I know. Begin to type a city"),
        ({"timezone": "america"}, "“america” is not a time zone I know. Begin to type a city"),
    ],
)
async def test_a_wrong_time_or_zone_is_refused_and_nothing_is_kept(
    stage: Stage, options: dict[str, str], sentence: str
) -> None:
    """With what to write instead."""
    assert (await subscribe(stage, **options)).startswith(TROUBLE + sentence)
    assert await kept(stage) == []


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


async def test_the_end_of_a_digest(stage: Stage) -> None:
    """The channel gets no more of them, and can begin again."""
    await subscribe(stage)

    told = said(await stage.moderator.slash(stage.channel, "unsubscribe"))

    assert told.startswith(f"<#{stage.channel.id}> gets no more digests.")
    assert await kept(stage) == []
    await subscribe(stage)
    assert len(await kept(stage)) == 1


async def test_another_channels_digest_ends_by_name(stage: Stage) -> None:
    """The menu offers the channels that have one, those too that are gone, and sends their ids."""
    other, gone = stage.server.create_text_channel("briefing"), stage.server.create_text_channel("gone")
    await subscribe(stage, channel=other)
    await subscribe(stage, channel=gone)
    stage.env.backend.delete_channel(gone.id)

    offered = await stage.moderator.autocomplete(stage.channel, "unsubscribe", "channel", "")
    found = await stage.moderator.autocomplete(stage.channel, "unsubscribe", "channel", "#brief")
    told = said(await stage.moderator.slash(stage.channel, "unsubscribe", channel=str(gone.id)))

    assert names(offered) == ["#briefing", f"#… {gone.id}"]
    assert [choice["value"] for choice in found] == [str(other.id)]
    assert told.startswith(f"<#{gone.id}> gets no more digests.")


@pytest.mark.parametrize(
    ("typed", "shown"), [("123", "<#123>"), ("<#123>", "<#123>"), ("1> @everyone <@5", "1› @\u200beveryone ‹@\u200b5")]
)
async def test_a_channel_without_a_digest_is_told_so(stage: Stage, typed: str, shown: str) -> None:
    """What was typed is shown as a channel or as text, and nothing else."""
    told = said(await stage.moderator.slash(stage.channel, "unsubscribe", channel=typed))

    assert told.startswith(f"{TROUBLE}{shown} has no digest")


async def test_another_servers_digest_is_not_ended_from_here(stage: Stage) -> None:
    """Whoever knows a channel's id has no say in its server."""
    await subscribe(stage)
    elsewhere = stage.env.create_guild("Elsewhere")
    their_channel = elsewhere.create_text_channel("theirs")
    rights = elsewhere.create_role("Mods", permissions=discord.Permissions(manage_guild=True))
    stranger = elsewhere.add_member(stage.env.create_user("eve"), roles=[rights])

    told = said(await stranger.slash(their_channel, "unsubscribe", channel=str(stage.channel.id)))
    listed = said(await stranger.slash(their_channel, "subscriptions"))

    assert "has no digest" in told
    assert listed.startswith("No channel here gets a digest yet.")
    assert len(await kept(stage)) == 1


async def test_a_servers_digests_are_listed(stage: Stage) -> None:
    """With when each comes; one that Discord refused says what to do."""
    other = stage.server.create_text_channel("briefing")
    await subscribe(stage, time="9:00")
    await subscribe(stage, channel=other)
    await stage.store.write(rows.pause, (await kept(stage))[1].id, "missing-permission", NOW)

    told = said(await stage.moderator.slash(stage.channel, "subscriptions"))

    assert told.splitlines()[1:] == [
        f"<#{stage.channel.id}> · daily at 09:00, America/New_York · English · next <t:1780923600:f>",
        (
            f"<#{other.id}> · **paused**: I may not post there; give me **Send Messages**, **Embed Links** and "
            "**Read Message History**, then `/subscribe` again."
        ),
    ]


async def test_a_paused_digest_begins_again(stage: Stage) -> None:
    """As the list says: once the permission is there, subscribing is enough."""
    await subscribe(stage)
    await stage.store.write(rows.pause, (await kept(stage))[0].id, "missing-permission", NOW)

    await subscribe(stage)

    (one,) = await kept(stage)
    assert one.paused_reason is None


async def test_zones_are_offered_with_what_their_clocks_show(stage: Stage) -> None:
    """The guess first, then what was typed, in either language."""
    stage.server_speaks("ja")

    first = names(await stage.moderator.autocomplete(stage.channel, "subscribe", "timezone", ""))
    typed = names(await stage.moderator.autocomplete(stage.channel, "subscribe", "timezone", "上海"))

    assert first[0] == "Asia/Tokyo · 21:00"
    assert len(first) <= 25
    assert typed == ["Asia/Shanghai · 20:00"]


@pytest.mark.parametrize("command", ["subscribe", "unsubscribe", "subscriptions", "feeds list"])
async def test_a_member_may_not_use_a_moderators_command(stage: Stage, command: str) -> None:
    """Discord shows these to who may manage the server, and to nobody else."""
    with pytest.raises(SetupError, match="not visible"):
        await stage.member.slash(stage.channel, command)


async def test_a_server_may_let_a_member_use_one(stage: Stage) -> None:
    """What a server allows in its settings is not refused a second time."""
    told_to_discord = await stage.env.bot.tree.fetch_commands()
    stage.server.set_command_permissions(discord.utils.get(told_to_discord, name="subscribe"), {stage.member: True})

    told = said(await stage.member.slash(stage.channel, "subscribe"))

    assert "gets its digest every day" in told


async def test_a_change_after_todays_digest_counts_from_tomorrow(stage: Stage) -> None:
    """A day that is decided is not decided again, and that is said."""
    await stage.settle(article("a1", story_id="s1"))
    await subscribe(stage, time="7:00")
    stage.clock.advance(days=1)
    await stage.app.digester.run(read_at=stage.clock())

    told = await subscribe(stage, time="23:00")

    assert "Today’s digest was posted already, so the new time counts from tomorrow." in told
    tomorrow = NOW + timedelta(days=2, hours=15)
    assert f"<t:{int(tomorrow.timestamp())}:f>" in told
