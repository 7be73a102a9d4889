"""Sets of terms, one a row, as a sparse matrix with the rarity of each term."""

import math
from array import array
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
        self._rows = Rows()
        self._having = array("f")
        self._counted = 0
        self.settle()

    def add(self, terms: Iterable[str], *, also: Iterable[str] = (), counted: bool = True) -> None:
        """Give the next row its terms; those of `also` are counted and not in the row."""
        row = self.columns(terms)
        self._rows.add(row)
        if counted:
            self._counted += 1
            for column in {*row, *self.columns(also)}:
                self._having[column] += 1

    def columns(self, terms: Iterable[str]) -> list[int]:
        """The columns of terms, new ones included."""
        found = [self._columns.setdefault(term, len(self._columns)) for term in sorted(terms)]
        self._having.extend([0.0] * (len(self._columns) - len(self._having)))
        return found

    def settle(self) -> None:
        """Weigh every term anew and make the matrix."""
        having = np.array(self._having, np.float32)
        self.rarity: Floats = (math.log(self._counted + 1) - np.log(having + 0.5)).astype(np.float32)
        self.ones = self._rows.matrix(len(self._columns))
        self.mass: Floats = self.ones @ self.rarity
        self._lengths: Floats = np.sqrt(self.ones @ self.rarity**2)

    def shared(self, rows: NDArray[np.int64]) -> Floats:
        """The rarity of the terms that some rows share with every row."""
        return dense((self.ones[rows].multiply(self.rarity)).tocsr() @ self.ones.T)

    def cosine(self, rows: NDArray[np.int64]) -> Floats:
        """The cosine of the rarity-weighted terms of some rows with every row."""
        shared = dense((self.ones[rows].multiply(self.rarity**2)).tocsr() @ self.ones.T)
        return np.asarray(shared / np.maximum(np.outer(self._lengths[rows], self._lengths), 1e-9), np.float32)


class Rows:
    """Rows of columns, packed one behind the other, which become a matrix of ones."""

    def __init__(self) -> None:
        self._columns = array("i")
        self._ends = array("i", [0])

    def add(self, row: Iterable[int]) -> None:
        """One more row."""
        self._columns.extend(row)
        self._ends.append(len(self._columns))

    def matrix(self, width: int) -> sparse.csr_matrix:
        """All rows so far; later ones do not change it."""
        ones = np.ones(len(self._columns), np.float32)
        packed = ones, np.array(self._columns, np.int32), np.array(self._ends, np.int32)
        return sparse.csr_matrix(packed, shape=(len(self._ends) - 1, width))


def dense(found: sparse.csr_matrix) -> Floats:
    """A matrix with its zeros."""
    return np.asarray(found.toarray(), np.float32)
