"""How well relevance is judged: fitted to each labelled week and run on the others, and the program as it is.

python -m tests.scores.relevance [WEEK ...]
"""

import sys
from collections.abc import Sequence

from bot.stories.entities import Lexicon
from bot.stories.topics import Relevance, Topics
from tests.calibrate.relevance import fit, kept_and_dropped, read
from tests.calibrate.weeks import WEEKS

KEPT, DROPPED = 0.95, 0.70
"""The floors."""


def main(names: Sequence[str]) -> None:
    """Print a line for each fit and week."""
    topics, lexicon = Topics.load(), Lexicon.load()
    weeks = {name: read(name, topics, lexicon) for name in names}
    fits = {f"fitted on {name}": fit([week]) for name, week in weeks.items()} | {"as bundled": Relevance.load()}
    print(f"{'':20} {'on':9} {'kept':>6} {'dropped':>8}")
    for told, relevance in fits.items():
        for name, week in weeks.items():
            kept, dropped = kept_and_dropped(week, relevance)
            seen = "" if told == "as bundled" or name not in told else "  (its own week)"
            short = "" if kept >= KEPT and dropped >= DROPPED else f"  below {KEPT} / {DROPPED}"
            print(f"{told:20} {name:9} {kept:6.3f} {dropped:8.3f}{seen}{short}")


if __name__ == "__main__":
    main(sys.argv[1:] or WEEKS)
