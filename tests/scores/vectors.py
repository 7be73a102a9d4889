"""The ways of grouping by vectors: one pass, average linkage and HDBSCAN, over the bundled encoder's or TF-IDF's."""

from functools import cache

import numpy as np
from scipy.cluster.hierarchy import average, fcluster
from scipy.spatial.distance import squareform
from sklearn.cluster import HDBSCAN
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.text import terms
from tests.scores.simple import Matrix
from tests.scores.week import Labels, Week, said


def tf_idf(week: Week) -> Matrix:
    """The cosine of the texts' terms, words and Chinese pairs, weighted by rarity within the week."""
    made = TfidfVectorizer(analyzer=terms, sublinear_tf=True).fit_transform([said(each) for each in week.articles])
    return np.asarray((made @ made.T).todense())


def encoded(week: Week) -> Matrix:
    """The bundled encoder's unit vectors of the texts."""
    return _encoded(tuple(said(each) for each in week.articles))


def cosine(week: Week) -> Matrix:
    """The cosine of the bundled encoder's vectors."""
    made = encoded(week)
    return made @ made.T


def average_linkage(alike: Matrix, threshold: float) -> Labels:
    """Stories are joined while the mean likeness of their articles is over a threshold."""
    return list(fcluster(average(_distances(alike)), 1 - threshold, criterion="distance"))


def hdbscan(week: Week, least: int, samples: int, method: str) -> Labels:
    """Density decides (scikit-learn's HDBSCAN on the unit vectors); noise is each article alone.

    Its epsilon is left at zero: with numpy 2.4 scikit-learn 1.9.1 raises an error for any other.
    """
    found = HDBSCAN(
        min_cluster_size=least, min_samples=samples, cluster_selection_method=method, copy=True
    ).fit_predict(encoded(week))
    return [f"alone {at}" if label < 0 else str(label) for at, label in enumerate(found)]


def _distances(alike: Matrix) -> Matrix:
    apart = np.clip(1 - alike, 0, None)
    np.fill_diagonal(apart, 0)
    return squareform(apart, checks=False)


@cache
def _model() -> object:
    from bot.stories.bundled import bundled

    return bundled()


@cache
def _encoded(texts: tuple[str, ...]) -> Matrix:
    made = _model().encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
    return np.asarray(made, np.float64)
