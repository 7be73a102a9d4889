"""A site and a name look-up whose answers each test sets."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

FEED = b"<rss/>" * 100

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Site:
    """A server whose pages are set by each test; it remembers the requests."""

    def __init__(self) -> None:
        self.requests: list[web.Request] = []
        self.page: Handler = self._feed
        self.peak = 0
        self._inside = 0
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self.server = TestServer(app)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        return await self.page(request)

    async def _feed(self, _: web.Request) -> web.StreamResponse:
        return web.Response(body=FEED, content_type="application/rss+xml")

    def answers(self, status: int = 200, *, body: bytes = b"", **headers: str) -> None:
        """Answer every request the same way from now on."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        async def page(_: web.Request) -> web.StreamResponse:
            return web.Response(status=status, body=body, headers=named)

        self.page = page

    def is_busy_for(self, seconds: float) -> None:
        """Take so long for each answer, and count in `peak` how many came at once."""

        async def page(_: web.Request) -> web.StreamResponse:
            self._inside += 1
            self.peak = max(self.peak, self._inside)
            await asyncio.sleep(seconds)
            self._inside -= 1
            return web.Response(body=FEED)

        self.page = page

    def url(self, path: str = "/feed") -> str:
        """The address of a page."""
        return str(self.server.make_url(path))


class Names(AbstractResolver):
    """Answers for names with given addresses, all at one port."""

    def __init__(self, port: int, **names: list[str]) -> None:
        self.port = port
        self.names = names

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name, each at the one port."""
        _ = port
        addresses = self.names.get(host.partition(".")[0])
        if addresses is None:
            raise OSError(None, "no such name")
        return [
            ResolveResult(hostname=host, host=address, port=self.port, family=family, proto=0, flags=0)
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing is open."""
