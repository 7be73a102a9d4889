"""Grouping alone, with the vectors made beforehand, at a window of five thousand articles."""

import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor

import numpy as np

from bot.feeds.newsrooms import Newsrooms
from bot.ports import Embedder, Vectors
from bot.store import articles as article_rows
from bot.store import encoding
from bot.store import vectors as vector_rows
from bot.store.database import Store
from bot.stories.copies import Credits
from bot.stories.entities import Lexicon
from bot.stories.gloss import Glosser
from bot.stories.group import Grouper
from bot.stories.marks import Marker
from bot.stories.topics import Topics
from tests.bench.data import A_DAY, articles
from tests.fakes import Article

WINDOW, FRESH = 5000, 2000
DAYS = WINDOW // A_DAY


async def measure() -> list[tuple[str, str, str]]:
    """Articles a second that find their story."""
    coming = articles(WINDOW + FRESH)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as cpu:
        store = Store(f"sqlite:///{folder}/bench.db")
        await store.open()
        grouper = new_grouper(store, _Made(), days=DAYS, cpu=cpu)
        seconds = [await _grouped(store, grouper, some) for some in (coming[:WINDOW], coming[WINDOW:])]
        await store.close()
    return [
        (
            "grouping, articles a second",
            f"{FRESH / seconds[1]:,.0f}",
            f"window of {WINDOW:,}, vectors made before (at least 500)",
        ),
        ("grouping from an empty window", f"{WINDOW / seconds[0]:,.0f}", "the same run"),
    ]


def new_grouper(store: Store, embedder: Embedder, *, days: int, cpu: Executor) -> Grouper:
    """A grouper as the bot has it; its word lists are read here, so that no measurement counts them."""
    lexicon = Lexicon.load()
    meanings = Glosser.load(lexicon).meanings
    meanings()
    return Grouper(
        store,
        embedder,
        marker=Marker(lexicon, meanings),
        topics=Topics.load(),
        credit=Credits(Newsrooms.load().named),
        window_days=days,
        cpu=cpu,
    )


class _Made:
    """Vectors at random around a few hundred centres: near ones exist, and none is computed here."""

    name = "bench"

    async def embed(self, texts: Sequence[str]) -> Vectors:
        raise NotImplementedError


async def _grouped(store: Store, grouper: Grouper, some: list[Article]) -> float:
    dice = np.random.default_rng(len(some))
    centres = np.random.default_rng(1).normal(size=(400, 512))
    made = centres[dice.integers(0, 400, len(some))] + 0.8 * dice.normal(size=(len(some), 512))
    made = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
    await store.write(article_rows.keep, [(each.id, each) for each in some], feed_id=None)
    rows = await store.read(encoding.fresh, "bench", len(some))
    await store.write(vector_rows.encode, "bench", [number for number, _ in rows], made)
    began = time.perf_counter()
    await grouper.run()
    return time.perf_counter() - began
