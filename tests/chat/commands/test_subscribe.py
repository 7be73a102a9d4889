from datetime import timedelta

import discord
import pytest
from simcord import SetupError

from bot.model import Subscription
from bot.store import feeds as feed_rows
from bot.store import subscriptions as rows
from tests.chat.looks import buttons_of
from tests.chat.stage import Stage, answer, names, said
from tests.fakes import NOW, article, feed_spec

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
            "-# I guessed the time zone from the language set here; it is 08:00 there now. If that is wrong: "
            "`/subscribe timezone:`"
        ),
    ]
    assert buttons_of(answer(answered).components) == {"Post today’s now": f"today:{one.id}/{stage.moderator.id}"}


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
    """A day that is decided is not decided again, and that is said; there is nothing to ask for then."""
    await stage.settle(article("a1", story_id="s1"))
    await subscribe(stage, time="7:00")
    stage.clock.advance(days=1)
    await stage.app.digester.run(read_at=stage.clock())

    told = await subscribe(stage, time="23:00")

    assert "Today’s digest is on its way. The new time counts from tomorrow." in told
    tomorrow = NOW + timedelta(days=2, hours=15)
    assert f"<t:{int(tomorrow.timestamp())}:f>" in told
    again = await stage.moderator.slash(stage.channel, "subscribe", language="zh")
    assert said(again).splitlines()[1:] == ["Today’s digest is on its way.", "-# It is 08:00 there now."]
    assert buttons_of(answer(again).components) == {}


async def test_a_change_of_language_alone_is_no_new_beginning(stage: Stage) -> None:
    """What was due a moment ago still comes, in the new language; a new time begins anew."""
    await subscribe(stage, time="9:00")
    stage.clock.advance(minutes=62)

    await subscribe(stage, language="zh")
    (same,) = await kept(stage)
    await subscribe(stage, time="9:01")
    (anew,) = await kept(stage)

    assert (same.created_at, same.language) == (NOW, "zh")
    assert (anew.created_at, anew.language) == (NOW + timedelta(minutes=62), "zh")


async def test_a_fixed_offset_is_chosen_as_it_is_written(stage: Stage) -> None:
    """From the menu too, and it is called the same everywhere."""
    (offered,) = await stage.moderator.autocomplete(stage.channel, "subscribe", "timezone", "utc+8")

    told = await subscribe(stage, timezone=offered["value"])

    (one,) = await kept(stage)
    assert offered["name"] == "UTC+8 · 20:00"
    assert "UTC+8 time." in told
    assert one.zone == "Etc/GMT-8"
    assert "daily at 08:00, UTC+8 ·" in said(await stage.moderator.slash(stage.channel, "subscriptions"))
