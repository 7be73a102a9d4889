"""What a feed asks of those who poll it: how long to leave it alone, and when to stay away.

RSS has ttl, skipHours and skipDays (https://www.rssboard.org/rss-specification#optionalChannelElements), RSS 1.0's
syndication module has a rhythm (https://web.resource.org/rss/1.0/modules/syndication/). feedparser keeps the last of
several hours and days only, so those are read in the document itself.
"""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_TTL = 86_400.0
"""Feeds that want to be left alone for more than a day are misconfigured more often than meant."""

_HOURS_A_DAY = 24
_LONGEST_LIST = 2_000
_NUMBER = re.compile(r"\s*(\d{1,7})(?:\.\d{1,6})?\s*")
_ITEM = re.compile(r"<(?:hour|day)\b[^<>]*>\s*([A-Za-z]{1,20}|\d{1,3})\s*<", re.IGNORECASE)
_DAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
_PERIODS = {"hourly": 3_600.0, "daily": 86_400.0, "weekly": 604_800.0, "monthly": 2_592_000.0, "yearly": 31_536_000.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """`ttl` in seconds, at most a day; hours in UTC; 0 is Monday. Nobody can ask for silence at all times."""

    ttl: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


NO_WISHES = Wishes()


def wishes(feed: Mapping[str, Any], document: str) -> Wishes:
    """What a feed asks for, by feedparser's reading of its head and the document it stands in."""
    hours = {int(hour) % _HOURS_A_DAY for hour in _listed(document, "skipHours") if _is_hour(hour)}
    days = {_DAYS[day.lower()] for day in _listed(document, "skipDays") if day.lower() in _DAYS}
    return Wishes(
        ttl=_ttl(feed),
        skip_hours=tuple(sorted(hours)) if len(hours) < _HOURS_A_DAY else (),
        skip_days=tuple(sorted(days)) if len(days) < len(_DAYS) else (),
    )


def _ttl(feed: Mapping[str, Any]) -> float | None:
    """The longer of ttl and the rhythm; None where a feed says neither."""
    period = _PERIODS.get(str(feed.get("sy_updateperiod", "")).strip().lower(), 0.0)
    rhythm = period / (_number(feed.get("sy_updatefrequency")) or 1)
    return min(max(_number(feed.get("ttl")) * 60.0, rhythm), LONGEST_TTL) or None


def _number(text: object) -> int:
    found = _NUMBER.fullmatch(text) if isinstance(text, str) else None
    return int(found[1]) if found else 0


def _listed(document: str, name: str) -> list[str]:
    start = document.find(f"<{name}")
    end = document.find(f"</{name}", start)
    return _ITEM.findall(document, start, min(end, start + _LONGEST_LIST)) if 0 <= start < end else []


def _is_hour(text: str) -> bool:
    """Whether this is an hour: 24 is midnight, as RSS 0.91 counted."""
    return text.isascii() and text.isdigit() and int(text) <= _HOURS_A_DAY
