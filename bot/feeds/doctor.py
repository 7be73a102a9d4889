"""One look at a feed made into raw facts and remarks, for whoever wants to know what is the matter with it.

The facts tell no more than the sentence does: where a site could not be reached, not how long that took to fail, or
they would tell which of its doors are open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.errors import FeedError
from bot.feed import Fetched, ParsedFeed, Trip
from bot.feeds.remarks import Remark, newest, remarks_on, rhythm
from bot.secret import masked

_TELL_NO_TIME = frozenset({"unreachable", "no-such-host", "forbidden-address"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look at a place came to: what its server answered, what was read in it, or what went wrong."""

    place: str
    trip: Trip = field(default_factory=Trip)
    fetched: Fetched | None = None
    parsed: ParsedFeed | None = None
    error: FeedError | None = None

    @property
    def is_file(self) -> bool:
        """Whether a file was read instead of a server."""
        return self.fetched is not None and self.fetched.url.startswith("file:")


def remarks_of(look: Look, *, now: datetime) -> tuple[Remark, ...]:
    """What is odd about a feed that can be read, the most telling first; a saved file is as old as it is."""
    moved = look.fetched and look.fetched.moved_to
    told = (Remark(key="moved", facts={"to": masked(moved)}),) if moved else ()
    if look.fetched and look.fetched.body is None:
        return (*told, Remark(key="unchanged"))
    found = remarks_on(look.parsed, now=now) if look.parsed else ()
    return told + tuple(remark for remark in found if not (remark.key == "stale" and look.is_file))


def facts_of(look: Look) -> Mapping[str, object]:
    """The raw facts as other programs read them: times in seconds and ISO 8601, sizes in bytes, no secrets."""
    facts: dict[str, object] = {"address": masked(look.place)}
    facts |= _of_trip(look) | _of_answer(look.fetched) | _of_feed(look.parsed)
    if look.error:
        facts |= {"trouble": look.error.key, "told": look.error.facts}
    return {name: value for name, value in facts.items() if value not in (None, "", (), [])}


def _of_trip(look: Look) -> dict[str, object]:
    trip, headers = look.trip, {name.lower(): value for name, value in look.trip.headers.items()}
    body = look.fetched.body if look.fetched else None
    is_silent = look.error is not None and look.error.code in _TELL_NO_TIME
    return {
        "hops": [{"address": masked(address), "status": status} for address, status in trip.hops],
        "seconds": None if is_silent else round(trip.seconds, 3) or None,
        "packed": trip.packed,
        "size": trip.size if body is None else len(body),
        "packing": headers.get("content-encoding"),
        "content_type": headers.get("content-type"),
        "cache_control": headers.get("cache-control"),
        "expires": headers.get("expires"),
        "retry_after": headers.get("retry-after"),
    }


def _of_answer(fetched: Fetched | None) -> dict[str, object]:
    if fetched is None:
        return {}
    return {
        "final_address": masked(fetched.url),
        "moved_to": masked(fetched.moved_to or ""),
        "etag": fetched.etag,
        "last_modified": fetched.modified,
        "fresh_for": fetched.fresh_for,
    }


def _of_feed(parsed: ParsedFeed | None) -> dict[str, object]:
    if parsed is None:
        return {}
    last, usual = newest(parsed.entries), rhythm(parsed.entries)
    return {
        "entries": len(parsed.entries),
        "skipped": parsed.skipped,
        "undated": sum(entry.published is None for entry in parsed.entries),
        "ahead": parsed.ahead,
        "repeated": parsed.repeated,
        "newest": last and last.isoformat().replace("+00:00", "Z"),
        "rhythm": usual and round(usual.total_seconds()),
        "charset": parsed.charset and dict(zip(("said", "used"), parsed.charset, strict=True)),
        "language": parsed.language,
        "home": parsed.home,
        "ttl": parsed.ttl,
        "skip_hours": list(parsed.skip_hours),
        "skip_days": list(parsed.skip_days),
    }
