"""Judge every way of grouping on every labelled week and print one table: `make scores`."""

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.log import start_log
from tests.scores.openclaw import openclaw
from tests.scores.rows import OURS, ROWS
from tests.scores.week import SHARED, Score, Week, labelled, score

_COLUMNS = ("way of grouping", "B-cubed F1", "pair P", "R", "F1", "cross F1", "press F1", "stories", "setting")
_NOTE = (
    "Settings are the best of many on the very week they are judged on, which flatters them, "
    "except where it says by the other week. What Jianbao carries was fitted to June, May and two more weeks: only "
    "its row above is held out. Openclaw has excerpts; its labels are a language model's."
)


def main() -> None:
    """Measure row by row; the table comes at the end."""
    console = Console(width=140)
    if not SHARED.is_dir():
        console.print(f"The labelled weeks are not here (no {SHARED}); nothing can be judged without them.")
        return
    start_log("warning", "text")
    table = Table(title="How well stories are made", caption=_NOTE, title_justify="left", caption_justify="left")
    for at, name in enumerate(_COLUMNS):
        outer = at in {0, len(_COLUMNS) - 1}
        table.add_column(name, justify="left" if outer else "right", no_wrap=True)
    ours: dict[str, list[Score]] = defaultdict(list)
    with TemporaryDirectory() as folder, Console(stderr=True).status("Grouping…"):
        for week, other in _weeks(Path(folder)):
            _add(table, week, other, ours)
    _add_means(table, ours)
    console.print(table)


def _weeks(folder: Path) -> Iterator[tuple[Week, Week]]:
    """Each week with the one that fits what it judges."""
    june, may = (labelled(name, SHARED / "data" / "stories-dev" / name) for name in ("june", "may"))
    yield june, may
    yield may, june
    yield openclaw(folder), june


def _add(table: Table, week: Week, other: Week, ours: dict[str, list[Score]]) -> None:
    """Judge every way on a week; what our own reach is kept for their means."""
    true = len(set(week.story.values()))
    table.add_row(
        f"[bold]{week.name}[/]: {len(week.articles)} articles", *[""] * 6, str(true), f"other week: {other.name}"
    )
    for name, guess in ROWS:
        labels, setting = guess(week, other)
        found = score(week, labels)
        table.add_row(name, *_shown(_numbers(found)), str(found.stories), setting)
        if name in OURS:
            ours[name].append(found)
    table.add_section()


def _add_means(table: Table, ours: dict[str, list[Score]]) -> None:
    """The mean of June and May, which is what floors are set for."""
    table.add_row("[bold]mean of june and may[/]")
    for name, (june, may, *_) in ours.items():
        table.add_row(name, *_shown(np.mean([_numbers(june), _numbers(may)], axis=0)))


def _numbers(found: Score) -> Sequence[float]:
    return (found.b_cubed, *found.pair, found.cross, found.press)


def _shown(numbers: Sequence[float]) -> Iterator[str]:
    yield from (f"{each:.3f}" for each in numbers)


if __name__ == "__main__":
    sys.exit(main())
