"""What the program itself makes of a file of articles: the real command, in a process of its own."""

import json
import os
import subprocess
import sys

from tests.scores.week import ROOT, Labels, Week


def grouped(week: Week) -> Labels:
    """The stories that `jianbao group` finds, with none of this machine's own settings."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("JIANBAO_")}
    command = [sys.executable, "-m", "bot", "group", week.path]
    done = subprocess.run(
        command, cwd=ROOT, env=others | {"JIANBAO_LOG_LEVEL": "warning"}, stdout=subprocess.PIPE, check=True
    )
    found = {row["id"]: row["story"] for row in map(json.loads, done.stdout.splitlines())}
    return [found[each.id] for each in week.articles]
