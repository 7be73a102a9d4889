"""What is odd about a feed that can be read: it is read all the same, and whoever keeps it should know.

A remark is no trouble: it has a key, facts and a sentence like one, and nothing is held back for it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from bot.feed import Entry, ParsedFeed

_A_BATCH = 4
"""So many entries of one second were stamped together; stories.tell then believes none of this newsroom's times."""

_QUIET = timedelta(days=14)
"""No feed is called stale earlier, however much it used to bring."""

_GAPS_OF_SILENCE = 10
_QUIET_WITHOUT_RHYTHM = timedelta(days=180)
_RHYTHM_NEEDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something odd; `key` names its sentence in troubles.yaml, its code is what stands before a dot."""

    key: str
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The short name other programs read."""
        return self.key.partition(".")[0]


def remark_on(parsed: ParsedFeed, *, now: datetime) -> Remark | None:
    """The most telling remark, where there is any."""
    return next(_remarks(parsed, now), None)


def remarks_on(parsed: ParsedFeed, *, now: datetime) -> tuple[Remark, ...]:
    """Everything odd about a feed, the most telling first."""
    return tuple(_remarks(parsed, now))


def rhythm(entries: Sequence[Entry]) -> timedelta | None:
    """How much time usually passes between two entries; None where too few tell."""
    times = sorted({entry.published for entry in entries if entry.published})
    if len(times) < _RHYTHM_NEEDS:
        return None
    return timedelta(seconds=median((later - earlier).total_seconds() for earlier, later in pairwise(times)))


def newest(entries: Sequence[Entry]) -> datetime | None:
    """When the newest entry was published, where any says so."""
    return max((entry.published for entry in entries if entry.published), default=None)


def _remarks(parsed: ParsedFeed, now: datetime) -> Iterator[Remark]:
    entries, total = parsed.entries, len(parsed.entries) + parsed.skipped
    if _are_many(parsed.skipped, total):
        yield Remark(key="skipped", facts={"skipped": parsed.skipped, "total": total})
    if not entries:
        if not parsed.skipped:
            yield Remark(key="empty.entries")
        return
    yield from _of_times(parsed, now)
    without_link = sum(not entry.link for entry in entries)
    if _are_many(without_link, len(entries)):
        yield Remark(key="thin.links", facts={"count": without_link, "total": len(entries)})
    if parsed.repeated:
        yield Remark(key="repeated", facts={"count": parsed.repeated})
    if parsed.charset:
        yield Remark(key="charset", facts=dict(zip(("said", "used"), parsed.charset, strict=True)))
    if not any(entry.summary for entry in entries):
        yield Remark(key="thin")


def _of_times(parsed: ParsedFeed, now: datetime) -> Iterator[Remark]:
    entries = parsed.entries
    undated = sum(entry.published is None for entry in entries)
    if _are_many(undated, len(entries)):
        yield Remark(key="undated", facts={"count": undated, "total": len(entries)})
    if parsed.ahead:
        yield Remark(key="ahead", facts={"count": parsed.ahead})
    if stamp := _stamped(entries, now):
        yield Remark(key="stamped", facts={"count": stamp[1], "time": f"{stamp[0]:%Y-%m-%d %H:%M:%S} UTC"})
    last, usual = newest(entries), rhythm(entries)
    if last and now - last > (max(_QUIET, _GAPS_OF_SILENCE * usual) if usual else _QUIET_WITHOUT_RHYTHM):
        yield Remark(key="stale", facts={"days": (now - last).days})


def _stamped(entries: Sequence[Entry], now: datetime) -> tuple[datetime, int] | None:
    """The time that a batch of entries shares, and how many; dates ahead of us all became `now` and do not count."""
    times = Counter(entry.published.replace(microsecond=0) for entry in entries if entry.published not in {None, now})
    return next(((time, count) for time, count in times.most_common(1) if count >= _A_BATCH), None)


def _are_many(count: int, total: int) -> bool:
    """Half of them or more."""
    return count > 0 and count * 2 >= total
