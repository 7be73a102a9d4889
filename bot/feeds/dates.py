"""Read the dates feeds really send, Chinese ones above all.

What feedparser makes of them is not good enough here: it takes a zone-less 2016-10-26 16:53:42 for UTC (a
Chinese feed means +08:00), CST for US Central, 1611146768 for the year 1611 and 2026年3月26日 for November.
"""

import calendar
import re
import time
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_tz
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

OLDEST_YEAR = 1995
AHEAD = timedelta(hours=1)
"""How far a server's clock may run ahead of ours before it is worth a word."""

CHINA = "Asia/Shanghai"
"""What a Chinese feed means that names no zone; Taipei and Hong Kong keep the same time."""

_LONGEST = 64
_BEIJING = timedelta(hours=8)
_PLAIN = re.compile(
    rf"(?:[A-Z][a-z]{{2}}, )?(\d{{1,2}}) ({'|'.join(calendar.month_abbr[1:])}) (\d{{4}}) (\d\d):(\d\d):(\d\d) "
    r"(?:GMT|UTC|Z|([+-]\d\d)(\d\d))"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)"
)
"""What nine of ten feeds send, read without the care that the others need."""
_EPOCH = re.compile(r"(\d{10})(?:\.\d+)?|(\d{13})")
_COMMENT = re.compile(r"\s*\([^()]*\)\s*$")
_SAID_TWICE = re.compile(r"([+-]\d{2}:?\d{2}|Z)\s?(?:[A-Z]{2,5}|\[[\w/]+\])(?:\s+m=\S+)?$")
_YEAR_LAST = re.compile(r"\s([A-Z]{1,4})\s(\d{4})$")
_TWELVE_HOURS = re.compile(r"\b(\d{1,2})(:\d{2}(?::\d{2})?)\s?([AP])\.?M\b\.?", re.IGNORECASE)
_UTC_PLUS = re.compile(r"\b(?:GMT|UTC)\s*([+-])(\d{1,2}):?(\d{2})?$", re.IGNORECASE)
_OFFSET = re.compile(r"\s*([+-])(\d{2}):?(\d{2})?$")
_ZONE_NAME = re.compile(r"\s*(?<![A-Z])([A-Z]{1,4})$", re.IGNORECASE)
_DAY_OF_WEEK = re.compile(r"(?:星期|周|礼拜)[一二三四五六日天][,，]?\s*")
_MONTH = re.compile(r"(十[一二]?|[一二三四五六七八九])月")
_NUMERIC = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T\s,]*(?P<half>上午|下午|晚上|凌晨|中午)?\s*(\d{1,2})[:时点](\d{1,2})(?:[:分](\d{1,2})(?:[.,]\d+)?秒?|分)?)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2}))?")
_MONTHS = dict(zip((*"一二三四五六七八九十", "十一", "十二"), calendar.month_abbr[1:], strict=True))
_MONTH_NUMBERS = {name: number for number, name in enumerate(calendar.month_abbr) if name}
_AFTERNOON = frozenset({"下午", "晚上"})
_NOON = 12

_HOURS = {
    "Z": 0,
    "UT": 0,
    "UTC": 0,
    "GMT": 0,
    "EST": -5,
    "EDT": -4,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
}
_HOURS |= {
    "PDT": -7,
    "HKT": 8,
    "SGT": 8,
    "JST": 9,
    "KST": 9,
    "BST": 1,
    "CET": 1,
    "CEST": 2,
    "EET": 2,
    "MSK": 3,
}
_US_CENTRAL = timedelta(hours=-6)


def published(raw: str | None, parsed: time.struct_time | None, *, zone: str | None) -> datetime | None:
    """When an entry says it was published, in UTC, be it in a time to come; None where it says nothing usable.

    `parsed` is feedparser's reading, taken only for spellings unknown here; `zone` is for dates without one, and tells
    what CST means.
    """
    moment = _moment(raw, zone) if raw and len(raw) <= _LONGEST else None
    if moment is None and not _is_ours(raw):
        moment = _from_struct(parsed)
    if moment is None or moment.year < OLDEST_YEAR:
        return None
    return moment


def _tidy(raw: str) -> str:
    """Bring near what RFC 822 and ISO 8601 write: no comments, no second zone, the year before the zone, 24 hours."""
    text = _COMMENT.sub("", " ".join(raw.split()))
    text = _YEAR_LAST.sub(r" \2 \1", _SAID_TWICE.sub(r"\1", text))
    text = _TWELVE_HOURS.sub(lambda time: f"{int(time[1]) % _NOON + _NOON * (time[3] in 'Pp')}{time[2]}", text)
    text = _DAY_OF_WEEK.sub("", text)
    if "年" not in text:
        text = _MONTH.sub(lambda month: _MONTHS[month[1]], text)
    return _UTC_PLUS.sub(lambda plus: f"{plus[1]}{plus[2]:0>2}{plus[3] or '00'}", text)


def _is_ours(raw: str | None) -> bool:
    """Whether a date is of a spelling read here, so that a second opinion could only be wrong."""
    return raw is not None and (len(raw) > _LONGEST or bool(re.match(r"\d{4}[-/.年]\d|\d{8}", raw.strip())))


def plain(raw: str) -> datetime | None:
    """The moment of a date as RFC 822 or RFC 3339 writes it to the letter, in UTC; raises ValueError for a 32nd."""
    found = _PLAIN.fullmatch(raw)
    if found is None:
        return None
    if found[1] is None:
        return datetime.fromisoformat(raw).astimezone(UTC)
    day, month, year, hour, minute, second, hours, minutes = found.groups()
    away = timedelta(hours=int(hours or 0), minutes=int(f"{(hours or '+')[0]}{minutes or 0}"))
    number = _MONTH_NUMBERS[month]
    return _wall(int(year), number, int(day), int(hour), int(minute), int(second), zone=timezone(away))


def _moment(raw: str, zone: str | None) -> datetime | None:
    try:
        return plain(raw) or _odd(_tidy(raw), _zone(zone))
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def _odd(text: str, zone: tzinfo) -> datetime | None:
    return _epoch(text) or _numeric(text, zone) or _internet(text, zone)


def _epoch(text: str) -> datetime | None:
    match = _EPOCH.fullmatch(text)
    if match is None:
        return None
    seconds = int(match[1]) if match[1] else int(match[2]) / 1000
    return datetime.fromtimestamp(seconds, UTC)


def _numeric(text: str, zone: tzinfo) -> datetime | None:
    """2026-03-26 10:00:00 +0800, 2026/3/26, 2026年3月26日 下午3:05, 20260326T100000Z."""
    bare, zone = _split_zone(text, zone)
    match = _NUMERIC.fullmatch(bare)
    if match is None:
        return _wall(*map(_number, compact.groups()), zone=zone) if (compact := _COMPACT.fullmatch(bare)) else None
    year, month, day, hour, minute, second = map(_number, match.group(1, 2, 3, 5, 6, 7))
    if match["half"] in _AFTERNOON and hour < _NOON:
        hour += _NOON
    return _wall(year, month, day, hour, minute, second, zone=zone)


def _internet(text: str, zone: tzinfo) -> datetime | None:
    """Wed, 26 Oct 2016 22:16:59 CST, and what comes near it (RFC 822)."""
    bare, zone = _split_zone(text, zone)
    fields = parsedate_tz(bare)
    return _wall(*fields[:6], zone=zone) if fields else None


def _split_zone(text: str, zone: tzinfo) -> tuple[str, tzinfo]:
    if offset := _OFFSET.search(text) if ":" in text else None:
        size = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return text[: offset.start()], timezone(-size if offset[1] == "-" else size)
    if (name := _ZONE_NAME.search(text)) and (named := _named(name[1].upper(), zone)):
        return text[: name.start()], named
    return text, zone


def _named(name: str, zone: tzinfo) -> tzinfo | None:
    if name == "CST":
        is_china = datetime(2000, 1, 1, tzinfo=zone).utcoffset() == _BEIJING
        return timezone(_BEIJING if is_china else _US_CENTRAL)
    return timezone(timedelta(hours=_HOURS[name])) if name in _HOURS else None


def _wall(year: int, month: int, day: int, hour: int, minute: int, second: int, *, zone: tzinfo) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)


def _number(digits: str | None) -> int:
    return int(digits or 0)


def _zone(name: str | None) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _from_struct(parsed: time.struct_time | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError):
        return None
