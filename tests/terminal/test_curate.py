import sqlite3
from pathlib import Path

import pytest

from tests.terminal.typed import SAMPLE, Jianbao, catalogue


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, server: str) -> str:
    """A server of the sample feeds, one of which is in the catalogue."""
    monkeypatch.setenv("JIANBAO_FEEDS", str(catalogue(tmp_path / "feeds.yaml", server, "silicon-ledger.xml")))
    return server


def opml(path: Path, server: str, *names: str) -> Path:
    """A list of these pages of a server."""
    each = (f'<outline text="{name}" xmlUrl="{server}/{name}"/>' for name in names)
    path.write_text(f'<opml version="2.0"><body>{"".join(each)}</body></opml>', "utf-8")
    return path


def test_a_list_is_imported_logged_and_undone(jianbao: Jianbao, tmp_path: Path, pages: str) -> None:
    """A line for each feed; one number undoes the whole list."""
    file = opml(tmp_path / "list.opml", pages, "matou-tech.xml", "nothing.xml", "tapeout-forum.json")

    said = jianbao("feeds", "import", file)
    again = jianbao("feeds", "import", file)
    log = jianbao("feeds", "log")
    undone = jianbao("feeds", "undo")
    listed = jianbao("feeds", "list")
    after = jianbao("feeds", "log")

    assert said.status == 1, "one could not be added"
    assert [line.split("  ")[0].strip() for line in said.out.splitlines()] == ["added", "not added", "added"]
    assert said.out.splitlines()[1].startswith("not added      nothing.xml: ")
    assert "2 added, 0 known already, 1 not added.\n" in said.err
    assert "`jianbao feeds undo 1` takes the whole list out again." in said.err
    assert "0 added, 2 known already, 1 not added.\n" in again.err
    assert log.out == "   1  2026-03-09 12:00  imported matou-tech.xml\n"
    assert undone.out == "Undone: imported tapeout-forum.json\nUndone: imported matou-tech.xml\n"
    assert "matou-tech" not in listed.out
    assert "(undone 2026-03-09 12:00)" in after.out


def test_what_was_added_and_removed_is_undone(jianbao: Jianbao, pages: str) -> None:
    """The last first, then the one before; then there is nothing left."""
    url = f"{pages}/matou-tech.xml"
    jianbao("feeds", "add", url)
    removed = jianbao("feeds", "remove", url)

    early = jianbao("feeds", "undo", 1)
    told = [jianbao("feeds", "undo") for _ in range(3)]

    assert "`jianbao feeds undo` brings it back." in removed.out
    assert (early.status, early.err) == (
        1,
        "jianbao: added 码头科技: that was changed again since; undo what came later first.\n",
    )
    assert [each.out for each in told] == ["Undone: removed 码头科技\n", "Undone: added 码头科技\n", ""]
    assert told[-1].err == "jianbao: There is nothing to undo; `jianbao feeds log` shows what was done.\n"
    assert jianbao("feeds", "undo", 1).err == "jianbao: added 码头科技: that was undone already.\n"


def test_the_catalogue_is_exported(jianbao: Jianbao, tmp_path: Path, pages: str) -> None:
    """To standard output, or to a file that can be imported."""
    jianbao("feeds", "add", f"{pages}/matou-tech.xml")

    printed = jianbao("feeds", "export")
    kept = jianbao("feeds", "export", tmp_path / "out.opml")

    assert printed.out == (tmp_path / "out.opml").read_text("utf-8")
    assert f'xmlUrl="{pages}/matou-tech.xml"' in printed.out
    assert "1 feed written to" in kept.err
    assert "1 known already" in jianbao("feeds", "import", tmp_path / "out.opml").err


def test_nothing_was_done(jianbao: Jianbao, pages: str) -> None:
    """An empty log says so."""
    assert pages
    assert jianbao("feeds", "log").out == "Nothing has been done to the catalogue by command.\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("import", "none.opml"), "none.opml cannot be read"),
        (("import", SAMPLE / "matou-tech.xml"), "This is not a list of feeds"),
        (("export", "/nowhere/out.opml"), "/nowhere/out.opml cannot be written"),
        (("undo", "7"), "There is nothing to undo"),
    ],
)
def test_what_cannot_be_done_is_said(jianbao: Jianbao, pages: str, words: tuple[object, ...], told: str) -> None:
    """In one sentence, with exit status 1."""
    assert pages
    said = jianbao("feeds", *words)

    assert (said.status, said.out) == (1, "")
    assert told in said.err


def test_a_feed_that_was_given_up_is_read_again(jianbao: Jianbao, tmp_path: Path, pages: str) -> None:
    """Its trouble was somebody else's; of one that is read, nothing is to be done."""
    url = f"{pages}/matou-tech.xml"
    jianbao("feeds", "add", url)
    read = jianbao("feeds", "resume", url)
    with sqlite3.connect(tmp_path / "home" / "jianbao.db") as store:
        store.execute("UPDATE feeds SET off_at = '2026-03-09 00:00:00.000000', trouble = 'gone'")

    said = jianbao("feeds", "resume", url)
    log = jianbao("feeds", "log")

    assert (read.status, read.err) == (1, f"jianbao: {url} is read; `jianbao feeds health` tells how it is.\n")
    assert said.out == "码头科技 is read again, from the next poll on.\n"
    assert log.out.startswith("   2  2026-03-09 12:00  resumed 码头科技\n")
