from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import asks
from bot.chat.render import health as look
from bot.feed import Brought, Feed, FeedState, Notice
from bot.feeds.health import Found, Remedy, View, ailment, ailments, answered, view_of
from bot.feeds.troubles import troubles
from bot.model import CATALOGUE, Language
from tests.chat.looks import EN, ZH, buttons_of, parts, payload, text_of, too_much
from tests.fakes import DAY, NOW, SCMP, feed

hostile = st.sampled_from(["芯" * 200, "[a](https://evil)", "@everyone\n# x", "😀" * 100, "Chip Blog"])
sites = st.sampled_from([None, "https://a.example", "javascript:alert(1)", "https://e.com/" + "x" * 600])


def ill(number: int = 1, trouble: str = "missing", *, scope: str = "77", off: bool = False, **said: Any) -> Feed:
    """A feed that fails for four days, of a server unless said otherwise."""
    state = FeedState(
        next_poll_at=NOW,
        polled_at=NOW,
        failing_at=NOW - 4 * DAY,
        failures=5,
        trouble=trouble,
        facts={"host": "a.example", "status": 404, "megabytes": 5},
        off_at=NOW - timedelta(hours=3) if off else None,
    )
    return replace(feed(number, state=state, **said), scope=scope)


def page(found: list[Feed], reader: Language = EN, number: int = 1) -> list[dict[str, Any]]:
    """A page of what is wrong with some feeds."""
    told = ailments(found, {}, now=NOW, view=view_of)
    return payload(look.health(told, asks.Health(page=number), reader, now=NOW))


@st.composite
def feeds(draw: st.DrawFn) -> list[Feed]:
    """Feeds that are ill in any way, some put aside."""
    return [
        replace(
            ill(
                number,
                draw(st.sampled_from(sorted(troubles()))),
                scope=draw(st.sampled_from([CATALOGUE, "77"])),
                off=draw(st.booleans()),
                title=draw(hostile),
                home=draw(sites),
            ),
            muted=draw(st.sampled_from([False, False, True])),
        )
        for number in range(draw(st.integers(0, 12)))
    ]


@settings(max_examples=40, deadline=None)
@given(feeds(), st.sampled_from(Language), st.integers(-1, 4))
def test_a_page_fits_whatever_is_wrong(found: list[Feed], reader: Language, number: int) -> None:
    """With all its sentences and buttons, it is a message that Discord takes."""
    assert too_much(page(found, reader, number)) == []


def test_each_feed_has_its_sentence_with_its_buttons_below() -> None:
    """Times are shown in each reader's own zone; a feed that was switched off comes first."""
    sent = page([ill(1, title="SMIC Blog", newsroom=SCMP), ill(2, title="# @everyone", off=True)])

    head, off, failing = text_of(sent).splitlines()
    assert head == "## Feeds to look at: 2"
    assert off == (
        "**\u200b# @\u200beveryone** has had no feed at its address since <t:1780574400:D> (404), so I stopped asking "
        "<t:1780909200:R>. Readers lose one English newsroom. Check the spelling or give a new address."
    )
    assert failing.startswith("**SMIC Blog** has had no feed at its address since <t:1780574400:D> (404). Readers")
    rows = [[each["custom_id"] for each in part["components"]] for part in parts(sent) if part["type"] == 1]
    assert rows == [
        ["mend:look/2//", "mend:retry/2//", "mend:address/2//", "mend:remove/2//"],
        ["mend:look/1//", "mend:address/1//", "mend:remove/1//"],
    ]


def test_the_same_in_chinese() -> None:
    """Short, and with Chinese labels."""
    sent = page([ill(1, title="IT之家", off=True)], ZH)

    assert text_of(sent).splitlines()[1] == (
        "**IT之家** 的地址自 <t:1780574400:D> 起已没有源（404），因此 <t:1780909200:R>已停止读取。"
        "读者少了一家英文媒体。请检查拼写，或填写新地址。"
    )
    assert list(buttons_of(sent)) == ["寻找它的源", "再试一次", "填写新地址", "移除"]


def test_a_server_can_only_hide_what_is_the_catalogues() -> None:
    """And show another feed of the newsroom that it had hidden."""
    hidden = replace(feed(2, title="SCMP China", newsroom=SCMP), muted=True)

    sent = page([ill(1, "refused", scope=CATALOGUE, newsroom=SCMP), hidden])

    assert buttons_of(sent) == {"Try its other feed: SCMP China": "mend:other/1/2/", "Hide here": "mend:pause/1//"}


def test_a_silent_feed_leads_to_its_site() -> None:
    """By a link of Discord's own; an address that is none leads nowhere."""
    silent = Brought(newest=NOW - 90 * DAY, oldest=NOW - 100 * DAY, count=30)
    state = FeedState(next_poll_at=NOW, polled_at=NOW, succeeded_at=NOW)

    def links(home: str | None) -> list[str]:
        one = replace(feed(home=home, state=state), scope="77")
        (made,) = ailments([one], {1: silent}, now=NOW, view=view_of)
        return [each["url"] for each in parts(payload(look.one(made, EN, now=NOW))) if each.get("url")]

    assert links("https://a.example/") == ["https://a.example/"]
    assert links("javascript:alert(1)") == links("https://e.com/" + "x" * 600) == links(None) == []


def test_many_are_turned_page_by_page() -> None:
    """Four on each."""
    sent = page([ill(number) for number in range(10)], number=2)
    turns = {part["custom_id"] for part in parts(sent) if str(part.get("custom_id")).startswith("show:")}

    assert turns == {"show:health/1", "show:health/3"}
    assert "Page 2 of 3" in text_of(sent)


@pytest.mark.parametrize(
    ("reader", "told"), [(EN, "Every feed works; there is nothing to do."), (ZH, "所有源均正常，无需处理。")]
)
def test_nothing_may_be_wrong(reader: Language, told: str) -> None:
    """Then that is said."""
    assert text_of(page([feed()], reader)) == told


def test_an_address_that_was_found_can_be_used() -> None:
    """Its draft's number stands in the button."""
    made = ailment(ill(1, "html", title="36Kr"), (), None, now=NOW, view=View.OWN)
    assert made

    sent = payload(look.one(answered(made, Found(count=30, newest=NOW)), EN, now=NOW, draft=9))

    assert "its site names another address, which has 30 articles, the newest from <t:1780920000:R>." in text_of(sent)
    assert buttons_of(sent) == {"Use that address": "mend:use/1/9/"}


@pytest.mark.parametrize("reader", Language)
@pytest.mark.parametrize("trouble", troubles())
def test_a_notice_tells_that_a_feed_was_switched_off(reader: Language, trouble: str) -> None:
    """In the server's language, with buttons that bear its mark, and it mentions nobody."""
    off = ill(7, trouble, off=True, title="@everyone")
    made = Notice(id=3, feed=off, others=(), channel="42", language=reader, made_at=NOW)

    sent = payload(look.notice(made, "abcd1234/3/1780920000/"))

    assert too_much(sent) == []
    assert "@\u200beveryone" in text_of(sent)
    ids = list(buttons_of(sent).values())[-3:]
    assert ids == [f"mend:{each}/7//abcd1234/3/1780920000/" for each in (Remedy.RETRY, Remedy.ADDRESS, Remedy.REMOVE)]
