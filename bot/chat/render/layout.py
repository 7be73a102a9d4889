"""What every message is made of: texts in one container with rows of buttons below, within Discord's limits."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import discord
from discord import ui

from bot.chat.render.safe import units

MOST_COMPONENTS = 40
MOST_UNITS = 3900
MOST_BYTES = 9000
"""Discord allows 40 components and 4,000 characters of text in a message
(https://docs.discord.com/developers/components/reference#legacy-message-component-behavior, discord-api-docs PR 8562);
which characters it counts is not documented, so we stay below in UTF-16 units, and below a size in bytes too."""

MOST_OPTIONS = 25

RED, AMBER, GREEN = 0xC8102E, 0xE0A030, 0x3BA55D
"""The edge of what is read, of what went wrong, and of what was done."""

Row = Sequence[ui.Item[Any]]
Group = Sequence[str | Row]
"""Texts that belong together, with rows of buttons of their own: each stands a little apart from the next, and a line
parts one group from another."""


def message(groups: Sequence[Group], rows: Iterable[Row] = (), *, colour: int = RED) -> ui.LayoutView:
    """One container with these texts and these rows of buttons or menus.

    Where so many texts and rows would be too many components, the texts of a group become one.
    """
    filled = [row for row in rows if row]
    groups = [group for group in groups if group]
    below = sum(map(_size, filled))
    if 1 + sum(_size(each) for group in groups for each in group) + len(groups) + below > MOST_COMPONENTS:
        groups = [_joined(group) for group in groups]
    view = ui.LayoutView(timeout=None)
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=discord.Colour(colour))
    for group, is_last in zip(groups, [*(False for _ in groups[1:]), True], strict=True):
        for each in group:
            container.add_item(ui.TextDisplay(each) if isinstance(each, str) else ui.ActionRow(*each))
        if not is_last:
            container.add_item(ui.Separator())
    for row in filled:
        container.add_item(ui.ActionRow(*row))
    view.add_item(container)
    return view


def fits(groups: Iterable[Group]) -> bool:
    """Whether one message holds these texts."""
    whole = "\n".join(text for group in groups for text in group if isinstance(text, str))
    return units(whole) <= MOST_UNITS and len(whole.encode()) <= MOST_BYTES


def _size(part: str | Row) -> int:
    """How many components a text or a row is."""
    return 1 if isinstance(part, str) else 1 + len(part)


def _joined(group: Group) -> Group:
    """A group whose texts are one."""
    texts = "\n".join(each for each in group if isinstance(each, str))
    return [texts, *(each for each in group if not isinstance(each, str))]


def stamp(at: datetime, style: str = "f") -> str:
    """An instant that each reader's Discord shows in the reader's own time."""
    return f"<t:{int(at.timestamp())}:{style}>"
