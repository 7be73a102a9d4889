"""How alike the open articles are, pair by pair, worked out for those that something touches."""

from collections.abc import Iterable, Sequence

import numpy as np

from bot.stories.bag import Floats
from bot.stories.evidence import AT_ONCE, candidates
from bot.stories.likeness import MOST, Likeness
from bot.stories.window import Window
from bot.turns import rest


class Edges:
    """The likeness of pairs by the articles' numbers; a pair that is not here is as unlike as can be."""

    def __init__(self, model: Likeness) -> None:
        self._model = model
        self._alike: dict[int, dict[int, float]] = {}
        self._known: set[int] = set()

    def forget(self, numbers: Iterable[int] | None = None) -> None:
        """Forget some articles, or how alike any are."""
        if numbers is None:
            self._alike.clear()
            self._known.clear()
            return
        for number in numbers:
            for other in self._alike.pop(number, {}):
                self._alike.get(other, {}).pop(number, None)
            self._known.discard(number)

    def learn(self, window: Window, numbers: Iterable[int]) -> None:
        """Work out how alike some articles are to all they may meet, unless it is known."""
        slots = window.slots(number for number in numbers if number not in self._known)
        for at in range(0, len(slots), AT_ONCE):
            rest()
            ones, others, evidence = candidates(window, slots[at : at + AT_ONCE], usual=self._model.usual)
            rest()
            found = self._model.of(evidence)
            rest()
            for one, other, alike in zip(ones.tolist(), others.tolist(), found.tolist(), strict=True):
                if alike > -MOST:
                    self._put(window.marks[one].number, window.marks[other].number, alike)
        self._known.update(window.marks[slot].number for slot in slots.tolist())

    def near(self, number: int) -> dict[int, float]:
        """The articles that are at all like one, and how much."""
        return self._alike.get(number, {})

    def alike(self, numbers: Sequence[int]) -> Floats:
        """How alike some articles are, each to each."""
        places = {number: place for place, number in enumerate(numbers)}
        found = np.full((len(numbers), len(numbers)), -MOST, np.float32)
        for number, place in places.items():
            for other, alike in self.near(number).items():
                if other in places:
                    found[place, places[other]] = alike
        np.fill_diagonal(found, -MOST)
        return found

    def _put(self, one: int, other: int, alike: float) -> None:
        """Keep the later word on a pair: it was said with more in view."""
        self._alike.setdefault(one, {})[other] = alike
        self._alike.setdefault(other, {})[one] = alike
