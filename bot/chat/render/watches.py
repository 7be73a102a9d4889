"""How watches look: an alert in its channel, and a member's own watches."""

from collections.abc import Sequence

import discord

from bot.chat import buttons
from bot.chat.render.layout import Group, Row, fits, message, stamp
from bot.chat.render.safe import link, plain
from bot.chat.words import say
from bot.model import Language
from bot.watch import Alert, Told, Watch

_MOST_TOLD = 8
_QUESTION, _TITLE, _LINK, _NEWSROOMS = 100, 150, 300, 120
_A_ROW = 5


def begin(question: str, reader: Language) -> buttons.WatchButton:
    """The button that begins a watch for a question, given by its id in the store."""
    return buttons.WatchButton(question, say("watch-this", reader))


def alert(alert: Alert, mark: str) -> discord.ui.LayoutView:
    """An alert: whom it is for, the stories, and a button that ends the watch; `mark` makes it known again."""
    reader = alert.watch.language
    button = buttons.StopButton(alert.watch.id, say("watch-stop", reader), mark)
    whole = _alert(alert, reader, _LINK)
    return message(whole if fits(whole) else _alert(alert, reader, 0), [[button]])


def marked(alert: Alert, mark: str) -> str:
    """The custom id that an alert has and no other message."""
    return f"{buttons.stopping(alert.watch.id)}{mark}"


def watches(found: Sequence[Watch], reader: Language) -> discord.ui.LayoutView:
    """A member's own watches in a server, each with a button that ends it."""
    if not found:
        return message([[say("no-watches", reader)]])
    live = [watch for watch in found if watch.reason is None]
    lines = [_line(f"{number} · ", watch, reader) for number, watch in enumerate(live, start=1)]
    ended = [_line("", watch, reader) for watch in found if watch.reason][-_A_ROW:]
    stops: Row = [
        buttons.StopButton(watch.id, say("watch-stop-one", reader, number=number))
        for number, watch in enumerate(live, start=1)
    ]
    rows = [stops[at : at + _A_ROW] for at in range(0, len(stops), _A_ROW)]
    return message([[f"## {say('watches', reader)}"], ["\n".join(lines)] if lines else [], ended], rows)


def called(watch: Watch) -> str:
    """A watch's question, as it may stand in a sentence."""
    return plain(watch.question, _QUESTION)


def _alert(alert: Alert, reader: Language, longest: int) -> list[Group]:
    head = say("alert", reader, member=f"<@{alert.watch.owner}>", question=called(alert.watch))
    told = [_told(each, longest) for each in alert.told[:_MOST_TOLD]]
    more = len(alert.told) - _MOST_TOLD
    return [[head], [*told, *([say("alert-more", reader, count=more)] if more > 0 else [])]]


def _told(each: Told, longest: int) -> str:
    title = link(each.title, each.link, limit=_TITLE, longest=longest)
    return f"**{title}**\n-# {plain(', '.join(each.newsrooms), _NEWSROOMS)}"


def _line(number: str, watch: Watch, reader: Language) -> str:
    known = {"question": called(watch), "channel": f"<#{watch.channel}>"}
    if watch.reason:
        return say("watch-ended", reader, **known, reason=say(f"ended-{watch.reason}", reader))
    return number + say("watch", reader, **known, since=stamp(watch.made_at, "D"))
