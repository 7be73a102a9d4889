"""Grouping alone, with the vectors made beforehand, at a window of five thousand articles."""

import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from statistics import median

from bot.feeds.newsrooms import Newsrooms
from bot.ports import Embedder, Vectors
from bot.store import articles as article_rows
from bot.store import encoding
from bot.store.database import Store
from bot.stories.copies import Credits
from bot.stories.embed import Encoder
from bot.stories.entities import Lexicon
from bot.stories.gloss import Glosser
from bot.stories.group import Grouper
from bot.stories.marks import Marker, said_by
from bot.stories.topics import Topics
from tests.bench.data import A_DAY, STREAM, articles
from tests.fakes import Article

WINDOW, FRESH = 5000, 1000
POLLS, A_POLL = 20, 30
DAYS = WINDOW // A_DAY


async def measure() -> list[tuple[str, str, str]]:
    """Articles a second that find their story: as a file brings them, and as polls do."""
    coming = articles(WINDOW + FRESH + POLLS * A_POLL)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as cpu:
        encoder = Encoder.load("bundled", cpu)
        vectors = await encoder.embed([said_by(each) for each in coming])
        store = Store(f"sqlite:///{folder}/bench.db")
        await store.open()
        bench = _Bench(store, new_grouper(store, encoder, days=DAYS, cpu=cpu), encoder.name, coming, vectors)
        empty = sum([await bench.group(at, FRESH) for at in range(0, WINDOW, FRESH)])
        polls = [await bench.group(WINDOW + at, A_POLL) for at in range(0, POLLS * A_POLL, A_POLL)]
        fresh = await bench.group(WINDOW + POLLS * A_POLL, FRESH)
        await store.close()
    of = "of the recorded stream" if STREAM.exists() else "invented"
    poll = median(polls)
    return [
        ("grouping, articles a second", f"{FRESH / fresh:,.0f}", f"{FRESH:,} {of} at {WINDOW:,} open (at least 500)"),
        (
            "grouping a poll",
            f"{poll * 1000:,.0f} ms",
            f"{A_POLL} articles at {WINDOW:,} open: {A_POLL / poll:,.0f} a second",
        ),
        ("grouping from an empty window", f"{WINDOW / empty:,.0f}", f"articles a second, {FRESH:,} at once"),
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


class _Bench:
    """Articles that come in parts, their vectors with them."""

    def __init__(self, store: Store, grouper: Grouper, model: str, coming: Sequence[Article], vectors: Vectors) -> None:
        self._store, self._grouper, self._model = store, grouper, model
        self._coming, self._vectors = coming, vectors
        self._at = {each.id: at for at, each in enumerate(coming)}

    async def group(self, begin: int, many: int) -> float:
        """Store some articles with their vectors; the seconds that grouping them took."""
        some = self._coming[begin : begin + many]
        await self._store.write(article_rows.keep, [(each.id, each) for each in some], feed_id=None)
        waiting = await self._store.read(encoding.fresh, self._model, many)
        vectors = self._vectors[[self._at[each.id] for _, each in waiting]]
        await self._store.write(encoding.keep, self._model, waiting, vectors)
        began = time.perf_counter()
        if await self._grouper.run() != many:
            raise RuntimeError("not every article was grouped")
        return time.perf_counter() - began
