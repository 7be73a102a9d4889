"""What a case of misbehaviour is, and the feeds it is made of; the cases stand in cases/, by what they are about.

Each case is polled as often as it says, every time when the feed is due again, and not before `apart` has passed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import quote

from tests.feeds.misbehaving import Answer, says

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUARTER = HOUR / 4
MOST = 1.15
"""What a wait may be longer for the jitter."""

DATE = "Mon, 08 Jun 2026 12:00:00 GMT"
PAGE = "<!doctype html><html><head><title>A site</title></head><body><p>Hello</p></body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a server does, and what is expected of us.

    `asked` are the requests in their order, each with its validators. `trouble` or `remark` is the key of what is the
    matter in the end, `said` its English sentence. `titles` are the articles', where it matters; of a `timed` case each
    is the time it should have. `waits` is the least and the most until the next poll.
    """

    name: str
    answers: Sequence[Answer]
    asked: Sequence[str]
    trouble: str | None = None
    said: str | None = None
    remark: str | None = None
    titles: Sequence[str] | None = None
    timed: bool = False
    off: bool = False
    moved_to: str | None = None
    waits: tuple[timedelta, timedelta] | None = None
    polls: int | None = None
    apart: timedelta = timedelta()
    url: str = "http://feed.example/feed"
    zone: str | None = None
    tls: str | None = None
    settings: Mapping[str, float] = field(default_factory=dict)


def item(
    title: str, *, link: str = "", guid: str = "", date: str = "Mon, 08 Jun 2026 10:00:00 GMT", more: str = ""
) -> str:
    """One entry; its link is made of its title where none is given."""
    link = link or f"https://feed.example/{quote(title)}"
    named = f"<guid>{guid}</guid>" if guid else ""
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    summary = "<description>What it says.</description>"
    return f"<item><title>{title}</title><link>{link}</link>{named}{dated}{summary}{more}</item>"


def rss(*items: str, head: str = "", encoding: str = "") -> str:
    """A feed of these entries."""
    declared = f'<?xml version="1.0" encoding="{encoding}"?>' if encoding else ""
    return (
        f'{declared}<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
        f'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">'
        f"<channel><title>F</title>{head}{''.join(items)}</channel></rss>"
    )


ONE, TWO = item("One"), item("Two", date="Mon, 08 Jun 2026 11:00:00 GMT")
FEED, MORE = rss(ONE), rss(ONE, TWO)
GOOD = says(FEED)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"


def fails(name: str, answer: Answer, trouble: str, said: str, **more: object) -> Case:
    """A case of one request that fails."""
    return Case(name=name, answers=[answer], trouble=trouble, said=said, **{"asked": ["/feed"], **more})


def waits(name: str, least: timedelta, answer: Answer, **more: object) -> Case:
    """A case of one request after which we stay away for so long."""
    return Case(name=name, answers=[answer], waits=(least, least * MOST), **{"asked": ["/feed"], **more})


def reads(name: str, body: bytes | str, titles: Sequence[str], remark: str | None = None, **more: object) -> Case:
    """A case of one answer that is read."""
    kind = {"Content_Type": str(more.pop("kind"))} if "kind" in more else {}
    return Case(name=name, answers=[says(body, **kind)], asked=["/feed"], titles=titles, remark=remark, **more)


def remembers(name: str, *answers: Answer, asked: Sequence[str], **more: object) -> Case:
    """A case of several polls, where the requests matter."""
    return Case(name=name, answers=answers, asked=asked, **more)
