"""Finding the nearest vectors, beside an exact search and PyPI's usearch in bytes: `python -m tests.bench vectors`.

Big archives are mixed from encoded headlines: of each two of one language the heavier has 55 to 95 % of the weight.
Queries are what people type: names, pairs of names, and beginnings of headlines that are in no archive.
"""

import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, insert

from bot.model import CATALOGUE
from bot.ports import Vectors
from bot.store import vectors as vector_rows
from bot.store.database import Store
from bot.store.schema import articles as article_table
from bot.stories.embed import Encoder
from bot.stories.entities import Lexicon
from bot.stories.search.nearest import Nearest
from bot.text import language_of
from tests.bench.data import A_DAY, BEGIN, headlines

SIZES = (10_000, 100_000, 1_000_000)
HEADLINES, QUERIES = 6000, 300
COUNT, RECALL_AT = 200, 50
MODEL = "bench"
BESIDE = int(os.environ.get("BENCH_USEARCH", "1000000"))
"""Up to which size usearch is measured too: a million take it long to build."""
_AT_ONCE = 20_000
_MB = 1 << 20

Row = tuple[str, str, str]
Found = list[set[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What finding costs and gives; times in seconds, memory and disk in bytes."""

    made_in: float
    took: list[float]
    recall: float
    memory: int
    disk: int


async def measure(sizes: Sequence[int] = SIZES) -> list[Row]:
    """Time, recall, memory and disk at each size."""
    known = list(dict.fromkeys(headlines(3 * HEADLINES)))
    random.Random(7).shuffle(known)
    kept, asked = known[:HEADLINES], _asked(known[HEADLINES:])
    with ThreadPoolExecutor(1) as cpu, tempfile.TemporaryDirectory() as folder:
        encoder = Encoder.load("bundled", cpu)
        mixed = Mixed(kept, await encoder.embed(kept))
        queries = await encoder.embed(asked)
        return [row for size in sizes for row in await _measure(size, mixed, queries, Path(folder), cpu)]


def _asked(unseen: Sequence[str]) -> list[str]:
    """A third each: a name, two names, the beginning of a headline; in both languages as they come."""
    dice, lexicon = random.Random(8), Lexicon.load()
    names = sorted({name for title in unseen for entity in lexicon.find(title) for name in lexicon.names(entity)})
    single = [dice.choice(names) for _ in range(QUERIES // 3)]
    pairs = [" ".join(dice.sample(names, 2)) for _ in range(QUERIES // 3)]
    begun = [title[: len(title) // 3] for title in dice.sample(list(unseen), QUERIES - 2 * (QUERIES // 3))]
    return single + pairs + begun


class Mixed:
    """Vectors in any number, the same ones each time they are asked for."""

    def __init__(self, titles: Sequence[str], vectors: Vectors) -> None:
        self._vectors = vectors
        kinds = np.array([language_of(title) for title in titles])
        self._alike = {kind: np.flatnonzero(kinds == kind) for kind in set(kinds)}
        self._kinds = kinds

    def batches(self, size: int) -> Iterator[tuple[int, Vectors]]:
        """All of an archive as (how many came before, vectors), as precise as they are stored."""
        for begin in range(0, size, _AT_ONCE):
            yield begin, self._some(begin, min(_AT_ONCE, size - begin))

    def _some(self, begin: int, number: int) -> Vectors:
        dice = np.random.default_rng(begin)
        one = dice.integers(len(self._vectors), size=number)
        two = np.empty(number, np.int64)
        for kind, alike in self._alike.items():
            here = np.flatnonzero(self._kinds[one] == kind)
            two[here] = dice.choice(alike, len(here))
        weight = dice.uniform(0.55, 0.95, size=(number, 1))
        made = weight * self._vectors[one] + (1 - weight) * self._vectors[two]
        made += 0.02 * dice.normal(size=made.shape)
        return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float16).astype(np.float32)


async def _measure(size: int, mixed: Mixed, queries: Vectors, folder: Path, cpu: Executor) -> list[Row]:
    store, home = Store(f"sqlite:///{folder / str(size)}.db"), folder / str(size)
    await store.open()
    for begin, made in mixed.batches(size):
        await store.write(_archive, begin, made)
    truth = _exactly(size, mixed, queries)
    made_in, _ = await _opened(store, home, cpu)
    before = _own_memory()
    opened_in, index = await _opened(store, home, cpu)
    took, found = await _finds(index, queries)
    last = BEGIN + timedelta(days=0.9 * size / A_DAY)
    limited, _ = await _finds(index, queries, since=last)
    memory, disk = _own_memory() - before, sum(path.stat().st_size for path in home.rglob("*.*"))
    ours = Measured(made_in=made_in, took=took, recall=_recall(found, truth), memory=memory, disk=disk)
    await store.close()
    theirs = _usearch(size, mixed, queries, truth) if size <= BESIDE else None
    again = (
        f"{size:,} opened again, p95 in the last tenth of the time",
        f"{opened_in * 1e3:,.0f} and {_ms(limited, 95)} ms",
        "",
    )
    return [*_rows(size, ours, theirs), again]


async def _opened(store: Store, home: Path, cpu: Executor) -> tuple[float, Nearest]:
    """An index ready to answer, and how long that took."""
    began = time.perf_counter()
    index = Nearest(store, model=MODEL, folder=home, cpu=cpu)
    await index.refresh()
    return time.perf_counter() - began, index


async def _finds(index: Nearest, queries: Vectors, since: datetime | None = None) -> tuple[list[float], Found]:
    took, found = [], []
    for asked in queries:
        began = time.perf_counter()
        near = await index.find(asked, count=COUNT, since=since)
        took.append(time.perf_counter() - began)
        found.append({number for number, _ in near[:RECALL_AT]})
    return took, found


def _exactly(size: int, mixed: Mixed, queries: Vectors) -> Found:
    """The numbers of the nearest to each query, by all vectors."""
    numbers = np.zeros((len(queries), 0), np.int64)
    near = np.zeros((len(queries), 0), np.float32)
    for begin, made in mixed.batches(size):
        fresh = np.broadcast_to(np.arange(begin + 1, begin + 1 + len(made)), (len(queries), len(made)))
        numbers, near = np.hstack([numbers, fresh]), np.hstack([near, queries @ made.T])
        best = np.argpartition(-near, RECALL_AT, axis=1)[:, :RECALL_AT]
        numbers, near = np.take_along_axis(numbers, best, 1), np.take_along_axis(near, best, 1)
    return [set(row) for row in numbers.tolist()]


def _usearch(size: int, mixed: Mixed, queries: Vectors, truth: Found) -> Measured | None:
    """The same by usearch with its own settings, its vectors in bytes; None where it is not installed."""
    try:
        from usearch.index import Index
    except ImportError:
        return None
    index, made_in = Index(ndim=queries.shape[1], metric="cos", dtype="i8"), 0.0
    for begin, made in mixed.batches(size):
        began = time.perf_counter()
        index.add(np.arange(begin + 1, begin + 1 + len(made)), made)
        made_in += time.perf_counter() - began
    took, found = [], []
    for asked in queries:
        began = time.perf_counter()
        keys = index.search(asked, COUNT).keys
        took.append(time.perf_counter() - began)
        found.append(set(keys[:RECALL_AT].tolist()))
    recall = _recall(found, truth)
    return Measured(made_in=made_in, took=took, recall=recall, memory=index.memory_usage, disk=index.serialized_length)


def _rows(size: int, ours: Measured, theirs: Measured | None) -> Iterator[Row]:
    """What we need and give, and usearch as ratios to it."""
    yield (
        f"nearest {COUNT} of {size:,}, p50 and p95",
        f"{_ms(ours.took, 50)} and {_ms(ours.took, 95)} ms",
        _beside(theirs, lambda each: float(np.percentile(each.took, 95)), ours),
    )
    against = f"usearch {theirs.recall:.3f}" if theirs else ""
    yield f"{size:,} recall@{RECALL_AT} against exact", f"{ours.recall:.3f}", f"{against} (at least 0.98)".strip()
    yield f"{size:,} made in", f"{ours.made_in:,.1f} s", _beside(theirs, lambda each: each.made_in, ours)
    held = f"usearch {theirs.memory / _MB:,.0f} MB" if theirs else ""
    yield f"{size:,} memory of its own, the files mapped", f"{max(0, ours.memory) / _MB:,.0f} MB", held
    yield f"{size:,} disk", f"{ours.disk / _MB:,.0f} MB", _beside(theirs, lambda each: each.disk, ours)


def _beside(theirs: Measured | None, said: Callable[[Measured], float], ours: Measured) -> str:
    return f"usearch {said(theirs) / max(said(ours), 1e-9):.2f} x" if theirs else ""


def _recall(found: Found, truth: Found) -> float:
    return sum(len(one & other) for one, other in zip(found, truth, strict=True)) / RECALL_AT / len(truth)


def _ms(took: Sequence[float], share: int) -> str:
    return f"{np.percentile(took, share) * 1e3:.1f}"


def _own_memory() -> int:
    """Memory that no file stands behind: what is mapped can be let go of at any time."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("RssAnon:")[2].split()[0]) * 1024


def _archive(connection: Connection, begin: int, made: Vectors) -> None:
    numbers = range(begin + 1, begin + 1 + len(made))
    connection.execute(insert(article_table), [_article(number) for number in numbers])
    vector_rows.encode(connection, MODEL, numbers, made)


def _article(number: int) -> dict[str, object]:
    when = BEGIN + number * timedelta(days=1) / A_DAY
    said = dict.fromkeys(("id", "title", "link", "link_key"), f"bench-{number}") | {"newsroom": "bench", "summary": ""}
    kinds = {"scope": CATALOGUE, "language": "en", "title_language": "en", "kind": "press", "relevant": True}
    return said | kinds | {"number": number, "published_at": when, "first_seen_at": when}
