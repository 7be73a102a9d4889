import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.feed import FeedState, Fetched, ParsedFeed
from bot.feeds import fetch, parse
from bot.feeds.catalogue import Catalogue, Report
from bot.feeds.fetch import HttpFetcher
from bot.feeds.newsrooms import Newsrooms
from bot.feeds.pace import Limits
from bot.feeds.poll import Poller
from bot.feeds.troubles import sentence
from bot.model import Article, Language
from bot.store import articles as article_rows
from bot.store import feeds as feed_rows
from bot.store.database import Store
from tests.fakes import NOW, FakeClock, feed_spec
from tests.feeds.case import Case
from tests.feeds.cases.conditions import CONDITIONS
from tests.feeds.cases.content import CONTENT
from tests.feeds.cases.sizes import SIZES
from tests.feeds.cases.statuses import STATUSES
from tests.feeds.cases.wishes import WISHES
from tests.feeds.misbehaving import Asked, Server
from tests.feeds.site import Names

AGENT = "Jianbao/test (+https://example.org)"
TLS = Path(__file__).parents[1] / "data" / "tls"
NEWSROOMS = Newsrooms.load()
HERE = ["127.0.0.1"]
CASES = [*CONDITIONS, *WISHES, *STATUSES, *SIZES, *CONTENT]


class InPlace:
    """The parser, without the process around it."""

    async def parse(self, fetched: Fetched, *, zone: str | None, now: datetime) -> ParsedFeed:
        """Read the body."""
        body = fetched.body or b""
        return parse.read(body, url=fetched.url, content_type=fetched.content_type, zone=zone, now=now)


@asynccontextmanager
async def serving(case: Case) -> AsyncIterator[tuple[Server, HttpFetcher]]:
    """The case's server, and a fetcher that takes this machine for the open internet."""
    server, context = Server(case.answers), None
    if case.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(TLS / f"{case.tls}.pem")
    port = await server.open(context)
    names = Names(port, feed=HERE, new=HERE, inside=["10.0.0.1"], split=[*HERE, "10.0.0.1"])
    trust = ssl.create_default_context(cafile=TLS / "root.pem")
    settings = {"user_agent": AGENT, "deadline": 5.0, "spacing": 0} | dict(case.settings)
    async with HttpFetcher(**settings, resolver=names, tls=trust) as fetcher:
        yield server, fetcher
    await server.close()


async def played(case: Case, store: Store) -> tuple[Server, timedelta]:
    """Poll the case's feed as often as it says; returns its server, and how long the last poll wants to wait."""
    clock = FakeClock()
    await store.write(feed_rows.sync, [feed_spec(case.url, zone=case.zone)], NOW)
    async with serving(case) as (server, fetcher):
        poller = Poller(store, fetcher=fetcher, parser=InPlace(), newsrooms=NEWSROOMS, clock=clock, limits=Limits())
        for _ in range(case.polls or len(case.asked)):
            await poller.run(clock())
            polled_at, due = clock(), (await state_of(store)).next_poll_at
            clock.now = max(due, clock() + case.apart)
    return server, due - polled_at


async def look_at(case: Case, fetcher: HttpFetcher, store: Store) -> Report:
    """One look at the case's feed."""
    catalogue = Catalogue(store, fetcher=fetcher, parser=InPlace(), newsrooms=NEWSROOMS, clock=FakeClock())
    return await catalogue.look(case.url, zone=case.zone)


async def state_of(store: Store) -> FeedState:
    """What is known of the one feed."""
    (feed,) = await store.read(feed_rows.listed)
    return feed.state


async def articles_of(store: Store) -> Sequence[Article]:
    """Every article."""
    return list((await store.read(article_rows.by_number, range(1, 1_000))).values())


def is_polite(asked: Asked) -> bool:
    """Whether a request has our one name and nothing that would follow a reader around."""
    unwanted = {"Cookie", "Referer", "Authorization", "A-IM", "Cache-Control", "Pragma"} & set(asked.headers)
    return asked.headers["User-Agent"] == AGENT and asked.headers["Accept"] == fetch.ACCEPT and not unwanted


def verdict(case: Case) -> str:
    """The one word for what is the matter in a case."""
    return "moved" if case.moved_to else (case.trouble or case.remark or "ok").partition(".")[0]


LOOKS = {verdict(case): case for case in reversed(CASES) if (case.polls or len(case.asked)) == 1}
"""A case of one poll for each verdict."""


@pytest.fixture(autouse=True)
def _here_is_the_internet(monkeypatch: pytest.MonkeyPatch) -> None:
    public = fetch.is_public
    monkeypatch.setattr(fetch, "is_public", lambda address: address in HERE or public(address))


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
async def test_whatever_a_server_does(case: Case, sqlite: Store) -> None:
    """Each way to misbehave ends in its state, its sentence, and the exact requests."""
    server, waited = await played(case, sqlite)

    assert [asked.kind for asked in server.asked] == list(case.asked)
    assert all(map(is_polite, server.asked))
    state, found = await state_of(sqlite), await articles_of(sqlite)
    assert (state.trouble, state.remark) == (case.trouble, case.remark)
    assert (state.failures > 0) == (case.trouble is not None)
    key, facts = (state.trouble, state.facts) if state.trouble else (state.remark, state.remark_facts)
    assert key is None or case.said in {None, sentence(key, facts, Language.EN)}
    assert key is None or "{" not in sentence(key, facts, Language.ZH)
    assert (state.off_at is not None, state.moved_to) == (case.off, case.moved_to)
    assert case.titles is None or sorted(each.title for each in found) == sorted(case.titles)
    assert not case.timed or [each.title for each in found] == [
        f"{each.published_at:%Y-%m-%dT%H:%M:%SZ}" for each in found
    ]
    if case.waits:
        least, most = case.waits
        assert least <= waited <= most


@pytest.mark.parametrize("word", LOOKS)
async def test_the_doctor_has_a_word_for_it(word: str, sqlite: Store) -> None:
    """A look at a feed names what is the matter, says it in the same sentence, and tells how it was found."""
    case = LOOKS[word]
    async with serving(case) as (server, fetcher):
        report = await look_at(case, fetcher, sqlite)

    assert report.verdict == word
    assert (report.status == "ok") == (case.trouble is None)
    assert case.said in {None, report.reason, *report.remarked(Language.EN)}
    assert len(report.facts.get("hops", ())) == len(server.asked) or word == "unreachable"
    assert "127.0.0.1" not in str(report.facts)


async def test_what_cannot_be_reached_looks_alike_in_every_fact(sqlite: Store) -> None:
    """Reset, silent, garbled or closed: neither the sentence nor a fact tells which, or how long it took."""
    looks = []
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        closed = Names(taken.getsockname()[1], feed=HERE)
    for case in [case for case in CASES if case.trouble == "unreachable"]:
        async with serving(case) as (_, fetcher):
            looks.append(await look_at(case, fetcher, sqlite))
    async with HttpFetcher(user_agent=AGENT, resolver=closed, spacing=0) as fetcher:
        looks.append(await look_at(CASES[0], fetcher, sqlite))

    assert len(looks) > 4
    assert all(look == looks[0] for look in looks)


def test_the_doctor_knows_many_words() -> None:
    """Every verdict that a server can bring about has its case."""
    words = "ok moved html login challenge missing gone refused busy server-error too-many-redirects too-big too-slow"
    words += " unreachable no-such-host forbidden-address tls empty not-a-feed undated ahead stale stamped thin charset"

    assert set(words.split()) <= set(LOOKS)


def test_there_are_enough_cases() -> None:
    """Every case has a name of its own; every row of the rules has one."""
    names = [case.name for case in CASES]

    assert len(names) == len(set(names))
    assert len(names) >= 50
    assert all(case.said for case in CASES if case.trouble)
