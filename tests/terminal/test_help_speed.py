import os
import re
import subprocess
import sys

from tests.terminal.typed import ROOT

HEAVY = ("torch", "sqlalchemy", "aiohttp", "feedparser", "numpy", "sentence_transformers", "alembic")


def helped(*options: str) -> tuple[float, subprocess.CompletedProcess[str]]:
    """Ask for help in a new process; for how many seconds that kept a core busy, and what it said."""
    began = os.times()
    command = [sys.executable, *options, "-m", "bot", "--help"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    ended = os.times()
    return ended.children_user + ended.children_system - began.children_user - began.children_system, said


def test_help_answers_at_once() -> None:
    """Under a second, the best of three."""
    assert min(helped()[0] for _ in range(3)) < 1


def test_help_loads_nothing_heavy() -> None:
    """None of the big libraries is imported for it."""
    _, said = helped("-X", "importtime")

    imported = {name.split(".")[0] for name in re.findall(r"\| +([\w.]+)$", said.stderr, re.MULTILINE)}
    assert "typer" in imported
    assert not imported & set(HEAVY)
