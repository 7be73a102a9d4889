"""How often "only in Chinese so far" is true, and how much of what is true it finds: `python -m tests.scores.only`.

Judged on two labelled weeks, where a story is truly of one press alone when no article of its gold story is of the
other's. A predicted one is false if any gold story it touches has an article of the other press. What should be found
are the gold stories of one press that are on topic; they must also name the Chinese side in a headline, wherever in
it (for the Chinese press the rule itself asks for more). A company's own release in English is not in the labels.

Two groupings are judged: the program's own, and the gold one, which shows what the rule alone does. Where the
grouping gives stories no echo (and for gold) the nearest article's cosine and shared names stand in for it.
"""

import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.app import App
from bot.config import Settings
from bot.log import start_log
from bot.model import Article, Language, Story
from bot.ports import Vectors
from bot.store import articles as article_rows
from bot.store import stories as story_rows
from bot.stories import only
from bot.stories.embed import Encoder
from bot.stories.entities import Lexicon
from bot.stories.heart import about
from bot.stories.tell import opposite

WEEKS = Path(__file__).parents[3] / "shared" / "data" / "stories-dev"
_THRESHOLDS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 1.01)
_WORST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """A labelled week: each article's story, and of each story the presses and whether it is on topic."""

    story: Mapping[str, str]
    presses: Mapping[str, frozenset[str]]
    on_topic: frozenset[str]

    def others(self, press: Language) -> frozenset[str]:
        """The stories that have an article of the other press."""
        return frozenset(story for story, found in self.presses.items() if opposite(press) in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A story that is said to be of one press alone, its echo, and the gold stories it touches."""

    story: Story
    touches: frozenset[str]
    is_false: bool


def read_gold(path: Path) -> Gold:
    """The labels of a week."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    presses: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        presses[row["story"]].add(row["press"])
    return Gold(
        story={row["id"]: row["story"] for row in rows},
        presses={story: frozenset(found) for story, found in presses.items()},
        on_topic=frozenset(row["story"] for row in rows if row["topic"] == "on"),
    )


def wanted(stories: Sequence[Story], gold: Gold, press: Language, lexicon: Lexicon) -> frozenset[str]:
    """The gold stories that should be found; `stories` are grouped as the gold is."""
    alone = [story for story in stories if gold.presses[story.id] == {press} and story.id in gold.on_topic]
    return frozenset(story.id for story in alone if about(story, lexicon).china > 0)


def guesses(stories: Sequence[Story], gold: Gold, press: Language, lexicon: Lexicon, most: float) -> list[Guess]:
    """What is said to be of a press alone where the echo is less likely than `most`; only of what a digest tells."""
    only.ECHO = most
    said = [
        story
        for story in stories
        if any(article.relevant for article in story.articles)
        and only.only_press(story, about(story, lexicon)) is press
    ]
    others = gold.others(press)
    touched = [frozenset(gold.story[article.id] for article in story.articles) for story in said]
    return [
        Guess(story=story, touches=found, is_false=bool(found & others))
        for story, found in zip(said, touched, strict=True)
    ]


def with_nearest_echo(stories: Sequence[Story], vectors: Mapping[str, np.ndarray], lexicon: Lexicon) -> list[Story]:
    """The stories with the stand-in for their echo: a curve over the best cosine and the shared names."""
    every = [(story.id, article) for story in stories for article in story.articles]
    names = {article.id: frozenset(lexicon.find(article.title)) for _, article in every}
    return [replace(story, echo=_nearest(story, every, vectors, names)) for story in stories]


def _nearest(
    story: Story,
    every: Sequence[tuple[str, Article]],
    vectors: Mapping[str, np.ndarray],
    names: Mapping[str, frozenset[str]],
) -> float:
    own = {article.newsroom.language for article in story.articles}
    others = [each for home, each in every if home != story.id and each.newsroom.language not in own]
    if len(own) != 1 or not others:
        return 0.0
    outside = np.stack([vectors[each.id] for each in others])
    best = 0.0
    for article in story.articles:
        shared = np.array([len(names[article.id] & names[each.id]) for each in others])
        alike = outside @ vectors[article.id] + 0.12 * np.minimum(shared, 2) - 0.1 * (shared == 0)
        best = max(best, float(alike.max()))
    return 1 / (1 + np.exp(-14 * (best - 0.72)))


async def grouped(app: App, path: Path, gold: Gold) -> tuple[list[Story], dict[str, np.ndarray]]:
    """The stories the program makes of a file, and the vectors of its headlines."""
    loaded = await app.ingester.run(path)
    await app.grouper.run()
    placed = (await app.store.read(article_rows.by_link, loaded.articles)).__iter__()
    ids = list(dict.fromkeys(article.story_id for article in placed if article.story_id))
    stories = list((await app.store.read(story_rows.by_id, ids)).values())
    articles = [article for story in stories for article in story.articles if article.id in gold.story]
    made: Vectors = await app.encoder.embed([article.title for article in articles])
    return stories, {article.id: vector for article, vector in zip(articles, made, strict=True)}


def as_gold(stories: Sequence[Story], gold: Gold) -> list[Story]:
    """The same articles in the gold's stories, by whose names they go."""
    members: dict[str, list[Article]] = defaultdict(list)
    for article in sorted((each for story in stories for each in story.articles), key=lambda each: each.published_at):
        members[gold.story[article.id]].append(article)
    return [Story(id=name, articles=tuple(found)) for name, found in members.items()]


def main() -> None:
    """Judge both weeks, both directions and both groupings."""
    start_log("warning", "text")
    console = Console(width=130)
    chosen, lexicon = only.ECHO, Lexicon.load()
    with ThreadPoolExecutor(1) as cpu:
        encoder = Encoder.load(Settings().model, cpu)
        for week in ("june", "may"):
            _judge(week, encoder, lexicon, chosen, console)


def _judge(week: str, encoder: Encoder, lexicon: Lexicon, chosen: float, console: Console) -> None:
    gold = read_gold(WEEKS / week / "gold.jsonl")
    with TemporaryDirectory() as folder:
        app = App(Settings(database_url=f"sqlite:///{folder}/only.db"))
        app.__dict__["encoder"] = encoder
        stories, vectors = asyncio.run(_open(app, WEEKS / week / "articles.jsonl", gold))
    told = any(story.echo for story in stories)
    own = stories if told else with_nearest_echo(stories, vectors, lexicon)
    true = with_nearest_echo(as_gold(stories, gold), vectors, lexicon)
    for press in (Language.ZH, Language.EN):
        should = wanted(true, gold, press, lexicon)
        for name, some in ((f"program, echo {'its own' if told else 'a stand-in'}", own), ("gold, a stand-in", true)):
            console.print(f"\n{week}: only in {press}; {name}; {len(should)} to find")
            table = Table()
            for column in ("echo below", "said", "false", "precision", "recall"):
                table.add_column(column, justify="right")
            for most in _THRESHOLDS:
                table.add_row(*_row(most, guesses(some, gold, press, lexicon, most), should, chosen))
            console.print(table)
        _complain(guesses(own, gold, press, lexicon, chosen), console)


async def _open(app: App, path: Path, gold: Gold) -> tuple[list[Story], dict[str, np.ndarray]]:
    async with app:
        return await grouped(app, path, gold)


def _row(most: float, found: Sequence[Guess], should: frozenset[str], chosen: float) -> tuple[str, ...]:
    false = sum(each.is_false for each in found)
    reached = frozenset[str]().union(*(each.touches for each in found)) & should
    precision = 1 - false / len(found) if found else 1.0
    mark = " *" if most == chosen else ""
    return f"{most}{mark}", str(len(found)), str(false), f"{precision:.3f}", f"{len(reached) / len(should):.3f}"


def _complain(found: Sequence[Guess], console: Console) -> None:
    """The false ones, the surest first."""
    wrong = sorted((each for each in found if each.is_false), key=lambda each: each.story.echo)
    for each in wrong[:_WORST]:
        console.print(f"  false, echo {each.story.echo:.2f}: {each.story.articles[0].title}", markup=False)


if __name__ == "__main__":
    sys.exit(main())
