"""The unmodified bot in an emulated Discord that fails: no digest is lost, none comes twice, none comes days late."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.model import Digest, Language
from bot.store import outbox
from bot.store.database import Store
from tests.acceptance.channels import DAY, START, Staged, counted, subscribed, told
from tests.acceptance.emulator import MODERATOR, SEND, VIEW, Json, Stage, speaks, stories_in, text_of
from tests.acceptance.rehearsal import caught_up

FAULTS: dict[str, Json] = {
    "no-trouble": {"action": None, "delay_s": 0.1},
    "error-after-storing": {"action": "error", "status": 500, "after": True},
    "lost-after-storing": {"action": "drop_after"},
    "lost-before-storing": {"action": "drop"},
    "lost-twice": {"action": "drop_after", "count": 2},
    "out-of-service": {"action": "error", "status": 503},
    "limited-here": {"action": "429", "scope": "shared", "retry_after": 1.5},
    "limited-everywhere": {"action": "429", "scope": "global", "retry_after": 1.5},
}
"""What happens to the first posting in a channel of this name."""

TROUBLES: list[Json] = [
    {"action": "close", "code": 4000},
    {"action": "abort"},
    {"action": "reconnect"},
    {"action": "invalid_session", "resumable": False},
]
"""What happens to the connection while an edition is posted, a day each."""


@pytest.mark.acceptance
async def test_whatever_goes_wrong(staged: Staged) -> None:
    """Discord's errors and lost connections neither lose a digest nor double one; a closed channel says why."""
    stage = staged(feeds=20)
    discord = stage.discord
    closed = ["no-sending", "no-seeing", "deleted"]
    server = discord.server([{"name": name} for name in ("talk", *FAULTS, *closed)])
    channels = {name: channel for name, channel in server.channels.items() if name != "talk"}
    moderator = stage.person(MODERATOR, server.channels["talk"])
    store = await stage.store()
    await subscribed(stage, server, list(channels.values()))

    stage.start()
    await caught_up(store, stage.now, stage.running)
    for name, fault in FAULTS.items():
        discord.fault(channel=channels[name], **fault)
    discord.deny(server, channels["no-sending"], SEND)
    discord.deny(server, channels["no-seeing"], VIEW)
    discord.delete(channels["deleted"])
    stage.set(START + DAY)
    open_ones = [channels[name] for name in FAULTS]
    await caught_up(store, stage.now, stage.running, editions=len(FAULTS))

    assert counted(stage, open_ones) == {1: len(FAULTS)}
    assert [each["hits"] >= 1 for each in discord.faults()] == [True] * len(FAULTS)
    assert counted(stage, [channels["no-sending"], channels["no-seeing"]]) == {0: 2}
    listed = moderator.ask("subscriptions").text
    for key in ("paused-missing-permission", "paused-missing-access", "paused-unknown-channel"):
        assert speaks(listed, key)

    discord.no_faults()
    for name in ("no-sending", "no-seeing"):
        discord.deny(server, channels[name], 0)
        again = stage.person(MODERATOR, channels[name])
        stage.until(lambda again=again: not speaks(again.ask("subscribe").text, "error-title"), 5)
        pressed = again.click(again.ask("subscribe").message, "post-today")
        assert speaks(pressed.text, "now-coming")
    await caught_up(store, stage.now, stage.running, editions=len(FAULTS) + 2)
    assert speaks(moderator.ask("unsubscribe", channel=channels["deleted"]).text, "unsubscribed")
    assert speaks(moderator.ask("subscriptions").text, "subscription")
    reopened = [*open_ones, channels["no-sending"], channels["no-seeing"]]
    assert counted(stage, reopened) == {1: len(reopened)}

    for days, trouble in enumerate(TROUBLES, start=2):
        discord.fault(delay_s=0.3, count=-1)
        before = discord.last("POST", "/messages$")
        stage.set(START + days * DAY)
        stage.until(lambda before=before: discord.last("POST", "/messages$") > before, 20, every=0.02)
        discord.gateway(**trouble)
        await caught_up(store, stage.now, stage.running, editions=days * len(reopened))
        discord.no_faults()
        stage.until(lambda: any(each["connected"] for each in discord.state()["sessions"]), 20)
        assert speaks(moderator.ask("help").text, "help")
    await store.close()

    assert counted(stage, reopened) == {1 + len(TROUBLES): len(reopened)}
    assert stage.running.end() == 0
    assert "Traceback" not in stage.running.log()
    discord.check()


@pytest.mark.acceptance
async def test_a_digest_that_arrived_unknown_to_us_comes_once(staged: Staged) -> None:
    """Its answer got lost and the channel closed before it was looked for; opened and subscribed again, it is found."""
    stage = staged(feeds=20)
    discord = stage.discord
    server = discord.server([{"name": "talk"}, {"name": "hidden"}])
    channel, talk = server.channels["hidden"], stage.person(MODERATOR, server.channels["talk"])
    store, moderator = await stage.store(), stage.person(MODERATOR, channel)
    await subscribed(stage, server, [channel])

    stage.start()
    await caught_up(store, stage.now, stage.running)
    discord.fault("drop_after", channel=channel)
    stage.set(START + DAY)
    stage.until(lambda: bool(discord.posts(channel)), every=0.02)
    discord.deny(server, channel, VIEW)
    stage.until(lambda: speaks(talk.ask("subscriptions").text, "paused-missing-permission"), every=0.5)
    discord.deny(server, channel, 0)
    stage.until(lambda: speaks(moderator.ask("subscribe").text, "subscribed"), 5)
    await caught_up(store, stage.now, stage.running, editions=1)
    again = moderator.ask("subscribe")

    assert counted(stage, [channel]) == {1: 1}
    assert speaks(again.text, "today-posted")
    stage.set(START + 2 * DAY)
    await caught_up(store, stage.now, stage.running, editions=2)
    await store.close()
    assert [text_of(post).split("\n")[0] for post in discord.posts(channel)] == [
        "## China tech · Sunday 7 June",
        "## China tech · Monday 8 June",
    ]
    assert stage.running.end() == 0
    assert "Traceback" not in stage.running.log()
    discord.check()


REFUSALS: dict[str, Json] = {
    "blocked": {"action": "error", "status": 403, "code": 200000},
    "out-of-service": {"action": "error", "status": 503},
}
"""How Discord refuses a channel's digests for three days; after the first nobody can think they are there."""

LOST = (START.date() + 2 * DAY, START.date() + 3 * DAY)


class Silence:
    """A first digest in three channels, then three days on which Discord takes nothing for two of them."""

    def __init__(self, home: Path) -> None:
        self.stage = Stage(home, START, feeds=20)
        server = self.stage.discord.server([{"name": name} for name in (*REFUSALS, "spare", "other")])
        self.channels = {name: server.channels[name] for name in REFUSALS}
        self.other, self._server = server.channels["other"], server
        self.kept: dict[str, dict[date, Digest]] = {}
        """What was decided for each channel and day, also what was taken back later."""

    async def play(self) -> None:
        """Step through four days; on the last one Discord is well again."""
        stage, discord = self.stage, self.stage.discord
        store = await stage.store()
        await subscribed(stage, self._server, [*self.channels.values(), self._server.channels["spare"], self.other])
        stage.start()
        await caught_up(store, stage.now, stage.running)
        stage.set(START + DAY)
        await caught_up(store, stage.now, stage.running, editions=4)
        for name, channel in self.channels.items():
            discord.fault(channel=channel, count=-1, **REFUSALS[name])
        for days in (2, 3, 4):
            before = {channel: self.tried(channel) for channel in self.channels.values()}
            stage.set(START + days * DAY)
            await caught_up(store, stage.now, stage.running, editions=4 + 2 * (days - 1))
            stage.until(lambda before=before: all(self.tried(each) > last for each, last in before.items()))
            await self.look(store)
        assert counted(stage, self.channels.values()) == {1: len(REFUSALS)}
        discord.no_faults()
        await caught_up(store, stage.now, stage.running, editions=12)
        await self.look(store)
        assert await store.read(outbox.due, stage.now + 100 * DAY) == []
        await store.close()
        assert stage.running.end() == 0

    def tried(self, channel: str) -> int:
        """The number of the last try to post in a channel."""
        return self.stage.discord.last("POST", f"/channels/{channel}/messages$")

    async def look(self, store: Store) -> None:
        """Remember what is decided."""
        for (channel, day), digest in (await store.read(told)).items():
            self.kept.setdefault(channel, {})[day] = digest


def new_in(digest: Digest) -> set[str]:
    """The stories a digest tells as new."""
    return {item.telling.story_id for section in digest.sections for item in section.items if item.new is None}


@pytest.fixture(scope="module")
def silence(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Silence]:
    """Three days of refusals, played once for the tests below."""
    days = Silence(tmp_path_factory.mktemp("silence"))
    try:
        asyncio.run(days.play())
        yield days
    finally:
        days.stage.close()


@pytest.mark.acceptance
@pytest.mark.parametrize("name", REFUSALS)
def test_after_days_of_refusals_the_newest_digest_comes(silence: Silence, name: str) -> None:
    """One message, the newest day's, and nothing in it that the channel has seen; other channels had all days."""
    channel, discord = silence.channels[name], silence.stage.discord
    first, newest = discord.posts(channel)
    made = silence.kept[channel][silence.stage.now.date()]

    title = "## 中国科技简报 · 6月10日 星期三" if made.language is Language.ZH else "## China tech · Wednesday 10 June"
    assert text_of(newest).split("\n")[0] == title
    assert counted(silence.stage, [silence.other]) == {4: 1}
    assert stories_in(newest) == [item.telling.story_id for section in made.sections for item in section.items]
    assert not set(stories_in(first)) & new_in(made)
    assert "Traceback" not in silence.stage.running.log()
    discord.check()


@pytest.mark.acceptance
def test_what_the_refused_digests_had_is_in_the_newest(silence: Silence) -> None:
    """As new as it was then: it covers the hours of those that were taken back; what a 503 left unclear stays."""
    days = silence.kept[silence.channels["blocked"]]
    made, first = days[silence.stage.now.date()], days[START.date() + DAY]

    assert made.window.start == first.window.end
    assert made.stories > max(silence.kept[silence.other][day].stories for day in (*LOST, silence.stage.now.date()))
    assert set().union(*(new_in(days[day]) for day in LOST)) & new_in(made)


@pytest.mark.acceptance
async def test_who_ends_and_begins_again_gets_no_old_digest(staged: Staged) -> None:
    """/unsubscribe while a digest waits for Discord drops it; days later /subscribe begins with its own day's."""
    stage = staged(feeds=20)
    discord = stage.discord
    server = discord.server([{"name": "c"}])
    channel = server.channels["c"]
    store, moderator = await stage.store(), stage.person(MODERATOR, channel)
    await subscribed(stage, server, [channel])

    stage.start()
    await caught_up(store, stage.now, stage.running)
    discord.fault("error", channel=channel, status=503, count=-1)
    stage.set(START + DAY)
    stage.until(lambda: discord.faults()[0].get("hits", 0) > 0)
    assert speaks(moderator.ask("unsubscribe").text, "unsubscribed")
    discord.no_faults()
    stage.set(START + 3 * DAY + timedelta(hours=1))
    await caught_up(store, stage.now, stage.running)
    begun = moderator.ask("subscribe", time="12:00", timezone="UTC")
    tries = discord.last("POST", f"/channels/{channel}/messages$")
    stage.set(stage.now + timedelta(hours=1))
    await caught_up(store, stage.now, stage.running)
    assert speaks(begun.text, "subscribed")
    assert counted(stage, [channel]) == {0: 1}

    stage.set(START + 4 * DAY)
    await caught_up(store, stage.now, stage.running, editions=1)
    await store.close()

    assert [text_of(post).split("\n")[0] for post in discord.posts(channel)] == ["## China tech · Wednesday 10 June"]
    assert len([each for each in discord.requests("POST", f"/channels/{channel}/messages$") if each["n"] > tries]) == 1
    assert stage.running.end() == 0
    assert "Traceback" not in stage.running.log()
    discord.check()
