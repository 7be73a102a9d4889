"""Temporary."""

from concurrent.futures import Executor
from pathlib import Path

import numpy as np

from bot.store import articles as article_rows
from bot.store.database import Store


class Nearest:
    def __init__(self, store: Store, *, model: str, folder: Path, cpu: Executor) -> None:
        self._store = store
        self._model = model
        self._n = []
        self._v = None

    async def refresh(self):
        n, v = await self._store.read(article_rows.vectors_after, self._model, self._n[-1] if self._n else 0)
        if n:
            self._v = v if self._v is None else np.vstack([self._v, v])
            self._n = [*self._n, *n]

    async def find(self, asked, *, count, scope, since=None, until=None, among=None):
        if not self._n:
            return []
        s = self._v @ asked
        o = np.argsort(-s)[:count]
        return [(self._n[i], float(s[i])) for i in o]

    async def likeness(self, asked, numbers):
        if not self._n:
            return {}
        at = {n: i for i, n in enumerate(self._n)}
        idx = [n for n in numbers if n in at]
        if not idx:
            return {}
        s = self._v[[at[n] for n in idx]] @ asked
        return dict(zip(idx, s.tolist()))
