"""Moderators at work: whatever they correct and undo, no constraint is broken, ids lead somewhere, undo is exact."""

import asyncio
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import Connection, select

from bot.correction import Act, Correction
from bot.errors import CorrectionError
from bot.model import CATALOGUE, Story
from bot.store import corrections as correction_rows
from bot.store import stories as story_rows
from bot.store.database import Store
from bot.store.schema import stories as table
from bot.stories import overlay
from bot.stories.bonds import Bonds, bonds
from bot.stories.correct import Corrector
from tests import archive
from tests.fakes import FakeClock

T = TypeVar("T")
SERVER = "77"
scopes = st.sampled_from([CATALOGUE, SERVER])
dice = st.integers(0, 10_000)


def leads(connection: Connection) -> dict[str, str | None]:
    """Where each id of a story everybody sees leads, at once."""
    query = select(table.c.id, table.c.merged_into).where(table.c.scope == CATALOGUE)
    return {row.id: row.merged_into for row in connection.execute(query)}


def is_whole(bound: Bonds, homes: Mapping[str, str]) -> bool:
    """Whether no tie and no pair kept apart is broken."""
    return all(
        homes.get(one) == homes.get(other) for one in homes for other in bound.together(one) if other in homes
    ) and not any(homes[one] == homes[other] for one in homes for other in homes if bound.apart(one, other))


class Moderators(RuleBasedStateMachine):
    """The operator and a server's moderator correct whatever grouping makes of what comes in (`ids`)."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(archive.empty(Path(self.folder.name) / "laws.db"))
        self.wait(self.store.open())
        self.clock = FakeClock()
        self.corrector = Corrector(self.store, clock=self.clock)
        self.known: set[str] = set()
        self.ids: list[str] = []

    def wait(self, work: Any) -> Any:
        """Do what is asynchronous, here and now."""
        return self.loop.run_until_complete(work)

    def read(self, query: Callable[[Connection], T]) -> T:
        """Ask the store."""
        found: T = self.wait(self.store.read(query))
        return found

    def write(self, query: Callable[[Connection], T]) -> T:
        """Change the store."""
        found: T = self.wait(self.store.write(query))
        return found

    @property
    def homes(self) -> dict[str, str]:
        """Every article with the story it is in."""
        return self.read(lambda connection: story_rows.homes(connection, self.ids))

    def bound(self, scope: str) -> Bonds:
        """What the corrections of a scope bind."""
        return bonds(self.read(lambda connection: correction_rows.active(connection, scope)))

    def view(self, scope: str) -> overlay.View:
        """Everything, as a scope sees it."""
        every = set(self.homes.values())
        return self.read(lambda connection: overlay.seen(connection, sorted(every), scope=scope))

    def stories(self, scope: str) -> list[Story]:
        """Every story as a scope sees it, hidden ones too."""
        return sorted(self.view(scope).stories.values(), key=lambda story: story.id)

    def state(self) -> tuple[dict[str, str], dict[str, str | None], object]:
        """What an undo must bring back: places, leads, and what everybody sees."""
        looks = {scope: (self.view(scope).stories, self.view(scope).hidden) for scope in (CATALOGUE, SERVER, "78")}
        return self.homes, self.read(leads), looks

    def correct(self, scope: str, act: Act, at: int, by: int) -> Correction | None:
        """Some correction of a story as a scope sees it; None where there is nothing to correct."""
        self.clock.advance(minutes=1)
        found = self.stories(scope)
        story, other = found[at % len(found)], found[by % len(found)]
        part = [each.id for number, each in enumerate(story.articles) if by >> number & 1]
        match act:
            case Act.MERGE:
                work = self.corrector.merge(story.id, other.id, scope=scope, by="ada")
            case Act.SPLIT:
                work = self.corrector.split(story.id, part, scope=scope, by="ada")
            case Act.HIDE:
                work = self.corrector.hide(story.id, scope=scope, by="ada")
            case Act.KEEP_ON_TOP:
                work = self.corrector.keep_on_top(story.id, scope=scope, by="ada")
            case Act.RETITLE:
                work = self.corrector.retitle(story.id, f"title {by}", scope=scope, by="ada")
        try:
            made: Correction = self.wait(work)
        except CorrectionError as error:
            note(f"refused: {error.sentence}")
            return None
        note(f"{scope} {act} {made.story_id} {made.other_id} {made.articles}")
        return made

    @rule(scope=scopes, act=st.sampled_from([Act.MERGE, Act.SPLIT, *Act]), at=dice, by=dice)
    def make(self, scope: str, act: Act, at: int, by: int) -> None:
        """A moderator corrects something."""
        self.correct(scope, act, at, by)

    @rule(scope=scopes, at=dice)
    def undo_some(self, scope: str, at: int) -> None:
        """A moderator undoes something, the last or not."""
        active = self.read(lambda connection: correction_rows.active(connection, scope))
        if not active:
            return
        chosen = active[at % len(active)]
        try:
            self.wait(self.corrector.undo(chosen.id, scope=scope, by="ben"))
        except CorrectionError as error:
            assert error.code in {"built-on", "moved-on"}  # noqa: PT017  # which refusal is the point
            return
        after = self.read(lambda connection: correction_rows.active(connection, scope))
        assert chosen not in after

    @rule(made=st.lists(st.tuples(scopes, st.sampled_from(Act), dice, dice), min_size=1, max_size=4))
    def there_and_back(self, made: list[tuple[str, Act, int, int]]) -> None:
        """Corrections undone in turn leave every article and every id as they were."""
        before = self.state()
        done = [found for each in made if (found := self.correct(*each))]
        for each in reversed(done):
            self.wait(self.corrector.undo(each.id, scope=each.scope, by="ben"))
        homes, led, looks = before
        assert (self.homes, self.state()[2]) == (homes, looks)
        now = self.read(leads)
        assert {each: now[each] for each in led} == led

    @invariant()
    @precondition(lambda self: self.ids)
    def no_constraint_is_broken(self) -> None:
        """Neither the operator's in the store, nor the server's in what it sees."""
        assert is_whole(self.bound(CATALOGUE), self.homes)
        seen = {each.id: story.id for story in self.stories(SERVER) for each in story.articles}
        assert seen.keys() == self.homes.keys()
        assert is_whole(self.bound(SERVER), seen)

    @invariant()
    @precondition(lambda self: self.ids)
    def every_id_leads_to_a_story(self) -> None:
        """An id that was ever shown, or is stored, opens a story."""
        members = defaultdict(list)
        for each, home in self.homes.items():
            members[home].append(each)
        for old in self.read(leads):
            assert self.read(lambda connection, old=old: story_rows.surviving(connection, old)) in members
        self.known |= {story.id for story in self.stories(SERVER)}
        for old in {*self.known, *self.read(leads)}:
            view = self.read(lambda connection, old=old: overlay.seen(connection, [old], scope=SERVER))
            assert view.story(old, hidden=True), old

    def teardown(self) -> None:
        """Close the store."""
        self.wait(self.store.close())
        self.loop.close()
        self.folder.cleanup()
