"""How well relevance is judged: fitted to each labelled week and run on the others, and the program as it is.

python -m tests.scores.relevance [FOLDER ...]
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from bot.stories.entities import Lexicon
from bot.stories.topics import Relevance, Topics
from tests.calibrate.relevance import WEEKS, fit, kept_and_dropped, read

KEPT, DROPPED = 0.95, 0.70
"""The floors."""


def main(folders: Sequence[Path]) -> None:
    """Print a line for each fit and week."""
    topics, lexicon = Topics.load(), Lexicon.load()
    weeks = {folder.name: read(folder, topics, lexicon) for folder in folders}
    fits = {f"fitted on {name}": fit([week]) for name, week in weeks.items()} | {"as bundled": Relevance.load()}
    print(f"{'':20} {'on':8} {'kept':>6} {'dropped':>8}")
    for told, relevance in fits.items():
        for name, week in weeks.items():
            kept, dropped = kept_and_dropped(week, relevance)
            seen = "" if told == "as bundled" or name not in told else "  (its own week)"
            short = "" if kept >= KEPT and dropped >= DROPPED else f"  below {KEPT} / {DROPPED}"
            print(f"{told:20} {name:8} {kept:6.3f} {dropped:8.3f}{seen}{short}")


if __name__ == "__main__":
    main([Path(each) for each in sys.argv[1:]] or WEEKS)
