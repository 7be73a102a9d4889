"""The order of arrival changes next to nothing, and doing everything twice changes nothing at all."""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from math import comb
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.app import App
from bot.config import Settings
from bot.store.articles import Kept
from bot.store.schema import articles, metadata
from bot.stories.embed import Encoder
from tests.acceptance.rehearsal import SHARED

pytestmark = pytest.mark.acceptance

JUNE = SHARED / "data" / "stories-dev" / "june" / "articles.jsonl"
STREAM = SHARED / "data" / "stream" / "articles.jsonl.gz"
ORDERS = 30
A_POLL = 10

Grouping = Mapping[str, str]
"""The story of each article, by its link: of two lines with one link, the first to arrive gives its id."""


@pytest.fixture(scope="module")
def encoder() -> Iterator[Encoder]:
    """One for all: it remembers nothing."""
    with ThreadPoolExecutor(1) as cpu:
        yield Encoder.load("bundled", cpu)


def app_in(home: Path, encoder: Encoder) -> App:
    """The program's parts in a home of their own."""
    home.mkdir(exist_ok=True)
    app = App(Settings.load(home=home, database_url=f"sqlite:///{home}/orders.db"))
    app.encoder = encoder
    return app


async def grouped(home: Path, encoder: Encoder, polls: Sequence[Sequence[Mapping[str, Any]]]) -> Grouping:
    """What becomes of articles that arrive in these polls, in a new archive."""
    async with app_in(home, encoder) as app:
        for at, poll in enumerate(polls):
            path = home / f"{at}.jsonl"
            path.write_text("".join(json.dumps(each) + "\n" for each in poll), "utf-8")
            await app.ingester.run(path)
            await app.grouper.run()
        return await app.store.read(by_article)


def by_article(connection: Connection) -> Grouping:
    """Every article's story."""
    rows = connection.execute(select(articles.c.link_key, articles.c.story_id))
    return {row.link_key: row.story_id for row in rows}


def everything(connection: Connection) -> Mapping[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    tables = metadata.sorted_tables
    return {each.name: [tuple(row) for row in connection.execute(select(each).order_by(*each.c))] for each in tables}


def june() -> list[Mapping[str, Any]]:
    """The labelled week."""
    return [json.loads(line) for line in JUNE.read_text("utf-8").splitlines()]


def busiest_day() -> list[Mapping[str, Any]]:
    """The day of that week with the most articles, in the order of publication."""
    days: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for article in june():
        days[article["published"][:10]].append(article)
    return sorted(max(days.values(), key=len), key=lambda each: (each["published"], each["id"]))


def in_polls(some: Sequence[Mapping[str, Any]]) -> list[Sequence[Mapping[str, Any]]]:
    """Ten at a time."""
    return [some[at : at + A_POLL] for at in range(0, len(some), A_POLL)]


def rand_index(one: Grouping, other: Grouping) -> float:
    """The share of pairs on which two groupings agree (Rand 1971)."""

    def together(labels: Iterator[object]) -> int:
        return sum(comb(count, 2) for count in Counter(labels).values())

    both = together((one[each], other[each]) for each in one)
    differ = together(iter(one.values())) + together(iter(other.values())) - 2 * both
    return 1 - differ / comb(len(one), 2)


async def test_the_order_of_arrival_changes_next_to_nothing(tmp_path: Path, encoder: Encoder) -> None:
    """A day's articles in thirty orders, ten a poll: any two of the groupings agree on 99.5 % of all pairs."""
    day, found = busiest_day(), []
    for at in range(ORDERS):
        order = random.Random(at).sample(day, len(day))
        found.append(await grouped(tmp_path / f"order{at}", encoder, in_polls(order)))

    agree = sorted(rand_index(one, other) for one, other in combinations(found, 2))

    stories = sorted(len(set(each.values())) for each in found)
    print(f"\n{len(day)} articles, {ORDERS} orders, {stories[0]} to {stories[-1]} stories")
    print(f"Rand index of any two: {agree[0]:.4f} at least, {agree[len(agree) // 2]:.4f} for half of them")
    assert agree[0] >= 0.995


async def test_one_order_gives_one_grouping(tmp_path: Path, encoder: Encoder) -> None:
    """The same polls in two archives make the same stories, to the id."""
    polls = in_polls(june())

    one = await grouped(tmp_path / "one", encoder, polls)
    other = await grouped(tmp_path / "other", encoder, polls)

    assert one == other


async def test_the_whole_stream_twice_changes_nothing(tmp_path: Path, encoder: Encoder) -> None:
    """Six weeks read and grouped again: nothing is new, nothing waits, and not one row is another."""
    async with app_in(tmp_path, encoder) as app:
        first = (await app.ingester.run(STREAM)).kept
        done = await app.grouper.run()
        before = await app.store.read(everything)

    async with app_in(tmp_path, encoder) as app:
        second = (await app.ingester.run(STREAM)).kept
        again = await app.grouper.run()
        after = await app.store.read(everything)

    assert first.new + first.known > 17_000
    assert done == first.new
    assert (second, again) == (Kept(new=0, known=first.new + first.known), 0)
    assert after == before
