"""Sets of terms, one a row, as a sparse matrix with the rarity of each term."""

import math
from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float32]


class Bag:
    """The terms of every open article of one kind.

    A term's rarity is the logarithm of all articles over those that have it; a server's own articles are not counted,
    so that they make nothing less rare for others. It is settled once for a batch, with the batch counted in.
    """

    def __init__(self) -> None:
        self._columns: dict[str, int] = {}
        self._rows: list[NDArray[np.int32]] = []
        self._having: Counter[int] = Counter()
        self._counted = 0
        self.settle()

    def add(self, terms: Iterable[str], *, also: Iterable[str] = (), counted: bool = True) -> None:
        """Give the next row its terms; those of `also` are counted and not in the row."""
        row = [self._columns.setdefault(term, len(self._columns)) for term in sorted(terms)]
        self._rows.append(np.array(row, np.int32))
        if counted:
            beside = {self._columns.setdefault(term, len(self._columns)) for term in also}
            self._counted += 1
            self._having.update(beside.union(row))

    def columns(self, terms: Iterable[str]) -> NDArray[np.int32]:
        """The columns of terms, new ones included."""
        return np.array([self._columns.setdefault(term, len(self._columns)) for term in sorted(terms)], np.int32)

    def settle(self) -> None:
        """Weigh every term anew and make the matrix."""
        having = np.zeros(len(self._columns), np.float32)
        for column, count in self._having.items():
            having[column] = count
        self.rarity: Floats = (math.log(self._counted + 1) - np.log(having + 0.5)).astype(np.float32)
        self.ones = matrix(self._rows, len(self._columns))
        self.mass: Floats = self.ones @ self.rarity
        self._lengths: Floats = np.sqrt(self.ones @ self.rarity**2)

    def shared(self, rows: NDArray[np.int64]) -> Floats:
        """The rarity of the terms that some rows share with every row."""
        return dense((self.ones[rows].multiply(self.rarity)).tocsr() @ self.ones.T)

    def cosine(self, rows: NDArray[np.int64]) -> Floats:
        """The cosine of the rarity-weighted terms of some rows with every row."""
        shared = dense((self.ones[rows].multiply(self.rarity**2)).tocsr() @ self.ones.T)
        return np.asarray(shared / np.maximum(np.outer(self._lengths[rows], self._lengths), 1e-9), np.float32)


def matrix(rows: list[NDArray[np.int32]], width: int) -> sparse.csr_matrix:
    """Rows of columns as a matrix of ones."""
    ends = np.cumsum([0, *(len(row) for row in rows)])
    columns = np.concatenate(rows) if rows else np.zeros(0, np.int32)
    return sparse.csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=(len(rows), width))


def dense(found: sparse.csr_matrix) -> Floats:
    """A matrix with its zeros."""
    return np.asarray(found.toarray(), np.float32)
