"""The open articles and the stories they are in: takes new ones, and says what becomes of all that they touch."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np

from bot.model import CATALOGUE, Language
from bot.stories.bag import Floats
from bot.stories.bonds import Bonds
from bot.stories.edges import Edges
from bot.stories.likeness import Likeness, probability
from bot.stories.link import Linking, likeness
from bot.stories.marks import Marks
from bot.stories.settle import Settled, names, settle
from bot.stories.window import Window

_YOUNG, _GROWN = 4096, 1.1
"""Below so many articles rarities still shift: all is weighed anew whenever there are a tenth more."""

Opened = Sequence[tuple[Marks, Floats]]


class Board:
    """One window of articles with their likenesses and stories; not safe to use from two threads.

    `homes` are the stories by the articles' numbers.
    """

    def __init__(self, model: Likeness, *, span: timedelta, since: datetime, until: datetime | None = None) -> None:
        self._model = model
        self._window = Window(span=span, since=since, until=until)
        self._edges = Edges(model)
        self._linking = Linking(threshold=model.threshold, share=model.share, order=self._when)
        self._bonds = Bonds()
        self._weighed = 0
        self.homes: dict[int, str] = {}

    def reaches(self, since: datetime, until: datetime) -> bool:
        """Whether every article published within a time is on it."""
        return self._window.reaches(since, until)

    def restore(self, opened: Opened, homes: Mapping[int, str]) -> None:
        """Put articles back that have their stories."""
        self._window.open(opened)
        self.homes.update(homes)
        self._weighed = len(self._window)

    def take(self, opened: Opened, bonds: Bonds) -> Settled:
        """Put new articles on the board; returns the stories of all articles that may have got another one by them."""
        new = [marks for marks, _ in opened]
        self._window.open(opened)
        touched = {marks.number for marks in new if marks.scope == CATALOGUE}
        if len(self._window) < _YOUNG and len(self._window) > self._weighed * _GROWN:
            self._edges.forget()
            self._linking.forget()
            self._weighed = len(self._window)
            touched |= {marks.number for marks in self._window.marks if marks.scope == CATALOGUE}
        stories = self._linked(touched, bonds)
        order = sorted((number for story in stories for number in story), key=self._when)
        named = {number: names(self._marks(number).id) for number in order}
        settled = settle(stories, self.homes, named)
        self.homes.update(settled.homes)
        if settled.leads:  # what else was in a story follows it
            self.rename(settled.leads)
        settled = self._with_own([marks for marks in new if marks.scope != CATALOGUE], settled)
        return settled if bonds.empty else self._held(settled, bonds)

    def rename(self, renamed: Mapping[str, str]) -> None:
        """Call stories by other ids."""
        self.homes = {number: renamed.get(home, home) for number, home in self.homes.items()}

    def members(self, stories: Collection[str]) -> dict[str, list[Marks]]:
        """The open articles of some stories, each story's oldest first."""
        found: dict[str, list[Marks]] = {story: [] for story in stories}
        for marks in self._window.marks:
            if (home := self.homes.get(marks.number)) in found:
                found[home].append(marks)
        return {
            story: sorted(inside, key=lambda marks: (marks.published_at, marks.number))
            for story, inside in found.items()
        }

    def echoes(self, numbers: Iterable[int]) -> dict[str, float]:
        """For the stories these articles are in or near, how probably another one of the other press tells of it.

        1 where a story has both presses: it is in no press alone.
        """
        seen = set(numbers)
        seen |= {other for number in list(seen) for other in self._edges.near(number)}
        stories = {self.homes[number] for number in seen if number in self.homes}
        shared = {
            story: [marks.number for marks in inside if marks.scope == CATALOGUE]
            for story, inside in self.members(stories).items()
        }
        return {story: self._echo(members) for story, members in shared.items() if members}

    def id_of(self, number: int) -> str:
        """The id of an open article."""
        return self._marks(number).id

    def meaning(self, one: int, other: int) -> float:
        """The cosine of two articles' vectors."""
        at, to = self._window.slot_of[one], self._window.slot_of[other]
        return float(self._window.vectors[at] @ self._window.vectors[to])

    def close_before(self, when: datetime) -> None:
        """Let go of articles published before, once they are half of all."""
        before = set(self._window.slot_of)
        if self._window.keep_from(when):
            gone = before - self._window.slot_of.keys()
            self._edges.forget(gone)
            self._linking.forget()
            for number in gone:
                self.homes.pop(number, None)
            self._weighed = min(self._weighed, len(self._window))

    def _linked(self, touched: set[int], bonds: Bonds) -> list[list[int]]:
        """The stories that the touched articles, and all that they can possibly share one with, are in now."""
        if bonds != self._bonds or any(bonds.binds(self._marks(number).id) for number in touched):
            self._linking.forget()  # what was linked under other bonds may have to part
            self._bonds = bonds
        fresh, ahead = set[int](), touched
        while ahead:
            self._edges.learn(self._window, ahead)
            fresh |= ahead
            reached = {other for number in ahead for other in self._reachable(number, bonds)} - fresh
            ahead = {number for number in reached if number not in self._linking}
        numbers = {self._marks(number).id: number for number in fresh} if not bonds.empty else {}
        return self._linking.take(
            fresh,
            self._edges.near,
            tied=_tied(numbers, bonds),
            apart=None if bonds.empty else lambda one, other: bonds.apart(self.id_of(one), self.id_of(other)),
        )

    def _reachable(self, number: int, bonds: Bonds) -> Iterable[int]:
        """The catalogue's articles that are alike enough, or that are tied to one."""
        near = self._edges.near(number).items()
        yield from (
            other for other, alike in near if alike >= self._model.threshold and self._marks(other).scope == CATALOGUE
        )
        if not bonds.empty and bonds.binds(identity := self._marks(number).id):
            tied = bonds.together(identity)
            yield from (marks.number for marks in self._window.marks if marks.id in tied and marks.scope == CATALOGUE)

    def _with_own(self, own: Sequence[Marks], settled: Settled) -> Settled:
        """Hang a server's own articles on the stories they are alike, without changing these."""
        self._edges.learn(self._window, (marks.number for marks in own))
        homes, begun = dict(settled.homes), dict(settled.begun)
        for marks in sorted(own, key=lambda marks: (marks.published_at, marks.number)):
            home = self._likest(marks.number)
            if home is None:
                home = next(name for name in names(marks.id) if name not in begun)
                begun[home] = marks.number
            homes[marks.number] = self.homes[marks.number] = home
        return Settled(homes=homes, begun=begun, leads=settled.leads)

    def _held(self, settled: Settled, bonds: Bonds) -> Settled:
        """Let servers' own articles follow what the operator has tied them to, and leave what they are kept apart from.

        Linking moves the catalogue's articles alone; what hangs on a story stays behind when these leave it.
        """
        homes, begun = dict(settled.homes), dict(settled.begun)
        public = {marks.id: self.homes[marks.number] for marks in self._window.marks if marks.scope == CATALOGUE}
        for marks in self._window.marks:
            if marks.scope == CATALOGUE or not bonds.binds(marks.id):
                continue
            home = self.homes[marks.number]
            tied = sorted(public[each] for each in bonds.together(marks.id) if each in public)
            if tied:
                home = tied[0]
            elif any(at == home and bonds.apart(marks.id, each) for each, at in public.items()):
                home = next(name for name in names(marks.id) if name not in {*begun, *self.homes.values()})
                begun[home] = marks.number
            if home != self.homes[marks.number]:
                homes[marks.number] = self.homes[marks.number] = home
        return Settled(homes=homes, begun=begun, leads=settled.leads)

    def _likest(self, number: int) -> str | None:
        """The story an article is alike enough to join."""
        near: dict[str, list[float]] = {}
        for other, alike in self._edges.near(number).items():
            if other in self.homes:
                near.setdefault(self.homes[other], []).append(alike)
        scored = {
            story: likeness(np.array([found], np.float32), self._model.share) for story, found in sorted(near.items())
        }
        best = max(scored, key=scored.__getitem__, default=None)
        return best if best is not None and scored[best] >= self._model.threshold else None

    def _echo(self, members: Sequence[int]) -> float:
        inside = set(members)
        presses = {marks.press for marks in map(self._marks, members) if marks.is_press}
        if len(presses) == len(Language):
            return 1.0
        most = -np.inf
        for number in members:
            for other, alike in self._edges.near(number).items():
                if alike > most and other not in inside and self._speaks_elsewhere(other, presses):
                    most = alike
        return probability(most)

    def _speaks_elsewhere(self, number: int, presses: set[Language]) -> bool:
        marks = self._marks(number)
        return marks.is_press and marks.press not in presses and marks.scope == CATALOGUE

    def _marks(self, number: int) -> Marks:
        return self._window.marks[self._window.slot_of[number]]

    def _when(self, number: int) -> tuple[datetime, str]:
        marks = self._marks(number)
        return marks.published_at, marks.id


def _tied(numbers: Mapping[str, int], bonds: Bonds) -> list[list[int]]:
    """Those of some articles, by their ids, that must share a story."""
    groups = {frozenset(bonds.together(each) & numbers.keys()) for each in numbers}
    return [[numbers[each] for each in group] for group in groups if len(group) > 1]
