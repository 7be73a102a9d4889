import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.messenger import DiscordMessenger, Pace, custom_ids, nonce, translated
from bot.errors import ChannelError, DeliveryError, UnclearError
from bot.model import Delivery
from tests.chat.looks import HEADINGS, items, section, telling
from tests.chat.stage import V2, Stage, shown
from tests.fakes import NOW, digest

HOME = "abcd1234"
TOLD = digest(section(*items(telling("s1"), telling("s2"))), stories=2, articles=2)


@pytest.fixture
def messenger(stage: Stage) -> DiscordMessenger:
    return DiscordMessenger(stage.env.bot, HEADINGS, home=HOME, pace=Pace(10_000))


def delivery(stage: Stage | None = None, **said: Any) -> Delivery:
    """A part on its way to the stage's channel."""
    given = {"edition_id": 7, "part": 0, "attempts": 0, "channel": str(stage.channel.id) if stage else "42"}
    return Delivery(subscription_id=1, digest=TOLD, **({"decided_at": NOW} | given | said))


def again(stage: Stage, **said: Any) -> Delivery:
    """The same part when an earlier try may have posted it, which began by the clock of this Discord."""
    return delivery(stage, **({"attempts": 1, "unclear": True, "first_at": stage.env.now()} | said))


def posts(stage: Stage) -> list[dict[str, Any]]:
    """What was posted in channels, as it went over the wire."""
    return [body for method, path, body in stage.sent() if method == "POST" and path.startswith("/channels/")]


async def test_a_part_is_posted_with_a_nonce_of_its_own(stage: Stage, messenger: DiscordMessenger) -> None:
    """In the channel, once, as one message that pings nobody; its id is told."""
    message_id = await messenger.deliver(delivery(stage))

    (message,) = stage.channel.history()
    (sent,) = posts(stage)
    assert message_id == str(message.id)
    assert shown([message])[0].startswith("## China tech · Monday 8 June\n2 stories since")
    assert (sent["nonce"], sent["enforce_nonce"]) == (nonce(HOME, delivery(stage)), True)
    assert (sent["allowed_mentions"], sent["flags"] & V2) == ({"parse": []}, V2)


@given(st.text(max_size=9), st.integers(1, 10**9), st.integers(0, 9), st.integers(0, 2**63))
def test_a_nonce_is_short_and_the_same_for_each_try(home: str, edition: int, part: int, channel: int) -> None:
    """Discord allows twenty-five characters; each try of a part has the same, and nothing else has it."""
    one = delivery(edition_id=edition, part=part, channel=str(channel))
    others = [
        nonce(home + "x", one),
        nonce(home, replace(one, edition_id=edition + 1)),
        nonce(home, replace(one, part=part + 1)),
        nonce(home, replace(one, channel=str(channel + 1))),
        nonce(home, replace(one, decided_at=NOW + timedelta(seconds=1))),
    ]

    assert len(nonce(home, one)) == 25
    assert nonce(home, replace(one, attempts=3, unclear=True, first_at=NOW)) == nonce(home, one)
    assert nonce(home, one) not in others


async def test_a_part_that_is_there_already_is_not_posted_again(stage: Stage, messenger: DiscordMessenger) -> None:
    """After a crash between sending and writing down, it is found by what stands in its buttons."""
    posted = await messenger.deliver(delivery(stage))
    await messenger.deliver(delivery(stage, edition_id=8))
    await stage.member.send(stage.channel, "Good morning")

    found = await messenger.deliver(again(stage))

    assert found == posted
    assert len(posts(stage)) == 2


async def test_a_part_is_found_behind_many_messages(stage: Stage, messenger: DiscordMessenger) -> None:
    """A busy channel has moved on meanwhile, and nobody knows any more when the first try was."""
    posted = await messenger.deliver(delivery(stage))
    talk(stage, 250)

    assert await messenger.deliver(again(stage, attempts=2, first_at=None)) == posted


def talk(stage: Stage, count: int) -> None:
    """What people say meanwhile."""
    for number in range(count):
        stage.env.backend.create_message(stage.channel.id, stage.member.id, f"talk {number}")


@pytest.fixture
def pages_as_discord(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Discord's page after a message is the one next to it; this stand-in for it gives the last there is."""
    logs_from = stage.env.bot.http.logs_from

    async def closest(channel: int, limit: int, before: Any = None, after: Any = None, around: Any = None) -> Any:
        found = await logs_from(channel, 10_000 if after else limit, before, after, around)
        return found[-limit:]

    monkeypatch.setattr(stage.env.bot.http, "logs_from", closest)


@pytest.mark.usefixtures("pages_as_discord")
async def test_a_part_is_found_however_busy_the_channel_was_since(stage: Stage, messenger: DiscordMessenger) -> None:
    """It stands shortly after the first try began, whatever was said before and after; clocks may differ a little."""
    talk(stage, 400)
    await stage.env.advance_time(3600)
    began = stage.env.now() + timedelta(minutes=1)
    talk(stage, 100)
    posted = await messenger.deliver(delivery(stage))
    await stage.env.advance_time(3600)
    talk(stage, 400)

    assert await messenger.deliver(again(stage, attempts=9, first_at=began)) == posted
    assert len(posts(stage)) == 1


async def test_a_part_that_cannot_be_there_is_not_looked_for(stage: Stage, messenger: DiscordMessenger) -> None:
    """Discord refused the try before: the channel's history is left alone, also where it may not be read."""
    silent = stage.quiet_channel("silent", read_message_history=False)

    await messenger.deliver(delivery(channel=str(silent.id), attempts=3, first_at=stage.env.now()))

    assert not [each.path for each in stage.env.http_requests if each.method == "GET" and "/messages" in each.path]
    assert len(silent.history()) == 1


async def test_a_part_is_not_posted_twice_where_the_history_may_not_be_read(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    """Discord would show an empty channel there: the channel is closed until somebody gives the permission back."""
    await messenger.deliver(delivery(stage))
    stage.deny(stage.channel, read_message_history=False)

    with pytest.raises(ChannelError) as refusal:
        await messenger.deliver(again(stage))

    assert refusal.value.code == "missing-permission"
    assert len(posts(stage)) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"edition_id": 17},
        {"edition_id": 70},
        {"part": 1},
        {"part": 10},
        {"decided_at": NOW - timedelta(seconds=1)},
        {"decided_at": NOW + timedelta(days=1)},
    ],
    ids=str,
)
async def test_another_part_is_not_mistaken_for_it(
    stage: Stage, messenger: DiscordMessenger, other: dict[str, Any]
) -> None:
    """Neither another edition nor another part, nor one of a database that was brought back from a copy.

    What never arrived is posted at the second try.
    """
    await messenger.deliver(delivery(stage, **other))

    await messenger.deliver(again(stage))

    assert len(stage.channel.history()) == 2


async def test_another_installation_is_not_mistaken_for_it(stage: Stage, messenger: DiscordMessenger) -> None:
    """The same edition number of another database is another digest."""
    await DiscordMessenger(stage.env.bot, HEADINGS, home="ffff0000", pace=Pace(10_000)).deliver(delivery(stage))

    await messenger.deliver(again(stage))

    assert len(stage.channel.history()) == 2


@pytest.mark.parametrize(
    ("status", "discord_code", "code"),
    [
        (404, 10003, "unknown-channel"),
        (404, 10004, "unknown-channel"),
        (403, 50001, "missing-access"),
        (403, 50013, "missing-permission"),
        (400, 50083, "archived"),
        (400, 50024, "other"),
    ],
)
@pytest.mark.parametrize("unclear", [False, True])
async def test_a_channel_that_is_closed_is_told_as_such(
    stage: Stage, messenger: DiscordMessenger, status: int, discord_code: int, code: str, unclear: bool
) -> None:
    """At the first try and when looking for it: trying again is vain until somebody changes something."""
    stage.env.inject_error("*", "/channels/*/messages", status=status, code=discord_code)

    with pytest.raises(ChannelError) as refusal:
        await messenger.deliver(again(stage) if unclear else delivery(stage))

    assert refusal.value.code == code
    assert refusal.value.fields["discord_code"] == discord_code


async def test_a_channel_without_permissions_is_closed(stage: Stage, messenger: DiscordMessenger) -> None:
    """As Discord itself answers where the bot may not write, may not look, or where nothing is."""
    silent, hidden = stage.quiet_channel("silent", send_messages=False), stage.quiet_channel("x", view_channel=False)
    codes = []
    for channel in (str(silent.id), str(hidden.id), "12345"):
        with pytest.raises(ChannelError) as refusal:
            await messenger.deliver(delivery(channel=channel))
        codes.append(refusal.value.code)

    assert codes == ["missing-permission", "missing-access", "unknown-channel"]


@pytest.mark.parametrize(("status", "code"), [(500, 0), (502, 0), (503, 0), (400, 50035), (401, 0), (429, 20028)])
async def test_any_other_refusal_is_tried_again(
    stage: Stage, messenger: DiscordMessenger, status: int, code: int
) -> None:
    """It stays in the outbox, with what Discord said for the log; where Discord broke it may be there all the same."""
    stage.env.inject_error("POST", "/channels/*/messages", status=status, code=code)

    with pytest.raises(DeliveryError) as refusal:
        await messenger.deliver(delivery(stage))

    assert not isinstance(refusal.value, ChannelError)
    assert isinstance(refusal.value, UnclearError) == (status >= 500)
    assert refusal.value.sentence == f"Discord refused the message ({status}); it is tried again."
    assert refusal.value.fields["status"] == status


REFUSED = aiohttp.ClientConnectorError(
    aiohttp.client_reqrep.ConnectionKey(
        "discord.com", 443, is_ssl=True, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None
    ),
    OSError(111, "refused"),
)


@pytest.mark.parametrize(
    ("error", "unclear"),
    [
        (aiohttp.ServerDisconnectedError(), True),
        (aiohttp.ServerTimeoutError(), True),
        (ConnectionResetError(104, "reset"), True),
        (OSError("no route"), True),
        (REFUSED, False),
    ],
)
async def test_a_connection_that_is_lost_is_tried_again(
    stage: Stage, messenger: DiscordMessenger, monkeypatch: pytest.MonkeyPatch, error: Exception, unclear: bool
) -> None:
    """Nobody knows whether it arrived, and the next try looks first; one that never began brought nothing."""

    async def lost(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(stage.env.bot.http, "request", lost)

    with pytest.raises(DeliveryError) as refusal:
        await messenger.deliver(delivery(stage))

    assert refusal.value.sentence == "Discord could not be reached; the message is tried again."
    assert not isinstance(refusal.value, ChannelError)
    assert isinstance(refusal.value, UnclearError) == unclear


async def test_a_repeated_nonce_whose_message_was_deleted_has_arrived(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    """A moderator took it away; it is not brought back."""
    stage.env.inject_error("POST", "/channels/*/messages", status=404, code=10008)

    assert await messenger.deliver(delivery(stage)) == "removed"


async def test_requests_are_spaced() -> None:
    """However many channels are due at eight o'clock, they go one after the other."""
    pace, loop = Pace(100), asyncio.get_running_loop()
    turns: list[float] = []

    async def take_turn() -> None:
        await pace()
        turns.append(loop.time())

    began = loop.time()
    await asyncio.gather(*(take_turn() for _ in range(6)))

    assert turns == sorted(turns)
    assert 0.05 <= turns[-1] - began < 1


async def test_a_pace_makes_nobody_wait_who_comes_alone() -> None:
    """Time that nobody used is not made up for, nor held against anyone."""
    pace, loop = Pace(1000), asyncio.get_running_loop()
    await pace()
    await asyncio.sleep(0.01)

    began = loop.time()
    await pace()

    assert loop.time() - began < 0.1


def test_only_numbers_are_channels_of_discords(stage: Stage, messenger: DiscordMessenger) -> None:
    """The terminal's channel is not one."""
    assert messenger.reaches(str(stage.channel.id))
    assert not messenger.reaches("console")


def test_what_discord_says_is_kept_for_the_log() -> None:
    """Its status, its code and its words."""
    response = type("Response", (), {"status": 403, "reason": "Forbidden", "headers": {}})()

    error = translated(discord.Forbidden(response, {"code": 50013, "message": "Missing Permissions"}))

    assert error.fields == {
        "code": "missing-permission",
        "status": 403,
        "discord_code": 50013,
        "cause": "Missing Permissions",
    }


async def test_the_ids_of_a_message_are_found_however_deep(stage: Stage, messenger: DiscordMessenger) -> None:
    """In the container, in its rows, in menus and buttons."""
    await messenger.deliver(delivery(stage))
    (message,) = stage.channel.history()

    assert custom_ids(message.components) == [
        "open:edition/abcd1234/7/1780920000/0/",
        "show:all/abcd1234/7/1780920000/0/1",
        "show:edition/abcd1234/7/1780920000/0/zh",
    ]
