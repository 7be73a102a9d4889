from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.feed import Entry, ParsedFeed
from bot.feeds.remarks import remark_on, remarks_on, rhythm
from bot.feeds.troubles import sentence
from bot.model import Language
from bot.stories.tell import batch_stamped
from tests.fakes import DAY, HOUR, NOW, SCMP, article, story

GOOD = Entry(guid="g", title="华为发布昇腾", link="https://a.example/g", summary="华为周一发布。", published=NOW - HOUR)


def feed(*entries: Entry, **also: object) -> ParsedFeed:
    return ParsedFeed(title="F", language="zh", entries=entries, **also)


def dated(*ages: timedelta | None) -> list[Entry]:
    """Good entries of these ages; None is one without a date."""
    return [replace(GOOD, guid=str(at), published=None if age is None else NOW - age) for at, age in enumerate(ages)]


def every(gap: timedelta, *, since: timedelta, count: int = 10) -> list[Entry]:
    """Entries at a steady pace, the newest so long ago."""
    return dated(*(since + gap * at for at in range(count)))


@pytest.mark.parametrize(
    ("parsed", "key"),
    [
        (feed(GOOD), None),
        (feed(*every(HOUR, since=HOUR)), None),
        (feed(), "empty.entries"),
        (feed(skipped=3), "skipped"),
        (feed(GOOD, skipped=1), "skipped"),
        (feed(GOOD, replace(GOOD, guid="h"), skipped=1), None),
        (feed(*dated(HOUR, None)), "undated"),
        (feed(*dated(HOUR, 2 * HOUR, None)), None),
        (feed(GOOD, ahead=1), "ahead"),
        (feed(*dated(HOUR, HOUR, HOUR, HOUR, 2 * HOUR)), "stamped"),
        (feed(*dated(HOUR, HOUR, HOUR, 2 * HOUR)), None),
        (feed(*dated(*[timedelta()] * 9), ahead=9), "ahead"),
        (feed(*every(HOUR, since=15 * DAY)), "stale"),
        (feed(*every(HOUR, since=13 * DAY)), None),
        (feed(*every(7 * DAY, since=60 * DAY)), None),
        (feed(*every(7 * DAY, since=71 * DAY)), "stale"),
        (feed(*dated(181 * DAY)), "stale"),
        (feed(*dated(100 * DAY, 101 * DAY)), None),
        (feed(GOOD, replace(GOOD, guid="h", link="")), "thin.links"),
        (feed(GOOD, repeated=1), "repeated"),
        (feed(GOOD, charset=("gb2312", "utf-8")), "charset"),
        (feed(replace(GOOD, summary="")), "thin"),
    ],
)
def test_what_is_odd_has_a_name(parsed: ParsedFeed, key: str | None) -> None:
    """The most telling oddity of a feed, in a sentence of each language; nothing about a good one."""
    remark = remark_on(parsed, now=NOW)

    assert (remark and remark.key) == key
    if remark:
        assert remark.code == remark.key.split(".", maxsplit=1)[0]
        assert all("{" not in sentence(remark.key, remark.facts, reader) for reader in Language)


def test_all_that_is_odd_is_told_in_its_order() -> None:
    """A feed may have several oddities; those that make it useless come first."""
    broken = [replace(each, summary="", link="") for each in dated(None, None, None)]

    found = remarks_on(feed(*broken, skipped=9, repeated=2, charset=("utf-8", "gb18030")), now=NOW)

    assert [remark.key for remark in found] == ["skipped", "undated", "thin.links", "repeated", "charset", "thin"]


@pytest.mark.parametrize("count", [1, 3, 4, 5, 40])
def test_a_batch_is_what_the_digest_takes_for_one(count: int) -> None:
    """A feed is called stamped exactly where its times are not believed to tell who was first."""
    told = story(*[article(str(at), newsroom=SCMP, published=NOW - HOUR) for at in range(count)])

    remark = remark_on(feed(*dated(*[HOUR] * count)), now=NOW)

    assert (remark is not None) == (batch_stamped([told]) == {"SCMP"})


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ([], None),
        ([HOUR, 2 * HOUR], None),
        ([HOUR, HOUR, HOUR], None),
        ([HOUR, 2 * HOUR, 3 * HOUR], HOUR),
        ([HOUR, 2 * HOUR, 3 * HOUR, 200 * HOUR], HOUR),
        ([None, HOUR, 3 * HOUR, 5 * HOUR], 2 * HOUR),
    ],
)
def test_a_rhythm_is_the_usual_gap(ages: Sequence[timedelta | None], expected: timedelta | None) -> None:
    """One long silence changes no rhythm, and two entries have none."""
    assert rhythm(dated(*ages)) == expected


def test_a_remark_tells_its_facts() -> None:
    """What is counted stands in the sentence."""
    old = datetime(2026, 6, 8, tzinfo=UTC)
    remark = remark_on(feed(*[replace(each, published=old) for each in dated(*[HOUR] * 5)]), now=NOW)

    assert remark is not None
    assert sentence(remark.key, remark.facts, Language.EN).startswith(
        "5 entries bear the same time (2026-06-08 00:00:00"
    )
