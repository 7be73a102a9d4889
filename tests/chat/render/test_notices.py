from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from bot.chat.messenger import _CLOSED
from bot.chat.render import notices as look
from bot.chat.render.layout import AMBER, GREEN
from bot.chat.subscriptions import Reading, Subscribed, Today
from bot.chat.words import say
from bot.model import Language, Subscription
from tests.chat.looks import EN, ZH, buttons_of, payload, text_of, too_much
from tests.fakes import NOW, subscription

WISH = replace(subscription(zone="Asia/Shanghai"), channel="42", local_time=time(8, 30))


def test_a_notice_is_its_sentences() -> None:
    """One line each; what is empty leaves no line."""
    sent = payload(look.notice("One.", "", "Two."))

    assert text_of(sent) == "One.\nTwo."
    assert sent[0]["accent_color"] == GREEN


def test_trouble_has_one_reference() -> None:
    """A sentence that holds the reference already is not followed by it."""
    with_it = text_of(payload(look.trouble("See abcd1234.", EN, reference="abcd1234")))
    without = payload(look.trouble("Too bad.", EN, reference="abcd1234"))

    assert with_it.splitlines() == ["### That did not work", "See abcd1234."]
    assert text_of(without).splitlines()[-1] == "-# Reference `abcd1234`"
    assert without[0]["accent_color"] == AMBER


def test_references_differ() -> None:
    """Each error has its own."""
    assert len({look.new_reference() for _ in range(100)}) == 100


FULL, FILLING = (Reading(feeds=74, read=9, articles=count, waiting=2) for count in (5, 2))


def kept(wish: Subscription = WISH, *, today: Today = Today.UNDECIDED, **said: Any) -> Subscribed:
    return Subscribed(subscription=wish, next_at=NOW, today=today, **({"reading": FULL} | said))


def made(known: Subscribed, reader: Language = EN) -> list[dict[str, object]]:
    return payload(look.subscribed(known, asker=7, now=NOW, reader=reader))


def test_a_subscription_is_told_as_it_was_understood() -> None:
    """The time, the zone, when the next one comes and what the clocks show, so that a wrong zone is seen at once."""
    sent = made(kept(guessed=True, reading=FILLING))

    assert text_of(sent).splitlines() == [
        (
            "**<#42> gets its digest every day at 08:30**, Asia/Shanghai time. The next one comes <t:1780920000:f> "
            "(<t:1780920000:R>)."
        ),
        (
            "The archive is still filling: 9 of 74 feeds read so far, 2 articles. You can ask for today’s digest now; "
            "it comes as soon as that is done."
        ),
        (
            "-# I guessed the time zone from the language set here; it is 20:00 there now. If that is wrong: "
            "`/subscribe timezone:`"
        ),
    ]
    assert buttons_of(sent) == {"Post today’s now": "today:1/7"}


def test_a_zone_that_was_chosen_is_not_told_to_be_guessed() -> None:
    """Only its clock is shown."""
    lines = text_of(made(kept(), ZH)).splitlines()

    assert (len(lines), lines[-1]) == (2, "-# 当地现在是 20:00。")


def test_a_fixed_offset_is_told_as_people_call_it() -> None:
    """The names of these zones have their sign the other way round."""
    fixed = replace(WISH, zone="Etc/GMT-8")

    assert "08:30**, UTC+8 time." in text_of(made(kept(fixed)))
    assert "daily at 08:30, UTC+8 · " in text_of(payload(look.subscriptions([(fixed, NOW)], EN)))


@pytest.mark.parametrize("reading", [FULL, FILLING])
@pytest.mark.parametrize(
    ("today", "moved", "line"),
    [
        (Today.POSTED, False, "Today’s digest is there already."),
        (Today.POSTED, True, "Today’s digest is there already. The new time counts from tomorrow."),
        (Today.ON_ITS_WAY, False, "Today’s digest is on its way."),
        (Today.ON_ITS_WAY, True, "Today’s digest is on its way. The new time counts from tomorrow."),
    ],
)
def test_a_day_that_is_decided_cannot_be_asked_for(today: Today, moved: bool, line: str, reading: Reading) -> None:
    """There is no button for what is there or on its way, and a new time is not said where there is none."""
    sent = made(kept(today=today, moved=moved, reading=reading))

    assert text_of(sent).splitlines()[1:] == [line, "-# It is 20:00 there now."]
    assert buttons_of(sent) == {}


@pytest.mark.parametrize(
    ("known", "sentence"),
    [
        (kept(), "Today’s digest comes to <#42> in a moment."),
        (kept(today=Today.ON_ITS_WAY), "Today’s digest comes to <#42> in a moment."),
        (kept(today=Today.ON_ITS_WAY, reading=FILLING), "Today’s digest comes to <#42> in a moment."),
        (kept(reading=FILLING), "Today’s digest comes to <#42> as soon as the first reading is done: 9 of 74 feeds"),
        (kept(today=Today.POSTED), "Today’s digest of <#42> was posted already; the next one comes <t:1780920000:f>."),
        (kept(replace(WISH, paused_reason="archived")), "<#42> is paused, so nothing is posted: "),
        (kept(replace(WISH, paused_reason="other"), today=Today.POSTED), "<#42> is paused, so nothing is posted: "),
    ],
)
def test_whoever_asks_for_todays_digest_is_told_what_becomes_of_it(known: Subscribed, sentence: str) -> None:
    """It comes, waits, is there, or cannot come; nobody is told that something is posted that is not."""
    assert text_of(payload(look.today(known, EN))).startswith(sentence)


@pytest.mark.parametrize(("articles", "waiting", "done"), [(0, 0, False), (3, 3, False), (3, 2, True), (900, 0, True)])
def test_an_archive_with_a_story_is_read_enough(articles: int, waiting: int, done: bool) -> None:
    """Feeds that never answer, and what an ordinary poll has just brought, keep no digest waiting."""
    assert Reading(feeds=74, read=1, articles=articles, waiting=waiting).is_done is done


def test_a_servers_digests_are_listed_with_what_is_the_matter() -> None:
    """Each channel with its time; one that is paused with what to do."""
    paused = replace(WISH, channel="43", paused_reason="missing-access")

    text = text_of(payload(look.subscriptions([(WISH, NOW), (paused, NOW)], EN)))

    assert text.splitlines()[1:] == [
        "<#42> · daily at 08:30, Asia/Shanghai · English · next <t:1780920000:f>",
        "<#43> · **paused**: " + say("paused-missing-access", EN),
    ]


@pytest.mark.parametrize("reason", sorted({code for code, _ in _CLOSED.values()}))
@pytest.mark.parametrize("reader", Language)
def test_every_reason_for_a_pause_says_what_to_do(reason: str, reader: Language) -> None:
    """For each trouble a channel can have; the longest list of them fits one message."""
    paused = [(replace(WISH, channel="9" * 19, paused_reason=reason), NOW)] * 40

    sent = payload(look.subscriptions(paused, reader))

    assert too_much(sent) == []
    assert text_of(sent).count(say(f"paused-{reason}", reader)) == look.A_PAGE
    assert text_of(sent).endswith(f"-# + {40 - look.A_PAGE}")


def test_a_server_without_digests_is_told_how_to_begin() -> None:
    """An empty list is a hint."""
    assert text_of(payload(look.subscriptions([], EN))).startswith("No channel here gets a digest yet. `/subscribe`")
