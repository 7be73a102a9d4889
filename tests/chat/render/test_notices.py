from dataclasses import replace
from datetime import time

import pytest

from bot.chat.messenger import _CLOSED
from bot.chat.render import notices as look
from bot.chat.render.layout import AMBER, GREEN
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


def made(wish: Subscription, *, guessed: bool, reader: Language) -> list[dict[str, object]]:
    view = look.subscribed(wish, channel="<#42>", next_at=NOW, guessed=guessed, now=NOW, more="-# More.", reader=reader)
    return payload(view)


def test_a_subscription_is_told_as_it_was_understood() -> None:
    """The time, the zone, when the next one comes and what the clocks show, so that a wrong zone is seen at once."""
    sent = made(WISH, guessed=True, reader=EN)

    assert text_of(sent).splitlines() == [
        (
            "**<#42> gets its digest every day at 08:30**, Asia/Shanghai time. The next one comes <t:1780920000:f> "
            "(<t:1780920000:R>)."
        ),
        "-# More.",
        (
            "-# I guessed the time zone from the language of this server; it is 20:00 there now. If that is wrong: "
            "`/subscribe timezone:`"
        ),
    ]
    assert buttons_of(sent) == {"Post today’s now": "today:1"}


def test_a_zone_that_was_chosen_is_not_told_to_be_guessed() -> None:
    """Only its clock is shown."""
    assert text_of(made(WISH, guessed=False, reader=ZH)).splitlines()[-1] == "-# 当地现在是 20:00。"


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
