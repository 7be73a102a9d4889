import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InputError, QueryError
from bot.model import Language, Topic
from bot.stories.asking.pieces import cleaned
from bot.stories.asking.query import Asked, Said, joined, names_newsrooms, parse
from bot.stories.entities import Entity, Lexicon
from tests import bundled

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 10, 4, tzinfo=UTC)
EN, ZH = Language.EN, Language.ZH
LEXICON = Lexicon(
    [
        Entity(id="huawei", kind="company", en=("Huawei",), zh=("华为",), china=True),
        Entity(id="huawei-cloud", kind="company", en=("Huawei Cloud",), zh=("华为云",), parent="huawei"),
        Entity(id="sk-hynix", kind="company", en=("SK hynix",), zh=("SK海力士",)),
        Entity(id="smic", kind="company", en=("SMIC",), zh=("中芯国际",), china=True),
    ]
)
HEADINGS = {language: bundled.topics().headings(language) for language in Language}
SEEN = st.lists(
    st.sampled_from(
        [*'hw 华为7d|-－:："“”「」、,()', " OR ", " since:", " until:", " lang:", " topic:", "entity:", "source:"]
    ),
    max_size=30,
).map("".join)
"""Texts near the language of queries."""


def asked(text: str, is_newsroom: Callable[[str], bool] = lambda _: False) -> Asked:
    return parse(text, now=NOW, zone=SHANGHAI, lexicon=LEXICON, headings=HEADINGS, is_newsroom=is_newsroom)


def refusal(text: str) -> str:
    with pytest.raises(QueryError) as caught:
        asked(text)
    assert set(caught.value.told) == set(Language)
    assert caught.value.told[EN] == caught.value.sentence
    return caught.value.sentence


def sentence_of(text: str) -> str:
    """Why a query cannot be read; empty where it can."""
    try:
        asked(text)
    except QueryError as error:
        return error.sentence
    return ""


def told(words: Asked) -> list[str]:
    """The wanted groups as one would say them."""
    return ["|".join(f'"{said.text}"' if said.exact else said.text for said in group) for group in words.wanted]


@pytest.mark.parametrize(
    ("text", "wanted", "free"),
    [
        ("huawei tsmc", ["huawei", "tsmc"], "huawei tsmc"),
        ("  Huawei \n tsmc ", ["Huawei", "tsmc"], "Huawei tsmc"),
        ("美光 财报", ["美光", "财报"], "美光 财报"),
        ("华为、台积电，财报", ["华为", "台积电", "财报"], "华为 台积电 财报"),
        ("华为　台积电", ["华为", "台积电"], "华为 台积电"),
        ("huawei, tsmc; 3,000", ["huawei", "tsmc", "3,000"], "huawei tsmc 3,000"),
        ("(huawei OR smic) chips", ["huawei|smic", "chips"], "huawei smic chips"),
        ("huawei OR smic chips", ["huawei|smic", "chips"], "huawei smic chips"),
        ("chips huawei OR smic OR cxmt", ["chips", "huawei|smic|cxmt"], "chips huawei smic cxmt"),
        ("华为 或 中芯 财报", ["华为|中芯", "财报"], "华为 中芯 财报"),
        ("华为 或者 中芯", ["华为|中芯"], "华为 中芯"),
        ("h20|h200 | b30", ["h20|h200|b30"], "h20 h200 b30"),
        ("huawei or smic", ["huawei", "or", "smic"], "huawei or smic"),
        ("或许 华为或中芯", ["或许", "华为或中芯"], "或许 华为或中芯"),
        ("huawei AND smic", ["huawei", "smic"], "huawei smic"),
        ("OR huawei OR", ["huawei"], "huawei"),
        ("huawei OR OR smic", ["huawei|smic"], "huawei smic"),
        ("ORACLE ANDES NOTE", ["ORACLE", "ANDES", "NOTE"], "ORACLE ANDES NOTE"),
        ('not "NOT"', ["not", '"NOT"'], "not NOT"),
        ('"sk hynix" hbm', ['"sk hynix"', "hbm"], "sk hynix hbm"),
        ('"sk hynix" OR micron', ['"sk hynix"|micron'], "sk hynix micron"),
        ("“长鑫 存储”上市", ['"长鑫 存储"', "上市"], "长鑫 存储 上市"),
        ("华为「麒麟芯片」发布", ["华为", '"麒麟芯片"', "发布"], "华为 麒麟芯片 发布"),
        ('"never closed', ['"never closed"'], "never closed"),
        ('12" wafer', ['12"', "wafer"], '12" wafer'),
        ('huawei "" " "', ["huawei"], "huawei"),
        ("gpt-5.5 co-packaged", ["gpt-5.5", "co-packaged"], "gpt-5.5 co-packaged"),
        ("huawei - smic", ["huawei", "smic"], "huawei smic"),
        (
            "c:drive https://a.b/c 10:30 H20: 华为：麒麟",
            ["c:drive", "https://a.b/c", "10:30", "H20:", "华为：麒麟"],
            None,
        ),
        ("form:x port:80 sport:x Breaking: huawei", ["form:x", "port:80", "sport:x", "Breaking:", "huawei"], None),
        ("🙂", [], "🙂"),
        ("hua\u200bwei \u202etsmc", ["huawei", "tsmc"], "huawei tsmc"),
        ("broken \ud800 half", ["broken", "half"], "broken half"),
        ("huawei huawei", ["huawei", "huawei"], "huawei huawei"),
    ],
)
def test_words_are_wanted_together_and_or_binds_two(text: str, wanted: list[str], free: str | None) -> None:
    """Words and phrases stand in their order; a colon or a dash inside a word means nothing."""
    query = asked(text)

    assert told(query) == wanted
    assert query.free == (cleaned(text) if free is None else free)


@pytest.mark.parametrize(
    ("text", "unwanted", "free"),
    [
        ("huawei -phone", [Said("phone")], "huawei"),
        ('huawei -"stock tips"', [Said("stock tips", exact=True)], "huawei"),
        ("华为 －手机", [Said("手机")], "华为"),
        ("华为 -“概念 股”", [Said("概念 股", exact=True)], "华为"),
        ("-phone", [Said("phone")], ""),
        ("--phone −case", [Said("phone"), Said("case")], ""),
        ("-phone -phone", [Said("phone")], ""),
        ("-gpt-5.5", [Said("gpt-5.5")], ""),
        ("-OR x", [Said("OR")], "x"),
    ],
)
def test_a_minus_leaves_out(text: str, unwanted: list[Said], free: str) -> None:
    """A word or phrase behind a minus, of either width, is not wanted; a query may have nothing else."""
    query = asked(text)

    assert (list(query.unwanted), query.free) == (unwanted, free)


@pytest.mark.parametrize(
    ("text", "sources", "no_sources"),
    [
        ("source:36Kr", ("36kr",), ()),
        ("SOURCE：36氪", ("36氪",), ()),
        ("来源:虎嗅 -来源:IT之家", ("虎嗅",), ("it之家",)),
        ('source:"The Verge" source:36kr', ("the verge", "36kr"), ()),
        ("source:36kr,scmp -source:x", ("36kr", "scmp"), ("x",)),
        ("source: 36kr", ("36kr",), ()),
        ("source:a OR source:b", ("a", "b"), ()),
        ('source:"never closed', ("never closed",), ()),
        ('source:"The Verge | AI, daily"', ("the verge | ai, daily",), ()),
    ],
)
def test_sources_are_kept_as_typed(text: str, sources: tuple[str, ...], no_sources: tuple[str, ...]) -> None:
    """Several are alternatives, in lists or one by one; which newsroom is meant is asked later."""
    query = asked(text)

    assert (query.sources, query.no_sources, query.free) == (sources, no_sources, "")


@pytest.mark.parametrize(
    ("text", "sources", "free"),
    [
        ("source:the verge nvidia", ("the verge",), "nvidia"),
        ("nvidia -source:The Verge", (), "nvidia"),
        ("source:south china morning post", ("south china morning post",), ""),
        ("source:scmp china nvidia", ("scmp",), "china nvidia"),
        ("source:the nvidia verge", ("the",), "nvidia verge"),
        ("source:the verge OR source:scmp", ("the verge", "scmp"), ""),
    ],
)
def test_a_source_is_the_longest_run_of_words_that_is_a_newsroom(
    text: str, sources: tuple[str, ...], free: str
) -> None:
    """A name of several words needs no quotes where there is such a newsroom; else the first word is meant."""
    known = {"the verge", "scmp", "south china morning post"}

    query = asked(text, is_newsroom=lambda name: name.lower() in known)

    assert (query.sources, query.free) == (sources, free)


@pytest.mark.parametrize(
    ("text", "names"),
    [("source:36kr x", True), ("x -来源:虎嗅", True), ("sources of chips", False), ('"source:x"', False), ("", False)],
)
def test_whether_a_query_names_newsrooms(text: str, names: bool) -> None:
    """Only then it must be known which there are."""
    assert names_newsrooms(text) is names


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("topic:chips", [Topic.CHIPS]),
        ("Topic:Chips", [Topic.CHIPS]),
        ("topics:chips,models", [Topic.CHIPS, Topic.MODELS]),
        ('topic:"Chips and manufacturing"', [Topic.CHIPS]),
        ("topic:芯片与制造", [Topic.CHIPS]),
        ("主题:芯片 主题：算力", [Topic.CHIPS, Topic.COMPUTE]),
        ("topic:出口管制", [Topic.POLICY]),
        ('topic:"export controls"', [Topic.POLICY]),
        ("topic:robot", [Topic.ROBOTS]),
        ("topic:機器人", [Topic.ROBOTS]),
        ("topic:chips topic:chips", [Topic.CHIPS]),
    ],
)
def test_topics_go_by_key_or_heading(text: str, topics: list[Topic]) -> None:
    """In either language, whole or by a word that no other heading has."""
    assert asked(text).topics == tuple(topics)


def test_a_topic_can_be_left_out() -> None:
    """With a minus, like a word."""
    query = asked("huawei -topic:capital")

    assert (query.topics, query.no_topics) == ((), (Topic.CAPITAL,))


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("x", {EN, ZH}),
        ("lang:en", {EN}),
        ("lang:zh", {ZH}),
        ("language:English", {EN}),
        ("语言：中文", {ZH}),
        ("lang:en|zh", {EN, ZH}),
        ("lang:en lang:zh", {EN, ZH}),
        ("-lang:en", {ZH}),
        ("lang:zh -lang:en", {ZH}),
    ],
)
def test_languages_are_those_named_or_all(text: str, languages: set[Language]) -> None:
    """The newsroom's language; without the operator every one may answer."""
    assert asked(text).languages == languages


@pytest.mark.parametrize(
    ("text", "entities", "free"),
    [
        ("entity:huawei", ("huawei",), ""),
        ("entity:华为 财报", ("huawei",), "财报"),
        ("entity:華為", ("huawei",), ""),
        ('entity:"SK hynix" hbm', ("sk-hynix",), "hbm"),
        ("entity:sk hynix hbm", ("sk-hynix",), "hbm"),
        ("entity:huawei cloud", ("huawei-cloud",), ""),
        ("entity:huawei cloudy", ("huawei",), "cloudy"),
        ("实体:中芯国际 entity:huawei", ("smic", "huawei"), ""),
    ],
)
def test_entities_go_by_any_name(text: str, entities: tuple[str, ...], free: str) -> None:
    """A name of several words needs no quotes where there is such a name."""
    query = asked(text)

    assert (query.entities, query.free) == (entities, free)


@pytest.mark.parametrize(
    ("text", "since", "until", "free"),
    [
        ("since:2026-06-01", datetime(2026, 5, 31, 16, tzinfo=UTC), None, ""),
        ("until:2026-06-09", None, datetime(2026, 6, 9, 16, tzinfo=UTC), ""),
        ("since:last friday huawei", datetime(2026, 6, 4, 16, tzinfo=UTC), None, "huawei"),
        ("since:上周 华为", datetime(2026, 5, 31, 16, tzinfo=UTC), None, "华为"),
        ('since:"last week" huawei', datetime(2026, 5, 31, 16, tzinfo=UTC), None, "huawei"),
        ("until:last week", None, datetime(2026, 6, 7, 16, tzinfo=UTC), ""),
        ("since:the day before yesterday x", datetime(2026, 6, 7, 16, tzinfo=UTC), None, "x"),
        ("since:june 1 2026 x", datetime(2026, 5, 31, 16, tzinfo=UTC), None, "x"),
        ('since:"june 1, 2026" x', datetime(2026, 5, 31, 16, tzinfo=UTC), None, "x"),
        ("since:june 3nm", datetime(2026, 5, 31, 16, tzinfo=UTC), None, "3nm"),
        ("自:三天前 至：昨天", datetime(2026, 6, 6, 16, tzinfo=UTC), datetime(2026, 6, 9, 16, tzinfo=UTC), ""),
        ("since: 7d chips", NOW - timedelta(days=7), None, "chips"),
        ("since:7d until:24h", NOW - timedelta(days=7), NOW - timedelta(days=1), ""),
        ("since:7d since:24h until:1h until:2h", NOW - timedelta(days=1), NOW - timedelta(hours=2), ""),
        ("since:2027-01-01", datetime(2026, 12, 31, 16, tzinfo=UTC), None, ""),
        ("since:2026-06-09 until:2026-06-09", *(datetime(2026, 6, day, 16, tzinfo=UTC) for day in (8, 9)), ""),
    ],
)
def test_dates_bound_what_was_published(text: str, since: datetime | None, until: datetime | None, free: str) -> None:
    """since: takes the beginning of what is named, until: its end; of several the narrowest holds."""
    query = asked(text)

    assert (query.since, query.until, query.free) == (since, until, free)


@pytest.mark.parametrize(
    ("text", "sort"),
    [("x", "best"), ("sort:new", "new"), ("sort:new sort:best", "best"), ("排序:新", "new"), ("sort:latest", "new")],
)
def test_the_order_is_the_best_first_or_the_newest(text: str, sort: str) -> None:
    """The last one that is named holds."""
    assert asked(text).sort == sort


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "nothing to look for: write a name or a few words, such as huawei tsmc."),
        (" \n\t\u200b", "nothing to look for"),
        ('"" - () OR |', "nothing to look for"),
        ("华" * 201, "longer than 200 characters"),
        (" ".join("abcdefghijklmnopqrstuvwxy"), "more than 24 words"),
        (" ".join(f"-{letter}" for letter in "abcdefghijklm"), "leaves out more than 12 words"),
        ("|".join("abcdefghi"), "OR joins at most 8 words"),
        ("topic:chipz", 'no topic "chipz"; write topic:chips, or one of models, compute'),
        ("topic:", "topic: needs something after it, such as topic:chips"),
        ("source:,", "source: needs something after it"),
        ("lang:fr", 'lang: takes en or zh, such as lang:zh; "fr" is neither'),
        ("huawei -lang:en -lang:zh", "-lang: leaves no language to look in; write one alone, such as lang:zh"),
        ("lang:zh -lang:zh", "leaves no language"),
        ("sort:old", 'sort: takes best or new, such as sort:new; "old" is neither'),
        ("since:foo", 'since: takes a date, such as since:2026-06-01, since:7d or since:"last friday"; "foo" is none'),
        ("until:2026-06-31", "until: takes a date"),
        ("since:2026-06-10 until:2026-06-09", "since: lies after until:"),
        ("entity:huawai", 'no name "huawai" in the list; did you mean entity:Huawei'),
        ("entity:xyzzyplugh", "no name .* write entity:huawei, or the word alone: xyzzyplugh"),
        ("-since:7d", "A minus does not go with since:"),
        ("-sort:new", "A minus does not go with sort:"),
        ("soruce:36kr", '"soruce:" is no operator; write source:36kr'),
        ("Sources：x topik:chips", '"topik:" is no operator; write topic:chips'),
        ("lagn:zh", "write lang:zh"),
        ("-enity:huawei", "write entity:huawei"),
        ("site:36kr.com", "write source:36kr.com"),
        ("before:2026-06-01", "write until:2026-06-01"),
        ("huawei OR topic:chips", "OR stands between two words, as in huawei OR smic; topic:chips cannot"),
        ("since:7d OR huawei", "since:7d cannot"),
        ("huawei OR -smic", "-smic cannot"),
        ("nvidia NOT hynix", "NOT leaves nothing out; write a minus before the word, such as -hynix"),
        ("nvidia AND NOT hynix", "such as -hynix"),
        ('nvidia NOT "sk hynix" hbm', 'such as -"sk hynix"'),
        ("nvidia NOT source:36kr", "such as -source:36kr"),
        ("nvidia OR NOT -hynix", "such as -hynix"),
        ("nvidia NOT since:7d", "such as -stock"),
        ("nvidia NOT", "such as -stock"),
    ],
)
def test_a_wrong_query_is_shown_the_right_one(text: str, sentence: str) -> None:
    """Every sentence says what to write instead, in both languages."""
    assert re.search(sentence, refusal(text))


def test_the_bounds_are_within() -> None:
    """What lies at a bound is still read."""
    assert len(asked(" ".join("abcdefghijklmnopqrstuvwx")).wanted) == 24
    assert len(asked("|".join("abcdefgh")).wanted[0]) == 8
    assert asked("华" * 200).free == "华" * 200
    assert asked(joined("华" * 199, source="The Verge", since="2026-06-01")).free == "华" * 199


@given(st.text(max_size=60) | SEEN | st.text(st.characters(categories=["Cs", "Cf", "Cc", "Zs", "Pd"]), max_size=10))
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    """Nothing that is typed breaks the reading; what is read has no unwanted word among the free ones."""
    try:
        query = asked(text)
    except InputError:
        return
    assert query.text == cleaned(query.text)
    assert query.free == cleaned(query.free)
    assert len(query.wanted) <= 24


@given(
    st.lists(st.sampled_from(["huawei", "华为", '"a phrase"', "smic OR tsmc", "source:36kr", "since:7d"]), max_size=4),
    st.sampled_from(["unwished", "不要的", '"not this"', "unwished-2"]),
    st.sampled_from("-－−"),
    st.integers(0, 4),
)
def test_an_unwanted_word_is_never_free(pieces: list[str], word: str, minus: str, at: int) -> None:
    """Wherever it stands."""
    query = asked(" ".join([*pieces[:at], minus + word, *pieces[at:]]))

    assert query.unwanted == (Said(word.strip('"'), exact=word.startswith('"')),)
    assert "not this" not in query.free
    assert not {"unwished", "unwished-2", "不要的"} & set(query.free.split())


DATES = st.dates(date(1971, 1, 1), date(2150, 12, 31))


@given(DATES, st.sampled_from(["Asia/Shanghai", "America/New_York", "Asia/Beirut", "Pacific/Apia", "UTC"]))
def test_since_and_until_partition_everything(day: date, zone: str) -> None:
    """Whatever is not until a day is since the next one."""
    after = (day + timedelta(days=1)).isoformat()

    one = parse(f"until:{day}", now=NOW, zone=ZoneInfo(zone), lexicon=LEXICON, headings=HEADINGS)
    other = parse(f"since:{after}", now=NOW, zone=ZoneInfo(zone), lexicon=LEXICON, headings=HEADINGS)

    assert one.until == other.since is not None


@pytest.mark.parametrize(
    ("text", "options", "whole"),
    [
        ("huawei", {}, "huawei"),
        ("huawei", {"lang": "zh", "sort": "new"}, "lang:zh sort:new huawei"),
        ("huawei", {"source": "The Verge", "since": "7d"}, 'source:"The Verge" since:"7d" huawei'),
        ("huawei", {"since": "2026-06-01", "until": "2026-06-09"}, "since:2026-06-01 until:2026-06-09 huawei"),
        ("sort:best huawei sort:new x", {"sort": "new"}, "sort:new huawei x"),
        ("since:last week huawei", {"since": "昨天"}, 'since:"昨天" huawei'),
        ("来源:虎嗅 -source:x", {"source": "36kr"}, "source:36kr -source:x"),
        ("huawei", {"source": 'a"b', "topic": " ", "lang": ""}, "source:ab huawei"),
        ("OR | huawei", {"topic": "chips"}, "topic:chips huawei"),
        ('"never closed', {"topic": "chips"}, 'topic:chips "never closed'),
    ],
)
def test_options_and_words_are_one_query(text: str, options: dict[str, str], whole: str) -> None:
    """An option takes the place of the same operator in the text, and the words cannot run into it."""
    assert joined(text, **options) == whole


@given(
    st.text(max_size=40) | SEEN,
    st.sampled_from(["36kr", "The Verge", "虎嗅"]),
    st.sampled_from(["chips", "大模型与产品", "AI models and products"]),
    st.sampled_from(["en", "zh"]),
    st.sampled_from(["7d", "last week", "2026-06-01", "june", "上周"]),
)
def test_what_is_joined_keeps_its_filters(text: str, source: str, topic: str, lang: str, since: str) -> None:
    """Whatever the text is, the options are read back as they were chosen."""
    whole = joined(text, source=source, topic=topic, lang=lang, since=since, sort="new")
    alone = asked(joined("", source=source, topic=topic, lang=lang, since=since, sort="new"))

    if wrong := sentence_of(whole):
        assert re.search("longer than|since: lies after|leaves no language", wrong) or sentence_of(text)
        return
    query = asked(whole)
    assert query.sources == alone.sources
    assert query.topics == alone.topics
    assert query.since == alone.since
    assert query.languages <= alone.languages
    assert query.sort == "new"
    assert joined(whole) == whole
