import asyncio

import pytest

from bot.curation import OPERATOR, Deed
from bot.errors import FetchError, ParseError
from bot.feeds.catalogue import Catalogue
from bot.feeds.lists import Imported, Lists, Outcome, sorted_out
from bot.feeds.newsrooms import Newsrooms
from bot.feeds.opml import Outline
from bot.model import CATALOGUE, Language, Topic
from bot.store import acts
from bot.store import feeds as rows
from bot.store.database import Store
from tests.fakes import NOW, FakeClock, FakeFetcher, FakeParser, feed_spec, page

ADDED, KNOWN, REFUSED, OVER = Outcome.ADDED, Outcome.KNOWN, Outcome.REFUSED, Outcome.OVER
NEWSROOMS = Newsrooms.load()


def outlines(*names: str) -> list[Outline]:
    return [Outline(url=f"https://{name}.example/feed" if name else "", title=name) for name in names]


def opml(*names: str, more: str = "") -> bytes:
    each = (f'<outline text="{name}" xmlUrl="https://{name}.example/feed" {more}/>' for name in names)
    return f'<opml version="2.0"><body>{"".join(each)}</body></opml>'.encode()


def lists(store: Store, *names: str) -> tuple[Lists, FakeFetcher]:
    """The feeds of these names answer; all others are missing."""
    fetcher = FakeFetcher({f"https://{name}.example/feed": page("a 华为发布\nb 中芯涨价") for name in names})
    clock = FakeClock()
    made = Catalogue(store, fetcher=fetcher, parser=FakeParser(), newsrooms=NEWSROOMS, clock=clock)
    return Lists(store, made, clock=clock), fetcher


async def bring(made: Lists, body: bytes, *, scope: str = "77", most: int | None = None) -> Imported:
    return await made.bring(body, scope=scope, by="ada", channel="c1", most=most)


@pytest.mark.parametrize(
    ("names", "known", "room", "outcomes"),
    [
        pytest.param("abc", "", None, [ADDED, ADDED, ADDED], id="all are new"),
        pytest.param("abc", "b", None, [ADDED, KNOWN, ADDED], id="one is known"),
        pytest.param("aba", "", None, [ADDED, ADDED, KNOWN], id="one is there twice"),
        pytest.param("abc", "", 2, [ADDED, ADDED, OVER], id="there is room for two"),
        pytest.param("abc", "a", 1, [KNOWN, ADDED, OVER], id="what is known takes no room"),
        pytest.param("abc", "", 0, [OVER, OVER, OVER], id="there is no room"),
        pytest.param(["a", "", ""], "", 1, [ADDED, REFUSED, REFUSED], id="some have no address"),
        pytest.param("", "", None, [], id="there are none"),
    ],
)
def test_a_list_is_sorted_out_before_anything_is_asked(
    names: str | list[str], known: str, room: int | None, outcomes: list[Outcome]
) -> None:
    """What is known, what may be added, and what there is no room for."""
    read = [f"http://www.{name}.example/feed/" for name in known]

    assert [line.outcome for line in sorted_out(outlines(*names), read, room)] == outcomes


async def test_a_list_is_brought_in(sqlite: Store) -> None:
    """What can be read is added as the list calls it, each article judged; the rest is told with the reason."""
    made, _ = lists(sqlite, "a", "b")

    imported = await bring(made, opml("a", "gone", "b", more='category="/chips"'))

    found = await sqlite.read(rows.listed, scope="77")
    assert [line.outcome for line in imported.lines] == [ADDED, REFUSED, ADDED]
    assert imported.lines[1].report is not None
    assert imported.lines[1].report.reason == "There is nothing at https://gone.example/feed."
    assert [(feed.spec.title, feed.spec.newsroom.language, feed.spec.mixed) for feed in found] == [
        ("a", Language.ZH, True),
        ("b", Language.ZH, True),
    ]
    assert {(feed.added_by, feed.added_in, feed.spec.topics) for feed in found} == {("ada", "c1", (Topic.CHIPS,))}


async def test_an_import_is_one_act(sqlite: Store) -> None:
    """It is undone as one."""
    made, _ = lists(sqlite, "a", "b")
    imported = await bring(made, opml("a", "b"))
    assert imported.act is not None

    undone = await sqlite.write(acts.undo, imported.act.id, scope="77", by="ada", now=NOW)

    assert imported.act.deed is Deed.IMPORT
    assert undone is not None
    assert len(undone.acts) == 2
    assert await sqlite.read(rows.listed, scope="77") == []


async def test_a_list_brought_in_twice_adds_nothing(sqlite: Store) -> None:
    """And asks nobody."""
    made, fetcher = lists(sqlite, "a")
    await bring(made, opml("a"))
    fetcher.asked.clear()

    again = await bring(made, opml("a"))

    assert [line.outcome for line in again.lines] == [KNOWN]
    assert (again.act, fetcher.asked) == (None, [])


async def test_a_server_has_so_many_feeds_and_no_more(sqlite: Store) -> None:
    """What is over the limit is not even looked at; the catalogue's do not count, and are not added again."""
    made, fetcher = lists(sqlite, *"abcd")
    await sqlite.write(rows.sync, [feed_spec("https://a.example/feed")], NOW)

    imported = await bring(made, opml(*"abcd"), most=2)

    assert [line.outcome for line in imported.lines] == [KNOWN, ADDED, ADDED, OVER]
    assert [url for url, _, _ in fetcher.asked] == ["https://b.example/feed", "https://c.example/feed"]


async def test_two_lists_at_once_share_the_room(sqlite: Store) -> None:
    """What one has taken the other has not."""
    made, _ = lists(sqlite, *"abcd")

    both = await asyncio.gather(*(bring(made, opml(*names), most=3) for names in ("ab", "cd")))

    assert sorted(line.outcome for each in both for line in each.lines) == [ADDED, ADDED, ADDED, OVER]
    assert len(await sqlite.read(rows.listed, scope="77")) == 3


async def test_what_breaks_us_is_one_line(sqlite: Store) -> None:
    """The others are added all the same."""
    made, fetcher = lists(sqlite, "a", "b")
    fetcher.pages["https://a.example/feed"] = FetchError("busy", "It is busy.")

    imported = await bring(made, opml("a", "b"))

    assert [line.outcome for line in imported.lines] == [REFUSED, ADDED]


async def test_what_is_no_list_adds_nothing(sqlite: Store) -> None:
    """And says so."""
    made, _ = lists(sqlite)

    with pytest.raises(ParseError):
        await bring(made, b"x")


async def test_how_far_it_is_is_told(sqlite: Store) -> None:
    """To whoever watches in a terminal."""
    made, _ = lists(sqlite, "a", "b")
    told: list[int] = []

    await made.bring(
        opml("a", "b"), scope=CATALOGUE, by=OPERATOR, begin=told.append, looked=lambda: told.append(told[-1] - 1)
    )

    assert told == [2, 1, 0]


async def test_a_list_is_handed_out(sqlite: Store) -> None:
    """Of the catalogue and the server's own, without what it has hidden."""
    made, _ = lists(sqlite, "a")
    await sqlite.write(rows.sync, [feed_spec("https://one.example"), feed_spec("https://two.example")], NOW)
    await bring(made, opml("a"))
    (hidden,) = [feed for feed in await sqlite.read(rows.listed) if feed.spec.url == "https://one.example"]
    await sqlite.write(rows.mute, "77", hidden.id, by="ada", now=NOW)

    text, count = await made.hand_out("77")
    others, all_others = await made.hand_out("78")

    assert count == 2
    assert "https://a.example/feed" in text
    assert "https://two.example" in text
    assert "https://one.example" not in text
    assert all_others == 2
    assert "https://a.example/feed" not in others
