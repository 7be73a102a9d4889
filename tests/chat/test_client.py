import discord
import pytest
from structlog.testing import capture_logs

from bot.app import App
from bot.chat.client import PERMISSIONS, JianbaoClient
from bot.store import editions, facts, feeds, outbox, subscriptions
from tests.chat.stage import Stage
from tests.fakes import NOW, digest, feed_spec, wish

MODERATORS = {"subscribe", "unsubscribe", "subscriptions", "feeds"}
READERS = {"digest", "search", "story", "why", "watches", "sources", "help"}


def told(stage: Stage) -> list[str]:
    """Where Discord was told of commands."""
    return [each.path for each in stage.env.http_requests if each.method == "PUT" and each.path.endswith("/commands")]


@pytest.fixture
def client(stage: Stage) -> JianbaoClient:
    assert isinstance(stage.env.bot, JianbaoClient)
    return stage.env.bot


def test_the_bot_hears_of_servers_alone(client: JianbaoClient) -> None:
    """No intent that Discord would have to approve, no members, no messages, no presences."""
    assert client.intents == discord.Intents(guilds=True)
    assert client.allowed_mentions
    assert client.allowed_mentions.to_dict() == {"parse": []}


async def test_commands_are_told_once(stage: Stage) -> None:
    """At the first start, and not again at the next ones."""
    first = told(stage)

    await stage.restart()
    await stage.restart()

    assert len(first) == 1
    assert told(stage) == first


async def test_commands_that_have_changed_are_told_again(stage: Stage) -> None:
    """A new release's commands are there at its first start."""
    await stage.store.write(facts.note, facts.COMMANDS, "another release")

    await stage.restart()

    assert len(told(stage)) == 2


async def test_commands_that_discord_refuses_do_not_keep_the_bot_from_starting(stage: Stage) -> None:
    """The ones it knows still work; the next start tries again."""
    await stage.store.write(facts.note, facts.COMMANDS, "another release")
    stage.env.inject_error("PUT", "/applications/*/commands", status=500)

    with capture_logs() as logged:
        await stage.restart()
    await stage.restart()

    assert [each["event"] for each in logged] == ["commands not told"]
    assert len(told(stage)) == 3
    assert (await stage.member.slash(stage.channel, "help")).acknowledged


async def test_commands_are_told_to_one_server_at_once(stage: Stage, client: JianbaoClient) -> None:
    """For trying them; what all servers know stays as it was."""
    before = await stage.store.read(facts.text, facts.COMMANDS)

    count = await client.sync(stage.server.id)

    assert count == len(MODERATORS | READERS)
    assert told(stage)[-1].endswith(f"/guilds/{stage.server.id}/commands")
    assert await stage.store.read(facts.text, facts.COMMANDS) == before


async def test_what_one_server_was_told_is_taken_back_by_a_plain_sync(stage: Stage, client: JianbaoClient) -> None:
    """It would show each command twice otherwise; who was told is remembered over a restart."""
    other = stage.env.create_guild("Elsewhere")
    for server in (stage.server, other, stage.server):
        await client.sync(server.id)
    noted = await stage.store.read(facts.text, facts.TOLD_ALONE)
    fresh, _ = await stage.app.discord()
    await stage.env.restart_bot(fresh)
    before = len(told(stage))

    await fresh.sync()
    paths = told(stage)[before:]
    await fresh.sync()

    assert sorted((noted or "").split()) == sorted([str(stage.server.id), str(other.id)])
    assert sorted(paths[:2]) == sorted(
        f"/applications/{client.application_id}/guilds/{each.id}/commands" for each in (stage.server, other)
    )
    assert [len(each.json) for each in stage.env.http_requests if "/guilds/" in each.path and each.method == "PUT"][
        -2:
    ] == [0, 0]
    assert paths[2:] == [f"/applications/{client.application_id}/commands"]
    assert await stage.store.read(facts.text, facts.TOLD_ALONE) == ""
    assert len(told(stage)) == before + 4


async def test_a_server_that_is_gone_does_not_keep_the_others_from_knowing(stage: Stage, client: JianbaoClient) -> None:
    """There is nothing to take back where the bot is no more."""
    await client.sync(stage.server.id)
    stage.env.inject_error("PUT", "/applications/*/guilds/*/commands", status=403, code=50001)

    count = await client.sync()

    assert count == len(MODERATORS | READERS)
    assert await stage.store.read(facts.text, facts.TOLD_ALONE) == ""


async def test_a_client_that_answers_nobody_tells_nothing_by_itself(stage: Stage) -> None:
    """Looking whose token it is changes nothing at Discord."""
    await stage.store.write(facts.note, facts.COMMANDS, "another release")
    before = told(stage)
    caller = stage.app.caller()

    await stage.env.restart_bot(caller)
    left = told(stage)
    await caller.sync()

    assert left == before
    assert len(told(stage)) == len(before) + 1


async def test_a_server_that_removes_the_bot_is_left_alone(stage: Stage) -> None:
    """Its digests are paused, with what was on its way, and its own feeds are not read; another's go on."""
    here, elsewhere = str(stage.server.id), stage.env.create_guild("Elsewhere")
    for scope, channel in ((here, str(stage.channel.id)), (str(elsewhere.id), "7")):
        one = await stage.store.write(subscriptions.subscribe, wish(), channel=channel, now=NOW, scope=scope)
        await stage.store.write(editions.decide, one, digest(), [], parts=1, now=NOW)
        spec = feed_spec(f"https://example.com/{scope}")
        await stage.store.write(feeds.put, spec, origin=feeds.FROM_COMMAND, now=NOW, scope=scope)

    stage.env.backend.remove_guild(stage.server.id)
    await stage.env.settle()

    (left,) = await stage.store.read(subscriptions.listed, here)
    (other,) = await stage.store.read(subscriptions.listed, str(elsewhere.id))
    paused = {
        feed.scope: feed.paused
        for each in (here, str(elsewhere.id))
        for feed in await stage.store.read(feeds.listed, scope=each)
    }
    assert (left.paused_reason, other.paused_reason) == ("missing-access", None)
    assert paused == {here: True, str(elsewhere.id): False}
    assert [part.channel for part in await stage.store.read(outbox.due, NOW)] == ["7"]
    assert await stage.store.read(editions.last, left.id) is None


async def test_an_outage_of_a_server_is_no_farewell(stage: Stage) -> None:
    """Discord says of a server that is out of reach for a while that it is unavailable."""
    one = await stage.store.write(subscriptions.subscribe, wish(), channel="7", now=NOW, scope=str(stage.server.id))

    stage.env.backend.emit("GUILD_DELETE", {"id": str(stage.server.id), "unavailable": True})
    await stage.env.settle()

    assert await stage.store.read(subscriptions.active) == [one]


async def test_a_client_that_answers_nobody_tells_the_same_commands(app: App, client: JianbaoClient) -> None:
    """`jianbao sync` needs no encoder, and a bot started after it has nothing to tell."""
    caller = app.caller()

    assert [each.name for each in caller.tree.get_commands()] == [each.name for each in client.tree.get_commands()]


def test_moderators_commands_are_shown_to_moderators_alone(client: JianbaoClient) -> None:
    """To who may manage the server, in servers; the others to everyone, in messages to the bot too."""
    payloads = {each.name: each.to_dict(client.tree) for each in client.tree.get_commands()}

    assert set(payloads) == MODERATORS | READERS
    for name, payload in payloads.items():
        guarded = name in MODERATORS
        manage = discord.Permissions(manage_guild=True).value if guarded else None
        assert payload["default_member_permissions"] == manage
        assert payload["contexts"] == ([0] if guarded else [0, 1])
        assert payload["integration_types"] == [0]


def test_the_invitation_asks_for_the_least(client: JianbaoClient) -> None:
    """To see and write in channels, to show links, and to find its own messages again."""
    assert client.invite == (
        f"https://discord.com/oauth2/authorize?client_id={client.application_id}"
        f"&scope=bot+applications.commands&permissions={PERMISSIONS.value}"
    )
    assert (
        discord.Permissions(view_channel=True, send_messages=True, embed_links=True, read_message_history=True)
        == PERMISSIONS
    )
