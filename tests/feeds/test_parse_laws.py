"""What holds of reading feeds whatever they are: real ones cut, doubled and poisoned in every place."""

import unicodedata
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ParseError
from bot.feed import ParsedFeed
from bot.feeds.parse import MOST_ENTRIES, read

NOW = datetime(2026, 6, 9, tzinfo=UTC)
DATA = Path(__file__).parent.parent / "data"
REAL = [(DATA / name).read_bytes() for name in ("36kr.xml", "atom.xml", "aggregator.xml", "feed.json")]
POISON = [
    *(
        b"<",
        b">",
        b"&",
        b"<![CDATA[",
        b"]]>",
        b"<!DOCTYPE x [",
        b"<?xml",
        b"</item>",
        b"<item>",
        b"</entry>",
        b"<entry>",
    ),
    *(
        b"\x00",
        b"\xff",
        b"\xe5\x8d",
        b"\xe2\x80\xae",
        b"\xe2\x80\x8b",
        b"\xef\xbb\xbf",
        b"&#x202e;",
        b"&#0;",
        b"&#x110000;",
    ),
    *(
        b"&amp;#8203;",
        b"&amp;amp;lt;script&amp;amp;gt;",
        b"\\ud800",
        b"null",
        b"[",
        b"{",
        b'"',
        b"1e999",
        b"-1",
        b"9" * 400,
    ),
    *(
        b"2099-01-01T00:00:00Z",
        b"javascript:alert(1)",
        b"//[::1]/",
        b"xmlns='x'",
        b"xml:base='file:///'",
        b"type='xhtml'",
    ),
]


@st.composite
def mutants(draw: st.DrawFn) -> bytes:
    """A real feed, changed in a few places."""
    body = draw(st.sampled_from(REAL))
    for _ in range(draw(st.integers(1, 4))):
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(body))] * 2)))
        end = min(end, start + draw(st.sampled_from([0, 1, 20, 400])))
        middle = draw(st.sampled_from(POISON) | st.binary(max_size=6) | st.just(body[start:end] * 2))
        body = body[:start] + middle + body[end:]
    return body


def check(feed: ParsedFeed) -> None:
    """What every reading keeps to."""
    assert len(feed.entries) <= MOST_ENTRIES
    assert len({entry.guid for entry in feed.entries}) == len(feed.entries)
    for entry in feed.entries:
        assert entry.guid.isprintable()
        assert entry.title
        assert unseen(entry.title + entry.summary + (entry.source_name or "")) == []
        assert entry.published is None or entry.published <= NOW
        for link in (entry.link, entry.source_link, entry.origin, feed.home):
            assert not link or link.startswith(("http://", "https://"))
    assert feed.title
    assert unseen(feed.title) == []


def unseen(text: str) -> list[str]:
    """The characters of a text that have no look of their own; an emoji's joiner has one."""
    joined = {"\u200d"} if any(letter > "\u2190" for letter in text) else set()
    return [letter for letter in text if unicodedata.category(letter) in {"Cc", "Cf", "Cs"} and letter not in joined]


@settings(deadline=None, max_examples=300)
@given(mutants(), st.sampled_from(["", "text/xml; charset=gbk", "application/json; charset=utf-16"]))
def test_no_change_to_a_real_feed_breaks_the_reader(body: bytes, content_type: str) -> None:
    """It is read, by what is left of it, or is a ParseError; nothing unseen, unsafe or of tomorrow comes through."""
    try:
        feed = read(body, url="https://site.example/feed", content_type=content_type, zone=None, now=NOW)
    except ParseError:
        return
    check(feed)
