import pytest

from bot.errors import FetchError
from bot.feeds.guard import check_url, is_public

PRIVATE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "169.254.170.2",
    "192.0.0.8",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::6440:1",
    "::ffff:168.63.129.16",
    "::ffff:0:7f00:1",
    "2002:a9fe:a9fe::",
    "2001:0:7f00:1::",
    "2001:20::1",
    "5f00::1",
    "fd00:ec2::23",
    "fd20:ce::254",
    "64:ff9b:1::808:808",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:0:53aa:64c:0:ffff:f5ff:fffe",
    "2001:db8::1",
    "3fff::1",
    "100::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
    "",
]
PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "93.184.216.34",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::",
    "2606:4700:4700::1111",
    "240e::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_seen_through_every_disguise(address: str) -> None:
    """No spelling of an address that is not on the open internet passes for public."""
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_stays_public_in_its_other_forms(address: str) -> None:
    """An open address is open, also behind NAT64 or 6to4."""
    assert is_public(address)


BY_NUMBER = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0177.0.0.1/",
    "http://0177.0.0.01/",
    "http://017700000001/",
    "http://127.0.1/",
    "http://127.0.0.1./",
    "http://127。0。0。1/",
    "http://127．0．0．1/",
    "http://127｡0｡0｡1/",
    "http://[::]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:53aa:64c:0:ffff:f5ff:fffe]/",
    "http://[fd00:ec2::254]/",
    "http://100.64.0.1/",
    "http://168.63.129.16/",
    "http://192.0.0.192/",
    "http://0/",
    "http://0.0.0.0/",
    "http://255.255.255.255/",
    "http://example.com@127.0.0.1/",
    "http://127.0.0.1#@example.com/",
    "http://127.0.0.1?@example.com/",
    "http://①②⑦.⓪.⓪.①/",
    "http://１２７.0.0.1/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[fe80::1%25eth0]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.100.100.200/",
]
"""Spellings that are no names: a library may take any of them for an address."""

REFUSED = [
    *BY_NUMBER,
    "",
    "example.com/feed",
    "//example.com/feed",
    "ftp://example.com/feed",
    "file:///etc/passwd",
    "gopher://example.com/",
    "javascript:alert(1)",
    "data:text/xml,<rss/>",
    "http://",
    "http:///feed",
    "http://?q",
    "https://user@example.com/",
    "https://user:secret@example.com/",
    "https://:@example.com/",
    "http://good.example\\@evil.example/",
    "http://example.com/a b",
    " http://example.com/",
    "http://example.com/\n",
    "http://exam\tple.com/",
    "http://example.com/\u00a0x",
    "http://example.com/\u3000x",
    "http://exa\u200bmple.com/",
    "http://%31%32%37.0.0.1/",
    "http://example.com:99999/",
    "http://example.com:22/",
    "http://example.com:6379/",
    "http://example.com:0/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://feeds.localhost/",
    "http://printer.local/",
    "http://metadata.google.internal/",
    "http://abcdefghij.onion/",
    "http://nas.home.arpa/",
    "http://intranet/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0x7f.0x0.0x0.0x1/",
    "http://localhost%2e/",
    "http://instance-data.ec2.internal/",
    "http://[::1",
    "http://a..b.example/",
    "https://example.com/" + "x" * 2048,
]


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_a_feed_may_not_have_is_refused(url: str) -> None:
    """Every spelling that leads inside, or nowhere, is refused before anything is looked up."""
    with pytest.raises(FetchError) as refusal:
        check_url(url, allow_private=False)

    assert refusal.value.code == "forbidden-address"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/feed",
        "HTTP://Example.COM/feed?a=1#x",
        "https://example.com:8443/feed",
        "http://example.com:8080/",
        "https://华为.中国/订阅",
        "http://8.8.8.8/rss",
        "http://[2606:4700:4700::1111]/rss",
        "https://a_b.example.com./rss",
    ],
)
def test_an_ordinary_address_is_read(url: str) -> None:
    """What an honest feed has for an address passes."""
    assert check_url(url, allow_private=False).host


@pytest.mark.parametrize("url", ["http://127.0.0.1:54321/x", "http://localhost:9/", "http://nas.local/feed"])
def test_operators_may_read_their_own_network(url: str) -> None:
    """With private hosts allowed, loopback, short names and any port pass."""
    assert check_url(url, allow_private=True).host


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "http://u:p@127.0.0.1/", "http://2130706433/"])
def test_allowing_private_hosts_allows_nothing_else(url: str) -> None:
    """The shape of an address is checked all the same."""
    with pytest.raises(FetchError):
        check_url(url, allow_private=True)


def test_a_refusal_tells_nothing_of_what_is_behind_an_address() -> None:
    """Metadata, loopback, inside names and a private range all get one and the same sentence."""
    urls = ["http://169.254.169.254/", "http://127.0.0.1/", "http://db.internal/", "http://10.1.2.3/"]
    sentences = set()
    for url in urls:
        with pytest.raises(FetchError) as refusal:
            check_url(url, allow_private=False)
        sentences.add(refusal.value.sentence)

    assert len(sentences) == 1
