"""What keeps us from a server, told apart where it helps and alike where it would tell too much."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import ResolveResult
from aiohttp.test_utils import TestServer

from bot.errors import FetchError
from bot.feed import Trip
from bot.feeds.fetch import HttpFetcher
from tests.feeds.site import FEED, Names, Site

AGENT = "Jianbao/test (+https://example.org)"
TLS = Path(__file__).parents[1] / "data" / "tls"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    made = Site()
    await made.server.start_server()
    yield made
    await made.server.close()


@asynccontextmanager
async def raw_server(*answers: bytes | None, closes: bool = False) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that gives each request the next of these bytes and hangs up where there is none; and what it heard.

    One that `closes` hangs up behind every answer.
    """
    left, heard = list(answers), []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await reader.read(10_000):
            heard.append(request)
            answer = left.pop(0) if left else None
            writer.write(answer or b"")
            if answer is None or closes:
                break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed", heard


async def failed(url: str, **settings: object) -> FetchError:
    async with HttpFetcher(**{"user_agent": AGENT, "allow_private": True, "deadline": 2} | settings) as fetcher:
        with pytest.raises(FetchError) as error:
            await fetcher.fetch(url)
    return error.value


@pytest.mark.parametrize(
    ("certificate", "key"),
    [
        ("chain", "tls.chain"),
        ("expired", "tls.expired"),
        ("early", "tls.early"),
        ("name", "tls.name"),
        ("self-signed", "tls.self-signed"),
    ],
)
async def test_each_fault_of_a_certificate_has_its_sentence(certificate: str, key: str) -> None:
    """What its owners must mend is said; a missing part of the chain too, which browsers hide from them."""
    async with tls_server(certificate) as (url, settings):
        error = await failed(url, **settings)

    assert (error.code, error.key) == ("tls", key)
    assert error.sentence.count("feed.example") == 1


async def test_a_good_certificate_is_trusted() -> None:
    """The same server with its whole chain is read."""
    async with tls_server("good") as (url, settings), HttpFetcher(user_agent=AGENT, **settings) as fetcher:
        assert (await fetcher.fetch(url)).body == FEED


@asynccontextmanager
async def tls_server(certificate: str, *, to: str | None = None) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """A server of feed.example with one of the certificates, its address, and a fetcher's settings to reach it.

    It has the feed, or sends us on.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / f"{certificate}.pem")
    app = web.Application()

    async def page(_: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": to}) if to else web.Response(body=FEED)

    app.router.add_get("/feed", page)
    server = TestServer(app)
    await server.start_server(ssl=context)
    trust = ssl.create_default_context(cafile=TLS / "root.pem")
    resolver = Names(server.port or 0, feed=["127.0.0.1"])
    yield "https://feed.example/feed", {"resolver": resolver, "tls": trust, "allow_private": True}
    await server.close()


async def test_a_redirect_may_lead_from_https_to_http(site: Site) -> None:
    """A feed is public and nothing secret goes along: better read so than not at all."""

    class Ports(Names):
        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> list[ResolveResult]:
            self.port = secure if host == "feed.example" else (site.server.port or 0)
            return await super().resolve(host, port, family)

    async with tls_server("good", to="http://plain.example/feed") as (url, settings):
        secure = settings["resolver"].port
        settings |= {"resolver": Ports(0, feed=["127.0.0.1"], plain=["127.0.0.1"]), "spacing": 0}
        async with HttpFetcher(**{"user_agent": AGENT} | settings) as fetcher:
            assert (await fetcher.fetch(url, etag='"e"')).url == "http://plain.example/feed"

    assert not {"Cookie", "Referer", "Authorization"} & set(site.requests[0].headers)


async def test_https_where_there_is_none_is_told(site: Site) -> None:
    """A server without encryption at that port is asked for with another scheme."""
    assert (await failed(site.url().replace("http://", "https://"))).key == "tls.none"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "no-such-host"),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), "unreachable"),
        (socket.gaierror(socket.EAI_FAIL, "Non-recoverable failure"), "unreachable"),
    ],
)
async def test_a_name_that_is_not_there_is_not_a_network_that_is_down(fault: OSError, code: str) -> None:
    """Only the answer that there is no such name speaks against the feed."""

    class Failing(Names):
        async def resolve(self, *_: object, **__: object) -> list[object]:
            raise fault

    assert (await failed("http://feed.example/", resolver=Failing(0))).code == code


ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfeed"


async def test_an_idle_connection_that_was_closed_is_opened_again() -> None:
    """The second feed of a host finds the connection gone: it is asked once more, not failed."""
    async with (
        raw_server(ANSWER, None, ANSWER) as (url, heard),
        HttpFetcher(user_agent=AGENT, allow_private=True) as fetcher,
    ):
        await fetcher.fetch(url)
        assert (await fetcher.fetch(url)).body == b"feed"

    assert len(heard) == 3


async def test_a_new_connection_that_is_closed_is_not_tried_again() -> None:
    """A server that hangs up on us is left alone until the next poll."""
    async with raw_server() as (url, heard):
        assert (await failed(url)).code == "unreachable"

    assert len(heard) == 1


async def test_an_idle_connection_is_opened_again_only_once() -> None:
    """Where the new one is closed too, that is the answer."""
    async with raw_server(ANSWER) as (url, heard), HttpFetcher(user_agent=AGENT, allow_private=True) as fetcher:
        await fetcher.fetch(url)
        with pytest.raises(FetchError):
            await fetcher.fetch(url)

    assert len(heard) == 3


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n<rss>", "server-error.cut"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n", "server-error.cut"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "unreachable"),
        (b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 100_000 + b"\r\n\r\n", "unreachable"),
    ],
)
async def test_a_garbled_answer_is_no_crash(answer: bytes, key: str) -> None:
    """A feed cut short is told; what is no HTTP reads like a closed door."""
    async with raw_server(answer, closes=True) as (url, _):
        assert (await failed(url)).key == key


async def test_a_trip_is_written_down_even_where_it_fails(site: Site) -> None:
    """Every hop that answered, and what the last said of itself."""

    async def page(request: web.Request) -> web.StreamResponse:
        if request.path == "/feed":
            return web.Response(status=301, headers={"Location": "/gone"})
        return web.Response(status=410, headers={"Cache-Control": "max-age=60", "Set-Cookie": "a=1", "ETag": "\udcff"})

    site.page = page
    trip = Trip()
    async with HttpFetcher(user_agent=AGENT, allow_private=True) as fetcher:
        with pytest.raises(FetchError):
            await fetcher.fetch(site.url(), trip=trip)

    assert trip.hops == [(site.url(), 301), (site.url("/gone"), 410)]
    assert trip.headers["Cache-Control"] == "max-age=60"
    assert not {"Set-Cookie", "ETag"} & set(trip.headers)  # a secret, and no text
    assert 0 < trip.seconds < 1


@pytest.mark.parametrize(
    ("path", "kind", "code"),
    [("/account/login", "text/html", "login"), ("/signin", "text/html; charset=utf-8", "login")],
)
async def test_a_redirect_to_a_login_is_told(site: Site, path: str, kind: str, code: str) -> None:
    """Its address gives it away, whatever is on the page."""

    async def page(request: web.Request) -> web.StreamResponse:
        if request.path == "/feed":
            return web.Response(status=302, headers={"Location": path})
        return web.Response(body=b"<html>", headers={"Content-Type": kind})

    site.page = page

    assert (await failed(site.url())).code == code
