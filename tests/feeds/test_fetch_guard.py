import socket
from collections.abc import AsyncIterator

import pytest
import yarl
from aiohttp.abc import ResolveResult

from bot.errors import FetchError
from bot.feeds import fetch
from bot.feeds.faults import PrivateAddressError
from bot.feeds.fetch import HttpFetcher
from tests.feeds.site import Names, Site
from tests.feeds.test_guard import BY_NUMBER, PRIVATE, PUBLIC

AGENT = "Jianbao/test (+https://example.org)"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    made = Site()
    await made.server.start_server()
    yield made
    await made.server.close()


async def _error(fetcher: HttpFetcher, url: str) -> FetchError:
    with pytest.raises(FetchError) as error:
        await fetcher.fetch(url)
    return error.value


def _open_address(address: str) -> bool:
    return address in {"127.0.0.1", "93.184.216.34"}


async def _guarded(site: Site, **names: list[str]) -> HttpFetcher:
    resolver = Names(site.server.port or 0, **names)
    made = HttpFetcher(user_agent=AGENT, resolver=resolver, deadline=3)
    await made.open()
    return made


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["10.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["127.0.0.1", "93.184.216.34"]]
)
async def test_a_name_with_one_private_answer_is_refused_whole(site: Site, addresses: list[str]) -> None:
    """A split answer could be the private one next time; no connection is made."""
    fetcher = await _guarded(site, feed=addresses)

    error = await _error(fetcher, "http://feed.example/")

    await fetcher.close()
    assert error.code == "forbidden-address"
    assert site.requests == []


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2/",
        "http://localhost/",
        "http://169.254.169.254/latest/",
        "http://[::ffff:10.0.0.1]/",
        "http://inside.example/",
        "http://open.example:22/",
        "//db.internal/",
    ],
)
async def test_a_redirect_to_the_inside_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch, location: str) -> None:
    """An open site cannot send us to a private address, by number or by name."""
    monkeypatch.setattr(fetch, "is_public", _open_address)
    site.answers(302, Location=location)
    fetcher = await _guarded(site, open=["127.0.0.1"], inside=["10.0.0.1"])

    error = await _error(fetcher, "http://open.example/feed")

    await fetcher.close()
    assert error.code == "forbidden-address"
    assert "169.254" not in error.sentence
    assert len(site.requests) == 1


async def test_the_socket_itself_is_guarded(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every check before was fooled, the address about to be connected to is still refused."""
    monkeypatch.setattr(fetch, "_PublicResolver", lambda resolver: resolver)
    fetcher = await _guarded(site, rebound=["127.0.0.1", "127.0.0.3"])

    error = await _error(fetcher, "http://rebound.example/")

    await fetcher.close()
    assert error.code == "forbidden-address"
    assert site.requests == []


class Rebinding(Names):
    """A name whose address changes with every answer."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The next of the addresses."""
        answers = await super().resolve(host, port, family)
        self.names = {name: addresses[1:] + addresses[:1] for name, addresses in self.names.items()}
        return answers[:1]


@pytest.mark.parametrize(
    "inside", ["127.0.0.2", "10.0.0.1", "169.254.169.254", "100.100.100.200", "::1", "fd00:ec2::254"]
)
async def test_a_name_that_changes_its_answer_gets_nowhere(
    site: Site, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    """Open when the feed was added, private at the next poll: each look-up is checked, and each socket."""
    monkeypatch.setattr(fetch, "is_public", _open_address)
    site.answers(200, body=b"<rss/>", Connection="close")
    resolver = Rebinding(site.server.port or 0, feed=["127.0.0.1", inside])
    async with HttpFetcher(user_agent=AGENT, resolver=resolver, spacing=0) as fetcher:
        fetcher._session.connector.clear_dns_cache()  # noqa: SLF001  # it is open
        assert (await fetcher.fetch("http://feed.example/")).body
        fetcher._session.connector.clear_dns_cache()  # noqa: SLF001  # likewise
        error = await _error(fetcher, "http://feed.example/")

    assert error.code == "forbidden-address"
    assert len(site.requests) == 1


@pytest.mark.parametrize("url", BY_NUMBER)
async def test_the_socket_refuses_whatever_the_address_was_taken_for(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no check of the address at all, no number in any spelling gets a connection."""
    monkeypatch.setattr(fetch, "check_url", lambda url, **_: yarl.URL(url))
    async with HttpFetcher(user_agent=AGENT, deadline=2, spacing=0) as fetcher:
        error = await _error(fetcher, url)

    assert error.code in {"forbidden-address", "no-such-host"}


@pytest.mark.parametrize("address", PRIVATE[:-2])
def test_no_socket_is_made_for_a_private_address(address: str) -> None:
    """The last check stands where the connection begins."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET

    with pytest.raises(PrivateAddressError):
        fetch._guarded_socket((family, socket.SOCK_STREAM, 6, "", (address, 80)))  # noqa: SLF001  # the guard itself


@pytest.mark.parametrize("address", PUBLIC)
def test_a_socket_is_made_for_a_public_address(address: str) -> None:
    """And nothing is sent by it here."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET

    fetch._guarded_socket((family, socket.SOCK_STREAM, 6, "", (address, 80))).close()  # noqa: SLF001  # likewise


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://2130706433/"])
async def test_private_addresses_are_refused_at_once(url: str) -> None:
    """Without the operator's leave nothing on this machine is asked."""
    async with HttpFetcher(user_agent=AGENT) as fetcher:
        assert (await _error(fetcher, url)).code == "forbidden-address"


async def test_a_name_that_does_not_exist_is_told(site: Site) -> None:
    """A typing mistake in the name gets its own sentence."""
    fetcher = await _guarded(site)

    error = await _error(fetcher, "http://nobody.example/")

    await fetcher.close()
    assert (error.code, error.sentence) == (
        "no-such-host",
        "The name nobody.example was not found; please check the address.",
    )
