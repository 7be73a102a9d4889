"""Seven simulated days of polling against a server that keeps the score."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.feed import Feed, Fetched, ParsedFeed
from bot.feeds import parse
from bot.feeds.fetch import HttpFetcher
from bot.feeds.newsrooms import Newsrooms
from bot.feeds.pace import Limits
from bot.feeds.poll import Poller
from bot.store import articles as article_rows
from bot.store import feeds as feed_rows
from bot.store.database import Store
from tests.fakes import DAY, HOUR, NOW, feed_spec
from tests.feeds.score import Score
from tests.feeds.site import Names

TICK = timedelta(minutes=10)
NEWS = 12 * HOUR
LIMITS = Limits()
BAN, BAN_LASTS = NOW + 3 * DAY, 5 * HOUR
REFUSES = {"banned": 429, "tired": 503}
SLEEP = range(3, 6)
SLEEPS = "".join(f"<hour>{hour}</hour>" for hour in SLEEP)
SAYS = {"ttl": "<ttl>120</ttl>", "sleeper": f"<skipHours>{SLEEPS}</skipHours>"}
FEEDS = (
    "good/a",
    "dated/a",
    "bare/a",
    "liar/a",
    "restless/a",
    "fresh/a",
    "banned/a",
    "banned/b",
    "tired/a",
    "ttl/a",
    "sleeper/a",
)
NEWSROOMS = Newsrooms.load()


class Week:
    """A server of feeds with different manners, by the first part of their host, and a reader's wrong clock."""

    def __init__(self) -> None:
        self.now = NOW
        self.wrong_by = timedelta()
        self.score = Score(LIMITS.fastest)
        app = web.Application()
        app.router.add_get("/{path}", self._answer)
        self.server = TestServer(app)

    def clock(self) -> datetime:
        """What the reader takes for the time."""
        return self.now + self.wrong_by

    def news(self, host: str) -> int:
        """How much there is: one thing more twice a day, but where the same is sent for ever."""
        return 1 + (0 if host == "liar" else (self.now - NOW) // NEWS)

    async def _answer(self, request: web.Request) -> web.Response:
        host = request.host.partition(".")[0]
        feed = host + request.path
        self.score.visit(feed, request, self.now)
        if host == "old":
            raise web.HTTPMovedPermanently("http://moved.example/a")
        if host in REFUSES and BAN <= self.now < BAN + BAN_LASTS:
            return self._refuse(host, feed)
        return self._serve(host, feed, request)

    def _refuse(self, host: str, feed: str) -> web.Response:
        """Ask to be left alone for two hours: with all feeds, or with the one."""
        for each in ("banned/a", "banned/b") if host == "banned" else (feed,):
            self.score.promise(each, self.now + 2 * HOUR)
        return web.Response(status=REFUSES[host], headers={"Retry-After": "7200"})

    def _serve(self, host: str, feed: str, request: web.Request) -> web.Response:
        """Answer as this host does, and remember what was said and promised."""
        etag, modified = self._validators(host, feed)
        for known in (feed, "old/a") if host == "moved" else (feed,):
            self.score.serve(known, etag, modified)
        promised = {"fresh": HOUR, "ttl": 2 * HOUR}.get(host, timedelta())
        self.score.promise(feed, self.now + promised)
        said = {"ETag": etag, "Last-Modified": modified, "Cache-Control": "max-age=3600" if host == "fresh" else None}
        headers = {name: value for name, value in said.items() if value}
        if host == "sleeper" and self.clock().hour in SLEEP:
            self.score.faults.append(f"{feed}: wakes it at {self.now}")
        sent = request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since")
        if host not in {"liar", "restless", "bare"} and sent == (etag, modified):
            return web.Response(status=304, headers=headers)
        return web.Response(body=self._body(host, feed), content_type="application/rss+xml", headers=headers)

    def _validators(self, host: str, feed: str) -> tuple[str | None, str | None]:
        modified = format_datetime(NOW + (self.news(host) - 1) * NEWS, usegmt=True)
        etag = f'W/"{len(self.score.accounts[feed].visits) if host == "restless" else self.news(host)}"'
        return {"bare": (None, None), "dated": (None, modified), "restless": (etag, None), "liar": (etag, None)}.get(
            host, (etag, modified)
        )

    def _body(self, host: str, feed: str) -> bytes:
        items = "".join(
            f"<item><title>News {number}</title><link>http://{host}.example/{feed}/{number}</link></item>"
            for number in range(self.news(host))
        )
        said = SAYS.get(host, "")
        return f"<rss version='2.0'><channel><title>{feed}</title>{said}{items}</channel></rss>".encode()


class Here:
    """The real parser, without its process."""

    async def parse(self, fetched: Fetched, *, zone: str | None, now: datetime) -> ParsedFeed:
        """Read the body."""
        return parse.read(fetched.body or b"", url=fetched.url, content_type=fetched.content_type, zone=zone, now=now)


class Program:
    """What a start of the program brings along: nothing but the file is left of the one before."""

    def __init__(self, week: Week, path: Path) -> None:
        self.store = Store(f"sqlite:///{path}")
        self._fetcher = HttpFetcher(
            user_agent="Jianbao/1.0 (+https://example.com)",
            allow_private=True,
            spacing=0,
            resolver=Names(week.server.port or 0, **{host: ["127.0.0.1"] for host in HOSTS}),
        )
        self.poller = Poller(
            self.store,
            fetcher=self._fetcher,
            parser=Here(),
            newsrooms=NEWSROOMS,
            clock=week.clock,
            limits=LIMITS,
            allow_private=True,
        )

    async def start(self, now: datetime) -> None:
        """Open everything and read feeds.yaml."""
        await self.store.open()
        await self._fetcher.open()
        specs = [feed_spec(f"http://{feed.replace('/', '.example/')}", title=feed) for feed in (*FEEDS, "old/a")]
        await self.store.write(feed_rows.sync, specs, now)

    async def stop(self) -> None:
        """Close everything."""
        await self._fetcher.close()
        await self.store.close()


HOSTS = {feed.partition("/")[0] for feed in (*FEEDS, "old/a", "moved/a")}


@pytest.fixture
async def week() -> AsyncIterator[Week]:
    made = Week()
    await made.server.start_server()
    yield made
    await made.server.close()


async def test_a_week_without_a_fault(week: Week, tmp_path: Path) -> None:
    """Through three restarts and a clock that is set back, no server of any manner has a reason to complain.

    Nor has a reader: all that was published has come.
    """
    program = Program(week, tmp_path / "week.db")
    await program.start(week.clock())
    for tick in range(7 * DAY // TICK):
        week.now = NOW + tick * TICK
        if week.now in {NOW + DAY, BAN + HOUR, NOW + 5 * DAY}:
            await program.stop()
            program = Program(week, tmp_path / "week.db")
            await program.start(week.clock())
        if week.now == NOW + 2 * DAY:
            week.wrong_by = -3 * HOUR
        await program.poller.run(week.clock())
    found = await program.store.read(article_rows.by_number, range(1, 1000))
    feeds = {feed.spec.title: feed for feed in await program.store.read(feed_rows.listed)}
    await program.stop()

    assert week.score.faults == []
    _check_requests(week)
    assert {feed.state.trouble for feed in feeds.values()} == {None}
    assert len(found) >= sum(week.news(feed.partition("/")[0]) for feed in feeds) - len(feeds)
    _check_move(week, feeds["old/a"])


def _check_requests(week: Week) -> None:
    """A feed is asked for whole at first and once a week, unless its server can do nothing else; and not too often."""
    for feed, account in week.score.accounts.items():
        assert account.whole[0] == account.visits[0], feed
        if feed != "bare/a":
            assert len(account.whole) <= 2, feed
            assert account.whole[-1] - account.whole[0] == timedelta() or account.whole[1] >= NOW + 5.9 * DAY, feed
        assert len(account.visits) < 7 * 30, feed


def _check_move(week: Week, feed: Feed) -> None:
    """The old address was asked until the new one had held for two days, and stays written down."""
    old, moved = week.score.accounts["old/a"].visits, week.score.accounts["moved/a"].visits
    assert NOW + 2 * DAY - HOUR < old[-1] < NOW + 2.5 * DAY
    assert old == moved[: len(old)]
    assert moved[-1] > NOW + 6.5 * DAY
    assert (feed.spec.url, feed.state.moved_to) == ("http://old.example/a", "http://moved.example/a")
