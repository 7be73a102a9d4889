import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.feeds.links import canonical, host_of, untracked


@pytest.mark.parametrize(
    ("link", "key"),
    [
        ("https://36kr.com/p/123?f=rss", "36kr.com/p/123"),
        ("http://www.36kr.com/p/123", "36kr.com/p/123"),
        ("https://m.36kr.com/p/123/", "36kr.com/p/123"),
        ("HTTPS://WWW.36KR.COM:443/p/123#top", "36kr.com/p/123"),
        ("http://36kr.com:80/p/123", "36kr.com/p/123"),
        ("http://36kr.com:8080/p/123", "36kr.com:8080/p/123"),
        ("https://wap.example.cn/a", "example.cn/a"),
        ("https://mobile.example.com/a", "example.com/a"),
        ("https://amp.example.com/a", "example.com/a"),
        ("https://www.m.example.com/a", "example.com/a"),
        ("https://m.cn/a", "m.cn/a"),
        ("https://amp.dev/a", "amp.dev/a"),
        ("https://www.solidot.org/story?sid=56470", "solidot.org/story?sid=56470"),
        ("https://e.x/?p=12&utm_source=rss&utm_medium=x", "e.x?p=12"),
        ("https://e.x/a?id=1&from=rss&spm=a.b&scene=1&share_token=t&isappinstalled=0", "e.x/a?id=1"),
        ("https://e.x/a?from=beijing", "e.x/a?from=beijing"),
        ("https://e.x/a?f=other", "e.x/a?f=other"),
        ("https://e.x/a?b=2&a=1", "e.x/a?b=2&a=1"),
        ("https://e.x/a?fbclid=x&gclid=y&mc_cid=z&mkt_tok=1&igshid=2", "e.x/a"),
        ("https://e.x/a?UTM_Source=x", "e.x/a"),
        ("https://e.x/a/amp", "e.x/a"),
        ("https://e.x/a/amp/", "e.x/a"),
        ("https://e.x/a?amp=1", "e.x/a"),
        ("https://e.x/a.html?amp", "e.x/a.html"),
        ("https://e.x/camp", "e.x/camp"),
        ("https://e.x/amp", "e.x/amp"),
        ("https://e.x", "e.x"),
        ("https://e.x/", "e.x"),
        ("https://e.x/a#!/story/1", "e.x/a#!/story/1"),
        ("https://e.x/a#section", "e.x/a"),
        ("https://e.x/华为", "e.x/%E5%8D%8E%E4%B8%BA"),
        ("https://e.x/%e5%8d%8e%e4%b8%ba", "e.x/%E5%8D%8E%E4%B8%BA"),
        ("https://e.x/%7Euser", "e.x/~user"),
        ("https://e.x/(a)", "e.x/%28a%29"),
        ("https://华为.中国/a", "xn--siqq7j.xn--fiqs8s/a"),
        ("https://e.x./a", "e.x/a"),
        ("https://user:pw@e.x/a", "e.x/a"),
        ("//e.x/a", "e.x/a"),
        ("36kr.com/p/123?f=rss", "36kr.com/p/123"),
        ("ftp://e.x/a", "ftp://e.x/a"),
        ("", ""),
    ],
)
def test_spellings_of_one_article_have_one_key(link: str, key: str) -> None:
    """Scheme, twin hosts, tracking and decoration go; what names the article stays."""
    assert canonical(link) == key


@given(
    st.text(max_size=60)
    | st.builds("{}{}/{}?{}#{}".format, *[st.text(alphabet="%:/?#@.&=!12aAé华 wm[]", max_size=12)] * 5)
    | st.builds("https://{}/{}?{}".format, *[st.text(max_size=20)] * 3)
)
@example("http://a/%%341")
@example("http://www.m.a.b/amp/amp//")
@example("http://http://x")
@example("http:// 0")
@example("http://e.x/?%75tm_x=1")
def test_the_key_of_a_key_is_the_key(link: str) -> None:
    """However strange the link, canonical is stable."""
    assert canonical(canonical(link)) == canonical(link)


@pytest.mark.parametrize(
    ("link", "host"),
    [
        ("https://www.scmp.com/tech?x", "scmp.com"),
        ("https://m.36kr.com:443/", "36kr.com"),
        ("https://tech.sina.com.cn/", "tech.sina.com.cn"),
        ("scmp.com/x", "scmp.com"),
        ("HTTP://127.0.0.1:8000/x", "127.0.0.1"),
        ("ftp://x.y/", ""),
        ("https://[bad", ""),
        ("", ""),
    ],
)
def test_a_site_is_known_by_its_bare_host(link: str, host: str) -> None:
    """www, m, ports and paths do not make another site."""
    assert host_of(link) == host


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("https://36kr.com/p/123?f=rss", "https://36kr.com/p/123"),
        ("https://e.x/a?utm_source=rss&utm_medium=feed#top", "https://e.x/a#top"),
        ("https://e.x/a?id=1&spm=a.b&p=2&fbclid=z&sid=3", "https://e.x/a?id=1&p=2&sid=3"),
        ("https://e.x/a?amp=1", "https://e.x/a?amp=1"),
        ("https://e.x/a?b=%E5&c=d%20e", "https://e.x/a?b=%E5&c=d%20e"),
        ("https://e.x/a?ref=feed.example", "https://e.x/a"),
        ("https://e.x/a?ref=www.feed.example&x=1", "https://e.x/a?x=1"),
        ("https://e.x/a?ref=other.example", "https://e.x/a?ref=other.example"),
        ("https://e.x/a?", "https://e.x/a"),
        ("https://e.x/a#b?utm_source=x", "https://e.x/a#b?utm_source=x"),
        ("https://m.e.x/a/", "https://m.e.x/a/"),
        ("", ""),
    ],
)
def test_a_link_is_shown_without_what_follows_its_reader(link: str, kept: str) -> None:
    """Tracking goes from what is posted too; which page it is, and how it looks, stays as the feed wrote it."""
    assert untracked(link, "https://www.feed.example/rss") == kept


_WORDS = st.text(alphabet="abcxyz0189-_华", min_size=1, max_size=8).filter(lambda word: word != "amp")


@given(
    st.lists(_WORDS, min_size=1, max_size=4),
    st.lists(st.tuples(st.sampled_from(["sid", "id", "p", "q"]), _WORDS), max_size=3),
    st.sampled_from(["http://", "https://", "HTTPS://"]),
    st.sampled_from(["", "www.", "m.", "wap.", "amp.", "www.m."]),
    st.sampled_from(["", "/", "/amp", "/amp/"]),
    st.lists(st.sampled_from(["utm_source=x", "f=rss", "spm=a.b", "fbclid=1", "amp=1", "from=rss"]), max_size=3),
    st.sampled_from(["", "#top"]),
)
def test_every_twin_of_a_page_has_its_key(
    path: list[str],
    query: list[tuple[str, str]],
    scheme: str,
    twin: str,
    tail: str,
    tracking: list[str],
    fragment: str,
) -> None:
    """http, www, m., amp, a slash at the end, tracking and a place in the page are one article; its numbers are not."""
    pairs = [f"{name}={value}" for name, value in query]
    plain = f"https://news.example/{'/'.join(path)}" + (f"?{'&'.join(pairs)}" if pairs else "")
    whole = f"{scheme}{twin}news.example/{'/'.join(path)}{tail}?{'&'.join([*tracking, *pairs])}{fragment}"

    assert canonical(whole) == canonical(plain)
    assert canonical(plain + ("&" if pairs else "?") + "sid=another") != canonical(plain)
