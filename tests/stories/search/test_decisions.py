from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InputError
from bot.model import Article, Language, Story
from bot.store.names import AddedName
from bot.stories.asking.query import parse
from bot.stories.entities import Lexicon
from bot.stories.search.gather import alone, together
from bot.stories.search.hits import hits_of, latest, likeliest, newest_first
from bot.stories.search.parts import Part, parts_of, unwanted_by
from bot.stories.search.score import Found, Weigher, having, worth_of
from bot.stories.search.sources import Sources
from bot.stories.search.tokens import EXCERPT, TITLE, named, token, under
from tests import bundled
from tests.fakes import ITHOME, NOW, article, story
from tests.stories.search.headlines import Lists

DAY = timedelta(days=1)
BY_ANY_NAME = Sources(
    [
        "Reuters",
        "ITHome",
        "South China Morning Post",
        "SCMP",
        "36氪 (36Kr)",
        "港湾（Harbour）",
        "The Verge",
        "The Next Web",
        "Theory",
        "AP",
        "Daily News",
    ],
    called=bundled.newsrooms().names_of,
)


def read(lists: Lists, text: str, lexicon: Lexicon | None = None) -> tuple[Part, ...]:
    """The parts of a query."""
    known = lexicon or lists.lexicon
    headings = {language: lists.topics.headings(language) for language in Language}
    asked = parse(text, now=NOW, zone=NOW.tzinfo, lexicon=known, headings=headings)  # type: ignore[arg-type]
    return parts_of(asked, lists.reader, known, lists.thesaurus)


@pytest.mark.parametrize(
    ("title", "excerpt", "above", "below"),
    [
        ("Huawei shows a chip", "", [named("huawei")], []),
        ("華為新機", "台积电代工", [named("huawei")], [named("tsmc")]),
        ("A day in June", "Huawei shows a chip", [], [named("huawei")]),
        ("Huawei wins", "Huawei shows it", [named("huawei")], []),
        ("Kirin returns", "", [named("kirin"), under("huawei")], []),
    ],
)
def test_an_article_is_read_for_names(
    lists: Lists, title: str, excerpt: str, above: list[str], below: list[str]
) -> None:
    """In the title, and in the excerpt what the title does not say; beside what a product belongs to."""
    tokens = lists.reader.tokens(article("a", title, summary=excerpt))

    names = [each for each in tokens if token("", "@") in each or token("", "^") in each]
    assert sorted(names) == sorted([*(token(TITLE, each) for each in above), *(token(EXCERPT, each) for each in below)])


def test_only_the_beginning_of_an_excerpt_is_read(lists: Lists) -> None:
    """What stands far down is no subject of the article."""
    tokens = lists.reader.tokens(article("a", "A day in June", summary="Rain again. " * 60 + "Huawei."))

    assert token(EXCERPT, named("huawei")) not in tokens


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("huawei tsmc", [("entity", "huawei"), ("entity", "tsmc")]),
        ("华为 台積電", [("entity", "huawei"), ("entity", "tsmc")]),
        ("huawei 华为 華為", [("entity", "huawei")]),
        ("5nm", [("word", "5nm")]),
        ("芯", [("word", "芯")]),
        ("3,000", [("word", "3000")]),
        ('huawei "new chip"', [("entity", "huawei"), ("phrase", "new chip")]),
        ('"huawei" 华为', [("entity", "huawei"), ("phrase", "huawei")]),
        ("huawei OR smic", [("word", "huawei OR smic")]),
        ("entity:smic huawei", [("entity", "smic"), ("entity", "huawei")]),
        ("entity:huawei 华为", [("entity", "huawei")]),
        ("🙂", []),
        ("lang:zh", []),
    ],
)
def test_a_query_is_taken_apart(lists: Lists, query: str, kinds: list[tuple[str, str]]) -> None:
    """Names in either language, words, phrases and alternatives; the same thing twice is one part."""
    assert [(part.kind, part.name) for part in read(lists, query)] == kinds


@pytest.mark.parametrize(
    ("query", "required"),
    [("huawei", [False]), ('"new chip"', [True]), ("huawei OR smic", [True]), ("entity:huawei", [True])],
)
def test_what_is_demanded_is_required(lists: Lists, query: str, required: list[bool]) -> None:
    """Quotes, OR and operators demand; free words only order."""
    assert [part.required for part in read(lists, query)] == required


def test_an_operator_wants_the_name_itself(lists: Lists) -> None:
    """Also where the same name is typed beside it; nothing related will do."""
    (part,) = read(lists, "entity:tsmc 台积电")

    assert part.required
    assert {value for _, value in part.ways} == {value for _, value in read(lists, "entity:tsmc")[0].ways}


@pytest.mark.parametrize("query", ["smic", "tsmc", "nvidia", "openai", "huawei"])
def test_what_is_related_to_a_company_never_names_it(lists: Lists, query: str) -> None:
    """A rival or its trade is worth less than any way of being named."""
    (part,) = read(lists, query)
    itself = {(token(place, sign(query)),) for place in (TITLE, EXCERPT) for sign in (named, under)}

    assert max(worth for way, worth in part.ways if way not in itself) < min(
        worth for way, worth in part.ways if way in itself
    )


def test_a_name_of_signs_alone_is_no_way_to_say_it(lists: Lists) -> None:
    """A way without a term would be everything."""
    added = AddedName(id=1, entity="huawei", kind="company", name="!!!", language=Language.EN)

    (part,) = read(lists, "huawei", lists.lexicon.with_added([added]))

    assert all(way for way, _ in part.ways)


def test_unwanted_ways_are_the_words_and_the_names(lists: Lists) -> None:
    """A word alone, and the entity of its name; a phrase of several terms is left to those who see the text."""
    headings = {language: lists.topics.headings(language) for language in Language}
    asked = parse('-huawei -半导体 -"new chip"', now=NOW, zone=NOW.tzinfo, lexicon=lists.lexicon, headings=headings)  # type: ignore[arg-type]

    assert unwanted_by(asked, lists.lexicon) == (
        ("huawei",),
        (token(TITLE, named("huawei")),),
        (token(EXCERPT, named("huawei")),),
    )


def part(name: str, *, required: bool = False, kind: str = "entity") -> Part:
    """A part with one strong way and one weak."""
    return Part(kind=kind, name=name, ways=(((name,), 1.0), ((f"{name}-ish",), 0.3)), required=required)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("parts", "sizes"),
    [
        ([], []),
        (["a"], [1]),
        (["a", "b"], [2, 2]),
        (["a", "b", "c"], [3, 3, 2, 2, 2]),
        (["a", "b", "c", "d", "e", "f"], [6, 6]),
    ],
)
def test_what_is_looked_for_together(parts: list[str], sizes: list[int]) -> None:
    """All as they were said, all in any way, then all but one, while there are few."""
    assert [len(want.parts) for want in together([part(name) for name in parts])] == sizes


def test_the_required_is_never_left_out() -> None:
    """Neither when a part is looked for alone nor when one is left out."""
    parts = [part("a"), part("b"), part("must", required=True)]

    wants = [*(alone(each, parts) for each in parts), *together(parts)]

    assert all(any(("must",) in ways for ways in want.parts) for want in wants)


BOTH = (part("huawei"), part("tsmc"))


def scored(*terms: str, near: float = 0.0, days: float = 0.0, worth: tuple[float, float] = (1.0, 1.0)) -> float:
    weigher = Weigher(BOTH, worth, NOW)
    return weigher.score(weigher.strengths(frozenset(terms)), near, NOW - days * DAY)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param(scored("huawei", "tsmc"), scored("huawei"), id="both before one"),
        pytest.param(scored("huawei"), scored(), id="one before none"),
        pytest.param(scored("huawei"), scored("huawei-ish"), id="the very thing before something near it"),
        pytest.param(scored("huawei", worth=(3, 1)), scored("tsmc", worth=(3, 1)), id="the rare before the common"),
        pytest.param(scored("huawei", near=0.9), scored("huawei", near=0.1), id="nearer in meaning"),
        pytest.param(scored("huawei"), scored("huawei", days=9), id="fresh before old"),
        pytest.param(scored("huawei", days=99), scored("huawei-ish"), id="the name before freshness"),
        pytest.param(scored("huawei", "tsmc"), scored("huawei", near=0.9), id="words before meaning"),
        pytest.param(scored("huawei"), scored("huawei", near=-0.9) - 1e-9, id="unlike is no penalty"),
    ],
)
def test_the_better_answer_scores_higher(better: float, worse: float) -> None:
    """More of the query, itself, rarer, nearer and fresher is better, roughly in this order."""
    assert better > worse


@given(st.integers(0, 100_000), st.integers(0, 100_000))
def test_no_part_of_a_query_is_worth_less_than_nothing(matching: int, articles: int) -> None:
    """Having what was asked for never counts against an article."""
    assert worth_of(matching, articles) > 0


@pytest.mark.parametrize(
    ("numbers", "asked", "newest", "expected"),
    [([], 3, 100, 0), ([90, 80], 3, 100, 2), ([100, 99, 98], 3, 100, 100), ([100, 50, 1], 3, 100, 3)],
)
def test_how_many_have_a_word_is_judged_by_the_newest(
    numbers: list[int], asked: int, newest: int, expected: float
) -> None:
    """All of them where they are few, else by how close together they lie."""
    assert having(numbers, asked, newest) == expected


PLACES = {"huawei": 0, "tsmc": 1}
STRENGTHS = {"": (0.0, 0.0), "h": (1.0, 0.0), "t": (0.0, 1.0), "ht": (1.0, 1.0), "r": (0.39, 0.0)}


def found(name: str, says: str, *, score: float = 0.5, near: float = 0.0, days: float = 0) -> Found:
    number = int(name[1:])
    return Found(
        number=number,
        story=f"s{number}",
        published_at=NOW - days * DAY,
        strengths=STRENGTHS[says],
        near=near,
        score=score,
    )


def told(*names: str) -> list[Story]:
    return [story(article(name, f"title of {name}"), id=f"s{name[1:]}") for name in names]


def _anything(_: Article, __: int) -> bool:
    return True


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"a1": found("a1", "h", score=0.9), "a2": found("a2", "ht")}, ["s2 all", "s1 alone"], id="both"),
        pytest.param(
            {f"a{n}": found(f"a{n}", says, near=n / 10) for n, says in enumerate(("h", "t", "h", "t", "h"), 1)},
            ["s5 near", "s4 near", "s3 near", "s1 alone", "s2 alone"],
            id="apart: the closest, then each as it was asked for",
        ),
        pytest.param(
            {f"a{n}": found(f"a{n}", "h", score=n / 10) for n in range(1, 5)},
            ["s4 near", "s3 near", "s2 near", "s1 alone"],
            id="apart without vectors: the best",
        ),
        pytest.param({"a1": found("a1", "t"), "a2": found("a2", "", score=0.9)}, ["s1 near"], id="others"),
        pytest.param({"a1": found("a1", "t"), "a2": found("a2", "r", score=0.9)}, ["s1 near"], id="related"),
        pytest.param({}, [], id="nothing"),
    ],
)
def test_hits_stand_in_tiers(given: dict[str, Found], expected: list[str]) -> None:
    """What names all; else the closest in meaning, then each alone; what names none only where nothing names any."""
    hits = hits_of(told(*given), given, entities=PLACES, words={}, says=_anything, passes=lambda _: True)

    assert [f"{hit.story.id} {hit.tier}" for hit in hits] == expected


def test_only_what_passes_is_shown_and_counts() -> None:
    """A story whose answering article may not be shown is no hit, whatever else it has."""
    both = story(article("a1"), article("a2", newsroom=ITHOME), id="s1")
    given = {"a1": found("a1", "h")}

    def hits(language: Language) -> list[list[str]]:
        shown = hits_of(
            [both],
            given,
            entities=PLACES,
            words={},
            says=_anything,
            passes=lambda each: each.newsroom.language is language,
        )
        return [[each.id for each in hit.story.articles] for hit in shown]

    assert hits(Language.EN) == [["a1"]]
    assert hits(Language.ZH) == []


def test_the_likeliest_stories() -> None:
    """Those that name more, then the better, and the closest in meaning whatever they name; each once."""
    some = [found("a1", "h", score=0.9), found("a2", "ht", score=0.1), found("a3", "", score=0.2, near=0.9)]

    assert likeliest(some, {}, 1)[0] == "s1"
    assert likeliest(some, PLACES, 2)[:1] == ["s2"]
    assert set(likeliest(some, PLACES, 1)) == {"s1", "s2", "s3"}


def test_the_latest_stories() -> None:
    """By their newest article."""
    names = "a1", "a2"
    some = [found("a1", "h", days=2), found("a2", "h", days=0), found("a3", "h", days=1), found("a4", "h", days=0)]
    hits = hits_of(
        told(*names), {each: found(each, "h") for each in names}, entities={}, words={}, says=_anything, passes=bool
    )

    assert latest(some, 3) == ["s4", "s2", "s3"]
    assert [hit.story.id for hit in newest_first(hits)] == ["s2", "s1"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (["36kr"], {"36Kr"}),
        (["the verge"], {"The Verge"}),
        (["theverge"], {"The Verge"}),
        (["SCMP"], {"SCMP"}),
        (["scmp china"], {"SCMP China"}),
        (["ithome", "36KR"], {"ITHome", "36Kr"}),
        (["verge"], {"The Verge"}),
        ([], set()),
    ],
)
def test_a_newsroom_is_meant_by_its_name_or_a_part(typed: list[str], expected: set[str]) -> None:
    """The whole name before a part of others; blanks, case and width do not matter."""
    known = Sources(["36Kr", "The Verge", "SCMP", "SCMP China", "ITHome"], called=lambda _: ())

    assert known.meant(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("路透社", {"Reuters"}),
        ("路透", {"Reuters"}),
        ("IT之家", {"ITHome"}),
        ("SCMP", {"South China Morning Post", "SCMP"}),
        ("scmp.com", {"South China Morning Post", "SCMP"}),
        ("www.scmp.com", {"South China Morning Post", "SCMP"}),
        ("南华早报", {"South China Morning Post", "SCMP"}),
        ("早报", {"South China Morning Post", "SCMP"}),
        ("36Kr", {"36氪 (36Kr)"}),
        ("36氪", {"36氪 (36Kr)"}),
        ("Harbour", {"港湾（Harbour）"}),
        ("verge", {"The Verge"}),
        ("news", {"Daily News"}),
    ],
)
def test_a_newsroom_is_meant_by_its_other_names_too(typed: str, expected: set[str]) -> None:
    """Those in the other language, the short ones, its site, and what stands in brackets."""
    assert BY_ANY_NAME.meant([typed]) == expected
    assert BY_ANY_NAME.has(typed) == (typed not in {"早报", "news"}), "a part is no whole name"


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("路透杜", "write source:Reuters, or leave"),
        ("reutres", "write source:Reuters, or leave"),
        ("the", 'write source:"The Next Web", source:"The Verge", or leave'),
        ("彭博", "leave source: out, or write a name from /sources"),
    ],
)
def test_only_what_is_near_is_told_of_an_unknown_newsroom(typed: str, near: str) -> None:
    """By any of its names; an article alone is a part of too many and means none."""
    with pytest.raises(InputError, match=near):
        BY_ANY_NAME.meant([typed])


@pytest.mark.parametrize("typed", ["", "!!", "nowhere", "ithomme"])
def test_an_unknown_newsroom_is_told_those_near_it(typed: str) -> None:
    """In a sentence that shows how to write it."""
    with pytest.raises(InputError, match="source:"):
        Sources(["36Kr", "ITHome"], called=lambda _: ()).meant([typed])
