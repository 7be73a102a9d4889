"""How many words the gloss knows in headlines that one press alone tells: python -m tests.scores.gloss."""

import json
import os
import re
import sys
from collections import defaultdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.model import Language
from bot.stories.entities import Lexicon
from bot.stories.gloss import Glosser
from bot.text import HAN

SHARED = Path(os.environ.get("SHARED", Path(__file__).parents[3] / "shared"))
ENOUGH = 0.8
_HAN = re.compile(f"[{HAN}]")
_COLUMNS = ("headlines", "how many", f"with {ENOUGH:.0%} of the words", "of the Chinese words alone", "words known")


def main() -> None:
    """Print a line for each week and direction."""
    console = Console(width=120)
    folder = SHARED / "data" / "stories-dev"
    if not folder.is_dir():
        console.print(f"The labelled weeks are not here (no {folder}).")
        return
    glosser, table = Glosser.load(Lexicon.load()), Table(*_COLUMNS, box=None)
    for week in ("june", "may"):
        for press, to in ((Language.ZH, Language.EN), (Language.EN, Language.ZH)):
            titles = only_in(folder / week, press)
            table.add_row(f"{week}, only in {press}, to {to}", str(len(titles)), *told(glosser, titles, to))
    console.print(table)


def only_in(folder: Path, press: Language) -> list[str]:
    """The titles in one language of stories that only the press of that language tells, by the labels."""
    gold = [json.loads(line) for line in (folder / "gold.jsonl").read_text("utf-8").splitlines()]
    told_by: dict[str, set[str]] = defaultdict(set)
    for row in gold:
        told_by[row["story"]].add(row["press"])
    wanted = {row["id"] for row in gold if told_by[row["story"]] == {press} and row["lang"] == press}
    rows = [json.loads(line) for line in (folder / "articles.jsonl").read_text("utf-8").splitlines()]
    return [row["title"] for row in rows if row["id"] in wanted]


def told(glosser: Glosser, titles: list[str], to: Language) -> list[str]:
    """The share of titles with enough words known; then those said in the other script alone; then of all words."""
    pairs = [glosser.coverage(title, to) for title in titles]
    stricter = [glosser.coverage(" ".join(_own(title, to)), to) for title in titles]
    known, words = (sum(column) for column in zip(*pairs, strict=True))
    return [f"{_share(pairs):.1%}", f"{_share(stricter):.1%}", f"{known / words:.1%}"]


def _own(title: str, to: Language) -> list[str]:
    """The pieces of a title that are in its own language: what is in the reader's already is no merit of a gloss."""
    if to is Language.EN:
        return re.findall(f"[{HAN}0-9.,]+", title)
    return [piece for piece in title.split() if not _HAN.search(piece)]


def _share(pairs: list[tuple[int, int]]) -> float:
    return sum(known >= ENOUGH * words for known, words in pairs) / len(pairs)


if __name__ == "__main__":
    sys.exit(main())
