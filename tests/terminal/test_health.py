"""`jianbao feeds list`, `feeds health` and what `check` says of feeds that were switched off."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.terminal.typed import Jianbao, catalogue

OFF = (
    "UPDATE feeds SET off_at = '2026-03-09 09:00:00', trouble = 'gone', failing_at = '2026-03-09 09:00:00', "
    """failures = 1, facts = '{"host": "a.example", "status": 410}' WHERE title LIKE 'tapeout%'"""
)


@pytest.fixture
def well(jianbao: Jianbao, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Jianbao:
    """Types commands on an archive of two feeds that work."""
    feeds = catalogue(tmp_path / "feeds.yaml", server, "silicon-ledger.xml", "tapeout-forum.json")
    monkeypatch.setenv("JIANBAO_FEEDS", str(feeds))
    monkeypatch.setenv("COLUMNS", "160")
    assert jianbao("poll", "--once").status == 0
    return jianbao


@pytest.fixture
def polled(well: Jianbao, archive: Path) -> Jianbao:
    """Types commands on an archive of two feeds, one of which was switched off since."""
    with closing(sqlite3.connect(archive)) as connection, connection:
        connection.execute(OFF)
    return well


def test_every_feed_is_listed_with_how_it_is(polled: Jianbao) -> None:
    """Its state and since when, its newest article and its rhythm."""
    head, works, off = polled("feeds", "list").out.splitlines()

    assert head.split() == ["Feed", "Newsroom", "State", "Newest", "Rhythm", "On", "topic"]
    assert works.split()[:4] == ["silicon-ledger.xml", "silicon-ledger.xml", "(en)", "works"]
    assert " ago " in works
    assert " a day" in works
    assert "switched off since" in off


def test_what_is_wrong_is_said_in_a_sentence(polled: Jianbao) -> None:
    """For the operator, with the feed's address below."""
    said = polled("feeds", "health").out

    assert said.startswith(
        "tapeout-forum.json says that its feed is gone for good (410), so I stopped asking 3 hours ago."
    )
    assert "Give its new address in feeds.yaml, or take it out." in said
    assert said.splitlines()[-1].endswith("/tapeout-forum.json")


@pytest.mark.parametrize(
    ("unread", "told"),
    [
        ("title = ''", "Every feed that was read works (2).\n"),
        ("title LIKE 'tapeout%'", "Every feed that was read works (1; 1 not read yet).\n"),
        ("title <> ''", "Nothing is read yet: `jianbao poll` and `jianbao run` begin with the feeds of feeds.yaml.\n"),
    ],
)
def test_a_feed_that_was_never_read_is_not_said_to_work(well: Jianbao, archive: Path, unread: str, told: str) -> None:
    """Nobody knows."""
    with closing(sqlite3.connect(archive)) as connection, connection:
        connection.execute(f"UPDATE feeds SET polled_at = NULL WHERE {unread}")  # noqa: S608 of the table above

    assert well("feeds", "health").out == told


def test_check_names_what_was_switched_off(polled: Jianbao) -> None:
    """And where it says why."""
    assert "; switched off: tapeout-forum.json (jianbao feeds health says why)" in polled("check").out


def test_nothing_is_read_yet(jianbao: Jianbao) -> None:
    """Both say how to begin."""
    said = [jianbao("feeds", what) for what in ("list", "health")]

    assert all(each.status == 0 and "Nothing is read yet" in each.out for each in said)
