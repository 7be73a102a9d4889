from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.clock import SteppedClock
from bot.config import load_feeds
from bot.feed import FeedSpec, ParsedFeed
from bot.feeds.parse import read
from bot.model import Language
from bot.sample.server import FOLDER, as_of, catalogue, moment, serving
from bot.text import language_of

END = datetime(2026, 3, 11, tzinfo=UTC)
ZONE = "Asia/Shanghai"
FORMATS = {
    "RSS": "harbour-review.xml",
    "Atom": "silicon-ledger.xml",
    "JSON": "tapeout-forum.json",
    "GBK": "matou-tech.xml",
}


def parsed(name: str, body: bytes) -> ParsedFeed:
    return read(body, url=f"https://sample.example/{name}", content_type="", zone=ZONE, now=END)


def whole(name: str) -> ParsedFeed:
    return parsed(name, (FOLDER / name).read_bytes())


@pytest.fixture
def specs(tmp_path: Path) -> tuple[FeedSpec, ...]:
    """The catalogue of the sample feeds."""
    path = tmp_path / "feeds.yaml"
    path.write_text(catalogue("https://sample.example"), "utf-8")
    return load_feeds(path)


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    """A browser."""
    async with ClientSession() as opened:
        yield opened


@pytest.mark.parametrize("name", FORMATS.values(), ids=FORMATS)
async def test_an_entry_shows_up_when_its_time_has_come(session: ClientSession, name: str) -> None:
    """A second before its date it is not there, at its date it is, and what came before stays."""
    entries = sorted(whole(name).entries, key=lambda entry: entry.published or END)
    middle = entries[len(entries) // 2]
    assert middle.published
    before = {entry.guid for entry in entries if entry.published and entry.published < middle.published}
    clock = SteppedClock(middle.published - timedelta(seconds=1))

    async with serving(clock) as address:
        early = parsed(name, await (await session.get(f"{address}/{name}")).read())
        clock.set(middle.published)
        later = parsed(name, await (await session.get(f"{address}/{name}")).read())

    assert {entry.guid for entry in early.entries} == before
    assert before < {entry.guid for entry in later.entries}
    assert middle in later.entries


@pytest.mark.parametrize("name", FORMATS.values(), ids=FORMATS)
def test_a_feed_of_an_hour_before_its_first_entry(name: str) -> None:
    """It is a feed all the same, with its title and no entries; at the end it is the whole file."""
    full = whole(name)
    first = min(entry.published or END for entry in full.entries)
    body = (FOLDER / name).read_bytes()

    empty = parsed(name, as_of(name, body, first - timedelta(hours=1)))

    assert (empty.title, empty.entries) == (full.title, ())
    assert parsed(name, as_of(name, body, END)) == full


@pytest.mark.parametrize("name", ["none.xml", "feeds.yaml", "server.py", "README.md", "..%2Fapp.py", "a/b.xml"])
async def test_anything_else_is_not_found(session: ClientSession, name: str) -> None:
    """Only the feeds are served: no other file of the package, and nothing above it."""
    async with serving(SteppedClock(END)) as address, session.get(f"{address}/{name}") as answer:
        assert answer.status == 404


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("Mon, 09 Mar 2026 12:00:00 +0800", 4),
        ("Mon, 09 Mar 2026 12:00:00 GMT", 12),
        ("2026-03-09T12:00:00Z", 12),
        ("2026-03-09T12:00:00+08:00", 4),
        (" 2026-03-09 12:00:00 ", 4),
    ],
)
def test_dates_as_the_feeds_write_them(text: str, hour: int) -> None:
    """With their zone, or in Chinese time where they have none."""
    assert moment(text) == datetime(2026, 3, 9, hour, tzinfo=UTC)


def test_the_catalogue_lists_every_feed(specs: tuple[FeedSpec, ...]) -> None:
    """Every file is listed once, and every listed feed is there."""
    files = {path.name for path in FOLDER.iterdir() if path.suffix in {".xml", ".json"}}

    assert {spec.url.removeprefix("https://sample.example/") for spec in specs} == files
    assert len(specs) == len(files) >= 8


def test_the_feeds_are_worth_a_demo(specs: tuple[FeedSpec, ...]) -> None:
    """Two days of both presses in all three formats, every entry dated, linked and read."""
    feeds = [(spec, whole(spec.url.rsplit("/", 1)[1])) for spec in specs]

    entries = [entry for _, feed in feeds for entry in feed.entries]
    bodies = [(FOLDER / spec.url.rsplit("/", 1)[1]).read_bytes() for spec in specs]
    assert len(entries) >= 120
    assert not sum(feed.skipped for _, feed in feeds)
    assert {language_of(entry.title) for entry in entries} == set(Language)
    assert {spec.newsroom.language for spec in specs} == set(Language)
    assert all(entry.published and entry.link and entry.guid for entry in entries)
    assert {entry.published.date().day for entry in entries if entry.published} >= {9, 10}
    assert any(b"<rss" in body for body in bodies)
    assert any(b"<feed" in body for body in bodies)
    assert any(b"jsonfeed.org" in body for body in bodies)


def test_the_links_lead_nowhere(specs: tuple[FeedSpec, ...]) -> None:
    """Invented news must not be taken for anybody's: every link is on a name reserved for examples."""
    links = [entry.link for spec in specs for entry in whole(spec.url.rsplit("/", 1)[1]).entries]

    assert all(link.split("/")[2].endswith(".example") for link in links)
