from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feed import LONGEST_WAIT, Feed, FeedState
from bot.feeds.pace import (
    DAY,
    HOUR,
    Limits,
    awake,
    chance,
    earned,
    has_moved,
    is_own,
    request,
    round_of,
    soonest,
    wait,
)
from tests.fakes import NOW, feed

MINUTE = timedelta(minutes=1)
LIMITS = Limits()


def read(number: int = 1, url: str | None = None, **said: object) -> Feed:
    """A feed that was read an hour ago and is due."""
    known = {"next_poll_at": NOW, "polled_at": NOW - HOUR, "full_at": NOW - HOUR, "etag": '"e"', "modified": "Mon"}
    state = FeedState(**(known | said))  # type: ignore[arg-type]
    return feed(number, state=state, url=url or f"https://site{number}.example/feed")


@pytest.mark.parametrize(
    ("last", "is_new", "minutes"),
    [
        (None, True, 15),
        (None, False, 30),
        (15, True, 15),
        (15, False, 30),
        (20, False, 40),
        (30, False, 60),
        (45, False, 60),
        (60, False, 62.5),
        (62.5, True, 31.25),
        (239, False, 240),
        (240, False, 240),
        (240, True, 120),
        (9999, True, 240),
    ],
)
def test_a_feed_earns_its_interval(last: float | None, minutes: float, *, is_new: bool) -> None:
    """Halved by something new, doubled by nothing, slowly from an hour on, and always within the limits."""
    pace = None if last is None else last * 60.0

    assert earned(pace, LIMITS, is_new=is_new) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("fastest", "slowest", "expected"),
    [(15, 240, (15, 240)), (60, 60, (60, 60)), (300, 240, (300, 300))],
)
def test_limits_do_not_cross(fastest: float, slowest: float, expected: tuple[float, float]) -> None:
    """Whoever wants feeds to be read seldom says so once."""
    made = Limits.minutes(fastest, slowest)

    assert (made.fastest, made.slowest) == (expected[0] * MINUTE, expected[1] * MINUTE)


@pytest.mark.parametrize(("silent", "at_most"), [(10 * HOUR, 1.5 * HOUR), (DAY, 2.1 * HOUR), (3 * DAY, 4 * HOUR)])
def test_a_night_costs_no_morning(silent: timedelta, at_most: timedelta) -> None:
    """However long a feed was silent, the first of the morning is found soon: within an hour and a half."""
    pace, passed = LIMITS.fastest, timedelta()
    while passed < silent:
        passed += pace
        pace = earned(pace.total_seconds(), LIMITS, is_new=False)

    assert pace <= at_most


def test_a_quiet_feed_is_asked_seldom() -> None:
    """After three days without anything it is six times a day."""
    pace, passed = LIMITS.fastest, timedelta()
    while passed < 3.5 * DAY:
        passed += pace
        pace = earned(pace.total_seconds(), LIMITS, is_new=False)

    assert pace == LIMITS.slowest


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        ((), 15 * MINUTE),
        ((None, None), 15 * MINUTE),
        ((0, -5), 15 * MINUTE),
        ((60,), 15 * MINUTE),
        ((3600, None), HOUR),
        ((3600, 7200.0), 2 * HOUR),
        ((86400,), DAY),
        ((10 * 86400,), DAY),
        ((1e20,), DAY),
        ((float("inf"),), DAY),
    ],
)
def test_a_wait_is_the_longest_of_all_wishes(wishes: tuple[float | None, ...], expected: timedelta) -> None:
    """Ours or any of the server's, up to a day, never less than that and a seventh more at most."""
    waits = [wait(15 * MINUTE, *wishes, drawn=drawn) for drawn in (0, 0.5, 0.999)]

    assert waits[0] == expected
    assert expected * 1.1 > waits[1] > expected
    assert expected * 1.15 > waits[2] > expected * 1.1


def test_feeds_drift_apart_and_every_process_draws_alike() -> None:
    """Many feeds draw many numbers, one feed another each time, and again the same for the same time."""
    drawn = [chance(number, NOW) for number in range(500)]

    assert len(set(drawn)) == 500
    assert min(drawn) < 0.02
    assert 0.98 < max(drawn) < 1
    assert chance(1, NOW) != chance(1, NOW + MINUTE)
    assert drawn == [chance(number, NOW) for number in range(500)]


@pytest.mark.parametrize(
    ("hours", "days", "moment", "expected"),
    [
        ((), (), "2026-06-08T12:30", "2026-06-08T12:30"),
        ((11, 13), (), "2026-06-08T12:59", "2026-06-08T12:59"),
        ((12,), (), "2026-06-08T12:30", "2026-06-08T13:00"),
        ((12, 13, 14), (), "2026-06-08T12:30", "2026-06-08T15:00"),
        ((23, 0, 1), (), "2026-06-08T23:59", "2026-06-09T02:00"),
        ((), (0,), "2026-06-08T12:30", "2026-06-09T00:00"),
        ((), (5, 6), "2026-06-13T03:00", "2026-06-15T00:00"),
        ((0, 1), (5, 6), "2026-06-13T03:00", "2026-06-15T02:00"),
        (tuple(range(24)), (), "2026-06-08T12:30", "2026-06-08T12:30"),
        ((), tuple(range(7)), "2026-06-08T12:30", "2026-06-08T12:30"),
        ((99, -1), (77,), "2026-06-08T12:30", "2026-06-08T12:30"),
    ],
)
def test_a_feed_is_let_sleep(hours: tuple[int, ...], days: tuple[int, ...], moment: str, expected: str) -> None:
    """A poll moves on to the next hour that suits; a feed that never wants one is not believed."""
    state = FeedState(next_poll_at=NOW, skip_hours=hours, skip_days=days)
    wanted, then = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (moment, expected))

    assert awake(wanted, state) == then
    assert then <= awake(wanted, state, 0.999) < then + 10 * MINUTE


@pytest.mark.parametrize(
    ("full_at", "is_whole"),
    [
        (None, True),
        (NOW - HOUR, False),
        (NOW - 5.9 * DAY, False),
        (NOW - 7 * DAY - MINUTE, True),
        (NOW - 400 * DAY, True),
        (NOW + MINUTE, True),
    ],
)
def test_once_a_week_the_whole_feed_is_asked_for(full_at: datetime | None, *, is_whole: bool) -> None:
    """Else with both validators as they came; where a clock was set back since, now."""
    asked = request(read(full_at=full_at), NOW)

    assert asked.is_whole is is_whole
    assert (asked.etag, asked.modified) == ((None, None) if is_whole else ('"e"', "Mon"))


def test_feeds_are_not_asked_for_whole_together() -> None:
    """Each has its own day."""
    asked = [request(read(number, full_at=NOW - 6.5 * DAY), NOW) for number in range(50)]

    assert {True, False} == {each.is_whole for each in asked}


@pytest.mark.parametrize(
    ("polls", "since", "moved"),
    [
        (3, NOW - 2 * DAY, True),
        (99, NOW - 47 * HOUR, False),
        (2, NOW - 9 * DAY, False),
        (3, NOW + 9 * DAY, False),
        (0, None, False),
    ],
)
def test_a_move_is_believed_when_it_has_held(polls: int, since: datetime | None, *, moved: bool) -> None:
    """Three good polls over two days; until then the written address is asked."""
    there = "https://new.example/feed" if since else None
    known = read(moved_to=there, moved_at=since, moved_polls=polls)

    assert has_moved(known.state, NOW) is moved
    assert request(known, NOW).url == (there if moved else known.spec.url)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, NOW),
        ({"polled_at": None}, NOW),
        ({"polled_at": NOW - 4 * MINUTE, "next_poll_at": NOW + HOUR}, NOW + MINUTE),
        ({"polled_at": NOW - 5 * MINUTE, "next_poll_at": NOW + HOUR}, NOW),
        ({"polled_at": NOW + DAY, "next_poll_at": NOW + HOUR}, NOW + 5 * MINUTE),
        ({"trouble": "busy", "next_poll_at": NOW + HOUR}, NOW + HOUR),
        ({"trouble": "busy.soon", "next_poll_at": NOW - HOUR}, NOW),
        ({"trouble": "missing", "next_poll_at": NOW + HOUR}, NOW),
    ],
)
def test_nobody_is_asked_at_will(said: dict[str, object], expected: datetime) -> None:
    """Somebody who wants to see a feed read waits five minutes after it was, and as long as its server is busy."""
    state = read(**said).state  # type: ignore[arg-type]

    assert soonest(state, NOW) == expected


@pytest.mark.parametrize(
    ("url", "allowed", "own"),
    [
        ("http://127.0.0.1:8000/a", True, True),
        ("http://rsshub:1200/a", True, True),
        ("http://[::1]/a", True, True),
        ("http://rss.lan/a", True, True),
        ("https://example.com/a", True, False),
        ("http://127.0.0.1/a", False, False),
    ],
)
def test_the_operators_own_hosts_are_known(url: str, *, allowed: bool, own: bool) -> None:
    """By their address or name, and only where such hosts are read at all."""
    assert is_own(url, allow_private=allowed) is own


def test_one_site_does_not_hold_up_the_others() -> None:
    """Of five hundred feeds of one site a few are asked in a round, the longest overdue; other sites are asked too."""
    crowd = [read(number, f"https://{number % 9}.crowd.example/{number}") for number in range(500)]
    due = [*crowd, read(900, "https://www.small.example/feed"), read(901, "https://other.example/feed")]

    found = round_of(due, NOW, closed={}, allow_private=False)

    assert [[each.id for each in queue] for queue in found.queues] == [[*range(8)], [900], [901]]
    assert not found.later


def test_the_operators_own_feeds_are_asked_side_by_side() -> None:
    """All at once and at will, since nobody there minds; as a stranger's they would be one site."""
    due = [read(number, f"http://127.0.0.1:8000/{number}") for number in range(500)]
    just_read = replace(due[0], id=999, state=replace(due[0].state, polled_at=NOW))

    own = round_of([*due, just_read], NOW, closed={}, allow_private=True)
    strange = round_of([*due, just_read], NOW, closed={}, allow_private=False)

    assert Counter(len(queue) for queue in own.queues) == {1: 501}
    assert Counter(len(queue) for queue in strange.queues) == {8: 1}
    assert {number: state.next_poll_at for number, state in strange.later.items()} == {999: NOW + 5 * MINUTE}


def test_a_closed_host_is_left_alone() -> None:
    """None of its feeds is asked, and each is due when it opens; a host that has moved away is none of its feeds'."""
    shut = read(1, "https://www.shut.example/a")
    gone = read(2, "https://shut.example/b", moved_to="https://new.example/b", moved_at=NOW - 3 * DAY, moved_polls=9)
    due = [shut, gone, read(3, "https://open.example/c")]

    found = round_of(due, NOW, closed={"shut.example": NOW + HOUR}, allow_private=False)

    assert [each.id for queue in found.queues for each in queue] == [2, 3]
    assert found.later == {1: replace(shut.state, next_poll_at=NOW + HOUR)}


def test_a_sleeping_feed_is_let_sleep_when_its_turn_comes_late() -> None:
    """A program that was down asks nobody in an hour that does not suit."""
    sleeping = read(skip_hours=(12,))

    found = round_of([sleeping], NOW, closed={}, allow_private=False)

    assert found.queues == ()
    assert NOW + HOUR <= found.later[1].next_poll_at < NOW + HOUR + 10 * MINUTE


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"polled_at": NOW + 3 * HOUR, "next_poll_at": NOW + 4 * HOUR}, NOW + HOUR),
        ({"polled_at": NOW + 3 * HOUR, "next_poll_at": NOW + 900 * DAY}, NOW + LONGEST_WAIT),
        ({"polled_at": NOW + 3 * HOUR, "next_poll_at": NOW}, NOW + 5 * MINUTE),
        ({"polled_at": NOW - HOUR, "next_poll_at": NOW + 900 * DAY}, NOW),
        ({"polled_at": None, "next_poll_at": NOW + 900 * DAY}, NOW),
    ],
)
def test_a_clock_that_was_set_back_is_no_trouble(said: dict[str, object], expected: datetime) -> None:
    """What was to wait an hour waits an hour from now; what was to wait for ever is asked."""
    found = round_of([read(**said)], NOW, closed={}, allow_private=False)  # type: ignore[arg-type]

    if expected == NOW:
        assert [each.id for queue in found.queues for each in queue] == [1]
    else:
        assert (found.later[1].next_poll_at, found.later[1].polled_at) == (expected, NOW)


@given(
    st.integers(0, 525_600).map(lambda minutes: NOW + minutes * MINUTE),
    st.frozensets(st.integers(-3, 27)),
    st.frozensets(st.integers(-1, 8)),
    st.floats(0, 0.999),
)
def test_a_feed_is_never_asked_in_its_sleep(
    moment: datetime, hours: frozenset[int], days: frozenset[int], drawn: float
) -> None:
    """Unless it sleeps for ever: never sooner than wanted, never in an hour it skips, never a week later."""
    state = FeedState(next_poll_at=NOW, skip_hours=tuple(hours), skip_days=tuple(days))

    found = awake(moment, state, drawn)

    assert moment <= found < moment + 8 * DAY
    assert found == moment or not (found.hour in hours or found.weekday() in days)
