"""The labelled weeks: each article with its story and whether it is on topic.

June and May are labelled in ../shared/data/stories-dev. Two more weeks of the stream there were labelled by us; their
labels stand in tests/data/stories by the articles' ids, without any text.
"""

import json
from functools import cache
from pathlib import Path

from bot.feeds.ingest import read_articles
from bot.feeds.newsrooms import Newsrooms
from bot.model import Article

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
OURS = Path(__file__).parents[1] / "data" / "stories"
WEEKS = ("june", "may", "early-may", "late-may")

Labels = dict[str, str]
"""An article's labels: "story", and "topic", which is on or off."""


def labelled(name: str) -> list[tuple[Article, Labels]]:
    """A week's articles with their labels, in order of publication."""
    folder = SHARED / "stories-dev" / name
    labels = folder / "gold.jsonl" if folder.is_dir() else OURS / f"{name}.jsonl"
    said = {row["id"]: row for row in map(json.loads, labels.read_text("utf-8").splitlines())}
    found = _read(folder / "articles.jsonl") if folder.is_dir() else _read(SHARED / "stream" / "articles.jsonl.gz")
    articles = sorted((found[each] for each in said), key=lambda article: (article.published_at, article.id))
    return [(article, said[article.id]) for article in articles]


@cache
def _read(path: Path) -> dict[str, Article]:
    return {each.id: each for each in read_articles(path, Newsrooms.load()) if isinstance(each, Article)}
