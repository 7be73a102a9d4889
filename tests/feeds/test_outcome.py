from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.errors import FeedError, FetchError, ParseError
from bot.feed import Entry, Feed, FeedState, Fetched, ParsedFeed
from bot.feeds.outcome import (
    Answer,
    after_failure,
    after_joining,
    after_success,
    body_hash,
    closed_until,
    is_emptied,
    is_silent,
    patience_with,
)
from bot.feeds.pace import DAY, HOUR, Limits, Request
from bot.feeds.troubles import troubles
from tests.fakes import NOW, feed, page

LIMITS = Limits()
EVERY = LIMITS.fastest
THERE = "https://new.example/feed"
WELL = FeedState(
    next_poll_at=NOW,
    etag="e",
    modified="m",
    body_hash="h",
    full_at=NOW - DAY,
    pace=3600.0,
    ttl=600.0,
    polled_at=NOW - DAY,
    succeeded_at=NOW - DAY,
    seeded_at=NOW - DAY,
    entries=20,
)
FAILING = replace(WELL, failures=3, failing_at=NOW - HOUR, trouble="busy", reason="It was busy.", facts={"status": 503})
UNCHANGED = Fetched(url="", body=None, etag="e", modified="m")


def parsed(entries: int = 9, **said: object) -> ParsedFeed:
    """A feed of so many entries, which do not matter."""
    made = (Entry(guid=f"{at}", title="T", link=f"https://example.com/{at}", published=NOW) for at in range(entries))
    return ParsedFeed(title="", language=None, entries=tuple(made), **said)  # type: ignore[arg-type]


def answered(
    known: Feed,
    fetched: Fetched,
    read: ParsedFeed | None = None,
    *,
    asked: Request | None = None,
    new: int = 0,
    old: int = 0,
    now: datetime = NOW,
) -> FeedState:
    """What becomes of a feed by a good answer."""
    sent = asked or Request(url=known.spec.url, etag=known.state.etag, modified=known.state.modified)
    answer = Answer(request=sent, fetched=fetched, parsed=read, new=new, known=old)
    return after_success(known, answer, now=now, limits=LIMITS)


def failed(state: FeedState, error: FeedError, now: datetime = NOW, **said: object) -> FeedState:
    """What becomes of a feed by a failure."""
    return after_failure(feed(state=state), error, now=now, limits=LIMITS, **said)  # type: ignore[arg-type]


def trouble(key: str, *, retry_after: float | None = None, **facts: object) -> FetchError:
    return FetchError(key, f"It is {key}.", retry_after=retry_after, facts=facts)


@pytest.mark.parametrize("state", [FeedState(next_poll_at=NOW), WELL, FAILING])
@pytest.mark.parametrize(
    ("fetched", "hashed"),
    [
        (page("a A", etag="new", modified="then"), body_hash(page("a A"))),
        (page("a A"), body_hash(page("a A"))),
        (page("", etag="new"), body_hash(page(""))),
        (UNCHANGED, None),
        (Fetched(url="", body=None), None),
    ],
)
def test_success_clears_the_slate(state: FeedState, fetched: Fetched, hashed: str | None) -> None:
    """Trouble is forgotten, both validators are the answer's, and the first success seeds for good."""
    told = answered(feed(state=state), fetched)

    assert (told.etag, told.modified, told.body_hash) == (fetched.etag, fetched.modified, hashed or state.body_hash)
    assert (told.failures, told.failing_at, told.trouble, told.reason, told.facts) == (0, None, None, None, {})
    assert (told.polled_at, told.succeeded_at, told.seeded_at) == (NOW, NOW, state.seeded_at or NOW)


@pytest.mark.parametrize(
    ("fetched", "read", "wishes"),
    [
        (page("a A"), parsed(ttl=7200.0, skip_hours=(1,)), (7200.0, (1,), ())),
        (page("a A"), parsed(skip_days=(6,)), (None, (), (6,))),
        (page("a A"), None, (600.0, (), ())),
        (UNCHANGED, None, (600.0, (), ())),
    ],
)
def test_wishes_hold_until_the_feed_says_otherwise(
    fetched: Fetched, read: ParsedFeed | None, wishes: tuple[object, ...]
) -> None:
    """An answer that brings nothing takes none back."""
    told = answered(feed(state=WELL), fetched, read)

    assert (told.ttl, told.skip_hours, told.skip_days) == wishes


@pytest.mark.parametrize(
    ("state", "fresh_for", "new", "least"),
    [
        (WELL, None, 0, HOUR),
        (WELL, None, 1, HOUR / 2),
        (replace(WELL, pace=None), None, 1, EVERY),
        (WELL, 7200.0, 1, 2 * HOUR),
        (replace(WELL, ttl=7200.0), 3600.0, 1, 2 * HOUR),
        (replace(WELL, ttl=7200.0), 10800.0, 1, 3 * HOUR),
        (WELL, 1e9, 1, DAY),
    ],
)
def test_the_next_poll_is_the_longest_of_all(
    state: FeedState, fresh_for: float | None, new: int, least: timedelta
) -> None:
    """Our own interval, the answer's freshness or the feed's wish, and up to a seventh more."""
    told = answered(feed(state=state), replace(UNCHANGED, fresh_for=fresh_for), new=new)

    assert least < told.next_poll_at - NOW < least * 1.15 * 25 / 24


def test_a_poll_waits_for_the_feed_to_wake() -> None:
    """Unchanged or not: what it said last about its hours holds."""
    told = answered(feed(state=replace(WELL, skip_hours=(13, 14), skip_days=())), UNCHANGED)

    assert NOW + 3 * HOUR <= told.next_poll_at < NOW + 3 * HOUR + timedelta(minutes=10)


def test_feeds_that_were_added_together_are_not_read_together_again() -> None:
    """The second reading of a catalogue is spread over another interval."""
    fresh = FeedState(next_poll_at=NOW)
    waits = [
        answered(feed(number, state=fresh), page("a A"), parsed(), new=1).next_poll_at - NOW for number in range(200)
    ]

    assert EVERY <= min(waits) < EVERY * 1.1
    assert EVERY * 2 < max(waits) <= EVERY * 2 * 1.15


@pytest.mark.parametrize(
    ("asked", "expected"),
    [(Request(url="u"), NOW), (Request(url="u", etag="e"), NOW - DAY), (Request(url="u", modified="m"), NOW - DAY)],
)
def test_when_the_whole_feed_came_is_kept(asked: Request, expected: datetime) -> None:
    """Which is when it was asked for without validators."""
    assert answered(feed(state=WELL), page("a A"), parsed(), asked=asked).full_at == expected


@pytest.mark.parametrize(
    ("state", "is_partial", "entries", "emptied"),
    [
        (WELL, False, 0, True),
        (WELL, False, 1, False),
        (WELL, True, 0, False),
        (replace(WELL, entries=2), False, 0, False),
        (replace(WELL, entries=None), False, 0, False),
    ],
)
def test_a_feed_does_not_take_everything_back(
    state: FeedState, entries: int, *, is_partial: bool, emptied: bool
) -> None:
    """None where there were many is a fault; none where there were hardly any, or in a part, is not."""
    fetched = page("", is_partial=is_partial)

    assert is_emptied(state, fetched, parsed(entries)) is emptied


def test_a_part_does_not_say_how_much_there_is() -> None:
    """After a partial answer the feed has as many entries as before."""
    assert answered(feed(state=WELL), page("a", is_partial=True), parsed(1)).entries == 20
    assert answered(feed(state=WELL), page("a"), parsed(1)).entries == 1


MOVING = replace(WELL, moved_to=THERE, moved_at=NOW - 3 * DAY, moved_polls=2)


@pytest.mark.parametrize(
    ("state", "target", "read", "known", "expected"),
    [
        pytest.param(WELL, None, None, 0, (None, None, 0), id="at home"),
        pytest.param(WELL, THERE, parsed(), 5, (THERE, NOW, 1), id="a first redirect"),
        pytest.param(WELL, THERE, None, 0, (THERE, NOW, 1), id="the same body elsewhere"),
        pytest.param(WELL, THERE, parsed(), 0, (THERE, NOW, 0), id="entries nobody knows"),
        pytest.param(MOVING, THERE, None, 0, (THERE, NOW - 3 * DAY, 3), id="it holds"),
        pytest.param(MOVING, THERE, parsed(), 0, (THERE, NOW, 0), id="another feed all at once"),
        pytest.param(MOVING, "https://third.example", parsed(), 5, ("https://third.example", NOW, 1), id="moved on"),
        pytest.param(MOVING, None, parsed(), 5, (None, None, 0), id="moved back"),
    ],
)
def test_a_move_is_counted(
    state: FeedState, target: str | None, read: ParsedFeed | None, known: int, expected: tuple[object, ...]
) -> None:
    """Good polls in a row that led to one place with entries that are known; anything else begins anew."""
    fetched = replace(page("a A") if read else UNCHANGED, moved_to=target)

    told = answered(feed(state=state), fetched, read, old=known)

    assert (told.moved_to, told.moved_at, told.moved_polls) == expected


def test_a_feed_that_has_moved_stays_there() -> None:
    """Asked at its new address, it is at home; where it leads on, the count begins anew."""
    there = Request(url=THERE, etag="e")

    at_home = answered(feed(state=MOVING), UNCHANGED, asked=there)
    led_on = answered(feed(state=MOVING), replace(UNCHANGED, moved_to="https://third.example"), asked=there)

    assert (at_home.moved_to, at_home.moved_polls) == (THERE, 2)
    assert (led_on.moved_to, led_on.moved_at, led_on.moved_polls) == ("https://third.example", NOW, 1)


@pytest.mark.parametrize("key", ["gone", "missing", "no-such-host"])
def test_a_new_address_that_is_gone_leads_back_to_the_old(key: str) -> None:
    """The written address is tried again before anything is given up."""
    told = failed(MOVING, trouble(key), asked=THERE)

    assert (told.moved_to, told.moved_at, told.moved_polls, told.off_at) == (None, None, 0, None)


def test_a_new_address_in_trouble_is_kept() -> None:
    """It is not left for one bad day."""
    assert failed(MOVING, trouble("server-error"), asked=THERE).moved_to == THERE


def test_of_two_feeds_that_became_one_one_is_switched_off() -> None:
    """It keeps what was learnt, and says why."""
    told = after_joining(WELL, FeedError("duplicate", "It is read already."), now=NOW)

    assert (told.off_at, told.trouble, told.etag) == (NOW, "duplicate", "e")


@pytest.mark.parametrize(
    ("error", "failures", "least", "most"),
    [
        (trouble("server-error"), 0, EVERY, EVERY),
        (trouble("server-error"), 1, EVERY, EVERY * 2),
        (trouble("unreachable"), 4, EVERY, EVERY * 16),
        (trouble("tls"), 7, EVERY, DAY),
        (trouble("missing"), 10_000, EVERY, DAY),
        (trouble("busy", status=503), 0, EVERY, EVERY),
        (trouble("busy", retry_after=60.0, status=503), 0, EVERY, EVERY),
        (trouble("busy", retry_after=7200.0, status=503), 0, 2 * HOUR, 2 * HOUR),
        (trouble("busy", retry_after=7200.0, status=429), 0, 2 * HOUR, 2 * HOUR),
        (trouble("busy", status=429), 0, 4 * HOUR, 4 * HOUR),
        (trouble("busy", retry_after=2 * 86400.0, status=429), 9, 2 * DAY, 2 * DAY),
        (trouble("busy", retry_after=1e12, status=503), 0, 7 * DAY, 7 * DAY),
        (trouble("refused", status=403), 0, 4 * HOUR, 4 * HOUR),
        (trouble("challenge", status=403), 6, 4 * HOUR, EVERY * 64),
        (ParseError("html", "A web page."), 2, EVERY, EVERY * 4),
    ],
)
def test_a_failing_feed_is_asked_less_and_less(
    error: FeedError, failures: int, least: timedelta, most: timedelta
) -> None:
    """At any time up to a limit that doubles up to a day, and never sooner than the server or the trouble wants."""
    state = replace(WELL, failures=failures)
    waits = [
        after_failure(feed(number, state=state), error, now=NOW, limits=LIMITS).next_poll_at - NOW
        for number in range(200)
    ]

    assert least <= min(waits) < least + (most - least) / 20 + least / 50
    assert least + (most - least) * 0.9 < max(waits) < most * 1.15


def test_a_failing_feed_keeps_its_wish() -> None:
    """One that wants to be left alone for two hours is, well or not."""
    assert failed(replace(WELL, ttl=7200.0), trouble("server-error")).next_poll_at >= NOW + 2 * HOUR


def test_failure_keeps_what_was_learnt() -> None:
    """The validators, the last success and the seeding stay; the trouble and its sentence are the newest."""
    told = failed(FAILING, trouble("not-a-feed", host="h"))

    assert told == replace(
        FAILING,
        polled_at=NOW,
        next_poll_at=told.next_poll_at,
        failures=4,
        failing_at=NOW,
        trouble="not-a-feed",
        reason="It is not-a-feed.",
        facts={"host": "h"},
    )


@pytest.mark.parametrize(
    ("before", "key", "expected"),
    [
        (None, "missing", NOW),
        ("missing", "missing", NOW - HOUR),
        ("server-error", "unreachable", NOW),
        ("html.login", "not-a-feed", NOW - HOUR),
        ("server-error", "missing", NOW),
    ],
)
def test_each_kind_of_trouble_has_its_own_beginning(before: str | None, key: str, expected: datetime) -> None:
    """A week of errors and one missing page is not a week of missing pages."""
    state = replace(WELL, failures=1, failing_at=NOW - HOUR if before else None, trouble=before)

    assert failed(state, trouble(key)).failing_at == expected


@pytest.mark.parametrize(
    ("key", "polls", "lasting"),
    [
        ("gone", 1, timedelta()),
        ("missing", 5, 7 * DAY),
        ("no-such-host", 5, 4 * DAY),
        ("forbidden-address", 5, DAY),
        ("refused", 5, 14 * DAY),
        ("challenge", 5, 14 * DAY),
        ("html", 10, 3 * DAY),
        ("not-a-feed", 10, 3 * DAY),
        ("too-costly", 10, 3 * DAY),
        ("server-error", 5, 30 * DAY),
        ("unreachable", 5, 30 * DAY),
        ("emptied", 5, 30 * DAY),
    ],
)
def test_a_feed_is_given_up_some_day(key: str, polls: int, lasting: timedelta) -> None:
    """After so many polls and so long, both; never for one of them alone."""
    before = replace(WELL, trouble=key)
    enough = replace(before, failures=polls - 1, failing_at=NOW - lasting)
    too_few = replace(enough, failures=polls - 2)
    too_soon = replace(enough, failing_at=NOW - lasting + timedelta(seconds=1))

    assert failed(enough, trouble(key)).off_at == NOW
    assert polls == 1 or failed(too_few, trouble(key)).off_at is None
    assert not lasting or failed(too_soon, trouble(key)).off_at is None


@pytest.mark.parametrize("key", ["not-stored", "unexpected"])
def test_no_feed_is_given_up_for_our_fault(key: str) -> None:
    """However long it lasts."""
    told = failed(replace(WELL, failures=999, failing_at=NOW - 999 * DAY, trouble=key), trouble(key))

    assert told.off_at is None


@pytest.mark.parametrize(
    ("key", "off"), [("no-such-host", False), ("unreachable", False), ("missing", True), ("gone", True)]
)
def test_nothing_is_given_up_while_we_are_cut_off(key: str, *, off: bool) -> None:
    """Where no feed at all was read for a day, what fails on the way is our fault; what was answered is not."""
    long = replace(WELL, failures=99, failing_at=NOW - 60 * DAY, trouble=key)

    assert (failed(long, trouble(key), is_cut_off=True).off_at is not None) is off


def test_a_clock_that_was_set_back_counts_from_now() -> None:
    """A trouble that began in the future begins now."""
    told = failed(replace(WELL, failures=1, failing_at=NOW + DAY, trouble="missing"), trouble("missing"))

    assert told.failing_at == NOW


@pytest.mark.parametrize(
    ("error", "silent", "until"),
    [
        (trouble("busy", status=429), True, NOW + 4 * HOUR),
        (trouble("busy", retry_after=7200.0, status=429), True, NOW + 2 * HOUR),
        (trouble("busy", retry_after=1e12, status=429), True, NOW + 7 * DAY),
        (trouble("unreachable"), True, NOW + EVERY),
        (trouble("no-such-host"), True, NOW + EVERY),
        (trouble("tls"), True, NOW + EVERY),
        (trouble("busy", retry_after=7200.0, status=503), False, None),
        (trouble("server-error", status=500), False, None),
        (trouble("missing", status=404), False, None),
        (None, False, None),
    ],
)
def test_a_host_is_left_alone_for_all_its_feeds(
    error: FetchError | None, until: datetime | None, *, silent: bool
) -> None:
    """Where it says so, or answers nobody; an error of its is one feed's."""
    assert is_silent(error) is silent
    assert error is None or until is None or closed_until(error, NOW, LIMITS) == until


def test_every_trouble_is_borne_somehow() -> None:
    """Each that can be said, and each kind at least for a quarter of an hour."""
    assert all(patience_with(key).polls >= 1 for key in troubles())
