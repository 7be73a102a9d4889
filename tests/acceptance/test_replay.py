"""Two days of recorded reality through the unmodified program: what must hold of every digest."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from bot.model import Digest, Language
from bot.store import editions
from bot.store.database import Store
from bot.store.schema import articles, findings
from bot.store.schema import feeds as feed_table
from tests.acceptance.rehearsal import SHARED, Replay, Running, caught_up

pytestmark = pytest.mark.acceptance

START = datetime(2026, 6, 6, 12, 30, tzinfo=UTC)
NOON = datetime(2026, 6, 7, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FEEDS = 70


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


async def test_two_recorded_days(replay: Replay, tmp_path: Path) -> None:
    """Seventy feeds over two stepped days, with a restart between them: every article once, no story told twice."""
    catalogue = tmp_path / "feeds.yaml"
    assert replay.catalogue(catalogue, FEEDS) >= 60
    store = Store(f"sqlite:///{tmp_path / 'jianbao.db'}")
    await store.open()
    arguments = ["run", "--console", "--feeds", str(catalogue), "--at", "12:00", "--zone", "UTC"]
    settings = {"CLOCK": replay.clock, "ALLOW_PRIVATE_HOSTS": "1", "TICK_SECONDS": "0.1", "POLL_MINUTES": "30"}

    running = Running(arguments, tmp_path, **settings)
    now = START
    while now < NOON:
        await caught_up(store, now, running)
        now += timedelta(minutes=30)
        replay.set(now)
    await caught_up(store, now, running, editions=1)
    assert running.end() == 0
    running = Running(arguments, tmp_path, **settings)
    while now < NOON + DAY:
        now += timedelta(minutes=30)
        replay.set(now)
        await caught_up(store, now, running)
    await caught_up(store, now, running, editions=2)
    peak = running.peak_megabytes()
    assert running.end() == 0

    first, second = await store.read(told_digests)
    guids, twice, same_links = await store.read(stored)
    titles = await store.read(lambda connection: set(connection.execute(select(feed_table.c.title)).scalars()))
    spanning = await store.read(both_presses)
    waiting = await store.read(editions.outbox)
    await store.close()
    print(f"\npeak memory {peak:.0f} MB, {len(guids)} guids, {spanning} stories in both presses")

    assert (twice, same_links) == (0, 0)
    assert recorded(titles, START, NOON + DAY) <= guids
    assert spanning >= 10
    for digest in (first, second):
        stories = [item.telling.story_id for section in digest.sections for item in section.items]
        assert len(stories) == len(set(stories)) >= 10
        assert [item.number for section in digest.sections for item in section.items] == list(
            range(1, len(stories) + 1)
        )
    known = {item.telling.story_id for section in first.sections for item in section.items}
    new_again = [
        item.telling.story_id
        for section in second.sections
        for item in section.items
        if item.new is None and item.telling.story_id in known
    ]
    assert new_again == []
    assert not waiting
    assert running.told().count("China tech · ") == 2
    assert "Traceback" not in running.log()
    assert peak < 800
