"""The same laws with the real grouping, on invented events that are easily mixed up, in whatever order they come in."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from bot.model import CATALOGUE, Article
from bot.ports import Vectors
from bot.store import articles as article_rows
from bot.stories.copies import Credits
from bot.stories.embed import BUNDLED_NAME
from bot.stories.group import Grouper
from bot.stories.marks import Marker
from bot.stories.topics import Topics
from tests import bundled
from tests.stories.events import told, vectors
from tests.stories.moderators import SERVER, Moderators


class KnownVectors:
    """The bundled encoder, for the headlines that it was asked of before."""

    name = BUNDLED_NAME

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Look the vectors up."""
        return np.stack([vectors()[text] for text in texts])


@cache
def parts() -> tuple[Marker, Topics, Credits]:
    """What grouping reads articles with, loaded once."""
    marker = Marker(bundled.lexicon(), bundled.meanings)
    return marker, bundled.topics(), Credits(bundled.newsrooms().named)


class RealGrouping(Moderators):
    """The grouping that the bot runs; it repairs by itself what a later article shows to be one story, or two."""

    def __init__(self) -> None:
        super().__init__()
        self.cpu = ThreadPoolExecutor(1)
        self.waiting: list[Article] = []
        self.restart()

    @initialize(order=st.permutations(told()), first=st.integers(3, 12))
    def begin(self, order: list[Article], first: int) -> None:
        """Some of the headlines are there, the others come in some order."""
        self.waiting = list(order)
        self.come(first)

    def come(self, count: int, scope: str = CATALOGUE) -> None:
        """The next articles come in at once, and find their stories."""
        new = [replace(each, scope=scope) for each in self.waiting[:count]]
        self.waiting = self.waiting[count:]
        self.write(lambda connection: article_rows.keep(connection, [(each.id, each) for each in new], feed_id=None))
        self.ids += [each.id for each in new]
        self.wait(self.grouper.run())

    @rule(count=st.integers(1, 4), own=st.booleans())
    @precondition(lambda self: self.waiting)
    def poll(self, count: int, own: bool) -> None:
        """A few more come in, of the catalogue or a server's own."""
        self.come(count, SERVER if own else CATALOGUE)

    @rule()
    def restart(self) -> None:
        """The program begins anew, with nothing in memory."""
        marker, topics, credit = parts()
        self.grouper = Grouper(
            self.store, KnownVectors(), marker=marker, topics=topics, credit=credit, window_days=12, cpu=self.cpu
        )

    def teardown(self) -> None:
        """Close what was opened."""
        self.cpu.shutdown()
        super().teardown()


TestCorrected = RealGrouping.TestCase
TestCorrected.settings = settings(max_examples=12, stateful_step_count=12, suppress_health_check=list(HealthCheck))
