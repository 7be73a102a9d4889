"""Invented headlines on events that are easily mixed up, in both languages, with the bundled encoder's vectors.

The vectors stand in tests/data/events.npy; `python -m tests.stories.events` makes them anew.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np

from bot.model import Article
from bot.ports import Vectors
from tests.fakes import HOUR, ITHOME, KR36, NOW, NVIDIA, REUTERS, SCMP, TECHMEME, article

_VECTORS = Path(__file__).parent.parent / "data" / "events.npy"
_TOLD = (
    (0, SCMP, "SMIC raises prices of mature-node wafers by 12%"),
    (1, REUTERS, "Chinese chipmaker SMIC to lift mature-node wafer prices 12%"),
    (2, ITHOME, "中芯国际上调成熟制程晶圆价格 12%"),
    (3, KR36, "中芯国际成熟制程代工涨价12%"),
    (9, TECHMEME, "SMIC lifts wafer prices by 12%, Hua Hong may follow"),
    (26, REUTERS, "Hua Hong follows SMIC and raises wafer prices by 8%"),
    (27, ITHOME, "华虹跟进中芯国际，晶圆代工涨价 8%"),
    (4, SCMP, "DeepSeek releases V9, an open model for long reasoning"),
    (5, REUTERS, "DeepSeek launches open-source V9 reasoning model"),
    (5, ITHOME, "DeepSeek 发布开源推理模型 V9"),
    (6, KR36, "深度求索V9开源，主打长程推理"),
    (12, SCMP, "DeepSeek's V9 model runs on Huawei's Ascend 990 chips from day one"),
    (13, ITHOME, "DeepSeek V9 首日适配华为昇腾 990"),
    (30, SCMP, "DeepSeek V9.1 cuts prices by half"),
    (31, KR36, "DeepSeek V9.1 发布，价格减半"),
    (10, REUTERS, "Huawei unveils Ascend 990 AI chip"),
    (11, SCMP, "Huawei's new Ascend 990 takes aim at Nvidia"),
    (10, ITHOME, "华为发布昇腾 990 AI 芯片"),
    (11, KR36, "华为昇腾990发布，对标英伟达"),
    (20, NVIDIA, "Nvidia statement on competition in China"),
    (40, REUTERS, "US adds ten Chinese chip firms to entity list"),
    (41, SCMP, "Washington blacklists ten Chinese semiconductor companies"),
    (42, ITHOME, "美国将十家中国芯片企业列入实体清单"),
    (48, REUTERS, "China's commerce ministry condemns US entity list move"),
    (49, KR36, "商务部回应美方将十家中国企业列入实体清单"),
    (15, SCMP, "Chip briefing: SMIC raises prices; Huawei unveils Ascend 990; DeepSeek releases V9"),
)


def told() -> list[Article]:
    """Every article, as it is published."""
    return [
        article(f"e{at}", title, newsroom=room, published=NOW + hours * HOUR)
        for at, (hours, room, title) in enumerate(_TOLD)
    ]


@cache
def vectors() -> dict[str, np.ndarray]:
    """The vector of each headline, by its words."""
    return dict(zip((title for _, _, title in _TOLD), np.load(_VECTORS).astype(np.float32), strict=True))


async def _make() -> Vectors:
    from bot.config import Settings
    from bot.stories.embed import Encoder

    with ThreadPoolExecutor(1) as cpu:
        return await Encoder.load(Settings.load().model, cpu).embed([title for _, _, title in _TOLD])


if __name__ == "__main__":
    np.save(_VECTORS, asyncio.run(_make()).astype(np.float16))
