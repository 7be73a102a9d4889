import pytest

from bot.feeds.turns import site_of


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://example.com/feed", "example.com"),
        ("https://www.example.com/feed", "example.com"),
        ("https://a.b.example.com:8443/feed", "example.com"),
        ("https://technews.tw/feed", "technews.tw"),
        ("https://rss.sina.com.cn/tech", "sina.com.cn"),
        ("https://com.cn/tech", "com.cn"),
        ("https://feeds.bbci.co.uk/news", "bbci.co.uk"),
        ("https://one.substack.com/feed", "substack.com"),
        ("https://news.xn--3ds443g.xn--fiqs8s/feed", "xn--3ds443g.xn--fiqs8s"),
        ("https://订阅.中国/feed", "xn--xc3ao8r.xn--fiqs8s"),
        ("http://192.0.2.1/feed", "192.0.2.1"),
        ("http://localhost/feed", "localhost"),
    ],
)
def test_a_site_is_what_somebody_registered(url: str, site: str) -> None:
    """Hosts of one owner queue together."""
    assert site_of(url) == site
