"""Run benches and print their tables: `make bench`, or by name: `python -m tests.bench archive`."""

import asyncio
import sys

from rich.console import Console
from rich.table import Table

from bot.log import start_log
from tests.bench import archive, busy, commands, encode, group, loop, poll, search, store, stream, vectors

BENCHES = {
    "encode": ("Encoding", encode.measure),
    "store": ("Store and search", store.measure),
    "group": ("Grouping", group.measure),
    "loop": ("Polling, encoding and grouping at once", loop.measure),
    "stream": ("The recorded stream", stream.measure),
    "vectors": ("The nearest in meaning", vectors.measure),
    "search": ("Searching large archives", search.measure),
    "search-big": ("Searching a million articles", search.measure_big),
    "busy": ("Searching while the bot works", busy.measure),
    "poll": ("Reading a thousand feeds", poll.measure),
    "commands": ("Commands in Discord beside a poll", commands.measure),
    "archive": ("Grouping before a large archive", archive.measure),
}
USUAL = ("encode", "store", "group", "loop", "poll", "stream", "search", "busy")


def main() -> None:
    """Measure, and print as it comes."""
    if unknown := set(sys.argv[1:]) - BENCHES.keys():
        sys.exit(f"There is no bench {', '.join(unknown)}; there are {', '.join(BENCHES)}.")
    start_log("warning", "text")
    console = Console(width=120)
    for title, measure in (BENCHES[name] for name in sys.argv[1:] or USUAL):
        table = Table(title=title, title_justify="left")
        for name in ("what", "measured", "against"):
            table.add_column(name)
        for row in asyncio.run(measure()):
            table.add_row(*row)
        console.print(table, "")


if __name__ == "__main__":
    main()
