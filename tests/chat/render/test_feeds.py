from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import asks
from bot.chat.render import feeds as look
from bot.feed import Entry, Feed, FeedState
from bot.feeds.catalogue import Report
from bot.model import CATALOGUE, Kind, Language
from tests.chat.looks import EN, ZH, buttons_of, payload, text_of, too_much
from tests.fakes import ITHOME, NOW, TECHMEME, feed

EVERYONE, MODERATORS = asks.Sources(), asks.Sources(curating=1)

hostile = st.sampled_from(["芯" * 200, "[a](https://evil)", "@everyone\n# x", "x", "😀" * 100, "The feed answers 404."])
sites = st.sampled_from(["https://e.com/", "https://e.com/" + "x" * 180, "https://e.com/" + "芯" * 180, "no link"])


@st.composite
def feeds(draw: st.DrawFn) -> list[Feed]:
    """Feeds with anything in them, all failing in any way."""
    return [
        replace(
            feed(number, title=draw(hostile), home=draw(sites)),
            state=FeedState(next_poll_at=NOW, reason=draw(st.none() | hostile)),
            scope=draw(st.sampled_from([CATALOGUE, "1"])),
            paused=draw(st.booleans()),
            muted=draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 30)))
    ]


def page(found: list[Feed], ask: asks.Sources, reader: Language = EN) -> str:
    return text_of(payload(look.sources(found, {}, ask, reader)))


@settings(max_examples=40)
@given(feeds(), st.sampled_from(Language), st.integers(-1, 4))
def test_a_page_of_feeds_fits_whatever_is_the_matter(found: list[Feed], reader: Language, number: int) -> None:
    """Every page, for everyone and for moderators, is a message that Discord takes."""
    newest = {each.id: NOW for each in found}
    asked = [replace(ask, page=number) for ask in (EVERYONE, MODERATORS)]

    sent = [payload(look.sources(found, newest, ask, reader)) for ask in asked]

    assert [too_much(each) for each in sent] == [[], []]


def test_the_fullest_page_fits() -> None:
    """Twelve feeds with long names, long addresses and long troubles are one message."""
    state = FeedState(next_poll_at=NOW, reason="源" * 200)
    found = [feed(number, title="芯" * 100, home="https://e.com/" + "x" * 185, state=state) for number in range(12)]

    sent = payload(look.sources(found, {}, MODERATORS, ZH))

    assert too_much(sent) == []
    assert text_of(sent).count("读取失败") == 12


def test_a_feed_tells_what_it_is_and_when_it_last_brought_something() -> None:
    """Its name leads to its site; its language and kind are those of its newsroom."""
    one = feed(1, title="IT之家", newsroom=ITHOME, home="https://www.ithome.com/")
    two = feed(2, title="Techmeme", newsroom=TECHMEME)

    text = text_of(payload(look.sources([one, two], {1: NOW - timedelta(hours=1)}, EVERYONE, EN)))

    assert text.splitlines() == [
        "## Feeds read here: 2",
        "-# Only press counts as a newsroom that confirms a story. Moderators add feeds with `/feeds add`.",
        "**[IT之家](https://www.ithome.com/)** · Chinese · press · newest <t:1780916400:R>",
        "**[Techmeme](https://example.com/feed)** · English · aggregator · nothing yet",
    ]


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (replace(feed(), paused=True), "paused"),
        (replace(feed(), muted=True), "hidden in this server"),
        (feed(state=FeedState(next_poll_at=NOW, reason="There is nothing there.")), "failing: There is nothing there."),
    ],
)
def test_moderators_see_what_is_the_matter_and_others_do_not(one: Feed, told: str) -> None:
    """A feed's troubles are for those who can do something about them."""
    assert page([one], MODERATORS).endswith(f" · **{told}**")
    assert told not in page([one], EVERYONE)


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

    sent = payload(look.sources(found, {}, replace(MODERATORS, page=number), EN))

    assert buttons_of(sent) == turns
    assert f"Page {number} of 3" in text_of(sent)


def test_nothing_is_read_yet() -> None:
    """A server without feeds is told so."""
    assert page([], EVERYONE) == "No feed is read here yet."


def test_a_look_at_a_feed_shows_its_latest_entries() -> None:
    """Three are enough to see that it is the right one; a hostile title stays a title."""
    entries = tuple(
        Entry(guid=str(number), title=title, link="https://e.com/1", published=NOW)
        for number, title in enumerate(["SMIC", "# @everyone", "", "four"])
    )
    looked = Report(status="ok", reason="", title="[x](https://evil)", language=EN, entries=entries)

    text = text_of(payload(look.report(looked, EN, heading="It works.")))

    assert text.splitlines() == [
        "## (x)(https:\u200b//evil)",
        "It works.",
        "### Its latest entries",
        "<t:1780920000:R> [SMIC](https://e.com/1)",
        "<t:1780920000:R> [\u200b# @\u200beveryone](https://e.com/1)",
        "<t:1780920000:R> […](https://e.com/1)",
    ]


def test_a_look_at_what_is_no_feed_says_why() -> None:
    """The reason comes from fetching or parsing, and is shown as text."""
    looked = Report(status="not-a-feed", reason="There is a <web page> instead.")

    text = text_of(payload(look.report(looked, EN, heading="")))

    assert text == "### That did not work\nI cannot read that as a feed. There is a ‹web page› instead."
