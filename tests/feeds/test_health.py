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

from bot.ago import ago, often, since
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
    words,
)
from bot.feeds.troubles import troubles
from bot.model import CATALOGUE, Kind, Language, Newsroom, Topic
from tests.fakes import DAY, HOUR, ITHOME, KR36, NVIDIA, TECHMEME, feed

EN, ZH = Language.EN, Language.ZH
NOW = datetime(2026, 6, 9, 12, tzinfo=UTC)
"""A Tuesday."""
FRIDAY, MONDAY = datetime(2026, 6, 5, 14, tzinfo=UTC), datetime(2026, 6, 8, 9, tzinfo=UTC)
GOLDEN = Path(__file__).parents[1] / "data" / "health.txt"

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


def manner(reader: Language) -> Manner:
    """As a terminal says it, in Berlin's clock of the test: UTC."""
    return Manner(since=lambda at: since(at, NOW, UTC, reader), ago=lambda at: ago(at, NOW, reader))


def state(**said: object) -> FeedState:
    """A feed that was read for weeks."""
    given = {"polled_at": NOW, "succeeded_at": NOW, "seeded_at": NOW - 30 * DAY}
    return FeedState(next_poll_at=NOW + HOUR, **(given | said))  # type: ignore[arg-type]


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
    for key, said in troubles().items():
        facts = {name: FACTS[name] for name in placeholders(said["en"])}
        yield key, found(own(1, failing(key, MONDAY, **facts), title="Chip Blog", newsroom=CAIXIN))


def remarked() -> Iterator[tuple[str, Ailment]]:
    """One with each remark."""
    moved = state(moved_to="https://new.example/feed?key=secret", moved_at=MONDAY, moved_polls=2)
    yield "moved", found(own(1, moved, title="Chip Blog"))


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


if __name__ == "__main__":
    GOLDEN.write_text(golden(), "utf-8")
