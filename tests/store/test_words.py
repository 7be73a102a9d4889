from collections.abc import Mapping, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from bot.store import articles as article_rows
from bot.store import candidates, feeds, words
from bot.store.candidates import Limits, Want
from bot.store.database import Store
from bot.stories.search.tokens import EXCERPT, TITLE, token
from bot.text import index_terms, terms
from tests.fakes import NOW, article, feed_spec

TEXTS = {
    1: "華為發布新芯片",
    2: "Huawei 与台积电（TSMC）谈判",
    3: "台積電漲價：3,000 片",
    4: "Qwen3.7-Max beats GPT-5.5 in C++",
    5: "AT&T’s SMIC deal, 芯",
    6: "!!! …",
}
PARTS = st.sampled_from(
    ["华为", "華為", "芯片", "芯", "台積電", "tsmc", "TSMC", "qwen3.7", "c++", "at&t", "3,000", "é"]
)
WRITTEN = st.lists(PARTS, max_size=6).flatmap(
    lambda parts: st.sampled_from([" ", "", ", "]).map(lambda by: by.join(parts))
)


async def kept(store: Store, texts: Mapping[int, str] = TEXTS) -> None:
    """Keep articles with these titles, numbered in this order."""
    found = [article(f"a{number}", title) for number, title in texts.items()]
    await store.write(article_rows.keep, [(each.id, each) for each in found], feed_id=None)


async def matching(store: Store, *alternatives: Sequence[str], most: int = 9) -> list[int]:
    """The newest articles that have all terms of an alternative."""
    (found,) = await store.read(candidates.newest, [Want([list(filter(None, alternatives))], most)], limits=Limits())
    return found


def matches(texts: Mapping[int, str], alternatives: Sequence[Sequence[str]]) -> list[int]:
    """What the index must find, in plain Python."""
    indexed = {number: set(index_terms(said)) for number, said in texts.items()}
    return [
        number
        for number in sorted(indexed, reverse=True)
        if any(wanted and indexed[number] >= set(wanted) for wanted in alternatives)
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("华为", [1]),
        ("華為", [1]),
        ("huawei", [2]),
        ("ＨＵＡＷＥＩ", [2]),
        ("台積電", [3, 2]),
        ("台积电", [3, 2]),
        ("芯", [5, 1]),
        ("芯片", [1]),
        ("电台", []),
        ("qwen3.7", [4]),
        ("qwen3", []),
        ("Qwen3.7-Max", [4]),
        ("gpt 5.5", [4]),
        ("C++", [4]),
        ("c", []),
        ("AT&T", [5]),
        ("at t", []),
        ("3000", [3]),
        ("3,000 台积电", [3]),
        ("smic huawei", []),
        ("!!!", []),
    ],
)
async def test_a_query_finds_what_has_all_its_terms(store: Store, query: str, expected: list[int]) -> None:
    """In either script and any width, the newest first."""
    await kept(store)

    assert await matching(store, terms(query)) == expected


async def test_any_alternative_will_do(store: Store) -> None:
    """One of several ways to say it is enough; only the newest are told; no words find nothing."""
    await kept(store)
    either = [terms("华为"), terms("huawei tsmc"), terms("nobody")]

    assert await matching(store, *either) == [2, 1]
    assert await matching(store, *either, most=1) == [2]
    assert await matching(store) == []


@pytest.mark.parametrize(
    "term",
    [
        '"',
        "'",
        '""',
        "''",
        "a'b",
        'a"b',
        "\\",
        "\\'",
        "a\\",
        "* OR terms:x",
        "') | ('smic",
        '") OR ("smic',
        ":*",
        "&",
        "NOT",
        "$1",
        "%s",
        ":query",
    ],
)
async def test_no_term_breaks_the_query(store: Store, term: str) -> None:
    """Whatever a stranger's term holds, it is a term: it fails nothing and finds nothing else."""
    await kept(store)

    assert await matching(store, [term, "nobody"], ["smic", "deal"]) == [5]


async def test_a_word_without_end_is_still_a_word(store: Store) -> None:
    """Words longer than any database's limit are put and asked for all the same."""
    await kept(store, {1: "г" * 3000 + " smic", 2: "a" * 300})

    assert await matching(store, ["г" * 3000]) == [1]
    assert await matching(store, ["smic"]) == [1]


async def test_many_alternatives_are_one_query(store: Store) -> None:
    """A query that names hundreds of things is answered."""
    await kept(store)
    many = [[f"word{number}", f"other{number}"] for number in range(400)]

    assert await matching(store, *many, ["smic"]) == [5]


async def test_words_put_anew_replace_the_old(store: Store) -> None:
    """An edited article is found by its new words alone, and a removed one not at all."""
    await kept(store)

    await store.write(words.put, {1: "SMIC"})
    await store.write(words.remove, [5])

    assert await matching(store, ["smic"]) == [1]
    assert await matching(store, ["华为"]) == []


async def test_nothing_to_put_is_nothing_put(store: Store) -> None:
    """No articles are no work."""
    await store.write(words.put, {})
    await store.write(words.put_read, {})
    await store.write(words.remove, [])

    assert await matching(store, ["smic"]) == []


async def unread(store: Store) -> list[int]:
    return [number for number, _ in await store.read(article_rows.unread_ones, 9)]


def read(number: int, *tokens: str, said: str = "") -> dict[int, tuple[str, list[str]]]:
    """An article as it was read while its title was `said`."""
    return {number: (words.text_of(said or TEXTS[number], ""), list(tokens))}


async def test_what_is_new_waits_to_be_read(store: Store) -> None:
    """The newest first, and no more than are asked for; what was read waits no more."""
    await kept(store)
    before = await unread(store), [number for number, _ in await store.read(article_rows.unread_ones, 2)]

    await store.write(words.put_read, read(5) | read(3))

    assert before == ([6, 5, 4, 3, 2, 1], [6, 5])
    assert await unread(store) == [6, 4, 2, 1]


async def test_what_was_read_is_found_beside_the_words(store: Store) -> None:
    """Names and meanings are terms like others, in the title or the excerpt, whatever signs they hold."""
    await kept(store)
    said = [token(place, item) for place in (TITLE, EXCERPT) for item in ("#price-rise", "@at&t", "^gpt-5.5", "涨价")]

    await store.write(words.put_read, read(3, *said))

    for each in said:
        assert await matching(store, [each]) == [3]
        assert await matching(store, [each, "3000"]) == [3]
    assert await matching(store, [token(TITLE, "#price")]) == []
    assert await matching(store, [token(TITLE, "price rise")]) == []
    assert (await store.read(candidates.terms, [3]))[3] == {*index_terms(TEXTS[3]), *said}


async def test_what_was_edited_while_it_was_read_is_read_again(store: Store) -> None:
    """What an older title named is never put beside a newer one: the article goes on waiting."""
    feed = await brought(store, "SMIC cuts prices")
    await brought(store, "Qwen is here", feed=feed)

    await store.write(words.put_read, read(1, token(TITLE, "@smic"), said="SMIC cuts prices"))

    assert await matching(store, [token(TITLE, "@smic")]) == []
    assert await matching(store, ["smic"]) == []
    assert await matching(store, ["qwen"]) == [1]
    assert await unread(store) == [1]


async def test_an_edit_waits_to_be_read_anew(store: Store) -> None:
    """With its old title goes what that named."""
    feed = await brought(store, "SMIC cuts prices")
    await store.write(words.put_read, read(1, token(TITLE, "@smic"), said="SMIC cuts prices"))
    before = await matching(store, [token(TITLE, "@smic")]), await unread(store)

    await brought(store, "Qwen is here", feed=feed)

    assert before == ([1], [])
    assert await matching(store, [token(TITLE, "@smic")]) == []
    assert await unread(store) == [1]


async def test_everything_can_be_read_anew(store: Store) -> None:
    """Other word lists read otherwise; until then everything is found by what it was read as."""
    await kept(store)
    await store.write(words.put_read, read(1, token(TITLE, "@huawei")))

    await store.write(words.forget_read)

    assert await unread(store) == [6, 5, 4, 3, 2, 1]
    assert await matching(store, [token(TITLE, "@huawei")]) == [1]


async def test_what_is_not_there_is_not_read(store: Store) -> None:
    """An article that was removed while it was read stays away."""
    await kept(store)

    await store.write(words.put_read, {99: ("SMIC", ["smic"])})

    assert await matching(store, ["smic"]) == [5]


async def brought(store: Store, title: str, *, feed: int = 0) -> int:
    """A feed that brings one article, or its new title."""
    if not feed:
        await store.write(feeds.put, feed_spec(), origin=feeds.FROM_FILE, now=NOW)
        (feed,) = [each.id for each in await store.read(feeds.listed)]
    await store.write(article_rows.keep, [("guid", article("a1", title))], feed_id=feed)
    return feed


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(WRITTEN, max_size=6), queries=st.lists(WRITTEN, min_size=1, max_size=3))
async def test_both_databases_find_what_the_terms_say(store: Store, texts: list[str], queries: list[str]) -> None:
    """The answer is that of plain set arithmetic over the terms, on either database."""
    indexed = dict(enumerate(texts, start=1))
    alternatives = [way for query in queries if (way := terms(query))]
    await kept(store)

    def anew(connection: Connection) -> list[int]:
        words.remove(connection, TEXTS)
        words.put(connection, indexed)
        (found,) = candidates.newest(connection, [Want([alternatives], 9)], limits=Limits())
        return found

    assert await store.write(anew) == matches(indexed, alternatives)
