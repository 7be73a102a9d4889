"""Loading, and searching what was loaded."""

import tempfile
import time
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from statistics import quantiles

from bot.clock import system_clock
from bot.feeds.newsrooms import Newsrooms
from bot.model import Language
from bot.store import articles as article_rows
from bot.store.database import Store
from bot.stories.asking.spelling import Speller
from bot.stories.embed import Encoder
from bot.stories.entities import Lexicon
from bot.stories.gloss import Glosser
from bot.stories.names import Names
from bot.stories.search.index import Indexer
from bot.stories.search.nearest import Nearest
from bot.stories.search.question import Questions
from bot.stories.search.searcher import Searcher
from bot.stories.search.tokens import Reader
from bot.stories.thesaurus import Thesaurus
from bot.stories.topics import Topics
from tests.bench.data import articles
from tests.bench.group import new_grouper

ARTICLES, ROUNDS = 3000, 20
QUERIES = ("huawei tsmc", "华为", "qwen coder", "芯片 出口", "ai", "deepseek vision model")


async def measure() -> list[tuple[str, str, str]]:
    """Articles stored, encoded and grouped a second; the time of a whole search, encoding the query included."""
    coming = articles(ARTICLES)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as cpu:
        store = Store(f"sqlite:///{folder}/bench.db")
        await store.open()
        encoder = Encoder.load("bundled", cpu)
        grouper = new_grouper(store, encoder, days=7, cpu=cpu)
        began = time.perf_counter()
        await store.write(article_rows.keep, [(each.id, each) for each in coming], feed_id=None)
        stored = time.perf_counter()
        await grouper.run()
        grouped = time.perf_counter()
        took = await _searches(await _searcher(store, encoder, Path(folder), cpu))
        await store.close()
    cuts = quantiles(took, n=100)
    return [
        ("storing, articles a second", f"{ARTICLES / (stored - began):,.0f}", "SQLite, index of words included"),
        ("storing, encoding and grouping", f"{ARTICLES / (grouped - began):,.0f}", "articles a second, end to end"),
        ("search, p50 and p95", f"{cuts[49] * 1000:.0f} and {cuts[94] * 1000:.0f} ms", f"{ARTICLES:,} articles"),
    ]


async def _searcher(store: Store, encoder: Encoder, folder: Path, cpu: Executor) -> Searcher:
    """Search as the bot has it, with everything indexed."""
    lexicon, topics = Lexicon.load(), Topics.load()
    glosser = Glosser.load(lexicon)
    reader = Reader(lexicon, glosser.meanings)
    await Indexer(store, reader=reader, cpu=cpu).run()
    questions = Questions(
        store,
        reader=reader,
        thesaurus=Thesaurus.load(glosser.meanings(), {entity.id for entity in lexicon}),
        speller=Speller.load(lexicon, glosser.cedict),
        names=Names(store, lexicon),
        headings={language: topics.headings(language) for language in Language},
        called=Newsrooms.load().names_of,
        clock=system_clock,
    )
    nearest = Nearest(store, model=encoder.name, folder=folder / "index", cpu=cpu)
    return Searcher(store, encoder, questions=questions, nearest=nearest, clock=system_clock, cpu=cpu)


async def _searches(searcher: Searcher) -> list[float]:
    took = []
    for query in QUERIES * ROUNDS:
        began = time.perf_counter()
        await searcher.search(query)
        took.append(time.perf_counter() - began)
    return took
