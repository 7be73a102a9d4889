import discord
import pytest
from structlog.testing import capture_logs

from bot.app import App
from bot.chat.client import PERMISSIONS, JianbaoClient
from bot.store import facts
from tests.chat.stage import Stage

MODERATORS = {"subscribe", "unsubscribe", "subscriptions", "feeds"}
READERS = {"digest", "search", "story", "sources", "help"}


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
