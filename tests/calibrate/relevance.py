"""What each kind of evidence is worth for an article's relevance: fits bot/stories/relevance.yaml to labelled weeks.

    python -m tests.calibrate.relevance [WEEK ...]        (june, may, early-may, late-may; all four by default)

The features are `evidence` of bot/stories/topics.py: amounts of some fifteen kinds, counted from the word
lists. A logistic regression (on and off weigh the same, ridge) finds what each is worth, and the base is moved until
`KEPT` of the on-topic articles fitted to are kept. What the weeks cannot teach is `GIVEN`: their recorder left out
headlines with nothing but AI in them, which are most of what a mixed feed brings.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.model import Article
from bot.stories import topics as module
from bot.stories.entities import Lexicon
from bot.stories.topics import Relevance, Topics, evidence, items, naming
from tests.calibrate.weeks import WEEKS, labelled

KEPT = 0.965
RIDGE = 0.3
"""scikit-learn's C: the smaller, the nearer to 0 each worth is held."""
GIVEN = {"rootless": -3.0}

Amounts = dict[str, float]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A week's articles: how much evidence of each kind each has, and whether a reader found it on topic."""

    amounts: list[Amounts]
    on: np.ndarray


def read(name: str, topics: Topics, lexicon: Lexicon) -> Labelled:
    """A labelled week."""
    found = labelled(name)
    on = np.array([said["topic"] == "on" for _, said in found])
    return Labelled([amounts_of(article, topics, lexicon) for article, _ in found], on)


def amounts_of(article: Article, topics: Topics, lexicon: Lexicon) -> Amounts:
    """What an article is judged by; of a round-up the item with the most evidence, as nothing is weighed yet."""
    title, summary = article.title, article.summary
    found = [lexicon.get(entity) for entity in lexicon.find(f"{title}. {summary}")]
    made = [evidence(topics.clues(item, summary, naming(item, found))) for item in items(title)]
    return max(made, key=_leaning, default=evidence(topics.clues(title, summary, found)))


def fit(weeks: Sequence[Labelled]) -> Relevance:
    """The worth of each kind of evidence."""
    kinds = sorted({kind for week in weeks for amounts in week.amounts for kind in amounts if kind not in GIVEN})
    table = np.array([[amounts.get(kind, 0.0) for kind in kinds] for week in weeks for amounts in week.amounts])
    on = np.concatenate([week.on for week in weeks])
    model = LogisticRegression(C=RIDGE, class_weight="balanced", max_iter=5000).fit(table, on)
    worth = {kind: round(float(value), 2) for kind, value in zip(kinds, model.coef_[0], strict=True)}
    fitted = Relevance(base=0.0, worth=worth | GIVEN)
    scores = np.concatenate([scores_of(week, fitted) for week in weeks])
    return Relevance(base=round(-float(np.quantile(scores[on], 1 - KEPT)), 2), worth=fitted.worth)


def scores_of(week: Labelled, relevance: Relevance) -> np.ndarray:
    """What each article of a week comes to."""
    return np.array([sum(value for _, value in relevance.parts(amounts)) for amounts in week.amounts])


def kept_and_dropped(week: Labelled, relevance: Relevance) -> tuple[float, float]:
    """The share of the on-topic articles that is kept, and of the off-topic ones that is dropped."""
    scores = scores_of(week, relevance)
    return float((scores[week.on] >= 0).mean()), float((scores[~week.on] < 0).mean())


def written(relevance: Relevance, names: Sequence[str], articles: int) -> str:
    """The file of a fit."""
    lines = "\n".join(f"  {kind}: {value}" for kind, value in relevance.worth.items())
    return (
        f"# What each kind of evidence is worth for an article's belonging to the field; from 0 it belongs.\n"
        f"# Made by `python -m tests.calibrate.relevance` from {articles} labelled articles ({', '.join(names)}).\n"
        f"# A kind that ends in _alone is what stands beside neither chips nor a Chinese maker.\n"
        f"base: {relevance.base}\nworth:\n{lines}\n"
    )


def _leaning(amounts: Amounts) -> float:
    """Before anything is weighed: what speaks for the field less what speaks against it."""
    against = ("against", "abroad", "nothing", "rootless", "china_alone")
    return sum(-2 * value if kind.startswith(against) else value for kind, value in amounts.items())


def main(names: Sequence[str]) -> None:
    """Fit to the weeks and write the file."""
    topics, lexicon = Topics.load(), Lexicon.load()
    weeks = [read(name, topics, lexicon) for name in names]
    relevance = fit(weeks)
    path = Path(module.__file__).with_name("relevance.yaml")
    path.write_text(written(relevance, names, sum(len(week.amounts) for week in weeks)), "utf-8")
    print(path.read_text("utf-8"))


if __name__ == "__main__":
    main(sys.argv[1:] or WEEKS)
