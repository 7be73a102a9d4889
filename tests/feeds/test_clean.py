import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.clean import cut, plain, safe_link

FAMILY = "👨\u200d👩\u200d👧"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        ("Huawei ships Kirin", "Huawei ships Kirin"),
        ("<b>Huawei</b> ships <i>Kirin</i>", "Huawei ships Kirin"),
        ("华<b>为</b>发布", "华为发布"),
        ("<p>One.</p><p>Two.</p>", "One. Two."),
        ("One<br/>Two", "One Two"),
        ("<p>华为发布。</p><p>台积电跟进。</p>", "华为发布。台积电跟进。"),
        ("<h2>背景</h2><p>公司成立</p>", "背景。公司成立"),
        ("华为<br>发布", "华为发布"),
        ("华为\n  发布，\n新款", "华为发布，新款"),
        ("特斯拉降价 蔚来跟进", "特斯拉降价 蔚来跟进"),
        ("华为\nHuawei\n发布", "华为 Huawei 发布"),
        ("　　华为　发布　", "华为 发布"),
        ("<ul><li>a</li><li>b</li></ul>", "a b"),
        ("AT&amp;T", "AT&T"),
        ("AT&amp;amp;T", "AT&T"),
        ("AT&amp;amp;amp;T", "AT&amp;T"),
        ("&lt;b&gt;bold&lt;/b&gt; text", "bold text"),
        ("&amp;nbsp;x&nbsp;y", "x y"),
        ("酷 壳 &#8211; CoolShell", "酷 壳 – CoolShell"),
        ("a < b and 3 > 2", "a < b and 3 > 2"),
        ("5nm<7nm", "5nm<7nm"),
        ("x<script>alert(1)</script>y<style>p{}</style>z", "xyz"),
        ("x<!-- hidden -->y", "xy"),
        ("x<iframe>no</iframe>y", "xy"),
        ("a\x00b\x08c\x1fd\x85e", "abcd e"),
        ("\u202eevil\u2066 \u200b@\u200beveryone\ufeff", "evil @everyone"),
        ("soft\u00adhyphen\u2060ed\u180e", "softhyphened"),
        ("&#x202e;evil&#8203;", "evil"),
        (f"family {FAMILY}!", f"family {FAMILY}!"),
        ("no\u200djoiner", "nojoiner"),
        ("👍\u200d and \u200d👍", "👍 and 👍"),
        ("❤\ufe0f 1\ufe0f\u20e3 ™\ufe0f", "❤\ufe0f 1\ufe0f\u20e3 ™\ufe0f"),
        ("a\ufe0fb\ufe01华\ufe00❤\ufe0e", "ab华❤"),
        ("e\u0301", "é"),
        ("Z" + "\u0301\u0302\u0303\u0304\u0305\u0306\u0307", "\u0179\u0302\u0303\u0304\u0305"),
        ("\u3164\u2800", ""),
        ("\U000e0041\U000e0042tags", "tags"),
        ("line\u2028sep\u2029para", "line sep para"),
    ],
)
def test_markup_becomes_the_text_a_reader_would_see(markup: str, text: str) -> None:
    """Tags, double escapes, hidden characters and stray blanks go; words and Chinese lines stay whole."""
    assert plain(markup, 500) == text


@given(st.text(alphabet="Ab1 .,:'\"()-é華为，。！（）“”…\u3000\n\t&;<>-~", max_size=60))
def test_the_short_way_ends_where_the_long_one_does(text: str) -> None:
    """Text that is plain already is left alone, and would have come out the same by the long way."""
    long_way = plain(f"<b></b>{text}", 500)

    assert plain(text, 500) == long_way


@pytest.mark.parametrize(
    "link", ["https://a.example/x/1.html?id=2&p=3", "http://news.a.example/", "https://a.example/A;b=c/'d'"]
)
def test_a_plain_link_stays_as_it_is(link: str) -> None:
    """Whatever page it stands on, an ordinary address is what it was."""
    assert safe_link(link, "https://b.example/feed") == safe_link(f" {link}", "ftp://c.example") == link


@given(st.text(max_size=200) | st.text(alphabet="<>/&;#x20abp\u200d\ufe0f\u202e👍🏽\u0301华\n ", max_size=200))
def test_nothing_unseen_survives(markup: str) -> None:
    """Whatever comes in, no control, bidi override, surrogate or stray zero-width character comes out."""
    text = plain(markup, 100)

    assert len(text) <= 100
    unseen = [c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and c != "\u200d"]
    assert unseen == []
    assert all(_is_in_emoji(text, at) for at, c in enumerate(text) if c in "\u200d\ufe0f")
    assert text == text.strip()


def _is_in_emoji(text: str, at: int) -> bool:
    """Whether a joiner stands between two signs, or a selector behind one."""
    around = [text[at - 1 : at], *([text[at + 1 : at + 2]] if text[at] == "\u200d" else [])]
    return all(letter and unicodedata.category(letter)[0] in "SMNP" for letter in around)


def test_every_invisible_character_of_unicode_is_known() -> None:
    """The list is complete: no control or format character of this Python's Unicode is left out."""
    names = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in {"Cc", "Cf", "Cs"}]

    assert [name for name in names if plain(f"a{name}b", 9) not in {"ab", "a b"}] == []


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("华为发布", 2, "华为"),
        ("abc", 3, "abc"),
        ("ab c", 3, "ab"),
        (f"ab{FAMILY}", 4, "ab"),
        ("ab👍🏽", 3, "ab"),
        ("a🇨🇳🇺🇸", 2, "a"),
        ("a🇨🇳🇺🇸", 3, "a🇨🇳"),
        ("a🇨🇳🇺🇸", 4, "a🇨🇳"),
        ("aक\u094dक", 2, "a"),
        ("❤\ufe0f", 1, "❤"),
    ],
)
def test_a_cut_splits_nothing_that_is_seen_as_one(text: str, limit: int, kept: str) -> None:
    """Combining marks, joined emoji and flags are kept whole or left out; a lone one is cut all the same."""
    assert cut(text, limit) == kept


@pytest.mark.parametrize(
    "storm",
    ["<p " * 20_000, "<b><a>" * 10_000, "<" * 60_000, "&amp;" * 20_000, "<!--" * 20_000, "\n" * 60_000],
)
def test_a_storm_of_markup_is_read_in_no_time(storm: str) -> None:
    """Unclosed tags by the thousand end in a short text."""
    assert len(plain(storm, 100)) <= 100


@pytest.mark.parametrize(
    ("link", "safe"),
    [
        ("https://e.x/1", "https://e.x/1"),
        ("  https://e.x/ws  ", "https://e.x/ws"),
        ("HTTPS://E.X/Path", "https://e.x/Path"),
        ("/rel", "https://base.example/rel"),
        ("rel?a=1#b", "https://base.example/feeds/rel?a=1#b"),
        ("//evil.example/x", "https://evil.example/x"),
        ("https://e.x/a b", "https://e.x/a%20b"),
        ("https://e.x/)[x](<y>", "https://e.x/%29%5Bx%5D%28%3Cy%3E"),
        ("https://e.x/\u202etxt.exe", "https://e.x/%E2%80%AEtxt.exe"),
        ("https://e.x/a\u200db\u3000c", "https://e.x/a%E2%80%8Db%E3%80%80c"),
        ('https://e.x/"`|\\^{}', "https://e.x/%22%60%7C%5C%5E%7B%7D"),
        ("https://e.x/a%20b?q=%E5%8D%8E", "https://e.x/a%20b?q=%E5%8D%8E"),
        ("https://e.x/华为?q=芯片", "https://e.x/华为?q=芯片"),
        ("https://华为.中国/x", "https://xn--siqq7j.xn--fiqs8s/x"),
        ("https://e.x:8443/x", "https://e.x:8443/x"),
        ("https://e.x/@user", "https://e.x/@user"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("discord://x", None),
        ("file:///etc/passwd", None),
        ("https://user:pw@127.0.0.1/", None),
        ("https://good.example\\@evil.example/", None),
        ("https://%65vil.example/", None),
        ("https://[::1]/x", None),
        ("https://[bad/", None),
        ("https://e.x:99999/", None),
        ("https://exa mple.com/", None),
        ("https://e.x/" + "a" * 2048, None),
    ],
)
def test_a_link_is_safe_to_show_or_is_none(link: str, safe: str | None) -> None:
    """Only web addresses without credentials come through, and nothing breaks out of a Markdown link."""
    assert safe_link(link, "https://base.example/feeds/rss") == safe


@given(st.text(max_size=80), st.sampled_from(["https://e.x/", "//", "/", "", "http://"]))
def test_no_link_breaks_out_of_markdown(tail: str, head: str) -> None:
    """Any text at all ends in None or in an address without brackets, blanks and hidden characters."""
    link = safe_link(head + tail, "https://base.example/")

    if link is not None:
        assert link.startswith(("http://", "https://"))
        assert not set("()<>[]\"'`\\") - {"'"} & set(link)
        assert not any(c.isspace() or unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in link)
