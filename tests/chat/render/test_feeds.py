from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import asks
from bot.chat.render import feeds as look
from bot.feed import Brought, Feed, FeedState
from bot.model import CATALOGUE, Kind, Language
from tests.chat.looks import EN, ZH, buttons_of, payload, text_of, too_much
from tests.fakes import ITHOME, NOW, TECHMEME, feed

FAILING = FeedState(next_poll_at=NOW, polled_at=NOW, failing_at=NOW, trouble="busy", reason="secret", failures=1)
OFF = replace(FAILING, off_at=NOW)
EVERYONE, MODERATORS = asks.Sources(), asks.Sources(curating=1)

hostile = st.sampled_from(["芯" * 200, "[a](https://evil)", "@everyone\n# x", "x", "😀" * 100, "The feed answers 404."])
sites = st.sampled_from(["https://e.com/", "https://e.com/" + "x" * 180, "https://e.com/" + "芯" * 180, "no link"])


@st.composite
def feeds(draw: st.DrawFn) -> list[Feed]:
    """Feeds with anything in them, all failing in any way."""
    return [
        replace(
            feed(number, title=draw(hostile), home=draw(sites)),
            state=FeedState(next_poll_at=NOW, polled_at=NOW, failures=draw(st.integers(0, 1)), failing_at=NOW),
            scope=draw(st.sampled_from([CATALOGUE, "1"])),
            paused=draw(st.booleans()),
            muted=draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 30)))
    ]


def page(found: list[Feed], ask: asks.Sources, reader: Language = EN, brought: Mapping[int, Brought] = {}) -> str:
    return text_of(payload(look.sources(found, brought, ask, reader, now=NOW)))


def daily(newest: datetime, count: int = 5) -> Brought:
    """What a feed brought that has so many articles a day, two thirds of them on topic."""
    return Brought(newest=newest, oldest=newest - timedelta(days=28), count=28 * count, on_topic=2 / 3)


@settings(max_examples=40)
@given(feeds(), st.sampled_from(Language), st.integers(-1, 4))
def test_a_page_of_feeds_fits_whatever_is_the_matter(found: list[Feed], reader: Language, number: int) -> None:
    """Every page, for everyone and for moderators, is a message that Discord takes."""
    brought = {each.id: daily(NOW, 10_000) for each in found}
    asked = [replace(ask, page=number) for ask in (EVERYONE, MODERATORS)]

    sent = [payload(look.sources(found, brought, ask, reader, now=NOW)) for ask in asked]

    assert [too_much(each) for each in sent] == [[], []]


def test_the_fullest_page_fits() -> None:
    """Twelve failing feeds with long names and long addresses are one message."""
    state = FeedState(next_poll_at=NOW, polled_at=NOW, trouble="busy", failing_at=NOW, failures=1)
    found = [feed(number, title="芯" * 100, home="https://e.com/" + "x" * 185, state=state) for number in range(12)]

    sent = payload(look.sources(found, {each.id: daily(NOW) for each in found}, MODERATORS, ZH, now=NOW))

    assert too_much(sent) == []
    assert text_of(sent).count("起读取失败") == 12


def test_a_feed_tells_what_it_is_and_when_it_last_brought_something() -> None:
    """Its name leads to its site; its language and kind are those of its newsroom."""
    works = FeedState(next_poll_at=NOW, polled_at=NOW, succeeded_at=NOW)
    one = feed(1, title="IT之家", newsroom=ITHOME, home="https://www.ithome.com/", state=works)
    two = feed(2, title="Techmeme", newsroom=TECHMEME)

    *_, first, second = page([one, two], EVERYONE, EN, {1: daily(NOW - timedelta(hours=1))}).splitlines()

    assert first.startswith("**[IT之家](https://www.ithome.com/)** · works · Chinese · press · newest <t:1780916400:R>")
    assert first.endswith(" · 5 a day · 67 % on topic")
    assert second == "**[Techmeme](https://example.com/feed)** · **not read yet** · English · aggregator · nothing yet"


def test_the_states_of_all_are_counted_at_the_top() -> None:
    """How many feeds there are, and how many of each kind."""
    assert page([feed(1), feed(2, state=FAILING), feed(3, state=OFF)], EVERYONE).splitlines()[:2] == [
        "## Feeds read here: 3",
        "-# not read yet 1 · failing 1 · switched off 1",
    ]


@pytest.mark.parametrize(
    ("one", "english", "chinese"),
    [
        (replace(feed(), paused=True), "paused", "暂停"),
        (replace(feed(), muted=True), "hidden here", "在此隐藏"),
        (feed(), "not read yet", "尚未读取"),
        (feed(state=FAILING), "failing since <t:1780920000:D>", "自 <t:1780920000:D> 起读取失败"),
        (
            feed(state=OFF),
            "switched off since <t:1780920000:D>",
            "自 <t:1780920000:D> 起停止读取",
        ),
    ],
)
def test_everyone_sees_how_a_feed_is(one: Feed, english: str, chinese: str) -> None:
    """In words, and since when; what its server said is for those who can do something about it."""
    for ask in (EVERYONE, MODERATORS):
        assert f"** · **{english}** · " in page([one], ask, EN)
        assert f"** · **{chinese}** · " in page([one], ask, ZH)
        assert "secret" not in page([one], ask)


def test_moderators_are_led_to_what_is_wrong() -> None:
    """By a button, where anything is."""
    ill, well = [feed(state=FAILING)], [feed()]
    sent = [payload(look.sources(each, {}, ask, EN, now=NOW)) for each in (ill, well) for ask in (EVERYONE, MODERATORS)]

    assert [buttons_of(each) for each in sent] == [{}, {"What is wrong?": "show:health/1"}, {}, {}]


def test_a_servers_own_feed_is_told_to_be_its_own() -> None:
    """The server sees which feeds it brought itself."""
    assert "this server’s own" in page([replace(feed(), scope="1")], EVERYONE)


@pytest.mark.parametrize("ask", [EVERYONE, MODERATORS])
def test_a_servers_own_feed_leads_to_its_site_and_no_further(ask: asks.Sources) -> None:
    """Its address may hold the secret of who added it; a feed of the catalogue is public anyway."""
    url = "https://mo:pass@example.com:8443/feeds/0123secret?token=456secret"
    own = replace(feed(url=url, title="Ours"), scope="1")

    assert "[Ours](https://example.com/)" in page([own], ask)
    assert "secret" not in page([own], ask)
    assert "[A feed](https://example.com/feed)" in page([feed()], ask)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_word(kind: Kind) -> None:
    """In both languages."""
    one = feed(newsroom=replace(ITHOME, kind=kind))

    assert str(kind) in page([one], EVERYONE, EN)
    assert page([one], EVERYONE, ZH) != page(
        [feed(newsroom=replace(ITHOME, kind=next(iter(set(Kind) - {kind}))))], EVERYONE, ZH
    )


@pytest.mark.parametrize(
    ("number", "turns"),
    [
        (1, {"Next": "show:sources/1/2"}),
        (2, {"Back": "show:sources/1/1", "Next": "show:sources/1/3"}),
        (3, {"Back": "show:sources/1/2"}),
    ],
)
def test_many_feeds_are_turned_page_by_page(number: int, turns: dict[str, str]) -> None:
    """A moderator's pages stay a moderator's."""
    found = [feed(each) for each in range(30)]

    sent = payload(look.sources(found, {}, replace(MODERATORS, page=number), EN, now=NOW))

    assert buttons_of(sent) == turns
    assert f"Page {number} of 3" in text_of(sent)


def test_nothing_is_read_yet() -> None:
    """A server without feeds is told so."""
    assert page([], EVERYONE) == "No feed is read here yet."
