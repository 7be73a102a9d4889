from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feed import ParsedFeed
from bot.feeds.parse import read
from bot.feeds.wishes import LONGEST_TTL, wishes

SYNDICATION = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"


def _read(head: str) -> ParsedFeed:
    body = f"<rss {SYNDICATION}><channel><title>T</title>{head}<item><title>a</title></item></channel></rss>"
    now = datetime(2026, 6, 9, tzinfo=UTC)
    return read(body.encode(), url="https://site.example/feed", content_type="", zone=None, now=now)


@pytest.mark.parametrize(
    ("head", "ttl"),
    [
        ("", None),
        ("<ttl>60</ttl>", 3600),
        ("<ttl> 15 </ttl>", 900),
        ("<ttl>0</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<ttl>60.5</ttl>", 3600),
        ("<ttl>5256000</ttl>", LONGEST_TTL),
        (f"<ttl>{'9' * 5000}</ttl>", None),
        ("<sy:updatePeriod> hourly </sy:updatePeriod><sy:updateFrequency> 1 </sy:updateFrequency>", 3600),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 21600),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", LONGEST_TTL),
        ("<sy:updatePeriod>weekly</sy:updatePeriod>", LONGEST_TTL),
        ("<sy:updatePeriod>often</sy:updatePeriod>", None),
        ("<ttl>30</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", 3600),
    ],
)
def test_a_feed_says_how_long_to_leave_it_alone(head: str, ttl: float | None) -> None:
    """The longer of its minutes and its rhythm, up to a day; nonsense says nothing."""
    assert _read(head).ttl == ttl


@pytest.mark.parametrize(
    ("head", "hours", "days"),
    [
        ("<skipHours><hour>0</hour><hour>5</hour><hour>24</hour></skipHours>", (0, 5), ()),
        ("<skipHours>\n <hour> 23 </hour>\n<hour>07</hour></skipHours>", (7, 23), ()),
        ("<skipHours><hour>25</hour><hour>x</hour><hour>-1</hour></skipHours>", (), ()),
        ("<skipDays><day>Saturday</day><day>sunday</day><day>Caturday</day></skipDays>", (), (5, 6)),
        ("<skipDays><day>Monday</day></skipDays><skipHours><hour>1</hour></skipHours>", (1,), (0,)),
        (f"<skipHours>{''.join(f'<hour>{hour}</hour>' for hour in range(24))}</skipHours>", (), ()),
        ("<skipDays/><skipHours></skipHours>", (), ()),
        ("<hour>5</hour><day>Monday</day>", (), ()),
    ],
)
def test_a_feed_says_when_to_stay_away(head: str, hours: tuple[int, ...], days: tuple[int, ...]) -> None:
    """Hours of the day in UTC and days of the week from Monday; who wants silence always is not believed."""
    feed = _read(head)

    assert (feed.skip_hours, feed.skip_days) == (hours, days)


@pytest.mark.parametrize(
    ("head", "home"),
    [
        ("<link>https://site.example/news</link>", "https://site.example/news"),
        ("<link>/news</link>", "https://site.example/news"),
        ("<link>javascript:alert(1)</link>", None),
        ("<link></link>", None),
        ("", None),
        ("<a:link xmlns:a='http://www.w3.org/2005/Atom' rel='self' href='https://site.example/feed'/>", None),
    ],
)
def test_a_feed_has_a_home(head: str, home: str | None) -> None:
    """The site it belongs to, made safe; its own address is no home."""
    assert _read(head).home == home


@given(st.text(alphabet="<>/skipHoursDay0123456789 Monday", max_size=300))
def test_no_wish_breaks_the_reading(document: str) -> None:
    """Whatever stands there, hours are hours and days are days, and never all of them."""
    said = wishes({"ttl": document, "sy_updateperiod": document}, document)

    assert set(said.skip_hours) < set(range(24))
    assert set(said.skip_days) < set(range(7))
    assert said.ttl is None or 0 < said.ttl <= LONGEST_TTL
