"""How short answers look: what was done, what could not be, which channels have a digest, and the help."""

from collections.abc import Sequence
from datetime import datetime
from secrets import token_hex

import discord

from bot.chat import buttons
from bot.chat.render.layout import AMBER, GREEN, Row, message, stamp
from bot.chat.subscriptions import Reading, Subscribed, Today
from bot.chat.times import clock_in, zone_name
from bot.chat.words import say
from bot.model import Language, Subscription

A_PAGE = 15


def notice(*texts: str, rows: Sequence[Row] = (), colour: int = GREEN) -> discord.ui.LayoutView:
    """A few sentences, each in its place."""
    return message([["\n".join(text for text in texts if text)]], rows, colour=colour)


def trouble(sentence: str, reader: Language, *, reference: str | None = None) -> discord.ui.LayoutView:
    """What went wrong in one sentence, with what to do, and a reference where the log knows more."""
    told = [f"### {say('error-title', reader)}", sentence]
    if reference and reference not in sentence:
        told.append(say("reference", reader, reference=f"`{reference}`"))
    return notice(*told, colour=AMBER)


def new_reference() -> str:
    """A short name by which a person's error is found in the log."""
    return token_hex(4)


def subscribed(made: Subscribed, *, asker: int, now: datetime, reader: Language) -> discord.ui.LayoutView:
    """A channel's digest as it was understood, so that a wrong zone is seen at once.

    While today's is undecided the moderator who asked can have it posted.
    """
    wish = made.subscription
    zone, clock = zone_name(wish.zone), clock_in(wish.zone, now)
    said = say(
        "subscribed",
        reader,
        channel=f"<#{wish.channel}>",
        time=f"{wish.local_time:%H:%M}",
        zone=zone,
        next=both(made.next_at),
    )
    guess = say("zone-guessed" if made.guessed else "zone-chosen", reader, clock=clock)
    button = buttons.TodayButton(wish.id, asker, say("post-today", reader))
    return notice(said, _more(made, reader), guess, rows=[[button]] if made.today is Today.UNDECIDED else [])


def today(wanted: Subscribed, reader: Language) -> discord.ui.LayoutView:
    """What becomes of today's digest that somebody asked for."""
    channel = f"<#{wanted.subscription.channel}>"
    if reason := wanted.subscription.paused_reason:
        return notice(say("now-paused", reader, channel=channel, reason=say(f"paused-{reason}", reader)), colour=AMBER)
    if wanted.today is Today.POSTED:
        return notice(say("now-done", reader, channel=channel, next=stamp(wanted.next_at)))
    if wanted.today is Today.ON_ITS_WAY or wanted.reading.is_done:
        return notice(say("now-coming", reader, channel=channel))
    return notice(say("now-waiting", reader, channel=channel, **_how_far(wanted.reading)))


def subscriptions(listed: Sequence[tuple[Subscription, datetime]], reader: Language) -> discord.ui.LayoutView:
    """Every channel of a server that has a digest, and when it comes."""
    if not listed:
        return notice(say("no-subscriptions", reader))
    lines = [_subscription(each, next_at, reader) for each, next_at in listed]
    return message([[f"## {say('subscriptions', reader)}"], [*lines[:A_PAGE], *_rest(lines)]])


def both(at: datetime) -> str:
    """An instant in each reader's own time, and how far it is."""
    return f"{stamp(at)} ({stamp(at, 'R')})"


def _subscription(each: Subscription, next_at: datetime, reader: Language) -> str:
    channel = f"<#{each.channel}>"
    if each.paused_reason:
        return say("subscription-paused", reader, channel=channel, reason=say(f"paused-{each.paused_reason}", reader))
    return say(
        "subscription",
        reader,
        channel=channel,
        time=f"{each.local_time:%H:%M}",
        zone=zone_name(each.zone),
        language=say(f"language-{each.language}", reader),
        next=stamp(next_at),
    )


def _rest(lines: Sequence[str]) -> list[str]:
    return [f"-# + {len(lines) - A_PAGE}"] if len(lines) > A_PAGE else []


def _more(made: Subscribed, reader: Language) -> str:
    """What else a moderator should know: today's is out already, or the archive is still filling."""
    if made.today is Today.UNDECIDED:
        return "" if made.reading.is_done else say("first-reading", reader, **_how_far(made.reading))
    told = say("today-posted" if made.today is Today.POSTED else "today-coming", reader)
    return f"{told} {say('from-tomorrow', reader)}" if made.moved else told


def _how_far(reading: Reading) -> dict[str, int]:
    return {"read": reading.read, "feeds": reading.feeds, "articles": reading.articles}
