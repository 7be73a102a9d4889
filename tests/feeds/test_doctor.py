import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.errors import FeedError
from bot.feed import Entry, Fetched, ParsedFeed, Trip
from bot.feeds.doctor import Look, facts_of, remarks_of
from bot.feeds.troubles import unfetched, unread
from tests.fakes import DAY, HOUR, NOW

PLACE = "https://reader:word@a.example/feed?key=0123&page=2"
FETCHED = Fetched(url="https://a.example/new?token=s3cret", body=b"<rss/>", etag='"e"', modified="then", fresh_for=60.0)
PARSED = ParsedFeed(
    title="F",
    language="zh",
    entries=tuple(
        Entry(guid=str(at), title="T", link="https://a.example", summary="S.", published=NOW - at * HOUR)
        for at in range(1, 5)
    ),
    charset=("gb2312", "utf-8"),
    ttl=3600.0,
)
TRIP = Trip(
    hops=[("https://a.example/feed?key=0123", 301), ("https://a.example/new?token=s3cret", 200)],
    headers={"Content-Type": "text/xml", "Content-Encoding": "gzip"},
    seconds=0.25,
    packed=3,
    size=6,
)


def told(look: Look) -> Mapping[str, object]:
    """The facts, as a program reads them."""
    read: Mapping[str, object] = json.loads(json.dumps(facts_of(look)))
    return read


def test_a_good_look_tells_everything() -> None:
    """How the feed was found and what was in it, and no secret of its address."""
    found = told(Look(place=PLACE, trip=TRIP, fetched=FETCHED, parsed=PARSED))

    assert found == {
        "address": "https://***@a.example/feed?key=***&page=2",
        "hops": [
            {"address": "https://a.example/feed?key=***", "status": 301},
            {"address": "https://a.example/new?token=***", "status": 200},
        ],
        "seconds": 0.25,
        "packed": 3,
        "size": 6,
        "packing": "gzip",
        "content_type": "text/xml",
        "final_address": "https://a.example/new?token=***",
        "etag": '"e"',
        "last_modified": "then",
        "fresh_for": 60.0,
        "entries": 4,
        "skipped": 0,
        "undated": 0,
        "ahead": 0,
        "repeated": 0,
        "newest": "2026-06-08T11:00:00Z",
        "rhythm": 3600,
        "charset": {"said": "gb2312", "used": "utf-8"},
        "language": "zh",
        "ttl": 3600.0,
    }


@pytest.mark.parametrize(
    ("error", "timed"),
    [
        (unfetched("unreachable", host="a.example"), False),
        (unfetched("forbidden-address"), False),
        (unfetched("no-such-host", host="a.example"), False),
        (unfetched("missing", host="a.example", status=404), True),
        (unread("html", host="a.example"), True),
    ],
)
def test_what_could_not_be_reached_tells_no_time(error: FeedError, *, timed: bool) -> None:
    """How long a door took not to open would say whether it was closed or watched."""
    found = told(Look(place=PLACE, trip=replace(TRIP, hops=TRIP.hops[:1]), error=error))

    assert ("seconds" in found) is timed
    assert found["trouble"] == error.key


@pytest.mark.parametrize(
    ("look", "keys"),
    [
        (Look(place=PLACE, fetched=FETCHED, parsed=replace(PARSED, charset=None)), []),
        (Look(place=PLACE, fetched=FETCHED, parsed=PARSED), ["charset"]),
        (
            Look(place=PLACE, fetched=replace(FETCHED, moved_to="https://b.example/"), parsed=PARSED),
            ["moved", "charset"],
        ),
        (Look(place=PLACE, fetched=replace(FETCHED, body=None)), ["unchanged"]),
        (Look(place=PLACE, error=unfetched("missing", host="a.example", status=404)), []),
    ],
)
def test_a_look_has_remarks(look: Look, keys: list[str]) -> None:
    """What is odd about the feed, and before it whether it moved."""
    assert [remark.key for remark in remarks_of(look, now=NOW)] == keys


def test_a_saved_file_is_as_old_as_it_is() -> None:
    """A live feed that says nothing for a year is stale; a file of last year is just that."""
    parsed = replace(PARSED, charset=None)
    file = Look(place="f.xml", fetched=Fetched(url="file:///f.xml", body=b""), parsed=parsed)

    assert remarks_of(file, now=NOW + 365 * DAY) == ()
    assert [remark.key for remark in remarks_of(replace(file, fetched=FETCHED), now=NOW + 365 * DAY)] == ["stale"]
