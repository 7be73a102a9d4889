"""The bot killed again and again while it posts: each digest comes once, and none of an old day comes late."""

import asyncio
import random
import re
import time as wall
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from bot.model import Digest, Language, Wish
from bot.store import subscriptions
from bot.store.database import Store
from bot.store.editions import DIGEST, SENT
from bot.store.schema import deliveries, editions
from bot.store.schema import subscriptions as subscription_table
from tests.acceptance.emulator import Stage, walk
from tests.acceptance.rehearsal import caught_up

BEGIN = datetime(2026, 5, 5, 12, tzinfo=UTC)
DAY = timedelta(days=1)
UNSETTLED = {"waiting", "sending"}
CHANNELS = 20
KILLS = 30
SLOW = 0.8
"""Seconds a posting takes: most kills find some that Discord has and the bot does not know of."""

IMPATIENT = 1 / 2
"""How often the next day comes before all of this one has arrived: what nobody can have seen of it is taken back."""

MARK = re.compile(r"^show:edition/\w+/(\d+)/(\d+)/\d+/")

Key = tuple[int, int]
"""An edition as its messages name it: its number, which one that is taken back leaves to another, and its second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An edition as the bot knows it."""

    channel: str
    day: date
    state: str
    digest: Digest

    def told(self, *, new: bool) -> set[str]:
        """The stories it tells, or those it tells as new."""
        items = [item for section in self.digest.sections for item in section.items]
        return {item.telling.story_id for item in items if not new or item.new is None}


def decided(connection: Connection) -> dict[date, int]:
    """How many channels' digests were decided for each day."""
    query = select(editions.c.local_date, func.count()).group_by(editions.c.local_date)
    return {row[0]: row[1] for row in connection.execute(query)}


def states(connection: Connection) -> Counter[str]:
    """How many parts of digests are in which state."""
    return Counter(connection.execute(select(deliveries.c.state)).scalars())


def kept(connection: Connection) -> dict[Key, Kept]:
    """Every edition, in the order of their days."""
    query = (
        select(editions, subscription_table.c.channel, deliveries.c.state)
        .join(subscription_table, subscription_table.c.id == editions.c.subscription_id)
        .join(deliveries, deliveries.c.edition_id == editions.c.id)
        .order_by(editions.c.local_date)
    )
    return {
        (row.id, int(row.decided_at.timestamp())): Kept(
            channel=row.channel, day=row.local_date, state=row.state, digest=DIGEST.validate_python(row.digest)
        )
        for row in connection.execute(query)
    }


def editions_in(stage: Stage, channel: str) -> list[Key]:
    """The editions a channel got, from the buttons of its messages."""
    ids = (each.get("custom_id", "") for post in stage.discord.posts(channel) for each in walk(post["components"]))
    return [(int(match[1]), int(match[2])) for custom_id in ids if (match := MARK.match(custom_id))]


def check_no_story_twice(known: Mapping[Key, Kept], got: Mapping[str, Iterable[Key]]) -> None:
    """What a channel has been shown is never told to it as new."""
    for channel, arrived in got.items():
        seen: set[str] = set()
        for edition in sorted((known[each] for each in arrived), key=lambda each: each.day):
            assert not seen & edition.told(new=True), f"{channel} {edition.day}"
            seen |= edition.told(new=False)


@dataclass(slots=True)
class Tally:
    """What the kills hit."""

    kills: int = 0
    early: int = 0
    days: int = 0
    impatient: int = 0
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

    async def is_decided(self, store: Store) -> bool:
        """Whether every channel's digest of this day is decided."""
        return (await store.read(decided)).get(self.stage.now.date(), 0) == CHANNELS

    async def is_done(self, store: Store) -> bool:
        """Whether nothing is on its way any more, and this day is decided."""
        return not set(await store.read(states)) & UNSETTLED and await self.is_decided(store)

    async def step(self, store: Store) -> None:
        """Begin the next day when this one is done, and sometimes while digests of it are still on their way."""
        done = await self.is_done(store)
        if self.stage.now == BEGIN or done or (await self.is_decided(store) and self.dice.random() < IMPATIENT):
            self.tally.days += 1
            self.tally.impatient += not done and self.stage.now != BEGIN
            self.stage.set(self.stage.now + DAY)

    async def posts(self, store: Store, before: int) -> bool:
        """Wait until the bot posts; False where it has found all there is and has nothing to post."""
        end = wall.monotonic() + 150
        while self.stage.discord.last("POST", "/messages$") <= before:
            assert wall.monotonic() < end, self.stage.running.log()[-2000:]
            assert self.stage.running.process.poll() is None, self.stage.running.log()[-2000:]
            if await self.is_done(store):
                return False
            await asyncio.sleep(0.02)
        return True

    async def kill_once(self, store: Store) -> None:
        """Kill the bot while it posts; sometimes much earlier too."""
        stage, dice = self.stage, self.dice
        await self.step(store)
        if dice.random() < 1 / 3:
            running = stage.begin()
            await asyncio.sleep(dice.uniform(0, 7))
            running.kill()
            self.tally.early += 1
        before = stage.discord.last("POST", "/messages$")
        running = stage.begin()
        if not await self.posts(store, before):
            assert running.end() == 0
            return
        await asyncio.sleep(dice.uniform(0, 2.5 * SLOW))
        running.kill()
        self.tally.kills += 1
        await asyncio.sleep(SLOW + 0.2)  # what was on its way arrives
        known = await store.read(kept)
        there = {key for channel in self.channels for key in editions_in(stage, channel)}
        self.tally.unmarked.append(sum(known[key].state in UNSETTLED for key in there if key in known))

    def arrived(self) -> int:
        """How many messages all channels have."""
        return sum(len(self.stage.discord.posts(channel)) for channel in self.channels)

    async def settle(self, store: Store) -> None:
        """Let the bot finish what is left: what it may have been sending is free again after a minute."""
        self.stage.discord.no_faults()
        self.stage.start()
        for _ in range(180):
            if await self.is_done(store):
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
    """Thirty kills during editions to twenty channels: no digest comes twice, and none is lost that had its day.

    With nonces that hold for a second alone, digests are recognised by what stands in them. Where the next day comes
    before all of one has arrived, the bot does not go on with it; what it could not be sure of came once or not at all.
    """
    soak = Soak(tmp_path, nonce_seconds=nonce_seconds, seed=int(nonce_seconds))
    discord = soak.stage.discord
    try:
        store = await soak.stage.store()
        await soak.prepare(store)
        while soak.tally.kills < KILLS:
            await soak.kill_once(store)
        await soak.settle(store)
        known, days = await store.read(kept), await store.read(decided)
        got = {channel: editions_in(soak.stage, channel) for channel in soak.channels}
        await store.close()

        posts, looks = discord.requests("POST", "/messages$"), discord.requests("GET", "/messages$")
        tally, same = soak.tally, sum(bool(post.get("deduplicated")) for post in posts)
        left = {key: edition for key, edition in known.items() if edition.state != SENT}
        there = Counter(key for found in got.values() for key in found)
        print(f"\n{tally.kills} kills while posting and {tally.early} before, {tally.days} days, {CHANNELS} channels")
        print(f"posted and unknown to the bot after a kill: {seldom(tally.unmarked)}")
        print(f"{len(posts)} postings, {len(looks)} looks for a posted one, {same} taken for the same by their nonce")
        print(
            f"{tally.impatient} days came early: of {CHANNELS * tally.days} digests {len(known) - len(left)} are known "
            f"to be there, {CHANNELS * tally.days - len(known)} were taken back, {len(left)} given up unclear, of "
            f"which {sum(there[key] for key in left)} are there"
        )
        assert set(there) <= set(known), "a digest that was taken back is there"
        assert max(there.values()) == 1, "a digest came twice"
        assert {key for key, edition in known.items() if edition.state == SENT} <= set(there), "a digest is lost"
        assert not {edition.state for edition in known.values()} & UNSETTLED
        assert all(known[key].channel == channel for channel, found in got.items() for key in found)
        assert sum(there.values()) == soak.arrived()
        assert days[max(days)] == CHANNELS
        assert {edition.state for edition in known.values() if edition.day == max(days)} == {SENT}
        assert tally.days >= 5
        assert 0 < tally.impatient < tally.days
        check_no_story_twice(known, got)
        discord.check()
        assert "Traceback" not in soak.stage.running.log()
    finally:
        soak.stage.close()
