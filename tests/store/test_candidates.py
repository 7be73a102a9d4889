from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.model import CATALOGUE, Article, Language, Topic
from bot.store import articles as article_rows
from bot.store import candidates, feeds
from bot.store.candidates import Limits, Place, Want
from bot.store.database import Store
from bot.text import index_terms
from tests.fakes import ITHOME, NOW, REUTERS, SCMP, article, feed_spec, settle

DAY = timedelta(days=1)
CHIPS, MODELS = Topic("chips"), Topic("models")
EN, ZH = Language.EN, Language.ZH


def told(name: str, title: str = "SMIC raises prices", **rest: object) -> Article:
    return article(name, title, **({"story_id": f"story-{name}", "topic": CHIPS} | rest))  # type: ignore[arg-type]


ARCHIVE = (
    told("1", "SMIC raises prices", published=NOW - 4 * DAY),
    told("2", "SMIC cuts jobs", newsroom=REUTERS, published=NOW - 3 * DAY, topic=MODELS),
    told("3", "中芯国际涨价", newsroom=ITHOME, published=NOW - 2 * DAY),
    told("4", "SMIC raises wages", scope="alpha", published=NOW - DAY),
    told("5", "Qwen raises hopes", newsroom=REUTERS, published=NOW, topic=None),
)
"""Numbered 1 to 5."""


async def newest(
    store: Store,
    *wanted: Sequence[Sequence[str]],
    most: int = 9,
    unwanted: Sequence[Sequence[str]] = (),
    **limits: object,
) -> list[int]:
    given = Limits(**limits)  # type: ignore[arg-type]
    (found,) = await store.read(candidates.newest, [Want(wanted, most)], limits=given, unwanted=unwanted)
    return found


@pytest.mark.parametrize(
    ("wanted", "unwanted", "expected"),
    [
        pytest.param([[["smic"]]], [], [2, 1], id="a term"),
        pytest.param([[["smic"]], [["raises"]]], [], [1], id="this and that"),
        pytest.param([[["smic"], ["qwen"]]], [], [5, 2, 1], id="this or that"),
        pytest.param([[["smic", "cuts"], ["中芯", "涨价"]]], [], [3, 2], id="together or together"),
        pytest.param([[["smic"], ["qwen"]], [["raises"], ["jobs"]]], [], [5, 2, 1], id="either and either"),
        pytest.param([[["smic"], ["qwen"]]], [["raises"]], [2], id="without a term"),
        pytest.param([[["smic"], ["qwen"]]], [["raises", "prices"], ["jobs"]], [5], id="without terms together"),
        pytest.param([[["smic"]]], [["smic"]], [], id="wanted and not wanted"),
        pytest.param([[["nobody"]]], [], [], id="nothing has it"),
        pytest.param([], [], [], id="nothing asked"),
        pytest.param([[["smic"]], []], [], [], id="a part without a way"),
    ],
)
async def test_the_newest_that_say_it(
    store: Store,
    wanted: Sequence[Sequence[Sequence[str]]],
    unwanted: Sequence[Sequence[str]],
    expected: list[int],
) -> None:
    """One way of every part and no unwanted one, the newest first, the catalogue's alone."""
    await settle(store, *ARCHIVE)

    assert await newest(store, *wanted, unwanted=unwanted) == expected


LIMITS: list[tuple[dict[str, object], list[int]]] = [
    ({}, [5, 3, 2, 1]),
    ({"scope": "alpha"}, [5, 4, 3, 2, 1]),
    ({"scope": "beta"}, [5, 3, 2, 1]),
    ({"since": NOW - 2 * DAY}, [5, 3]),
    ({"until": NOW - 2 * DAY}, [2, 1]),
    ({"since": NOW - 3 * DAY, "until": NOW - 2 * DAY}, [2]),
    ({"since": NOW + DAY}, []),
    ({"until": NOW - 9 * DAY}, []),
    ({"newsrooms": frozenset({"Reuters"})}, [5, 2]),
    ({"newsrooms": frozenset({"Reuters", "ITHome"})}, [5, 3, 2]),
    ({"newsrooms": frozenset()}, []),
    ({"not_newsrooms": frozenset({"Reuters"})}, [3, 1]),
    ({"topics": frozenset({CHIPS})}, [3, 1]),
    ({"topics": frozenset({CHIPS, MODELS})}, [3, 2, 1]),
    ({"not_topics": frozenset({CHIPS})}, [5, 2]),
    ({"languages": frozenset({ZH})}, [3]),
    ({"languages": frozenset({EN})}, [5, 2, 1]),
    ({"topics": frozenset({CHIPS}), "languages": frozenset({EN}), "until": NOW}, [1]),
]


@pytest.mark.parametrize(("limits", "expected"), LIMITS)
async def test_every_limit_holds(store: Store, limits: dict[str, object], expected: list[int]) -> None:
    """By words, without words, and where something stands: a limit means the same; `until` is outside."""
    await settle(store, *ARCHIVE)
    given = Limits(**limits)  # type: ignore[arg-type]
    everything = [[[said], ["中芯"]] for said in ("smic", "qwen")]
    anything = [[*everything[0], *everything[1]]]

    assert await store.read(candidates.newest, [Want(anything, 9)], limits=given) == [expected]
    assert await store.read(candidates.passing, given, 9) == expected
    places = await store.read(candidates.places, [1, 2, 3, 4, 5], given)
    assert [place.number for place in places] == sorted(expected)


async def test_no_more_than_were_asked_for(store: Store) -> None:
    """The newest of them."""
    await settle(store, *ARCHIVE)

    assert await newest(store, [["smic"], ["qwen"]], most=2) == [5, 2]
    assert await store.read(candidates.passing, Limits(), 2) == [5, 3]


async def test_those_of_one_moment_come_in_one_order(store: Store) -> None:
    """A batch that bears one time is cut at the same place on either database: the last that came is the newest."""
    await settle(store, *(told(f"{number}") for number in range(1, 8)))

    assert await store.read(candidates.passing, Limits(), 3) == [7, 6, 5]


async def test_what_other_servers_have_takes_no_place(store: Store) -> None:
    """The newest are the newest of what a scope may see: a server that keeps much for itself crowds nobody out."""
    await settle(
        store, *(told(f"p{each}") for each in range(2)), *(told(f"t{each}", scope="alpha") for each in range(3))
    )

    found = {scope: await newest(store, [["smic"]], most=2, scope=scope) for scope in (CATALOGUE, "alpha", "beta")}

    assert found == {CATALOGUE: [2, 1], "alpha": [5, 4], "beta": [2, 1]}


async def test_a_late_article_is_found_in_its_time(store: Store) -> None:
    """Numbers follow the times but for some thousand places: what came late, or early, is found all the same."""
    await settle(
        store,
        told("new", published=NOW),
        told("old", published=NOW - 30 * DAY),
        told("later", published=NOW - DAY),
    )

    assert await newest(store, [["smic"]], since=NOW - 2 * DAY) == [3, 1]
    assert await newest(store, [["smic"]], until=NOW - 2 * DAY) == [2]
    assert await newest(store, [["smic"]], since=NOW - 2 * DAY, until=NOW) == [3]


async def test_the_terms_of_articles(store: Store) -> None:
    """Each with its own; one that is not there has none."""
    await settle(store, *ARCHIVE)

    assert await store.read(candidates.terms, [3, 5, 99]) == {
        3: frozenset(index_terms("中芯国际涨价")),
        5: {"qwen", "raises", "hopes"},
    }
    assert await store.read(candidates.terms, []) == {}


async def test_where_articles_stand(store: Store) -> None:
    """In the order they came; one that has no story yet stands nowhere."""
    await settle(store, *ARCHIVE)
    await store.write(article_rows.keep, [("6", article("6", "SMIC waits"))], feed_id=None)

    assert await store.read(candidates.places, [6, 3, 1], Limits()) == [
        Place(number=1, article="1", story="story-1", published_at=NOW - 4 * DAY),
        Place(number=3, article="3", story="story-3", published_at=NOW - 2 * DAY),
    ]


async def test_what_a_server_has_muted_stands_nowhere_there(store: Store) -> None:
    """Unless it was brought by another feed too; everybody else sees it."""
    await store.write(feeds.put, feed_spec(), origin=feeds.FROM_FILE, now=NOW)
    await store.write(article_rows.keep, [("1", ARCHIVE[0])], feed_id=1)
    await settle(store, *ARCHIVE[:2])

    await store.write(feeds.mute, "alpha", 1, by="ada", now=NOW)

    found = {
        scope: [place.number for place in await store.read(candidates.places, [1, 2], Limits(scope=scope))]
        for scope in ("alpha", "beta")
    }
    assert found == {"alpha": [2], "beta": [1, 2]}


async def test_the_newsrooms_one_may_know_of(store: Store) -> None:
    """Each once, by name; who reads a newsroom alone keeps its name for themselves."""
    own = told("own", newsroom=SCMP, scope="alpha"), told("o2", newsroom=ITHOME, scope="alpha")
    await settle(store, told("1", newsroom=REUTERS), told("2", newsroom=REUTERS), told("3", newsroom=ITHOME), *own)

    assert await store.read(candidates.newsrooms, CATALOGUE) == ["ITHome", "Reuters"]
    assert await store.read(candidates.newsrooms, "beta") == ["ITHome", "Reuters"]
    assert await store.read(candidates.newsrooms, "alpha") == ["ITHome", "Reuters", "SCMP"]


async def test_an_empty_archive(store: Store) -> None:
    """Has nothing and fails nothing."""
    assert await store.read(candidates.newsrooms, CATALOGUE) == []
    assert await store.read(candidates.newest_number) == 0
    assert await newest(store, [["smic"]], since=NOW, until=NOW + DAY) == []
    assert await store.read(candidates.passing, Limits(), 9) == []


async def test_an_article_is_known_by_every_id_that_files_gave_it(store: Store) -> None:
    """Two lines of a file may share a link: the article bears the first one's id, and is known as the others too."""
    first, again = article("a1"), article("a2", link="https://example.com/a1", link_key="example.com/a1")
    await store.write(article_rows.keep, [("a1", first), ("a2", again)], feed_id=None)
    await store.write(article_rows.keep, [("a2", again), ("b", article("b"))], feed_id=None)

    assert await store.read(candidates.known_as, ["a1", "b", "nobody"]) == {"a1": ["a2"]}
    assert await store.read(candidates.newest_number) == 2
