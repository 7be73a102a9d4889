"""The ways of grouping that need no training: alone, by title, and one pass over any measure of likeness."""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from bot.text import fold
from tests.scores.week import Labels, Week, score

Matrix = NDArray[np.float64]
"""How alike each article is to each other one."""


def alone(week: Week) -> Labels:
    """Each article is its own story."""
    return [each.id for each in week.articles]


def same_title(week: Week) -> Labels:
    """Articles with one title, folded, are one story."""
    return [fold(each.title) for each in week.articles]


def word_overlap(week: Week) -> Matrix:
    """The share of words two titles have in common (Jaccard), words being what blanks part, as feed readers do."""
    words = [frozenset(fold(each.title).split()) for each in week.articles]
    return np.array([[len(one & other) / max(1, len(one | other)) for other in words] for one in words])


def one_pass(alike: Matrix, threshold: float) -> Labels:
    """Each article in turn joins the story of the earlier one it is most alike, from a threshold on."""
    labels: list[int] = []
    for at, row in enumerate(alike):
        nearest = int(row[:at].argmax()) if at else 0
        labels.append(labels[nearest] if at and row[nearest] >= threshold else at)
    return labels


def at_best(week: Week, ways: Iterable[tuple[str, Callable[[], Labels]]]) -> tuple[Labels, str]:
    """Of several settings the one with the best B-cubed F1 on this very week, and its name: it flatters."""
    tried = [(labels, name) for name, way in ways for labels in [way()]]
    return max(tried, key=lambda each: score(week, each[0]).b_cubed)
