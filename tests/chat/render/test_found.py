from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import asks
from bot.chat.render import found as look
from bot.model import Answer, Hit, Language, Story
from bot.stories.tell import tell_found
from tests.chat.looks import EN, ZH, buttons_of, options_of, payload, text_of, too_much
from tests.chat.render.test_stories import titles, told_stories
from tests.fakes import ITHOME, NOW, REUTERS, article, story

FOUND = asks.Found(question="0123456789ab")
NAMED = {"huawei": {EN: "Huawei", ZH: "华为"}, "tsmc": {EN: "TSMC", ZH: "台积电"}}
SPELT = {"huawei": ("Huawei", "华为", "華為"), "tsmc": ("TSMC", "台积电", "台積電")}


def hits(count: int, **said: object) -> tuple[Hit, ...]:
    return tuple(
        Hit(
            story=story(article(f"a{number}", f"Story {number}"), id=f"s{number}"),
            title=f"Story {number}",
            score=1,
            **said,
        )  # type: ignore[arg-type]
        for number in range(1, count + 1)
    )


def shown(answer: Answer, reader: Language = EN, *, page: int = 1, public: bool = False) -> list[dict[str, object]]:
    told = {
        hit.story.id: tell_found(hit.story, reader, gloss=lambda title, _: f"words of {title}") for hit in answer.hits
    }
    offered = {text: f"{number:012}" for number, text in enumerate(look.offered_texts(answer))}
    ask = replace(FOUND, page=page)
    return payload(look.found(answer, told, ask, offered, reader, zone=UTC, public=public))


PAIR = Answer(
    query="huawei tsmc",
    named=NAMED,
    spelt=SPELT,
    begins=NOW,
    alone={"huawei": "Huawei", "tsmc": "TSMC"},
    hits=tuple(
        replace(hit, tier=tier, names=(name,))
        for hit, tier, name in zip(
            hits(9),
            ["near", *["alone"] * 8],
            ["huawei", *["huawei"] * 4, *["tsmc"] * 4],
            strict=True,
        )
    ),
)


@settings(max_examples=50)
@given(
    st.lists(st.tuples(told_stories, st.sampled_from(["all", "near", "alone", "other"])), max_size=12),
    titles,
    st.sampled_from(Language),
    st.integers(-1, 4),
)
def test_results_fit_whatever_was_found(
    found: Sequence[tuple[Story, str]], query: str, reader: Language, page: int
) -> None:
    """Every page of every answer is a message that Discord takes."""
    order = ("all", "near", "alone", "other")
    made = [
        Hit(story=replace(one, id=f"{number:032}"), title=one.articles[0].title, score=1, tier=tier, names=("huawei",))
        for number, (one, tier) in enumerate(sorted(found, key=lambda each: order.index(each[1])))
    ]
    answer = replace(PAIR, query=query, hits=tuple(made), near=("Cambricon",) * (not made), wider="x" * (not made))

    assert too_much(shown(answer, reader, page=page)) == []


@pytest.mark.parametrize(
    ("page", "numbers", "turns"),
    [
        (1, [1, 2, 3, 4, 5], {"Next": "show:found/0123456789ab/2"}),
        (2, [6, 7, 8, 9, 10], {"Back": "show:found/0123456789ab/1", "Next": "show:found/0123456789ab/3"}),
        (3, [11, 12], {"Back": "show:found/0123456789ab/2"}),
        (0, [1, 2, 3, 4, 5], {"Next": "show:found/0123456789ab/2"}),
        (99, [11, 12], {"Back": "show:found/0123456789ab/2"}),
    ],
)
def test_results_are_turned_page_by_page(page: int, numbers: list[int], turns: dict[str, str]) -> None:
    """Each page knows those before and after it; a page that is not there is the nearest that is."""
    sent = shown(Answer(query="smic", hits=hits(12, tier="all")), page=page, public=True)

    assert list(options_of(sent)) == [f"{number} · Story {number}" for number in numbers]
    assert buttons_of(sent) == turns
    assert f"-# Page {min(max(page, 1), 3)} of 3" in text_of(sent)


def test_names_that_no_story_has_together_stand_apart() -> None:
    """First the closest in meaning, then each alone under its name, three of each; a button has all of one."""
    sent = shown(PAIR)

    assert text_of(sent).startswith(
        "## huawei tsmc\nNo headline here since 8 June names both. First the closest in meaning, then each alone.\n"
        "-# Huawei = 华为, 華為 · TSMC = 台积电, 台積電\n**1 · [Story 1](https://example.com/a1)** SCMP\n"
        "-# <t:1780920000:D> · names Huawei; the rest by meaning\n### Huawei\n**2 · [Story 2]"
    )
    assert "### TSMC\n**5 · [Story 6]" in text_of(sent)
    assert len(options_of(sent)) == 7
    assert buttons_of(sent) == {
        "Tell me when there is more": "watch:0123456789ab",
        "Only Huawei": "show:found/000000000000/1",
        "Only TSMC": "show:found/000000000001/1",
        "Post in this channel": "post:found/0123456789ab/1",
    }


def test_names_stand_apart_for_a_reader_of_chinese() -> None:
    """The same, by the names a reader of Chinese knows."""
    text = text_of(shown(PAIR, ZH))

    assert text.splitlines()[1:3] == [
        "6 月 8 日以来没有同时提到华为和台积电的报道。先列意思最接近的，再列只提到其一的。",
        "-# 华为 = Huawei · 台积电 = TSMC",
    ]
    assert "\n### 台积电\n" in text
    assert "提到华为；其余意思相近" in text
    assert list(buttons_of(shown(PAIR, ZH))) == ["有新报道时提醒我", "只看华为", "只看台积电", "发到本频道"]


def test_words_that_no_story_of_the_name_says() -> None:
    """It is said which words are missing, and that the closest come first."""
    micron = {"micron": {EN: "Micron", ZH: "美光"}}
    answer = Answer(
        query="美光 财报",
        named=micron,
        spelt={"micron": ("Micron", "MU", "美光")},
        words=("财报",),
        unsaid="财报",
        begins=NOW,
        hits=hits(1, tier="all", names=("micron",)),
    )

    assert text_of(shown(answer, ZH)).splitlines()[1:3] == [
        "6 月 8 日以来没有“美光财报”的报道。下面是提到美光、意思最接近“财报”的几条。",
        "-# 美光 = Micron, MU",
    ]
    assert "No headline here since 8 June names Micron with “财报”." in text_of(shown(answer))


def test_a_result_shows_both_presses() -> None:
    """The best match first, whichever language it is in; it needs no gloss where the other one can be read."""
    one = story(article("a1", "华为发布新芯片", newsroom=ITHOME), article("a3", "Huawei ships", newsroom=REUTERS))
    answer = Answer(query="x", hits=(Hit(story=one, title="华为发布新芯片", score=1, tier="all"),))

    assert text_of(shown(answer)).splitlines()[1:] == [
        "**1 · [华为发布新芯片](https://example.com/a1)** ITHome",
        "[Huawei ships](https://example.com/a3) Reuters",
        "-# <t:1780920000:D> · 2 newsrooms: 1 English, 1 Chinese",
    ]
    assert "\n外媒：[Huawei ships](https://example.com/a3) Reuters\n" in text_of(shown(answer, ZH))


def test_a_headline_that_cannot_be_read_has_its_gloss() -> None:
    """Where no press of the reader's tells it."""
    one = story(article("a1", "华为发布新芯片", newsroom=ITHOME))
    answer = Answer(query="x", hits=(Hit(story=one, title="华为发布新芯片", score=1, tier="all"),))

    assert "**1 · ≈ words of 华为发布新芯片**\n[华为发布新芯片](https://example.com/a1) ITHome" in text_of(
        shown(answer)
    )
    assert "≈" not in text_of(shown(answer, ZH))


def test_nothing_found_says_what_was_tried_and_what_is_near() -> None:
    """With names like what was typed, and the question without its limits, as buttons."""
    answer = Answer(query="cambrican since:7d", words=("cambrican",), near=("Cambricon",), wider="cambrican", since=NOW)
    sent = shown(answer)

    assert text_of(sent) == (
        "## cambrican since:7d\nNothing here answers that.\n"
        "-# from 8 June · “cambrican” · in both languages, by words and by meaning\nNames like it:"
    )
    assert list(buttons_of(sent)) == ["Tell me when there is more", "Without the limits", "Cambricon"]
    assert "-# “gizmo” · 中英文、字词和意思都搜过" in text_of(shown(Answer(query="gizmo", words=("gizmo",)), ZH))


@pytest.mark.parametrize(
    ("since", "until", "english", "chinese"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), None, "from 1 January", "1 月 1 日起"),
        (datetime(2020, 1, 1, tzinfo=UTC), None, "from 1 January 2020", "2020 年 1 月 1 日起"),
        (None, datetime(2025, 1, 2, tzinfo=UTC), "until 1 January 2025", "至 2025 年 1 月 1 日"),
        (None, datetime(2026, 1, 1, tzinfo=UTC), "until 31 December 2025", "至 2025 年 12 月 31 日"),
        (
            datetime(2025, 12, 1, tzinfo=UTC),
            datetime(2026, 2, 1, tzinfo=UTC),
            "from 1 December 2025 · until 31 January",
            "2025 年 12 月 1 日起 · 至 1 月 31 日",
        ),
    ],
)
def test_a_date_of_another_year_has_its_year(
    since: datetime | None, until: datetime | None, english: str, chinese: str
) -> None:
    """Another than that in which it is asked."""
    answer = Answer(query="x", hits=tuple(hits(1, tier="all")), since=since, until=until, asked_at=NOW)

    assert f"\n-# {english}\n" in text_of(shown(answer))
    assert f"\n-# {chinese}\n" in text_of(shown(answer, ZH))


@pytest.mark.parametrize(
    ("answer", "advised", "english", "chinese"),
    [
        (Answer(query="gizmo", words=("gizmo",)), False, "“gizmo” · in both", "“gizmo” · 中英文"),
        (Answer(query="a gizmo", words=("a", "gizmo")), True, "“a” · “gizmo” · in both", "“a” · “gizmo” · 中英文"),
        (
            Answer(query='gizmo "a b" -stock', words=("gizmo",), phrases=("a b",), operators=("-stock",)),
            True,
            "“gizmo” · “a b” · -stock · in both",
            "“gizmo” · “a b” · -stock · 中英文",
        ),
        (
            Answer(
                query="topic:policy lang:zh",
                operators=("topic:policy", "lang:zh"),
                languages=frozenset({ZH}),
            ),
            False,
            "-# topic:policy · lang:zh · by words and by meaning",
            "-# topic:policy · lang:zh · 字词和意思都搜过",
        ),
    ],
    ids=lambda value: value.query if isinstance(value, Answer) else "",
)
def test_nothing_found_tells_all_that_was_asked(answer: Answer, advised: bool, english: str, chinese: str) -> None:
    """Phrases, and minus words and operators as they were typed; who asked one thing is not told to ask less."""
    told, told_zh = text_of(shown(answer)), text_of(shown(answer, ZH))

    assert english in told
    assert chinese in told_zh
    assert ("fewer words" in told, "减少几个词" in told_zh) == (advised, advised)


@pytest.mark.parametrize(
    ("newsrooms", "english", "chinese"),
    [
        (("36Kr",), "only in 36Kr", "只搜了36Kr"),
        (("36Kr", "Caixin"), "only in 36Kr, Caixin", "只搜了36Kr、Caixin"),
        (
            ("36Kr", "Caixin", "ITHome", "SCMP"),
            "only in 36Kr, Caixin, ITHome and others",
            "只搜了36Kr、Caixin、ITHome等",
        ),
    ],
)
def test_nothing_found_says_which_newsrooms_were_asked(newsrooms: tuple[str, ...], english: str, chinese: str) -> None:
    """It may be that which left nothing."""
    answer = Answer(query="source:36kr gizmo", words=("gizmo",), newsrooms=newsrooms)

    assert f"“gizmo” · {english} · in both languages" in text_of(shown(answer))
    assert f"“gizmo” · {chinese} · 中英文" in text_of(shown(answer, ZH))
