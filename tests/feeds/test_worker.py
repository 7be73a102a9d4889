import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import psutil
import pytest

from bot.errors import ParseError
from bot.feed import Fetched, ParsedFeed
from bot.feeds.worker import ParserProcess
from bot.text import index_terms, text_of

NOW = datetime(2026, 6, 9, tzinfo=UTC)
GOOD = (
    "<rss><channel><title>好</title><language>zh</language><item><title>华为</title><link>https://e.x/1</link>"
    "<pubDate>2026-03-26 10:00:00</pubDate></item><item></item></channel></rss>"
)


def _with_reader(reader: str) -> tuple[str, ...]:
    """A child that reads feeds by the given function body, where the feed is not a good one."""
    code = (
        "import os, sys, time\nfrom bot.feeds import parse, worker\nread = parse.read\n"
        f"def strange(body, **rest):\n    if b'rss' in body: return read(body, **rest)\n    {reader}\n"
        "parse.read = strange\nworker.main()\n"
    )
    return (sys.executable, "-c", code)


async def _parse(parser: ParserProcess, body: str = GOOD) -> ParsedFeed:
    fetched = Fetched(url="https://site.example/rss", body=body.encode(), content_type="text/xml")
    return await parser.parse(fetched, zone="Asia/Shanghai", now=NOW)


def _children() -> list[int]:
    return [child.pid for child in psutil.Process().children()]


@pytest.fixture
async def parser() -> AsyncIterator[ParserProcess]:
    made = ParserProcess()
    yield made
    await made.close()


async def test_a_feed_comes_back_whole(parser: ParserProcess) -> None:
    """What the child reads arrives as the same values, times and Chinese included."""
    feed = await _parse(parser)

    assert (feed.title, feed.language, feed.skipped) == ("好", "zh", 1)
    assert feed.entries[0].title == "华为"
    assert feed.entries[0].published == datetime(2026, 3, 26, 2, tzinfo=UTC)


async def test_the_words_come_back_split(parser: ParserProcess) -> None:
    """As the index would split them: that work is done beside the program and not in it."""
    body = GOOD.replace("</title><link>", "</title><description>Chips, 1,000 of them: 5nm芯片</description><link>")
    feed = await _parse(parser, body)

    (entry,) = feed.entries
    assert entry.terms.split() == index_terms(text_of(entry.title, entry.summary))


async def test_what_a_feed_asks_for_comes_back_too(parser: ParserProcess) -> None:
    """Its home, its wishes and its wrong label cross the border as the values they are."""
    head = "<link>https://e.x/</link><ttl>30</ttl><skipHours><hour>3</hour></skipHours><skipDays><day>Friday</day></skipDays>"
    body = GOOD.replace("<rss>", "<?xml version='1.0' encoding='gbk'?><rss>").replace("<channel>", f"<channel>{head}")

    feed = await _parse(parser, body)

    assert (feed.home, feed.ttl, feed.skip_hours, feed.skip_days) == ("https://e.x/", 1800.0, (3,), (4,))
    assert feed.charset == ("gbk", "utf-8")


async def test_a_parse_error_keeps_its_name_and_sentence(parser: ParserProcess) -> None:
    """An error crosses the border between the processes, and the child stays."""
    await _parse(parser)
    before = _children()

    with pytest.raises(ParseError) as error:
        await _parse(parser, "<html></html>")

    assert error.value.code == "html"
    assert error.value.sentence.startswith("site.example sent a web page")
    assert _children() == before


async def test_tasks_at_once_take_turns_in_one_child(parser: ParserProcess) -> None:
    """Ten feeds at once are read by one process, each answered with its own."""
    feeds = await asyncio.gather(*(_parse(parser, GOOD.replace("华为", f"华为{n}")) for n in range(10)))

    assert [feed.entries[0].title for feed in feeds] == [f"华为{n}" for n in range(10)]
    assert len(_children()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="there are no nice levels")
async def test_the_child_stands_back(parser: ParserProcess) -> None:
    """Where processors are few, who waits for an answer goes before a feed that is read."""
    await _parse(parser)

    (child,) = _children()
    assert psutil.Process(child).nice() > psutil.Process().nice()


async def test_nothing_runs_before_the_first_feed() -> None:
    """Building and closing a parser starts no process."""
    parser = ParserProcess()

    await parser.close()

    assert _children() == []


@pytest.mark.parametrize("hang", ["time.sleep(600)", "while True: pass", "sys.stdout.close(); time.sleep(600)"])
async def test_a_hanging_feed_is_ended_and_the_next_one_read(hang: str) -> None:
    """A feed that never ends costs its deadline; the child is killed and the next feed has a new one."""
    parser = ParserProcess(deadline=1.0, command=_with_reader(hang))
    await _parse(parser)
    first = _children()

    with pytest.raises(ParseError) as error:
        await _parse(parser, "slow")
    feed = await _parse(parser)

    assert error.value.code == "too-costly"
    assert feed.title == "好"
    assert _children() != first
    await parser.close()
    assert _children() == []


@pytest.mark.parametrize("crash", ["os._exit(3)", "os.kill(os.getpid(), 11)", "raise SystemExit"])
async def test_a_crash_is_that_feeds_error_alone(crash: str) -> None:
    """A child that dies is one ParseError; the next feed is read."""
    parser = ParserProcess(command=_with_reader(crash))

    with pytest.raises(ParseError) as error:
        await _parse(parser, "deadly")
    feed = await _parse(parser)

    assert error.value.code == "crashed"
    assert feed.title == "好"
    await parser.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no address-space limit")
async def test_memory_is_bounded() -> None:
    """A feed that takes gigabytes is refused inside the child, which is replaced."""
    parser = ParserProcess(command=_with_reader("return bytearray(3 << 30)"))
    await _parse(parser)
    first = _children()

    with pytest.raises(ParseError) as error:
        await _parse(parser, "greedy")
    await _parse(parser)

    assert error.value.code == "too-costly"
    assert _children() != first
    await parser.close()


async def test_a_stray_print_is_no_answer(capfd: pytest.CaptureFixture[str]) -> None:
    """What libraries print in the child reaches neither the answers nor our own output."""
    noise = "print('noise'); os.write(1, b'n'); print('n', file=sys.stderr); return read(b'<rss/>', **rest)"
    parser = ParserProcess(command=_with_reader(noise))

    feed = await _parse(parser, "noisy")

    await parser.close()
    assert feed.entries == ()
    assert capfd.readouterr() == ("", "")


async def test_a_child_is_replaced_after_its_tasks() -> None:
    """What leaks, leaks only so long."""
    parser = ParserProcess(tasks=2)
    seen = set()
    for _ in range(4):
        await _parse(parser)
        seen |= set(_children())

    await _parse(parser)

    assert len(seen | set(_children())) == 3
    await parser.close()


async def test_a_cancelled_task_leaves_no_half_answer() -> None:
    """After a cancellation the next feed gets its own answer, not the old one's."""
    parser = ParserProcess(command=_with_reader("time.sleep(600)"))
    await _parse(parser)
    task = asyncio.create_task(_parse(parser, "slow"))
    await asyncio.sleep(0.1)

    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    feed = await _parse(parser)

    assert task.cancelled()
    assert feed.title == "好"
    await parser.close()


async def test_the_child_carries_nothing_heavy_and_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """No encoder, database, Discord or HTTP client is loaded beside strangers' bytes, and no token is there."""
    monkeypatch.setenv("DISCORD_TOKEN", "a-secret")
    heavy = "{'torch', 'numpy', 'sqlalchemy', 'discord', 'aiohttp', 'pydantic', 'structlog'}"
    told = f"raise worker.ParseError(repr({heavy} & set(sys.modules)), str(os.environ.get('DISCORD_TOKEN')))"
    parser = ParserProcess(command=_with_reader(told))

    with pytest.raises(ParseError) as answer:
        await _parse(parser, "what is loaded")

    await parser.close()
    assert (answer.value.code, answer.value.sentence) == ("set()", "None")


async def test_a_parser_that_cannot_start_says_so() -> None:
    """A missing program is an error of that feed, not a crash of the bot."""
    parser = ParserProcess(command=("/no/such/program",))

    with pytest.raises(ParseError) as error:
        await _parse(parser)

    assert error.value.code == "crashed"
    await parser.close()


async def test_closing_leaves_nothing_open() -> None:
    """No process, pipe or warning is left behind (warnings are errors here)."""
    parser = ParserProcess()
    await _parse(parser)

    await parser.close()
    await parser.close()
    gc.collect()

    assert _children() == []
