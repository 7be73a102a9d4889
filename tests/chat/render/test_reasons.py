from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import asks
from bot.chat.render import reasons as look
from bot.correction import Act, Correction
from bot.model import CATALOGUE, Article, Kind, Language, Newsroom, Topic
from bot.stories.rank import Score
from bot.stories.reasons import Kept, Outside, Pair, Reason, Why
from bot.stories.topics import Verdict
from tests.chat.looks import EN, ZH, buttons_of, payload, text_of, too_much
from tests.fakes import ITHOME, REUTERS, article, story
from tests.stories.corrected import correction, merged

TOPICS: Mapping[Language, Mapping[str, str]] = {
    EN: {topic.value: topic.value.capitalize() for topic in Topic},
    ZH: dict.fromkeys(Topic, "芯片"),
}
SCORE = Score(
    corroboration=1.585, both_presses=1, china=1.5, freshness=0.944, source=0.5, topic=0.3, translated=0, noise=0
)
ON_TOPIC = Verdict(topic=Topic.CHIPS, relevant=True, score=2.31, reasons=("chip", "Huawei"), parts=(("base", 2.31),))
OFF_TOPIC = Verdict(topic=None, relevant=False, score=-1.5, reasons=("-laptop",), parts=(("base", -1.5),))
ONE = asks.Reasons(story="s1")

ASCEND = article("a", "Huawei ships a new Ascend chip")
SHENGTENG = article("b", "华为发布新一代昇腾芯片", newsroom=ITHOME)
OTHER = article("c", "Huawei opens a store", newsroom=REUTERS)
PARTS = (("names", 2.256), ("meaning", 1.503), ("meaning, close", 0.5), ("days apart", 0.339))


def pair(other: Article, *, offset: float = -3.0) -> Pair:
    return Pair(other=other, offset=offset, parts=PARTS)


def of(article: Article, **said: Any) -> Reason:
    return Reason(**{"article": article, "verdict": ON_TOPIC, "inside": None, "outside": None} | said)


def why(*reasons: Reason, corrections: tuple[Correction, ...] = ()) -> Why:
    told = story(*(reason.article for reason in reasons))
    return Why(story=told, threshold=0.25, reasons=reasons, corrections=corrections)


def said(found: Why, reader: Language = EN, page: int = 1) -> str:
    return text_of(sent(found, reader, page))


def sent(found: Why, reader: Language = EN, page: int = 1, title: str = "A *new* chip") -> list[dict[str, Any]]:
    ask = asks.Reasons(story="s1", page=page)
    return payload(look.reasons(found, title, SCORE, ask, TOPICS[reader], reader))


KEPT_OUT = Outside(pair=pair(OTHER, offset=-4.5), story_id="s2", whole=-0.5, kept=Kept.AS_A_WHOLE)
TOLD = why(
    of(ASCEND, inside=pair(SHENGTENG), outside=KEPT_OUT),
    of(SHENGTENG, inside=pair(ASCEND, offset=0.5), bound=True, verdict=OFF_TOPIC),
    corrections=(merged(1, ["a"], ["b"], ids=("s1", "s3")),),
)


def test_an_english_reader_is_told_why() -> None:
    """Rank, corrections, and for each article what holds it, what was kept out and what it is about."""
    assert said(TOLD).splitlines() == [
        "## Why this is here",
        "**A ∗new∗ chip**",
        "-# This server’s moderators joined two stories into this one, <t:1780920000:d>.",
        "### Its rank: 5.829",
        (
            "independent newsrooms +1.585 · both presses +1.000 · concerns China +1.500 · fresh +0.944"
            " · kind of source +0.500 · topic +0.300"
        ),
        "-# That is the sum of these. Stories with more come first.",
        "### Why these articles are one story",
        (
            "-# Likeness is the logarithm of the odds that two articles report one event, from -4 to 4."
            " Two stories are one from 0.25 on."
        ),
        "**[Huawei ships a new Ascend chip](https://example.com/a) SCMP**",
        "Here with [华为发布新一代昇腾芯片](https://example.com/b) ITHome: likeness **1.60** (83%)",
        "-# names +2.26 · meaning +2.00 · time between +0.34 · where any pair starts -3.00 = 1.60",
        (
            "Not with [Huawei opens a store](https://example.com/c) Reuters: likeness 0.10 (52%)"
            " · the two stories as a whole are not alike enough: -0.50 · story s2"
        ),
        "-# names +2.26 · meaning +2.00 · time between +0.34 · where any pair starts -4.50 = 0.10",
        "-# Topic: Chips, on topic at 2.310, for: chip, Huawei",
        "**[华为发布新一代昇腾芯片](https://example.com/b) ITHome**",
        "Held here by a moderator’s correction.",
        "Here with [Huawei ships a new Ascend chip](https://example.com/a) SCMP: likeness **4.00** (98%)",
        "-# names +2.26 · meaning +2.00 · time between +0.34 · where any pair starts +0.50 = 5.10, counted as 4.00",
        "-# Topic: none, off topic at -1.500, kept since its whole feed is on topic, for: -laptop",
        "-# Story s1",
    ]


def test_a_chinese_reader_is_told_why() -> None:
    """The same numbers in the reader's language."""
    assert said(TOLD, ZH).splitlines() == [
        "## 为何入选",
        "**A ∗new∗ chip**",
        "-# 本服务器管理员于 <t:1780920000:d> 把两个事件合为这一个。",
        "### 排序得分：5.829",
        "独立媒体 +1.585 · 中外媒体都有 +1.000 · 与中国有关 +1.500 · 时效 +0.944 · 来源类型 +0.500 · 主题 +0.300",
        "-# 得分为以上各项之和，得分高的排在前面。",
        "### 这些报道为何归为一个事件",
        "-# 相似度为两篇报道属于同一事件的对数几率，介于 -4 与 4 之间；两个事件的相似度达到 0.25 即合为一个。",
        "**[Huawei ships a new Ascend chip](https://example.com/a) SCMP**",
        "与其同列：[华为发布新一代昇腾芯片](https://example.com/b) ITHome，相似度 **1.60**（83%）",
        "-# 名称 +2.26 · 语义 +2.00 · 时间间隔 +0.34 · 起点 -3.00 = 1.60",
        (
            "未与其同列：[Huawei opens a store](https://example.com/c) Reuters，相似度 0.10（52%）"
            " · 两个事件整体不够相似：-0.50 · 事件 s2"
        ),
        "-# 名称 +2.26 · 语义 +2.00 · 时间间隔 +0.34 · 起点 -4.50 = 0.10",
        "-# 主题：芯片，切题度 2.310，依据：chip、Huawei",
        "**[华为发布新一代昇腾芯片](https://example.com/b) ITHome**",
        "由管理员的更正固定在此。",
        "与其同列：[Huawei ships a new Ascend chip](https://example.com/a) SCMP，相似度 **4.00**（98%）",
        "-# 名称 +2.26 · 语义 +2.00 · 时间间隔 +0.34 · 起点 +0.50 = 5.10，计为 4.00",
        "-# 主题：无，切题度 -1.500，因整个源都切题而保留，依据：-laptop",
        "-# 事件 s1",
    ]


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        (of(ASCEND), "This story has no other article that is like it."),
        (of(ASCEND, measured=False), "It was grouped with another encoder, so likeness is not known."),
        (of(ASCEND, bound=True), "Held here by a moderator’s correction."),
        (of(ASCEND, verdict=OFF_TOPIC), "-# Topic: none, off topic at -1.500, kept since its whole feed is on topic"),
        (of(article("a", relevant=False), verdict=OFF_TOPIC), "-# Topic: none, off topic at -1.500, for: -laptop"),
        (
            of(article("a", original_id="b")),
            "**[SMIC raises prices of its mature nodes](https://example.com/a) SCMP** (a",
        ),
    ],
)
def test_what_is_to_be_said_of_an_article(reason: Reason, line: str) -> None:
    """Each thing in a line of its own."""
    assert any(each.startswith(line) for each in said(why(reason)).splitlines())


def test_who_corrected_is_told_by_role_alone() -> None:
    """The operator's and the server's, the last ones where there are many."""
    acts = [Act.KEEP_ON_TOP, Act.SPLIT, Act.RETITLE, Act.MERGE, Act.RETITLE, Act.KEEP_ON_TOP]
    made = tuple(
        correction(number, act, "s1", scope=CATALOGUE if number == 2 else "77") for number, act in enumerate(acts)
    )

    told = said(why(of(ASCEND), corrections=made))

    assert [line.partition(",")[0] for line in told.splitlines()[2:8]] == [
        "-# This server’s moderators took this and another story apart",
        "-# Whoever runs this bot gave it its title",
        "-# This server’s moderators joined two stories into this one",
        "-# This server’s moderators gave it its title",
        "-# This server’s moderators put it on top",
        "-# Corrections made before these: 1",
    ]
    assert "ada" not in told


def test_a_hidden_story_says_who_hid_it_and_nothing_else() -> None:
    """Its headline is what was to be hidden."""
    found = Why(
        story=story(ASCEND),
        threshold=0.25,
        reasons=(of(ASCEND),),
        corrections=(correction(1, Act.RETITLE, "s1", title="x"), correction(2, Act.HIDE, "s1", scope="77")),
        hidden=True,
    )

    told = text_of(payload(look.hidden(found, EN)))

    assert told == (
        "This server’s moderators hid this story, <t:1780920000:d>.\nIt is shown nowhere here until that is undone."
    )


def test_a_long_story_is_told_in_pages() -> None:
    """Four articles each, with the way to the pages around and to the story."""
    found = why(*(of(article(f"a{number}", f"Article {number}")) for number in range(9)))

    pages = [said(found, page=page) for page in (1, 2, 3)]

    assert [[f"Article {number}]" in page for number in range(9)].index(True) for page in pages] == [0, 4, 8]
    assert [page.count("](https://") for page in pages] == [4, 4, 1]
    assert "-# Page 2 of 3" in pages[1]
    assert said(found, page=99) == pages[2]
    assert buttons_of(sent(found, page=2)) == {
        "Back": "show:why/s1/1",
        "Next": "show:why/s1/3",
        "To the story": "show:story/s1/1",
    }


letters = st.sampled_from("芯片价上调😀👩🏽aZ [](*_~|`<@#>\n\u202e")
titles = st.one_of(st.text(letters, min_size=1, max_size=260), st.just("芯" * 300), st.just("[" * 200))
links = st.sampled_from(["https://e.com/a", "https://e.com/" + "x" * 300, "https://e.com/" + "芯" * 330, "no link"])
rooms = st.builds(
    Newsroom,
    name=st.sampled_from(["SCMP", "南华早报" * 30, "@everyone", "x" * 200]),
    language=st.sampled_from(Language),
    kind=st.sampled_from(Kind),
)
articles = st.builds(article, st.just("a1"), titles, link=links, newsroom=rooms)
kinds = [
    "meaning",
    "words",
    "names",
    "amounts",
    "days apart",
    "same newsroom",
    "both press",
    "actions",
    "round-up",
    "?",
]
pairs = st.builds(
    Pair,
    other=articles,
    offset=st.floats(-9, 9),
    parts=st.lists(st.floats(-9, 9), min_size=10, max_size=10).map(lambda found: tuple(zip(kinds, found, strict=True))),
)
outsides = st.builds(
    Outside, pair=pairs, story_id=st.just("x" * 32), whole=st.floats(-4, 4), kept=st.sampled_from(Kept)
)
verdicts = st.builds(
    Verdict,
    topic=st.none() | st.sampled_from(Topic),
    relevant=st.booleans(),
    score=st.floats(-20, 20),
    reasons=st.lists(titles, max_size=30).map(tuple),
    parts=st.just(()),
)
told_reasons = st.builds(
    Reason,
    article=articles,
    verdict=verdicts,
    inside=st.none() | pairs,
    outside=st.none() | outsides,
    bound=st.booleans(),
    measured=st.booleans(),
)
acts = st.sampled_from(Act).map(lambda act: correction(1, act, "s1", scope="77"))


@settings(max_examples=50)
@given(
    st.lists(told_reasons, min_size=1, max_size=9),
    st.lists(acts, max_size=9),
    titles,
    st.sampled_from(Language),
    st.integers(-1, 9),
)
def test_a_page_fits_whatever_it_tells(
    found: list[Reason], made: list[Correction], title: str, reader: Language, page: int
) -> None:
    """Every page of every explanation is a message that Discord takes."""
    assert too_much(sent(why(*found, corrections=tuple(made)), reader, page, title)) == []


def test_the_fullest_page_fits() -> None:
    """Four articles with all there is to tell, with the longest names and links."""
    long = article(
        "a",
        "芯" * 300,
        link="https://e.com/" + "x" * 200,
        newsroom=Newsroom(name="南华早报" * 30, language=ZH, kind=Kind.PRESS),
    )
    both = Pair(other=long, offset=-9.0, parts=tuple((kind, 1.234) for kind in kinds))
    out = Outside(pair=both, story_id="x" * 32, whole=-0.5, kept=Kept.NOTHING)
    verdict = Verdict(topic=None, relevant=False, score=-1.5, reasons=("芯" * 90,) * 9, parts=())
    made = tuple(correction(number, Act.SPLIT, "s1", scope="77") for number in range(9))

    for reader in Language:
        full = why(*(of(long, inside=both, outside=out, bound=True, verdict=verdict),) * 8, corrections=made)

        assert too_much(sent(full, reader, 1, "芯" * 300)) == []


def test_what_is_shown_adds_up() -> None:
    """The numbers of the rank are its total, to the last decimal."""
    line = said(TOLD).splitlines()[4]
    shown = [part.rsplit(" ", 1)[1] for part in line.split(" · ")]

    assert f"{sum(map(float, shown)):.3f}" == "5.829" == f"{SCORE.total:.3f}"
