from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import asks
from bot.chat.asks import Ask, decoded, encoded, marker, minutes
from bot.errors import InputError
from bot.model import Language, Topic
from tests.fakes import NOW

homes = st.from_regex(r"[0-9a-f]{8}", fullmatch=True)
names = st.from_regex(r"[0-9a-z]{1,32}", fullmatch=True)
pages = st.integers(1, 9999)
editions = st.integers(1, 10**9)
times = st.integers(0, 130_000_000)
topics = st.none() | st.sampled_from(Topic)
languages = st.sampled_from(Language)

every_ask = st.one_of(
    st.builds(asks.Found, question=st.from_regex(r"[0-9a-f]{12}", fullmatch=True), page=pages),
    st.builds(asks.OneStory, story=names, page=pages),
    st.builds(asks.Hours, start=times, end=times, language=languages, topic=topics, widened=st.integers(0, 1)),
    st.builds(asks.HoursList, start=times, end=times, topic=topics, page=pages),
    st.builds(asks.EditionIn, home=homes, edition=editions, part=st.integers(0, 9), language=languages),
    st.builds(asks.EditionList, home=homes, edition=editions, part=st.integers(0, 9), page=pages),
    st.builds(asks.Sources, curating=st.integers(0, 1), page=pages),
)


def test_every_kind_of_ask_has_a_name_of_its_own() -> None:
    """A kind that is added here is to be tried below."""
    kinds = sorted(each.kind for each in get_args(Ask))

    assert kinds == ["all", "edition", "found", "hours", "list", "sources", "story"]


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
        "Found/abc/1",
    ],
)
def test_an_id_of_another_release_is_refused(text: str) -> None:
    """What this release does not write it does not read."""
    with pytest.raises(InputError):
        decoded(text)


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


@given(homes, st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_posted_part_is_known_by_its_ids_and_by_no_others(home: str, edition: int, other: int) -> None:
    """The marker of one part stands in all its ids, and in none of another edition or part."""
    ids = [
        encoded(asks.EditionList(home=home, edition=edition, part=0)),
        encoded(asks.EditionIn(home=home, edition=edition, part=0, language=Language.ZH)),
    ]

    assert all(marker(home, edition, 0) in each for each in ids)
    assert not any(marker(home, edition, 1) in each for each in ids)
    assert edition == other or not any(marker(home, other, 0) in each for each in ids)
