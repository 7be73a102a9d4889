"""The seams to the outside, on one page; `app` hands in what stands behind them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.feed import Fetched, Notice, ParsedFeed, Trip
from bot.model import Delivery
from bot.watch import Alert

Clock = Callable[[], datetime]
"""The time now, aware and in UTC."""

Vectors = NDArray[np.float32]
"""One unit vector a row."""


class Fetcher(Protocol):
    """Gets a URL politely and safely."""

    async def fetch(
        self, url: str, *, etag: str | None = None, modified: str | None = None, trip: Trip | None = None
    ) -> Fetched:
        """Fetch once, conditionally where validators are given, and write down in `trip` how; raises FetchError."""
        ...


class Parser(Protocol):
    """Reads a feed's bytes where a hostile body cannot hurt us."""

    async def parse(self, fetched: Fetched, *, zone: str | None, now: datetime) -> ParsedFeed:
        """Read the body; `zone` is for dates without one; raises ParseError."""
        ...


class Embedder(Protocol):
    """Turns texts into vectors whose inner product is their likeness in meaning."""

    @property
    def name(self) -> str:
        """The model's name, stored with each vector."""
        ...

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector for each text, in order."""
        ...


class Messenger(Protocol):
    """Posts a message part where its channel is."""

    def reaches(self, channel: str) -> bool:
        """Whether a channel is one it can post to: a terminal and Discord may share one archive."""
        ...

    async def deliver(self, delivery: Delivery) -> str:
        """Post it and return the message's id; raises DeliveryError."""
        ...

    async def alert(self, alert: Alert) -> str:
        """Post a watch's alert, which mentions its owner alone, likewise."""
        ...

    async def notice(self, notice: Notice) -> str:
        """Post what moderators are told about a feed of theirs, likewise; it mentions nobody."""
        ...
