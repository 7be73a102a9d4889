"""`make pictures`: what people see, in dark and light, as the README shows it (needs Chromium)."""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Page, async_playwright

from tests.playground.world import NOW, World, world

FOLDER = Path(__file__).parent.parent / "pictures"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PORT = 8898
_FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
_WIDE, _PHONE = 1180, 420

_LIGHT = """
:root { color-scheme: light; background: #fff; color: #2e3035;
  --discord-bg: #fff; --discord-surface: #f2f3f5; --discord-elevated: #e3e5e8; --discord-control: #e3e5e8;
  --discord-hover: #d7d9dc; --discord-text: #2e3035; --discord-muted: #5c5e66; --discord-subtle: #4e5058;
  --discord-border: #d4d7dc; --component-surface: #f7f8fa; --component-border: #d4d7dc; --subtle-surface: #e3e5e8;
  --subtle-surface-text: #2e3035; --control-border: #c4c9ce; --list-surface: #fff; --option-hover: #e3e5e8; }
.channel-message { --button-secondary-surface: #e3e5e8; }
.button-style-2 { color: #2e3035 !important; }
.channel-message a { color: #006ce7 !important; }
body, .channel-message, .conversation, main { background: #fff !important; }
"""
"""Discord's light colours; the preview itself knows the dark ones alone."""

Shot = Callable[[World], Awaitable[Any]]


async def subscribed(made: World) -> Any:
    """A moderator subscribes the channel, and has today's digest posted."""
    return (await made.moderator.slash(made.channel, "subscribe", time="22:00", timezone="Asia/Shanghai")).response


async def digest(made: World) -> Any:
    """The posted digest."""
    told = await made.moderator.slash(made.channel, "subscribe")
    await made.moderator.click(told.response, label="Post today’s now")
    await made.post()
    return made.channel.last_message


async def chinese(made: World) -> Any:
    """The same digest, shown in Chinese to who asked."""
    return (await made.member.click(made.channel.last_message, label="中文")).response


async def search(made: World) -> Any:
    """What the user asked for."""
    return (await made.member.slash(made.channel, "search", query="huawei tsmc")).response


async def story(made: World) -> Any:
    """One story's card, opened from the digest."""
    message = made.channel.last_message
    menu = next(each for each in _walk(message.components) if getattr(each, "options", None))
    chosen = await made.member.select(message, custom_id=menu.custom_id, values=[menu.options[1].value])
    return chosen.response


async def every(made: World) -> Any:
    """All stories of the digest."""
    message = made.channel.last_message
    labelled = (each for each in _walk(message.components) if getattr(each, "label", None))
    button = next(each for each in labelled if each.label.startswith("Every story"))
    return (await made.member.click(message, custom_id=button.custom_id)).response


async def feeds(made: World) -> Any:
    """What a moderator sees of the feeds."""
    return (await made.moderator.slash(made.channel, "feeds list")).response


async def error(made: World) -> Any:
    """A channel the bot may not post in."""
    locked = made.channel.guild.channels["locked"]
    return (await made.moderator.slash(made.channel, "subscribe", channel=locked)).response


async def help_(made: World) -> Any:
    """What the bot can do."""
    return (await made.member.slash(made.channel, "help")).response


SHOTS: dict[str, Shot] = {
    "subscribe": subscribed,
    "digest": digest,
    "digest-zh": chinese,
    "search": search,
    "story": story,
    "all": every,
    "feeds": feeds,
    "error": error,
    "help": help_,
}


def _walk(components: Any) -> list[Any]:
    return [each for part in components for each in (part, *_walk(getattr(part, "children", ())))]


async def pictures() -> None:
    """Take every picture, in both themes, and the digest as a phone shows it."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="jianbao-pictures-") as home:
        async with world(Path(home)) as made, async_playwright() as driver:
            browser = await driver.chromium.launch(executable_path=CHROMIUM, args=list(_FLAGS))
            viewers = [made.moderator, made.member]
            await made.env.advance_time((NOW - made.env.now()).total_seconds())
            async with made.env.preview(made.channel, viewers=viewers, layout="channel", port=PORT) as preview:
                for name, shot in SHOTS.items():
                    message = await shot(made)
                    viewer = made.moderator if name in {"subscribe", "feeds", "error"} else made.member
                    await _take(browser, preview.url, viewer, message.id, name)
            await browser.close()


async def _take(browser: Any, url: str, viewer: Any, message: int, name: str) -> None:
    for width, end in ((_WIDE, ""), (_PHONE, "-phone")):
        if end and name != "digest":
            continue
        page = await browser.new_page(
            viewport={"width": width, "height": 2400}, device_scale_factor=1.25, bypass_csp=True
        )
        await page.goto(url)
        await page.wait_for_timeout(1200)
        await _view_as(page, viewer.name)
        for theme in ("dark", "light"):
            if theme == "light":
                await page.add_style_tag(content=_LIGHT)
            target = page.locator(f'article.channel-message[data-message-id="{message}"]')
            _keep(await target.screenshot(), FOLDER / f"{name}{end}-{theme}.png")
        await page.close()
    print(f"{name}: taken")


def _keep(picture: bytes, path: Path) -> None:
    """Write a picture down in few colours: text needs no more, and everyone who clones this loads it."""
    Image.open(BytesIO(picture)).convert("RGB").quantize(colors=96).save(path, optimize=True)


async def _view_as(page: Page, name: str) -> None:
    """Look with the eyes of a member: private answers are shown to who asked alone."""
    chooser = page.locator("select").first
    if await chooser.count():
        await chooser.select_option(label=name)
        await page.wait_for_timeout(1200)


if __name__ == "__main__":
    asyncio.run(pictures())
