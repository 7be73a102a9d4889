from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import asks
from bot.chat.render import stories as look
from bot.model import Article, Kind, Language, Newsroom, Story
from bot.stories.rank import Score
from tests.chat.looks import EN, ZH, buttons_of, headline, items, options_of, payload, telling, text_of, too_much
from tests.fakes import NOW, REUTERS, SCMP, TECHMEME, article, story

SCORE = Score(
    corroboration=1.1, both_presses=0.5, china=0.25, freshness=0.9, source=0.5, topic=0.3, translated=0, noise=-1
)
WHY = (
    "-# Why it ranks here: independent newsrooms +1.10 · both presses +0.50 · concerns China +0.25 · fresh +0.90"
    " · kind of source +0.50 · topic +0.30 · round-up, stock tip or price talk -1.00"
)
ONE = asks.OneStory(story="s1")
HOURS = asks.HoursList(start=29680560, end=29682000)

letters = st.sampled_from("芯片价上调😀👩🏽aZ [](*_~|`<@#>\n\u202e")
titles = st.one_of(st.text(letters, min_size=1, max_size=260), st.just("芯" * 300), st.just("[" * 200))
links = st.sampled_from(["https://e.com/a", "https://e.com/" + "x" * 100, "https://e.com/" + "芯" * 330, "no link"])
rooms = st.builds(
    Newsroom,
    name=st.sampled_from(["SCMP", "36氪", "南华早报" * 30, "@everyone", "x" * 200]),
    language=st.sampled_from(Language),
    kind=st.sampled_from(Kind),
)
articles = st.builds(
    article,
    st.just("a1"),
    titles,
    link=links,
    newsroom=rooms,
    title_language=st.sampled_from(Language),
    original_id=st.none() | st.just("a0"),
)
told_stories = st.lists(articles, min_size=1, max_size=30).map(lambda found: story(*found, id="x" * 32))


@settings(max_examples=50)
@given(told_stories, st.sampled_from(Language), st.integers(-1, 9), st.booleans())
def test_a_card_fits_whatever_it_tells(one: Story, reader: Language, page: int, public: bool) -> None:
    """Every page of every story's card is a message that Discord takes."""
    ask = asks.OneStory(story=one.id, page=page)

    sent = payload(look.card(one, one.articles[0].title, SCORE, ask, reader, public=public))

    assert too_much(sent) == []


headlines = st.builds(
    headline,
    titles,
    link=links,
    newsroom=rooms.map(lambda room: room.name),
    translated=st.booleans(),
    gloss=st.none() | titles,
)


@settings(max_examples=50)
@given(
    st.lists(st.tuples(headlines, st.none() | headlines, st.lists(rooms, max_size=40)), max_size=20),
    st.sampled_from(Language),
    st.integers(-1, 4),
)
def test_a_list_fits_whatever_it_lists(
    found: list[tuple[Any, Any, list[Newsroom]]], reader: Language, page: int
) -> None:
    """Every page of every list is a message that Discord takes."""
    told = [
        replace(
            items(
                telling(f"{number:032}", shown, beside=shown, newsrooms=((EN, tuple(n.name for n in names)), (ZH, ())))
            )[0],
            number=number,
            new=new,
        )
        for number, (shown, new, names) in enumerate(found, start=1)
    ]

    sent = payload(look.listed("Every story", told, reader, replace(HOURS, page=page)))

    assert too_much(sent) == []


def test_the_fullest_list_fits() -> None:
    """Eight updates with long headlines, long links and many newsrooms are one message."""
    long = headline("芯" * 200, link="https://e.com/" + "x" * 105, newsroom="南华早报" * 20, translated=True)
    names = tuple(f"Newsroom {number}" for number in range(40))
    told = items(
        *(telling(f"{number:032}", long, newsrooms=((EN, names), (ZH, names))) for number in range(8)), new=long
    )

    sent = payload(look.listed("Every story since 8 June 08:00", told, EN, HOURS))

    assert too_much(sent) == []
    assert len(options_of(sent)) == 8


@pytest.mark.parametrize(("count", "a_page", "pages"), [(0, 5, 1), (1, 5, 1), (5, 5, 1), (6, 5, 2), (25, 5, 5)])
def test_pages_are_counted_from_one(count: int, a_page: int, pages: int) -> None:
    """Nothing is a page too, so that there is always something to show."""
    assert look.pages(count, a_page) == pages


def card_of(*found: Article, reader: Language = EN) -> str:
    return text_of(payload(look.card(story(*found), found[0].title, SCORE, ONE, reader, public=False)))


def test_a_card_shows_every_source_and_why_it_ranks() -> None:
    """Who reports it from when to when, each article with its time, and the numbers behind its place."""
    later = NOW + timedelta(hours=2)

    text = card_of(
        article("a1", "SMIC raises prices"),
        article("a2", "SMIC up", newsroom=REUTERS, published=later, original_id="a1"),
    )

    assert text.splitlines() == [
        "## SMIC raises prices",
        "2 articles: SCMP",
        "-# <t:1780920000:f> – <t:1780927200:f>",
        "<t:1780920000:f> [SMIC raises prices](https://example.com/a1) SCMP",
        "<t:1780927200:f> [SMIC up](https://example.com/a2) Reuters (a copy)",
        WHY,
        "-# Story s1",
    ]


def test_a_title_that_a_machine_translated_says_so() -> None:
    """A Chinese title of an English newsroom is not the newsroom's own."""
    text = card_of(article("a1", "中芯国际上调价格", newsroom=SCMP), reader=ZH)

    assert "[中芯国际上调价格](https://example.com/a1) SCMP （标题由聚合源译出）" in text


def test_a_card_without_press_names_nobody() -> None:
    """An aggregator confirms nothing; its article is listed all the same."""
    assert card_of(article("a1", "SMIC raises prices", newsroom=TECHMEME)).splitlines()[1:3] == [
        "1 article",
        "-# <t:1780920000:f>",
    ]


def test_a_list_without_stories_says_so() -> None:
    """Hours in which nothing happened are a sentence."""
    sent = payload(look.listed("Every story since 8 June", [], EN, HOURS))

    assert text_of(sent).endswith("There is no story for that. Another day or topic may have some.")
    assert (buttons_of(sent), options_of(sent)) == ({}, {})
