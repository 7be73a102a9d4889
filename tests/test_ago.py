from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.ago import ago, often, since
from bot.model import Language

EN, ZH = Language.EN, Language.ZH
NOW = datetime(2026, 6, 9, 12, tzinfo=UTC)
"""A Tuesday."""


@pytest.mark.parametrize(
    ("at", "english", "chinese"),
    [
        (datetime(2026, 6, 9, 9, 5, tzinfo=UTC), "since 09:05", "自今天 09:05 起"),
        (datetime(2026, 6, 8, 9, tzinfo=UTC), "since Monday 09:00", "自周一 09:00 起"),
        (datetime(2026, 6, 5, 14, tzinfo=UTC), "since Friday", "自周五起"),
        (datetime(2026, 6, 2, 13, tzinfo=UTC), "since Tuesday", "自周二起"),
        (datetime(2026, 6, 2, 12, tzinfo=UTC), "for 7 days", "自 7 天前起"),
        (datetime(2026, 5, 1, tzinfo=UTC), "for 39 days", "自 39 天前起"),
        (datetime(2026, 4, 8, tzinfo=UTC), "since 8 April", "自 4 月 8 日起"),
    ],
)
def test_since_when_is_said_as_people_do(at: datetime, english: str, chinese: str) -> None:
    """The nearer, the more exactly; a weekday while it can be no other week's."""
    told = [since(at, NOW, UTC, reader) for reader in (EN, ZH)]

    assert told == [english, chinese]


def test_days_are_those_of_the_reader() -> None:
    """What began on Monday evening in UTC began on Tuesday in Shanghai."""
    at = datetime(2026, 6, 8, 20, tzinfo=UTC)

    assert since(at, NOW, UTC, EN) == "since Monday 20:00"
    assert since(at, NOW, ZoneInfo("Asia/Shanghai"), ZH) == "自今天 04:00 起"


@pytest.mark.parametrize(
    ("past", "english", "chinese"),
    [
        (timedelta(seconds=-5), "1 minute ago", "1 分钟前"),
        (timedelta(minutes=12), "12 minutes ago", "12 分钟前"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago", "59 分钟前"),
        (timedelta(hours=3), "3 hours ago", "3 小时前"),
        (timedelta(days=9, hours=23), "9 days ago", "9 天前"),
    ],
)
def test_how_long_ago_is_said_in_whole_units(past: timedelta, english: str, chinese: str) -> None:
    """Never more than has passed; a clock that runs behind says nothing odd."""
    assert [ago(NOW - past, NOW, reader) for reader in (EN, ZH)] == [english, chinese]


@pytest.mark.parametrize(
    ("a_day", "english", "chinese"),
    [
        (1400, "1,400 a day", "每天 1,400 篇"),
        (13.6, "14 a day", "每天 14 篇"),
        (0.51, "1 a day", "每天 1 篇"),
        (0.4, "3 a week", "每周 3 篇"),
        (1 / 7, "1 a week", "每周 1 篇"),
        (1 / 30, "1 a month", "每月 1 篇"),
        (0.001, "1 a month", "每月 1 篇"),
    ],
)
def test_how_often_is_said_in_the_unit_that_fits(a_day: float, english: str, chinese: str) -> None:
    """A day, a week or a month."""
    assert [often(a_day, reader) for reader in (EN, ZH)] == [english, chinese]
