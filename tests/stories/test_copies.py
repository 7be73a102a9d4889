from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.model import Kind, Language, Newsroom
from bot.stories.copies import Credits, Print, bare, copied, originals, printed, same_print
from bot.text import language_of
from tests import bundled
from tests.fakes import ITHOME, KR36, NOW, REUTERS, SCMP

HOUR = timedelta(hours=1)
COMPANY = Newsroom(name="Acme", language=Language.EN, kind=Kind.COMPANY)
FORUM = Newsroom(name="Forum", language=Language.EN, kind=Kind.COMMUNITY)

WAFERS = "Smaller foundries raise wafer prices by a tenth as mature nodes sell out in Asia"


@pytest.fixture(scope="module")
def credits() -> Credits:  # noqa: A001  # what it is
    return Credits(bundled.newsrooms().named)


def told(number: int, title: str = WAFERS, newsroom: Newsroom = SCMP, *, hours: float = 0) -> Print:
    """An article some hours after NOW."""
    return printed(
        number=number, title=title, newsroom=newsroom, language=language_of(title), published_at=NOW + hours * HOUR
    )


@pytest.mark.parametrize(
    ("title", "summary", "newsroom"),
    [
        ("Foundry plans a second fab (via Reuters)", "", "Reuters"),
        ("Foundry plans a second fab - Reuters", "", "Reuters"),
        ("Foundry plans a second fab | Financial Times", "", "Financial Times"),
        ("Foundry plans a second fab (A. Writer/Bloomberg)", "", "Bloomberg"),
        ("WSJ: Foundry plans a second fab", "", "Wall Street Journal"),
        ("Foundry plans a second fab", "TAIPEI, March 3 (Reuters) - A foundry plans a fab.", "Reuters"),
        ("Foundry plans a second fab, according to the Financial Times", "", "Financial Times"),
        ("Foundry plans a second fab, Bloomberg reports", "", "Bloomberg"),
        ("Foundry plans a second fab", "The plan is old, Bloomberg reported on Tuesday.", "Bloomberg"),
        ("据路透社报道，某晶圆厂将扩产", "", "Reuters"),
        ("据《金融时报》报道，某晶圆厂将扩产", "", "Financial Times"),
        ("彭博社報道稱，某晶圓廠將擴產", "", "Bloomberg"),
        ("彭博：某晶圆厂将扩产", "", "Bloomberg"),
        ("某晶圆厂将扩产", "3月3日消息，据彭博社当地时间3月2日报道，某晶圆厂将扩产。", "Bloomberg"),
        ("某晶圆厂将扩产（来源：路透社）", "", "Reuters"),
        ("某晶圆厂将扩产", "转自：财新网", "Caixin"),
    ],
)
def test_a_text_credits_a_newsroom(credits: Credits, title: str, summary: str, newsroom: str) -> None:  # noqa: A002
    """A reprint names whom it prints, and a citation whose reporting it repeats, in both languages."""
    assert credits.credited(title, summary) == newsroom


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("消息称某晶圆厂将扩产", "据知情人士透露，计划已定。"),
        ("Sources: foundry plans a second fab", "According to people familiar with the matter, it is late."),
        ("据悉，某晶圆厂将扩产", "据报道，工期两年。"),
        ("Reuters sues a chip startup over its archive", ""),
        ("路透社起诉一家芯片公司", ""),
        ("Analysts of Bloomberg Intelligence expect more", "according to Bloomberg Intelligence analysts"),
        ("Robots charged via wired pads", ""),
        ("Nvidia: new chips are coming", ""),
        ("Foundry plans a second fab - a quarter early", ""),
        ("Foundry plans a second fab (via Nobody Weekly)", ""),
        ("", ""),
    ],
)
def test_what_credits_nobody(credits: Credits, title: str, summary: str) -> None:  # noqa: A002
    """Unnamed sources, unknown papers, companies and newsrooms that are merely spoken of are not credited."""
    assert credits.credited(title, summary) is None


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Foundry plans a fab - South China Morning Post", "foundry plans a fab"),
        ("Foundry plans a fab | Site", "foundry plans a fab"),
        ("【早安】某晶圆厂扩产 - 某某网", "某晶圆厂扩产"),
        ("某晶圆厂扩产_新浪科技", "某晶圆厂扩产"),
        ("某晶圆厂扩产（路透）", "某晶圆厂扩产"),
        ("新一代 Ling-VLA 开源", "新一代 ling-vla 开源"),
        ("The fear of lock-in", "the fear of lock-in"),
        ("(x)", ""),
    ],
)
def test_a_title_without_what_a_site_adds(title: str, expected: str) -> None:
    """Names of sites and brackets around a headline are not its words; hyphens inside it are."""
    assert bare(title) == expected


@pytest.mark.parametrize(
    ("one", "other", "cosine", "same"),
    [
        (told(1), told(2, newsroom=REUTERS), None, True),
        (told(1), told(2, f"{WAFERS} - Some Site", REUTERS), None, True),
        (told(1), told(2, newsroom=REUTERS, hours=49), None, False),
        (told(1), told(2, "Smaller foundries sell out", REUTERS), None, False),
        (told(1, f"{WAFERS} in Q1 of 2026"), told(2, f"{WAFERS} in Q2 of 2026", REUTERS), None, False),
        (told(1, "某晶圆厂宣布扩产先进制程"), told(2, "某晶圆厂宣布扩产先进制程！_快讯", KR36), None, True),
        (told(1, WAFERS), told(2, WAFERS.removesuffix(" in Asia")), None, True),
        (told(1, WAFERS), told(2, WAFERS.removesuffix(" in Asia").removesuffix(" sell out"), REUTERS), None, False),
        (told(1, "某晶圆厂扩产", REUTERS), told(2, "Foundry adds capacity", REUTERS), 0.9, True),
        (told(1, "某晶圆厂扩产", REUTERS), told(2, "Foundry adds capacity", REUTERS), 0.5, False),
        (told(1, "某晶圆厂扩产", REUTERS), told(2, "Foundry adds capacity", REUTERS), None, False),
        (told(1, "某晶圆厂扩产", ITHOME), told(2, "Foundry adds capacity", REUTERS), 0.99, False),
        (told(1, "早报"), told(2, "晚报", KR36), None, False),
        (told(1, ""), told(2, ""), None, False),
    ],
)  # fmt: skip
def test_what_is_printed_again(one: Print, other: Print, cosine: float | None, *, same: bool) -> None:
    """The same words within two days, other numbers never; one newsroom's article found twice may differ more."""
    assert (same_print(one, other, cosine), same_print(other, one, cosine)) == (same, same)


TEXT = " ".join(f"w{each}" for each in range(20))
ALMOST = TEXT.replace("w19", "changed")
OTHER = " ".join(f"v{each}" for each in range(20))


@pytest.mark.parametrize(
    ("others", "original"),
    [
        ([], None),
        ([told(1, OTHER)], None),
        ([told(1, TEXT)], 1),
        ([told(1, ALMOST)], 1),
        ([told(1, OTHER), told(2, TEXT)], 2),
        ([told(2, TEXT, hours=-1), told(1, TEXT)], 2),
        ([told(2, TEXT), told(1, TEXT)], 1),
        ([told(1, "w1 w2")], None),
        ([told(1, TEXT, COMPANY)], None),
        ([told(1, TEXT, FORUM), told(2, TEXT)], 2),
    ],
)
def test_a_copy_names_the_earliest_of_its_text(others: list[Print], original: int | None) -> None:
    """Nine tenths of the words make a copy; the press copies nobody but the press."""
    found = copied(told(9, TEXT, REUTERS, hours=24), others)

    assert (found and found.number) == original


def test_others_copy_the_press_first() -> None:
    """A forum that passes a headline on copies the paper, even where another forum had it before."""
    found = copied(told(9, TEXT, FORUM, hours=2), [told(1, TEXT, FORUM), told(2, TEXT, hours=1)])

    assert found
    assert found.number == 2


def test_two_empty_texts_are_no_copies() -> None:
    """A headline without a word, an emoji say, repeats nothing."""
    assert copied(told(2, "🙂"), [told(1, "🙂")]) is None


TITLES = (WAFERS, f"{WAFERS} now", OTHER, "某晶圆厂宣布扩产先进制程", "Foundry profit rises in 2026")
A_DAY = some.lists(
    some.tuples(
        some.sampled_from(TITLES), some.sampled_from((SCMP, REUTERS, ITHOME, COMPANY, FORUM)), some.integers(0, 24)
    ),
    max_size=12,
)


def reporting(told: Sequence[Print]) -> set[str]:
    """The press newsrooms that report by themselves."""
    copies = originals(told, same_print)
    return {each.newsroom for each in told if each.is_press and each.number not in copies}


@given(A_DAY, some.randoms(use_true_random=False))
def test_order_of_arrival_changes_no_original(day: list[tuple[str, Newsroom, int]], chance: Random) -> None:
    """Which article is the original is told by time and kind, not by what was polled first."""
    articles = [told(at, title, room, hours=hours) for at, (title, room, hours) in enumerate(day)]
    shuffled = list(articles)
    chance.shuffle(shuffled)

    assert originals(articles, same_print) == originals(shuffled, same_print)


@given(A_DAY, some.data())
def test_copies_add_no_newsroom(day: list[tuple[str, Newsroom, int]], chance: some.DataObject) -> None:
    """However often an article is printed again, the newsrooms that report by themselves are the same."""
    articles = [told(at, title, room, hours=hours) for at, (title, room, hours) in enumerate(day)]
    press = [each for each in articles if each.is_press]
    again = chance.draw(some.lists(some.sampled_from(press), max_size=5)) if press else []
    copies = [
        replace(each, number=100 + at, newsroom=f"Copyist {at}", published_at=NOW + (25 + at) * HOUR)
        for at, each in enumerate(again)
    ]

    assert reporting([*articles, *copies]) == reporting(articles)


@given(A_DAY)
def test_the_press_copies_nobody_but_the_press(day: list[tuple[str, Newsroom, int]]) -> None:
    """A release that a paper prints stays the paper's reporting; and an original is never a copy itself."""
    articles = {at: told(at, title, room, hours=hours) for at, (title, room, hours) in enumerate(day)}

    found = originals(list(articles.values()), same_print)

    assert all(articles[original].is_press for copy, original in found.items() if articles[copy].is_press)
    assert not found.keys() & set(found.values())
