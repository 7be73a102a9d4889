"""An invented archive in both languages, and a door to ask it."""

from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import timedelta

from bot.model import CATALOGUE, Answer, Article, Language, Topic
from bot.store import encoding as encoding_rows
from bot.store import vectors as vector_rows
from bot.store.database import Store
from bot.stories.asking.spelling import Speller
from bot.stories.entities import Lexicon
from bot.stories.names import Names
from bot.stories.search.index import Indexer
from bot.stories.search.question import Questions
from bot.stories.search.searcher import Searcher
from bot.stories.search.tokens import Reader
from bot.stories.thesaurus import Thesaurus
from bot.stories.topics import Topics
from tests import bundled
from tests.fakes import (
    DAY,
    ITHOME,
    KR36,
    NOW,
    NVIDIA,
    REUTERS,
    SCMP,
    TECHMEME,
    ExactNearest,
    FakeClock,
    FakeEmbedder,
    article,
    settle,
)

_EVENTS = """
SCMP    | 1  | s01 | chips  | Huawei unveils a new Kirin chip for its phones | Made without foreign tools.
ITHome  | 1  | s01 | chips  | 华为发布新款麒麟芯片 | 不用外国设备。
36Kr    | 1  | s01 | chips  | 華為新晶片亮相 |
Reuters | 2  | s02 | chips  | TSMC raises prices of its advanced nodes by 5% |
ITHome  | 2  | s02 | chips  | 台积电先进制程涨价 5% |
36Kr    | 3  | s03 | chips  | 台積電赴美建廠進度落後 |
SCMP    | 4  | s04 | chips  | SMIC doubles its capacity in Shenzhen |
ITHome  | 4  | s04 | chips  | 中芯国际深圳产能翻番 |
Reuters | 5  | s05 | capital | Micron shares fall after a weak forecast from Broadcom |
ITHome  | 5  | s06 | capital | 博通公布财报，营收创新高 |
36Kr    | 6  | s07 | capital | 英伟达财报超出预期 |
Reuters | 6  | s07 | capital | Nvidia earnings beat expectations |
SCMP    | 7  | s08 | policy | Washington tightens export controls on chip tools | ASML and Tokyo Electron are hit.
ITHome  | 7  | s08 | policy | 美国收紧芯片设备出口管制 |
36Kr    | 8  | s09 | models | 深度求索发布新模型 |
Reuters | 8  | s09 | models | DeepSeek releases a new model with open weights |
Techmeme| 8  | s09 | models | DeepSeek's new model is cheap to run |
SCMP    | 9  | s10 | models | OpenAI shows GPT-5.5 to developers |
ITHome  | 9  | s10 | models | OpenAI 向开发者展示 GPT-5.5 |
36Kr    | 10 | s11 | models | 阿里开源 Qwen3.7，上下文 1M |
SCMP    | 11 | s12 | robots | Unitree robots run a half marathon in Beijing |
ITHome  | 11 | s12 | robots | 宇树机器人在北京跑半程马拉松 |
Nvidia  | 12 | s13 | chips  | Nvidia ships the H20 to China again |
36Kr    | 12 | s13 | chips  | 英伟达 H20 恢复对华供货 |
Reuters | 13 | s14 | chips  | Samsung and SK hynix raise memory prices |
ITHome  | 13 | s14 | chips  | 三星与SK海力士上调存储价格 |
SCMP    | 14 | s15 | policy | Beijing asks firms to buy domestic chips |
36Kr    | 15 | s16 | chips  | 5nm 工艺良率提升 |
Reuters | 16 | s17 | capital | Cambricon plans a share sale |
ITHome  | 16 | s17 | capital | 寒武纪拟定增募资 |
SCMP    | 17 | s18 |        | A quiet garden opens in Suzhou |
36Kr    | 18 | s19 | policy | 华为起诉前员工泄密 |
SCMP    | 19 | s20 | chips  | Huawei Cloud opens a data centre in Guizhou |
ITHome  | 20 | s21 | chips  | 华为云上线新服务 |
Reuters | 21 | s22 | chips  | Hua Hong expands its foundry in Wuxi |
"""
"""Newsroom, days ago, story, topic, title, excerpt."""

_NEWSROOMS = {each.name: each for each in (SCMP, REUTERS, ITHOME, KR36, NVIDIA, TECHMEME)}


def articles_of(lines: str = _EVENTS) -> list[Article]:
    """The articles of the archive, the oldest first, with ids a01, a02 ..."""
    rows = [[cell.strip() for cell in line.split("|")] for line in lines.strip().splitlines()]
    made = [_article(f"a{number:02}", *row) for number, row in enumerate(rows, start=1)]
    return sorted(made, key=lambda each: (each.published_at, each.id))


def _article(name: str, *cells: str) -> Article:
    newsroom, days, story, topic, title, excerpt = cells
    return article(
        name,
        title,
        newsroom=_NEWSROOMS[newsroom],
        published=NOW - timedelta(days=int(days)),
        story_id=story,
        topic=Topic(topic) if topic else None,
        summary=excerpt,
    )


SECRETS = [
    article("own1", "Huawei inside news about chips", scope="alpha", newsroom=SCMP, story_id="own1"),
    article("own2", "华为内部消息：芯片涨价", scope="alpha", newsroom=ITHOME, story_id="s01"),
    article("own3", "TSMC tells alpha alone", scope="alpha", newsroom=REUTERS, story_id="own3"),
]
"""What one server keeps for itself, one article of it beside a story of everybody's."""


@dataclass(frozen=True)
class Lists:
    """The bundled word lists, read once."""

    reader: Reader
    speller: Speller
    thesaurus: Thesaurus
    topics: Topics

    @property
    def lexicon(self) -> Lexicon:
        """The bundled names."""
        return self.reader.lexicon


class Door:
    """Search over one store, as the program puts it together, with stand-ins for the encoder and the nearest."""

    def __init__(self, store: Store, lists: Lists, cpu: Executor) -> None:
        self.store = store
        self.clock = FakeClock()
        self.indexer = Indexer(store, reader=lists.reader, cpu=cpu)
        questions = Questions(
            store,
            reader=lists.reader,
            thesaurus=lists.thesaurus,
            speller=lists.speller,
            names=Names(store, lists.lexicon),
            headings={language: lists.topics.headings(language) for language in Language},
            called=bundled.newsrooms().names_of,
            clock=self.clock,
        )
        self.searcher = Searcher(
            store,
            FakeEmbedder(),
            questions=questions,
            nearest=ExactNearest(store),  # type: ignore[arg-type]
            clock=self.clock,
            cpu=cpu,
        )

    async def keep(self, articles: Iterable[Article], *, meaning: str | None = None) -> None:
        """Keep articles in their stories, encoded and indexed; `meaning` is what they mean whatever their words."""
        await settle(self.store, *articles)
        waiting = await self.store.read(encoding_rows.within, "fake", 1000, NOW - 999 * DAY, NOW + DAY)
        if waiting:
            made = await FakeEmbedder().embed([meaning or each.title for _, each in waiting])
            await self.store.write(vector_rows.encode, "fake", [number for number, _ in waiting], made)
        await self.indexer.run()

    async def ask(self, query: str, *, scope: str = CATALOGUE, limit: int = 10) -> Answer:
        """The answer to a query."""
        return await self.searcher.search(query, limit=limit, scope=scope)

    async def stories(self, query: str, *, scope: str = CATALOGUE, limit: int = 10) -> list[str]:
        """The ids of the stories that answer."""
        return [hit.story.id for hit in (await self.ask(query, scope=scope, limit=limit)).hits]

    async def shown(self, query: str, *, scope: str = CATALOGUE, limit: int = 50) -> list[Article]:
        """Every article that an answer shows."""
        return [each for hit in (await self.ask(query, scope=scope, limit=limit)).hits for each in hit.story.articles]
