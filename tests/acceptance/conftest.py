"""The recorded stream served for a test, and the program started beside it; both end with the test."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import pytest

from tests.acceptance.channels import START, Staged
from tests.acceptance.emulator import Stage
from tests.acceptance.rehearsal import Replay, Running, Start


@pytest.fixture
def replay() -> Iterator[Replay]:
    """The recorded stream, its clock shortly after noon UTC of 6 June 2026."""
    served = Replay("2026-06-06T12:30:00Z")
    yield served
    served.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the program in this test's home, as often as it is asked."""
    started: list[Running] = []

    def run(arguments: list[str], settings: Mapping[str, str]) -> Running:
        started.append(Running(arguments, tmp_path, settings))
        return started[-1]

    yield run
    for running in started:
        running.kill()


@pytest.fixture
def staged(tmp_path: Path) -> Iterator[Staged]:
    """Sets a stage, which is cleared with the test."""
    stages: list[Stage] = []

    def stage(start: datetime = START, *, feeds: int, strict: bool = True) -> Stage:
        stages.append(Stage(tmp_path / f"stage{len(stages)}", start, feeds=feeds, strict=strict))
        return stages[-1]

    yield stage
    for each in stages:
        each.close()
