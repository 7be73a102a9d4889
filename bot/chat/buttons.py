"""Buttons and menus that work after any restart: what they do stands in their custom ids alone."""

import re
from collections.abc import Sequence
from typing import Any, Protocol, Self

import discord
from discord import ui

from bot.chat import asks
from bot.chat.asks import Ask
from bot.chat.render.layout import MOST_OPTIONS
from bot.chat.render.safe import bare

_LABEL, _OPTION, _TITLE = 80, 100, 45
Clicked = discord.Interaction[Any]


class Answering(Protocol):
    """Who answers a click; what a button's id holds is read there, so that an unreadable one is answered too."""

    async def show(self, clicked: Clicked, ask: Ask | str, *, fresh: bool = False) -> None:
        """Show privately what a button asks for: in place where its message is private already, unless `fresh`."""
        ...

    async def publish(self, clicked: Clicked, ask: Ask | str) -> None:
        """Post in the channel what a private message shows."""
        ...

    async def post_today(self, clicked: Clicked, subscription_id: int, *, asker: int) -> None:
        """Have today's edition posted ahead of its time."""
        ...

    async def watch(self, clicked: Clicked, question: str) -> None:
        """Begin to tell who clicked of new stories that answer a question, given by its id."""
        ...

    async def unwatch(self, clicked: Clicked, watch_id: int) -> None:
        """End a watch, for its owner or a moderator."""
        ...

    async def mend(self, clicked: Clicked, remedy: str, feed_id: int, extra: int | None) -> None:
        """Do something about a feed, for a moderator."""
        ...

    async def add(self, clicked: Clicked, draft_id: int) -> None:
        """Add a feed that was looked at."""
        ...

    async def drop(self, clicked: Clicked, draft_id: int) -> None:
        """Forget a feed that was looked at."""
        ...

    async def pick(self, clicked: Clicked, draft_id: int) -> None:
        """Look at one of a site's feeds."""
        ...

    async def undo(self, clicked: Clicked, act_id: int) -> None:
        """Undo what was done to a feed."""
        ...

    async def move(self, clicked: Clicked, feed_id: int, address: str) -> None:
        """Give a feed a new address."""
        ...


class ShowButton(ui.DynamicItem[ui.Button[ui.LayoutView]], template=r"show:(?P<ask>.+)"):
    """Shows something else: another page, another language, all there is."""

    def __init__(self, ask: Ask | str, label: str) -> None:
        self.ask = asks.encoded(ask)
        super().__init__(ui.Button(label=bare(label, _LABEL), custom_id=f"show:{self.ask}"))

    @classmethod
    async def from_custom_id(cls, _clicked: Clicked, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """Read what the button shows."""
        return cls(match["ask"], _label(item))

    async def callback(self, clicked: Clicked) -> None:
        """Show it."""
        await _desk(clicked).show(clicked, self.ask)


class PostButton(ui.DynamicItem[ui.Button[ui.LayoutView]], template=r"post:(?P<ask>.+)"):
    """Posts in the channel what its private message shows."""

    def __init__(self, ask: Ask | str, label: str) -> None:
        self.ask = asks.encoded(ask)
        style = discord.ButtonStyle.primary
        super().__init__(ui.Button(label=bare(label, _LABEL), custom_id=f"post:{self.ask}", style=style))

    @classmethod
    async def from_custom_id(cls, _clicked: Clicked, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """Read what the button posts."""
        return cls(match["ask"], _label(item))

    async def callback(self, clicked: Clicked) -> None:
        """Post it."""
        await _desk(clicked).publish(clicked, self.ask)


class TodayButton(
    ui.DynamicItem[ui.Button[ui.LayoutView]], template=r"today:(?P<subscription>\d{1,18})/(?P<asker>\d{1,20})"
):
    """Has today's edition posted now, for the moderator who subscribed the channel (`asker`)."""

    def __init__(self, subscription_id: int, asker: int, label: str) -> None:
        self.subscription_id = subscription_id
        self.asker = asker
        custom_id = f"today:{subscription_id}/{asker}"
        style = discord.ButtonStyle.primary
        super().__init__(ui.Button(label=bare(label, _LABEL), custom_id=custom_id, style=style))

    @classmethod
    async def from_custom_id(cls, _clicked: Clicked, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """Read whose edition it is."""
        return cls(int(match["subscription"]), int(match["asker"]), _label(item))

    async def callback(self, clicked: Clicked) -> None:
        """Ask for it."""
        await _desk(clicked).post_today(clicked, self.subscription_id, asker=self.asker)


class WatchButton(ui.DynamicItem[ui.Button[ui.LayoutView]], template=r"watch:(?P<question>[0-9a-f]{1,16})"):
    """Tells who presses it when a new story answers a question; `question` is its id in the store."""

    def __init__(self, question: str, label: str) -> None:
        self.question = question
        super().__init__(ui.Button(label=bare(label, _LABEL), custom_id=f"watch:{question}"))

    @classmethod
    async def from_custom_id(cls, _clicked: Clicked, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """Read which question it is."""
        return cls(match["question"], _label(item))

    async def callback(self, clicked: Clicked) -> None:
        """Begin."""
        await _desk(clicked).watch(clicked, self.question)


class StopButton(ui.DynamicItem[ui.Button[ui.LayoutView]], template=r"unwatch:(?P<watch>\d{1,18})/(?P<mark>.*)"):
    """Ends a watch; an alert's own `mark` lets a restart find the alert again."""

    def __init__(self, watch_id: int, label: str, mark: str = "") -> None:
        self.watch_id = watch_id
        custom_id = f"{stopping(watch_id)}{mark}"
        super().__init__(ui.Button(label=bare(label, _LABEL), custom_id=custom_id))
        self.mark = mark

    @classmethod
    async def from_custom_id(cls, _clicked: Clicked, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """Read which watch it ends."""
        return cls(int(match["watch"]), _label(item), match["mark"])

    async def callback(self, clicked: Clicked) -> None:
        """End it."""
        await _desk(clicked).unwatch(clicked, self.watch_id)


def stopping(watch_id: int) -> str:
    """How the custom id of each button begins that ends a watch."""
    return f"unwatch:{watch_id}/"


class MendButton(
    ui.DynamicItem[ui.Button[ui.LayoutView]],
    template=r"mend:(?P<remedy>[a-z]{1,16})/(?P<feed>\d{1,18})/(?P<extra>\d{0,18})/(?P<mark>.*)",
):
    """Does something about a feed, such as `retry` or `remove`.

    `extra` is the number of what else it needs, another feed or a draft; a notice's own `mark` lets a restart find the
    notice again.
    """

    def __init__(  # what stands in its custom id
        self, remedy: str, feed_id: int, label: str, *, extra: int | None = None, mark: str = "", primary: bool = False
    ) -> None:
        self.remedy, self.feed_id, self.extra = remedy, feed_id, extra
        custom_id = f"mend:{remedy}/{feed_id}/{'' if extra is None else extra}/{mark}"
        style = discord.ButtonStyle.primary if primary else discord.ButtonStyle.secondary
        super().__init__(ui.Button(label=bare(label, _LABEL), custom_id=custom_id, style=style))

    @classmethod
    async def from_custom_id(cls, _clicked: Clicked, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """Read what it does, and about which feed."""
        extra = int(match["extra"]) if match["extra"] else None
        return cls(match["remedy"], int(match["feed"]), _label(item), extra=extra, mark=match["mark"])

    async def callback(self, clicked: Clicked) -> None:
        """Do it."""
        await _desk(clicked).mend(clicked, self.remedy, self.feed_id, self.extra)


class OpenMenu(ui.DynamicItem[ui.Select[ui.LayoutView]], template=r"open:(?P<where>.+)"):
    """Opens one of the stories a message lists; `where` tells this menu from those of other messages."""

    def __init__(self, where: str, placeholder: str, options: Sequence[discord.SelectOption]) -> None:
        self.where = where
        menu: ui.Select[ui.LayoutView] = ui.Select(
            custom_id=f"open:{where}", placeholder=bare(placeholder, 150), options=list(options[:MOST_OPTIONS])
        )
        super().__init__(menu)

    @classmethod
    async def from_custom_id(cls, _clicked: Clicked, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """Read which menu it is."""
        options = item.options if isinstance(item, ui.Select) else []
        return cls(match["where"], "…", options)

    async def callback(self, clicked: Clicked) -> None:
        """Open the chosen story; where Discord resolves things beside it, discord.py's own `values` lacks it."""
        data: Any = clicked.data
        await _desk(clicked).show(clicked, asks.OneStory(story=data["values"][0]), fresh=True)


class DraftButton(ui.DynamicItem[ui.Button[ui.LayoutView]], template=r"draft:(?P<what>add|drop)/(?P<draft>\d{1,18})"):
    """Adds a feed that was looked at, or forgets it."""

    def __init__(self, what: str, draft_id: int, label: str) -> None:
        self.what = what
        self.draft_id = draft_id
        style = discord.ButtonStyle.success if what == "add" else discord.ButtonStyle.secondary
        super().__init__(ui.Button(label=bare(label, _LABEL), custom_id=f"draft:{what}/{draft_id}", style=style))

    @classmethod
    async def from_custom_id(cls, _clicked: Clicked, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """Read what is done with which feed."""
        return cls(match["what"], int(match["draft"]), _label(item))

    async def callback(self, clicked: Clicked) -> None:
        """Do it."""
        desk = _desk(clicked)
        await (desk.add if self.what == "add" else desk.drop)(clicked, self.draft_id)


class PickMenu(ui.DynamicItem[ui.Select[ui.LayoutView]], template=r"pick:(?P<first>\d{1,18})"):
    """Looks at one of a site's feeds; each option's value is its draft, and the `first` one tells menus apart."""

    def __init__(self, first: int, placeholder: str, options: Sequence[discord.SelectOption]) -> None:
        self.first = first
        menu: ui.Select[ui.LayoutView] = ui.Select(
            custom_id=f"pick:{first}", placeholder=bare(placeholder, 150), options=list(options[:MOST_OPTIONS])
        )
        super().__init__(menu)

    @classmethod
    async def from_custom_id(cls, _clicked: Clicked, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """Read which menu it is."""
        options = item.options if isinstance(item, ui.Select) else []
        return cls(int(match["first"]), "…", options)

    async def callback(self, clicked: Clicked) -> None:
        """Look at the chosen feed."""
        data: Any = clicked.data
        await _desk(clicked).pick(clicked, int(data["values"][0]))


class UndoButton(ui.DynamicItem[ui.Button[ui.LayoutView]], template=r"undo:(?P<act>\d{1,18})"):
    """Undoes what was done to a feed."""

    def __init__(self, act_id: int, label: str) -> None:
        self.act_id = act_id
        super().__init__(ui.Button(label=bare(label, _LABEL), custom_id=f"undo:{act_id}"))

    @classmethod
    async def from_custom_id(cls, _clicked: Clicked, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """Read which act it is."""
        return cls(int(match["act"]), _label(item))

    async def callback(self, clicked: Clicked) -> None:
        """Undo it."""
        await _desk(clicked).undo(clicked, self.act_id)


class AddressForm(ui.Modal):
    """One line for a feed's new address."""

    address: ui.TextInput[ui.LayoutView] = ui.TextInput(
        label="https://…", custom_id="address", placeholder="https://example.com/feed", min_length=4, max_length=500
    )

    def __init__(self, feed_id: int, title: str) -> None:
        super().__init__(title=title, custom_id=f"address-form:{feed_id}", timeout=900)
        self.feed_id = feed_id

    async def on_submit(self, clicked: Clicked) -> None:
        """Look there, and move the feed."""
        await _desk(clicked).move(clicked, self.feed_id, self.address.value)


ALL = (
    ShowButton,
    PostButton,
    TodayButton,
    WatchButton,
    StopButton,
    OpenMenu,
    DraftButton,
    PickMenu,
    UndoButton,
    MendButton,
)


def option(label: str, story_id: str, description: str) -> discord.SelectOption:
    """One story of a menu."""
    return discord.SelectOption(label=bare(label, _OPTION), value=story_id, description=bare(description, _OPTION))


def _desk(clicked: Clicked) -> Answering:
    desk: Answering = clicked.client.desk
    return desk


def _label(item: ui.Item[Any]) -> str:
    return (item.label or "…") if isinstance(item, ui.Button) else "…"
