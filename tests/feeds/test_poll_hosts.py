"""How the feeds of one host go together, and what a round leaves for the next."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.errors import FetchError
from bot.feed import FeedState, Fetched
from bot.feeds import poll
from bot.feeds.pace import Limits
from bot.feeds.poll import Polled, Poller
from bot.store import feeds as feed_rows
from bot.store import hosts as host_rows
from bot.store.database import Store
from tests import bundled
from tests.fakes import DAY, HOUR, NOW, FakeClock, FakeFetcher, FakeParser, feed_spec, page

NEWSROOMS = bundled.newsrooms()
CROWD = tuple(f"https://crowd.example/{number}" for number in range(20))
OTHER = "https://other.example/feed"
OWN = tuple(f"http://127.0.0.1:8000/{number}" for number in range(20))


class World:
    """Some feeds that all answer, a poller, and what it asked for."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = FakeClock()
        self.fetcher = FakeFetcher({})
        self.allow_private = False

    async def add(self, *urls: str) -> None:
        """Feeds that bring an article each."""
        self.fetcher.pages |= {url: page(f"{number} A") for number, url in enumerate(urls)}
        await self.store.write(feed_rows.sync, [feed_spec(url, title=url) for url in urls], self.clock())

    async def poll(self, **later: float) -> list[str]:
        """What a program that has just started asks for, some time later."""
        self.clock.advance(**later)
        self.fetcher.asked.clear()
        await self.polled()
        return [url for url, *_ in self.fetcher.asked]

    async def polled(self) -> Sequence[Polled]:
        """What a poll comes to."""
        poller = Poller(
            self.store,
            fetcher=self.fetcher,
            parser=FakeParser(),
            newsrooms=NEWSROOMS,
            clock=self.clock,
            limits=Limits(),
            allow_private=self.allow_private,
        )
        return await poller.run(self.clock())

    async def states(self) -> dict[str, FeedState]:
        """What is known of each feed, by its address."""
        return {each.spec.url: each.state for each in await self.store.read(feed_rows.listed)}


@pytest.fixture
def world(sqlite: Store) -> World:
    return World(sqlite)


def broken(key: str, *, retry_after: float | None = None, **facts: object) -> FetchError:
    return FetchError(key, f"It is {key}.", retry_after=retry_after, facts={"host": "crowd.example"} | facts)


async def test_one_site_has_its_turns_over_several_rounds(world: World) -> None:
    """The first reading of a new catalogue begins at once for all; a site with many feeds needs some rounds more."""
    await world.add(*CROWD, OTHER)

    rounds = [await world.poll() for _ in range(4)]

    assert sorted(rounds[0]) == sorted([*CROWD[:8], OTHER])
    assert rounds[1:] == [[*CROWD[8:16]], [*CROWD[16:]], []]


async def test_a_feed_that_is_switched_off_or_asleep_is_not_asked(world: World) -> None:
    """Nor is any host for them."""
    await world.add(*CROWD[:2])
    first, second = await world.store.read(feed_rows.listed)
    await world.store.write(feed_rows.learn, first, FeedState(next_poll_at=NOW, off_at=NOW))
    await world.store.write(feed_rows.learn, second, FeedState(next_poll_at=NOW, skip_hours=(12,)))

    assert await world.poll() == []
    assert await world.poll(hours=1, minutes=10) == [CROWD[1]]


@pytest.mark.parametrize(
    ("error", "hours"),
    [
        (broken("busy", status=429), 4),
        (broken("busy", status=429, retry_after=7200.0), 2),
        (broken("unreachable"), 0.25),
        (broken("no-such-host"), 0.25),
    ],
)
async def test_a_host_that_answers_nobody_is_asked_once(world: World, error: FetchError, hours: float) -> None:
    """None of its other feeds is tried in this round or after a restart, before its time; then all are."""
    await world.add(*CROWD, OTHER)
    world.fetcher.pages[CROWD[0]] = error

    rounds = [await world.poll(), await world.poll()]
    before = await world.poll(hours=hours - 0.01)
    then = [await world.poll(hours=0.02), await world.poll(), await world.poll()]

    assert rounds == [[CROWD[0], OTHER], []]
    assert not set(before) & set(CROWD)
    assert Counter(url for urls in then for url in urls if url in CROWD[1:]) == Counter(CROWD[1:])
    states = await world.states()
    assert [url for url in CROWD if states[url].failures] == [CROWD[0]], "only who was asked has failed"


@pytest.mark.parametrize("key", ["server-error", "busy", "missing", "refused"])
async def test_an_error_is_one_feeds(world: World, key: str) -> None:
    """The others of its host are read: one bad route of many must not hold up all."""
    await world.add(*CROWD[:4])
    world.fetcher.pages[CROWD[0]] = broken(key, status=503, retry_after=7200.0)

    assert await world.poll() == [*CROWD[:4]]
    assert await world.store.read(host_rows.closed, NOW) == {}


async def test_who_is_busy_is_known_behind_a_redirect(world: World) -> None:
    """Closed is the host that said so, not the one that led there."""
    await world.add(*CROWD[:2], OTHER)
    world.fetcher.pages[OTHER] = broken("busy", status=429, host="www.crowd.example")

    await world.poll()

    assert await world.store.read(host_rows.closed, NOW) == {"crowd.example": NOW + 4 * HOUR}


async def test_the_operators_own_hosts_are_read_side_by_side(world: World) -> None:
    """All in one round, none for another's fault, and as often as may be however quiet they are."""
    world.allow_private = True
    await world.add(*OWN)
    world.fetcher.pages[OWN[0]] = broken("busy", status=429, host="127.0.0.1")

    first = await world.poll()
    later = [await world.poll(minutes=18) for _ in range(9)]

    assert sorted(first) == sorted(OWN)
    assert {tuple(sorted(urls)) for urls in later[:8]} == {tuple(sorted(OWN[1:]))}
    assert await world.store.read(host_rows.closed, world.clock()) == {}


async def test_a_slow_site_does_not_hold_up_a_round(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """When its time is over, what is left of it waits an interval, and the others have been read."""
    await world.add(*CROWD[:4], OTHER)
    monkeypatch.setattr(poll, "_SITE_SECONDS", 0.05)
    fetch = world.fetcher.fetch

    async def slow(url: str, **said: str | None) -> Fetched:
        await asyncio.sleep(0.03 if url in CROWD else 0)
        return await fetch(url, etag=said["etag"], modified=said["modified"])

    monkeypatch.setattr(world.fetcher, "fetch", slow)

    first = await world.poll()
    at_once = await world.poll()
    later = [url for _ in range(3) for url in await world.poll(minutes=15)]

    assert OTHER in first
    assert len(first) < 5
    assert at_once == []
    assert set(first) | set(later) >= {*CROWD[:4]}


async def test_two_processes_do_not_ask_together(world: World) -> None:
    """What one has taken is not the other's."""
    await world.add(*CROWD[:4])

    await asyncio.gather(world.polled(), world.polled())

    assert sorted(url for url, *_ in world.fetcher.asked) == [*CROWD[:4]]


@pytest.mark.parametrize("step", [timedelta(hours=-5), timedelta(days=-400)])
async def test_a_clock_that_is_set_back_makes_no_storm_and_no_silence(world: World, step: timedelta) -> None:
    """Nobody is asked before the wait is over that they were to have, and all are then."""
    await world.add(*CROWD[:4], OTHER)
    await world.poll()
    world.clock.now += step

    rounds = [await world.poll(minutes=minutes) for minutes in (0, 5, 9.9, 21)]

    assert rounds[:3] == [[], [], []]
    assert sorted(rounds[3]) == sorted([*CROWD[:4], OTHER])


async def test_a_clock_that_is_set_forward_makes_no_storm(world: World) -> None:
    """As after a long sleep, each feed is asked once, and a few of a site in a round."""
    await world.add(*CROWD, OTHER)
    while await world.poll():
        pass
    world.clock.now += 400 * DAY

    rounds = [await world.poll() for _ in range(4)]

    assert [len(urls) for urls in rounds] == [9, 8, 4, 0]
    assert set(Counter(url for urls in rounds for url in urls).values()) == {1}
