"""A logistic model over a handful of features of two articles, fitted on one week and tried on the other."""

from collections import Counter
from collections.abc import Sequence
from functools import cache

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from bot.stories.entities import Lexicon
from bot.text import terms
from tests.scores.simple import Matrix, at_best
from tests.scores.vectors import average_linkage, cosine
from tests.scores.week import Labels, Week, said

_NEIGHBOURS = 10
_THRESHOLDS = np.arange(0.02, 0.8, 0.02)


def logistic(week: Week, other: Week) -> tuple[Labels, str]:
    """Average linkage over the model's probabilities; model and threshold come from the other week alone."""
    model = _fitted(other)
    threshold = _threshold(other, _probability(model, other))
    return average_linkage(_probability(model, week), threshold), f"{threshold:.2f}, by the other week"


def features(week: Week) -> Sequence[Matrix]:
    """What is told of each pair: two cosines, shared words, names and numbers, the days between."""
    alike = cosine(week)
    words = [frozenset(terms(said(each))) for each in week.articles]
    lexicon = _lexicon()
    names = [frozenset(lexicon.find(said(each))) for each in week.articles]
    numbers = [frozenset(word for word in each if any(char.isdigit() for char in word)) for each in words]
    days = np.array([each.published_at.timestamp() / 86400 for each in week.articles])
    apart = np.abs(days[:, None] - days[None, :])
    kin = _among_neighbours(alike)
    return alike, kin, *(_shared(sets) for sets in (words, names, numbers)), np.log1p(apart)


def _among_neighbours(alike: Matrix) -> Matrix:
    """The cosine against the mean one of each headline's nearest neighbours: a crowd of look-alikes counts less.

    Cross-domain similarity local scaling: Conneau et al. 2018, "Word translation without parallel data".
    """
    others = alike - 2 * np.eye(len(alike))
    nearest = np.sort(others, axis=1)[:, -_NEIGHBOURS:].mean(axis=1)
    return 2 * alike - nearest[:, None] - nearest[None, :]


def _shared(sets: Sequence[frozenset[str]]) -> Matrix:
    """The cosine of sets of terms, each term weighted by its rarity within the week."""
    having = Counter(term for terms in sets for term in terms)
    place = {term: at for at, term in enumerate(having)}
    made = np.zeros((len(sets), max(1, len(place))))
    for row, terms_of_it in zip(made, sets, strict=True):
        for term in terms_of_it:
            row[place[term]] = np.log(len(sets) / having[term])
    lengths = np.linalg.norm(made, axis=1, keepdims=True)
    made = np.divide(made, lengths, out=np.zeros_like(made), where=lengths > 0)
    return made @ made.T


def _fitted(week: Week) -> Pipeline:
    gold = np.array([week.story[each.id] for each in week.articles])
    above = np.triu_indices(len(gold), 1)
    told = np.stack([each[above] for each in features(week)], axis=1)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return model.fit(told, (gold[:, None] == gold[None, :])[above])


def _probability(model: Pipeline, week: Week) -> Matrix:
    told = np.stack([each.ravel() for each in features(week)], axis=1)
    return model.predict_proba(told)[:, 1].reshape(len(week.articles), -1)


def _threshold(week: Week, alike: Matrix) -> float:
    ways = ((f"{at:.2f}", lambda at=at: average_linkage(alike, at)) for at in _THRESHOLDS)
    return float(at_best(week, ways)[1])


@cache
def _lexicon() -> Lexicon:
    return Lexicon.load()
