"""Dates as people type them, in both languages: what span of time they name, seen from now in a reader's zone."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.stories.wordbook.chinese_numbers import MONTHS, value_of
from bot.text import HAN, fold

FIRST_YEAR, LAST_YEAR = 1970, 2199
"""Dates beyond are no dates: nothing was published then."""

_DAY = timedelta(days=1)
_WEEK = 7
_YEAR_IN_MONTHS = 12
_SATURDAY = 5
_MOST = 9999
"""The largest number of hours, days or months ago."""

_LETTERS_OF_A_DAY = 3
_DAYS_AGO = {
    **dict.fromkeys(("tomorrow", "明天", "明日"), -1),
    **dict.fromkeys(("today", "今天", "今日"), 0),
    **dict.fromkeys(("yesterday", "昨天", "昨日"), 1),
    **dict.fromkeys(("the day before yesterday", "day before yesterday", "前天", "前日"), 2),
    "大前天": 3,
}
_THIS = {"this": 0, "last": 1, "previous": 1, "本": 0, "这": 0, "这个": 0, "上": 1, "上个": 1, "上上": 2, "上上个": 2}
_YEARS_AGO = {"今年": 0, "去年": 1, "前年": 2, "this year": 0, "last year": 1}
_NUMBERS = {
    name: number
    for number, name in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=1
    )
} | {"a": 1, "an": 1, "couple": 2, "a couple of": 2}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ALSO_WEEKDAYS = {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}

_UNITS = {
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "小时", "个小时", "钟头", "个钟头"), "hours"),
    **dict.fromkeys(("d", "day", "days", "天", "日"), "days"),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks", "周", "个星期", "星期", "个礼拜", "礼拜"), "weeks"),
    **dict.fromkeys(("m", "mo", "month", "months", "个月"), "months"),
    **dict.fromkeys(("y", "yr", "yrs", "year", "years", "年"), "years"),
}
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_NUMBER = rf"\d{{1,4}}|[一二两三四五六七八九十百]+|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))}"
_DATED = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_WHICH = "(?P<which>this|last|previous|本|这个?|上上?个?)"

_AMOUNT = re.compile(rf"(?:(?:last|past|最近|过去|近) ?)?(?P<number>{_NUMBER}) ?(?P<unit>{_UNIT})(?P<ago> ago|以?前)?")
_CLOCKED = re.compile(r"\d{4}-\d{2}-\d{2}[t ]\d{2}")
_LATELY = re.compile("past (?P<unit>day|week|month|year)")
_ISO = re.compile(r"(?P<year>\d{4})(?P<sign>[-/.])(?P<month>\d{1,2})(?:(?P=sign)(?P<day>\d{1,2}))?")
_PACKED = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
_CHINESE = re.compile(rf"(?:(?P<year>\d{{4}})年)?(?P<month>{_DATED})月份?(?:(?P<day>{_DATED})[日号]?)?")
_ENGLISH = (
    re.compile(r"(?P<name>[a-z]{3,9})\.? (?P<day>\d{1,2})(?: (?P<year>\d{4}))?"),
    re.compile(r"(?P<day>\d{1,2}) (?:of )?(?P<name>[a-z]{3,9})\.?(?: (?P<year>\d{4}))?"),
    re.compile(r"(?P<name>[a-z]{3,9})\.?(?: (?P<year>\d{4}))?"),
)
_YEAR = re.compile(r"(\d{4})年?")
_WEEKDAY = re.compile(rf"{_WHICH}? ?(?:(?P<english>[a-z]{{3,9}})|(?:周|星期|礼拜)(?P<chinese>[一二三四五六日天末]))")
_PERIOD = re.compile(rf"{_WHICH} ?(?P<unit>week|month|周|星期|礼拜|月)")
_BLANKS = re.compile(rf"(?<=[{HAN}]) | (?=[{HAN}])")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time in UTC, its end outside it; start and end are one where an instant is named."""

    start: datetime
    end: datetime


Days = tuple[date, date]
"""The first day, and the one after the last."""


def span_of(typed: str, *, now: datetime, zone: tzinfo) -> Span | None:
    """What a date names, with days of the zone and weeks from Monday; None where it is no date.

    Without a year it is the last one that has begun. `7d` and `24h` are instants, `3 days ago` is a day.
    """
    said, here = _plain(typed), now.astimezone(zone)
    try:
        if instant := _instant(said, here):
            return Span(start=_within(instant), end=_within(instant))
        if days := next(_readings(said, here.date()), None):
            return Span(start=_midnight(days[0], zone), end=_midnight(days[1], zone))
    except (ValueError, OverflowError):  # 31 June, or so long ago that no calendar has it
        return None
    return None


def _plain(typed: str) -> str:
    said = _ORDINAL.sub("", " ".join(fold(typed).replace(",", " ").split()))
    return _BLANKS.sub("", said)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return _within(datetime.combine(day, time(), zone))


def _within(instant: datetime) -> datetime:
    """The instant in UTC; raises ValueError outside the years."""
    if not FIRST_YEAR <= instant.year <= LAST_YEAR + 1:
        raise ValueError(instant)
    return instant.astimezone(UTC)


def _instant(said: str, here: datetime) -> datetime | None:
    """An instant: 24h, the last 7 days, 2026-06-01T12:00, now."""
    if said in {"now", "现在", "此刻"}:
        return here
    if _CLOCKED.match(said):
        told = datetime.fromisoformat(said.upper())
        return told if told.tzinfo else told.replace(tzinfo=here.tzinfo)
    if lately := _LATELY.fullmatch(said):
        return _back(here, 1, f"{lately['unit']}s")
    amount = _AMOUNT.fullmatch(said)
    if amount is None or (amount["ago"] and _UNITS[amount["unit"]] != "hours") or _is_a_year(amount):
        return None
    return _back(here, _number(amount["number"]), _UNITS[amount["unit"]])


def _is_a_year(amount: re.Match[str]) -> bool:
    return amount["unit"] == "年" and len(amount["number"]) == len("2026") and amount["number"].isdecimal()


def _back(here: datetime, number: int, unit: str) -> datetime:
    """So much earlier by the calendar; hours, days and weeks are exact."""
    if unit in {"hours", "days", "weeks"}:
        return here.astimezone(UTC) - timedelta(**{unit: number})
    day = _months_before(here.date(), number * (_YEAR_IN_MONTHS if unit == "years" else 1))
    return datetime.combine(day, here.timetz())


def _number(said: str) -> int:
    if said.isdecimal():
        return int(said)
    return _NUMBERS.get(said) or value_of(said)


def _months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or its last where it is shorter."""
    count = day.year * _YEAR_IN_MONTHS + day.month - 1 - months
    year, month = divmod(count, _YEAR_IN_MONTHS)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _readings(said: str, today: date) -> Iterator[Days]:
    """The ways to read some days, the surest first."""
    for read in (_day_word, _numeric, _chinese, _ago, _weekday, _period, _english, _year):
        if found := read(said, today):
            yield found


def _day_word(said: str, today: date) -> Days | None:
    return _one(today - _DAY * _DAYS_AGO[said]) if said in _DAYS_AGO else None


def _numeric(said: str, _today: date) -> Days | None:
    found = _ISO.fullmatch(said) or _PACKED.fullmatch(said)
    if found is None:
        return None
    year, month, day = int(found["year"]), int(found["month"]), found["day"]
    return _one(date(year, month, int(day))) if day else _month(year, month)


def _chinese(said: str, today: date) -> Days | None:
    found = _CHINESE.fullmatch(said)
    if found is None:
        return None
    return _dated(_maybe(found["year"]), _number(found["month"]), _maybe(found["day"]), today)


def _english(said: str, today: date) -> Days | None:
    for pattern in _ENGLISH:
        if (found := pattern.fullmatch(said)) and (month := _month_named(found["name"])):
            day = found["day"] if "day" in pattern.groupindex else None
            return _dated(_maybe(found["year"]), month, _maybe(day), today)
    return None


def _month_named(name: str) -> int | None:
    """The month of a name, or of at least its first three letters."""
    return next((number for number, month in enumerate(MONTHS, start=1) if month.lower().startswith(name)), None)


def _maybe(said: str | None) -> int | None:
    return _number(said) if said else None


def _dated(year: int | None, month: int, day: int | None, today: date) -> Days:
    """A day or a month; without a year the last that has begun."""
    if day is None:
        return _month(today.year - (month > today.month) if year is None else year, month)
    return _one(_last_such(month, day, today) if year is None else date(year, month, day))


def _last_such(month: int, day: int, today: date) -> date:
    """The last day of this name that has begun; 29 February may be eight years ago. Raises ValueError."""
    for year in range(today.year, today.year - 9, -1):
        if day <= monthrange(year, month)[1] and date(year, month, day) <= today:
            return date(year, month, day)
    raise ValueError(day)


def _ago(said: str, today: date) -> Days | None:
    amount = _AMOUNT.fullmatch(said)
    if amount is None or not amount["ago"]:
        return None
    number, unit = _number(amount["number"]), _UNITS[amount["unit"]]
    if unit in {"days", "weeks"}:
        return _one(today - timedelta(**{unit: number}))
    return _one(_months_before(today, number * (_YEAR_IN_MONTHS if unit == "years" else 1)))


def _weekday(said: str, today: date) -> Days | None:
    """A day of the week, the last one that has begun; `last friday` is before today, 上周五 is in the last week."""
    found = _WEEKDAY.fullmatch(said)
    if found is None:
        return None
    number = _weekday_number(found)
    if number is None:
        return None
    which, long = found["which"], _DAY * (2 if _is_weekend(found) else 1)
    first = today - _DAY * ((today.weekday() - number) % _WEEK)
    if which in {"last", "previous"}:
        first -= _DAY * _WEEK if today < first + long else timedelta()
    elif which:
        first = _monday(today) + _DAY * (number - _WEEK * _THIS[which])
    return first, first + long


def _weekday_number(found: re.Match[str]) -> int | None:
    if _is_weekend(found):
        return _SATURDAY
    if found["chinese"]:
        return min("一二三四五六日天".index(found["chinese"]), _WEEK - 1)
    name = found["english"]
    short = (number for number, day in enumerate(_WEEKDAYS) if name in {day, day[:_LETTERS_OF_A_DAY]})
    return next(short, _ALSO_WEEKDAYS.get(name))


def _is_weekend(found: re.Match[str]) -> bool:
    return found["english"] == "weekend" or found["chinese"] == "末"


def _monday(day: date) -> date:
    return day - _DAY * day.weekday()


def _period(said: str, today: date) -> Days | None:
    """A week or a month of the calendar: this week, 上个月."""
    found = _PERIOD.fullmatch(said)
    if found is None:
        return None
    back = _THIS[found["which"]]
    if found["unit"] in {"month", "月"}:
        then = _months_before(today, back)
        return _month(then.year, then.month)
    first = _monday(today) - _DAY * _WEEK * back
    return first, first + _DAY * _WEEK


def _year(said: str, today: date) -> Days | None:
    if said in _YEARS_AGO:
        year = today.year - _YEARS_AGO[said]
    elif (found := _YEAR.fullmatch(said)) and FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        year = int(found[1])
    else:
        return None
    return date(year, 1, 1), date(year + 1, 1, 1)


def _one(day: date) -> Days:
    return day, day + _DAY


def _month(year: int, month: int) -> Days:
    return date(year, month, 1), date(year + month // _YEAR_IN_MONTHS, month % _YEAR_IN_MONTHS + 1, 1)
