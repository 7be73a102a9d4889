"""How every command begins and ends: settings and log first, the parts opened, one sentence for an error."""

import asyncio
import json
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

from rich.console import Console

from bot.app import App
from bot.config import Settings
from bot.log import start_log

T = TypeVar("T")


def settings(**given: Any) -> Settings:
    """The environment's settings, with what the command line gives instead; the log is started with them."""
    found = Settings.load(**given)
    start_log(found.log_level, found.log_format)
    return found


def using(app: App, work: Callable[[App], Awaitable[T]]) -> T:
    """Open the parts, do the work, close the parts."""

    async def run() -> T:
        async with app:
            return await work(app)

    return asyncio.run(run())


def looking(app: App, work: Callable[[App], Awaitable[T]]) -> T:
    """Do work that fetches and stores nothing: the database is not even opened."""

    async def run() -> T:
        async with app.fetcher:
            try:
                return await work(app)
            finally:
                await app.parser.close()

    return asyncio.run(run())


def encoding(app: App) -> App:
    """Load the encoder and the word lists before the event loop runs, with a word to whoever waits."""
    with Console(stderr=True).status("Loading the encoder…"):
        app.load()
    return app


def glossing(app: App) -> App:
    """Read the dictionary too, for a bot that must not halt over its first gloss."""
    app.glosser.ready()
    return app


async def stopped() -> None:
    """Wait for Ctrl-C or SIGTERM."""
    stop = asyncio.Event()
    with suppress(NotImplementedError):  # Windows has none of these; there Ctrl-C simply ends the program
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await stop.wait()


def say(sentence: str) -> None:
    """A word to whoever watches, beside what is printed for programs."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(sentence, style="dim", markup=False)


def print_json(value: object) -> None:
    """One line of JSON on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()
