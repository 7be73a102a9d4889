import time

import listparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ParseError
from bot.feeds.opml import MOST_BYTES, MOST_FEEDS, Outline, read, written
from bot.model import Topic
from tests.fakes import ITHOME, NOW, feed_spec

A, B = "https://a.example/feed", "https://b.example/feed"


def opml(*outlines: str, head: str = "") -> bytes:
    return f'<opml version="2.0"><head>{head}</head><body>{"".join(outlines)}</body></opml>'.encode()


def outline(url: str = A, text: str = "A", more: str = "") -> str:
    return f'<outline type="rss" text="{text}" xmlUrl="{url}" {more}/>'


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param(opml(outline()), [(A, "A")], id="one"),
        pytest.param(opml(outline(), outline(B, "B")), [(A, "A"), (B, "B")], id="two"),
        pytest.param(opml(f'<outline text="Tech">{outline()}</outline>'), [(A, "A")], id="in a folder"),
        pytest.param(opml(outline(), outline()), [(A, "A")], id="one twice"),
        pytest.param(opml(f'<outline title="T" xmlUrl="{A}"/>'), [(A, "T")], id="by its title"),
        pytest.param(opml(f'<outline xmlurl="{A}"/>'), [(A, "")], id="small letters, no name"),
        pytest.param(opml(outline(f"{A}?x=1&y=2")), [(f"{A}?x=1&y=2", "A")], id="a bare ampersand"),
        pytest.param(opml(outline(f"{A}?x=1&amp;y=2")), [(f"{A}?x=1&y=2", "A")], id="an escaped one"),
        pytest.param(opml(outline(text="&#21326;为")), [(A, "华为")], id="a character by its number"),
        pytest.param(opml(outline(text="&lt;b&gt;A&lt;/b&gt; \u202ex")), [(A, "A x")], id="markup in a name"),
        pytest.param(opml(outline(), head="<title>x</title>"), [(A, "A")], id="with a title"),
        pytest.param(b"\xef\xbb\xbf" + opml(outline()), [(A, "A")], id="with a mark"),
        pytest.param(opml(outline(text="华为")).decode().encode("utf-16"), [(A, "华为")], id="UTF-16"),
        pytest.param(
            b'<?xml version="1.0" encoding="gb2312"?>' + opml(outline(text="华为")).decode().encode("gbk"),
            [(A, "华为")],
            id="GBK",
        ),
        pytest.param(opml(outline(more='type="include"')).replace(b'type="rss" ', b""), [(A, "A")], id="an include"),
        pytest.param(
            opml(f'<outline text="S" xmlUrl="" htmlUrl="{B}"/>', outline()), [(A, "A"), (B, "S")], id="a site"
        ),
        pytest.param(opml(f"<!-- {outline(B)} -->", outline()), [(A, "A")], id="a comment"),
        pytest.param(opml("<script>x</script><style/>", outline()), [(A, "A")], id="a script"),
        pytest.param(opml(outline("file:///etc/passwd")), [("file:///etc/passwd", "A")], id="a file, refused later"),
        pytest.param(opml(outline("h" * 3000), outline()), [("", "A"), (A, "A")], id="an absurd address"),
    ],
)
def test_a_list_is_read(body: bytes, found: list[tuple[str, str]]) -> None:
    """Each feed once, in its order, under the name its owner gave it."""
    assert [(each.url, each.title) for each in read(body)] == found


def test_our_topics_are_found_among_categories() -> None:
    """As we write them, or as folders; all others are somebody's own."""
    body = opml(outline(more='category="/chips,/Boston/Weather"'), f'<outline text="models">{outline(B)}</outline>')

    assert [each.topics for each in read(body)] == [(Topic.CHIPS,), (Topic.MODELS,)]


@pytest.mark.parametrize(
    ("body", "key"),
    [
        pytest.param(b"", "not-a-list", id="nothing"),
        pytest.param(b"just words", "not-a-list", id="words"),
        pytest.param(b"<html><body><p>x</p></body></html>", "not-a-list", id="a page"),
        pytest.param(b"<rss><channel><title>x</title></channel></rss>", "not-a-list", id="a feed"),
        pytest.param(opml(), "not-a-list", id="no feeds"),
        pytest.param(opml('<outline text="x"/>'), "not-a-list", id="folders only"),
        pytest.param(opml(outline())[:-10], "not-a-list", id="cut off"),
        pytest.param(b"https://example.com/feeds.opml", "not-a-list", id="an address, which is not fetched"),
        pytest.param(b"<!DOCTYPE opml>" + opml(outline()), "not-a-list.doctype", id="a document type"),
        pytest.param(
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + opml(outline(text="&a;")),
            "not-a-list.doctype",
            id="a file as an entity",
        ),
        pytest.param(
            ('<!DOCTYPE x [<!ENTITY a "b">]>' + opml(outline()).decode()).encode("utf-16"),
            "not-a-list.doctype",
            id="a document type in UTF-16",
        ),
        pytest.param(b"<!doctype html>" + opml(outline()), "not-a-list.doctype", id="a small one"),
        pytest.param(opml('<outline text="x">' * 13 + "</outline>" * 13), "not-a-list.deep", id="too deep"),
        pytest.param(opml('<outline text="x">' * 20_000 + "</outline>" * 20_000), "too-big.list", id="far too deep"),
        pytest.param(opml(*(outline(f"http://a/{n}", "") for n in range(MOST_FEEDS + 1))), "too-big.feeds", id="many"),
        pytest.param(opml(outline()) + b" " * MOST_BYTES, "too-big.list", id="too long"),
    ],
)
def test_what_is_no_list_is_refused(body: bytes, key: str) -> None:
    """At once, by name, and with what to do."""
    start = time.perf_counter()
    with pytest.raises(ParseError) as error:
        read(body)

    assert error.value.key == key
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    "storm",
    [
        outline(more=" ".join(f'a{number}="x"' for number in range(20_000))),
        "<!-- - -->" * 40_000,
        "<![CDATA[<outline]]>" * 20_000,
        "<a>" * 9_000 + "</a>" * 9_000,
        f"<script>{'</' * 0}{'x&lt;' * 60_000}</script>",
    ],
    ids=["attributes", "comments", "CDATA", "depth", "script"],
)
def test_a_storm_of_markup_is_sat_out(storm: str) -> None:
    """What is no outline costs little and reaches no other parser."""
    start = time.perf_counter()

    assert read(opml(storm, outline(B, "B")))[-1].url == B
    assert time.perf_counter() - start < 2


@given(st.binary(max_size=500))
def test_no_bytes_break_us(body: bytes) -> None:
    """They are a list or are refused."""
    for whole in (body, opml()[:-14] + body):
        try:
            read(whole)
        except ParseError as error:
            assert error.key.startswith(("not-a-list", "too-big"))  # noqa: PT017  # either way is right


def test_what_is_written_is_read_again() -> None:
    """With addresses, names and topics, in a folder for each language."""
    english = feed_spec(f"{A}?a=1&b=2", title='"A" <b> & co', topics=(Topic.CHIPS, Topic.MODELS))
    chinese = feed_spec(B, title="IT之家\x0b", newsroom=ITHOME, home="https://b.example/")

    text = written([chinese, english], now=NOW)

    assert [each.url for each in read(text.encode())] == [english.url, chinese.url]
    assert read(text.encode())[1] == Outline(url=B, title="IT之家")
    assert read(text.encode())[0].topics == english.topics
    assert text.startswith('<?xml version="1.0" encoding="utf-8"?>\n<opml version="2.0">')
    assert listparser.parse(text.encode()).feeds[0].categories[-1] == ["English"]
    assert "Mon, 08 Jun 2026 12:00:00 GMT" in text


def test_a_list_of_nothing_is_written_too() -> None:
    """It is well-formed, and names nothing."""
    assert "<body />" in written([], now=NOW)
