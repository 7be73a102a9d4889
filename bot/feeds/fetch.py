"""Get a feed's bytes politely and safely: every hop guarded, every size and time bounded.

Etiquette follows https://rachelbythebay.com/fs/help.html: validators go back byte for byte, no cookies,
no referrer, one constant User-Agent, and the server's wishes about time are handed on.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Self

import aiohttp
import yarl
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.errors import FetchError
from bot.feed import Fetched
from bot.feeds.guard import check_url, is_private, is_public, private_refusal
from bot.feeds.troubles import unfetched
from bot.feeds.turns import Turns, site_of

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1"
)
ENCODINGS = "gzip, deflate, br"
MOST_REDIRECTS = 5
LONGEST_WAIT = timedelta(days=7)
"""A Retry-After beyond this is a mistake, not a wish."""

_CHUNK = 65_536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_ANSWERS = frozenset({200, 203, 226})  # 226 is a part of the feed, asked for by no one here but sent by some
_DECODED = frozenset({"", "identity", "gzip", "x-gzip", "deflate", "br"})
_CODES = {
    401: "refused",
    403: "refused",
    451: "refused",
    404: "missing",
    410: "gone",
    429: "busy",
    503: "busy",
}


def fresh_for(headers: Mapping[str, str]) -> float | None:
    """The seconds an answer says it stays fresh: Cache-Control first, else Expires measured from Date."""
    directives = [part.strip().lower() for part in headers.get("Cache-Control", "").split(",")]
    if "no-cache" in directives or "no-store" in directives:
        return None
    ages = [part.partition("=")[2].strip('" ') for part in directives if part.startswith("max-age")]
    if ages:
        return _positive(float(ages[0])) if ages[0].isdecimal() else None
    expires, date = _http_date(headers.get("Expires")), _http_date(headers.get("Date"))
    return _positive((expires - date).total_seconds()) if expires and date else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds a server asks us to stay away, given as a number or as a date."""
    wish = headers.get("Retry-After", "").strip()
    if wish.isdecimal():
        seconds = float(wish)
    elif moment := _http_date(wish):
        seconds = (moment - (_http_date(headers.get("Date")) or datetime.now(UTC))).total_seconds()
    else:
        return None
    return _positive(min(seconds, LONGEST_WAIT.total_seconds()))


def _stay_away(headers: Mapping[str, str]) -> float | None:
    """How long a busy server wants to be left alone: it may say so in Retry-After, in Cache-Control, or in both.

    rachelbythebay.com blocked a reader that took only the first: https://github.com/lemon24/reader/issues/376.
    """
    wishes = [wish for wish in (retry_after(headers), fresh_for(headers)) if wish]
    return min(max(wishes), LONGEST_WAIT.total_seconds()) if wishes else None


def _positive(seconds: float) -> float | None:
    return seconds if seconds > 0 else None


def _http_date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _bad_status(answer: aiohttp.ClientResponse) -> FetchError:
    code = (
        "challenge" if answer.headers.get("cf-mitigated") == "challenge" else _CODES.get(answer.status, "server-error")
    )
    wait = _stay_away(answer.headers) if code == "busy" else None
    return unfetched(code, retry_after=wait, host=answer.url.host, status=answer.status)


def _translated(error: Exception, url: yarl.URL) -> FetchError:
    """One of our errors for any of aiohttp's.

    Refused, closed and timed out read alike, or we would be a port scanner.
    """
    if isinstance(getattr(error, "os_error", None), _PrivateAddressError):
        return private_refusal()
    if isinstance(error, aiohttp.InvalidURL):
        return private_refusal()
    return unfetched(_connection_trouble(error), host=url.host, raw=type(error).__name__)


def _connection_trouble(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "no-such-host"
    if "content-encoding" in str(error).lower():  # aiohttp has no one class for what it cannot unpack
        return "server-error.packing"
    is_tls = isinstance(error, aiohttp.ClientSSLError | ssl.SSLError | ssl.CertificateError)
    return "tls" if is_tls else "unreachable"


def _validator(answer: aiohttp.ClientResponse, name: str) -> str | None:
    """A validator byte for byte; one that is no text could be neither kept nor sent back."""
    value = answer.headers.get(name)
    return value if value and value.isprintable() else None


class _PrivateAddressError(OSError):
    """A socket was about to be opened to an address that is not on the open internet."""


def _guarded_socket(info: aiohttp.AddrInfoType) -> socket.socket:
    family, kind, protocol, _, address = info
    if not is_public(str(address[0])):
        raise _PrivateAddressError("not a public address")
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
            raise _PrivateAddressError("not a public name")
        return answers

    async def close(self) -> None:
        await self._inner.close()


class HttpFetcher:
    """Fetches feeds over HTTP; open it inside the running loop, close it at the end.

    `max_bytes` counts after decompression. `deadline` is in seconds and counts while a server is busy with us, not
    while we wait for a turn. A site has `per_host` turns with `spacing` seconds between two, all sites together
    `in_flight`. `allow_private` lets operators read feeds on their own network, which is in less need of calm;
    `resolver` stands in for the system's name look-up.
    """

    def __init__(
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
    ) -> None:
        self._headers = {"User-Agent": user_agent, "Accept": ACCEPT, "Accept-Encoding": ENCODINGS}
        self._allow_private = allow_private
        self._max_bytes = max_bytes
        self._deadline = deadline
        self._in_flight = asyncio.Semaphore(in_flight)
        self._turns = Turns(at_once=per_host, spacing=spacing)
        self._resolver = resolver
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
        connector = aiohttp.TCPConnector(
            resolver=resolver if self._allow_private else _PublicResolver(resolver),
            socket_factory=None if self._allow_private else _guarded_socket,
            limit=0,  # turns are counted here, per host and in all
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            headers=self._headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=10),
            trust_env=False,  # a proxy would look names up in our place
        )

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def fetch(self, url: str, *, etag: str | None = None, modified: str | None = None) -> Fetched:
        """Fetch once, conditionally where validators are given; raises FetchError."""
        target = check_url(url, allow_private=self._allow_private)
        validators = {"If-None-Match": etag, "If-Modified-Since": modified}
        conditions = {name: value for name, value in validators.items() if value}
        return await self._follow(target, conditions)

    async def _follow(self, url: yarl.URL, conditions: dict[str, str]) -> Fetched:
        """Go where redirects lead, each hop in a turn of the site that is asked."""
        clock, left = asyncio.get_running_loop().time, self._deadline
        start, moved_to, for_good = url, None, True
        for _ in range(MOST_REDIRECTS + 1):
            async with self._turn(url), self._in_flight:
                begun = clock()
                async with self._answer(url, conditions, begun + left) as answer:
                    if answer.status not in _REDIRECTS:
                        fetched = await self._taken(answer, conditions, begun + left)
                        return replace(fetched, moved_to=moved_to)
                    url = self._next_hop(answer)
                left -= clock() - begun
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
            raise _bad_status(answer) from error
        if not location:
            raise _bad_status(answer)
        return check_url(str(joined), allow_private=self._allow_private)

    @asynccontextmanager
    async def _answer(
        self, url: yarl.URL, conditions: dict[str, str], until: float
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """One hop's answer with its body unread; aiohttp's errors become ours here."""
        if self._session is None:
            raise RuntimeError("open the fetcher before fetching")
        try:
            async with asyncio.timeout_at(until):
                answer = await self._session.get(url, headers=conditions, allow_redirects=False)
            async with answer:
                yield answer
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise _translated(error, url) from error

    async def _taken(self, answer: aiohttp.ClientResponse, conditions: dict[str, str], until: float) -> Fetched:
        etag, modified = _validator(answer, "ETag"), _validator(answer, "Last-Modified")
        body = None
        if answer.status == HTTPStatus.NOT_MODIFIED:
            if not conditions:
                raise unfetched("server-error.unchanged", host=answer.url.host, status=answer.status)
            etag, modified = (
                etag or conditions.get("If-None-Match"),
                modified or conditions.get("If-Modified-Since"),
            )
        elif answer.status in _ANSWERS:
            body = await self._body(answer, until)
        else:
            raise _bad_status(answer)
        return Fetched(
            url=str(answer.url),
            body=body,
            content_type=answer.headers.get("Content-Type", ""),
            etag=etag,
            modified=modified,
            fresh_for=fresh_for(answer.headers),
            is_partial=answer.status == HTTPStatus.IM_USED,
        )

    async def _body(self, answer: aiohttp.ClientResponse, until: float) -> bytes:
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
        return bytes(body)

    def _too_big(self, url: yarl.URL) -> FetchError:
        return unfetched("too-big", host=url.host, megabytes=round(self._max_bytes / 1_000_000, 1))
