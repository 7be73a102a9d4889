"""The messenger that posts to standard output, for trying the bot without Discord."""

from collections.abc import Callable, Mapping

from rich.console import Console

from bot.errors import DeliveryError
from bot.feed import Notice
from bot.model import Delivery, Language
from bot.terminal import show
from bot.watch import Alert

CHANNEL = "console"
Headings = Callable[[Language], Mapping[str, str]]
"""The topics' headings in a language."""


class ConsoleMessenger:
    """Prints a digest where Discord would get it.

    A terminal cannot be asked what it shows already: after a crash between printing and writing that down the
    digest is printed again, which is better than losing it.
    """

    def __init__(self, console: Console, headings: Headings) -> None:
        self._console = console
        self._headings = headings

    def reaches(self, channel: str) -> bool:
        """Whether it is this terminal."""
        return channel == CHANNEL

    async def deliver(self, delivery: Delivery) -> str:
        """Print it."""
        told = delivery.digest
        try:
            self._console.print(show.digest(told, self._headings(told.language)), "")
        except OSError as error:
            raise DeliveryError("Standard output is closed; the digest waits.", cause=str(error)) from error
        return f"{CHANNEL}-{delivery.edition_id}-{delivery.part}"

    async def alert(self, alert: Alert) -> str:
        """Nobody makes a watch in a terminal."""
        raise DeliveryError("A terminal has no watches.", alert=alert.id)

    async def notice(self, notice: Notice) -> str:
        """Nobody adds a feed for a terminal alone."""
        raise DeliveryError("A terminal has no feeds of its own.", notice=notice.id)
