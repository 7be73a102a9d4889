"""`/feeds health` and its buttons, and those of a notice."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import discord
import pytest
from simcord.actors import MemberActor
from simcord.results import ResponseMessage
from sqlalchemy import Connection

from bot.chat.alerts import Crier
from bot.chat.messenger import DiscordMessenger, Pace
from bot.errors import FetchError
from bot.feed import Feed, Fetched
from bot.model import CATALOGUE, Topic
from bot.store import facts, notices
from bot.store import feeds as rows
from tests.chat.looks import buttons_of
from tests.chat.stage import Stage, answer, said, shown
from tests.fakes import KR36, NOW, SCMP, feed_spec, page

URL, SITE, NEW = "https://blog.example/feed", "https://blog.example", "https://blog.example/rss/all"
DAYS = timedelta(days=4)
PAGE = f'<html><link rel="alternate" type="application/rss+xml" title="Chip Blog" href="{NEW}"></html>'


async def fails(stage: Stage, trouble: str, *, scope: str | None = None, off: bool = False, **told: Any) -> Feed:
    """A feed of this server, or of the catalogue, that fails for four days."""
    where = str(stage.server.id) if scope is None else scope
    spec = feed_spec(URL, **({"title": "Chip Blog", "newsroom": KR36, "home": SITE} | told))
    await stage.store.write(
        rows.put, spec, origin=rows.FROM_COMMAND, now=NOW - 30 * DAYS, scope=where, channel=str(stage.channel.id)
    )
    (feed,) = [each for each in await stage.store.read(rows.listed, scope=where) if each.spec.url == URL]
    state = replace(
        feed.state,
        polled_at=NOW,
        succeeded_at=NOW - DAYS,
        failures=5,
        failing_at=NOW - DAYS,
        trouble=trouble,
        facts={"host": "blog.example", "status": 404},
        off_at=NOW if off else None,
    )
    await stage.store.write(rows.learn, feed, state)
    return replace(feed, state=state)


async def health(stage: Stage, who: MemberActor | None = None) -> ResponseMessage:
    """What a moderator is shown of what is wrong."""
    return answer(await (who or stage.moderator).slash(stage.channel, "feeds health"))


async def press(stage: Stage, message: Any, label: str, who: MemberActor | None = None) -> Any:
    """Press one of its buttons."""
    components = message.components
    if not isinstance(components[0], dict):
        components = [each.to_dict() for each in components]
    return await (who or stage.moderator).click(message, custom_id=buttons_of(components)[label])


async def one(stage: Stage, feed: Feed) -> Feed | None:
    """A feed as this server sees it now."""
    seen = await stage.store.read(rows.seen_by, str(stage.server.id))
    return next((each for each in seen if each.id == feed.id), None)


async def test_each_failing_feed_is_explained(stage: Stage) -> None:
    """In the moderator's language, and so it is in the list; everyone else sees the list alone."""
    await fails(stage, "missing", topics=(Topic.CHIPS,))
    stage.locale = "zh-CN"

    told = said(await stage.moderator.slash(stage.channel, "feeds health"))
    listed = await stage.moderator.slash(stage.channel, "feeds list")
    everyone = await stage.member.slash(stage.channel, "sources")

    assert told.splitlines()[1] == (
        "**Chip Blog** 的地址自 <t:1780574400:D> 起已没有源（404）。"
        "芯片类事件少了一家中文媒体。请检查拼写，或填写新地址。"
    )
    assert said(everyone) == said(listed)
    assert buttons_of(answer(everyone).components) == {}
    assert "需要留意的源：1 个" in said(await press(stage, answer(listed), "哪里有问题？"))


@pytest.mark.parametrize(
    ("label", "told", "state"),
    [
        ("Try again", "**Chip Blog** is read and shown again.", (False, 0)),
        ("Remove", "**Chip Blog** is no longer read; its articles stay in this server’s archive.", None),
    ],
)
async def test_a_button_does_what_it_says(stage: Stage, label: str, told: str, state: tuple[bool, int] | None) -> None:
    """After a restart too; it can be undone like what a command does."""
    feed = await fails(stage, "gone", off=True)
    message = await health(stage)
    await stage.restart()

    result = await press(stage, message, label)

    found = await one(stage, feed)
    assert said(result) == told
    assert (found and (found.state.off_at is not None, found.state.failures)) == state
    assert said(await press(stage, answer(result), "Undo")).startswith("Undone:")
    assert await one(stage, feed)


async def test_a_feed_is_paused_or_hidden(stage: Stage) -> None:
    """One's own is not read for a while; one of the catalogue is hidden here alone."""
    own = await fails(stage, "busy")
    told = said(await press(stage, await health(stage), "Pause"))
    paused = await one(stage, own)
    assert told.startswith("**Chip Blog** is paused.")
    assert paused
    assert paused.paused

    others = await fails(stage, "busy", scope=CATALOGUE, title="36Kr")
    told = said(await press(stage, await health(stage), "Hide here"))
    hidden = await one(stage, others)
    assert told.startswith("**36Kr** is hidden in this server;")
    assert hidden
    assert hidden.muted
    assert said(await stage.moderator.slash(stage.channel, "feeds health")).startswith("Every feed works;")


async def test_another_feed_of_the_newsroom_is_shown_instead(stage: Stage) -> None:
    """One that this server had hidden."""
    await stage.store.write(
        rows.sync, [feed_spec("https://scmp.example/china", title="SCMP China", newsroom=SCMP)], NOW
    )
    (china,) = await stage.store.read(rows.listed)
    await stage.moderator.slash(stage.channel, "feeds pause", feed=str(china.id))
    await fails(stage, "refused", title="SCMP Tech", newsroom=SCMP)

    told = said(await press(stage, await health(stage), "Try its other feed: SCMP China"))

    found = await one(stage, china)
    assert told == "**SCMP China** is read and shown again."
    assert found
    assert not found.muted


async def test_a_new_address_is_asked_for_in_a_form(stage: Stage) -> None:
    """And looked at before the feed is moved there."""
    feed = await fails(stage, "missing")
    stage.fetcher.pages[NEW] = page("a SMIC raises prices")

    form = await press(stage, await health(stage), "New address")
    moved = await stage.moderator.submit_modal(form, {"address": NEW})

    found = await one(stage, feed)
    assert "**Chip Blog** is read at its new address from now on" in said(moved)
    assert found
    assert (found.spec.url, found.state.failures) == (NEW, 0)


async def test_a_feed_is_looked_for_where_its_page_names_it(stage: Stage) -> None:
    """The page that came instead declares another address: what is there is told before it is used."""
    feed = await fails(stage, "html")
    stage.fetcher.pages[URL] = Fetched(url=URL, body=PAGE.encode(), content_type="text/html")
    stage.fetcher.pages[NEW] = page("a SMIC raises prices\nb TSMC raises its outlook")

    looked = await press(stage, await health(stage), "Look for its feed")
    before = await one(stage, feed)
    used = await press(stage, answer(looked), "Use that address")

    after = await one(stage, feed)
    assert said(looked) == (
        "**Chip Blog** has sent a web page instead of a feed since <t:1780574400:D>; its site names another address, "
        "which has 2 articles, the newest from <t:1780920000:R>. Readers lose one Chinese newsroom."
    )
    assert "**Chip Blog** is read at its new address from now on" in said(used)
    assert before
    assert after
    assert (before.spec.url, after.spec.url) == (URL, NEW)


async def test_a_feed_of_the_catalogue_is_added_where_it_was_found(stage: Stage) -> None:
    """For this server alone; the catalogue's stays as it is."""
    await fails(stage, "html", scope=CATALOGUE)
    stage.fetcher.pages[URL] = Fetched(url=URL, body=PAGE.encode(), content_type="text/html")
    stage.fetcher.pages[NEW] = page("a SMIC raises prices")

    looked = await press(stage, await health(stage), "Look for its feed")
    await press(stage, answer(looked), "Use that address")

    own = await stage.store.read(rows.listed, scope=str(stage.server.id))
    assert [(feed.spec.url, feed.added_in) for feed in own] == [(NEW, str(stage.channel.id))]
    assert [feed.spec.url for feed in await stage.store.read(rows.listed)] == [URL]


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({}, "I found no other feed for **Chip Blog**"),
        ({URL: page("a SMIC raises prices")}, "**Chip Blog** can be read again"),
        ({URL: FetchError("refused", "No.")}, "I found no other feed for **Chip Blog**"),
    ],
)
async def test_nothing_may_be_found(stage: Stage, answers: dict[str, Any], told: str) -> None:
    """Or the feed works again; either way nothing changes."""
    feed = await fails(stage, "html")
    stage.fetcher.pages |= answers

    assert told in said(await press(stage, await health(stage), "Look for its feed"))
    assert await one(stage, feed) == feed


async def test_only_moderators_press(stage: Stage) -> None:
    """A notice stands where all can see it: whoever presses is asked for their rights again."""
    feed = await fails(stage, "gone", off=True)
    await stage.store.write(_notice, feed)
    home = await stage.store.write(facts.installation)
    messenger = DiscordMessenger(stage.env.bot, stage.app.headings, home=home, pace=Pace(10_000))
    sent = await Crier(stage.store, messenger, clock=stage.env.now).run()
    (message,) = stage.channel.history()

    refused = [
        said(await press(stage, message, label, stage.member)) for label in ("Try again", "New address", "Remove")
    ]
    untouched = await one(stage, feed)
    done = said(await press(stage, message, "Try again"))

    assert sent == 1
    assert shown([message])[0].startswith(
        "### A feed of this server was switched off\n**Chip Blog** says that its feed"
    )
    assert all("Only who may manage this server can do that with a button" in each for each in refused)
    assert untouched == feed
    assert done == "**Chip Blog** is read and shown again."


def _notice(connection: Connection, feed: Feed) -> None:
    notices.write(connection, replace(feed, state=replace(feed.state, off_at=None)), feed.state)


async def test_a_button_of_another_server_does_nothing_here(stage: Stage) -> None:
    """A feed is found by whoever sees it, and by nobody else."""
    await fails(stage, "gone", off=True)
    message = await health(stage)
    elsewhere = stage.env.create_guild("Elsewhere")
    rights = elsewhere.create_role("Mods", permissions=discord.Permissions(manage_guild=True))
    eve = elsewhere.add_member(stage.env.create_user("eve"), roles=[rights])
    there = elsewhere.create_text_channel("theirs")

    assert said(await eve.slash(there, "feeds health")).startswith("Every feed works;")
    assert "Remove" in buttons_of(message.components)


async def test_a_button_of_another_release_says_so(stage: Stage) -> None:
    """What this release does not know it does not do."""
    await fails(stage, "gone", off=True)
    message = await health(stage)
    stage.rewrite(message, {buttons_of(message.components)["Remove"]: "mend:bless/1//"})

    result = await stage.moderator.click(message, custom_id="mend:bless/1//")

    assert "another release" in said(result)
