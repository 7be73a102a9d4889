import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.dates import plain, published

SHANGHAI = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("raw", "zone", "expected"),
    [
        ("2026-03-26 10:00:00  +0800", None, "2026-03-26T02:00"),
        ("2026-03-26 10:00:00  +0800", "America/New_York", "2026-03-26T02:00"),
        ("2016-10-26 16:53:42", SHANGHAI, "2016-10-26T08:53:42"),
        ("2016-10-26 16:53:42", None, "2016-10-26T16:53:42"),
        ("2016-10-26 16:53:42", "No/Where", "2016-10-26T16:53:42"),
        ("2016/10/26 16:53", SHANGHAI, "2016-10-26T08:53"),
        ("2016-10-26", SHANGHAI, "2016-10-25T16:00"),
        ("20260326", SHANGHAI, "2026-03-25T16:00"),
        ("20260326100000", SHANGHAI, "2026-03-26T02:00"),
        ("20260326T100000Z", SHANGHAI, "2026-03-26T10:00"),
        ("1611146768", SHANGHAI, "2021-01-20T12:46:08"),
        ("1611146768000", SHANGHAI, "2021-01-20T12:46:08"),
        ("1611146768.5", SHANGHAI, "2021-01-20T12:46:08"),
        ("2026年3月26日 10:00", SHANGHAI, "2026-03-26T02:00"),
        ("2026年3月26日", SHANGHAI, "2026-03-25T16:00"),
        ("2026年03月26日 10时05分30秒", SHANGHAI, "2026-03-26T02:05:30"),
        ("2026年3月26日 星期四 下午3:05", SHANGHAI, "2026-03-26T07:05"),
        ("2026年3月26日 上午9:05", SHANGHAI, "2026-03-26T01:05"),
        ("星期三, 26 三月 2026 10:00:00 +0800", None, "2026-03-26T02:00"),
        ("周四，26 十二月 2024 10:00:00 +0800", None, "2024-12-26T02:00"),
        ("Wed, 26 Oct 2016 22:16:59 CST", SHANGHAI, "2016-10-26T14:16:59"),
        ("Wed, 26 Oct 2016 22:16:59 CST", "Asia/Taipei", "2016-10-26T14:16:59"),
        ("Wed, 26 Oct 2016 22:16:59 CST", "America/Chicago", "2016-10-27T04:16:59"),
        ("Wed, 26 Oct 2016 22:16:59 CST", None, "2016-10-27T04:16:59"),
        ("Wed, 26 Oct 2016 22:16:59 EDT", SHANGHAI, "2016-10-27T02:16:59"),
        ("Wed, 26 Oct 2016 22:16:59 GMT", SHANGHAI, "2016-10-26T22:16:59"),
        ("Wed, 26 Oct 2016 22:16:59 GMT+8", None, "2016-10-26T14:16:59"),
        ("Wed, 26 Oct 2016 22:16:59 UTC+08:00", None, "2016-10-26T14:16:59"),
        ("Wed, 26 Oct 2016 22:16:59 HKT", None, "2016-10-26T14:16:59"),
        ("Wed, 26 Oct 2016 22:16:59 +0800 (CST)", None, "2016-10-26T14:16:59"),
        ("Wed, 26 Oct 2016 22:16:59", SHANGHAI, "2016-10-26T14:16:59"),
        ("Thu, 26 Mar 26 10:00 UT", None, "2026-03-26T10:00"),
        ("2026-03-26T10:00:00+0800", None, "2026-03-26T02:00"),
        ("2026-03-26T10:00:00+08:00", None, "2026-03-26T02:00"),
        ("2026-03-26T10:00:00-05", None, "2026-03-26T15:00"),
        ("2026-03-26T10:00:00.123456789Z", SHANGHAI, "2026-03-26T10:00"),
        ("Wed Oct 26 22:16:59 CST 2016", SHANGHAI, "2016-10-26T14:16:59"),
        ("Wed Oct 26 22:16:59 GMT 2016", SHANGHAI, "2016-10-26T22:16:59"),
        ("Wed Oct 26 22:16:59 2016", SHANGHAI, "2016-10-26T14:16:59"),
        ("2016-10-26 22:16:59 +0800 CST", None, "2016-10-26T14:16:59"),
        ("2016-10-26 22:16:59.123 +0800 CST m=+0.01", None, "2016-10-26T14:16:59"),
        ("2016-10-26T22:16:59Z[UTC]", SHANGHAI, "2016-10-26T22:16:59"),
        ("2016-10-26 10:16:59 PM", SHANGHAI, "2016-10-26T14:16:59"),
        ("October 26, 2016 12:16 a.m.", SHANGHAI, "2016-10-25T16:16"),
        ("2026-06-09T12:59:00Z", None, "2026-06-09T12:59"),
        ("Mon, 01 Jan 2099 00:00:00 GMT", None, "2099-01-01T00:00"),
    ],
)
def test_a_date_means_what_its_feed_meant(raw: str, zone: str | None, expected: str) -> None:
    """Zones, Chinese spellings and epochs are read."""
    assert published(raw, None, zone=zone) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "   ",
        "yesterday",
        "Tue, 31 Feb 2026 00:00:00 GMT",
        "26 Oct 2016 25:61:00 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "0001-01-01T00:00:00Z",
        "0",
        "1" * 100_000,
        "2026年13月40日",
        "1994-12-31 23:59:59",
        "99999999999999",
    ],
)
def test_a_date_that_says_nothing_is_none(raw: str | None) -> None:
    """Nonsense, impossible days and the years before the web are no dates."""
    assert published(raw, None, zone=SHANGHAI) is None


def test_feedparser_is_asked_only_about_what_is_unknown_here() -> None:
    """Its reading counts for a spelling unknown here, and never against one that is known."""
    reading = time.struct_time((2025, 11, 1, 0, 0, 0, 0, 0, 0))

    assert published("1η Νοε 2025", reading, zone=None) == datetime(2025, 11, 1, tzinfo=UTC)
    assert published("2026年31月26日", reading, zone=None) is None


@given(st.text(max_size=70), st.sampled_from([None, SHANGHAI, "Europe/London", "../etc/passwd"]))
def test_no_text_breaks_the_reading_of_dates(raw: str, zone: str | None) -> None:
    """Any text is a moment since 1995, or None."""
    moment = published(raw, None, zone=zone)

    assert moment is None or moment.year >= 1995


@given(
    st.datetimes(min_value=datetime(1996, 1, 1), max_value=datetime(2099, 12, 31)),  # noqa: DTZ001 its zone comes next
    st.sampled_from(["GMT", "UTC", "Z", "+0000", "-0000", "+0800", "-0530", "+1400"]),
)
def test_a_plain_date_is_what_it_would_be_the_long_way(moment: datetime, zone: str) -> None:
    """Dates written to the letter have a short way of their own; a comment sends them the long one."""
    internet = f"{moment:%a, %d %b %Y %H:%M:%S} {zone}"
    iso = f"{moment:%Y-%m-%dT%H:%M:%S}{zone[:3]}:{zone[3:]}" if zone[1:].isdigit() else f"{moment:%Y-%m-%dT%H:%M:%S}Z"

    for written in (internet, iso):
        assert plain(written) == published(written, None, zone=SHANGHAI) == published(f"{written} (x)", None, zone=None)
