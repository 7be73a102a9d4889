import pytest

from bot.feed import ParsedFeed
from tests.feeds.hostile import FEEDS, Heartbeat, cost, watched

GOOD = b"<rss><channel><title>T</title><item><title>x</title></item></channel></rss>"
NOT_FEEDS = {
    "the name of a file": "not-a-feed",
    "an address": "not-a-feed",
    "deep JSON": "not-a-feed",
    "hours": "too-costly",
    "noise": "not-a-feed",
    "packed": "not-a-feed",
    "nothing": "empty",
}


async def test_every_hostile_feed_ends_soon_and_touches_nothing() -> None:
    """A list of entries or a named error, within two seconds and 400 MB; no file is opened and no socket."""
    parser = watched()
    async with Heartbeat() as heart:
        costs = {name: await cost(parser, body) for name, body in FEEDS.items()}
    await parser.close()

    assert {name: each for name, each in costs.items() if not each.is_bearable} == {}
    assert {name: each.found for name, each in costs.items() if isinstance(each.found, str)} == NOT_FEEDS
    assert heart.percentile(0.9) < 0.05


async def test_no_entity_is_expanded_and_no_file_told() -> None:
    """What the references stand for never comes into a title."""
    parser = watched()
    told = []
    for name in ("billion laughs", "billion laughs in one line", "quadratic", "a local file", "an address inside"):
        found = (await cost(parser, FEEDS[name])).found
        assert isinstance(found, ParsedFeed)
        told.append(found.entries[0].title[:4])
    await parser.close()

    assert told == ["&l9;", "&l9;", "&a;&", "&x;", "&x;"]


@pytest.mark.parametrize(
    "before",
    [
        "open('/etc/hostname')",
        "open('outside')",
        "__import__('socket').create_connection(('127.0.0.1', 9))",
        "os.system('true')",
    ],
)
async def test_a_look_outside_would_be_seen(before: str) -> None:
    """The watch that the tests above rely on ends a reader that opens a file or a socket, or starts a program."""
    parser = watched(before)

    found = (await cost(parser, GOOD)).found
    await parser.close()

    assert found == "crashed"
