"""Grouping where a million articles lie behind the window, against the window alone: `make bench-big`.

Titles are made of halves of others, vectors mixed from those of the halves. The archive is written straight into
the tables, without the index of words, which grouping does not read.
"""

import random
import tempfile
import time
from concurrent.futures import Executor, ThreadPoolExecutor
from statistics import median

import numpy as np
from sqlalchemy import Connection, insert

from bot.model import CATALOGUE, Language, Topic
from bot.ports import Vectors
from bot.store import articles as article_rows
from bot.store import vectors as vector_rows
from bot.store.database import Store
from bot.store.schema import articles as article_table
from bot.store.schema import stories as story_table
from bot.stories.embed import Encoder
from bot.text import language_of
from tests.bench.data import A_DAY, headlines, placed
from tests.bench.group import new_grouper
from tests.fakes import Article

SMALL, BIG = 5000, 1_000_000
DAYS = 5000 // A_DAY
POLLS, A_POLL, IDLE = 20, 100, 20
HEADLINES = 2000
_AT_ONCE = 20_000
_TOPICS = tuple(Topic)
_A_STORY = 2
"""Articles of the archive that stand together."""

Made = tuple[list[Article], Vectors]


async def measure() -> list[tuple[str, str, str]]:
    """Articles a second with little and with much behind the same window, poll by poll in turn; and when idle."""
    known = headlines(HEADLINES)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as cpu:
        encoder = Encoder.load("bundled", cpu)
        mixer = Mixer(known, await encoder.embed(known))
        both = [_Behind(size, folder, mixer, encoder, cpu) for size in (SMALL, BIG)]
        for each in both:
            await each.fill()
        for at in range(0, POLLS * A_POLL, A_POLL):
            for each in both:
                await each.poll(at)
        idle = [await each.idle() for each in both]
        for each in both:
            await each.store.close()
    small, big = (median(each.took) for each in both)
    return [
        (f"grouping with {SMALL:,} articles archived", f"{A_POLL / small:,.0f}", f"articles a second, {A_POLL} a poll"),
        (
            f"grouping with {BIG:,} articles archived",
            f"{A_POLL / big:,.0f}",
            f"{big / small:.2f} x the time (at most 1.5)",
        ),
        (
            "a run when nothing waits",
            f"{idle[1] * 1000:.1f} ms",
            f"at {BIG:,}; {idle[0] * 1000:.1f} ms at {SMALL:,}",
        ),
    ]


class Mixer:
    """Makes the article at any place, always the same one."""

    def __init__(self, titles: list[str], vectors: Vectors) -> None:
        self._titles = titles
        self._vectors = vectors
        kinds = [language_of(title) for title in titles]
        self._alike = {kind: [at for at, each in enumerate(kinds) if each is kind] for kind in Language}
        self._kinds = kinds

    def some(self, begin: int, end: int) -> Made:
        """The articles from one place to another, and their vectors."""
        dice = random.Random(begin)
        halves = self._pairs(dice, end - begin)
        made = [placed(at, self._title(*pair), dice) for at, pair in enumerate(halves, start=begin)]
        mixed = sum(self._vectors[[pair[half] for pair in halves]] for half in (0, 1))
        mixed = mixed + 0.02 * np.random.default_rng(begin).normal(size=mixed.shape)
        return made, (mixed / np.linalg.norm(mixed, axis=1, keepdims=True)).astype(np.float32)

    def halves(self, begin: int, end: int) -> list[tuple[int, int]]:
        """Of which two titles each of these articles has its first and its second half."""
        return self._pairs(random.Random(begin), end - begin)

    def _pairs(self, dice: random.Random, number: int) -> list[tuple[int, int]]:
        return [self._two(dice) for _ in range(number)]

    def _title(self, one: int, two: int) -> str:
        first, second = self._titles[one], self._titles[two]
        return first[: len(first) // 2] + second[len(second) // 2 :]

    def _two(self, dice: random.Random) -> tuple[int, int]:
        one = dice.randrange(len(self._titles))
        return one, dice.choice(self._alike[self._kinds[one]])


class _Behind:
    """An archive of some size that polls come to."""

    def __init__(self, size: int, folder: str, mixer: Mixer, encoder: Encoder, cpu: Executor) -> None:
        self._size = size
        self._mixer = mixer
        self._model = encoder.name
        self.store = Store(f"sqlite:///{folder}/{size}.db")
        self._grouper = new_grouper(self.store, encoder, days=DAYS, cpu=cpu)
        self.took: list[float] = []

    async def fill(self) -> None:
        """Write the archive, the newest of the same articles in both."""
        await self.store.open()
        for begin in range(0, self._size, _AT_ONCE):
            end = min(self._size, begin + _AT_ONCE)
            before = BIG - self._size
            await self.store.write(write_down, self._model, begin, *self._mixer.some(before + begin, before + end))

    async def poll(self, at: int) -> None:
        """Let a poll's articles find their stories, the vectors being there."""
        made, vectors = self._mixer.some(BIG + at, BIG + at + A_POLL)
        await self.store.write(article_rows.keep, [(each.id, each) for each in made], feed_id=None)
        numbers = range(self._size + at + 1, self._size + at + A_POLL + 1)
        await self.store.write(vector_rows.encode, self._model, numbers, vectors)
        began = time.perf_counter()
        done = await self._grouper.run()
        self.took.append(time.perf_counter() - began)
        if done != A_POLL:
            raise RuntimeError(f"{done} of {A_POLL} articles were grouped")

    async def idle(self) -> float:
        """The seconds of a run for which nothing waits, the walk through the archive being done."""
        while await self._grouper.catch_up():
            pass
        took = []
        for _ in range(IDLE):
            began = time.perf_counter()
            await self._grouper.run()
            took.append(time.perf_counter() - began)
        return median(took)


def write_down(connection: Connection, model: str, begin: int, made: list[Article], vectors: Vectors) -> None:
    """Write articles that have their stories, numbered from a place on."""
    numbers = range(begin + 1, begin + 1 + len(made))
    begun = [
        {"id": f"s{number // _A_STORY}", "scope": CATALOGUE, "created_at": each.first_seen_at}
        for number, each in zip(numbers, made, strict=True)
        if number % _A_STORY == 0 or number == 1
    ]
    connection.execute(insert(story_table), begun)
    connection.execute(insert(article_table), [_row(*each) for each in zip(numbers, made, strict=True)])
    vector_rows.encode(connection, model, numbers, vectors)


def _row(number: int, article: Article) -> dict[str, object]:
    plain = ("id", "scope", "title", "link", "link_key", "summary", "title_language", "published_at", "first_seen_at")
    return {name: getattr(article, name) for name in plain} | {
        "number": number,
        "newsroom": article.newsroom.name,
        "language": article.newsroom.language,
        "kind": article.newsroom.kind,
        "relevant": True,
        "topic": _TOPICS[number % len(_TOPICS)],
        "story_id": f"s{number // _A_STORY}",
    }
