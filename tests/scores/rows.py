"""The rows of the table, one line each: a name, and how it guesses."""

from collections.abc import Callable
from functools import partial
from itertools import product

import numpy as np

from tests.scores import jianbao, simple, vectors
from tests.scores.logistic import logistic
from tests.scores.simple import Matrix, at_best
from tests.scores.week import Labels, Week

Guess = Callable[[Week, Week], tuple[Labels, str]]
"""From a week, and the other one for what is fitted there, to labels and the setting that was chosen."""

_THRESHOLDS = np.arange(0.2, 0.96, 0.02)
_HDBSCAN = tuple(product((2, 3), (1, 2, 3), ("eom", "leaf")))


def _plain(guess: Callable[[Week], Labels]) -> Guess:
    """A way without a setting."""
    return lambda week, _: (guess(week), "")


def _swept(measure: Callable[[Week], Matrix], group: Callable[[Matrix, float], Labels]) -> Guess:
    """A way with a threshold: the best of all on this very week."""

    def guess(week: Week, other: Week) -> tuple[Labels, str]:
        del other
        alike = measure(week)
        return at_best(week, ((f"{at:.2f}", partial(group, alike, at)) for at in _THRESHOLDS))

    return guess


def _hdbscan(week: Week, other: Week) -> tuple[Labels, str]:
    del other
    ways = ((" ".join(map(str, each)), partial(vectors.hdbscan, week, *each)) for each in _HDBSCAN)
    return at_best(week, ways)


ROWS: tuple[tuple[str, Guess], ...] = (
    ("each article alone", _plain(simple.alone)),
    ("exact title, folded", _plain(simple.same_title)),
    ("word overlap, one pass", _swept(simple.word_overlap, simple.one_pass)),
    ("HDBSCAN on the encoder's vectors", _hdbscan),
    ("TF-IDF, one pass", _swept(vectors.tf_idf, simple.one_pass)),
    ("encoder cosine, one pass", _swept(vectors.cosine, simple.one_pass)),
    ("encoder cosine, average linkage", _swept(vectors.cosine, vectors.average_linkage)),
    ("logistic model, average linkage", logistic),
    ("Jianbao, fitted on the other week", jianbao.fitted),
    ("Jianbao (jianbao group)", _plain(jianbao.grouped)),
)
"""From the plainest to ours; a way that is calibrated on the other week is a line more, like the logistic model's."""

OURS = tuple(name for name, _ in ROWS[-2:])
"""What the program itself does: held out, and with the configuration that it carries."""
