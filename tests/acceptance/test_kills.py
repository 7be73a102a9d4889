"""The bot killed again and again while it posts: each channel still gets each day's digest once."""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from bot.model import Language, Wish
from bot.store import subscriptions
from bot.store.database import Store
from bot.store.schema import deliveries, editions
from bot.store.schema import subscriptions as subscription_table
from tests.acceptance.emulator import Stage, walk
from tests.acceptance.rehearsal import caught_up

BEGIN = datetime(2026, 5, 5, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CHANNELS = 20
KILLS = 30
SLOW = 0.8
"""Seconds a posting takes: most kills find some that Discord has and the bot does not know of."""

MARK = re.compile(r"^show:edition/\w+/(\d+)/\d+/")


def decided(connection: Connection) -> dict[datetime, int]:
    """How many channels' digests were decided for each day."""
    query = select(editions.c.local_date, func.count()).group_by(editions.c.local_date)
    return {row[0]: row[1] for row in connection.execute(query)}


def states(connection: Connection) -> Counter[str]:
    """How many parts of digests are in which state."""
    return Counter(connection.execute(select(deliveries.c.state)).scalars())


def owed(connection: Connection) -> dict[str, set[int]]:
    """Each channel's editions."""
    query = select(subscription_table.c.channel, editions.c.id).join(
        editions, editions.c.subscription_id == subscription_table.c.id
    )
    found: dict[str, set[int]] = {}
    for row in connection.execute(query):
        found.setdefault(row.channel, set()).add(row.id)
    return found


def editions_in(stage: Stage, channel: str) -> list[int]:
    """The editions a channel got, from the buttons of its messages."""
    ids = (each.get("custom_id", "") for post in stage.discord.posts(channel) for each in walk(post["components"]))
    return [int(match[1]) for custom_id in ids if (match := MARK.match(custom_id))]


@dataclass(slots=True)
class Tally:
    """What the kills hit."""

    kills: int = 0
    early: int = 0
    unmarked: list[int] = field(default_factory=list)
    """After each kill, how many digests Discord had and the bot did not know of."""


class Soak:
    """Twenty channels whose digests are due each day, and the dice that say when the bot dies."""

    def __init__(self, home: Path, *, nonce_seconds: float, seed: int) -> None:
        self.stage = Stage(home, BEGIN, feeds=30, strict=False)
        self.stage.discord.configure(nonce_window_s=nonce_seconds, identify_window_s=1)
        server = self.stage.discord.server([{"name": f"c{n}"} for n in range(CHANNELS)])
        self.server, self.channels = server.id, list(server.channels.values())
        self.dice = random.Random(seed)
        self.tally = Tally()

    async def prepare(self, store: Store) -> None:
        """Fill the archive and subscribe the channels."""
        for place, channel in enumerate(self.channels):
            language = Language.ZH if place % 2 else Language.EN
            wish = Wish(local_time=time(12), zone="UTC", language=language, size=15)
            await store.write(subscriptions.subscribe, wish, channel=channel, now=BEGIN, scope=self.server)
        self.stage.start()
        await caught_up(store, BEGIN, self.stage.running)
        assert self.stage.running.end() == 0
        self.stage.discord.fault(delay_s=SLOW, count=-1)

    async def kill_once(self, store: Store) -> None:
        """Begin the next day if this one is decided, and kill the bot while it posts; sometimes much earlier too."""
        stage, dice = self.stage, self.dice
        if (await store.read(decided)).get(stage.now.date(), 0) == CHANNELS or stage.now == BEGIN:
            stage.set(stage.now + DAY)
        if dice.random() < 1 / 3:
            running = stage.begin()
            await asyncio.sleep(dice.uniform(0, 7))
            running.kill()
            self.tally.early += 1
        before = stage.discord.last("POST", "/messages$")
        running = stage.begin()
        stage.until(lambda: stage.discord.last("POST", "/messages$") > before, 150, every=0.02)
        await asyncio.sleep(dice.uniform(0, 2.5 * SLOW))
        running.kill()
        self.tally.kills += 1
        await asyncio.sleep(SLOW + 0.2)  # what was on its way arrives
        self.tally.unmarked.append(self.arrived() - (await store.read(states))["sent"])

    def arrived(self) -> int:
        """How many messages all channels have."""
        return sum(len(self.stage.discord.posts(channel)) for channel in self.channels)

    async def settle(self, store: Store) -> None:
        """Let the bot finish what is left: what it may have been sending is free again after a minute."""
        self.stage.discord.no_faults()
        self.stage.start()
        for _ in range(180):
            left = await store.read(states)
            if set(left) == {"sent"} and (await store.read(decided)).get(self.stage.now.date(), 0) == CHANNELS:
                break
            await asyncio.sleep(1)
        assert self.stage.running.end() == 0


def seldom(counts: Iterable[int]) -> str:
    """Numbers in short."""
    some = list(counts)
    return f"{sum(some)} in all, at most {max(some)}, none {some.count(0)} times"


@pytest.mark.soak
@pytest.mark.parametrize("nonce_seconds", [300.0, 1.0])
async def test_killed_while_posting(tmp_path: Path, nonce_seconds: float) -> None:
    """Thirty kills during editions to twenty channels leave exactly one digest a channel and day.

    With nonces that hold for a second alone, digests are recognised by what stands in them.
    """
    soak = Soak(tmp_path, nonce_seconds=nonce_seconds, seed=int(nonce_seconds))
    discord = soak.stage.discord
    try:
        store = await soak.stage.store()
        await soak.prepare(store)
        while soak.tally.kills < KILLS:
            await soak.kill_once(store)
        await soak.settle(store)
        due, days = await store.read(owed), await store.read(decided)
        left, got = await store.read(states), {channel: editions_in(soak.stage, channel) for channel in soak.channels}
        await store.close()

        posts, looks = discord.requests("POST", "/messages$"), discord.requests("GET", "/messages$")
        tally, same = soak.tally, sum(bool(post.get("deduplicated")) for post in posts)
        print(f"\n{tally.kills} kills while posting and {tally.early} before, {len(days)} days, {CHANNELS} channels")
        print(f"posted and unknown to the bot after a kill: {seldom(tally.unmarked)}")
        print(f"{len(posts)} postings, {len(looks)} looks for a posted one, {same} taken for the same by their nonce")
        assert set(left) == {"sent"}
        assert set(days.values()) == {CHANNELS}
        assert len(days) >= 5
        assert {channel: sorted(found) for channel, found in got.items()} == {
            channel: sorted(found) for channel, found in due.items()
        }
        assert soak.arrived() == CHANNELS * len(days)
        discord.check()
        assert "Traceback" not in soak.stage.running.log()
    finally:
        soak.stage.close()
