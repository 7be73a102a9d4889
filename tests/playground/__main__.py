"""`make playground`: the real bot in a browser page, with sample feeds, every command and button, and no token."""

import asyncio
import sys
import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from bot.clock import SteppedClock
from tests.playground.world import NOW, World, world

_TICK = 1.0


async def playground() -> None:
    """Open the page and keep the bot running behind it until Ctrl-C."""
    print("Reading two days of the sample feeds…", flush=True)
    with tempfile.TemporaryDirectory(prefix="jianbao-playground-") as home:
        async with world(Path(home)) as made:
            viewers = [made.moderator, made.member]
            async with made.env.preview(made.channel, viewers=viewers, layout="channel") as page:
                print(f"\nOpen this page, as the moderator or the member (it is for you alone):\n\n  {page.url}\n")
                print("Type / to see the commands; begin with /subscribe. Ctrl-C ends.", flush=True)
                await _run(made, page)


async def _run(made: World, page: object) -> None:
    """What `jianbao run` does by itself: the clock goes on, and what is due is posted."""
    clock, began = made.app.clock, asyncio.get_running_loop().time()
    while True:
        if isinstance(clock, SteppedClock):
            clock.set(NOW + timedelta(seconds=asyncio.get_running_loop().time() - began))
        if await made.post():
            await page.refresh()  # type: ignore[attr-defined]  # simcord's preview
        await asyncio.sleep(_TICK)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(playground())
    sys.exit(0)
