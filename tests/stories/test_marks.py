import pytest

from bot.model import Kind, Language, Newsroom
from bot.stories.entities import Entity, Lexicon
from bot.stories.marks import Marker, Marks, said_by
from bot.stories.meanings import Concept, Meanings
from bot.stories.wordbook.cedict import Cedict
from tests.fakes import ITHOME, NOW, NVIDIA, SCMP, article

HUAWEI = Entity(id="huawei", kind="company", en=("Huawei",), zh=("华为",), china=True)
HISILICON = Entity(id="hisilicon", kind="company", en=("HiSilicon",), zh=("海思",), parent="huawei", china=True)
LAPTOP = Concept(id="laptop", en=("laptop",), zh=("笔记本",))

MEANINGS = Meanings([LAPTOP], Cedict([], ()))
MARKER = Marker(Lexicon([HUAWEI, HISILICON]), lambda: MEANINGS)


def marks(title: str, *, newsroom: Newsroom = SCMP, **rest: object) -> Marks:
    return MARKER.marks(1, article("a", title, newsroom=newsroom, **rest))


def test_one_event_in_two_languages_leaves_the_same_marks() -> None:
    """Names, concepts, amounts, versions and actions are the same, whatever the language."""
    english = marks("Huawei unveils a laptop with Kirin 9100 for $1.2bn")
    chinese = marks("华为发布笔记本，搭载Kirin 9100，投入12亿美元", newsroom=ITHOME)

    assert english.names == chinese.names == {"huawei", "^huawei"}
    assert english.kinds == chinese.kinds == {"company huawei"}
    assert english.first == chinese.first == "huawei"
    assert "#laptop" in set(english.said) & set(chinese.said)
    assert english.versions == chinese.versions == {"kirin 9100"}
    assert english.amounts & chinese.amounts
    assert "launch" in english.actions & chinese.actions
    assert english.latin & chinese.latin >= {"kirin"}


def test_a_part_of_a_company_meets_the_company() -> None:
    """Families are names too: HiSilicon belongs to Huawei, and is the first that is named."""
    told = marks("HiSilicon ships a chip")

    assert told.names == {"hisilicon", "^hisilicon", "^huawei"}
    assert told.first == "hisilicon"
    assert marks("Huawei ships a chip").names & told.names == {"^huawei"}
    assert [entity.id for entity in MARKER.entities(told)] == ["hisilicon"]


def test_a_name_says_nothing_else() -> None:
    """What is a name is not read as a word: only the laptop is said."""
    assert set(marks("华为笔记本", newsroom=ITHOME).said) == {"#laptop"}
    assert set(marks("Huawei's laptop").said) == {"#laptop"}


def test_who_tells_is_noted() -> None:
    """The press's language is the newsroom's, the title's its own; a company is no press."""
    told = marks("Huawei ships a chip", newsroom=ITHOME, scope="alpha")

    assert (told.press, told.titled, told.is_press) == (Language.ZH, Language.EN, True)
    assert (told.newsroom, told.scope, told.published_at) == ("ITHome", "alpha", NOW)
    assert not marks("A chip", newsroom=NVIDIA).is_press
    assert marks("A chip", newsroom=Newsroom(name="F", language=Language.EN, kind=Kind.COMMUNITY)).is_press is False


@pytest.mark.parametrize(
    "title",
    [
        "氪星晚报丨华为发布新品",
        "科技日报：今日要闻",
        "The weekly round-up of chips",
        "9点1氪：华为发布新品",
        "A; B; C; D",
    ],
)
def test_round_ups_are_known(title: str) -> None:
    """They tell of many events and belong to none."""
    assert marks(title).round_up


def test_an_article_that_tells_one_event_is_no_round_up() -> None:
    """Neither a dash nor a single semicolon makes one."""
    assert not marks("Huawei ships a chip; rivals wait").round_up
    assert not marks("华为发布新品").round_up


def test_the_first_sentences_count_with_the_title() -> None:
    """The words of an excerpt's first three hundred characters count; names and what is encoded are the title's."""
    long = "Huawei ships a laptop. " + "word " * 100 + "HiSilicon smartphones"

    told = marks("A chip at last", summary=long)

    assert "#laptop" in told.said
    assert "#smartphone" not in told.said
    assert told.names == frozenset()
    assert said_by(article("a", "A chip", summary="It ships.")) == "A chip"


def test_small_words_are_no_terms() -> None:
    """What every headline has is left out, and endings are cut."""
    assert set(marks("The makers of chips and the chips").terms) == {"maker", "chip"}
