"""What is said of every feed that fails or is odd: the sentences stand in tests/data/health.txt, to be read.

`python -m tests.feeds.test_health` writes them anew.
"""

import re
import string
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ago import ago, since
from bot.feed import Brought, Feed, FeedState
from bot.feeds.explain import Manner, sentence
from bot.feeds.health import (
    Ailment,
    Found,
    Remedy,
    State,
    View,
    ailment,
    ailments,
    answered,
    is_slow,
    rhythm,
    state_of,
    table,
    view_of,
    words,
)
from bot.feeds.troubles import troubles
from bot.model import CATALOGUE, Kind, Language, Newsroom, Topic
from tests.fakes import DAY, HOUR, ITHOME, KR36, NVIDIA, TECHMEME, feed

EN, ZH = Language.EN, Language.ZH
NOW = datetime(2026, 6, 9, 12, tzinfo=UTC)
"""A Tuesday."""
FRIDAY, MONDAY = datetime(2026, 6, 5, 14, tzinfo=UTC), datetime(2026, 6, 8, 9, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "data" / "health.txt"

SCMP = Newsroom(name="South China Morning Post", language=EN, kind=Kind.PRESS)
CAIXIN = Newsroom(name="Caixin Global", language=EN, kind=Kind.PRESS)
DIGITIMES = Newsroom(name="DIGITIMES", language=EN, kind=Kind.PRESS)

FACTS = {
    "host": "news.example",
    "status": 503,
    "megabytes": 5,
    "most": 2000,
}
"""What may stand in a trouble's sentence."""

REMARKED = {
    "days": 30,
    "count": 11,
    "total": 20,
    "time": "2026-06-09 02:40:00 UTC",
    "skipped": 12,
    "said": "gb2312",
    "used": "utf-8",
}
"""What may stand in that of a remark."""

POLLED = [
    key
    for key in troubles()
    if key.partition(".")[0] != "not-a-list"
    and key not in {"too-big.list", "too-big.feeds", "unchanged"} | {*table()["remarks"]}
]
"""The troubles that a poll can meet; the others are those of lists of feeds and of one look, and remarks."""


def manner(reader: Language) -> Manner:
    """As a terminal says it, in Berlin's clock of the test: UTC."""
    return Manner(since=lambda at: since(at, NOW, UTC, reader), ago=lambda at: ago(at, NOW, reader))


def state(**said: object) -> FeedState:
    """A feed that was read for weeks."""
    usual = {"polled_at": NOW, "succeeded_at": NOW, "seeded_at": NOW - 30 * DAY}
    return FeedState(next_poll_at=NOW + HOUR, **(usual | said))  # type: ignore[arg-type]


def failing(trouble: str, at: datetime = FRIDAY, *, off: datetime | None = None, **facts: object) -> FeedState:
    """A feed that fails since a time, and was switched off for it perhaps."""
    return state(trouble=trouble, facts=facts, failing_at=at, succeeded_at=at, failures=3, off_at=off)


def own(number: int, trouble: FeedState, **said: object) -> Feed:
    """A server's own feed."""
    return replace(feed(number, state=trouble, **said), scope="77")


def daily(count: int, newest: datetime) -> Brought:
    """What a feed brought that had so many articles a day."""
    return Brought(newest=newest, oldest=newest - 28 * DAY, count=28 * count, on_topic=0.6)


def found(one: Feed, *others: Feed, brought: Brought | None = None, view: View | None = None) -> Ailment:
    """What is the matter with a feed."""
    who = view or (View.GUEST if one.scope == CATALOGUE else View.OWN)
    made = ailment(one, others, brought, now=NOW, view=who)
    assert made
    return made


def told(made: Ailment) -> list[str]:
    """What is said of it in both languages, with its buttons."""
    buttons = ", ".join(each.value for each in made.remedies) or "none"
    said = [sentence(made, reader, manner(reader)) for reader in Language]
    return [*said, f"[{buttons}]"]


SCMP_TECH = {"title": "SCMP Tech", "newsroom": SCMP, "topics": (Topic.POLICY,), "home": "https://www.scmp.com"}
HIDDEN = replace(feed(2, title="SCMP China", newsroom=SCMP), muted=True)


def examples() -> Iterator[tuple[str, Ailment]]:
    """Feeds as moderators meet them, those of research into what such sentences should be first."""
    refused = failing("refused", FRIDAY, host="www.scmp.com", status=403)
    yield "refused, and another feed of it is hidden here", found(feed(1, state=refused, **SCMP_TECH), HIDDEN)
    html = failing("html", MONDAY, host="36kr.com")
    yield "a web page instead", found(own(1, html, title="36Kr", newsroom=KR36, topics=(Topic.MODELS, Topic.CAPITAL)))
    thirty = Found(count=30, newest=NOW - timedelta(minutes=12))
    kr36 = own(1, html, title="36Kr", newsroom=KR36)
    yield "a web page instead, and its site names another address", answered(found(kr36), thirty)
    yield "the same, without a date", answered(found(kr36), replace(thirty, newest=None))
    caixin = own(1, state(), title="Caixin Global", newsroom=CAIXIN, home="https://www.caixinglobal.com")
    yield "silent", found(caixin, brought=daily(14, NOW - 9 * DAY))
    lost = failing("no-such-host", NOW - 9 * DAY, off=NOW - 3 * HOUR, host="digitimes.example")
    yield "off", found(own(1, lost, title="DIGITIMES", newsroom=DIGITIMES, topics=(Topic.CHIPS,)))
    again = feed(2, title="SCMP China", newsroom=SCMP, state=state())
    yield "refused, and another feed of it works", found(feed(1, state=refused, **SCMP_TECH), again)
    yield "refused, as the operator is told", found(feed(1, state=refused, **SCMP_TECH), view=View.OPERATOR)
    gone = failing("gone", MONDAY, off=MONDAY, host="a.example", status=410)
    yield "gone, a server's own", found(own(1, gone, title="Chip Blog", newsroom=CAIXIN))
    yield "gone, of the catalogue", found(feed(1, title="Chip Blog", newsroom=CAIXIN, state=gone))
    yield "gone, as the operator is told", found(feed(1, title="Chip Blog", state=gone), view=View.OPERATOR)
    busy = failing("busy", NOW - 2 * HOUR, host="a.example", status=429)
    yield "a while", found(feed(1, title="IT之家", newsroom=ITHOME, topics=(Topic.CHIPS, Topic.MODELS), state=busy))
    long = failing("unreachable", NOW - 5 * DAY, host="a.example")
    yield "days", found(own(1, long, title="IT之家", newsroom=ITHOME, topics=tuple(Topic)[:3]))
    yield "a company", found(feed(1, title="NVIDIA Blog", newsroom=NVIDIA, state=long))
    yield "an aggregator", found(feed(1, title="Techmeme", newsroom=TECHMEME, state=long))
    forum = Newsroom(name="V2EX", language=ZH, kind=Kind.COMMUNITY)
    yield "a forum", found(feed(1, title="V2EX", newsroom=forum, state=long))
    yield (
        "silent without a rhythm",
        found(
            own(1, state(remark="stale"), title="Chip Blog"),
            brought=Brought(newest=NOW - 200 * DAY, oldest=NOW - 200 * DAY, count=1),
        ),
    )
    yield "written down by an earlier release", found(feed(1, title="Old", state=state(trouble="missing", failures=9)))
    yield "a trouble of a later release", found(feed(1, title="New", state=failing("eaten-by-a-dog")))


def troubled() -> Iterator[tuple[str, Ailment]]:
    """A server's own feed with each trouble there is."""
    for key in POLLED:
        facts = {name: FACTS[name] for name in placeholders(troubles()[key]["en"])}
        yield key, found(own(1, failing(key, MONDAY, **facts), title="Chip Blog", newsroom=CAIXIN))


def remarked() -> Iterator[tuple[str, Ailment]]:
    """One with each remark."""
    moved = state(moved_to="https://new.example/feed?key=secret", moved_at=MONDAY, moved_polls=2)
    yield "moved", found(own(1, moved, title="Chip Blog"))
    for key in sorted({*table()["remarks"]} - {"silent", "silent.bare", "moved"}):
        odd = state(remark=key, remark_facts=REMARKED)
        yield key, found(own(1, odd, title="AIbase", home="https://www.aibase.com"))


def placeholders(said: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(said) if name is not None}


def golden() -> str:
    """All sentences, as they stand in the file."""
    parts = [("Examples", examples()), ("Troubles", troubled()), ("Remarks", remarked())]
    lines = []
    for title, those in parts:
        lines += [f"# {title}", ""]
        for name, made in those:
            lines += [name, *(f"  {line}" for line in told(made)), ""]
    return "\n".join(lines)


def test_what_is_said_stands_in_a_file_to_be_read() -> None:
    """Every sentence in both languages, each trouble and remark among them."""
    assert golden() == GOLDEN.read_text("utf-8")


@pytest.mark.parametrize("key", POLLED)
def test_every_trouble_has_words_of_its_own(key: str) -> None:
    """None is told as what nobody has met yet; a case of a trouble may be told as the trouble."""
    assert key == "unexpected" or words(key) != words("unexpected")


def test_what_is_said_is_said_of_the_same_facts_in_both_languages() -> None:
    """And of facts that a trouble has."""
    for key, said in table()["troubles"].items():
        facts = {name for one in ("en", "zh") for name in placeholders(troubles()[key][one])}
        for reader in Language:
            assert placeholders(said[reader]["what"]) - {"who", "since"} <= facts, key
            assert "who" in placeholders(said[reader]["what"]), key
    for key, said in table()["remarks"].items():
        known = placeholders(troubles().get(key, {"en": "{newest} {rate}"})["en"])
        assert placeholders(said["en"]["what"]) == placeholders(said["zh"]["what"])
        assert placeholders(said["en"]["what"]) - {"who", "since"} <= known, key
    for said in (*table()["troubles"].values(), *table()["remarks"].values()):
        assert said["advice"] in table()["advice"]
        assert {Remedy(each) for each in said["can"]} <= set(Remedy)


def test_everything_remarked_on_a_feed_has_words() -> None:
    """Whatever polling writes down as odd; `moved` is told from where redirects lead."""
    source = (ROOT / "bot" / "feeds" / "remarks.py").read_text("utf-8")

    assert {*re.findall(r'key="([a-z.]+)"', source), "flipped"} <= set(table()["remarks"])


@pytest.mark.parametrize(
    ("one", "brought", "expected"),
    [
        (feed(state=state()), daily(14, NOW - HOUR), State.WORKS),
        (feed(state=FeedState(next_poll_at=NOW)), None, State.NEW),
        (feed(state=state()), daily(14, NOW - 9 * DAY), State.SLOW),
        (feed(state=state(remark="stale")), None, State.SLOW),
        (feed(state=failing("busy")), daily(14, NOW - 9 * DAY), State.FAILING),
        (feed(state=FeedState(next_poll_at=NOW, failures=1)), None, State.FAILING),
        (feed(state=failing("gone", off=NOW)), None, State.OFF),
        (replace(feed(state=failing("gone", off=NOW)), paused=True), None, State.PAUSED),
        (replace(feed(state=failing("gone", off=NOW)), muted=True), None, State.HIDDEN),
    ],
)
def test_how_a_feed_is(one: Feed, brought: Brought | None, expected: State) -> None:
    """What people did to it is told before what its site did."""
    assert state_of(one, brought, NOW) is expected


@pytest.mark.parametrize(
    ("days", "count", "silent", "slow"),
    [
        pytest.param(28, 28 * 14, 4, False, id="a long weekend"),
        pytest.param(28, 28 * 14, 6, True, id="nearly a week, of what came hourly"),
        pytest.param(28, 4, 20, False, id="a weekly that rests"),
        pytest.param(28, 4, 60, True, id="a weekly that ended"),
        pytest.param(28, 2, 300, False, id="too few to tell"),
    ],
)
def test_a_feed_is_slow_by_its_own_measure(days: int, count: int, silent: int, *, slow: bool) -> None:
    """Silence is measured by how often it used to bring something."""
    newest = NOW - silent * DAY

    assert is_slow(Brought(newest=newest, oldest=newest - days * DAY, count=count), NOW) is slow


@pytest.mark.parametrize(
    ("brought", "a_day"),
    [
        (None, None),
        (Brought(newest=NOW, oldest=NOW, count=2), None),
        (Brought(newest=NOW, oldest=NOW, count=30), 30),
        (Brought(newest=NOW - DAY, oldest=NOW - 10 * DAY, count=20), 2),
    ],
)
def test_a_rhythm_needs_some_articles_and_at_least_a_day(brought: Brought | None, a_day: float | None) -> None:
    """What came at one time came in one day."""
    assert rhythm(brought, NOW) == a_day


@pytest.mark.parametrize(
    ("other", "loses"),
    [
        ({}, True),
        ({"newsroom": SCMP, "state": state()}, False),
        ({"newsroom": SCMP, "state": failing("busy")}, True),
        ({"newsroom": SCMP, "state": FeedState(next_poll_at=NOW)}, True),
        ({"newsroom": ITHOME, "state": state(), "home": "https://scmp.com/tech"}, False),
        ({"newsroom": ITHOME, "state": state(), "home": "https://www.ithome.com"}, True),
    ],
)
def test_readers_lose_nothing_while_another_feed_of_it_works(other: dict[str, object], *, loses: bool) -> None:
    """By the newsroom's name, else by its site."""
    one = feed(1, state=failing("refused"), **SCMP_TECH)

    assert found(one, one, feed(2, **other)).loses is loses  # type: ignore[arg-type]


@pytest.mark.parametrize("put_aside", [{"muted": True}, {"paused": True}])
def test_another_feed_of_the_newsroom_is_offered_where_it_was_put_aside(put_aside: dict[str, bool]) -> None:
    """Unless it fails too; a feed is never offered instead of itself."""
    one, two = feed(1, state=failing("refused"), **SCMP_TECH), feed(2, newsroom=SCMP, state=state())

    assert found(one, replace(two, **put_aside)).other == replace(two, **put_aside)  # type: ignore[arg-type]
    assert found(one, replace(two, **put_aside, state=failing("busy"))).other is None  # type: ignore[arg-type]
    assert found(one, one, two).other is None


@pytest.mark.parametrize("view", View)
def test_nobody_is_offered_what_they_may_not_do(view: View) -> None:
    """A server changes no feed of the catalogue, and the operator has a terminal."""
    one = feed(1, state=failing("missing", off=NOW), home="https://a.example")
    offered = set(found(one, view=view).remedies)

    assert bool(offered & {Remedy.ADDRESS, Remedy.REMOVE, Remedy.RETRY}) is (view is View.OWN)
    assert view is not View.OPERATOR or not offered


@pytest.mark.parametrize(
    "one",
    [
        feed(state=state()),
        feed(state=FeedState(next_poll_at=NOW)),
        replace(feed(state=failing("busy")), muted=True),
        replace(feed(state=failing("busy")), paused=True),
    ],
)
def test_nothing_is_said_of_feeds_that_are_well_or_put_aside(one: Feed) -> None:
    """Nobody asks after what they hid themselves."""
    assert ailment(one, (), daily(3, NOW), now=NOW, view=View.OWN) is None


def test_the_worst_comes_first() -> None:
    """What was switched off, then what fails the longest, then what is odd."""
    feeds = [
        feed(1, state=state(remark="stale")),
        feed(2, state=failing("busy", MONDAY)),
        feed(3, state=failing("busy", FRIDAY)),
        feed(4, state=failing("gone", MONDAY, off=MONDAY)),
        feed(5, state=state()),
    ]

    ordered = ailments(feeds, {1: daily(1, NOW - 90 * DAY)}, now=NOW, view=view_of)

    assert [each.feed.id for each in ordered] == [4, 3, 2, 1]


@given(st.text(), st.text(), st.sampled_from(POLLED))
def test_strangers_words_are_handed_over_to_be_made_safe(title: str, fact: str, key: str) -> None:
    """A feed's name and every text among the facts go through whoever shows them."""
    seen: list[str] = []

    def safe(text: str) -> str:
        seen.append(text)
        return "safe"

    careful = replace(manner(EN), name=safe, text=safe)
    made = found(own(1, failing(key, MONDAY, host=fact), title=title))

    sentence(made, EN, careful)

    assert {title, fact} <= set(seen)


if __name__ == "__main__":
    GOLDEN.write_text(golden(), "utf-8")
