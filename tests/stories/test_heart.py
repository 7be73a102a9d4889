import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Article, Name
from bot.stories.entities import Entity, Lexicon
from bot.stories.heart import about, originals
from tests.fakes import ITHOME, article, story

LEXICON = Lexicon(
    [
        Entity(id="smic", kind="company", en=("SMIC",), zh=("中芯国际",), china=True),
        Entity(id="kirin", kind="product", en=("Kirin",), parent="smic", china=True),
        Entity(id="nvidia", kind="company", en=("Nvidia",), zh=("英伟达",)),
        Entity(id="huang", kind="person", en=("Jensen Huang",), zh=("黄仁勋",), parent="nvidia"),
        Entity(id="naver", kind="company", en=("Naver",)),
        Entity(id="korea", kind="place", en=("South Korea",), zh=("韩国",)),
    ]
)


@pytest.mark.parametrize(
    ("titles", "china"),
    [
        (["SMIC raises prices"], 1.0),
        (["中芯國際上調價格"], 1.0),
        (["SMIC follows Nvidia and Naver"], 1.0),
        (["Nvidia and SMIC talk"], 1.0),
        (["Nvidia, Naver and SMIC at one table"], 0.5),
        (["国产光刻胶量产"], 1.0),
        (["青岛建成算力中心"], 1.0),
        (["英伟达在中国降价"], 0.5),
        (["Nvidia raises prices"], 0.0),
        (["Prices rise"], 0.0),
        (["Nvidia raises prices", "SMIC raises prices"], 0.5),
        (["SMIC raises prices", "Nvidia raises prices", "Nvidia raises prices"], 1.0),
        (["Nvidia raises prices", "SMIC raises prices", "SMIC raises prices"], 1.0),
    ],
)
def test_the_chinese_side_is_at_the_heart_or_merely_mentioned(titles: list[str], china: float) -> None:
    """It is where the first headline or most are about it: named first, as often as all others, or nobody known is."""
    told = story(*(article(f"a{at}", title) for at, title in enumerate(titles)))

    assert about(told, LEXICON).china == china


@pytest.mark.parametrize(
    ("title", "leader"),
    [
        ("Nvidia and Naver build a plant", "nvidia"),
        ("Naver and Nvidia build a plant", "naver"),
        ("Jensen Huang visits Naver", "nvidia"),
        ("Kirin chips get cheaper", "smic"),
        ("South Korea builds a plant", None),
        ("A plant opens", None),
    ],
)
def test_a_person_or_product_stands_for_its_company(title: str, leader: str | None) -> None:
    """The company that leads a story is the first that is named, or the owner of what is."""
    found = about(story(article("a", title)), LEXICON).leader

    assert (found[0] if found else None) == leader


def test_a_partner_belongs_to_nobody_but_itself() -> None:
    """Its people and products are no partners of a company, nor is a place."""
    told = about(story(article("a", "Nvidia's Jensen Huang visits Naver in South Korea")), LEXICON)

    assert told.partners == (("naver", Name(en="Naver", zh="Naver")),)
    assert told.places == {"korea"}


@given(st.lists(st.sampled_from(["Nvidia opens", "SMIC opens", "国产芯片"]), max_size=5))
def test_copies_change_nothing_of_what_a_story_is_about(titles: list[str]) -> None:
    """However often a headline is copied, the story is about the same."""
    first = article("a", "Nvidia and SMIC talk")
    copies = [article(f"c{at}", title, newsroom=ITHOME, original_id="a") for at, title in enumerate(titles)]

    assert about(story(first, *copies), LEXICON) == about(story(first), LEXICON)


def test_a_story_of_copies_alone_is_judged_by_them() -> None:
    """Where the original is elsewhere, what we have must do."""
    copies: list[Article] = [article("a", original_id="x"), article("b", original_id="x")]

    assert originals(story(*copies)) == tuple(copies)
