"""Ask an archive in a fresh process and print what it took as JSON.

`python -m tests.bench.asking HOME ARTICLES [DATABASE]`. Every time is that of the whole search, encoding the query
included; the encoder and the word lists are loaded before.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain
from pathlib import Path

from bot.app import App
from bot.clock import SteppedClock
from bot.log import start_log
from bot.stories.search.searcher import Searcher
from tests.bench.data import A_DAY, BEGIN
from tests.bench.fill import settings_of

MIX = {
    "entities": ("huawei", "台积电", "deepseek", "nvidia", "阿里巴巴", "smic", "字节跳动", "anthropic"),
    "pairs": ("huawei tsmc", "苹果 openai", "nvidia 华为", "tesla byd", "openai anthropic", "中芯国际 阿斯麦"),
    "topics": ("export controls chips", "大模型 开源", "data center power", "人形机器人 融资", "memory price increase"),
    "common words": ("ai OR 模型 OR model", "chip", "china", "ai", "模型", "new ai model", "china ai chip"),
    "operators": (
        "chip -nvidia",
        "source:scmp ai",
        "huawei since:7d",
        "lang:zh 芯片",
        '"open source"',
        "since:7d 模型",
    ),
}
"""What is asked, by kind."""

ROUNDS, AT_ONCE = 8, 8


async def main() -> None:
    """Ask everything once, then again and again, then eight at a time."""
    home, size = Path(sys.argv[1]), int(sys.argv[2])
    start_log("warning", "text")
    app = App(settings_of(home, *sys.argv[3:]), SteppedClock(BEGIN + size * timedelta(days=1) / A_DAY))
    app.load()
    async with app:
        app.questions  # noqa: B018  # the word lists are loaded here
        cold = [await _took(app.searcher, query) for query in chain(*MIX.values())]
        warm = {kind: [await _took(app.searcher, query) for query in some * ROUNDS] for kind, some in MIX.items()}
        queries = iter([*chain(*MIX.values())] * ROUNDS)
        many = await asyncio.gather(*(_asks(app.searcher, queries) for _ in range(AT_ONCE)))
    print(json.dumps({"cold": cold, "warm": warm, "many": [*chain(*many)], **_memory()}))


async def _asks(searcher: Searcher, queries: Iterator[str]) -> list[float]:
    return [await _took(searcher, query) for query in queries]


async def _took(searcher: Searcher, query: str) -> float:
    began = time.perf_counter()
    await searcher.search(query)
    return time.perf_counter() - began


def _memory() -> dict[str, int]:
    """The most that was resident, and what is ours alone now, in bytes: files that are mapped count in the first."""
    peak = Path("/proc/self/status").read_text("ascii").partition("VmHWM:")[2].split()[0]
    pss = Path("/proc/self/smaps_rollup").read_text("ascii").partition("\nPss:")[2].split()[0]
    return {"rss": int(peak) * 1024, "pss": int(pss) * 1024}


if __name__ == "__main__":
    asyncio.run(main())
