"""Serves the sample feeds on loopback as live ones: an entry shows up when the clock has reached its date."""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.ports import Clock

FOLDER = Path(__file__).parent
_ENTRY = re.compile(rb"[ \t]*<(item|entry)\b.*?</\1>\s*?\n", re.DOTALL)
_DATE = re.compile(rb"<(?:pubDate|published)>([^<]+)<")
_BEIJING = ZoneInfo("Asia/Shanghai")
"""The zone of the one sample feed whose dates have none."""

_TYPES = {".xml": "application/xml", ".atom": "application/atom+xml", ".json": "application/feed+json"}


def moment(text: str) -> datetime:
    """Read a date as the sample feeds write them: RFC 822, ISO 8601, or local Chinese time without a zone."""
    text = text.strip()
    found = datetime.fromisoformat(text) if text[:4].isdigit() else parsedate_to_datetime(text)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=_BEIJING).astimezone(UTC)


def as_of(name: str, body: bytes, now: datetime) -> bytes:
    """A feed's file as it looked at a moment: without the entries that are dated later."""
    if name.endswith(".json"):
        feed = json.loads(body)
        feed["items"] = [item for item in feed["items"] if moment(item["date_published"]) <= now]
        return json.dumps(feed, ensure_ascii=False).encode()
    return _ENTRY.sub(lambda entry: entry[0] if _is_out(entry[0], now) else b"", body)


def _is_out(entry: bytes, now: datetime) -> bool:
    date = _DATE.search(entry)
    return date is not None and moment(date[1].decode("ascii")) <= now


@asynccontextmanager
async def serving(clock: Clock) -> AsyncIterator[str]:
    """Serve the sample feeds on a free port of loopback; gives the server's address."""
    app = web.Application()
    app.router.add_get("/{name}", _handler(clock))
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


def _handler(clock: Clock) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def show(request: web.Request) -> web.Response:
        path = FOLDER / Path(request.match_info["name"]).name
        if path.suffix not in _TYPES or not path.exists():
            raise web.HTTPNotFound
        answer = web.Response(body=as_of(path.name, path.read_bytes(), clock()), content_type=_TYPES[path.suffix])
        answer.enable_compression()
        return answer

    return show


def catalogue(address: str) -> str:
    """The sample feeds.yaml with the server's address filled in."""
    return (FOLDER / "feeds.yaml").read_text("utf-8").replace("{server}", address)
