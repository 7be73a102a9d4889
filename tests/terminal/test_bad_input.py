import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from bot.config import Settings
from tests.terminal.typed import LINES, SAMPLE, Jianbao, Said, catalogue, is_one_sentence, rows, written

BAD_FEEDS = {
    "not-yaml.yaml": "feeds:\n  - url: [\n",
    "no-list.yaml": "feeds: {}\n",
    "wrong-key.yaml": "feeds:\n  - url: https://a.example/\n    titel: A\n    newsroom: A\n    language: en\n",
    "wrong-url.yaml": "feeds:\n  - url: ftp://a.example/\n    title: A\n    newsroom: A\n    language: en\n",
    "wrong-language.yaml": "feeds:\n  - url: https://a.example/\n    title: A\n    newsroom: A\n    language: fr\n",
}
PAGE = "<!doctype html><html><head><title>Hello</title></head><body><p>Not a feed.</p></body></html>"


def refused(said: Said, *named: str) -> None:
    """What every refusal is: status 1, nothing on standard output, one sentence that names what and where."""
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("jianbao: ")
    assert is_one_sentence(said.err), said.err
    assert all(name in said.err for name in named), said.err


@pytest.mark.parametrize(
    ("words", "settings", "named"),
    [
        (("ingest", "none.jsonl"), {}, ("none.jsonl",)),
        (("group", "none.jsonl"), {}, ("none.jsonl",)),
        (("ingest", "."), {}, ("cannot be read",)),
        (("feeds", "check", "none.xml"), {}, ("none.xml",)),
        (("feeds", "check", "http://127.0.0.1/feed"), {}, ("open internet",)),
        (("feeds", "check"), {}, ("--all", "address or file")),
        (("feeds", "check", "--json"), {}, ("--all", "address or file")),
        (("feeds", "check", "--all", "none.xml"), {}, ("--all", "address or file")),
        (("feeds", "check", "--all", "--zone", "Asia/Tokyo"), {}, ("--zone", "feeds.yaml")),
        (("feeds", "check", "--all"), {"FEEDS": "none.yaml"}, ("none.yaml", "JIANBAO_FEEDS")),
        (("feeds", "add", "none.xml"), {}, ("none.xml", "http://")),
        (("feeds", "remove", "https://none.example/"), {}, ("https://none.example/", "jianbao feeds list")),
        (("feeds", "check", "none.xml", "--zone", "Mars"), {}, ("--zone", "Mars")),
        (("story", "none"), {}, ("none", "jianbao search")),
        (("search", ""), {}, ("nothing to look for",)),
        (("search", "华" * 201, "--json"), {}, ("200 characters",)),
        (("digest", "--at", "yesterday"), {}, ("--at", "yesterday", "2026-06-08T12:00Z")),
        (("digest", "--at", "2026-02-30"), {}, ("--at", "2026-02-30")),
        (("digest", "--at", "0001-01-01"), {}, ("--at", "0001-01-01")),
        (("digest", "--at", "0001-01-01T00:00Z"), {}, ("--at", "0001-01-01T00:00Z")),
        (("digest", "--at", "9999-12-31T23:59-08:00"), {}, ("--at", "9999-12-31")),
        (("digest", "--zone", "Mars"), {}, ("--zone", "Mars", "Asia/Shanghai")),
        (("run",), {}, ("DISCORD_TOKEN", "https://discord.com/developers/applications", "--console")),
        (("sync",), {}, ("DISCORD_TOKEN", "https://discord.com/developers/applications")),
        (("run", "--console", "--at", "25:00"), {}, ("--at", "25:00", "08:00")),
        (("run", "--console", "--zone", "Mars"), {}, ("--zone", "Mars")),
        (("run", "--console", "--feeds", "none.yaml"), {}, ("none.yaml",)),
        (("poll", "--once", "--feeds", "none.yaml"), {}, ("none.yaml",)),
        (("poll", "--once"), {"FEEDS": "none.yaml"}, ("none.yaml", "JIANBAO_FEEDS")),
        (("search", "huawei"), {"MODEL": "/nowhere"}, ("JIANBAO_MODEL", "/nowhere")),
        (("ingest", "pyproject.toml"), {"MODEL": "/nowhere"}, ("JIANBAO_MODEL", "/nowhere")),
        (("digest",), {"LOG_LEVEL": "loud"}, ("JIANBAO_LOG_LEVEL", "loud", "debug")),
        (("digest",), {"LOG_FORMAT": "xml"}, ("JIANBAO_LOG_FORMAT", "xml")),
        (("digest",), {"POLL_MINUTES": "1"}, ("JIANBAO_POLL_MINUTES", "5")),
        (("digest",), {"WINDOW_DAYS": "many"}, ("JIANBAO_WINDOW_DAYS", "many")),
        (("digest",), {"CLOCK": "noon"}, ("JIANBAO_CLOCK", "noon")),
        (("digest",), {"CLOCK": "2026-06-01T00:00"}, ("JIANBAO_CLOCK", "zone")),
        (("digest",), {"CLOCK": "http://127.0.0.1:9/clock"}, ("JIANBAO_CLOCK", "http://127.0.0.1:9/clock")),
        (("check",), {"CLOCK": "noon"}, ("JIANBAO_CLOCK", "noon")),
        (("digest",), {"DATABASE_URL": "mysql://a/b"}, ("JIANBAO_DATABASE_URL", "mysql", "sqlite:///PATH")),
        (("digest",), {"DATABASE_URL": "sqlite://"}, ("JIANBAO_DATABASE_URL", "file")),
        (("digest",), {"DATABASE_URL": "postgresql://u:secret@127.0.0.1:9/x"}, ("127.0.0.1:9", "PostgreSQL runs")),
        (("digest",), {"HOME": "/proc/none"}, ("/proc/none",)),
    ],
)
def test_wrong_words_and_settings(
    filled: Jianbao,
    archive: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    settings: Mapping[str, str],
    named: tuple[str, ...],
) -> None:
    """What was typed or set wrongly is named in one sentence, and the archive is as it was."""
    held = rows(archive)
    for name, value in settings.items():
        monkeypatch.setenv(f"JIANBAO_{name}", value)

    said = filled(*words)

    refused(said, *named)
    assert "secret" not in said.err
    assert held["articles"]
    assert rows(archive) == held


@pytest.mark.parametrize("words", [("poll", "--once"), ("run", "--console")], ids=" ".join)
@pytest.mark.parametrize("name", BAD_FEEDS)
def test_malformed_feeds_yaml(
    jianbao: Jianbao, tmp_path: Path, archive: Path, name: str, words: tuple[str, ...]
) -> None:
    """The sentence names the file and the line, and no feed of it is taken in."""
    path = tmp_path / name
    path.write_text(BAD_FEEDS[name], "utf-8")

    said = jianbao(*words, "--feeds", path)

    refused(said, f"{path}, line ")
    assert rows(archive) == {}


@pytest.mark.parametrize(
    "words",
    [("search", "huawei"), ("digest", "--json"), ("story", "s1"), ("feeds", "list"), ("poll", "--once"), ("ingest",)],
    ids=" ".join,
)
def test_unreadable_database(jianbao: Jianbao, articles: Path, archive: Path, words: tuple[str, ...]) -> None:
    """A file that is no database is named and left as it is, with nothing put beside it."""
    archive.parent.mkdir()
    archive.write_text("This is a diary.\n" * 100, "utf-8")

    said = jianbao(*words, *([articles] if words == ("ingest",) else []))

    refused(said, str(archive), "is not a database")
    assert archive.read_text("utf-8") == "This is a diary.\n" * 100
    assert list(archive.parent.iterdir()) == [archive]


def test_newer_database(jianbao: Jianbao, articles: Path, archive: Path) -> None:
    """An archive that a newer release wrote is refused before anything in it is touched."""
    jianbao("ingest", articles)
    with closing(sqlite3.connect(archive)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    held = rows(archive)

    said = jianbao("ingest", articles)

    refused(said, str(archive), "newer Jianbao", "9999")
    assert rows(archive) == held


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("{", "not JSON"),
        ("[]", "line 2"),
        (LINES[2] | {"title": ""}, "title"),
        (LINES[2] | {"published": "yesterday"}, "published"),
        (LINES[2] | {"published": "2026-06-08T05:00:00"}, "published"),
        ({name: value for name, value in LINES[2].items() if name != "source"}, "source"),
        (LINES[2] | {"id": "a1"}, "id"),
    ],
)
@pytest.mark.parametrize("command", ["ingest", "group"])
def test_a_wrong_line_is_left_out(
    jianbao: Jianbao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, line: object, named: str
) -> None:
    """It is named by file and line in one sentence, the others are taken, and the status is 1."""
    monkeypatch.setenv("JIANBAO_LOG_LEVEL", "warning")
    path = written(tmp_path / "articles.jsonl", LINES[0], line, LINES[3])

    said = jianbao(command, path)

    assert said.status == 1
    assert is_one_sentence(said.err), said.err
    assert f"{path}, line 2: " in said.err
    assert named in said.err
    if command == "ingest":
        assert said.out == "2 new articles, 0 known already.\n"
    else:
        assert {found["id"] for found in said.lines()} == {"a1", "a4"}


def test_a_file_that_is_no_text(jianbao: Jianbao, tmp_path: Path, archive: Path) -> None:
    """A gzip that breaks off in the middle is refused whole: nothing of it is kept."""
    path = tmp_path / "articles.jsonl.gz"
    path.write_bytes(b"\x1f\x8b\x08\x00nothing of the kind")

    said = jianbao("ingest", path)

    refused(said, str(path))
    assert rows(archive) == {}


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["for people", "for programs"])
def test_a_page_is_no_feed(jianbao: Jianbao, tmp_path: Path, options: tuple[str, ...]) -> None:
    """What is wrong with it is one sentence on standard error, and with --json also an object of the usual shape."""
    path = tmp_path / "page.html"
    path.write_text(PAGE, "utf-8")

    said = jianbao("feeds", "check", path, *options)

    assert said.status == 1
    assert is_one_sentence(said.err), said.err
    assert "web page instead of a feed" in said.err
    assert not said.out or {name: value for name, value in said.json().items() if name != "facts"} == {
        "status": "html",
        "reason": said.err.removeprefix("jianbao: ").removesuffix("\n"),
        "title": "",
        "language": None,
        "entries": [],
        "usable": False,
        "remarks": [],
    }
    assert bool(said.out) is bool(options)


def test_a_dead_feed_is_not_added(jianbao: Jianbao, server: str, archive: Path) -> None:
    """The sentence says what is wrong with it, and that nothing was done."""
    said = jianbao("feeds", "add", f"{server}/none.xml")

    refused(said, "it was not added")
    assert rows(archive) == {}


def test_broken_feeds_do_not_stop_the_others(
    jianbao: Jianbao, server: str, tmp_path: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dead feed and a page are counted, kept with their reasons and shown; the feed beside them is read."""
    (tmp_path / "page.xml").write_text(PAGE, "utf-8")
    (tmp_path / "good.xml").write_bytes((SAMPLE / "silicon-ledger.xml").read_bytes())
    monkeypatch.setattr("bot.sample.server.FOLDER", tmp_path)
    feeds = catalogue(tmp_path / "feeds.yaml", server, "dead.xml", "page.xml", "good.xml")
    monkeypatch.setenv("JIANBAO_FEEDS", str(feeds))

    polled = jianbao("poll", "--once")
    listed = " ".join(jianbao("feeds", "list").out.split())

    assert polled.status == 0
    assert f"3 feeds polled, {len(rows(archive)['articles'])} new articles, 2 failed.\n" in polled.err
    assert "Traceback" not in polled.err
    assert "dead.xml" in listed
    assert listed.count("failing since") == 2


@pytest.mark.parametrize(
    "words",
    [
        ("digest", "--nonsense"),
        ("nonsense",),
        ("feeds", "nonsense"),
        ("search",),
        ("story",),
        ("ingest",),
        ("search", "huawei", "--limit", "0"),
        ("search", "huawei", "--limt", "3"),
        ("check", "--feeds", "none.yaml"),
        ("digest", "--days", "0"),
        ("digest", "--days", "many"),
        ("digest", "--language", "fr"),
        ("run", "--console", "--stories", "1"),
        ("feeds", "add", "https://a.example/", "--kind", "rumour"),
    ],
    ids=" ".join,
)
def test_wrong_usage(jianbao: Jianbao, archive: Path, words: tuple[str, ...]) -> None:
    """An option, command or value that does not exist is status 2, with the way to the help."""
    said = jianbao(*words)

    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("Usage: ")
    assert "-h' for help" in said.err
    assert not archive.exists()


@pytest.mark.parametrize("name", ["log_level", "clock", "model"])
def test_the_settings_named_here_exist(name: str) -> None:
    """A setting renamed would make the table above pass for the wrong reason."""
    assert name in Settings.model_fields
