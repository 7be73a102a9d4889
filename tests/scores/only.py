"""How often "only in Chinese so far" is true, and how much of what is true it finds: `python -m tests.scores.only`.

Judged on two labelled weeks, where a story is truly of one press alone when no article of its gold story is of the
other's. A predicted one is false if any gold story it touches has an article of the other press. What should be found
are the gold stories of one press that are on topic; they must also name the Chinese side in a headline, wherever in
it (for the Chinese press the rule itself asks for more). Recall is told of all of these, and of those that a newsroom
tells which is press and no forum, since the rule takes no forum for a press. A company's own release in English is not
in the labels.

Two groupings are judged, with the echo each gives its stories: the program's own, and what it does with weights that
the other week alone has taught, since the program's own have seen both weeks.
"""

import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.log import start_log
from bot.model import Article, Kind, Language, Story
from bot.stories import only
from bot.stories.entities import Lexicon
from bot.stories.heart import about
from bot.stories.tell import opposite
from tests.calibrate.likeness import fit, week
from tests.scores.jianbao import archived

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


def by_press(stories: Sequence[Story]) -> frozenset[str]:
    """The stories that a newsroom of the press tells, and not forums or companies alone."""
    return frozenset(
        story.id for story in stories if any(article.newsroom.kind is Kind.PRESS for article in story.articles)
    )


def guesses(stories: Sequence[Story], gold: Gold, press: Language, lexicon: Lexicon, most: float) -> list[Guess]:
    """What is said to be of a press alone where the echo is less likely than `most`; only of what a digest tells."""
    said = [
        story
        for story in stories
        if any(article.relevant for article in story.articles)
        and only.only_press(story, about(story, lexicon), below=most) is press
    ]
    others = gold.others(press)
    touched = [frozenset(gold.story[article.id] for article in story.articles) for story in said]
    return [
        Guess(story=story, touches=found, is_false=bool(found & others))
        for story, found in zip(said, touched, strict=True)
    ]


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
    for name, other in (("june", "may"), ("may", "june")):
        taught = {"the program's own weights": None, f"weights taught by {other} alone": fit([week(other)])}
        for how, model in taught.items():
            _, stories = asyncio.run(archived(WEEKS / name / "articles.jsonl", model))
            _judge(f"{name}, {how}", stories, read_gold(WEEKS / name / "gold.jsonl"), lexicon, chosen, console)


def _judge(name: str, stories: Sequence[Story], gold: Gold, lexicon: Lexicon, chosen: float, console: Console) -> None:
    for press in (Language.ZH, Language.EN):
        true = as_gold(stories, gold)
        should = wanted(true, gold, press, lexicon)
        table = Table(title=f"{name}: only in {press}, {len(should)} to find", title_justify="left")
        for column in ("echo below", "said", "false", "precision", "recall", "of the press"):
            table.add_column(column, justify="right")
        for most in _THRESHOLDS:
            table.add_row(*_row(most, guesses(stories, gold, press, lexicon, most), should, by_press(true), chosen))
        console.print(table)
        _complain(guesses(stories, gold, press, lexicon, chosen), console)


def _row(
    most: float, found: Sequence[Guess], should: frozenset[str], press: frozenset[str], chosen: float
) -> tuple[str, ...]:
    false = sum(each.is_false for each in found)
    reached = frozenset[str]().union(*(each.touches for each in found)) & should
    precision = 1 - false / len(found) if found else 1.0
    mark = " *" if most == chosen else ""
    recalls = (len(reached) / len(should), len(reached & press) / len(should & press))
    return f"{most}{mark}", str(len(found)), str(false), f"{precision:.3f}", *(f"{recall:.3f}" for recall in recalls)


def _complain(found: Sequence[Guess], console: Console) -> None:
    """The false ones, the surest first."""
    wrong = sorted((each for each in found if each.is_false), key=lambda each: each.story.echo)
    for each in wrong[:_WORST]:
        console.print(f"  false, echo {each.story.echo:.2f}: {each.story.articles[0].title}", markup=False)


if __name__ == "__main__":
    sys.exit(main())
