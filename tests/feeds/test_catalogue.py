import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import FetchError, InputError, NotFoundError
from bot.feed import Entry, FeedSpec, FeedState, Fetched, ParsedFeed
from bot.feeds.catalogue import Catalogue, Report, Wanted, main_language, report_of
from bot.model import Kind, Language, Newsroom
from bot.store import feeds as feed_rows
from bot.store.database import Store
from tests import bundled
from tests.fakes import NOW, FakeClock, FakeFetcher, FakeParser, feed_spec, page

NEWSROOMS = bundled.newsrooms()
NEW = "https://new.example/feed"
OURS, OTHER = feed_spec("https://ours.example/feed", title="Ours"), feed_spec("https://other.example", title="Other")
BUSY = FetchError("busy", "It is busy; try again later.")


def catalogue(store: Store, pages: Mapping[str, Fetched | FetchError] | None = None) -> Catalogue:
    return Catalogue(
        store,
        fetcher=FakeFetcher(pages or {NEW: page("a 华为发布\nb SMIC raises\nc 中芯涨价")}),
        parser=FakeParser(),
        newsrooms=NEWSROOMS,
        clock=FakeClock(),
    )


async def add(made: Catalogue, url: str = NEW, language: Language | None = None) -> FeedSpec:
    feed = await made.add(Wanted(url=url, language=language, mixed=True, zone="Asia/Shanghai"))
    return feed.spec


def entries(*titles: str) -> tuple[Entry, ...]:
    return tuple(Entry(guid=title, title=title, link="") for title in titles)


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        ((), Language.EN),
        (("华为", "Huawei", "中芯"), Language.ZH),
        (("华为", "Huawei", "SMIC"), Language.EN),
        (("华为", "Huawei"), Language.EN),
    ],
)
def test_a_feeds_language_is_that_of_most_titles(titles: tuple[str, ...], expected: Language) -> None:
    """Of equals, English; whatever the feed says of itself."""
    assert main_language(entries(*titles)) is expected


@pytest.mark.parametrize(("skipped", "reason"), [(0, "1 entry."), (2, "1 entry, 2 could not be read.")])
def test_a_report_counts(skipped: int, reason: str) -> None:
    """What could not be read is said beside what could."""
    parsed = ParsedFeed(title="F", language="en", entries=entries("华为"), skipped=skipped)

    assert report_of(parsed) == Report(
        status="ok", reason=reason, title="F", language=Language.ZH, entries=parsed.entries
    )


async def test_the_catalogue_becomes_what_the_file_says(sqlite: Store) -> None:
    """Feeds are added, updated and removed, and what polling has learnt stays."""
    made = catalogue(sqlite)
    await made.sync([OURS, OTHER])
    ours = next(feed for feed in await made.listed() if feed.spec == OURS)
    learnt = FeedState(next_poll_at=NOW, etag="e", failures=2, trouble="busy", reason="It was busy.")
    await sqlite.write(feed_rows.learn, ours, learnt)

    await made.sync([replace(OURS, mixed=True), feed_spec(NEW)])

    found = {feed.spec.url: feed for feed in await made.listed()}
    assert found.keys() == {OURS.url, NEW}
    assert (found[OURS.url].spec.mixed, found[OURS.url].state, found[OURS.url].id) == (True, learnt, ours.id)


async def test_a_feed_is_looked_at_where_it_is(sqlite: Store, tmp_path: Path) -> None:
    """An address is fetched, anything else is a file; both are told alike, and nothing is added."""
    (tmp_path / "feed.txt").write_text("a A\nb B", "utf-8")
    made = catalogue(sqlite, {NEW: page("a A\nb B")})

    looks = [await made.look(NEW), await made.look(str(tmp_path / "feed.txt"))]

    assert [(look.status, look.title, len(look.entries)) for look in looks] == [("ok", "A feed", 2)] * 2
    assert await made.listed() == []


@pytest.mark.parametrize(
    ("answer", "status", "reason"),
    [(BUSY, "busy", BUSY.sentence), (page("<html>"), "not-a-feed", "There is a web page instead of a feed.")],
)
async def test_what_is_wrong_is_in_the_report(
    sqlite: Store, answer: Fetched | FetchError, status: str, reason: str
) -> None:
    """A broken feed is a report too."""
    told = await catalogue(sqlite, {NEW: answer}).look(NEW)

    assert replace(told, facts={}, url="") == Report(status=status, reason=reason)
    assert told.facts["trouble"] == status


async def test_a_look_may_ask_for_what_changed(sqlite: Store) -> None:
    """Asked with the ETag of an earlier answer, a server may have nothing new to send: that is said, and no trouble."""
    made = catalogue(sqlite, {NEW: Fetched(url=NEW, body=None)})

    told = await made.look(NEW, etag='"e"')

    assert (told.status, told.verdict, told.reason) == ("ok", "unchanged", "The server says that nothing has changed.")


async def test_a_remark_does_not_keep_a_feed_out(sqlite: Store) -> None:
    """A feed without dates is added; who adds it is told."""
    made = catalogue(sqlite, {NEW: page("a@ A\nb@ B")})

    told = await made.look(NEW)
    await add(made)

    assert (told.status, told.verdict) == ("ok", "undated")
    assert told.remarked(Language.ZH)[0] == "2 个条目中有 2 个没有可用的日期，将以首次见到的时间为准。"
    assert [feed.spec.url for feed in await made.listed()] == [NEW]


async def test_all_are_looked_at_in_their_order(sqlite: Store) -> None:
    """Whatever one of them does, the others are looked at, and each is counted once."""
    broken = feed_spec("https://broken.example/feed")
    made = catalogue(sqlite, {NEW: page("a A"), OTHER.url: BUSY, broken.url: "no page"})  # type: ignore[dict-item]
    counted: list[bool] = []

    reports = await made.look_at_all([OTHER, broken, feed_spec(NEW)], lambda: counted.append(True))

    assert [report.status for report in reports] == ["busy", "unexpected", "ok"]
    assert len(counted) == 3


async def test_a_few_are_looked_at_at_once(sqlite: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Side by side, but never more than a handful."""
    made = catalogue(sqlite)
    now: list[str] = []
    most = 0

    async def look(place: str, *, zone: str | None = None) -> Report:
        nonlocal most
        del zone
        now.append(place)
        most = max(most, len(now))
        await asyncio.sleep(0)
        now.remove(place)
        return Report(status="ok", reason="0 entries.")

    monkeypatch.setattr(made, "look", look)
    await made.look_at_all([feed_spec(f"https://{number}.example") for number in range(40)], lambda: None)

    assert 1 < most <= 10


@pytest.mark.parametrize("name", ["nowhere.xml", "."])
async def test_a_file_that_cannot_be_read_is_named(sqlite: Store, tmp_path: Path, name: str) -> None:
    """It may have been meant as an address."""
    with pytest.raises(NotFoundError, match="neither an address nor a file that can be read"):
        await catalogue(sqlite).look(str(tmp_path / name))


async def test_a_feed_is_added(sqlite: Store) -> None:
    """Its name is its own, its language that of its titles, and it is due at once."""
    made = catalogue(sqlite)

    await add(made)

    (feed,) = await made.listed()
    assert feed.spec == FeedSpec(
        url=NEW,
        title="A feed",
        newsroom=Newsroom(name="A feed", language=Language.ZH, kind=Kind.PRESS),
        mixed=True,
        zone="Asia/Shanghai",
    )
    assert (feed.origin, feed.state.next_poll_at) == (feed_rows.FROM_COMMAND, NOW)


async def test_a_known_host_names_the_newsroom(sqlite: Store) -> None:
    """Whose site it is decides the newsroom's name and language, unless the adder says otherwise."""
    url = "https://www.reuters.com/tech/rss"
    made = catalogue(sqlite, {url: page("a 华为发布")})

    by_host = await add(made, url)
    await made.remove(url)
    by_adder = await add(made, url, Language.ZH)

    assert by_host.newsroom == Newsroom(name="Reuters", language=Language.EN, kind=Kind.PRESS)
    assert by_adder.newsroom.language is Language.ZH


@pytest.mark.parametrize("again", [NEW, "http://www.new.example/feed/", "https://new.example/feed#top"])
async def test_a_feed_is_added_once(sqlite: Store, again: str) -> None:
    """However its address is written; a server may read the same feed for itself."""
    made = catalogue(sqlite)
    await sqlite.write(feed_rows.put, feed_spec(NEW), origin=feed_rows.FROM_COMMAND, now=NOW, scope="77")
    await add(made)

    with pytest.raises(InputError, match=r"is in the catalogue already, as A feed\."):
        await add(made, again)

    assert len(await made.listed()) == 1


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (BUSY, "It is busy; try again later; it was not added."),
        (page("<html>"), "There is a web page instead of a feed; it was not added."),
    ],
)
async def test_a_broken_feed_is_not_added(sqlite: Store, answer: Fetched | FetchError, sentence: str) -> None:
    """Why is said, and that nothing was added."""
    made = catalogue(sqlite, {NEW: answer})

    with pytest.raises(InputError) as error:
        await add(made)

    assert error.value.sentence == sentence
    assert await made.listed() == []


async def test_a_file_is_not_added(sqlite: Store, tmp_path: Path) -> None:
    """A file can be looked at but never polled."""
    path = tmp_path / "feed.txt"
    path.write_text("a A", "utf-8")
    made = catalogue(sqlite)

    with pytest.raises(InputError, match="is not an address"):
        await add(made, str(path))

    assert await made.listed() == []


async def test_a_feed_of_the_file_is_not_taken_from_it(sqlite: Store) -> None:
    """Adding what feeds.yaml lists is refused, and its words stay."""
    made = catalogue(sqlite)
    await made.sync([feed_spec(NEW)])
    before = await made.listed()

    with pytest.raises(InputError, match=r"is listed in feeds\.yaml already"):
        await add(made)

    assert await made.listed() == before


async def test_an_added_feed_is_removed(sqlite: Store) -> None:
    """And the file's next reading does not bring it back."""
    made = catalogue(sqlite)
    await add(made)

    removed = await made.remove(NEW)
    await made.sync([OURS])

    assert removed.spec.url == NEW
    assert [feed.spec for feed in await made.listed()] == [OURS]


async def test_a_feed_of_the_file_is_removed_in_the_file(sqlite: Store) -> None:
    """Else it would be back after the next start."""
    made = catalogue(sqlite)
    await made.sync([OURS])

    with pytest.raises(InputError) as error:
        await made.remove(OURS.url)

    assert error.value.sentence == f"{OURS.url} is listed in feeds.yaml; take it out there."
    assert [feed.spec for feed in await made.listed()] == [OURS]


async def test_what_is_not_read_cannot_be_removed(sqlite: Store) -> None:
    """Neither a stranger nor a feed that has been removed before."""
    made = catalogue(sqlite)
    await add(made)
    await made.remove(NEW)

    for url in (NEW, "https://nobody.example"):
        with pytest.raises(NotFoundError, match="`jianbao feeds list` shows them"):
            await made.remove(url)


SITE = "https://site.example/news"


def site(*feeds: str) -> Fetched:
    """A page of a site that declares feeds."""
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="{feed}">' for feed in feeds)
    return Fetched(url=SITE, body=f"<html><head>{links}</head>".encode())


async def found(sqlite: Store, pages: Mapping[str, Fetched | FetchError]) -> tuple[Report, list[str]]:
    """What stands behind a site's address, and what was asked to find it."""
    made = catalogue(sqlite, pages)
    report = await made.find(SITE)
    return report, [url for url, _, _ in made._fetcher.asked]  # type: ignore[attr-defined]  # noqa: SLF001  # the fake's


async def test_a_feed_is_found_where_it_is(sqlite: Store) -> None:
    """One request, and no more."""
    report, asked = await found(sqlite, {SITE: page("a A")})

    assert (report.status, report.url, asked) == ("ok", SITE, [SITE])


async def test_a_sites_only_feed_is_found(sqlite: Store) -> None:
    """Where its page says it is."""
    feed = "https://site.example/blog/atom"
    report, asked = await found(sqlite, {SITE: site("/blog/atom"), feed: page("a A")})

    assert (report.status, report.url, asked) == ("ok", feed, [SITE, feed])


async def test_a_site_with_several_feeds_names_them(sqlite: Store) -> None:
    """None of them is asked before one is chosen."""
    report, asked = await found(sqlite, {SITE: site("/a", "/b")})

    assert [each.url for each in report.declares] == ["https://site.example/a", "https://site.example/b"]
    assert asked == [SITE]


async def test_a_site_that_declares_nothing_is_asked_at_the_usual_places(sqlite: Store) -> None:
    """One after the other, until one answers with a feed."""
    report, asked = await found(sqlite, {SITE: site(), "https://site.example/atom.xml": page("a A")})

    assert report.url == "https://site.example/atom.xml"
    assert asked == [SITE, *(f"https://site.example/{name}" for name in ("feed", "rss", "atom.xml"))]


async def test_a_site_without_any_feed_is_asked_seven_times(sqlite: Store) -> None:
    """And what is told is what came from the address that was given."""
    report, asked = await found(sqlite, {SITE: site()})

    assert (report.status, report.url, len(asked)) == ("not-a-feed", SITE, 7)


async def test_a_site_that_refuses_is_not_asked_again(sqlite: Store) -> None:
    """Whoever wants to be left alone is."""
    report, asked = await found(sqlite, {SITE: site(), "https://site.example/feed": BUSY})

    assert (report.status, asked) == ("not-a-feed", [SITE, "https://site.example/feed"])


@pytest.mark.parametrize("error", [BUSY, FetchError("missing", "Nothing."), FetchError("unreachable", "Nobody.")])
async def test_where_no_site_answers_nothing_is_looked_for(sqlite: Store, error: FetchError) -> None:
    """We are no scanner of networks."""
    report, asked = await found(sqlite, {SITE: error})

    assert (report.status, asked) == (error.code, [SITE])


async def test_a_site_with_several_feeds_is_not_added(sqlite: Store) -> None:
    """The operator is told which there are; one of them is enough."""
    made = catalogue(sqlite, {SITE: site("/a", "/b"), "https://site.example/a": page("a A")})

    with pytest.raises(InputError) as error:
        await add(made, SITE)
    spec = await add(made, "https://site.example/a")

    assert error.value.sentence == (
        f"{SITE} is a site with several feeds; add one of them: https://site.example/a, https://site.example/b"
    )
    assert spec.url == "https://site.example/a"


async def test_the_feed_of_a_site_is_added(sqlite: Store) -> None:
    """Under its own address, and once."""
    made = catalogue(sqlite, {SITE: site("/a"), "https://site.example/a": page("a A")})

    spec = await add(made, SITE)
    with pytest.raises(InputError, match="is in the catalogue already"):
        await add(made, SITE)

    assert spec.url == "https://site.example/a"


async def test_a_look_at_many_ends_in_time(sqlite: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not looked at by then counts as too slow."""
    made = catalogue(sqlite)

    async def look(place: str, *, zone: str | None = None) -> Report:
        del zone
        await asyncio.sleep(0 if "fast" in place else 60)
        return Report(status="ok", reason="0 entries.")

    monkeypatch.setattr(made, "look", look)
    specs = [feed_spec("https://fast.example"), *(feed_spec(f"https://{number}.example") for number in range(20))]
    counted: list[bool] = []

    reports = await made.look_at_all(specs, lambda: counted.append(True), within=timedelta(seconds=0.2))

    assert [report.status for report in reports] == ["ok", *["too-slow"] * 20]
    assert reports[1].told(Language.EN) == "0.example sent this feed too slowly; please try again later."
    assert reports[1].told(Language.ZH) == "0.example 发送这个源太慢，请稍后再试。"
    assert len(counted) == 21
