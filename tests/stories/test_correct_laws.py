"""Any sequence of corrections, polls and repairs: no constraint is broken, ids lead somewhere, undo is exact."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule
from sqlalchemy import Connection

from bot.model import CATALOGUE
from bot.store import stories as story_rows
from tests.fakes import article, settle
from tests.stories.moderators import SERVER, Moderators, dice


class SimpleGrouping(Moderators):
    """A grouping that joins and parts whatever it likes, as long as no constraint forbids it."""

    @initialize(sizes=st.lists(st.integers(1, 3), min_size=2, max_size=3))
    def begin(self, sizes: list[int]) -> None:
        """A few stories of a few articles."""
        for size in sizes:
            home = f"s{len(self.ids)}"
            for _ in range(size):
                self.come(home)

    def come(self, home: str, scope: str = CATALOGUE) -> None:
        """One more article, in a story that is there or not."""
        self.clock.advance(minutes=1)
        name = f"a{len(self.ids)}"
        self.wait(settle(self.store, article(name, published=self.clock(), scope=scope, story_id=home)))
        self.ids.append(name)

    @rule(at=dice, own=st.booleans())
    def poll(self, at: int, own: bool) -> None:
        """Another article joins a story, or begins one."""
        homes = sorted(set(self.homes.values()))
        home = homes[at % len(homes)] if at % 3 else f"s{len(self.ids)}"
        self.come(home, SERVER if own and home in homes else CATALOGUE)

    @rule(at=dice, by=dice)
    def repair_two(self, at: int, by: int) -> None:
        """Two stories are found to be one, where nothing keeps them apart."""
        homes, bound = self.homes, self.bound(CATALOGUE)
        names = sorted(set(homes.values()))
        one, other = names[at % len(names)], names[by % len(names)]
        sides = [[each for each, home in homes.items() if home == name] for name in (one, other)]
        if one == other or any(bound.apart(a, b) for a in sides[0] for b in sides[1]):
            return
        kept = self.read(lambda connection: story_rows.oldest(connection, [one, other]))
        gone = other if kept == one else one

        def work(connection: Connection) -> None:
            story_rows.move(connection, {each: str(kept) for each, home in homes.items() if home == gone})
            story_rows.lead(connection, {gone: kept})

        self.write(work)

    @rule(at=dice, by=dice)
    def repair_one(self, at: int, by: int) -> None:
        """An article is found to be another event's, and takes along whatever is tied to it."""
        homes, bound = self.homes, self.bound(CATALOGUE)
        public = sorted(each.id for story in self.stories(CATALOGUE) for each in story.articles)
        leaving = bound.together(public[at % len(public)]) & homes.keys()
        left = homes[min(leaving)]
        if not {each for each in public if homes[each] == left} - leaving:
            return
        fits = [
            name
            for name in sorted(set(homes.values()) - {left})
            if not any(bound.apart(one, other) for one in leaving for other in homes if homes[other] == name)
        ]
        fresh = f"r{self.clock().timestamp():.0f}{len(self.ids)}{at}{by}"[:16]
        home = fits[by % len(fits)] if fits and by % 2 else fresh

        def work(connection: Connection) -> None:
            if home == fresh:
                story_rows.begin(connection, [(fresh, CATALOGUE, self.clock())])
            story_rows.move(connection, dict.fromkeys(leaving, home))

        self.clock.advance(minutes=1)
        self.write(work)


TestCorrected = SimpleGrouping.TestCase
TestCorrected.settings = settings(max_examples=25, stateful_step_count=12, suppress_health_check=list(HealthCheck))
