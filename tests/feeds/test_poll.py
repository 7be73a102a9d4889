from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.errors import FeedError, FetchError
from bot.feed import Entry, Feed, FeedSpec, FeedState, Fetched
from bot.feeds.outcome import body_hash
from bot.feeds.pace import Limits
from bot.feeds.poll import Polled, Poller, article_of, terms_of
from bot.model import Article, Kind, Language, Newsroom, Topic
from bot.store import articles as article_rows
from bot.store import feeds as feed_rows
from bot.store.articles import Kept
from bot.store.database import Store
from tests import bundled
from tests.fakes import NOW, SCMP, FakeClock, FakeFetcher, FakeParser, feed, feed_spec, page

NEWSROOMS = bundled.newsrooms()
LIMITS = Limits()
DAY = timedelta(days=1)
FIRST, SECOND = feed_spec("https://first.example/feed", title="First"), feed_spec("https://second.example/feed")
BUSY = FetchError("busy", "It is busy; nothing to do.", retry_after=7200, host="first.example")


class World:
    """A poller and everything around it, and a restart of it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = FakeClock()
        self.fetcher = FakeFetcher({})

    async def poll(self) -> Sequence[Polled]:
        """Poll as a program would that has just started."""
        poller = Poller(
            self.store,
            fetcher=self.fetcher,
            parser=FakeParser(),
            newsrooms=NEWSROOMS,
            clock=self.clock,
            limits=LIMITS,
        )
        return await poller.run(self.clock())

    async def later(self) -> Sequence[Polled]:
        """Poll an hour later, when every feed is due that is well."""
        self.clock.advance(hours=1)
        return await self.poll()

    async def states(self) -> Mapping[str, FeedState]:
        """What is known of each feed, by its address."""
        return {each.spec.url: each.state for each in await self.store.read(feed_rows.listed)}

    async def articles(self) -> Mapping[str, Article]:
        """Every article by the last part of its link."""
        found = await self.store.read(article_rows.by_number, range(1, 100))
        return {each.link.rsplit("/", 1)[1]: each for each in found.values()}


@pytest.fixture
async def world(sqlite: Store) -> World:
    made = World(sqlite)
    await sqlite.write(feed_rows.sync, [FIRST], NOW)
    return made


async def add(world: World, *specs: FeedSpec) -> None:
    await world.store.write(feed_rows.sync, [FIRST, *specs], world.clock())


@pytest.mark.parametrize(
    ("seeded", "published", "expected"),
    [
        (False, NOW - timedelta(hours=5), (NOW - timedelta(hours=5), NOW - timedelta(hours=5))),
        (False, None, (NOW - timedelta(days=3), NOW - timedelta(days=3))),
        (True, NOW - timedelta(hours=5), (NOW - timedelta(hours=5), NOW)),
        (True, None, (NOW, NOW)),
    ],
)
def test_a_first_poll_seeds(published: datetime | None, expected: tuple[datetime, datetime], *, seeded: bool) -> None:
    """What is there at first counts as seen when it was published; what comes afterwards is seen now."""
    reading = feed(state=FeedState(next_poll_at=NOW, seeded_at=NOW - DAY if seeded else None))
    entry = Entry(guid="g", title="T", link="https://example.com/g", published=published)

    told = article_of(reading, entry, NEWSROOMS, NOW)

    assert (told.published_at, told.first_seen_at) == expected


@pytest.mark.parametrize(
    ("reading", "entry", "link", "key"),
    [
        (feed(), Entry(guid="g", title="T", link="https://www.example.com/g?utm_source=x"), None, "example.com/g"),
        (feed(home="https://home.example"), Entry(guid="g", title="T", link=""), "https://home.example", "guid:1:g"),
        (feed(), Entry(guid="g", title="T", link=""), "https://example.com/feed", "guid:1:g"),
    ],
)
def test_an_article_has_a_link_and_a_key(reading: Feed, entry: Entry, link: str | None, key: str) -> None:
    """An entry without a link leads to the feed's home and is known by its guid."""
    told = article_of(reading, entry, NEWSROOMS, NOW)

    assert (told.link, told.link_key) == (link or entry.link, key)


def test_an_article_is_told_by_scope_and_link() -> None:
    """The same link has the same id through any feed of a scope, and another one in another scope."""
    entry = Entry(guid="g", title="T", link="https://example.com/g")
    one, two = feed(1), feed(2, url="https://other.example")

    ids = [article_of(each, entry, NEWSROOMS, NOW).id for each in (one, two, replace(one, scope="77"))]

    assert ids[0] == ids[1] != ids[2]


def test_an_article_is_what_its_feed_and_title_say() -> None:
    """The newsroom is the feed's, the language the title's, and mixed feeds leave relevance to grouping."""
    entry = Entry(guid="g", title="中芯国际涨价", link="https://example.com/g", summary="据悉。")

    told = article_of(feed(), entry, NEWSROOMS, NOW)
    mixed = article_of(feed(mixed=True), entry, NEWSROOMS, NOW)

    assert (told.newsroom, told.title_language, told.summary, told.relevant) == (SCMP, "zh", "据悉。", True)
    assert not mixed.relevant


def test_words_split_before_are_those_of_the_article() -> None:
    """Where crediting a newsroom has cut the title's end, its name would still be among them."""
    carrier = feed(newsroom=Newsroom(name="Google News", language=Language.EN, kind=Kind.AGGREGATOR))
    titles = "SMIC raises prices", "SMIC raises prices again - Reuters"
    entries = [Entry(guid=title, title=title, link=f"https://e.x/{len(title)}", terms="smic") for title in titles]
    articles = [article_of(carrier, entry, NEWSROOMS, NOW) for entry in entries]

    assert terms_of(entries, articles) == {articles[0].id: "smic"}


@pytest.mark.parametrize(
    ("topics", "mixed", "topic"),
    [
        ((Topic.CHIPS,), False, Topic.CHIPS),
        ((Topic.CHIPS,), True, None),
        ((Topic.CHIPS, Topic.MODELS), False, None),
        ((), False, None),
    ],
)
def test_a_feed_of_one_topic_gives_it_to_its_articles(
    topics: tuple[Topic, ...], topic: Topic | None, *, mixed: bool
) -> None:
    """Where all of it is on topic; grouping finds another by the article's own words."""
    entry = Entry(guid="1", title="A title", link="https://a.example/1")

    assert article_of(feed(topics=topics, mixed=mixed), entry, NEWSROOMS, NOW).topic is topic


async def test_a_first_poll_fills_the_archive_and_not_the_digest(world: World) -> None:
    """Old entries keep their times; undated ones are taken to be old."""
    world.fetcher.pages[FIRST.url] = page("old@2026-06-01T08:00+08:00 Old news\nundated@ Some news")

    (polled,) = await world.poll()

    found = await world.articles()
    assert polled.kept == Kept(new=2)
    assert found["old"].first_seen_at == datetime(2026, 6, 1, tzinfo=UTC)
    assert found["undated"].first_seen_at == NOW - timedelta(days=3)


async def test_what_a_second_poll_brings_is_news(world: World) -> None:
    """A late entry is first seen when we see it, whatever its date."""
    world.fetcher.pages[FIRST.url] = page("old@2026-06-01T00:00Z Old news")
    await world.poll()
    world.fetcher.pages[FIRST.url] = page("old@2026-06-01T00:00Z Old news\nlate@2026-06-02T00:00Z Late news\nnew@ New")

    (polled,) = await world.later()

    found = await world.articles()
    assert polled.kept == Kept(new=2, known=1)
    assert found["late"].published_at == datetime(2026, 6, 2, tzinfo=UTC)
    assert found["late"].first_seen_at == found["new"].first_seen_at == world.clock()
    assert found["old"].first_seen_at == datetime(2026, 6, 1, tzinfo=UTC)


async def test_an_empty_first_poll_seeds_too(world: World) -> None:
    """A feed that was empty at first brings news afterwards."""
    world.fetcher.pages[FIRST.url] = page("")
    await world.poll()
    world.fetcher.pages[FIRST.url] = page("new@2026-06-08T11:00Z News")

    await world.later()

    assert (await world.articles())["new"].first_seen_at == world.clock()


async def test_a_failed_first_poll_seeds_nothing(world: World) -> None:
    """The first answer seeds, not the first attempt."""
    world.fetcher.pages[FIRST.url] = BUSY
    await world.poll()
    world.fetcher.pages[FIRST.url] = page("old@2026-06-01T00:00Z Old news")
    world.clock.advance(hours=3)

    await world.poll()

    assert (await world.articles())["old"].first_seen_at == datetime(2026, 6, 1, tzinfo=UTC)


async def test_an_edited_title_is_taken_over(world: World) -> None:
    """The feed's new words replace its old ones."""
    world.fetcher.pages[FIRST.url] = page("a@2026-06-01T00:00Z SMIC rises prices")
    await world.poll()
    world.fetcher.pages[FIRST.url] = page("a@2026-06-01T00:00Z SMIC raises prices")

    (polled,) = await world.later()

    assert polled.kept == Kept(edited=1)
    assert (await world.articles())["a"].title == "SMIC raises prices"


async def test_validators_go_back_and_are_replaced_together(world: World) -> None:
    """What the last answer said is sent with the next request; a new answer's silence counts too."""
    world.fetcher.pages[FIRST.url] = page("a A", etag='W/"1"', modified="Mon")
    await world.poll()
    world.fetcher.pages[FIRST.url] = page("b B", etag='W/"2"')
    await world.later()

    await world.later()

    assert [asked[1:] for asked in world.fetcher.asked] == [(None, None), ('W/"1"', "Mon"), ('W/"2"', None)]


@pytest.mark.parametrize(
    "unchanged", [Fetched(url=FIRST.url, body=None, etag="e"), page("a A"), page("a A", etag="another")]
)
async def test_nothing_new_is_not_read_again(world: World, unchanged: Fetched) -> None:
    """Whether the server says so or sends the same bytes, the poll succeeded and brought nothing."""
    world.fetcher.pages[FIRST.url] = page("a A", etag="e")
    await world.poll()
    world.fetcher.pages[FIRST.url] = unchanged

    (polled,) = await world.later()

    state = (await world.states())[FIRST.url]
    assert (polled.kept, polled.error) == (Kept(), None)
    assert (state.etag, state.succeeded_at) == (unchanged.etag, world.clock())
    assert state.body_hash == body_hash(page("a A"))


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [(BUSY, "busy"), (page("<html>"), "not-a-feed"), (FetchError("dns", "There is no such host."), "dns")],
)
async def test_one_broken_feed_is_one_broken_feed(world: World, answer: Fetched | FetchError, trouble: str) -> None:
    """Its error is a result with a sentence, kept with the feed; the others are read."""
    await add(world, SECOND)
    world.fetcher.pages = {FIRST.url: answer, SECOND.url: page("a A")}

    polled = {each.feed.spec.url: each for each in await world.poll()}

    error = polled[FIRST.url].error
    assert isinstance(error, FeedError)
    assert error.code == trouble
    assert polled[SECOND.url].kept == Kept(new=1)
    state = (await world.states())[FIRST.url]
    assert (state.trouble, state.reason, state.failures) == (trouble, error.sentence, 1)


async def test_a_failure_keeps_the_old_entries(world: World) -> None:
    """Articles and validators are still there when the feed is well again."""
    world.fetcher.pages[FIRST.url] = page("a A", etag="e")
    await world.poll()
    world.fetcher.pages[FIRST.url] = page("<html>", etag="broken")

    await world.later()

    state = (await world.states())[FIRST.url]
    assert list(await world.articles()) == ["a"]
    assert (state.etag, state.body_hash, state.failures) == ("e", body_hash(page("a A")), 1)


async def test_a_restart_does_not_ask_again_before_time(world: World) -> None:
    """When a feed is due stands in the store, for the well and the broken alike."""
    await add(world, SECOND)
    world.fetcher.pages = {FIRST.url: page("a A"), SECOND.url: BUSY}
    await world.poll()

    again = await world.poll()
    world.clock.advance(minutes=35)
    due = await world.poll()
    world.clock.advance(hours=3)

    assert again == []
    assert [each.feed.spec.url for each in due] == [FIRST.url]
    assert len(await world.poll()) == 2


async def test_two_feeds_of_one_article_are_polled_side_by_side(world: World) -> None:
    """One article, and afterwards neither feed takes it from the other."""
    await add(world, SECOND)
    world.fetcher.pages = {FIRST.url: page("a One title"), SECOND.url: page("a Other title")}
    first = await world.poll()
    world.fetcher.pages = {FIRST.url: page("a One title\nb B"), SECOND.url: page("a Other title\nc C")}
    await world.later()
    title = (await world.articles())["a"].title
    world.fetcher.pages = {FIRST.url: page("a One title\nd D"), SECOND.url: page("a Other title\ne E")}

    last = await world.later()

    assert sorted(each.kept.new for each in first) == [0, 1]
    assert [each.kept for each in last] == [Kept(new=1, known=1)] * 2
    assert (await world.articles())["a"].title == title


async def test_nothing_due_is_nothing_asked(world: World) -> None:
    """Without feeds no one is bothered."""
    await world.store.write(feed_rows.sync, [], NOW)

    assert await world.poll() == []
    assert world.fetcher.asked == []


async def test_a_feed_that_breaks_us_breaks_nobody_else(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever one feed does to us, the others are read, and it waits like any feed that failed."""
    await add(world, SECOND)
    world.fetcher.pages = {FIRST.url: page("a One"), SECOND.url: page("b Two")}
    fetch = world.fetcher.fetch

    async def break_at_first(url: str, **said: str | None) -> Fetched:
        if url == FIRST.url:
            raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "a lone surrogate")
        return await fetch(url, **said)

    monkeypatch.setattr(world.fetcher, "fetch", break_at_first)

    await world.poll()

    states = await world.states()
    assert list(await world.articles()) == ["b"]
    assert (states[FIRST.url].trouble, states[FIRST.url].failures) == ("unexpected", 1)
    assert states[FIRST.url].next_poll_at > world.clock()


async def give(world: World, *answers: Fetched | FetchError, hours: float = 30) -> Sequence[Polled]:
    """Let the first feed give these answers, one after the other, each when it is due for sure."""
    polled: Sequence[Polled] = ()
    for answer in answers:
        world.fetcher.pages[FIRST.url] = answer
        polled = await world.poll()
        world.clock.advance(hours=hours)
    return polled


async def test_the_whole_feed_is_asked_for_once_a_week(world: World) -> None:
    """A server that says "unchanged" for ever is seen through; one that tells the truth hardly notices."""
    await give(world, page("a A", etag='"e"'), *[Fetched(url=FIRST.url, body=None, etag='"e"')] * 6)
    (polled,) = await give(world, page("a A\nb B", etag='"e"'))

    asked = [etag for _, etag, _ in world.fetcher.asked]
    assert [None in asked[1:5], None in asked[5:]] == [False, True]
    assert polled.kept == Kept(new=1, known=1)


@pytest.mark.parametrize(
    ("answer", "error", "entries"),
    [
        (page(""), "emptied", 3),
        (page("", is_partial=True), None, 3),
        (page("c C", is_partial=True), None, 3),
        (page("c C"), None, 1),
    ],
)
async def test_nothing_vanishes(world: World, answer: Fetched, error: str | None, entries: int) -> None:
    """A feed that is suddenly empty is broken, a part of one says nothing of the rest; either way what came stays."""
    (polled,) = await give(world, page("a A\nb B\nc C", etag="e"), answer)

    state = (await world.states())[FIRST.url]
    assert (polled.error and polled.error.code) == error
    assert list(await world.articles()) == ["a", "b", "c"]
    assert (state.trouble, state.entries) == (error, entries)


NEW = "https://new.example/feed"
MOVED = page("a A\nb B", etag="e", moved_to=NEW)


async def test_a_feed_that_has_moved_is_asked_at_its_new_address(world: World) -> None:
    """After three good polls over two days, with the validators it gave there; what was written down stays."""
    world.fetcher.pages[NEW] = Fetched(url=NEW, body=None, etag="e")
    await give(world, page("a A", etag="e"), MOVED, Fetched(url=NEW, body=None, etag="e", moved_to=NEW), MOVED, MOVED)

    await world.poll()
    await world.store.write(feed_rows.sync, [FIRST], world.clock())

    (moved,) = await world.store.read(feed_rows.listed)
    assert [url for url, *_ in world.fetcher.asked] == [FIRST.url] * 4 + [NEW, NEW]
    assert world.fetcher.asked[-1] == (NEW, "e", None)
    assert (moved.spec.url, moved.state.moved_to) == (FIRST.url, NEW)


async def test_a_move_to_another_feed_is_not_believed(world: World) -> None:
    """A parked domain may send a feed of its own: nothing in it is known."""
    strange = [page(f"x{day} X", moved_to="https://parked.example") for day in range(4)]

    await give(world, page("a A"), *strange)

    assert {url for url, *_ in world.fetcher.asked} == {FIRST.url}


async def test_two_feeds_that_become_one_are_read_once(world: World) -> None:
    """The one that has moved in with the other is switched off, and says why."""
    await add(world, feed_spec(NEW, title="New"))
    world.fetcher.pages[NEW] = page("a A\nb B", etag="e")

    await give(world, page("a A", etag="e"), *[MOVED] * 4)

    states = await world.states()
    assert (states[FIRST.url].trouble, states[FIRST.url].off_at is not None) == ("duplicate", True)
    assert (states[NEW].trouble, states[NEW].off_at) == (None, None)


async def test_a_feed_is_switched_off_when_it_is_gone(world: World) -> None:
    """At once, said once in the log, and asked no more."""
    with capture_logs() as told:
        await give(world, FetchError("gone", "It is gone.", facts={"host": "first.example"}), page("a A"))

    said = [line["event"] for line in told if line["log_level"] == "warning"]
    assert said == ["feed switched off"]
    assert len(world.fetcher.asked) == 1
    assert (await world.states())[FIRST.url].off_at == NOW


@pytest.mark.parametrize(("others", "off"), [(True, True), (False, False)])
async def test_a_name_that_is_gone_is_given_up_where_others_are_there(world: World, *, others: bool, off: bool) -> None:
    """Where nothing else can be read either, the fault may be our own network's."""
    lost = FetchError("no-such-host", "There is no such host.", facts={"host": "first.example"})
    await add(world, SECOND)
    world.fetcher.pages[SECOND.url] = page("a A") if others else FetchError("unreachable", "Nobody answers.")

    await give(world, *[lost] * 12, hours=20)

    assert ((await world.states())[FIRST.url].off_at is not None) is off


async def test_a_feed_that_answers_late_is_asked_late(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait begins when the answer came, not when the round began."""
    world.fetcher.pages[FIRST.url] = page("a A", fresh_for=3600)
    fetch = world.fetcher.fetch

    async def late(url: str, **said: str | None) -> Fetched:
        world.clock.advance(minutes=1)
        return await fetch(url, etag=said["etag"], modified=said["modified"])

    monkeypatch.setattr(world.fetcher, "fetch", late)

    await world.poll()

    assert (await world.states())[FIRST.url].next_poll_at >= NOW + timedelta(minutes=61)
    assert (await world.articles())["a"].first_seen_at == NOW
