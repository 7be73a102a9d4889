import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.discover import Candidate, declared, usual

PAGE = "https://site.example/news/today"


def link(href: str, *, kind: str = "application/rss+xml", rel: str = "alternate", more: str = "") -> str:
    return f'<link rel="{rel}" type="{kind}" href="{href}" {more}>'


def found(page: str, url: str = PAGE) -> list[str]:
    return [each.url for each in declared(page.encode(), url=url)]


@pytest.mark.parametrize(
    ("page", "feeds"),
    [
        pytest.param(link("/rss"), ["https://site.example/rss"], id="from the root"),
        pytest.param(link("rss.xml"), ["https://site.example/news/rss.xml"], id="from the page"),
        pytest.param(link("//cdn.example/rss"), ["https://cdn.example/rss"], id="without a scheme"),
        pytest.param(link("https://feeds.example/a?x=1&amp;y=2"), ["https://feeds.example/a?x=1&y=2"], id="escaped"),
        pytest.param('<base href="/zh/">' + link("rss"), ["https://site.example/zh/rss"], id="from another base"),
        pytest.param(link("/a", kind="application/atom+xml"), ["https://site.example/a"], id="Atom"),
        pytest.param(link("/a", kind="application/feed+json"), ["https://site.example/a"], id="JSON Feed"),
        pytest.param(
            link("/feed.json", kind="application/json"), ["https://site.example/feed.json"], id="JSON Feed 1.0"
        ),
        pytest.param(link("/wp-json/wp/v2/posts/1", kind="application/json"), [], id="WordPress's interface"),
        pytest.param(link("/a", kind="application/rss+xml; charset=utf-8"), ["https://site.example/a"], id="charset"),
        pytest.param(link("/a", kind="text/html"), [], id="another page"),
        pytest.param(link("/a", rel="stylesheet"), [], id="no alternate"),
        pytest.param(link("/a", rel="home ALTERNATE"), ["https://site.example/a"], id="among others"),
        pytest.param("<LINK REL=alternate TYPE=text/xml HREF=/a>", ["https://site.example/a"], id="bare and loud"),
        pytest.param("<link rel='alternate' type='text/xml' href='/a'/>", ["https://site.example/a"], id="single"),
        pytest.param(f"<!-- {link('/old')} -->{link('/new')}", ["https://site.example/new"], id="commented out"),
        pytest.param(f"{link('/a')}<!-- {link('/b')}", ["https://site.example/a"], id="an unclosed comment"),
        pytest.param(link("/a") + link("http://www.site.example/a/"), ["https://site.example/a"], id="twice"),
        pytest.param(link(PAGE), [], id="the page itself"),
        pytest.param(
            link("/comments/feed") + link("/feed"),
            ["https://site.example/feed", "https://site.example/comments/feed"],
            id="comments come last",
        ),
        pytest.param(link("/a#top"), ["https://site.example/a"], id="a place in it"),
        pytest.param(link("feed:https://site.example/a"), [], id="another scheme"),
        pytest.param(link("javascript:alert(1)"), [], id="a script"),
        pytest.param(link("file:///etc/passwd"), [], id="a file"),
        pytest.param(link("http://127.0.0.1/feed"), [], id="this machine"),
        pytest.param(link("http://169.254.169.254/latest"), [], id="a metadata service"),
        pytest.param(link("http://[::1]/feed"), [], id="this machine in IPv6"),
        pytest.param(link("http://router.local/feed"), [], id="a private name"),
        pytest.param(link("https://other.example:22/feed"), [], id="another port"),
        pytest.param(link("https://site.example:22/feed"), [], id="another port of its own"),
        pytest.param(link("https://me:secret@other.example/feed"), [], id="a password"),
        pytest.param(link("https://[bad/feed"), [], id="no address"),
        pytest.param(link("/" + "a" * 500), [], id="too long"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_what_a_page_declares_is_found(page: str, feeds: list[str]) -> None:
    """Whole, once, and never where nobody's page may send us."""
    assert found(page) == feeds


def test_a_page_on_ones_own_network_declares_its_own() -> None:
    """The operator allowed that address, and no other."""
    page = link("/feed") + link("http://10.0.0.2/feed")

    assert found(page, "http://10.0.0.1:8000/") == ["http://10.0.0.1:8000/feed"]


def test_a_feeds_title_is_plain_text() -> None:
    """In the page's own encoding, without markup or what cannot be seen."""
    page = link("/feed", more='title="华为&lt;b&gt; \u202eRSS"')

    (one,) = declared(page.encode("gb18030"), url=PAGE, content_type="text/html; charset=gbk")

    assert one == Candidate(url="https://site.example/feed", title="华为 RSS")


def test_a_page_with_hundreds_of_feeds_offers_ten() -> None:
    """The first ones."""
    assert len(found("".join(link(f"/{number}") for number in range(300)))) == 10


@pytest.mark.parametrize(
    "page",
    ["<link " * 300_000, "<!--" * 300_000, "<link a=" + "\"'" * 300_000, '<link rel="' + "a" * 600_000, "<" * 600_000],
)
def test_a_hostile_page_is_read_at_once(page: str) -> None:
    """Whatever it repeats."""
    start = time.perf_counter()

    assert found(page) == []
    assert time.perf_counter() - start < 2


@given(st.binary(max_size=2000))
def test_no_page_breaks_us(page: bytes) -> None:
    """Any bytes declare some feeds or none."""
    assert all(each.url.startswith(("http://", "https://")) for each in declared(b"<link " + page, url=PAGE))


def test_the_usual_places_are_few_and_of_the_same_site() -> None:
    """Each is a request to somebody's server."""
    places = usual("http://site.example:8080/a/b?c=d")

    assert len(places) == 6
    assert all(place.startswith("http://site.example:8080/") and "?" not in place for place in places)
