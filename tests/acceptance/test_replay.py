"""Two days of recorded reality through the unmodified program: what must hold of every digest."""

import asyncio
import gzip
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from bot.model import Digest, Language
from bot.store import outbox
from bot.store.database import Store
from bot.store.feed_tables import feeds as feed_table
from bot.store.schema import articles, findings
from tests.acceptance.rehearsal import SHARED, Replay, Running, Start, caught_up

START = datetime(2026, 6, 6, 12, 30, tzinfo=UTC)
NOON = datetime(2026, 6, 7, 12, tzinfo=UTC)
DAY = timedelta(days=1)
STEP = timedelta(minutes=30)
FEEDS = 70
KILLS = 20


def recorded(sources: set[str], start: datetime, end: datetime) -> set[str]:
    """The ids of what these sources published in a time."""
    path = SHARED / "data" / "stream" / "articles.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return {
        row["id"]
        for row in rows
        if row["source"] in sources and start < datetime.fromisoformat(row["published"]) <= end
    }


def told_digests(connection: Connection) -> list[Digest]:
    """The digests of every edition, oldest first."""
    from pydantic import TypeAdapter

    from bot.store.schema import editions as table

    rows = connection.execute(select(table.c.digest).order_by(table.c.id)).scalars()
    return [TypeAdapter(Digest).validate_python(row) for row in rows]


def stored(connection: Connection) -> tuple[set[str], int, int]:
    """The guids found, how often one feed's guid is stored twice, and how many links are stored twice."""
    guids = set(connection.execute(select(findings.c.guid)).scalars())
    links = select(articles.c.link_key).group_by(articles.c.scope, articles.c.link_key).having(func.count() > 1)
    twice = select(findings.c.guid).group_by(findings.c.feed_id, findings.c.guid).having(func.count() > 1)
    return guids, len(connection.execute(twice).all()), len(connection.execute(links).all())


def both_presses(connection: Connection) -> int:
    """How many stories join the two presses."""
    presses = func.count(articles.c.language.distinct())
    query = select(articles.c.story_id).group_by(articles.c.story_id).having(presses == len(Language))
    return len(connection.execute(query).all())


async def stepped(replay: Replay, store: Store, running: Running, start: datetime, end: datetime) -> None:
    """Step the clock from one time to another by half hours, each when the program has caught up with the last."""
    now = start
    while now < end:
        await caught_up(store, now, running)
        now += STEP
        replay.set(now)
    await caught_up(store, now, running)


def run_arguments(replay: Replay, folder: Path) -> tuple[list[str], dict[str, str]]:
    """How the program is started on seventy recorded feeds, its digest at noon UTC."""
    catalogue = folder / "feeds.yaml"
    assert replay.catalogue(catalogue, FEEDS) >= 60
    arguments = ["run", "--console", "--feeds", str(catalogue), "--at", "12:00", "--zone", "UTC"]
    settings = {"CLOCK": replay.clock, "ALLOW_PRIVATE_HOSTS": "1", "TICK_SECONDS": "0.1", "POLL_MINUTES": "30"}
    return arguments, settings


async def opened(folder: Path) -> Store:
    """The store of the program under test."""
    store = Store(f"sqlite:///{folder / 'jianbao.db'}")
    await store.open()
    return store


async def check_all(store: Store, replay_end: datetime) -> None:
    """What must hold of the archive and both digests, however the program was run."""
    first, second = await store.read(told_digests)
    guids, twice, same_links = await store.read(stored)
    titles = await store.read(lambda connection: set(connection.execute(select(feed_table.c.title)).scalars()))

    assert (twice, same_links) == (0, 0), "an article is stored twice"
    assert recorded(titles, START, replay_end - timedelta(hours=1)) <= guids, "an article was lost"
    assert await store.read(both_presses) >= 10
    assert await store.read(outbox.due, NOON + 9 * DAY) == []
    for digest in (first, second):
        stories = [item.telling.story_id for section in digest.sections for item in section.items]
        numbers = [item.number for section in digest.sections for item in section.items]
        assert len(stories) == len(set(stories)) >= 10, "a story is told twice in a digest"
        assert numbers == list(range(1, len(stories) + 1))
    known = {item.telling.story_id for section in first.sections for item in section.items}
    new = {item.telling.story_id for section in second.sections for item in section.items if item.new is None}
    assert not new & known, "a story of the first day is told as new on the second"


@pytest.mark.acceptance
async def test_two_recorded_days(replay: Replay, start: Start, tmp_path: Path) -> None:
    """Seventy feeds over two stepped days, with a restart between them: every article once, no story told twice."""
    arguments, settings = run_arguments(replay, tmp_path)
    store = await opened(tmp_path)

    running = start(arguments, settings)
    await stepped(replay, store, running, START, NOON)
    await caught_up(store, NOON, running, editions=1)
    assert running.end() == 0
    running = start(arguments, settings)
    await stepped(replay, store, running, NOON, NOON + DAY)
    await caught_up(store, NOON + DAY, running, editions=2)
    peak = running.peak_megabytes()
    assert running.end() == 0

    print(f"\npeak memory {peak:.0f} MB\n{running.told()}")
    await check_all(store, NOON + DAY)
    assert running.told().count("China tech · ") == 2
    assert "Traceback" not in running.log()
    assert peak < 800
    await store.close()


@pytest.mark.soak
async def test_two_recorded_days_with_kills(replay: Replay, start: Start, tmp_path: Path) -> None:
    """Twenty kills at random moments lose no article, decide no day twice and leave nothing undelivered."""
    dice = random.Random(20260607)
    arguments, settings = run_arguments(replay, tmp_path)
    store = await opened(tmp_path)
    now = START

    for _ in range(KILLS):
        running = start(arguments, settings)
        now += STEP  # what was claimed before the kill is due again only now
        replay.set(now)
        await caught_up(store, now, running)
        now += dice.randint(1, 2) * STEP
        replay.set(now)
        await asyncio.sleep(dice.uniform(0, 2))
        running.kill()
    running = start(arguments, settings)
    replay.set(now + STEP)
    await stepped(replay, store, running, now + STEP, NOON + DAY)
    await caught_up(store, NOON + DAY, running, editions=2)
    assert running.end() == 0

    await check_all(store, NOON + DAY)
    await store.close()
