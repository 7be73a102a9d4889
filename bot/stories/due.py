"""When a subscription's edition is due, and which hours it covers: always at the channel's local time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.model import Subscription, Window

_DAY = timedelta(days=1)
_LONGEST = timedelta(days=3)
"""After longer silence an edition covers the last three days: nobody reads a week at once."""

PATIENCE = timedelta(minutes=5)
"""How long an edition waits for a reading of the feeds that began after it was due."""


def at_local(day: date, local_time: time, zone: str) -> datetime:
    """The instant of a local time on a local day, in UTC.

    Where clocks go forward over it, the same distance after midnight; where they go back, the first of the two
    (PEP 495, fold=0).
    """
    return datetime.combine(day, local_time, ZoneInfo(zone)).astimezone(UTC)


def next_due(subscription: Subscription, after: datetime) -> datetime:
    """The first instant after `after` at which an edition is due."""
    today = after.astimezone(ZoneInfo(subscription.zone)).date()
    days = (today + _DAY * ahead for ahead in range(-1, 3))
    return next(due for day in days if (due := at_local(day, subscription.local_time, subscription.zone)) > after)


def due_day(subscription: Subscription, last: date | None, now: datetime) -> date | None:
    """The local day whose edition is due now and not decided yet, or None.

    Days missed while the program was down are not made up one by one: only the newest is, and covers them.
    """
    today = now.astimezone(ZoneInfo(subscription.zone)).date()
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


def may_decide(due: datetime, now: datetime, *, read_at: datetime | None, began: datetime) -> bool:
    """Whether a due edition may be decided: the feeds were read since it was due, or it has waited enough."""
    read_since = read_at is not None and read_at >= due
    return read_since or now >= max(due, began) + PATIENCE
