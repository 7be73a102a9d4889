import asyncio
import gzip
import socket
import time
import zlib
from collections.abc import AsyncIterator, Sequence

import brotli
import pytest
from aiohttp import web
from aiohttp.compression_utils import HAS_ZSTD

from bot.errors import FetchError
from bot.feeds import fetch
from bot.feeds.fetch import HttpFetcher
from tests.feeds.site import FEED, Names, Site

AGENT = "Jianbao/test (+https://example.org)"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    made = Site()
    await made.server.start_server()
    yield made
    await made.server.close()


@pytest.fixture
async def fetcher() -> AsyncIterator[HttpFetcher]:
    async with HttpFetcher(user_agent=AGENT, allow_private=True, deadline=5) as made:
        yield made


async def _error(fetcher: HttpFetcher, url: str, **validators: str) -> FetchError:
    with pytest.raises(FetchError) as error:
        await fetcher.fetch(url, **validators)
    return error.value


async def test_a_feed_is_fetched_with_good_manners(site: Site, fetcher: HttpFetcher) -> None:
    """One request: our name, what we read, and no cookie, referrer or condition nobody gave us."""
    site.answers(body=FEED, ETag='W/"a b"', Last_Modified="Tue, 09 Jun 2026 00:00:00 GMT", Set_Cookie="a=1")

    first = await fetcher.fetch(site.url())
    await fetcher.fetch(site.url())

    assert (first.body, first.etag, first.url) == (FEED, 'W/"a b"', site.url())
    assert first.modified == "Tue, 09 Jun 2026 00:00:00 GMT"
    headers = site.requests[1].headers
    assert headers["User-Agent"] == AGENT
    assert headers["Accept"] == fetch.ACCEPT
    assert headers["Accept-Encoding"] == "gzip, deflate, br" + (", zstd" if HAS_ZSTD else "")
    assert not {"Cookie", "Referer", "If-None-Match", "If-Modified-Since"} & set(headers)


@pytest.mark.parametrize("etag", ['"plain"', 'W/"weak"', "unquoted", '"a-gzip"', '"ü"', "'odd',*"])
async def test_validators_go_back_byte_for_byte(site: Site, fetcher: HttpFetcher, etag: str) -> None:
    """What the server called its answer is sent back as it was written."""
    site.answers(304)

    fetched = await fetcher.fetch(site.url(), etag=etag, modified="Tue,  09 jun 2026 00:00 +0000")

    assert site.requests[0].headers["If-None-Match"] == etag
    assert site.requests[0].headers["If-Modified-Since"] == "Tue,  09 jun 2026 00:00 +0000"
    assert (fetched.body, fetched.etag, fetched.modified) == (None, etag, "Tue,  09 jun 2026 00:00 +0000")


async def test_a_304_may_bring_new_validators(site: Site, fetcher: HttpFetcher) -> None:
    """A new ETag on a 304 replaces the old one; what it does not mention stays (RFC 9111, 3.2)."""
    site.answers(304, ETag='"new"', Cache_Control="max-age=600")

    fetched = await fetcher.fetch(site.url(), etag='"old"', modified="then")

    assert (fetched.etag, fetched.modified, fetched.fresh_for) == ('"new"', "then", 600)


async def test_a_200_replaces_both_validators(site: Site, fetcher: HttpFetcher) -> None:
    """A validator missing from a new answer is cleared, or a later request would never match."""
    site.answers(body=FEED, ETag='"new"')

    fetched = await fetcher.fetch(site.url(), etag='"old"', modified="then")

    assert (fetched.etag, fetched.modified) == ('"new"', None)


async def test_a_304_nobody_asked_for_is_an_error(site: Site, fetcher: HttpFetcher) -> None:
    """Nothing new is no answer to a first request."""
    site.answers(304)

    assert (await _error(fetcher, site.url())).code == "server-error"


async def test_a_226_is_taken_like_a_200(site: Site, fetcher: HttpFetcher) -> None:
    """A server that sends only what is new is read (RFC 3229)."""
    site.answers(226, body=FEED)

    assert (await fetcher.fetch(site.url(), etag='"x"')).body == FEED


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [("gzip", gzip.compress(FEED, mtime=0)), ("deflate", zlib.compress(FEED)), ("br", brotli.compress(FEED))],
)
async def test_packed_feeds_are_unpacked(site: Site, fetcher: HttpFetcher, encoding: str, packed: bytes) -> None:
    """All three packings asked for are understood."""
    site.answers(body=packed, Content_Encoding=encoding)

    assert (await fetcher.fetch(site.url())).body == FEED


@pytest.mark.parametrize("encoding", ["gzip, gzip", "compress", "gzip, br", *([] if HAS_ZSTD else ["zstd"])])
async def test_other_packings_are_refused(site: Site, fetcher: HttpFetcher, encoding: str) -> None:
    """One layer of a known packing, or nothing."""
    site.answers(body=FEED, Content_Encoding=encoding)

    assert (await _error(fetcher, site.url())).code == "server-error"


@pytest.mark.parametrize("packing", ["gzip", "br", "identity"])
async def test_a_bomb_is_stopped_at_the_limit(site: Site, fetcher: HttpFetcher, packing: str) -> None:
    """Sixty-four megabytes in a few bytes are counted as they unpack, and left."""
    flat = b"A" * (64 << 20)
    packed = {"gzip": lambda: gzip.compress(flat), "br": lambda: brotli.compress(flat, quality=1)}
    site.answers(body=packed.get(packing, lambda: flat)(), Content_Encoding=packing)

    error = await _error(fetcher, site.url())

    assert error.code == "too-big"
    assert "127.0.0.1 sent more than 5.0 MB" in error.sentence


async def test_the_limit_counts_without_a_length(site: Site) -> None:
    """A stream that never says how long it is, is cut off too."""

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"A" * 10_000)

    site.page = endless
    async with HttpFetcher(user_agent=AGENT, allow_private=True, max_bytes=50_000) as fetcher:
        assert (await _error(fetcher, site.url())).code == "too-big"


async def test_a_drip_is_too_slow(site: Site) -> None:
    """A byte now and then does not hold us beyond the deadline."""

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(b"A")
            await asyncio.sleep(0.05)
        return response

    site.page = drip
    async with HttpFetcher(user_agent=AGENT, allow_private=True, deadline=0.4) as fetcher:
        begun = time.monotonic()
        error = await _error(fetcher, site.url())

    assert error.code == "too-slow"
    assert time.monotonic() - begun < 2


async def test_a_long_gap_is_too_slow(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that stops in the middle is left before the deadline."""

    async def stops(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"<rss>")
        await asyncio.sleep(3)
        return response

    site.page = stops
    monkeypatch.setattr(fetch, "_PATIENCE", 0.1)
    async with HttpFetcher(user_agent=AGENT, allow_private=True, deadline=20) as fetcher:
        assert (await _error(fetcher, site.url())).code == "too-slow"


async def test_the_deadline_is_one_for_all_hops(site: Site) -> None:
    """Slow redirects add up."""

    async def slow(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.25)
        return web.Response(status=302, headers={"Location": "/again"})

    site.page = slow
    async with HttpFetcher(user_agent=AGENT, allow_private=True, deadline=0.6) as fetcher:
        assert (await _error(fetcher, site.url())).code == "unreachable"
    assert len(site.requests) <= 3


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (204, "server-error"),
        (400, "server-error"),
        (401, "refused"),
        (403, "refused"),
        (404, "missing"),
        (410, "gone"),
        (429, "busy"),
        (451, "refused"),
        (500, "server-error"),
        (502, "server-error"),
        (503, "busy"),
        (302, "server-error"),
    ],
)
async def test_each_refusal_has_its_name(site: Site, fetcher: HttpFetcher, status: int, code: str) -> None:
    """Each kind of status is one trouble, in a sentence that says who and what to do."""
    site.answers(status, body=b"secret inside page")

    error = await _error(fetcher, site.url())

    assert error.code == code
    assert error.fields["status"] == status
    assert "127.0.0.1" in error.sentence
    assert ";" in error.sentence
    assert "secret" not in error.sentence


async def test_a_browser_check_is_told_apart(site: Site, fetcher: HttpFetcher) -> None:
    """A Cloudflare challenge is a refusal that says what it is."""
    site.answers(403, cf_mitigated="challenge")

    error = await _error(fetcher, site.url())

    assert error.code == "challenge"
    assert "browser check" in error.sentence


async def test_a_busy_server_says_when_to_come_back(site: Site, fetcher: HttpFetcher) -> None:
    """Retry-After travels with the error."""
    site.answers(429, Retry_After="120")

    assert (await _error(fetcher, site.url())).retry_after == 120


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"Cache-Control": "max-age=3600"}, 3600),
        (503, {"Cache-Control": "max-age=3600", "Retry-After": "60"}, 3600),
        (429, {"Cache-Control": "max-age=60", "Retry-After": "3600"}, 3600),
        (429, {"Cache-Control": "max-age=99999999"}, 7 * 86400),
        (503, {"Cache-Control": "no-cache"}, None),
        (500, {"Cache-Control": "max-age=3600", "Retry-After": "60"}, None),
    ],
)
async def test_freshness_of_a_refusal_is_a_wish_too(
    site: Site, fetcher: HttpFetcher, status: int, headers: dict[str, str], seconds: float | None
) -> None:
    """A busy server may say how long in either way; the longer counts, up to a week."""
    site.answers(status, **headers)

    assert (await _error(fetcher, site.url())).retry_after == seconds


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed(site: Site, fetcher: HttpFetcher, status: int) -> None:
    """The answer tells where it was found, and validators go along."""

    async def page(request: web.Request) -> web.StreamResponse:
        if request.path == "/feed":
            return web.Response(status=status, headers={"Location": "../moved?a=%20b"})
        return web.Response(body=FEED)

    site.page = page

    fetched = await fetcher.fetch(site.url(), etag='"x"')

    assert (fetched.body, fetched.url) == (FEED, site.url("/moved") + "?a=%20b")
    assert site.requests[1].headers["If-None-Match"] == '"x"'
    assert "Referer" not in site.requests[1].headers


@pytest.mark.parametrize(
    ("codes", "moved"),
    [
        ((), None),
        ((301,), "/1"),
        ((308, 301), "/2"),
        ((301, 302), "/1"),
        ((301, 302, 301), "/1"),
        ((302, 301), None),
        ((303,), None),
        ((307, 308), None),
    ],
)
async def test_only_the_leading_moves_for_good_count(
    site: Site, fetcher: HttpFetcher, codes: Sequence[int], moved: str | None
) -> None:
    """A feed has moved to where its permanent redirects lead before the first that is for today alone."""

    async def page(request: web.Request) -> web.StreamResponse:
        at = int(request.path[1:])
        if at < len(codes):
            return web.Response(status=codes[at], headers={"Location": f"/{at + 1}#part"})
        return web.Response(body=FEED)

    site.page = page

    fetched = await fetcher.fetch(site.url("/0"))

    assert fetched.url == site.url(f"/{len(codes)}")
    assert fetched.moved_to == (moved and site.url(moved))


async def test_circles_end(site: Site, fetcher: HttpFetcher) -> None:
    """After five hops it is enough."""
    site.answers(302, Location="/feed")

    assert (await _error(fetcher, site.url())).code == "too-many-redirects"
    assert len(site.requests) == 6


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://example.com/", "http://u:p@127.0.0.1/", "gopher://x"]
)
async def test_a_redirect_elsewhere_than_the_web_is_refused(site: Site, fetcher: HttpFetcher, location: str) -> None:
    """Each hop is checked like the first address, even with private hosts allowed."""
    site.answers(302, Location=location)

    assert (await _error(fetcher, site.url())).code == "forbidden-address"


async def test_refused_closed_and_silent_read_alike(site: Site) -> None:
    """Nobody learns from us which ports are open."""

    async def hang_up(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def silent(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(2)
        return web.Response()

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        closed_port = taken.getsockname()[1]
    errors = []
    async with HttpFetcher(user_agent=AGENT, allow_private=True, deadline=0.3) as fetcher:
        errors.append(await _error(fetcher, f"http://127.0.0.1:{closed_port}/"))
        for page in (hang_up, silent):
            site.page = page
            errors.append(await _error(fetcher, site.url()))

    assert {(error.code, error.sentence) for error in errors} == {
        ("unreachable", "127.0.0.1 could not be reached; it will be tried again by itself.")
    }


async def test_a_site_without_tls_is_told(site: Site, fetcher: HttpFetcher) -> None:
    """A broken https is named, because its owners can mend it."""
    error = await _error(fetcher, site.url().replace("http://", "https://"))

    assert error.code == "tls"


async def test_a_broken_packing_is_no_crash(site: Site, fetcher: HttpFetcher) -> None:
    """Noise that calls itself gzip is a failed fetch."""
    site.answers(body=b"not gzip at all", Content_Encoding="gzip")

    assert (await _error(fetcher, site.url())).code == "server-error"


@pytest.mark.parametrize(("per_host", "most"), [(1, 1), (3, 3)])
async def test_a_site_is_asked_by_turns(site: Site, per_host: int, most: int) -> None:
    """Many feeds of one site do not fall on it at once, and waiting for a turn is on nobody's deadline."""
    site.is_busy_for(0.1)
    resolver = Names(site.server.port or 0, a=["127.0.0.1"], b=["127.0.0.1"])
    async with HttpFetcher(
        user_agent=AGENT, allow_private=True, per_host=per_host, spacing=0, deadline=0.5, resolver=resolver
    ) as fetcher:
        await asyncio.gather(*(fetcher.fetch(f"http://{'ab'[n % 2]}.site.example/{n}") for n in range(6)))

    assert site.peak == most


async def test_a_site_is_left_alone_between_two_requests(site: Site) -> None:
    """The pause counts from the end of one request, also one to another host of the site or of a redirect."""
    site.is_busy_for(0.05)
    begun = time.monotonic()
    resolver = Names(site.server.port or 0, a=["127.0.0.1"], b=["127.0.0.1"])
    async with HttpFetcher(
        user_agent=AGENT, allow_private=True, spacing=0.1, deadline=0.2, resolver=resolver
    ) as fetcher:
        await asyncio.gather(*(fetcher.fetch(f"http://{name}.site.example/") for name in "abab"))

    assert site.peak == 1
    assert time.monotonic() - begun >= 4 * 0.05 + 3 * 0.1


async def test_our_own_network_needs_no_pause(site: Site) -> None:
    """Feeds of a private host are read side by side."""
    site.is_busy_for(0.05)
    async with HttpFetcher(user_agent=AGENT, allow_private=True, spacing=5) as fetcher:
        await asyncio.gather(*(fetcher.fetch(site.url(f"/{n}")) for n in range(4)))

    assert site.peak == 4


async def test_all_hosts_together_are_bounded(site: Site) -> None:
    """However many hosts, only so many are asked at once."""
    site.is_busy_for(0.05)
    names = {f"h{n}": ["127.0.0.1"] for n in range(8)}
    resolver = Names(site.server.port or 0, **names)
    async with HttpFetcher(user_agent=AGENT, allow_private=True, in_flight=2, resolver=resolver) as fetcher:
        await asyncio.gather(*(fetcher.fetch(f"http://{name}.example/") for name in names))

    assert site.peak == 2


async def test_a_fetcher_must_be_open() -> None:
    """Fetching before opening is a mistake of ours, and says so."""
    with pytest.raises(RuntimeError):
        await HttpFetcher(user_agent=AGENT, allow_private=True).fetch("http://127.0.0.1:9/")


async def test_proxies_of_the_environment_are_not_used(
    site: Site, fetcher: HttpFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy would look names up in our place, past every guard."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    assert (await fetcher.fetch(site.url())).body == FEED
