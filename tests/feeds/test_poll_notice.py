"""A feed that polling gives up: its server is told in the transaction that does so."""

import pytest
from sqlalchemy import select

from bot.errors import FeedError, StoreError
from bot.feeds.newsrooms import Newsrooms
from bot.feeds.pace import Limits
from bot.feeds.poll import Poller
from bot.feeds.troubles import unfetched
from bot.model import CATALOGUE
from bot.store import feeds as feed_rows
from bot.store import notices as notice_rows
from bot.store.database import Store
from bot.store.feed_tables import feeds
from tests.fakes import DAY, NOW, FakeClock, FakeFetcher, FakeParser, feed_spec

URL = "https://blog.example/feed"
GONE = unfetched("gone", host="blog.example", status=410)


async def poll(store: Store, *, times: int = 1, error: FeedError = GONE, scope: str = "77") -> None:
    """Poll a feed that somebody added in channel 42, a day between each."""
    clock = FakeClock()
    await store.write(feed_rows.put, feed_spec(URL), origin=feed_rows.FROM_COMMAND, now=NOW, scope=scope, channel="42")
    poller = Poller(
        store,
        fetcher=FakeFetcher({URL: error}),  # type: ignore[dict-item]
        parser=FakeParser(),
        newsrooms=Newsrooms.load(),
        clock=clock,
        limits=Limits(),
    )
    for _ in range(times):
        await poller.run(clock())
        clock.now += DAY


async def told(store: Store) -> list[tuple[str, object]]:
    """The trouble and facts of what waits to be told."""
    waiting = await store.read(notice_rows.due, NOW + 30 * DAY)
    return [(notice.channel, dict(notice.feed.state.facts)) for notice in waiting]


async def test_a_server_is_told_once_when_its_feed_is_given_up(sqlite: Store) -> None:
    """Not again at later rounds, which leave the feed alone."""
    await poll(sqlite, times=3)

    assert await told(sqlite) == [("42", {"host": "blog.example", "status": 410})]


@pytest.mark.parametrize(
    ("error", "scope"),
    [
        pytest.param(unfetched("missing", host="blog.example", status=404), "77", id="it only fails"),
        pytest.param(GONE, CATALOGUE, id="the catalogue is the operator's"),
    ],
)
async def test_nobody_is_told_of_each_failure(sqlite: Store, error: FeedError, scope: str) -> None:
    """Nor of what is not theirs."""
    await poll(sqlite, times=3, error=error, scope=scope)

    assert await told(sqlite) == []


async def test_what_cannot_be_told_is_not_given_up(sqlite: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are written, or neither: a crash between them would leave moderators untold for good."""

    def broken(*_: object) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(notice_rows, "write", broken)

    with pytest.raises(StoreError):
        await poll(sqlite)

    query = select(feeds.c.off_at)
    assert await sqlite.read(lambda connection: connection.execute(query).scalars().all()) == [None]
