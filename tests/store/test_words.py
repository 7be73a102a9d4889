from collections.abc import Mapping, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from bot.model import CATALOGUE
from bot.store import articles as article_rows
from bot.store import words
from bot.store.database import Store
from bot.text import index_terms, terms
from tests.fakes import article

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
    await store.write(words.put, TEXTS)

    assert await store.read(words.matching, [terms(query)], 9, scope=CATALOGUE) == expected


async def test_any_alternative_will_do(store: Store) -> None:
    """One of several ways to say it is enough; only the newest are told; no words find nothing."""
    await store.write(words.put, TEXTS)
    either = [terms("华为"), terms("huawei tsmc"), [], terms("nobody")]

    assert await store.read(words.matching, either, 9, scope=CATALOGUE) == [2, 1]
    assert await store.read(words.matching, either, 1, scope=CATALOGUE) == [2]
    assert await store.read(words.matching, [[], []], 9, scope=CATALOGUE) == []
    assert await store.read(words.matching, [], 9, scope=CATALOGUE) == []


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
    await store.write(words.put, TEXTS)

    assert await store.read(words.matching, [[term, "nobody"], ["smic", "deal"]], 9, scope=CATALOGUE) == [5]


async def test_a_word_without_end_is_still_a_word(store: Store) -> None:
    """Words longer than any database's limit are put and asked for all the same."""
    await store.write(words.put, {1: "г" * 3000 + " smic", 2: "a" * 300})

    assert await store.read(words.matching, [["г" * 3000]], 9, scope=CATALOGUE) == [1]
    assert await store.read(words.matching, [["smic"]], 9, scope=CATALOGUE) == [1]


async def test_many_alternatives_are_one_query(store: Store) -> None:
    """A query that names hundreds of things is answered."""
    await store.write(words.put, TEXTS)
    many = [[f"word{number}", f"other{number}"] for number in range(400)]

    assert await store.read(words.matching, [*many, ["smic"]], 9, scope=CATALOGUE) == [5]


async def test_words_put_anew_replace_the_old(store: Store) -> None:
    """An edited article is found by its new words alone, and a removed one not at all."""
    await store.write(words.put, TEXTS)

    await store.write(words.put, {1: "SMIC"})
    await store.write(words.remove, [5])

    assert await store.read(words.matching, [["smic"]], 9, scope=CATALOGUE) == [1]
    assert await store.read(words.matching, [["华为"]], 9, scope=CATALOGUE) == []


async def test_nothing_to_put_is_nothing_put(store: Store) -> None:
    """No articles are no work."""
    await store.write(words.put, {})
    await store.write(words.remove, [])

    assert await store.read(words.matching, [["smic"]], 9, scope=CATALOGUE) == []


async def test_what_other_servers_have_takes_no_place(store: Store) -> None:
    """The newest are the newest of what a scope may see: a server that keeps much for itself crowds nobody out."""
    public = [article(f"p{number}", "SMIC raises prices") for number in range(2)]
    theirs = [article(f"t{number}", "SMIC raises prices", scope="alpha") for number in range(3)]
    kept = [*public, *theirs]  # numbered 1 to 5 in this order
    await store.write(article_rows.keep, [(each.id, each) for each in kept], feed_id=None)

    found = {
        scope: await store.read(words.matching, [["smic"]], 2, scope=scope) for scope in (CATALOGUE, "alpha", "beta")
    }

    assert found == {CATALOGUE: [2, 1], "alpha": [5, 4], "beta": [2, 1]}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(WRITTEN, max_size=6), queries=st.lists(WRITTEN, max_size=3))
async def test_both_databases_find_what_the_terms_say(store: Store, texts: list[str], queries: list[str]) -> None:
    """The answer is that of plain set arithmetic over the terms, on either database."""
    indexed = dict(enumerate(texts, start=1))
    alternatives = [terms(query) for query in queries]

    def anew(connection: Connection) -> list[int]:
        connection.execute(text("DELETE FROM article_words"))
        words.put(connection, indexed)
        return words.matching(connection, alternatives, 9, scope=CATALOGUE)

    assert await store.write(anew) == matches(indexed, alternatives)
