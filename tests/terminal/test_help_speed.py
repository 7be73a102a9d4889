import re
import subprocess
import sys
import time

from tests.terminal.typed import ROOT

HEAVY = ("torch", "sqlalchemy", "aiohttp", "feedparser", "numpy", "sentence_transformers", "alembic")


def helped(*options: str) -> tuple[float, subprocess.CompletedProcess[str]]:
    """Ask for help in a new process; how long it took, and what it said."""
    began = time.monotonic()
    command = [sys.executable, *options, "-m", "bot", "--help"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return time.monotonic() - began, said


def test_help_answers_at_once() -> None:
    """Under a second, the best of three."""
    assert min(helped()[0] for _ in range(3)) < 1


def test_help_loads_nothing_heavy() -> None:
    """None of the big libraries is imported for it."""
    _, said = helped("-X", "importtime")

    imported = {name.split(".")[0] for name in re.findall(r"\| +([\w.]+)$", said.stderr, re.MULTILINE)}
    assert "typer" in imported
    assert not imported & set(HEAVY)
