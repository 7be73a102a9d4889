from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.stories.asking.when import span_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 10, 4, tzinfo=UTC)
"""A Wednesday, at noon in Shanghai."""

ZONES = ("Asia/Shanghai", "America/New_York", "Europe/London", "Asia/Beirut", "Pacific/Apia", "Asia/Kolkata", "UTC")


def days_of(typed: str, *, now: datetime = NOW, zone: str = "Asia/Shanghai") -> tuple[str, str]:
    """The first day that is named and the last one, as the zone's clocks show them at midnight."""
    span = span_of(typed, now=now, zone=ZoneInfo(zone))
    assert span is not None
    first, after = (each.astimezone(ZoneInfo(zone)) for each in (span.start, span.end))
    assert (first.time(), after.time()) == (time(), time())
    return first.date().isoformat(), (after.date() - timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-06-01", "2026-06-01"),
        ("2026/6/1", "2026-06-01"),
        ("2026.6.1", "2026-06-01"),
        ("20260601", "2026-06-01"),
        ("２０２６-０６-０１", "2026-06-01"),
        ("2026年6月1日", "2026-06-01"),
        ("2026 年 6 月 1 日", "2026-06-01"),
        ("6月1日", "2026-06-01"),
        ("6月1号", "2026-06-01"),
        ("六月一日", "2026-06-01"),
        ("六月三十日", "2025-06-30"),
        ("6月11日", "2025-06-11"),
        ("12月1日", "2025-12-01"),
        ("2月29日", "2024-02-29"),
        ("june 1", "2026-06-01"),
        ("June 1st, 2026", "2026-06-01"),
        ("1 june", "2026-06-01"),
        ("1st of June", "2026-06-01"),
        ("Jun. 2", "2026-06-02"),
        ("dec 24", "2025-12-24"),
        ("feb 29", "2024-02-29"),
        ("today", "2026-06-10"),
        ("Yesterday", "2026-06-09"),
        ("the day before yesterday", "2026-06-08"),
        ("tomorrow", "2026-06-11"),
        ("今天", "2026-06-10"),
        ("昨天", "2026-06-09"),
        ("前天", "2026-06-08"),
        ("三天前", "2026-06-07"),
        ("3 天前", "2026-06-07"),
        ("十二天以前", "2026-05-29"),
        ("一个月前", "2026-05-10"),
        ("3 days ago", "2026-06-07"),
        ("a week ago", "2026-06-03"),
        ("two months ago", "2026-04-10"),
        ("friday", "2026-06-05"),
        ("Fri", "2026-06-05"),
        ("wednesday", "2026-06-10"),
        ("last friday", "2026-06-05"),
        ("last wednesday", "2026-06-03"),
        ("this friday", "2026-06-12"),
        ("周五", "2026-06-05"),
        ("週五", "2026-06-05"),
        ("星期三", "2026-06-10"),
        ("礼拜天", "2026-06-07"),
        ("上周五", "2026-06-05"),
        ("上星期三", "2026-06-03"),
        ("上上周五", "2026-05-29"),
        ("本周五", "2026-06-12"),
        ("这周一", "2026-06-08"),
    ],
)
def test_a_day_is_read_in_both_languages(typed: str, day: str) -> None:
    """Without a year it is the last such day that has begun; 上周五 is the Friday of last week."""
    assert days_of(typed) == (day, day)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("last week", "2026-06-01", "2026-06-07"),
        ("this week", "2026-06-08", "2026-06-14"),
        ("上周", "2026-06-01", "2026-06-07"),
        ("上個星期", "2026-06-01", "2026-06-07"),
        ("本周", "2026-06-08", "2026-06-14"),
        ("这周", "2026-06-08", "2026-06-14"),
        ("上上周", "2026-05-25", "2026-05-31"),
        ("weekend", "2026-06-06", "2026-06-07"),
        ("last weekend", "2026-06-06", "2026-06-07"),
        ("上周末", "2026-06-06", "2026-06-07"),
        ("last month", "2026-05-01", "2026-05-31"),
        ("this month", "2026-06-01", "2026-06-30"),
        ("上个月", "2026-05-01", "2026-05-31"),
        ("本月", "2026-06-01", "2026-06-30"),
        ("2026-06", "2026-06-01", "2026-06-30"),
        ("2026/12", "2026-12-01", "2026-12-31"),
        ("2026年2月", "2026-02-01", "2026-02-28"),
        ("jun 2026", "2026-06-01", "2026-06-30"),
        ("june", "2026-06-01", "2026-06-30"),
        ("september", "2025-09-01", "2025-09-30"),
        ("十二月", "2025-12-01", "2025-12-31"),
        ("2025", "2025-01-01", "2025-12-31"),
        ("2026年", "2026-01-01", "2026-12-31"),
        ("last year", "2025-01-01", "2025-12-31"),
        ("今年", "2026-01-01", "2026-12-31"),
    ],
)
def test_a_week_a_month_and_a_year_are_spans(typed: str, first: str, last: str) -> None:
    """Weeks begin on Monday; a month without a year is the last one that has begun."""
    assert days_of(typed) == (first, last)


@pytest.mark.parametrize(
    ("typed", "ago"),
    [
        ("7d", timedelta(days=7)),
        ("2w", timedelta(weeks=2)),
        ("24h", timedelta(hours=24)),
        ("7 days", timedelta(days=7)),
        ("two weeks", timedelta(weeks=2)),
        ("past week", timedelta(weeks=1)),
        ("last 7 days", timedelta(days=7)),
        ("2 hours ago", timedelta(hours=2)),
        ("7天", timedelta(days=7)),
        ("两周", timedelta(weeks=2)),
        ("近三天", timedelta(days=3)),
        ("最近一周", timedelta(weeks=1)),
        ("过去 24 小时", timedelta(hours=24)),
        ("3m", timedelta(days=92)),
        ("三个月", timedelta(days=92)),
        ("1y", timedelta(days=365)),
        ("now", timedelta()),
        ("2026-06-10T08:00", timedelta(hours=4)),
        ("2026-06-10 08:00", timedelta(hours=4)),
        ("2026-06-10T00:00Z", timedelta(hours=4)),
    ],
)
def test_so_long_ago_is_an_instant(typed: str, ago: timedelta) -> None:
    """Hours, days and weeks before now are exact; months go by the calendar."""
    span = span_of(typed, now=NOW, zone=SHANGHAI)

    assert span is not None
    assert (span.start, span.end) == (NOW - ago, NOW - ago)


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            " ",
            "foo",
            "huawei",
            "7",
            "ma",
            "last",
            "week",
            "ago",
            "6/1",
            "6月31日",
            "2026-13-01",
            "9999y",
            "99999d",
        ),
        *("0001-01-01", "9999-12-31", "2026-06-01T99:00", "二二二", "上上上周", "friday 13", "十十月"),
    ],
)
def test_what_is_no_date_names_nothing(typed: str) -> None:
    """Days that no calendar has, years nobody published in, and other words."""
    assert span_of(typed, now=NOW, zone=SHANGHAI) is None


def test_today_is_the_readers() -> None:
    """Late in the evening in New York it is the next day in Shanghai."""
    now = datetime(2026, 6, 10, 2, tzinfo=UTC)

    assert days_of("today", now=now) == ("2026-06-10", "2026-06-10")
    assert days_of("today", now=now, zone="America/New_York") == ("2026-06-09", "2026-06-09")


def test_the_last_weekend_is_over() -> None:
    """On a Sunday `weekend` is this one, and `last weekend` the one before."""
    sunday = datetime(2026, 6, 14, 4, tzinfo=UTC)

    assert days_of("weekend", now=sunday) == ("2026-06-13", "2026-06-14")
    assert days_of("last weekend", now=sunday) == ("2026-06-06", "2026-06-07")
    assert days_of("上周末", now=sunday) == ("2026-06-06", "2026-06-07")


def test_months_back_end_with_the_month() -> None:
    """There is no 31 February."""
    span = span_of("1m", now=datetime(2026, 3, 31, tzinfo=UTC), zone=UTC)

    assert span is not None
    assert span.start == datetime(2026, 2, 28, tzinfo=UTC)


@given(st.dates(date(1971, 1, 1), date(2150, 12, 31)), st.sampled_from(ZONES))
def test_neighbouring_days_meet(day: date, zone: str) -> None:
    """A day ends where the next begins, through every change of the clocks."""
    spans = [span_of((day + timedelta(days=n)).isoformat(), now=NOW, zone=ZoneInfo(zone)) for n in (0, 1)]

    one, other = (span for span in spans if span)
    assert one.start < one.end == other.start


@given(st.text(max_size=30) | st.text("0123456789-/.年月日天周上个今last weekfridhjunmoayT: ", max_size=20))
def test_any_text_is_a_date_or_none(typed: str) -> None:
    """Nothing that is typed breaks the reading, and a span never ends before it begins."""
    span = span_of(typed, now=NOW, zone=SHANGHAI)

    assert span is None or span.start <= span.end
