"""The recorded stream, served for a test."""

from collections.abc import Iterator

import pytest

from tests.acceptance.rehearsal import Replay


@pytest.fixture
def replay() -> Iterator[Replay]:
    """The recorded stream, its clock shortly after noon UTC of 6 June 2026."""
    served = Replay("2026-06-06T12:30:00Z")
    yield served
    served.close()
