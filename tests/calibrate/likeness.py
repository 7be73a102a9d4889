"""How alike two articles are: fits bot/stories/likeness.yaml to labelled weeks.

    python -m tests.calibrate.likeness [WEEK ...]        (june, may, early-may, late-may; all four by default)

The evidence is what bot/stories/evidence.py sees in each candidate pair of a week; a
logistic regression with a ridge weighs it. Pairs of one story count for less the longer their story is, so that the
week's biggest story does not decide. The threshold is the one that links the weeks best by B-cubed F1, judged on
likenesses fitted to the other articles' stories only, and evened out with its neighbours.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bot.config import BUNDLED_MODEL
from bot.model import Article
from bot.stories import likeness as module
from bot.stories.embed import Encoder
from bot.stories.entities import Lexicon
from bot.stories.evidence import candidates
from bot.stories.gloss import Glosser
from bot.stories.likeness import MOST, Likeness
from bot.stories.link import linked
from bot.stories.marks import Marker, said_by
from bot.stories.window import Window
from tests.calibrate.weeks import WEEKS, labelled

SHARE = 0.15
RIDGE = 0.01
"""scikit-learn's C: the smaller, the nearer to 0 each weight is held."""
OF_ONE_STORY = 3.0
"""What a pair of one story weighs, against one of two stories; divided by the root of its story's size."""
FOLDS = 4
THRESHOLDS = np.arange(-0.5, 1.6, 0.25)
_AT_ONCE = 256
_CONSTANT = 1e-4
"""Evidence that spreads less than this was never seen and can teach nothing."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A labelled week: each article's story, and the evidence of its candidate pairs (columns of places)."""

    stories: list[str]
    pairs: NDArray[np.int64]
    evidence: Floats
    names: tuple[str, ...]

    @property
    def is_one(self) -> NDArray[np.bool_]:
        """Whether the articles of each pair share a story."""
        story = np.array(self.stories)
        return np.asarray(story[self.pairs[:, 0]] == story[self.pairs[:, 1]])

    @property
    def weights(self) -> Floats:
        """What each pair weighs."""
        size = Counter(self.stories)
        sizes = np.array([size[self.stories[one]] for one in self.pairs[:, 0]], float)
        return np.where(self.is_one, OF_ONE_STORY / np.sqrt(np.maximum(sizes - 1, 1)), 1.0)

    def alike(self, likeness: Floats) -> NDArray[np.float32]:
        """The likeness of all articles, each to each."""
        found = np.full((len(self.stories), len(self.stories)), -MOST, np.float32)
        one, other = self.pairs.T
        found[one, other] = found[other, one] = np.clip(likeness, -MOST, MOST)
        return found


@cache
def encoder() -> Encoder:
    """The bundled encoder."""
    return Encoder.load(BUNDLED_MODEL, ThreadPoolExecutor(1))


@cache
def marker() -> Marker:
    """The bundled words."""
    lexicon = Lexicon.load()
    return Marker(lexicon, Glosser.load(lexicon).meanings)


@cache
def week(name: str) -> Week:
    """A labelled week by its name."""
    articles, labels = zip(*labelled(name), strict=True)
    stories = [said["story"] for said in labels]
    return seen(articles, stories)


def seen(articles: Sequence[Article], stories: Sequence[str]) -> Week:
    """A week as grouping sees it when all of it is open; no event loop may run."""
    vectors = asyncio.run(encoder().embed([said_by(article) for article in articles]))
    window = Window(span=timedelta(days=12), since=articles[0].published_at)
    marks = [marker().marks(place, article) for place, article in enumerate(articles)]
    window.open(list(zip(marks, vectors, strict=True)))
    ones, others, tables = [], [], []
    for at in range(0, len(articles), _AT_ONCE):
        one, other, table = candidates(window, np.arange(at, min(at + _AT_ONCE, len(articles))))
        ones.append(one)
        others.append(other)
        tables.append(table)
    one, other = np.concatenate(ones), np.concatenate(others)
    pairs = np.column_stack([np.minimum(one, other), np.maximum(one, other)])
    pairs, kept = np.unique(pairs, axis=0, return_index=True)
    names = tuple(tables[0])
    evidence = np.column_stack([np.concatenate([table[name] for table in tables])[kept] for name in names])
    return Week(stories=list(stories), pairs=pairs, evidence=evidence.astype(float), names=names)


def fit(weeks: Sequence[Week]) -> Likeness:
    """The model that these weeks teach, with its threshold."""
    model = weighed(weeks)
    apart = [out_of_fold(weeks, at) for at in range(len(weeks))]
    scores = [
        np.mean([_score(week, likeness, at) for week, likeness in zip(weeks, apart, strict=True)]) for at in THRESHOLDS
    ]
    even = [np.mean(scores[max(0, at - 1) : at + 2]) for at in range(len(scores))]
    return replace(model, threshold=float(THRESHOLDS[int(np.argmax(even))]))


def weighed(weeks: Sequence[Week], masks: Sequence[NDArray[np.bool_]] | None = None) -> Likeness:
    """The weights alone, fitted to some pairs of the weeks, or to all."""
    kept = masks or [np.ones(len(week.pairs), bool) for week in weeks]
    values = np.vstack([week.evidence[mask] for week, mask in zip(weeks, kept, strict=True)])
    answers = np.concatenate([week.is_one[mask] for week, mask in zip(weeks, kept, strict=True)])
    weights = np.concatenate([week.weights[mask] for week, mask in zip(weeks, kept, strict=True)])
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    found = LogisticRegression(C=RIDGE, max_iter=2000).fit((values - mean) / spread, answers, sample_weight=weights)
    columns = zip(weeks[0].names, found.coef_[0], mean, spread, strict=True)
    return Likeness(
        encoder=encoder().name,
        threshold=0.0,
        share=SHARE,
        offset=round(float(found.intercept_[0]), 4),
        weights={name: (round(w, 4), round(m, 5), round(s, 5)) for name, w, m, s in _floats(columns) if s > _CONSTANT},
    )


def out_of_fold(weeks: Sequence[Week], at: int) -> Floats:
    """The likeness of a week's pairs, each by a model that saw neither article's story."""
    week = weeks[at]
    fold = {story: place % FOLDS for place, story in enumerate(sorted(set(week.stories)))}
    folds = np.array([fold[story] for story in week.stories])
    total, times = np.zeros(len(week.pairs)), np.zeros(len(week.pairs))
    for each in range(FOLDS):
        held = (folds[week.pairs] == each).any(axis=1)
        masks = [~held if place == at else np.ones(len(other.pairs), bool) for place, other in enumerate(weeks)]
        total[held] += likeness(weighed(weeks, masks), week)[held]
        times[held] += 1
    return total / times


def likeness(model: Likeness, week: Week) -> Floats:
    """A model's likeness of a week's pairs."""
    table = dict(zip(week.names, week.evidence.T, strict=True))
    return np.asarray(model.of({name: values.astype(np.float32) for name, values in table.items()}), float)


def guess(model: Likeness, week: Week, found: Floats | None = None) -> list[int]:
    """Each article's story by a model."""
    alike = week.alike(likeness(model, week) if found is None else found)
    labels = [0] * len(week.stories)
    for label, story in enumerate(linked(alike, threshold=model.threshold, share=model.share)):
        for place in story:
            labels[place] = label
    return labels


def _score(week: Week, found: Floats, threshold: float) -> float:
    model = Likeness(encoder="", threshold=threshold, share=SHARE, offset=0, weights={})
    return b_cubed(week.stories, guess(model, week, found))


def b_cubed(true: Sequence[object], said: Sequence[object]) -> float:
    """The F1 of B-cubed precision and recall (Bagga and Baldwin 1998)."""
    both, trues, saids = Counter(zip(true, said, strict=True)), Counter(true), Counter(said)
    precision = sum(n * n / saids[s] for (_, s), n in both.items()) / len(true)
    recall = sum(n * n / trues[t] for (t, _), n in both.items()) / len(true)
    return 2 * precision * recall / (precision + recall)


def _floats(columns: Iterator[tuple[str, float, float, float]]) -> Iterator[tuple[str, float, float, float]]:
    yield from ((name, float(weight), float(mean), float(spread)) for name, weight, mean, spread in columns)


def written(model: Likeness, taught: Sequence[str]) -> str:
    """The file as it is kept: for each kind of evidence its weight, and its mean and spread over all pairs."""
    lines = [
        "# How alike two articles are, by the evidence of bot/stories/evidence.py; made by",
        f"# python -m tests.calibrate.likeness {' '.join(taught)}",
        "#",
        "# likeness = offset + the sum of weight x (value - mean) / spread; two stories are one from `threshold`,",
        "# the mean likeness of the best `share` of their articles' pairs. One model for each encoder.",
        f"- encoder: {model.encoder}",
        f"  threshold: {model.threshold}",
        f"  share: {model.share}",
        f"  offset: {model.offset}",
        "  weights:  # [weight, mean, spread]",
    ]
    order = sorted(model.weights.items(), key=lambda each: -abs(each[1][0]))
    lines += [f'    "{name}": [{", ".join(map(str, values))}]' for name, values in order]
    return "\n".join(lines) + "\n"


def main(names: Sequence[str]) -> None:
    """Fit and write."""
    model = fit([week(name) for name in names])
    path = Path(module.__file__).with_name("likeness.yaml")
    path.write_text(written(model, names), "utf-8")
    print(f"{path}: threshold {model.threshold}, {len(model.weights)} kinds of evidence")
    for name in names:
        print(f"  {name}: B-cubed F1 {b_cubed(week(name).stories, guess(model, week(name))):.4f} (fitted to it)")


if __name__ == "__main__":
    main(sys.argv[1:] or WEEKS)
