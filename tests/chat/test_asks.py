from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import asks
from bot.chat.asks import Ask, Mark, decoded, encoded, minutes
from bot.errors import InputError, RefusedError
from bot.model import Language, Topic
from tests.fakes import NOW

homes = st.from_regex(r"[0-9a-f]{8}", fullmatch=True)
names = st.from_regex(r"[0-9a-z]{1,32}", fullmatch=True)
pages = st.integers(1, 9999)
editions = st.integers(1, 10**9)
times = st.integers(0, 130_000_000)
spans = st.tuples(times, st.integers(0, 4 * 24 * 60)).map(lambda both: {"start": both[0], "end": sum(both)})
marks = st.builds(Mark, home=homes, edition=editions, at=st.integers(0, 10**10), part=st.integers(0, 9))
topics = st.none() | st.sampled_from(Topic)
languages = st.sampled_from(Language)

every_ask = st.one_of(
    st.builds(asks.Found, question=st.from_regex(r"[0-9a-f]{12}", fullmatch=True), page=pages),
    st.builds(asks.OneStory, story=names, page=pages),
    st.builds(asks.Reasons, story=names, page=pages),
    st.builds(
        lambda span, **said: asks.Hours(**span, **said),
        spans,
        language=languages,
        topic=topics,
        widened=st.integers(0, 1),
    ),
    st.builds(lambda span, **said: asks.HoursList(**span, **said), spans, topic=topics, page=pages),
    st.builds(asks.EditionIn, mark=marks, language=languages),
    st.builds(asks.EditionList, mark=marks, page=pages),
    st.builds(asks.Sources, curating=st.integers(0, 1), page=pages),
)


def test_every_kind_of_ask_has_a_name_of_its_own() -> None:
    """A kind that is added here is to be tried below."""
    kinds = sorted(each.kind for each in get_args(Ask))

    assert kinds == ["all", "edition", "found", "health", "hours", "list", "sources", "story", "why"]


@given(every_ask)
def test_an_ask_survives_being_a_custom_id(ask: Ask) -> None:
    """What a button shows is read back from its id as it was, whatever it shows."""
    assert decoded(encoded(ask)) == ask


@given(every_ask)
def test_every_custom_id_is_short_enough(ask: Ask) -> None:
    """Discord allows a hundred characters, with the word for what the button does before them."""
    assert all(len(f"{verb}:{encoded(ask)}") <= 100 for verb in ("show", "post", "open"))


@given(every_ask)
def test_what_was_read_already_stays_as_it_is(ask: Ask) -> None:
    """Encoding an id and decoding an ask change nothing."""
    assert encoded(encoded(ask)) == encoded(ask)
    assert decoded(ask) is ask


@given(st.text(max_size=60) | every_ask.map(encoded).flatmap(lambda known: st.text(max_size=3).map(known.__add__)))
def test_an_id_is_read_or_refused(text: str) -> None:
    """Whatever stands in an id, nothing but a sentence comes of it."""
    try:
        read = decoded(text)
    except InputError as error:
        read = error

    assert isinstance(read, (InputError, *get_args(Ask)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "found",
        "found/",
        "found/abc",
        "found/abc/one",
        "found/abc/1/2",
        "gone/abc/1",
        "hours/1/2/fr/-/0",
        "hours/1/2/en/weather/0",
        "hours/1/2/en/-",
        "edition/abc/x/0/en",
        "edition/abc/1/0/en",
        "edition/abc/1/x/0/en",
        "all/abc/1/0/1",
        "Found/abc/1",
    ],
)
def test_an_id_of_another_release_is_refused(text: str) -> None:
    """What this release does not write it does not read."""
    with pytest.raises(InputError):
        decoded(text)


@pytest.mark.parametrize(
    "text",
    [
        "list/0/130000000/-/1",
        "list/29680560/29686321/-/1",
        "hours/0/5761/en/-/0",
        "hours/29682000/29680560/en/-/0",
        "hours/-1440/0/en/-/0",
        "list/99999999999999999999/99999999999999999999/-/1",
        "found/abc/0",
        "found/abc/-1",
        "found/abc/10001",
        "sources/0/999999999999",
        "all/abc/1/0/0/0",
    ],
)
def test_an_id_that_somebody_made_up_is_refused(text: str) -> None:
    """No button of ours covers a century or turns to the millionth page, so none is looked for."""
    with pytest.raises(RefusedError) as refusal:
        decoded(text)

    assert refusal.value.key == "other-release"


@pytest.mark.parametrize(
    "text", ["found/abc/01", "found/abc/+1", "found/abc/ 1", "found/abc/1_0", "found/abc/１", "all/abc/07/1/0/1"]
)
def test_an_id_is_written_in_one_way_only(text: str) -> None:
    """Two ids of one thing in a message would be refused by Discord, and the mark would not be found in the other."""
    with pytest.raises(RefusedError) as refusal:
        decoded(text)

    assert refusal.value.key == "other-release"


def test_the_longest_and_the_furthest_is_still_read() -> None:
    """Three days, with a day for a zone's clocks, and ten thousand pages."""
    for text in ("hours/29680560/29686320/en/-/1", "found/abc/10000", "list/0/0/-/1"):
        assert encoded(decoded(text)) == text


@pytest.mark.parametrize(
    ("at", "count"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(1970, 1, 1, 0, 1, 59, tzinfo=UTC), 1),
        (datetime(2026, 6, 8, 12, tzinfo=UTC), 29682000),
    ],
)
def test_hours_are_kept_in_whole_minutes(at: datetime, count: int) -> None:
    """A minute that has begun is not over."""
    assert minutes(at) == count


def test_hours_come_back_as_they_were() -> None:
    """The window of an ask is the one it was made of."""
    start = minutes(NOW - timedelta(days=1))

    window = asks.HoursList(start=start, end=minutes(NOW)).window

    assert (window.start, window.end) == (NOW - timedelta(days=1), NOW)


@given(marks, st.integers(1, 10**6))
def test_a_posted_part_is_known_by_its_ids_and_by_no_others(mark: Mark, other: int) -> None:
    """The mark of one part stands in all its ids, and in none of another edition, part, or decision."""
    ids = [encoded(asks.EditionList(mark=mark)), encoded(asks.EditionIn(mark=mark, language=Language.ZH))]

    assert all(mark.text in each for each in ids)
    assert not any(replace(mark, part=mark.part + 1).text in each for each in ids)
    assert not any(replace(mark, at=mark.at + 1).text in each for each in ids)
    assert mark.edition == other or not any(replace(mark, edition=other).text in each for each in ids)
