import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.model import Subscription, Window
from bot.stories.due import PATIENCE, Due, at_local, due, due_day, local_date, may_decide, next_due, widened, window
from tests.fakes import subscription

NEW_YORK, LONDON, SHANGHAI = "America/New_York", "Europe/London", "Asia/Shanghai"
LORD_HOWE, KATHMANDU, APIA = "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"
ZONES = (NEW_YORK, LONDON, SHANGHAI, LORD_HOWE, KATHMANDU, APIA)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

zones = st.sampled_from(ZONES)
minutes = st.times().map(lambda at: at.replace(second=0, microsecond=0))
instants = st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # in UTC


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "at", "zone", "instant"),
    [
        ("2026-01-15", "08:00", NEW_YORK, "2026-01-15T13:00"),
        ("2026-06-08", "08:00", NEW_YORK, "2026-06-08T12:00"),
        ("2026-06-08", "20:00", SHANGHAI, "2026-06-08T12:00"),
        ("2026-06-08", "00:00", SHANGHAI, "2026-06-07T16:00"),
        ("2026-01-15", "08:00", LONDON, "2026-01-15T08:00"),
        ("2026-07-15", "08:00", LONDON, "2026-07-15T07:00"),
        ("2026-06-08", "08:00", KATHMANDU, "2026-06-08T02:15"),
        ("2026-01-15", "08:00", LORD_HOWE, "2026-01-14T21:00"),
        ("2026-06-08", "08:00", LORD_HOWE, "2026-06-07T21:30"),
        ("2026-06-08", "08:00", APIA, "2026-06-07T19:00"),
    ],
)
def test_a_local_time_is_an_instant(day: str, at: str, zone: str, instant: str) -> None:
    """Each zone's own offset on that very day decides."""
    assert at_local(date.fromisoformat(day), time.fromisoformat(at), zone) == utc(instant)


@pytest.mark.parametrize(
    ("day", "at", "zone", "shown"),
    [
        ("2026-03-08", "02:30", NEW_YORK, "03:30"),
        ("2026-03-29", "01:15", LONDON, "02:15"),
        ("2026-10-04", "02:15", LORD_HOWE, "02:45"),
    ],
)
def test_a_time_the_clocks_skip_is_told_as_much_later(day: str, at: str, zone: str, shown: str) -> None:
    """In spring the missing hour (or half) is not a missing edition."""
    due = at_local(date.fromisoformat(day), time.fromisoformat(at), zone).astimezone(ZoneInfo(zone))

    assert (due.date().isoformat(), f"{due:%H:%M}") == (day, shown)


@pytest.mark.parametrize(
    ("day", "at", "zone", "first"),
    [
        ("2026-11-01", "01:30", NEW_YORK, "2026-11-01T05:30"),
        ("2026-10-25", "01:30", LONDON, "2026-10-25T00:30"),
        ("2026-04-05", "01:45", LORD_HOWE, "2026-04-04T14:45"),
    ],
)
def test_a_time_that_comes_twice_counts_the_first_time(day: str, at: str, zone: str, first: str) -> None:
    """In autumn the repeated hour (or half) brings one edition, at its first coming."""
    wish = subscription(at=at, zone=zone)
    due = at_local(date.fromisoformat(day), time.fromisoformat(at), zone)

    assert due == utc(first)
    assert next_due(wish, due) > due + 23 * HOUR
    assert due_day(wish, date.fromisoformat(day), due + HOUR) is None


@pytest.mark.parametrize(
    ("at", "zone", "after", "due"),
    [
        ("08:00", NEW_YORK, "2026-06-08T11:59", "2026-06-08T12:00"),
        ("08:00", NEW_YORK, "2026-06-08T12:00", "2026-06-09T12:00"),
        ("08:00", NEW_YORK, "2026-03-07T13:00", "2026-03-08T12:00"),
        ("08:00", NEW_YORK, "2026-10-31T12:00", "2026-11-01T13:00"),
        ("20:00", SHANGHAI, "2026-06-08T12:00", "2026-06-09T12:00"),
        ("00:00", KATHMANDU, "2026-06-08T18:14", "2026-06-08T18:15"),
        ("23:59", APIA, "2026-06-08T00:00", "2026-06-08T10:59"),
        ("09:00", APIA, "2011-12-29T19:00", "2011-12-30T19:00"),
    ],
)
def test_the_next_edition_is_the_first_one_after(at: str, zone: str, after: str, due: str) -> None:
    """An instant that is due now is not the next one."""
    assert next_due(subscription(at=at, zone=zone), utc(after)) == utc(due)


@given(zones, minutes, instants)
def test_the_next_edition_is_at_most_a_day_and_a_clock_change_away(zone: str, at: time, after: datetime) -> None:
    """It is later than now, soon, and shows the wished time unless the clocks skip it."""
    wish = subscription(at=at, zone=zone, created=after)

    due = next_due(wish, after)

    assert after < due <= after + DAY + HOUR
    assert due == at_local(due.astimezone(ZoneInfo(zone)).date(), at, zone)
    assert due_day(wish, None, due) == due.astimezone(ZoneInfo(zone)).date()


@pytest.mark.parametrize(
    ("last", "now", "created", "day"),
    [
        (None, "2026-06-08T11:59", "2026-06-08T09:00", None),
        (None, "2026-06-08T12:00", "2026-06-08T09:00", "2026-06-08"),
        (None, "2026-06-08T12:00", "2026-06-08T12:00", None),
        (None, "2026-06-08T18:00", "2026-06-08T13:00", None),
        ("2026-06-08", "2026-06-08T18:00", "2026-06-01T00:00", None),
        ("2026-06-07", "2026-06-08T18:00", "2026-06-01T00:00", "2026-06-08"),
        ("2026-06-07", "2026-06-09T03:00", "2026-06-01T00:00", "2026-06-08"),
        ("2026-06-07", "2026-06-08T11:00", "2026-06-01T00:00", None),
        ("2026-06-01", "2026-06-08T18:00", "2026-06-01T00:00", "2026-06-08"),
        ("2026-06-01", "2026-06-08T11:00", "2026-06-01T00:00", "2026-06-07"),
        ("2026-06-09", "2026-06-08T18:00", "2026-06-01T00:00", None),
    ],
)
def test_the_newest_undecided_day_is_due(last: str | None, now: str, created: str, day: str | None) -> None:
    """In New York at 08:00: not before its time, not before it was wished for, and never a decided day again."""
    wish = subscription(at="08:00", zone=NEW_YORK, created=utc(created))

    due = due_day(wish, date.fromisoformat(last) if last else None, utc(now))

    assert due == (date.fromisoformat(day) if day else None)


def test_midnight_stays_decided_where_the_clocks_go_back_over_it() -> None:
    """In Newfoundland of old the clocks fell from 00:01 to 23:01: Sunday's midnight had come, then Saturday again."""
    wish = subscription(at="00:00", zone="America/St_Johns", created=utc("2010-11-01T00:00"))
    sunday, again_saturday = date(2010, 11, 7), utc("2010-11-07T02:40")

    assert due_day(wish, sunday - DAY, again_saturday) == sunday
    assert due_day(wish, sunday, again_saturday) is None


def year(zone: str, at: str, ticks: Iterator[datetime]) -> list[tuple[date, datetime]]:
    """The local dates decided at these ticks, each with its instant."""
    first = next(ticks)
    wish = subscription(at=at, zone=zone, created=first)
    decided: list[tuple[date, datetime]] = []
    for now in ticks:
        day = due_day(wish, decided[-1][0] if decided else None, now)
        if day is not None:
            decided.append((day, now))
    return decided


def hourly(start: datetime, hours: int = 366 * 24) -> Iterator[datetime]:
    return (start + HOUR * each for each in range(hours))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", ["00:00", "01:30", "02:15", "08:00", "23:59"])
@pytest.mark.parametrize("start", ["2025-12-31T12:00", "2011-02-01T00:00"])
def test_a_year_of_ticks_brings_one_edition_a_day(zone: str, at: str, start: str) -> None:
    """Every local date gets exactly one, within a tick of its time; the day Samoa skipped in 2011 gets none."""
    decided = year(zone, at, hourly(utc(start)))

    days = [day for day, _ in decided]
    skipped = {date(2011, 12, 30)} if zone == APIA else set()
    whole = {days[0] + DAY * each for each in range((days[-1] - days[0]).days + 1)}
    assert len(days) == len(set(days)) >= 364
    assert set(days) == whole - skipped
    assert all(timedelta() <= now - at_local(day, time.fromisoformat(at), zone) < HOUR for day, now in decided)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("seed", range(5))
def test_downtime_makes_editions_late_or_missing_but_never_double(zone: str, seed: int) -> None:
    """A program that was down decides the newest day at once when it is back, and no older one."""
    chance = random.Random(seed)  # noqa: S311  # a fixed seed is the point
    ticks, now = [], utc("2026-01-01T00:00")
    while now < utc("2027-01-01T00:00"):
        ticks.append(now)
        now += HOUR if chance.random() < 0.97 else chance.randint(2, 90) * HOUR

    decided = year(zone, "08:00", iter(ticks))

    days = [day for day, _ in decided]
    assert days == sorted(set(days))
    for day, when in decided:
        due = at_local(day, time(8), zone)
        assert when == next(tick for tick in ticks if tick >= due)
        assert when < at_local(day + DAY, time(8), zone)


@given(
    st.lists(st.tuples(zones, minutes, st.integers(1, 30)), min_size=1, max_size=40),
    instants,
)
def test_a_changed_wish_never_gives_a_second_edition(changes: list[tuple[str, time, int]], start: datetime) -> None:
    """Whatever zones and times a channel moves through, each local date is decided once and dates only go up."""
    decided: list[date] = []
    now = start
    for zone, at, hours in changes:
        wish = subscription(at=at, zone=zone, created=start)
        for _ in range(hours):
            now += HOUR
            if day := due_day(wish, decided[-1] if decided else None, now):
                decided.append(day)

    assert decided == sorted(set(decided))


def test_moving_to_a_later_zone_does_not_repeat_the_day() -> None:
    """What Shanghai had on Monday morning New York does not get on Monday morning."""
    monday = date(2026, 6, 8)
    moved = subscription(at="08:00", zone=NEW_YORK, created=utc("2026-06-01T00:00"))

    assert due_day(moved, monday, utc("2026-06-08T12:00")) is None
    assert due_day(moved, monday, utc("2026-06-09T12:00")) == date(2026, 6, 9)


@pytest.mark.parametrize(
    ("previous", "now", "start"),
    [
        (None, "2026-06-08T12:00", "2026-06-07T12:00"),
        (None, "2026-06-08T12:04", "2026-06-07T12:00"),
        ("2026-06-07T12:03", "2026-06-08T12:00", "2026-06-07T12:03"),
        ("2026-06-05T12:00", "2026-06-08T12:00", "2026-06-05T12:00"),
        ("2026-06-05T11:59", "2026-06-08T12:00", "2026-06-05T12:00"),
        ("2026-05-01T12:00", "2026-06-08T15:00", "2026-06-05T15:00"),
    ],
)
def test_an_edition_covers_what_came_since_the_last(previous: str | None, now: str, start: str) -> None:
    """The first covers a day; later ones begin where the last ended, three days back at most, and end now."""
    hours = window(utc("2026-06-08T12:00"), utc(previous) if previous else None, utc(now))

    assert (hours.start, hours.end) == (utc(start), utc(now))


@given(zones, minutes, instants, st.lists(st.integers(1, 200), min_size=2, max_size=40))
def test_windows_join(zone: str, at: time, start: datetime, gaps: list[int]) -> None:
    """The windows of a channel's editions never overlap, and leave out nothing but what is older than three days."""
    wish = subscription(at=at, zone=zone, created=start)
    now, last, windows = start, None, []
    for gap in gaps:
        now += gap * HOUR
        if day := due_day(wish, last, now):
            windows.append(window(at_local(day, at, zone), windows[-1].end if windows else None, now))
            last = day

    for before, after in pairwise(windows):
        assert after.start == max(before.end, after.end - 3 * DAY)
        assert after.start < after.end


@pytest.mark.parametrize(
    ("read", "now", "began", "may"),
    [
        (None, "12:00", "11:00", False),
        ("11:59", "12:04", "11:00", False),
        ("12:00", "12:00", "11:00", True),
        ("12:01", "12:02", "11:00", True),
        ("11:59", "12:05", "11:00", True),
        (None, "12:05", "11:00", True),
        (None, "15:01", "15:00", False),
        (None, "15:05", "15:00", True),
        ("11:00", "15:01", "15:00", False),
        ("15:00", "15:01", "15:00", True),
    ],
)
def test_an_edition_waits_for_fresh_feeds(read: str | None, now: str, began: str, may: bool) -> None:
    """Due at 12:00, it waits for a reading that began since, and no longer than its patience from then or the start."""

    def at(clock: str) -> datetime:
        return utc(f"2026-06-08T{clock}")

    asked = Due(day=date(2026, 6, 8), at=at("12:00"))
    assert timedelta(minutes=5) == PATIENCE
    assert may_decide(asked, at(now), read_at=at(read) if read else None, began=at(began)) is may


@pytest.mark.parametrize(
    ("read", "now", "may"),
    [
        (None, "2026-06-08T12:00", False),
        (None, "2026-06-08T12:05", False),
        (None, "2026-06-18T12:00", False),
        ("2026-06-08T11:00", "2026-06-08T12:00", True),
        ("2026-06-08T12:00", "2026-06-08T12:01", True),
        ("2026-06-01T12:00", "2026-06-08T12:00", True),
    ],
)
def test_what_was_asked_for_waits_for_any_reading(read: str | None, now: str, may: bool) -> None:
    """Whenever that was; without one it waits beyond all patience."""
    asked = Due(day=date(2026, 6, 8), at=utc("2026-06-08T12:00"), wanted=True)

    assert may_decide(asked, utc(now), read_at=utc(read) if read else None, began=utc("2026-06-08T11:00")) is may


@pytest.mark.parametrize(
    ("last", "wanted", "now", "day", "at"),
    [
        pytest.param("2026-06-07", None, "08T11:59", None, "", id="nothing is due and nobody asked"),
        pytest.param("2026-06-07", None, "08T12:30", "2026-06-08", "08T12:00", id="its time has come"),
        pytest.param("2026-06-07", "08T11:00", "08T11:30", "2026-06-08", "wanted", id="asked for ahead of its time"),
        pytest.param("2026-06-07", "08T11:00", "08T12:00", "2026-06-08", "08T12:00", id="its time wins"),
        pytest.param("2026-06-08", "08T13:00", "08T13:01", None, "", id="today is decided"),
        pytest.param("2026-06-08", "08T13:00", "09T05:00", None, "", id="tomorrow is not what was asked for"),
        pytest.param("2026-06-08", "09T04:00", "09T04:01", "2026-06-09", "wanted", id="asked for after midnight"),
        pytest.param("2026-06-07", "09T03:59", "09T04:01", "2026-06-08", "08T12:00", id="yesterday's time wins"),
        pytest.param("2026-06-09", "08T13:00", "08T13:01", None, "", id="a later day is decided"),
    ],
)
def test_what_is_due_is_a_day_and_who_asks(
    last: str | None, wanted: str | None, now: str, day: str | None, at: str
) -> None:
    """In New York at 08:00, a wish of long ago: the day's own time before somebody's, and no day twice."""
    wish = replace(
        subscription(created=utc("2026-06-01T00:00")), wanted_at=utc(f"2026-06-{wanted}") if wanted else None
    )

    found = due(wish, date.fromisoformat(last) if last else None, utc(f"2026-06-{now}"))

    if day is None:
        assert found is None
    else:
        asking = wish.wanted_at if at == "wanted" else utc(f"2026-06-{at}")
        assert found == Due(day=date.fromisoformat(day), at=asking, wanted=at == "wanted")  # type: ignore[arg-type]


def test_what_is_asked_for_after_a_new_wish_is_todays() -> None:
    """A channel that subscribes at nine for eight has no edition today unless it asks, and then dated today."""
    wish = subscription(created=utc("2026-06-08T13:00"))
    asking = replace(wish, wanted_at=utc("2026-06-08T13:05"))

    assert due(wish, None, utc("2026-06-08T13:10")) is None
    assert due(asking, None, utc("2026-06-08T13:10")) == Due(
        day=date(2026, 6, 8), at=utc("2026-06-08T13:05"), wanted=True
    )
    assert due(asking, None, utc("2026-06-09T05:00")) == Due(
        day=date(2026, 6, 8), at=utc("2026-06-08T13:05"), wanted=True
    )


@pytest.mark.parametrize(
    ("after", "decided", "due"),
    [
        ("2026-06-08T11:00", None, "2026-06-08T12:00"),
        ("2026-06-08T11:00", "2026-06-07", "2026-06-08T12:00"),
        ("2026-06-08T11:00", "2026-06-08", "2026-06-09T12:00"),
        ("2026-06-08T13:00", "2026-06-08", "2026-06-09T12:00"),
        ("2026-06-08T13:00", "2026-06-01", "2026-06-09T12:00"),
        ("2026-06-08T11:00", "2026-06-09", "2026-06-10T12:00"),
        ("2026-06-08T11:00", "2026-06-30", "2026-07-01T12:00"),
    ],
)
def test_the_next_edition_is_of_a_day_not_decided(after: str, decided: str | None, due: str) -> None:
    """Who had today's ahead of its time has the next one tomorrow, and after a clock set back, when it is due again."""
    wish = subscription(at="08:00", zone=NEW_YORK)

    assert next_due(wish, utc(after), date.fromisoformat(decided) if decided else None) == utc(due)


@example("Pacific/Apia", time(0, 0, fold=1), utc("2011-12-29T00:00"), None)  # Samoa skipped the 30th
@given(zones, minutes, instants, st.one_of(st.none(), st.integers(-3, 3)))
def test_the_next_edition_is_when_something_is_due_next(
    zone: str, at: time, after: datetime, ahead: int | None
) -> None:
    """What is announced is what comes: until then nothing more is due, and at that instant a new day is."""
    wish = subscription(at=at, zone=zone, created=after)
    decided = None if ahead is None else local_date(after, zone) + ahead * DAY

    announced = next_due(wish, after, decided)

    assert due(wish, decided, announced) == Due(day=local_date(announced, zone), at=announced)
    hours = int((announced - after) / HOUR)
    assert all(
        due(wish, decided, after + HOUR * each) is None for each in range(hours + 1) if after + HOUR * each < announced
    )


@given(zones, minutes, instants, st.lists(st.booleans(), min_size=30, max_size=200))
def test_asking_brings_a_day_forward_and_never_twice(zone: str, at: time, start: datetime, asks: list[bool]) -> None:
    """Whoever asks whenever: each local date is decided once, in order, by its own time at the latest."""
    wish = subscription(at=at, zone=zone, created=start)
    decided: list[tuple[Due, datetime]] = []
    for hour, ask in enumerate(asks):
        now = start + hour * HOUR
        if ask:
            wish = replace(wish, wanted_at=now)
        last = decided[-1][0].day if decided else None
        if found := due(wish, last, now):
            decided.append((found, now))
            wish = replace(wish, wanted_at=None)

    days = [each.day for each, _ in decided]
    assert days == sorted(set(days))
    assert all(each.at <= now < each.at + HOUR for each, now in decided)
    assert set(days) >= _days_due(wish, start, start + (len(asks) - 1) * HOUR)


def _days_due(wish: Subscription, start: datetime, end: datetime) -> set[date]:
    """The days whose time came between two instants."""
    days = (local_date(start, wish.zone) + ahead * DAY for ahead in range(-1, (end - start).days + 3))
    times = {day: at_local(day, wish.local_time, wish.zone) for day in days}
    return {local_date(at, wish.zone) for at in times.values() if start < at <= end}


@pytest.mark.parametrize("hours", [1, 24, 72, 100])
def test_hours_are_widened_to_three_days(hours: int) -> None:
    """That end when they do."""
    end = utc("2026-06-08T12:00")

    assert widened(Window(start=end - hours * HOUR, end=end)) == Window(start=end - 3 * DAY, end=end)
