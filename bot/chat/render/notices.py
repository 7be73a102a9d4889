"""How short answers look: what was done, what could not be, which channels have a digest, and the help."""

from collections.abc import Sequence
from datetime import datetime
from secrets import token_hex

import discord

from bot.chat import buttons
from bot.chat.render.layout import AMBER, GREEN, Row, message, stamp
from bot.chat.times import clock_in
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


def subscribed(
    wish: Subscription, *, channel: str, next_at: datetime, guessed: bool, now: datetime, more: str, reader: Language
) -> discord.ui.LayoutView:
    """A channel's digest as it was understood, so that a wrong zone is seen at once."""
    said = say(
        "subscribed", reader, channel=channel, time=f"{wish.local_time:%H:%M}", zone=wish.zone, next=both(next_at)
    )
    zone = say("zone-guessed" if guessed else "zone-chosen", reader, clock=clock_in(wish.zone, now))
    button = buttons.TodayButton(wish.id, say("post-today", reader))
    return notice(said, more, zone, rows=[[button]])


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
        zone=each.zone,
        language=say(f"language-{each.language}", reader),
        next=stamp(next_at),
    )


def _rest(lines: Sequence[str]) -> list[str]:
    return [f"-# + {len(lines) - A_PAGE}"] if len(lines) > A_PAGE else []
