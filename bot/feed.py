"""What a feed is, what its server answered, and what was read in it; all times are aware and in UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model import Language, Newsroom, Topic

LONGEST_BAN = timedelta(days=7)
"""A server that turns us away is obeyed for so long; beyond that a wish is a mistake."""
LONGEST_WAIT = timedelta(days=15)
"""No feed or host is left alone for longer: a time further off was written by a clock gone wrong."""


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

    `etag` and `modified` are the server's validators byte for byte; `full_at` is when a whole answer was last asked for
    without them. `pace` is the interval in seconds that the feed's own rhythm has earned; `ttl`, `skip_hours` (of the
    day, in UTC) and `skip_days` (0 is Monday) are what it wishes itself.

    `failures` counts polls that failed in a row, `failing_at` is since when with this kind of trouble; `trouble`,
    `reason` and `facts` are the key, the English sentence and the values of the last failure. `off_at` is when polling
    gave it up for that. `remark` is the key of what is odd about a feed that can be read, with `remark_facts`;
    `entries` how many it had.

    `moved_to` is where permanent redirects lead, `moved_polls` how many good polls in a row since `moved_at`.
    """

    next_poll_at: datetime
    etag: str | None = None
    modified: str | None = None
    body_hash: str | None = None
    full_at: datetime | None = None
    pace: float | None = None
    ttl: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None
    seeded_at: datetime | None = None
    failures: int = 0
    failing_at: datetime | None = None
    trouble: str | None = None
    reason: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    off_at: datetime | None = None
    remark: str | None = None
    remark_facts: Mapping[str, object] = field(default_factory=dict)
    entries: int | None = None
    moved_to: str | None = None
    moved_at: datetime | None = None
    moved_polls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed that is polled; `origin` tells whether feeds.yaml ("file") or a command put it here.

    `paused` feeds are read by nobody; `muted` ones not shown to the server that asked. `added_by` is who added a
    server's own feed, `added_in` the channel where they did.
    """

    id: int
    scope: str
    origin: str
    spec: FeedSpec
    state: FeedState
    paused: bool = False
    muted: bool = False
    added_by: str | None = None
    added_in: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a server answered: `body` is None when nothing changed since the validators sent.

    `url` is the address after redirects; `moved_to` where those that are meant for good lead, which come first;
    `fresh_for` the seconds the server wants us to wait, where it says. `is_partial` bodies hold what is new alone.
    """

    url: str
    body: bytes | None
    content_type: str = ""
    etag: str | None = None
    modified: str | None = None
    fresh_for: float | None = None
    moved_to: str | None = None
    is_partial: bool = False


@dataclass(slots=True, kw_only=True)
class Trip:
    """How a fetch went, written down on the way for whoever asks why it came to what it did.

    `hops` are the addresses that answered, each with its status; `headers` what the last said of itself. `packed` are
    the body's bytes as they came, `size` those it unpacked to; `seconds` is how long the servers took, pauses aside.
    """

    hops: list[tuple[str, int]] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0
    packed: int | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a parsed feed, already plain text; `published` is None where the feed gives no usable time.

    `source_name` and `source_link` are the newsroom an aggregator credits inside the entry. `origin` is where a link
    through a counter leads in the end, where the feed says so. `terms` are the words of title and summary as the index
    takes them, with blanks between, where the parser's process has split them already.
    """

    guid: str
    title: str
    link: str
    summary: str = ""
    published: datetime | None = None
    source_name: str | None = None
    source_link: str | None = None
    origin: str | None = None
    terms: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed's title, its language where it says, and its entries; `skipped` entries could not be read.

    `home` is its site. `ttl` is the seconds it wants to be left alone between two polls, `skip_hours` (of the day, in
    UTC) and `skip_days` (0 is Monday) are when it wants no poll. `charset` is there where its label is wrong: what it
    is called, and what it is. `ahead` entries had a time still to come, `repeated` ones a guid that another had.
    """

    title: str
    language: str | None
    entries: tuple[Entry, ...]
    skipped: int = 0
    ahead: int = 0
    repeated: int = 0
    home: str | None = None
    ttl: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    charset: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a feed brought in some weeks: `count` articles, published from `oldest` to `newest`.

    `on_topic` is the share of those that belong in the digest, from 0 to 1; None before any was judged.
    """

    newest: datetime
    oldest: datetime
    count: int
    on_topic: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a server's moderators are told once: that a `feed` of theirs was switched off (the outbox row).

    `others` are the feeds their server sees beside it. `unclear` tells that an earlier try may have posted it without
    our knowing, the first one at `first_at`.
    """

    id: int
    feed: Feed
    others: tuple[Feed, ...]
    channel: str
    language: Language
    made_at: datetime
    attempts: int = 0
    first_at: datetime | None = None
    unclear: bool = False
