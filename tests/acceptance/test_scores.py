"""How well the program groups two labelled weeks: `jianbao group` judged by the shared scorer."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.rehearsal import ROOT, SHARED

pytestmark = pytest.mark.acceptance


@pytest.mark.parametrize(("week", "floor"), [("june", 0.90), ("may", 0.93)])
def test_labelled_week(week: str, floor: float, tmp_path: Path) -> None:
    """The grouping of a labelled week stays above its floor."""
    folder = SHARED / "data" / "stories-dev" / week
    predicted = tmp_path / "predicted.jsonl"
    with predicted.open("w") as out:
        command = [sys.executable, "-m", "bot", "group", folder / "articles.jsonl"]
        subprocess.run(command, stdout=out, cwd=ROOT, check=True)

    scorer = [sys.executable, SHARED / "tools" / "score_stories.py", folder / "gold.jsonl", predicted]
    said = subprocess.run(scorer, capture_output=True, text=True, check=True).stdout

    print(f"\n{week}: {said}")
    assert json.loads(said)["b3"]["f1"] >= floor
