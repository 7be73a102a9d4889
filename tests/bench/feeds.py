"""A thousand feeds on loopback, served by a process of their own: `python -m tests.bench.feeds` prints its port.

Each feed has some entries, and a few more each time it is asked again; none says when it was changed.
"""

import asyncio
from collections import Counter
from html import escape

import yaml
from aiohttp import web

from tests.bench.data import headlines

FEEDS, ENTRIES, MORE = 1000, 4, 2
HOSTS = tuple(f"127.0.0.{host}" for host in range(1, 51))
"""Feeds of one host are read one after the other, so there are many; Linux has all of 127/8."""


def catalogue(port: int) -> str:
    """The feeds as feeds.yaml lists them, of both languages."""
    feeds = [
        {
            "url": f"http://{HOSTS[feed % len(HOSTS)]}:{port}/{feed}",
            "title": f"Feed {feed}",
            "newsroom": f"Newsroom {feed}",
            "language": ("en", "zh")[feed % 2],
        }
        for feed in range(FEEDS)
    ]
    return yaml.safe_dump({"feeds": feeds})


class _Feeds:
    def __init__(self, titles: list[str]) -> None:
        self._titles = titles
        self._asked = Counter[int]()

    async def show(self, request: web.Request) -> web.Response:
        """A feed with its newest entries."""
        feed = int(request.match_info["feed"])
        last = ENTRIES + MORE * self._asked[feed]
        self._asked[feed] += 1
        items = (self._item(feed, entry) for entry in range(last, last - ENTRIES, -1))
        body = f'<rss version="2.0"><channel><title>Feed {feed}</title>{"".join(items)}</channel></rss>'
        return web.Response(text=body, content_type="application/rss+xml")

    def _item(self, feed: int, entry: int) -> str:
        title, more = (self._titles[(feed * 97 + entry * each) % len(self._titles)] for each in (1, 7))
        link = f"https://feed-{feed}.example/{entry}"
        return (
            f"<item><title>{escape(title)}</title><link>{link}</link><description>{escape(more)}</description></item>"
        )


async def main() -> None:
    """Serve until the end of the process."""
    app = web.Application()
    app.router.add_get("/{feed}", _Feeds(headlines(12_000)).show)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    port = 0
    for host in HOSTS:
        await web.TCPSite(runner, host, port).start()
        port = port or runner.addresses[0][1]
    print(port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
