"""The unmodified bot at the door of an emulated Discord: commands told, tokens refused, the start announced."""

import pytest

from tests.acceptance.channels import Staged
from tests.acceptance.emulator import MODERATOR

NAMES = {"digest", "search", "story", "why", "sources", "help", "subscribe", "unsubscribe", "subscriptions", "feeds"}


@pytest.mark.acceptance
def test_commands_told_and_tokens_refused(staged: Staged) -> None:
    """`sync` tells Discord the commands; what cannot work is said in a sentence before anything is posted."""
    stage = staged(feeds=3)
    discord = stage.discord
    server = discord.server([{"name": "general"}])

    checked = stage.command("check")
    untold = discord.commands()
    here = stage.command("sync", "--guild", server.id)
    tried = discord.commands(server.id)
    unknown = stage.command("sync", "--guild", "123")
    everywhere = stage.command("sync")
    tokenless = stage.command("run", DISCORD_TOKEN="")
    wrong = stage.command("run", DISCORD_TOKEN="wrong")  # noqa: S106  # a token that is none
    rehearsed = stage.command("run", PYTHONPATH="", DISCORD_EMULATOR="")

    print(checked.stdout)
    assert untold == set(), "looking whose token it is tells Discord nothing"
    assert tried >= NAMES
    assert discord.commands() >= NAMES
    assert discord.commands(server.id) == set(), "told twice, each command would be offered twice"
    assert (checked.returncode, everywhere.returncode, here.returncode) == (0, 0, 0), everywhere.stderr + here.stderr
    for refused, said in (
        (unknown, "123"),
        (tokenless, "There is no DISCORD_TOKEN"),
        (wrong, "does not know this DISCORD_TOKEN"),
        (rehearsed, "JIANBAO_CLOCK is set"),
    ):
        lines = refused.stderr.strip().split("\n")
        print(refused.returncode, refused.stderr.strip())
        assert refused.returncode == 1
        assert said in lines[-1]
        assert "Traceback" not in refused.stderr
    discord.check()


@pytest.mark.acceptance
def test_the_start_says_when_the_next_digest_comes(staged: Staged) -> None:
    """Of a day that is decided already there is none; a token that is reset ends the program with a sentence."""
    stage = staged(feeds=20)
    discord = stage.discord
    server = discord.server([{"name": "general"}])
    channel = server.channels["general"]
    moderator = stage.person(MODERATOR, channel)

    stage.start()
    stage.until(lambda: "No channel has a digest yet" in stage.running.log())
    subscribed = moderator.ask("subscribe", time="20:00", timezone="America/New_York")
    first = stage.running.log()
    moderator.click(subscribed.message, "post-today")
    stage.until(lambda: bool(discord.posts(channel)))
    assert stage.running.end() == 0
    stage.start()
    stage.until(lambda: "1 channel subscribed" in stage.running.log())
    discord.gateway("close", code=4004)
    status = stage.running.process.wait(30)

    said = stage.running.log()[len(first) :]
    assert "1 channel subscribed; the next digest is due 7 June 20:00 (America/New_York)." in said
    assert status == 1
    assert "does not know this DISCORD_TOKEN" in said.strip().split("\n")[-1]
    assert "Traceback" not in said
    discord.check()
