"""Run every bench and print its table: `make bench`."""

import asyncio

from rich.console import Console
from rich.table import Table

from bot.log import start_log
from tests.bench import encode, group, loop, store


def main() -> None:
    """Measure, and print as it comes."""
    start_log("warning", "text")
    console = Console(width=120)
    for title, measure in (
        ("Encoding", encode.measure),
        ("Store and search", store.measure),
        ("Grouping", group.measure),
        ("Polling, encoding and grouping at once", loop.measure),
    ):
        table = Table(title=title, title_justify="left")
        for name in ("what", "measured", "against"):
            table.add_column(name)
        for row in asyncio.run(measure()):
            table.add_row(*row)
        console.print(table, "")


if __name__ == "__main__":
    main()
