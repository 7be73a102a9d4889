from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import InputError
from bot.model import CATALOGUE, Article, Language
from bot.store import articles as article_rows
from bot.store import feeds
from bot.store import names as name_rows
from bot.store.names import AddedName
from bot.stories.correct import Corrector
from bot.stories.search import searcher as room
from bot.text import fold, pieces
from tests.fakes import ITHOME, NOW, REUTERS, SCMP, article, feed_spec
from tests.stories.search.headlines import SECRETS, Door, articles_of

DAY = timedelta(days=1)

FIRST = [
    ("huawei", {"s01", "s19"}),
    ("huawei kirin", {"s01"}),
    ("台積電 涨价", {"s02"}),
    ("tsmc price", {"s02"}),
    ("中芯国际 产能", {"s04"}),
    ("英伟达 财报", {"s07"}),
    ("nvidia earnings", {"s07"}),
    ("export controls", {"s08"}),
    ("出口管制", {"s08"}),
    ("deep seek", {"s09"}),
    ("gpt 5.5", {"s10"}),
    ("GPT-5.5", {"s10"}),
    ("qwen3.7", {"s11"}),
    ("宇树 马拉松", {"s12"}),
    ("h20", {"s13"}),
    ("sk hynix", {"s14"}),
    ("memory prices", {"s14"}),
    ("5nm", {"s16"}),
    ("cambricon", {"s17"}),
    ("寒武纪", {"s17"}),
    ("garden", {"s18"}),
    ('"half marathon"', {"s12"}),
    ('"advanced nodes"', {"s02"}),
    ("entity:smic", {"s04"}),
    ("huawei since:2d", {"s01"}),
    ("cambrican", {"s17"}),
]
"""Queries, and which stories one of must answer first."""

MORE = [
    "华为",
    "華為 芯片",
    "芯",
    "huawei tsmc",
    "美光 财报",
    "huawei OR smic",
    "华为 或 中芯国际",
    "chips -huawei",
    "source:reuters",
    "source:36kr 华为",
    "topic:policy",
    "topic:models lang:zh",
    "lang:en robots",
    "since:2026-06-01",
    "until:2026-05-25",
    "since:上周 sort:new",
    "sort:new",
    "chips sort:new",
    "-source:scmp chips",
    '"advanced nodes" OR "half marathon"',
    "🙂",
    "nobody knows this",
    "-华为",
    "ai model cheap to run",
]


@pytest.mark.parametrize("limit", [10])
async def test_both_databases_answer_alike(doors: tuple[Door, Door], limit: int) -> None:
    """The first ten stories of every query, with their scores and articles; and the right one stands first."""
    for door in doors:
        await door.keep([*articles_of(), *SECRETS])
    for query in [*(query for query, _ in FIRST), *MORE]:
        for scope in (CATALOGUE, "alpha"):
            one, other = [(await door.ask(query, scope=scope, limit=limit)).hits for door in doors]
            assert one == other, query

    wrong = {
        query: found
        for query, first in FIRST
        if (found := await doors[0].stories(query))[:1] not in [[s] for s in first]
    }
    assert wrong == {}


@pytest.mark.parametrize("query", ["huawei", "Huawei", "华为", "華為", "ＨＵＡＷＥＩ"])
async def test_one_name_finds_every_spelling(door: Door, query: str) -> None:
    """Whichever way it is asked, a company is found in English, simplified and traditional headlines."""
    await door.keep(
        [
            _told("en", "Huawei thanks Washington"),
            _told("hans", "华为发布新芯片", newsroom=ITHOME),
            _told("hant", "華為新機今日開賣", newsroom=ITHOME),
            _told("other", "TSMC raises prices"),
        ]
    )

    answer = await door.ask(query)

    assert {hit.story.id for hit in answer.hits} == {"en", "hans", "hant"}
    assert {hit.tier for hit in answer.hits} == {"all"}


def _told(name: str, title: str, **rest: object) -> Article:
    return article(name, title, **({"story_id": name} | rest))  # type: ignore[arg-type]


@pytest.mark.parametrize("size", ["2", "3", "1.4"])
@pytest.mark.parametrize("asked", ["{}nm", "{} nm", "{}纳米", "{} 纳米", "{}奈米", "{}-nanometer", "{} nanometres"])
async def test_a_size_finds_every_spelling(door: Door, size: str, asked: str) -> None:
    """Whichever way it is asked, also where it is a name of TSMC's N2, and it is told that a headline says it."""
    spellings = ["{}nm", "{} nm", "{}纳米", "{} 纳米", "{}奈米", "{} 奈米", "{}-nanometer", "{} nanometre"]
    titles = {f"s{place}": f"TSMC {spelt.format(size)} yields" for place, spelt in enumerate(spellings)}
    await door.keep([*(_told(name, title) for name, title in titles.items()), _told("other", "TSMC 28nm yields")])
    query = asked.format(size)

    answer = await door.ask(query)

    assert {hit.story.id for hit in answer.hits if hit.says} == titles.keys()
    assert {hit.story.id for hit in answer.hits[: len(titles)]} == titles.keys()
    assert (answer.words, answer.unsaid) == ((query,), "")
    assert await door.stories(f'TSMC -"{query}"') == ["other"]


@pytest.mark.parametrize(("asked", "first"), [("2nm", ["size", "node"]), ("台积电 2纳米", ["size", "node", "maker"])])
async def test_a_size_is_no_model_with_the_name_of_its_node(door: Door, asked: str, first: list[str]) -> None:
    """N2 is TSMC's 2nm, but Nex-N2 is not, however new it is."""
    await door.keep(
        [
            _told("size", "台积电 2 纳米量产", published=NOW - DAY),
            _told("node", "TSMC's N2 ramps up", published=NOW - DAY),
            _told("maker", "TSMC raises prices", published=NOW - DAY),
            _told("model", "Nex-N2 model released"),
        ]
    )

    answer = await door.ask(asked)

    assert [hit.story.id for hit in answer.hits][: len(first)] == first
    assert [hit.story.id for hit in answer.hits if asked.rsplit(maxsplit=1)[-1] in hit.says] == ["size"]


async def test_an_answer_has_what_was_typed_beside_the_words(door: Door) -> None:
    """Phrases, and as it was typed what is not wanted, topics and languages; and when it was asked."""
    query = 'gizmo "half  marathon" -stock -"a b" -entity:smic topic:policy 语言：中文 since:7d sort:new'

    answer = await door.ask(query)

    assert (answer.words, answer.phrases) == (("gizmo",), ("half marathon",))
    assert answer.operators == ("-stock", '-"a b"', "-entity:smic", "topic:policy", "语言：中文")
    assert (answer.languages, answer.asked_at) == ({Language.ZH}, door.clock())


async def test_another_companys_results_are_no_answer(door: Door) -> None:
    """Who asks for Micron's results is told of Micron, and never of Broadcom's or Nvidia's results."""
    await door.keep(articles_of())

    answer = await door.ask("美光 财报")

    assert [hit.story.id for hit in answer.hits] == ["s05"]
    assert answer.unsaid == "财报"


@pytest.mark.parametrize(
    ("query", "says", "unsaid"),
    [("美光 财报", (), "财报"), ("micron earnings", (), "earnings"), ("博通 财报", ("财报",), "")],
)
async def test_anothers_results_in_the_same_headline_are_not_said_of_who_is_asked_for(
    door: Door, query: str, says: tuple[str, ...], unsaid: str
) -> None:
    """It names Micron, and tells of Broadcom's results: Micron's are still missing."""
    await door.keep(
        [_told("one", "美光股价下跌7%，因博通业绩令人失望"), _told("two", "英伟达财报亮眼", newsroom=ITHOME)]
    )

    answer = await door.ask(query)

    assert [(hit.story.id, hit.says) for hit in answer.hits] == [("one", says)]
    assert answer.unsaid == unsaid


async def test_an_excerpt_begins_anew(door: Door) -> None:
    """What it says before any name is anybody's, whoever was named last in the headline."""
    await door.keep([_told("one", "Micron slips after Broadcom", summary="Earnings of the quarter fell short.")])

    (hit,) = (await door.ask("micron earnings")).hits

    assert hit.says == ("earnings",)


@pytest.mark.parametrize(
    ("query", "unsaid"),
    [("micron price increase", "price increase"), ("micron earnings OR results", "earnings results")],
)
async def test_several_words_of_one_meaning_are_missed_too(door: Door, query: str, unsaid: str) -> None:
    """Two words for one thing, and either of two."""
    await door.keep([_told("one", "Micron opens an office")])

    assert (await door.ask(query)).unsaid == unsaid


@pytest.mark.parametrize(("query", "other"), [("smic", "s22"), ("tsmc", "s22"), ("华为", "s22")])
async def test_what_is_related_to_a_company_is_not_the_company(door: Door, query: str, other: str) -> None:
    """A rival, or a word for what it does, does not count as named."""
    await door.keep(articles_of())

    assert other not in await door.stories(query)


async def test_two_names_that_no_story_has_together(door: Door) -> None:
    """First the closest in meaning, then each alone; with one that has both, that one is the answer."""
    await door.keep(articles_of())
    apart = await door.ask("huawei tsmc", limit=20)

    await door.keep([_told("both", "华为与台积电和解", newsroom=ITHOME, published=NOW - 25 * DAY)])
    together = await door.ask("huawei tsmc", limit=20)

    assert [hit.tier for hit in apart.hits[:3]] == ["near"] * 3
    assert {hit.tier for hit in apart.hits[3:]} == {"alone"}
    assert {name for hit in apart.hits for name in hit.names} == {"huawei", "tsmc"}
    assert (together.hits[0].story.id, together.hits[0].tier) == ("both", "all")


async def test_what_is_required_is_required_within_narrow_limits(door: Door) -> None:
    """Operators, OR and quotes hold however few articles a date or a newsroom leaves."""
    await door.keep(articles_of())

    for narrow in ("", " since:30d", " until:2026-06-07"):
        assert set(await door.stories(f"entity:smic chips{narrow}")) == {"s04"}, narrow
        assert set(await door.stories(f"smic OR cambricon{narrow}")) == {"s04", "s17"}, narrow
        assert set(await door.stories(f'"half marathon" robots{narrow}')) == {"s12"}, narrow
        assert set(await door.stories(f'"nodes advanced" OR "half marathon"{narrow}')) == {"s12"}, narrow
    assert await door.stories("entity:micron earnings since:2d") == []


async def test_an_operator_alone_lists_the_newest(door: Door) -> None:
    """Without a word there is still an answer: what passes, the newest first, however old it is."""
    await door.keep(articles_of())

    assert await door.stories("topic:models") == ["s09", "s10", "s11"]
    assert await door.stories("topic:models sort:new") == ["s09", "s10", "s11"]
    assert await door.stories("source:nvidia") == ["s13"]
    assert await door.stories("来源:英伟达") == ["s13"]
    assert await door.stories("source:南华早报 huawei") == await door.stories("source:south china morning post huawei")
    assert (await door.stories("until:2026-05-19"))[0] == "s21"
    assert not {"s01", "s19"} & set(await door.stories("-huawei", limit=30))


async def test_sorted_by_time_the_newest_that_answer_come_first(door: Door) -> None:
    """Not the newest of the best: however many answer better, one that answers well and is newer comes first."""
    await door.keep(
        _told(f"old{each}", "Unitree Unitree robots", published=NOW - (9 + each) * DAY) for each in range(25)
    )
    await door.keep([_told("new", "A small town in the hills has a park of Unitree now", published=NOW)])

    assert (await door.stories("unitree", limit=1))[0] != "new"
    assert (await door.stories("unitree sort:new", limit=1))[0] == "new"


@pytest.mark.parametrize("query", ["huawei -chips", "华为 -芯片", "huawei lang:zh", "huawei -topic:chips"])
async def test_what_may_not_be_shown_crowds_nobody_out(door: Door, query: str) -> None:
    """However much is left out, what remains is found."""
    crowd = [_told(f"c{each}", "Huawei 华为 chips 芯片", topic="chips") for each in range(60)]
    await door.keep([*crowd, _told("left", "华为 Huawei 手机", newsroom=ITHOME, published=NOW - 30 * DAY)])

    assert await door.stories(query, limit=3) == ["left"]


@pytest.mark.parametrize("query", ["-huawei", "-华为", "-華為", "news -Huawei"])
async def test_an_unwanted_name_is_unwanted_in_both_languages(door: Door, query: str) -> None:
    """Also inside a longer name."""
    await door.keep(articles_of())

    said = [f"{each.title} {each.summary}" for each in await door.shown(query)]

    assert not [each for each in said if "华为" in fold(each) or "huawei" in fold(each)]


async def test_other_servers_articles_stay_unseen(door: Door) -> None:
    """A server finds its own beside everybody's; nobody finds another's, nor learns the names of its newsrooms."""
    own = _told("private", "Huawei in private", scope="alpha", newsroom=REUTERS)
    await door.keep([_told("s01", "Huawei thanks Washington"), *SECRETS[:2], own])

    found = {scope: {each.id for each in await door.shown("huawei", scope=scope)} for scope in ("alpha", "beta")}
    with pytest.raises(InputError) as refused:
        await door.ask("source:routers", scope="beta")

    assert found == {"alpha": {"s01", "own1", "own2", "private"}, "beta": {"s01"}}
    assert "Reuters" not in refused.value.sentence


async def test_other_servers_crowd_nobody_out(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much and however recent a server's own articles are."""
    monkeypatch.setattr(room, "_NEAREST", 3)
    await door.keep([_told("words", "Huawei thanks Washington", published=NOW - DAY)])
    await door.keep(_told(f"own{each}", f"Huawei tells {each}", scope="alpha") for each in range(250))

    assert await door.stories("huawei", scope="beta") == ["words"]


async def test_what_a_server_has_muted_is_not_found(door: Door) -> None:
    """Alone or in a story, unless another feed brought it too; everybody else finds it."""
    both, hidden = _told("both", "Huawei thanks all", story_id="s1"), _told("hidden", "Huawei sells", story_id="s1")
    alone = _told("alone", "华为发布新芯片", newsroom=ITHOME)
    loud = await _brought(door, "loud", both, hidden, alone)
    await _brought(door, "calm", both)
    await door.keep([both, hidden, alone])

    await door.store.write(feeds.mute, "alpha", loud, by="ada", now=NOW)

    for query in ("huawei", "华为", "since:7d"):
        assert {each.id for each in await door.shown(query, scope="alpha")} == {"both"}
        assert {each.id for each in await door.shown(query, scope="beta")} == {"both", "hidden", "alone"}


async def _brought(door: Door, feed: str, *articles: Article) -> int:
    spec = feed_spec(f"https://{feed}.example/feed", title=feed)
    await door.store.write(feeds.put, spec, origin=feeds.FROM_FILE, now=NOW)
    (number,) = [each.id for each in await door.store.read(feeds.listed) if each.spec.title == feed]
    await door.store.write(article_rows.keep, [(each.id, each) for each in articles], feed_id=number)
    return number


async def test_a_server_finds_its_stories_as_it_corrected_them(door: Door) -> None:
    """What it merged is one hit, what it hid is gone at once; everybody else finds what is stored."""
    await door.keep(
        [
            _told("en", "Huawei thanks Washington"),
            _told("zh", "华为感谢华盛顿", newsroom=ITHOME),
            _told("old", "Huawei opens a laboratory"),
        ]
    )
    corrector = Corrector(door.store, clock=door.clock)
    await corrector.merge("en", "zh", scope="77", by="ada")
    await corrector.hide("old", scope="77", by="ada")

    (hit,) = (await door.ask("huawei", scope="77")).hits

    assert {each.id for each in hit.story.articles} == {"en", "zh"}
    assert len(await door.stories("huawei", scope="78")) == 3


async def test_a_server_is_understood_by_its_own_names(door: Door) -> None:
    """What its moderators call a company finds it there, and what is so called is found by its other names."""
    await door.keep([_told("said", "花厂开了新店", newsroom=ITHOME), _told("known", "Huawei thanks Washington")])
    added = AddedName(id=0, entity="huawei", kind="company", name="花厂", language=Language.ZH)
    await door.store.write(name_rows.add, added, scope="77", by="ada", now=NOW)

    assert set(await door.stories("花厂", scope="77")) == {"said", "known"}
    assert set(await door.stories("huawei", scope="77")) == {"said", "known"}
    assert await door.stories("huawei", scope="78") == ["known"]


async def test_an_edited_title_is_found_by_what_it_says_now(door: Door) -> None:
    """By its plain words even before it was read anew, and never by what it said before."""
    first = _told("a", "Huawei builds a tower")
    feed = await _brought(door, "f", first)
    await door.keep([first])
    edited = article("a", "Cambricon builds a tower", link=first.link, link_key=first.link_key)
    await door.store.write(article_rows.keep, [("a", edited)], feed_id=feed)

    before = await door.stories("huawei"), await door.stories("cambricon tower")
    await door.indexer.run()
    after = await door.stories("huawei"), await door.stories("寒武纪")

    assert before == ([], ["a"])
    assert after == ([], ["a"])


async def test_a_story_is_one_hit_that_begins_with_the_headline_that_matched(door: Door) -> None:
    """Five headlines of one event are one answer; the best one is its title."""
    told = [_told(f"a{each}", f"Headline {each}", story_id="s1") for each in range(4)]
    await door.keep([*told, _told("best", "Unitree dances", story_id="s1")])

    (hit,) = (await door.ask("unitree")).hits

    assert (hit.title, hit.story.articles[0].id, len(hit.story.articles)) == ("Unitree dances", "best", 5)


async def test_an_article_is_found_once_it_is_grouped(door: Door) -> None:
    """Between polling and grouping it waits unseen; read or not, its words find it then, and its names once read."""
    new = _told("a", "华为发布新机", newsroom=ITHOME)
    await door.store.write(article_rows.keep, [("a", new)], feed_id=None)
    unseen = await door.stories("华为")

    await door.keep([new])

    assert unseen == []
    assert await door.stories("huawei") == ["a"]


async def test_meaning_finds_what_words_do_not(door: Door) -> None:
    """Without a word in common the nearest in meaning is found; what is far is no answer."""
    await door.keep([_told("far", "A quiet garden", published=NOW - 90 * DAY)])
    await door.keep([_told("near", "What a foundry asks for its plates")], meaning="tomorrow weather")

    assert await door.stories("tomorrow weather") == ["near"]


async def test_where_no_word_is_said_what_is_a_little_near_is_no_answer(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something is always nearest, also to nonsense; beside what says a word of it, what is near is worth a look."""
    monkeypatch.setattr(room, "_MEANT", 1.1)
    await door.keep([_told("near", "What a foundry asks for its plates")], meaning="lanterns")

    before = await door.stories("lanterns")
    await door.keep([_told("said", "Two lanterns are sold")])

    assert (before, await door.stories("lanterns")) == ([], ["said", "near"])


async def test_who_asks_for_a_name_alone_is_not_told_of_what_is_only_a_little_near(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing names it, what is related to it is worth a look."""
    monkeypatch.setattr(room, "_MEANT", 1.1)
    await door.keep([_told("near", "A quiet garden")], meaning="smic")
    await door.keep([_told("related", "Bans accelerate domestic chip independence")])

    assert await door.stories("smic") == ["related"]


async def test_who_asks_for_more_than_a_name_is_told_of_what_is_near(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two words of one meaning are more than a name."""
    monkeypatch.setattr(room, "_MEANT", 1.1)
    await door.keep([_told("near", "A quiet garden")], meaning="smic price increase")
    await door.keep([_told("said", "A price increase is near")])

    assert set(await door.stories("smic price increase")) == {"said", "near"}


async def test_the_answer_tells_of_which_newsrooms_it_is(door: Door) -> None:
    """Where some were asked for; none where none was."""
    await door.keep([_told("one", "Huawei thanks Washington", newsroom=SCMP)])

    told = [(await door.ask(query)).newsrooms for query in ("source:scmp huawei", "source:scmp qqqq", "huawei")]

    assert told == [(SCMP.name,), (SCMP.name,), ()]


async def test_the_index_is_read_anew_with_other_word_lists(door: Door) -> None:
    """Once, and at most so many articles at a time; with the same lists nothing is read twice."""
    await door.keep(articles_of())
    again = await door.indexer.run()
    door.indexer._reader.version, known = "other", door.indexer._reader.version  # noqa: SLF001  # another release's

    try:
        parts = [await door.indexer.run(20) for _ in range(3)]
    finally:
        door.indexer._reader.version = known  # noqa: SLF001

    assert again == 0
    assert parts == [20, len(articles_of()) - 20, 0]


STRANGE = ["🙂", "'", '"', "华'为", "a:b*c", "NEAR(a b)", "x & !y | z", "%", "\\", "a\x00b", "huawei' OR 1=1 --"]
WORDS = [
    "huawei",
    "华为",
    "華為",
    "tsmc",
    "芯片",
    "chips",
    "prices",
    "5nm",
    "模型",
    "Nvidia",
    "财报",
    "the",
    "是",
    "芯",
]
OPERATORS = [
    "lang:zh",
    "lang:en",
    "topic:chips",
    "-topic:policy",
    "sort:new",
    "source:scmp",
    "-source:36kr",
    "entity:huawei",
]
UNWANTED = ["huawei", "华为", "芯片", "chips", "台积电", "prices", "nvidia", "model"]
PIECE = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(WORDS),
    st.sampled_from(OPERATORS),
    st.sampled_from(['"new model"', '"华为"', '"芯片', "OR", "或", "AND", "-", "|", "("]),
    st.sampled_from(STRANGE),
    st.text(max_size=8),
)
QUERY = st.lists(PIECE, max_size=6).map(" ".join)


def says(each: Article, word: str) -> bool:
    """Whether an article says a word, in plain Python: Chinese as letters, English as a whole word."""
    text = f"{each.title}\n{each.summary}"
    return fold(word) in (fold(text) if not word.isascii() else pieces(text))


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(QUERY, st.lists(st.sampled_from(UNWANTED), max_size=2), st.sampled_from(["since", "until"]), st.integers(0, 22))
async def test_whatever_is_asked(door: Door, query: str, unwanted: list[str], edge: str, days: int) -> None:
    """Nothing fails but what is told in a sentence; scopes, minus words and dates hold in every shown article."""
    if not await door.store.read(article_rows.count):
        await door.keep([*articles_of(), *SECRETS])
    day = NOW.replace(hour=0) - days * DAY
    minus = "".join(f" -{word}" for word in unwanted)
    # What stands open (quotes, OR, an operator without its value) would take in what follows: it comes last.
    limit = f"since:{day:%Y-%m-%d}" if edge == "since" else f"until:{day - DAY:%Y-%m-%d}"
    try:
        shown = await door.shown(f"{limit}{minus} {query}", scope="beta")
    except InputError:
        return
    assert {each.scope for each in shown} <= {CATALOGUE}
    assert not [each.title for each in shown for word in unwanted if says(each, word)]
    assert all((each.published_at >= day) is (edge == "since") for each in shown)


@pytest.mark.parametrize("query", ["", "chips", "华为", "-huawei", "lang:zh"])
async def test_dates_part_what_there_is(door: Door, query: str) -> None:
    """What is found from a day on and what is found until the day before are together what is found."""
    await door.keep(articles_of())
    whole = {each.id for each in await door.shown(f"{query} since:2026-01-01")}

    for days in (0, 1, 5, 13, 30):
        day = NOW - days * DAY
        later = {each.id for each in await door.shown(f"{query} since:{day:%Y-%m-%d}")}
        before = {each.id for each in await door.shown(f"{query} until:{day - DAY:%Y-%m-%d}")}
        assert not later & before
        assert later | before == whole


async def test_what_cannot_be_asked_is_refused(door: Door) -> None:
    """Empty and overlong queries and unknown newsrooms are explained instead of answered."""
    await door.keep([_told("a", "SMIC raises prices", newsroom=SCMP)])

    for query in ("", "   ", "x" * 201, "source:nowhere"):
        with pytest.raises(InputError):
            await door.ask(query)
