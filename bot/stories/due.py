"""When a subscription's edition is due, and which hours it covers: always at the channel's local time."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.model import Subscription, Window

_DAY = timedelta(days=1)
_LONGEST = timedelta(days=3)
"""After longer silence an edition covers the last three days: nobody reads a week at once."""

PATIENCE = timedelta(minutes=5)
"""How long an edition waits for a reading of the feeds that began after it was due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A local day whose edition is to be decided, and the instant that asks for it.

    `wanted` tells that somebody asked for it ahead of its time.
    """

    day: date
    at: datetime
    wanted: bool = False


def local_date(at: datetime, zone: str) -> date:
    """The date of an instant in a zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def at_local(day: date, local_time: time, zone: str) -> datetime:
    """The instant of a local time on a local day, in UTC.

    Where clocks go forward over it, the same distance after midnight; where they go back, the first of the two
    (PEP 495, fold=0).
    """
    return datetime.combine(day, local_time.replace(fold=0), ZoneInfo(zone)).astimezone(UTC)


def next_due(subscription: Subscription, after: datetime, decided: date | None = None) -> datetime:
    """The first instant after `after` at which an edition is due for a later day than the last `decided` one."""
    first = local_date(after, subscription.zone) - _DAY
    if decided is not None:
        first = max(first, decided + _DAY)
    days = (first + _DAY * ahead for ahead in range(5))
    return next(due for day in days if (due := at_local(day, subscription.local_time, subscription.zone)) > after)


def due(subscription: Subscription, last: date | None, now: datetime) -> Due | None:
    """What is to be decided now: the day whose time has come, else the day on which somebody asked for its edition.

    `last` is the newest day that was decided: no day is decided twice.
    """
    day = due_day(subscription, last, now)
    if day is not None:
        return Due(day=day, at=at_local(day, subscription.local_time, subscription.zone))
    wanted = subscription.wanted_at
    if wanted is not None and (last is None or local_date(wanted, subscription.zone) > last):
        return Due(day=local_date(wanted, subscription.zone), at=wanted, wanted=True)
    return None


def due_day(subscription: Subscription, last: date | None, now: datetime) -> date | None:
    """The local day whose edition is due now and not decided yet, or None.

    Days missed while the program was down are not made up one by one: only the newest is, and covers them.
    """
    today = local_date(now, subscription.zone)
    for day in (today + _DAY * ahead for ahead in (1, 0, -1, -2)):  # -2: Samoa once skipped a date
        due = at_local(day, subscription.local_time, subscription.zone)
        if due <= now:
            return day if due > subscription.created_at and (last is None or day > last) else None
    return None


def window(due: datetime, previous_end: datetime | None, end: datetime) -> Window:
    """The hours an edition covers: since the last one ended, at most three days; the first covers one day.

    `end` is when the last finished reading of the feeds began: what is being read now is seen later than that,
    and belongs to the next edition.
    """
    start = due - _DAY if previous_end is None else max(previous_end, end - _LONGEST)
    return Window(start=start, end=max(start, end))


def widened(hours: Window) -> Window:
    """The three days that end when these hours do."""
    return Window(start=hours.end - _LONGEST, end=hours.end)


def may_decide(due: Due, now: datetime, *, read_at: datetime | None, began: datetime) -> bool:
    """Whether a due edition may be decided: the feeds were read since it was due, or it has waited enough.

    One that was asked for has what the last reading brought, and waits for the first to end however long it takes.
    """
    if due.wanted:
        return read_at is not None
    read_since = read_at is not None and read_at >= due.at
    return read_since or now >= max(due.at, began) + PATIENCE
