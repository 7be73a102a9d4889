"""A labelled week: its articles as ingesting reads them, what stands together in truth, and how a guess is judged."""

import importlib.util
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from bot.feeds.ingest import read_articles
from bot.feeds.newsrooms import Newsrooms
from bot.model import Article
from bot.text import shorten

ROOT = Path(__file__).parent.parent.parent
SHARED = ROOT.parent / "shared"

_EXCERPT = 300

Labels = Sequence[object]
"""A guess: one label an article, equal within a story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Articles in the order of publication; `story`, `title` and `press` (languages) are the gold's, by id."""

    name: str
    path: Path
    articles: tuple[Article, ...]
    story: Mapping[str, str]
    title: Mapping[str, str]
    press: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Shares between 0 and 1; `pair` is precision, recall and F1, the others are F1."""

    b_cubed: float
    pair: tuple[float, float, float]
    cross: float
    press: float
    stories: int


def labelled(name: str, folder: Path) -> Week:
    """Read a folder of articles.jsonl and gold.jsonl."""
    path = folder / "articles.jsonl"
    found = [each for each in read_articles(path, Newsrooms.load()) if isinstance(each, Article)]
    gold = [json.loads(line) for line in (folder / "gold.jsonl").read_text("utf-8").splitlines()]
    return Week(
        name=name,
        path=path,
        articles=tuple(sorted(found, key=lambda each: (each.published_at, each.id))),
        story={row["id"]: row["story"] for row in gold},
        title={row["id"]: row["lang"] for row in gold},
        press={row["id"]: row["press"] for row in gold},
    )


def said(article: Article) -> str:
    """What the ways that read an excerpt are given: the title, and the first sentences after it."""
    return f"{article.title}. {shorten(article.summary, _EXCERPT)}" if article.summary else article.title


def score(week: Week, labels: Labels) -> Score:
    """Judge a guess with the shared scorer's own functions."""
    scorer = judge("score_stories")
    guessed = dict(zip((each.id for each in week.articles), labels, strict=True))
    if guessed.keys() != week.story.keys():
        raise ValueError(f"{week.name}: the articles are not those of the gold")
    return Score(
        b_cubed=scorer.b_cubed(week.story, guessed)[2],
        pair=scorer.pairs(week.story, guessed),
        cross=scorer.pairs(week.story, guessed, week.title)[2],
        press=scorer.pairs(week.story, guessed, week.press)[2],
        stories=len(set(guessed.values())),
    )


@cache
def judge(name: str) -> ModuleType:
    """A scorer is a program of its own, not a package: it is read from its path."""
    spec = importlib.util.spec_from_file_location(name, SHARED / "tools" / f"{name}.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
