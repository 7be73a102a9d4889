"""What a feed is, what its server answered, and what was read in it; all times are aware and in UTC."""

from dataclasses import dataclass
from datetime import datetime

from bot.model import Newsroom, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSpec:
    """A feed as somebody wrote it down, in feeds.yaml or by command.

    `newsroom` speaks in the feed (for an aggregator: the aggregator itself); `home` is its site.
    `mixed` feeds carry off-topic items. `zone` is the IANA zone of dates that have none.
    """

    url: str
    title: str
    newsroom: Newsroom
    topics: tuple[Topic, ...] = ()
    mixed: bool = False
    zone: str | None = None
    home: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What polling has learnt of a feed.

    `etag` and `modified` are the server's validators byte for byte. `failures` counts polls that failed in
    a row; `trouble` and `reason` are the code and the sentence of the last failure.
    """

    next_poll_at: datetime
    etag: str | None = None
    modified: str | None = None
    body_hash: str | None = None
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None
    seeded_at: datetime | None = None
    failures: int = 0
    trouble: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed that is polled; `origin` tells whether feeds.yaml ("file") or a command put it here.

    `paused` feeds are read by nobody; `muted` ones not shown to the server that asked.
    """

    id: int
    scope: str
    origin: str
    spec: FeedSpec
    state: FeedState
    paused: bool = False
    muted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a server answered: `body` is None when nothing changed since the validators sent.

    `url` is the address after redirects; `fresh_for` the seconds the server wants us to wait, where it says.
    """

    url: str
    body: bytes | None
    content_type: str = ""
    etag: str | None = None
    modified: str | None = None
    fresh_for: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a parsed feed, already plain text; `published` is None where the feed gives no usable time.

    `source_name` and `source_link` are the newsroom an aggregator credits inside the entry.
    """

    guid: str
    title: str
    link: str
    summary: str = ""
    published: datetime | None = None
    source_name: str | None = None
    source_link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed's title, its language where it says, and its entries; `skipped` entries could not be read."""

    title: str
    language: str | None
    entries: tuple[Entry, ...]
    skipped: int = 0
