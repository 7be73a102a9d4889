"""The one place that reads the time, and the rehearsal clocks that stand in for it."""

import json
import re
import time
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from urllib.request import urlopen

from bot.errors import SettingsError
from bot.ports import Clock

_SPEED = re.compile(r"^(?P<start>.+?)(?:x(?P<speed>\d{1,6}(?:\.\d+)?))?$")
_FIRST_YEAR, _LAST_YEAR = 1970, 2200
"""A clock at the calendar's own ends would leave no day before or after."""

_STALE = 0.1
"""Seconds an answer of a replay's /clock is kept, so that a busy loop does not ask a thousand times a second."""


def system_clock() -> datetime:
    """The time now."""
    return datetime.now(UTC)


def clock_of(text: str) -> Clock:
    """The clock a setting names: nothing (the real one), an instant, an instant with a speed, or a URL."""
    if not text:
        return system_clock
    if text.startswith(("http://", "https://")):
        return ReplayClock(text)
    match = _SPEED.match(text)
    try:
        start = datetime.fromisoformat(match["start"]) if match else None
    except ValueError:
        start = None
    if match is None or start is None or start.tzinfo is None or not _FIRST_YEAR <= start.year <= _LAST_YEAR:
        raise SettingsError(
            f"JIANBAO_CLOCK is wrong: {text!r} is neither an instant with its zone (2026-06-01T00:00Z), "
            "nor one with a speed (2026-06-01T00:00Zx600), nor the URL of a /clock."
        )
    return RunningClock(start.astimezone(UTC), float(match["speed"] or 0))


class RunningClock:
    """Begins at an instant and runs `speed` times as fast as the wall clock; at 0 it stands still."""

    def __init__(self, start: datetime, speed: float) -> None:
        self._start = start
        self._speed = speed
        self._began = time.monotonic()

    def __call__(self) -> datetime:
        """The time now."""
        return self._start + timedelta(seconds=(time.monotonic() - self._began) * self._speed)


class SteppedClock:
    """Stands still until it is set."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def __call__(self) -> datetime:
        """The time now."""
        return self._now

    def set(self, now: datetime) -> None:
        """Move to another time."""
        self._now = now


class ReplayClock:
    """Asks a replay for its time; a replay that has ended leaves the last answer standing."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._asked = float("-inf")
        self._now: datetime | None = None

    def __call__(self) -> datetime:
        """The time now."""
        if time.monotonic() - self._asked > _STALE:
            self._now = self._ask() or self._now
            self._asked = time.monotonic()
        if self._now is None:
            raise SettingsError(
                f"JIANBAO_CLOCK is wrong: no time is told at {self._url}; start the replay before the program."
            )
        return self._now

    def _ask(self) -> datetime | None:
        try:
            with urlopen(self._url, timeout=2) as answer:  # noqa: S310  # the operator's own setting
                told = datetime.fromisoformat(json.load(answer)["now"])
        except (HTTPException, OSError, ValueError, KeyError, TypeError):
            return None
        return told.astimezone(UTC) if told.tzinfo else None
