from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import phrases
from bot.errors import InputError
from bot.model import CATALOGUE, Answer, Article, Language, Story
from bot.store import articles as article_rows
from bot.store import feeds
from bot.store import vectors as vector_rows
from bot.store.database import Store
from bot.stories import search
from bot.stories.correct import Corrector
from bot.stories.entities import Entity, Lexicon
from bot.stories.search import Match, Query, Said, Searcher, collapse, match, named_in, parse_query, worth_of
from tests.fakes import ITHOME, NOW, FakeClock, FakeEmbedder, article, feed_spec, settle, story

DAY = timedelta(days=1)
LEXICON = Lexicon(
    [
        Entity(id="huawei", kind="company", en=("Huawei",), zh=("华为",), china=True),
        Entity(id="tsmc", kind="company", en=("TSMC",), zh=("台积电",)),
        Entity(id="micron", kind="company", en=("Micron",), zh=("美光",), ticker=("MU",)),
        Entity(id="deepseek", kind="lab", en=("DeepSeek", "Deep Seek"), zh=("深度求索",), china=True),
    ]
)


@pytest.mark.parametrize(
    ("text", "entities", "words"),
    [
        ("huawei", ("huawei",), ()),
        ("華為", ("huawei",), ()),
        ("  Huawei \n tsmc ", ("huawei", "tsmc"), ()),
        ("台積電 huawei", ("tsmc", "huawei"), ()),
        ("华为 huawei", ("huawei",), ()),
        ("huawei bans", ("huawei",), ("bans",)),
        ("美光 财报", ("micron",), ("财报",)),
        ("mu 财报", ("micron",), ("财报",)),
        ("deep seek models", ("deepseek",), ("models",)),
        ("chip chip prices", (), ("chip", "prices")),
        ("人工智能", (), ("人工", "工智", "智能")),
        ("gpt-5.5", (), ("gpt", "5.5")),
        ("芯", (), ("芯",)),
        ("🙂", (), ()),
    ],
)
def test_a_query_is_names_and_other_words(text: str, entities: tuple[str, ...], words: tuple[str, ...]) -> None:
    """Names in either language and script become entities; what is part of no name is looked for as it is."""
    query = parse_query(text, LEXICON)

    assert (query.entities, query.words) == (entities, words)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", "nothing to look for"), (" \n\t ", "nothing to look for"), ("华" * 201, "longer than 200 characters")],
)
def test_a_query_that_cannot_be_answered_is_explained(text: str, sentence: str) -> None:
    """Nothing, and far too much, are refused in a sentence that says what to write."""
    with pytest.raises(InputError, match=sentence):
        parse_query(text, LEXICON)


def test_the_longest_query_is_read() -> None:
    """Two hundred characters are enough for anybody, and are still taken."""
    assert parse_query("华" * 200, LEXICON).words == ("华华",)


def asked(*entities: str, words: Sequence[str] = ()) -> Query:
    return Query(text="a query", entities=entities, words=tuple(words))


def said(title: str = "", excerpt: str = "", *, near: float = 0.0) -> Said:
    """What an article's title has, and its excerpt besides."""
    above = frozenset(title.split())
    return Said(title=above, anywhere=above | frozenset(excerpt.split()), near=near)


def scored(what: Said, query: Query, *, days: float = 0, **worth: float) -> Match:
    given = dict.fromkeys((*query.entities, *query.words), 1.0) | worth
    return match(1, article("a", published=NOW - days * DAY), what, query=query, worth=given, now=NOW)


BOTH = asked("huawei", "tsmc")


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param(scored(said("huawei tsmc"), BOTH), scored(said("huawei"), BOTH), id="both before one"),
        pytest.param(scored(said("huawei"), BOTH), scored(said(), BOTH), id="one before none"),
        pytest.param(scored(said("huawei"), BOTH), scored(said("", "huawei"), BOTH), id="title before excerpt"),
        pytest.param(scored(said("", "huawei"), BOTH), scored(said(), BOTH), id="excerpt before nothing"),
        pytest.param(
            scored(said("huawei"), BOTH, huawei=3.0),
            scored(said("tsmc"), BOTH, huawei=3.0),
            id="the rare before the common",
        ),
        pytest.param(
            scored(said("huawei", near=0.9), BOTH), scored(said("huawei", near=0.1), BOTH), id="nearer in meaning"
        ),
        pytest.param(scored(said("huawei"), BOTH), scored(said("huawei"), BOTH, days=9), id="fresh before old"),
        pytest.param(
            scored(said("huawei"), BOTH, days=30), scored(said("", "huawei"), BOTH), id="the title before freshness"
        ),
        pytest.param(
            scored(said("huawei tsmc"), BOTH), scored(said("huawei", near=0.9), BOTH), id="words before meaning"
        ),
    ],
)
def test_the_better_answer_scores_higher(better: Match, worse: Match) -> None:
    """More of the query, in the title, rarer, nearer and fresher is better, roughly in this order."""
    assert better.score > worse.score


def test_a_match_remembers_which_names_it_has() -> None:
    """Names anywhere in the article count, words of the query do not."""
    found = scored(said("huawei chip", "tsmc"), asked("huawei", "tsmc", "micron", words=["chip"]))

    assert found.entities == {"huawei", "tsmc"}


def test_a_query_of_meaning_alone_divides_by_nothing() -> None:
    """Where a query has neither names nor words, meaning and freshness answer."""
    assert scored(said("huawei", near=0.5), asked()).score > scored(said("huawei", near=0.1), asked()).score


def test_unlike_in_meaning_is_no_penalty() -> None:
    """A negative likeness says nothing, it takes nothing away."""
    assert scored(said("huawei", near=-0.5), BOTH).score == scored(said("huawei"), BOTH).score


@given(st.integers(0, 100_000), st.integers(0, 100_000))
def test_no_part_of_a_query_is_worth_less_than_nothing(matching: int, articles: int) -> None:
    """Having what was asked for never counts against an article, even while others still wait for their vectors."""
    assert worth_of(matching, articles) > 0


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(1000, 100_000))
def test_what_few_have_is_worth_more(one: int, other: int, articles: int) -> None:
    """Rarity orders the parts of a query."""
    few, many = sorted((one, other))

    assert worth_of(few, articles) >= worth_of(many, articles)


def matched(name: str, story_id: str, score: float, *entities: str, number: int = 1) -> Match:
    return Match(
        number=number,
        article=article(name, f"title of {name}", story_id=story_id),
        entities=frozenset(entities),
        score=score,
    )


def told(story_id: str, *names: str) -> dict[str, Story]:
    return {story_id: story(*(article(name, f"title of {name}") for name in names), id=story_id)}


@pytest.mark.parametrize(
    ("matches", "query", "order"),
    [
        pytest.param([], BOTH, [], id="nothing found"),
        pytest.param(
            [matched("a", "s1", 0.9, "huawei"), matched("b", "s2", 0.5, "huawei", "tsmc")],
            BOTH,
            [("s2", "all"), ("s1", "some")],
            id="all before some, whatever the score",
        ),
        pytest.param(
            [matched("a", "s1", 0.9), matched("b", "s2", 0.5, "tsmc")],
            BOTH,
            [("s2", "some"), ("s1", "near")],
            id="some before near",
        ),
        pytest.param(
            [matched("a", "s1", 0.4, "huawei"), matched("c", "s1", 0.3, "tsmc"), matched("b", "s2", 0.5, "tsmc")],
            BOTH,
            [("s1", "all"), ("s2", "some")],
            id="a story has what its articles have together",
        ),
        pytest.param(
            [matched("a", "s1", 0.4), matched("b", "s2", 0.5)],
            asked(words=["chip"]),
            [("s2", "all"), ("s1", "all")],
            id="without names the score alone",
        ),
        pytest.param([matched("z", "gone", 0.9)], BOTH, [], id="a story out of sight"),
    ],
)
def test_hits_are_stories_in_the_order_they_answer(
    matches: list[Match], query: Query, order: list[tuple[str, str]]
) -> None:
    """Stories that name all come before those that name some, before those that are only near in meaning."""
    stories = told("s1", "a", "c") | told("s2", "b")

    assert [(hit.story.id, hit.tier) for hit in collapse(matches, stories, query)] == order


def test_a_hit_begins_with_its_best_article() -> None:
    """The best-matching article gives the title and comes first; the rest of the story follows in its order."""
    stories = told("s1", "a", "b", "c", "d")
    matches = [matched("c", "s1", 0.5), matched("b", "s1", 0.9)]

    (hit,) = collapse(matches, stories, BOTH)

    assert [each.id for each in hit.story.articles] == ["b", "c", "a", "d"]
    assert (hit.title, hit.score) == ("title of b", 0.9)


@pytest.mark.parametrize(
    ("tiers", "query", "en", "zh"),
    [
        ([("huawei",)], BOTH, "these name one of them.", "下面各自提到其一。"),
        ([("huawei",), ()], BOTH, "these name one of them.", "下面各自提到其一。"),
        ([()], BOTH, "these are near in meaning.", "下面是意思相近的。"),
        ([("huawei",), ("huawei", "tsmc")], BOTH, "", ""),
        ([], BOTH, "", ""),
        ([("huawei",)], asked("huawei"), "", ""),
        ([()], asked("huawei"), "", ""),
        ([], asked(words=["chip"]), "", ""),
        ([()], asked(words=["chip"]), "", ""),
    ],
)
def test_a_note_says_that_nothing_names_all(tiers: list[tuple[str, ...]], query: Query, en: str, zh: str) -> None:
    """Two names that no story has together are said so, with what there is instead; nothing else is said."""
    hits = [
        hit
        for number, names in enumerate(tiers)
        for hit in collapse([matched("a", f"s{number}", 0.5, *names)], told(f"s{number}", "a"), query)
    ]

    answer = Answer(query=query.text, hits=tuple(hits), named=named_in(query, LEXICON))

    assert phrases.apart(answer, Language.EN) == (en and f"No story here names Huawei and TSMC together; {en}")
    assert phrases.apart(answer, Language.ZH) == (zh and f"没有同时提到华为和台积电的事件，{zh}")


# Through the door, on both databases.


@pytest.fixture
def searcher(store: Store) -> Iterator[Searcher]:
    with ThreadPoolExecutor(1) as cpu:
        yield Searcher(store, FakeEmbedder(), lexicon=LEXICON, clock=FakeClock(), cpu=cpu)


async def archive(store: Store, *articles: Article, meaning: str | None = None) -> None:
    """Keep articles in their stories, with their vectors; `meaning` is what they mean whatever their words."""
    await settle(store, *articles)
    waiting = await store.read(article_rows.unencoded, "fake", 1000)
    made = await FakeEmbedder().embed([meaning or each.title for _, each in waiting])
    await store.write(vector_rows.encode, "fake", [number for number, _ in waiting], made)


def named(name: str, title: str, story_id: str = "", **rest: object) -> Article:
    return article(name, title, story_id=story_id or f"story-{name}", **rest)  # type: ignore[arg-type]


def found(answer: Answer) -> list[str]:
    """The first article of each hit."""
    return [hit.story.articles[0].id for hit in answer.hits]


@pytest.mark.parametrize("query", ["huawei", "Huawei", "华为", "華為", "ＨＵＡＷＥＩ"])
async def test_one_name_finds_every_spelling(store: Store, searcher: Searcher, query: str) -> None:
    """Whichever way it is asked, a company is found in English, simplified and traditional headlines."""
    await archive(
        store,
        named("en", "Huawei thanks Washington"),
        named("hans", "华为发布新芯片", newsroom=ITHOME),
        named("hant", "華為新機今日開賣", newsroom=ITHOME),
        named("other", "TSMC raises prices"),
    )

    answer = await searcher.search(query)

    assert set(found(answer)[:3]) == {"en", "hans", "hant"}
    assert "other" not in found(answer)[:3]
    assert phrases.apart(answer, Language.EN) == ""


async def test_a_server_finds_its_stories_as_it_corrected_them(store: Store, searcher: Searcher) -> None:
    """What it merged is one hit, what it hid is none; everybody else finds what is stored."""
    await archive(
        store,
        named("en", "Huawei thanks Washington"),
        named("zh", "华为感谢华盛顿", newsroom=ITHOME),
        named("old", "Huawei opens a laboratory"),
    )
    corrector = Corrector(store, clock=FakeClock())
    await corrector.merge("story-en", "story-zh", scope="77", by="ada")
    await corrector.hide("story-old", scope="77", by="ada")

    (hit,) = (await searcher.search("huawei", scope="77")).hits

    assert {each.id for each in hit.story.articles} == {"en", "zh"}
    assert len((await searcher.search("huawei", scope="78")).hits) == 3


async def test_the_story_with_both_comes_first(store: Store, searcher: Searcher) -> None:
    """Of two names, the story that has them together is the answer; each alone follows."""
    await archive(
        store,
        named("huawei", "Huawei Huawei Huawei", published=NOW),
        named("tsmc", "台积电涨价", newsroom=ITHOME),
        named("both", "华为与台积电达成和解", newsroom=ITHOME, published=NOW - 20 * DAY),
    )

    answer = await searcher.search("huawei tsmc")

    assert found(answer)[0] == "both"
    assert {hit.tier for hit in answer.hits} == {"all", "some"}
    assert phrases.apart(answer, Language.EN) == ""


async def test_a_note_comes_where_no_story_has_both(store: Store, searcher: Searcher) -> None:
    """What was asked for together and is not there is said, with what there is."""
    await archive(store, named("huawei", "Huawei thanks Washington"), named("tsmc", "TSMC raises prices"))

    answer = await searcher.search("huawei tsmc")

    assert phrases.apart(answer, Language.EN) == "No story here names Huawei and TSMC together; these name one of them."
    assert set(found(answer)) == {"huawei", "tsmc"}


async def test_a_story_is_one_hit(store: Store, searcher: Searcher) -> None:
    """Five headlines of one event are one answer with five links."""
    await archive(store, *(named(f"a{each}", f"Huawei headline {each}", "s1") for each in range(5)))

    answer = await searcher.search("huawei")

    assert [len(hit.story.articles) for hit in answer.hits] == [5]


@pytest.mark.parametrize(
    ("query", "expected"),
    [("财报", "report"), ("芯", "chip"), ("gpt 5.5", "gpt"), ("GPT-5.5", "gpt"), ("mature nodes", "nodes")],
)
async def test_words_are_found_too(store: Store, searcher: Searcher, query: str, expected: str) -> None:
    """Chinese words of one or two characters, versions and plain words lead to their headline."""
    await archive(
        store,
        named("report", "美光公布财报", newsroom=ITHOME),
        named("chip", "新芯片亮相", newsroom=ITHOME),
        named("gpt", "OpenAI shows GPT-5.5 today"),
        named("nodes", "Prices of mature nodes rise"),
    )

    assert found(await searcher.search(query))[0] == expected


async def test_other_scopes_stay_unseen(store: Store, searcher: Searcher) -> None:
    """A server finds its own articles and the catalogue's; nobody finds another server's."""
    await archive(
        store,
        named("public", "Huawei thanks Washington", "s1"),
        named("hanging", "Huawei thanks everyone", "s1", scope="alpha"),
        named("own", "Huawei inside news", scope="alpha"),
    )

    everybody, alpha, beta = [
        {each.id for hit in answer.hits for each in hit.story.articles}
        for answer in [
            await searcher.search("huawei"),
            await searcher.search("huawei", scope="alpha"),
            await searcher.search("huawei", scope="beta"),
        ]
    ]

    assert everybody == beta == {"public"}
    assert alpha == {"public", "hanging", "own"}


async def test_other_servers_crowd_nobody_out(
    store: Store, searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much and however recent a server's own articles are: neither words nor meaning are looked for in them."""
    for most in ("_FEWEST_CANDIDATES", "_WORD_CANDIDATES", "_MEANING_CANDIDATES"):
        monkeypatch.setattr(search, most, 3)
    await archive(store, named("words", "Huawei thanks Washington"))
    await archive(store, named("meaning", "What a foundry asks for its plates"), meaning="wafer prices today")
    crowd = [named(f"own{each}", f"Huawei tells of wafer prices {each}", scope="alpha") for each in range(9)]
    await archive(store, *crowd, meaning="wafer prices")

    named_there = {scope: found(await searcher.search("huawei", scope=scope)) for scope in (CATALOGUE, "beta")}
    near_there = {scope: found(await searcher.search("wafer prices", scope=scope)) for scope in (CATALOGUE, "beta")}

    assert named_there == {scope: ["words"] for scope in (CATALOGUE, "beta")}
    assert near_there == {scope: ["meaning"] for scope in (CATALOGUE, "beta")}
    assert set(found(await searcher.search("huawei", scope="alpha"))) <= {each.id for each in crowd} | {"words"}


async def test_what_other_servers_have_makes_nothing_common(store: Store, searcher: Searcher) -> None:
    """A name is as rare as it is in what one may see: nobody learns from the scores what is elsewhere."""
    await archive(
        store,
        named("huawei", "Huawei thanks Washington"),
        named("tsmc", "TSMC thanks Washington"),
        *(named(f"more{each}", f"Micron sells memory {each}") for each in range(4)),
    )
    before = await searcher.search("huawei tsmc")

    await archive(store, *(named(f"own{each}", f"Huawei inside {each}", scope="alpha") for each in range(30)))
    after = await searcher.search("huawei tsmc")

    assert len(before.hits) >= 2
    assert [(hit.story.id, hit.score) for hit in after.hits] == [(hit.story.id, hit.score) for hit in before.hits]


async def brought(store: Store, feed: str, *articles: Article) -> int:
    """A feed that brings articles; its number."""
    spec = feed_spec(f"https://{feed}.example/feed", title=feed)
    await store.write(feeds.put, spec, origin=feeds.FROM_FILE, now=NOW)
    (number,) = [each.id for each in await store.read(feeds.listed) if each.spec.title == feed]
    await store.write(article_rows.keep, [(each.id, each) for each in articles], feed_id=number)
    return number


async def test_what_a_server_has_muted_is_not_found(store: Store, searcher: Searcher) -> None:
    """Alone or in a story, unless another feed brought it too; everybody else finds it."""
    both, hidden = named("both", "Huawei thanks everyone", "s1"), named("hidden", "Huawei sells chips", "s1")
    alone = named("alone", "华为发布新芯片", newsroom=ITHOME)
    loud = await brought(store, "loud", both, hidden, alone)
    await brought(store, "calm", both)
    await archive(store, both, hidden, alone)

    await store.write(feeds.mute, "alpha", loud, by="ada", now=NOW)

    for query in ("huawei", "华为"):
        alpha, beta, everybody = [
            {each.id for hit in answer.hits for each in hit.story.articles}
            for answer in [await searcher.search(query, scope=scope) for scope in ("alpha", "beta", CATALOGUE)]
        ]
        assert alpha == {"both"}
        assert beta == everybody == {"both", "hidden", "alone"}


async def test_what_a_server_has_muted_is_not_found_by_meaning(store: Store, searcher: Searcher) -> None:
    """It is as if it were not there."""
    near = named("near", "What a foundry asks for its plates")
    loud = await brought(store, "loud", near)
    await archive(store, near, meaning="wafer prices")
    before = await searcher.search("wafer prices", scope="alpha")

    await store.write(feeds.mute, "alpha", loud, by="ada", now=NOW)

    assert found(before) == found(await searcher.search("wafer prices", scope="beta")) == ["near"]
    assert (await searcher.search("wafer prices", scope="alpha")).hits == ()


async def test_what_comes_later_is_found_later(store: Store, searcher: Searcher) -> None:
    """The archive grows under a running searcher."""
    await archive(store, named("a", "Huawei thanks Washington"))
    before = await searcher.search("huawei")

    await archive(store, named("b", "华为发布新芯片", newsroom=ITHOME))
    after = await searcher.search("huawei")

    assert (len(before.hits), len(after.hits)) == (1, 2)


async def test_meaning_finds_what_words_do_not(store: Store, searcher: Searcher) -> None:
    """Without a word in common the nearest in meaning is found, also when it came later; what is far is no answer."""
    await archive(store, named("far", "A quiet garden"))
    await searcher.search("wafer prices")

    await archive(store, named("near", "What a foundry asks for its plates"), meaning="wafer prices")
    answer = await searcher.search("wafer prices")

    assert found(answer) == ["near"]


async def test_a_limit_is_kept(store: Store, searcher: Searcher) -> None:
    """No more stories than were asked for, the best of them."""
    await archive(store, *(named(f"a{each}", "Huawei chip " * (each + 1)) for each in range(9)))

    assert len((await searcher.search("huawei", limit=3)).hits) == 3


async def test_an_article_without_a_story_is_no_answer_yet(store: Store, searcher: Searcher) -> None:
    """Between polling and grouping an article waits unseen."""
    await store.write(article_rows.keep, [("a", article("a", "Huawei thanks Washington"))], feed_id=None)

    assert (await searcher.search("huawei")).hits == ()


async def test_no_sign_has_a_power_over_the_database(store: Store, searcher: Searcher) -> None:
    """Quotes, operators and wild cards are looked for as they are, in an empty archive and in a full one."""
    strange = ["🙂", "'", '"', "华'为", "a:b*c", "NEAR(a b)", "x & !y | z", "%", "\\", "a\x00b", "huawei' OR 1=1 --"]
    empty = [await searcher.search(query) for query in strange]
    await archive(store, named("a", "TSMC raises prices"))

    full = [await searcher.search(query) for query in strange]

    assert all(answer.hits == () for answer in empty)
    assert all(set(found(answer)) <= {"a"} for answer in full)


async def test_what_cannot_be_asked_is_refused(searcher: Searcher) -> None:
    """Empty and overlong queries are explained instead of answered."""
    for query in ("", "   ", "x" * 201):
        with pytest.raises(InputError):
            await searcher.search(query)
