"""What `check --feeds` and `feeds check --all` show of a whole catalogue."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from bot.config import load_feeds
from bot.feed import Entry, FeedSpec
from bot.feeds.catalogue import Report
from bot.model import Kind, Language, Newsroom, Topic
from bot.terminal import show
from tests.fakes import NOW
from tests.terminal.typed import ROOT, SAMPLE, Jianbao, catalogue, is_one_sentence

PAGE = "<!doctype html><html><head><title>Hello</title></head><body><p>Not a feed.</p></body></html>"
SPEC = FeedSpec(
    url="https://a.example/feed",
    title="芯片日报",
    newsroom=Newsroom(name="Chip Daily", language=Language.ZH, kind=Kind.COMPANY),
    topics=(Topic.CHIPS, Topic.POLICY),
)
KEYS = ["url", "title", "newsroom", "status", "reason", "count", "newest"]


def shown(what: RenderableType) -> str:
    """What a wide terminal without colours shows."""
    console = Console(width=200, color_system=None)
    with console.capture() as captured:
        console.print(what)
    return captured.get()


def read(*ages: timedelta | None) -> Report:
    """A report of a readable feed with entries of these ages; None is one without a date."""
    published = [None if age is None else NOW - age for age in ages]
    entries = tuple(Entry(guid=str(at), title="A", link="", published=when) for at, when in enumerate(published))
    return Report(status="ok", reason=f"{len(entries)} entries.", entries=entries)


@pytest.mark.parametrize(
    ("report", "newest"),
    [
        (read(), None),
        (read(None, None), None),
        (read(timedelta(hours=3), None, timedelta(hours=1), timedelta(hours=2)), NOW - timedelta(hours=1)),
    ],
)
def test_the_newest_entry_is_that_of_the_latest_date(report: Report, newest: datetime | None) -> None:
    """Feeds are not in the order of time, and some entries have no date."""
    assert report.newest == newest


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (read(timedelta(minutes=5)), "ok  芯片日报  1 entries, newest 5 min ago"),
        (read(timedelta(days=3), timedelta(hours=5)), "ok  芯片日报  2 entries, newest 5 h ago"),
        (read(timedelta(days=400)), "ok  芯片日报  1 entries, newest 400 days ago"),
        (read(None, None), "ok  芯片日报  2 entries, none with a date"),
        (read(), "ok  芯片日报  0 entries."),
        (Report(status="gone", reason="It is gone; give it up."), "gone  芯片日报  It is gone; give it up."),
    ],
)
def test_a_look_is_a_line(report: Report, line: str) -> None:
    """How much and how new; or what is wrong, in its own sentence."""
    assert shown(show.looks([SPEC], [report], NOW)) == f"{line}\n"


def test_looks_stand_in_columns() -> None:
    """Chinese titles take twice the room, and a very long one is cut."""
    titles = ["A", "芯片日报", "A title that is far longer than any that is shown here"]
    specs = [FeedSpec(url=SPEC.url, title=title, newsroom=SPEC.newsroom) for title in titles]
    reports = [read(timedelta(hours=5)), Report(status="missing", reason="It is not there."), read()]

    assert shown(show.looks(specs, reports, NOW)).splitlines() == [
        "     ok  A                                       1 entries, newest 5 h ago",
        "missing  芯片日报                                It is not there.",
        "     ok  A title that is far longer than any t…  0 entries.",
    ]


def test_the_catalogue_shows_what_each_feed_is_for() -> None:
    """A table for each language, English first, in the order of the file."""
    english = FeedSpec(
        url="https://b.example",
        title="Wire",
        newsroom=Newsroom(name="The Wire", language=Language.EN, kind=Kind.PRESS),
        mixed=True,
    )

    told = [" ".join(line.split()) for line in shown(show.catalogue([SPEC, english])).splitlines()]

    head = "Feed Newsroom Kind Topics Mixed"
    assert told == [
        "English: 1 feed",
        head,
        "Wire The Wire press mixed",
        "",
        "Chinese: 1 feed",
        head,
        "芯片日报 Chip Daily company chips, policy",
    ]


def test_check_shows_the_feeds(jianbao: Jianbao) -> None:
    """The usual lines, then every feed of the catalogue."""
    plain, told = jianbao("check"), jianbao("check", "--feeds")

    specs = load_feeds(ROOT / "feeds.yaml")
    assert (told.status, told.err) == (0, "")
    assert told.out.startswith(plain.out + "\nEnglish: ")
    assert "\n\nChinese: " in told.out
    assert [spec.title for spec in specs if f"\n{spec.title} " not in told.out] == []


def test_check_shows_no_feeds_of_a_wrong_file(
    jianbao: Jianbao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wrong with it is said once; the other lines come all the same."""
    monkeypatch.setenv("JIANBAO_FEEDS", str(tmp_path / "none.yaml"))

    said = jianbao("check", "--feeds")

    assert said.status == 1
    assert said.err.count("none.yaml") == 1
    assert [line.split()[0] for line in said.out.splitlines()] == ["settings", "encoder", "database", "token"]


@pytest.fixture
def three(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A catalogue of a dead feed, a page and a good feed; gives the server's address."""
    (tmp_path / "page.xml").write_text(PAGE, "utf-8")
    (tmp_path / "good.xml").write_bytes((SAMPLE / "silicon-ledger.xml").read_bytes())
    monkeypatch.setattr("bot.sample.server.FOLDER", tmp_path)
    feeds = catalogue(tmp_path / "feeds.yaml", server, "dead.xml", "page.xml", "good.xml")
    monkeypatch.setenv("JIANBAO_FEEDS", str(feeds))
    return server


@pytest.mark.usefixtures("three")
def test_all_feeds_are_looked_at(jianbao: Jianbao, archive: Path) -> None:
    """A line each in the file's order, a summary beside them, status 1 for the broken ones, and nothing stored."""
    said = jianbao("feeds", "check", "--all")

    dead, page, good = said.out.splitlines()
    assert said.status == 1
    assert said.err == "3 feeds looked at: 1 can be read, 2 cannot.\n"
    assert dead.split()[:2] == ["missing", "dead.xml"]
    assert page.split()[:2] == ["html", "page.xml"]
    assert "web page instead of a feed" in page
    assert good.split()[:2] == ["ok", "good.xml"]
    assert "entries, newest " in good
    assert not archive.exists()


def test_all_feeds_as_json(jianbao: Jianbao, three: str) -> None:
    """An object each; the entries are counted."""
    said = jianbao("feeds", "check", "--all", "--json")

    found = said.lines()
    assert said.status == 1
    assert is_one_sentence(said.err)
    assert all(list(look) == KEYS for look in found)
    assert [look["url"] for look in found] == [f"{three}/{name}.xml" for name in ("dead", "page", "good")]
    assert [look["status"] for look in found] == ["missing", "html", "ok"]
    assert [bool(look["count"]) for look in found] == [False, False, True]
    assert [look["newest"] for look in found][:2] == [None, None]
    assert found[2]["newest"].startswith("2026-03-")
    assert all(is_one_sentence(look["reason"]) for look in found)


def test_all_is_well(jianbao: Jianbao, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every feed can be read the status is 0."""
    feeds = catalogue(tmp_path / "feeds.yaml", server, "silicon-ledger.xml", "matou-tech.xml")
    monkeypatch.setenv("JIANBAO_FEEDS", str(feeds))

    said = jianbao("feeds", "check", "--all")

    assert said.status == 0
    assert said.err == "2 feeds looked at: 2 can be read, 0 cannot.\n"
    assert [line.split()[0] for line in said.out.splitlines()] == ["ok", "ok"]


def test_a_look_tells_how_the_feed_was_found(jianbao: Jianbao, server: str) -> None:
    """With -v the raw facts stand above the entries; for programs they are a further key."""
    plain = jianbao("feeds", "check", f"{server}/silicon-ledger.xml")
    shown = jianbao("feeds", "check", f"{server}/silicon-ledger.xml", "-v")
    read = jianbao("feeds", "check", f"{server}/silicon-ledger.xml?key=S3CRET", "--json").json()

    assert shown.out.endswith(plain.out)
    assert "  hops  " in shown.out
    assert (read["status"], read["usable"], read["remarks"]) == ("ok", True, [])
    assert read["facts"]["hops"] == [{"address": f"{server}/silicon-ledger.xml?key=***", "status": 200}]
    assert read["facts"]["entries"] == len(read["entries"])


def test_a_remark_is_no_trouble(jianbao: Jianbao, tmp_path: Path) -> None:
    """What is odd is told beside the entries, and the feed is of use all the same."""
    feed = tmp_path / "feed.xml"
    feed.write_text(
        "<rss><channel><item><title>华为</title><description>D</description></item></channel></rss>", "utf-8"
    )

    shown, read = jianbao("feeds", "check", feed), jianbao("feeds", "check", feed, "--json")

    assert (shown.status, shown.err, read.status) == (0, "", 0)
    assert "1 of its 1 entries have no date" in shown.out
    assert (read.json()["status"], read.json()["usable"]) == ("undated", True)
    assert read.json()["remarks"] == ["undated", "thin"]
    assert len(read.json()["entries"]) == 1
