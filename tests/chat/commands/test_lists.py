import pytest

from bot.chat.curate import MOST_FEEDS
from bot.chat.scout import LISTS
from bot.feeds import opml
from bot.store import feeds as rows
from tests.chat.curating import BODY, TROUBLE, add, asked, feeds, neighbours, own, press
from tests.chat.looks import buttons_of, text_of
from tests.chat.stage import Stage, said
from tests.fakes import NOW, feed_spec, page


def opml_of(*names: str) -> bytes:
    each = (f'<outline text="{name}" xmlUrl="https://{name}.example.com/feed"/>' for name in names)
    return f'<opml version="2.0"><body>{"".join(each)}</body></opml>'.encode()


def answering(stage: Stage, *names: str) -> None:
    """These feeds answer."""
    stage.fetcher.pages |= {f"https://{name}.example.com/feed": page(BODY) for name in names}


def sent_file(stage: Stage) -> str:
    """The last file the bot attached."""
    channels = stage.env.backend.messages.values()
    stored = [each for channel in channels for each in channel.values() if each.attachments]
    body = stage.env.backend.cdn.get(max(stored, key=lambda each: each.id).attachments[0]["url"])
    assert body is not None
    return body.decode()


async def test_a_list_is_imported(stage: Stage) -> None:
    """A line for each feed: added, known already, or why not; each article of them is judged."""
    answering(stage, "a", "b", "c")
    await add(stage, "https://b.example.com/feed")

    message = await asked(stage, "import", file=("feeds.opml", opml_of("a", "b", "gone", "c")))

    assert text_of(message.components).splitlines() == [
        "## What became of the list",
        "added: 2 · known already: 1 · not added: 1",
        "**a** · added",
        "**b** · known already",
        "**gone** · There is nothing at https:\u200b//gone.example.com/feed.",
        "**c** · added",
    ]
    assert [(feed.spec.title, feed.spec.mixed, feed.added_in) for feed in await own(stage)] == [
        ("A feed", True, str(stage.channel.id)),
        ("a", True, str(stage.channel.id)),
        ("c", True, str(stage.channel.id)),
    ]


async def test_an_import_is_undone_as_one(stage: Stage) -> None:
    """And is one line of the log."""
    answering(stage, "a", "b")
    message = await asked(stage, "import", file=("feeds.opml", opml_of("a", "b")))
    logged = await feeds(stage, "log")

    told = await press(stage, message, "Undo the import")

    who = f"<@{stage.moderator.id}>"
    assert logged.splitlines()[1:] == [
        f"<t:{int(NOW.timestamp())}:R> {who} imported a list; feeds added: 2, the first **a**."
    ]
    assert told == f"Undone: {who} imported a list; feeds added: 2, the first **a**."
    assert await own(stage) == []


async def test_an_import_stops_at_the_limit(stage: Stage) -> None:
    """What is over it is said, and not even looked at."""
    scope = str(stage.server.id)
    for number in range(MOST_FEEDS - 1):
        spec = feed_spec(f"https://example.com/{number}", title=f"Feed {number:02}")
        await stage.store.write(rows.put, spec, origin=rows.FROM_COMMAND, now=NOW, scope=scope)
    answering(stage, "a", "b")

    told = await feeds(stage, "import", file=("feeds.opml", opml_of("a", "b")))

    assert told.splitlines()[1:] == [
        "added: 1 · over the limit: 1",
        "**a** · added",
        "**b** · over the limit of this server",
    ]
    assert [url for url, _, _ in stage.fetcher.asked] == ["https://a.example.com/feed"]


async def test_a_long_import_is_told_in_a_file(stage: Stage) -> None:
    """What one message has room for stands in it, all of it in the file."""
    long = [f"gone{number}-{'x' * 60}" for number in range(60)]

    message = await asked(stage, "import", file=("feeds.opml", opml_of(*long)))

    told, file = text_of(message.components), sent_file(stage)
    assert "not added: 50 · over the limit: 10" in told
    assert "-# And " in told
    assert len(file.splitlines()) == 60
    assert file.splitlines()[0].startswith("https://gone0-")
    assert buttons_of(message.components) == {}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"x", "This is not a list of feeds; please export OPML from your reader and try again."),
        (b"<!DOCTYPE x><opml/>", "This list declares a document type, which is not read for safety;"),
        (b" " * (opml.MOST_BYTES + 1), "A list of feeds may be 512 kB at most; please split it."),
    ],
)
async def test_what_is_no_list_is_refused(stage: Stage, body: bytes, sentence: str) -> None:
    """With what to do; nothing is added."""
    told = await feeds(stage, "import", file=("feeds.opml", body))

    assert told.startswith(TROUBLE + sentence)
    assert await own(stage) == []


async def test_what_is_no_list_is_refused_in_chinese(stage: Stage) -> None:
    """As the moderator's Discord is."""
    stage.locale = "zh-CN"

    told = await feeds(stage, "import", file=("feeds.opml", b"x"))

    assert "这不是源列表，请从阅读器导出 OPML 后重试。" in told


async def test_a_server_imports_so_many_lists_and_no_more(stage: Stage) -> None:
    """Within a while."""
    answering(stage, "a")
    for _ in range(LISTS):
        await feeds(stage, "import", file=("feeds.opml", opml_of("a")))

    refused = await feeds(stage, "import", file=("feeds.opml", opml_of("a")))
    stage.clock.advance(minutes=10)
    later = await feeds(stage, "import", file=("feeds.opml", opml_of("a")))

    assert refused == f"{TROUBLE}This server has imported 3 lists within 10 minutes; please try again later."
    assert "known already: 1" in later


async def test_what_is_read_is_exported(stage: Stage) -> None:
    """To moderators alone: the catalogue's and this server's own, as a list that can be imported elsewhere."""
    eve, there = neighbours(stage)
    await stage.store.write(rows.sync, [feed_spec("https://ithome.example.com/", title="IT之家")], NOW)
    await add(stage)

    message = await asked(stage, "export")
    file = sent_file(stage)
    said(await eve.slash(there, "feeds export"))
    theirs = sent_file(stage)

    assert text_of(message.components) == "Every feed that is read here, 2 in all, as a list that other readers take."
    assert [each.url for each in opml.read(file.encode())] == [
        "https://blog.example.com/feed",
        "https://ithome.example.com/",
    ]
    assert [each.url for each in opml.read(theirs.encode())] == ["https://ithome.example.com/"]
