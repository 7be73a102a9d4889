"""Get a feed's bytes politely and safely: every hop guarded, every size and time bounded.

Etiquette follows https://rachelbythebay.com/fs/help.html: validators go back byte for byte, no cookies,
no referrer, one constant User-Agent, and the server's wishes about time are handed on.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import replace
from http import HTTPStatus
from types import SimpleNamespace
from typing import Self

import aiohttp
import yarl
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.compression_utils import HAS_ZSTD

from bot.errors import FetchError
from bot.feed import Fetched, Trip
from bot.feeds.faults import BrokenOffError, PrivateAddressError, told
from bot.feeds.guard import check_url, is_private, is_public
from bot.feeds.headers import fresh_for, stay_away, text_of, trouble_of
from bot.feeds.pages import is_login
from bot.feeds.troubles import unfetched
from bot.feeds.turns import Turns, site_of

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1"
)
ENCODINGS = "gzip, deflate, br" + (", zstd" if HAS_ZSTD else "")
MOST_REDIRECTS = 5

_PATIENCE = 10.0
"""The seconds a connection may take, and the gap between two parts of an answer."""

_CHUNK = 65_536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_ANSWERS = frozenset({200, 203, 226})  # 226 is a part of the feed, asked for by no one here but sent by some
_DECODED = frozenset({"", "identity", "gzip", "x-gzip", "deflate", "br", *(["zstd"] if HAS_ZSTD else [])})
"""One layer of these; a list of several is none of them."""

_TOLD = ("Content-Type", "Content-Encoding", "ETag", "Last-Modified", "Cache-Control", "Expires", "Retry-After")
_is_reused: ContextVar[bool] = ContextVar("_is_reused", default=False)


async def _remember_reuse(*_: aiohttp.ClientSession | SimpleNamespace | aiohttp.TraceConnectionReuseconnParams) -> None:
    _is_reused.set(True)


async def _ask(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Let aiohttp ask once more where an idle connection turns out closed, and nowhere else.

    That is the one safe repetition of https://www.rfc-editor.org/rfc/rfc9112.html#name-retrying-requests; a server that
    hangs up on a new connection meant it.
    """
    _is_reused.set(False)
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        if _is_reused.get():
            raise
        raise BrokenOffError from error


def _refusal(answer: aiohttp.ClientResponse) -> FetchError:
    key = trouble_of(answer.status, answer.headers)
    wait = stay_away(answer.headers) if key == "busy" else None
    return unfetched(key, retry_after=wait, host=answer.url.host, status=answer.status)


def _guarded_socket(info: aiohttp.AddrInfoType) -> socket.socket:
    family, kind, protocol, _, address = info
    if not is_public(str(address[0])):
        raise PrivateAddressError("not a public address")
    return socket.socket(family=family, type=kind, proto=protocol)


class _PublicResolver(AbstractResolver):
    """Refuses a name altogether when one of its answers is private: the next answer could be that one."""

    def __init__(self, inner: AbstractResolver) -> None:
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        answers = await self._inner.resolve(host, port, family)
        if not all(is_public(answer["host"]) for answer in answers):
            raise PrivateAddressError("not a public name")
        return answers

    async def close(self) -> None:
        await self._inner.close()


class HttpFetcher:
    """Fetches feeds over HTTP; open it inside the running loop, close it at the end.

    `max_bytes` counts after decompression. `deadline` is in seconds and counts while a server is busy with us, not
    while we wait for a turn. A site has `per_host` turns with `spacing` seconds between two, all sites together
    `in_flight`. `allow_private` lets operators read feeds on their own network, which is in less need of calm;
    `resolver` and `tls` stand in for the system's name look-up and its trust in certificates.
    """

    def __init__(  # noqa: PLR0913  # limits, each with its own default
        self,
        *,
        user_agent: str,
        allow_private: bool = False,
        max_bytes: int = 5_000_000,
        deadline: float = 30.0,
        per_host: int = 1,
        spacing: float = 1.0,
        in_flight: int = 20,
        resolver: AbstractResolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._headers = {"User-Agent": user_agent, "Accept": ACCEPT, "Accept-Encoding": ENCODINGS}
        self._allow_private = allow_private
        self._max_bytes = max_bytes
        self._deadline = deadline
        self._in_flight = asyncio.Semaphore(in_flight)
        self._turns = Turns(at_once=per_host, spacing=spacing)
        self._resolver = resolver
        self._tls = tls
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open."""
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        await self.close()

    async def open(self) -> None:
        """Make the session; it belongs to the loop that runs now."""
        resolver = self._resolver or aiohttp.ThreadedResolver()
        tracing = aiohttp.TraceConfig()
        tracing.on_connection_reuseconn.append(_remember_reuse)
        connector = aiohttp.TCPConnector(
            resolver=resolver if self._allow_private else _PublicResolver(resolver),
            socket_factory=None if self._allow_private else _guarded_socket,
            limit=0,  # turns are counted here, per site and in all
            ssl=self._tls or True,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            headers=self._headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_PATIENCE, sock_read=_PATIENCE),
            trust_env=False,  # a proxy would look names up in our place
            middlewares=[_ask],
            trace_configs=[tracing],
        )

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def fetch(
        self, url: str, *, etag: str | None = None, modified: str | None = None, trip: Trip | None = None
    ) -> Fetched:
        """Fetch once, conditionally where validators are given, and write down in `trip` how; raises FetchError."""
        target = check_url(url, allow_private=self._allow_private)
        validators = {"If-None-Match": etag, "If-Modified-Since": modified}
        conditions = {name: value for name, value in validators.items() if value}
        return await self._follow(target, conditions, Trip() if trip is None else trip)

    async def _follow(self, url: yarl.URL, conditions: dict[str, str], trip: Trip) -> Fetched:
        """Go where redirects lead, each hop in a turn of the site that is asked.

        From https to http too: nothing secret goes along, and a feed is public.
        """
        clock = asyncio.get_running_loop().time
        start, moved_to, for_good = url, None, True
        for _ in range(MOST_REDIRECTS + 1):
            async with self._turn(url), self._in_flight:
                begun = clock()
                until = begun + self._deadline - trip.seconds
                try:
                    async with self._answer(url, conditions, until, trip) as answer:
                        if answer.status not in _REDIRECTS:
                            fetched = await self._taken(answer, conditions, until, trip)
                            return replace(fetched, moved_to=moved_to)
                        url = self._next_hop(answer)
                finally:
                    trip.seconds += clock() - begun
            for_good = for_good and answer.status in _FOR_GOOD
            moved_to = str(url.with_fragment(None)) if for_good else moved_to
        raise unfetched("too-many-redirects", host=start.host)

    def _turn(self, url: yarl.URL) -> AbstractAsyncContextManager[None]:
        if self._allow_private and is_private(url.host or ""):
            return nullcontext()
        return self._turns.turn(site_of(str(url)))

    def _next_hop(self, answer: aiohttp.ClientResponse) -> yarl.URL:
        location = answer.headers.get("Location", "").strip()
        try:
            joined = answer.url.join(yarl.URL(location))
        except ValueError as error:
            raise _refusal(answer) from error
        if not location:
            raise _refusal(answer)
        return check_url(str(joined), allow_private=self._allow_private)

    @asynccontextmanager
    async def _answer(
        self, url: yarl.URL, conditions: dict[str, str], until: float, trip: Trip
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """One hop's answer with its body unread; aiohttp's errors become ours here."""
        if self._session is None:
            raise RuntimeError("open the fetcher before fetching")
        try:
            async with asyncio.timeout_at(until):
                answer = await self._session.get(url, headers=conditions, allow_redirects=False)
            trip.hops.append((str(url), answer.status))
            trip.headers = {name: value for name in _TOLD if (value := text_of(answer.headers, name))}
            async with answer:
                yield answer
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise told(error, url) from error

    async def _taken(
        self, answer: aiohttp.ClientResponse, conditions: dict[str, str], until: float, trip: Trip
    ) -> Fetched:
        etag, modified = text_of(answer.headers, "ETag"), text_of(answer.headers, "Last-Modified")
        body = None
        if answer.status == HTTPStatus.NOT_MODIFIED:
            if not conditions:
                raise unfetched("server-error.unchanged", host=answer.url.host, status=answer.status)
            etag, modified = (
                etag or conditions.get("If-None-Match"),
                modified or conditions.get("If-Modified-Since"),
            )
        elif answer.status in _ANSWERS:
            if len(trip.hops) > 1 and is_login(answer.url.path, answer.content_type):
                raise unfetched("login", host=answer.url.host)
            body = await self._body(answer, until, trip)
        else:
            raise _refusal(answer)
        return Fetched(
            url=str(answer.url),
            body=body,
            content_type=answer.headers.get("Content-Type", ""),
            etag=etag,
            modified=modified,
            fresh_for=fresh_for(answer.headers),
            is_partial=answer.status == HTTPStatus.IM_USED,
        )

    async def _body(self, answer: aiohttp.ClientResponse, until: float, trip: Trip) -> bytes:
        if answer.headers.get("Content-Encoding", "").strip().lower() not in _DECODED:
            raise unfetched("server-error.packing", host=answer.url.host)
        if (answer.content_length or 0) > self._max_bytes:
            raise self._too_big(answer.url)
        body = bytearray()
        try:
            async with asyncio.timeout_at(until):
                async for chunk in answer.content.iter_chunked(_CHUNK):  # read() and text() know no limit
                    body += chunk
                    if len(body) > self._max_bytes:
                        raise self._too_big(answer.url)
        except TimeoutError as error:
            raise unfetched("too-slow", host=answer.url.host) from error
        finally:
            trip.packed, trip.size = answer.content.total_raw_bytes, len(body)
        return bytes(body)

    def _too_big(self, url: yarl.URL) -> FetchError:
        return unfetched("too-big", host=url.host, megabytes=round(self._max_bytes / 1_000_000, 1))
