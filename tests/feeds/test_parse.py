from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import thread_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ParseError
from bot.feed import ParsedFeed
from bot.feeds.parse import MOST_ENTRIES, read

NOW = datetime(2026, 6, 9, tzinfo=UTC)
DATA = Path(__file__).parent.parent / "data"


def _read(body: str | bytes, *, zone: str | None = None) -> ParsedFeed:
    encoded = body.encode() if isinstance(body, str) else body
    return read(encoded, url="https://site.example/feed/rss", content_type="text/xml", zone=zone, now=NOW)


def _rss(items: str, before: str = "") -> str:
    return f'{before}<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'


def test_a_chinese_feed_becomes_clean_entries() -> None:
    """CDATA, blanks in dates, double escapes and read-on links leave a clean title, link, time and excerpt."""
    feed = _read((DATA / "36kr.xml").read_bytes(), zone="Asia/Shanghai")

    first, second = feed.entries
    assert (feed.title, feed.language, feed.skipped) == ("示例氪", "zh-cn", 0)
    assert first.title == "某芯片公司完成新一轮融资，金额近2亿元"
    assert first.link == first.guid == "https://36kr.example/p/1111"
    assert first.published == datetime(2026, 3, 26, 2, tzinfo=UTC)
    assert first.summary == "某芯片公司今日宣布完成融资。资金将用于先进封装。"
    assert second.title == "估值突破 1000 亿美元 & 更多"
    assert second.summary == ""
    assert second.published == datetime(2026, 3, 26, 12, 56, tzinfo=UTC)


def test_an_atom_feed_keeps_its_meaning() -> None:
    """Plain titles stay literal, marked-up ones lose their marks, content stands in for a summary."""
    feed = _read((DATA / "atom.xml").read_bytes())

    first, second = feed.entries
    assert (feed.title, feed.language) == ("Example Semiconductor Review", "en-gb")
    assert first.title == "Using <template> in AT&T's fab"
    assert first.guid == "tag:review.example,2026:1"
    assert first.link == "https://site.example/2026/1"
    assert first.published == datetime(2026, 3, 26, 10, tzinfo=UTC)
    assert first.summary == "The fab opens in May."
    assert second.title == "SMIC expands"
    assert second.published == datetime(2026, 3, 27, 10, tzinfo=UTC)
    assert (second.source_name, second.source_link) == ("Example Wire", "https://wire.example/feed")


def test_an_aggregator_credits_its_sources() -> None:
    """The newsroom an entry credits is kept beside the aggregator's own link."""
    (entry,) = _read((DATA / "aggregator.xml").read_bytes()).entries

    assert entry.link == "https://news.example/rss/articles/CBMi"
    assert (entry.source_name, entry.source_link) == ("Example Times", "https://times.example")


def test_a_json_feed_is_cleaned_like_any_other() -> None:
    """JSON Feed's plain and marked-up fields, numbers for ids and hostile links end like those of RSS."""
    feed = _read((DATA / "feed.json").read_bytes())

    first, second = feed.entries
    assert (feed.title, feed.language, feed.skipped) == ("Example JSON", "zh-hans", 1)
    assert first.title == "A <T> & C"
    assert first.summary == "华为发布。台积电跟进。"
    assert first.published == datetime(2026, 3, 26, 2, tzinfo=UTC)
    assert (second.guid, second.link) == ("2", "https://json.example/2")
    assert second.title == "First sentence."
    assert second.summary == "First sentence. Second <sentence>."


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"\x00\x00", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"<!doctype html><html><head><title>Just a moment...</title></head></html>", "challenge"),
        (b"<html><body>login</body></html>", "html"),
        (b"<!-- x --><!DOCTYPE html PUBLIC '-//W3C//DTD'>\n<HTML></HTML>", "html"),
        (b"<head><meta charset=utf-8></head>", "html"),
        (b"/etc/hostname", "not-a-feed"),
        (b"http://127.0.0.1:9/latest/meta-data/", "not-a-feed"),
        (b"plain words", "not-a-feed"),
        (b"<?xml version='1.0'?><opml/>", "not-a-feed"),
        (b"<svg></svg>", "not-a-feed"),
        (b"<", "not-a-feed"),
        (b"<!--", "not-a-feed"),
        (b"<!DOCTYPE rss [", "not-a-feed"),
        (b"<rss", "not-a-feed"),
        (b"<rss><channel", "not-a-feed"),
        (b"{", "not-a-feed"),
        (b"{}", "not-a-feed"),
        (b'{"items": 3}', "not-a-feed"),
        (b'{"a":' * 20_000, "not-a-feed"),
        (b"\x1f\x8b\x08\x00\x00", "not-a-feed"),
    ],
)
def test_what_is_not_a_feed_is_named(body: bytes, code: str) -> None:
    """An empty answer, a web page and anything else are told apart, in a sentence that names the site."""
    with pytest.raises(ParseError) as error:
        _read(body)

    assert error.value.code == code
    assert error.value.sentence.startswith("site.example ")


def test_an_empty_feed_is_a_feed() -> None:
    """No entries today is no error here."""
    assert _read(_rss("")).entries == ()


def test_a_feed_below_a_servers_warnings_is_found() -> None:
    """PHP warnings above the declaration do not hide the feed."""
    body = "<br />\n<b>Warning</b>: session_start()\n<?xml version='1.0'?>" + _rss("<item><title>A</title></item>")

    assert _read(body).entries[0].title == "A"


@pytest.mark.parametrize("count", [1, 3])
def test_a_declared_entity_is_never_expanded(count: int) -> None:
    """Billion laughs and external files alike: the document type goes before anybody reads it."""
    laughs = "".join(f"<!ENTITY l{n} '" + f"&l{n - 1};" * 10 + "'>" for n in range(1, 9))
    before = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">{laughs}]>\n' * count

    feed = _read(_rss("<item><title>&l8;&x;</title><guid>1</guid></item>", before))

    assert feed.entries[0].title == "&l8;&x;"


@pytest.mark.parametrize(
    "hostile",
    [
        "\n" * 60_000 + _rss("<item><title>x</title></item>"),
        _rss(f"<item><title>x</title><author>{'a' * 60_000}</author></item>"),
        _rss(f"<item><title>x</title><author>a@{'a.' * 8000}!</author></item>" * 3),
        _rss("<item " + " ".join(f"a{n}='{n}'" for n in range(20_000)) + "><title>x</title></item>"),
        _rss(f"<item><title>x</title><description><![CDATA[{'<!--' * 30_000}]]></description></item>"),
        _rss(f"<item><title>x</title><description>{'<a>' * 10_000}</description></item>"),
        _rss(f"<item><title>x</title><pubDate>{'1' * 100_000}</pubDate></item>"),
        _rss(f"<item><title>x</title><description><![CDATA[{'<' * 200_000}]]></description></item>"),
    ],
    ids=["blank lines", "author", "e-mail", "attributes", "comments", "nesting", "digits", "angle brackets"],
)
def test_a_feed_made_to_be_slow_is_not(hostile: str) -> None:
    """What costs feedparser up to forty seconds ends with its one entry at once."""
    begun = thread_time()

    feed = _read(hostile)

    assert feed.entries[0].title == "x"
    assert thread_time() - begun < 2


def test_entries_are_known_by_guid_then_link_then_words() -> None:
    """Each entry has a name that outlives the next poll."""
    items = (
        "<item><guid isPermaLink='false'>g</guid><link>https://e.x/1</link><title>a</title></item>"
        "<item><link>https://e.x/2</link><title>b</title></item>"
        "<item><title>c</title><description>words</description></item>"
        f"<item><guid>{'g' * 900}</guid><title>d</title></item>"
    )

    first = [entry.guid for entry in _read(_rss(items)).entries]
    again = [entry.guid for entry in _read(_rss(items)).entries]

    assert first == again
    assert first[:2] == ["g", "https://e.x/2"]
    assert [len(guid) for guid in first[2:]] == [64, 64]


def test_a_guid_used_twice_counts_with_its_link() -> None:
    """Feeds that give every entry one guid keep their entries apart; a true repeat is dropped."""
    item = "<item><guid isPermaLink='false'>same</guid><link>https://e.x/{0}</link><title>{0}</title></item>"
    items = "".join(item.format(name) for name in "abbca")

    guids = [entry.guid for entry in _read(_rss(items)).entries]

    assert guids == ["same", "same|https://e.x/b", "same|https://e.x/c"]


def test_a_guid_is_a_link_only_where_it_is_a_whole_address() -> None:
    """A number in a guid makes no link; an address does."""
    items = "<item><guid>17</guid><title>a</title></item><item><guid>https://e.x/b</guid><title>b</title></item>"

    number, address = _read(_rss(items)).entries

    assert (number.guid, number.link) == ("17", "")
    assert address.link == "https://e.x/b"


def test_a_guid_is_kept_as_it_was_written() -> None:
    """A base address in the feed does not rewrite the names of its entries."""
    body = "<rss xml:base='https://base.example/x/'><item><guid>t3_42</guid><title>a</title></item></rss>"

    assert _read(body).entries[0].guid == "t3_42"


def test_what_cannot_be_told_is_counted_not_told() -> None:
    """No title: the first sentence, then the link; neither title nor link: skipped and counted."""
    items = (
        "<item><description>第一句。第二句。</description></item>"
        "<item><link>https://e.x/only</link></item>"
        "<item><link>javascript:alert(1)</link></item><item></item>"
    )

    feed = _read(_rss(items))

    assert [entry.title for entry in feed.entries] == ["第一句。", "e.x/only"]
    assert feed.skipped == 2


def test_only_the_newest_entries_are_kept_in_the_feeds_order() -> None:
    """A feed that lists its oldest entries first does not lose its newest."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    item = "<item><title>{0}</title><guid>{0}</guid><pubDate>{1}</pubDate></item>"
    dates = [start + timedelta(hours=n) for n in range(MOST_ENTRIES + 5)]

    feed = _read(_rss("".join(item.format(n, date.isoformat()) for n, date in enumerate(dates))))

    assert [entry.title for entry in feed.entries] == [str(n) for n in range(5, MOST_ENTRIES + 5)]


@pytest.mark.parametrize(
    ("language", "title", "zone", "hour"),
    [
        ("zh-cn", "华为发布新款芯片", None, 8),
        ("", "华为发布新款芯片", None, 8),
        ("en-us", "华为发布新款芯片", None, 8),
        ("zh-tw", "台積電先進製程", None, 8),
        ("en", "Huawei ships a chip", None, 16),
        ("zh-cn", "华为发布新款芯片", "Asia/Tokyo", 7),
    ],
)
def test_a_chinese_feed_keeps_chinas_time(language: str, title: str, zone: str | None, hour: int) -> None:
    """A date without a zone is China's in a feed with Chinese titles, unless somebody knows better; so is CST."""
    dates = "2026-03-26 16:00:00", "Thu, 26 Mar 2026 16:00:00 CST"
    items = "".join(
        f"<item><title>{title}</title><guid>{date}</guid><pubDate>{date}</pubDate></item>" for date in dates
    )

    bare, cst = _read(_rss(f"<language>{language}</language>{items}"), zone=zone).entries

    assert bare.published == datetime(2026, 3, 26, hour, tzinfo=UTC)
    assert cst.published == datetime(2026, 3, 26, 8 if hour == 8 else 22, tzinfo=UTC)


def test_a_time_to_come_is_now() -> None:
    """No entry is of tomorrow; what is more than a clock out of step is counted."""
    dates = [NOW + timedelta(minutes=minutes) for minutes in (-5, 5, 300)]
    items = "".join(f"<item><title>{date}</title><pubDate>{date.isoformat()}</pubDate></item>" for date in dates)

    feed = _read(_rss(items))

    assert [entry.published for entry in feed.entries] == [dates[0], NOW, NOW]
    assert feed.ahead == 1


def test_where_a_counter_leads_is_kept() -> None:
    """FeedBurner says where its links lead in the end; that is what makes two of them one."""
    item = (
        "<item><title>a</title><link>https://feeds.example/~r/1</link>"
        "<feedburner:origLink xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'>https://e.x/a?utm_source=f"
        "</feedburner:origLink></item>"
    )

    (entry,) = _read(_rss(item)).entries

    assert (entry.link, entry.origin) == ("https://feeds.example/~r/1", "https://e.x/a?utm_source=f")


def test_of_a_thousand_entries_both_ends_are_read() -> None:
    """Whether a feed begins with its oldest or its newest entry, the newest is kept; the middle costs no time."""
    item = "<item><title>{0}</title><guid>{0}</guid><pubDate>{1}</pubDate></item>"
    start = datetime(2026, 1, 1, tzinfo=UTC)
    items = [item.format(n, (start + timedelta(minutes=n)).isoformat()) for n in range(5000)]

    for whole in (items, items[::-1]):
        assert "4999" in [entry.title for entry in _read(_rss("".join(whole))).entries]


def test_an_update_does_not_stand_in_for_a_publication() -> None:
    """The time of publication wins over a later edit, whatever their order."""
    item = (
        "<item><title>a</title><atom:updated xmlns:atom='http://www.w3.org/2005/Atom'>2026-05-02T00:00:00Z"
        "</atom:updated><pubDate>Fri, 01 May 2026 00:00:00 GMT</pubDate></item>"
    )

    assert _read(_rss(item)).entries[0].published == datetime(2026, 5, 1, tzinfo=UTC)


def test_an_ill_formed_feed_gives_what_it_has() -> None:
    """A bare ampersand, a control character and a cut end cost nothing but themselves."""
    items = "<item><title>AT&T \x0b ships</title><link>https://e.x/1?a=1&b=2</link></item><item><title>two"

    entries = _read(_rss(items)[: -len("</channel></rss>")]).entries

    assert entries[0].title == "AT&T ships"
    assert entries[0].link == "https://e.x/1?a=1&b=2"


@settings(max_examples=150)
@given(
    st.binary(max_size=200)
    | st.binary(max_size=120).map(lambda noise: b"<rss><channel><item><title>" + noise)
    | st.text(alphabet="<>/!?&;#x0-[]'\"= rsfed{}:,channelitmlk\u202e华", max_size=200).map(
        lambda noise: _rss(f"<item>{noise}</item>").encode()
    )
    | st.text(max_size=80).map(lambda noise: f'{{"items":[{{"id":1,"title":"{noise}"}}]}}'.encode()),
    st.sampled_from(["", "text/xml; charset=utf-7", "application/json", "x; charset=\u0130"]),
)
def test_no_bytes_break_the_reader(body: bytes, content_type: str) -> None:
    """Whatever arrives is a feed or a ParseError, and nothing else."""
    try:
        feed = read(body, url="https://site.example/", content_type=content_type, zone=None, now=NOW)
    except ParseError:
        return
    assert all(entry.guid and entry.title for entry in feed.entries)


def test_html_entities_and_bare_ampersands_read_as_they_were_meant() -> None:
    """What no XML parser knows is written out before, except where CDATA already says that it is text."""
    items = (
        "<item><title>R&D&nbsp;at AT&T &mdash; &unknown; &#8211; &#0;&#xFFFFFF;end</title>"
        "<link><![CDATA[https://e.x/1?a=1&b=2&copy=3]]></link></item>"
    )

    entry = _read(_rss(items)).entries[0]

    assert entry.title == "R&D at AT&T — &unknown; – end"
    assert entry.link == "https://e.x/1?a=1&b=2&copy=3"


@pytest.mark.parametrize("guid", ["\\ud800x", "a\\u0000b"])
def test_a_guid_no_database_takes_gets_a_fingerprint(guid: str) -> None:
    """A lone surrogate or a NUL in a name would break whoever stores it."""
    body = f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"id": "{guid}", "title": "One"}}]}}'

    (entry,) = _read(body).entries

    assert entry.guid.isprintable()
    assert len(entry.guid) == 64
