from pathlib import Path

import pytest
from pydantic import TypeAdapter

from bot.errors import SettingsError
from bot.lined import Part
from bot.stories import meanings as module
from bot.stories.meanings import Concept, Meaning, Meanings, blanked, stem
from bot.stories.wordbook.cedict import Cedict
from bot.text import fold
from tests import bundled as lists

LINES = (
    "罢工 罢工 [ba4 gong1] /to strike/to go on strike/",
    "工会 工会 [gong1 hui4] /labor union/trade union/CL:個|个[ge4]/",
    "工 工 [gong1] /labor/skill/",
    "会 会 [hui4] /can/meeting/",
)


@pytest.fixture(scope="module")
def bundled() -> Meanings:
    """The concepts and the dictionary as the bot has them."""
    return lists.meanings()


def small(*concepts: Concept) -> Meanings:
    return Meanings(concepts, Cedict(LINES, ()))


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("laptop", "笔记本"),
        ("laptops", "笔记本电脑"),
        ("quarterly results", "财报"),
        ("revenue", "营收"),
        ("strike", "罢工"),
        ("layoffs", "裁员"),
        ("battery", "电池"),
        ("run-rate", "年化收入"),
    ],
)
def test_words_that_say_the_same_are_one_concept(bundled: Meanings, english: str, chinese: str) -> None:
    """A laptop and 笔记本 are one, whatever their endings."""
    one, other = bundled.read(fold(english)), bundled.read(fold(chinese))

    assert one == other
    assert all(word.startswith("#") for word in one.said)
    assert len(one.said) == 1


def test_traditional_characters_say_the_same(bundled: Meanings) -> None:
    """A headline of Taiwan's is read like one of the mainland's."""
    assert bundled.read(fold("筆記本電腦罷工")) == bundled.read(fold("笔记本电脑罢工"))


def test_a_word_without_a_concept_keeps_all_its_senses() -> None:
    """Any of them may be meant; the English headline that means one of them meets it there."""
    assert small().read("工会罢工") == Meaning(
        said=frozenset({"工会", "罢工"}), senses=frozenset({"labor", "union", "trade", "strike", "go"})
    )
    assert small().read("unions strike") == Meaning(said=frozenset({"union", "strike"}), senses=frozenset())


def test_a_word_with_a_concept_has_no_other_senses() -> None:
    """What is decided is not guessed at."""
    concept = Concept(id="strike", en=("walk out",), zh=("罢工",))

    assert small(concept).read("罢工 walks out") == Meaning(said=frozenset({"#strike"}), senses=frozenset())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("data center capacity", {"#centre", "capacity"}),
        ("data", {"data"}),
        ("center data", {"center", "data"}),
        ("a very big data-center", {"big", "#centre"}),
        ("数据中心", {"#centre"}),
        ("", set()),
        ("the of and", set()),
        ("字", set()),
    ],
)
def test_the_longest_phrase_is_one_concept(text: str, said: set[str]) -> None:
    """A phrase goes before its words; small words and lone characters say nothing."""
    concept = Concept(id="centre", en=("data center",), zh=("数据中心",))

    assert small(concept).read(text).said == said


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("chips", "chip"),
        ("raising", "rais"),
        ("raises", "rais"),
        ("raised", "rais"),
        ("is", "is"),
        ("gas", "gas"),
        ("罢工", "罢工"),
        ("q3s", "q3s"),
    ],
)
def test_common_endings_are_cut(word: str, found: str) -> None:
    """The same on both sides of a comparison, and never to less than three letters."""
    assert stem(word) == found


def test_names_are_blanked() -> None:
    """What is a name says nothing else: Apple is no fruit."""
    assert blanked("apple raises apple prices", [(0, 5), (13, 18)]).split() == ["raises", "prices"]
    assert blanked("no names", []) == "no names"


def test_no_word_stands_in_two_concepts(bundled: Meanings) -> None:
    """Every line of the bundled file loads, no id and no word stands there twice, and every concept has both sides."""
    del bundled  # it loads, or the fixture would have failed
    parts = Part.read(Path(module.__file__).with_name("concepts.yaml")).items()
    concepts = [part.made(TypeAdapter(Concept)) for part in parts]
    ids = [concept.id for concept in concepts]
    words = [word for concept in concepts for word in (*concept.en, *concept.zh)]

    assert len(concepts) > 500
    assert len(ids) == len(set(ids))
    assert len(words) == len(set(words))
    assert [concept.id for concept in concepts if not (concept.en and concept.zh)] == []


@pytest.mark.parametrize(
    ("lines", "line", "why"),
    [
        ("- {id: a, en: [walk]}\n- {id: b, zh: [走], en: [walk]}\n", 2, "walk is in a already"),
        ("- {id: a, en: [rules]}\n- {id: b, en: [ruling]}\n", 2, "ruling is in a already, as rules"),
        ("- {id: a, en: [end to end]}\n- {id: b, en: [end-to-end]}\n", 2, "end-to-end is in a already, as end to end"),
        ("- {id: a, zh: [晶圓]}\n- {id: b, zh: [晶圆]}\n", 2, "晶圆 is in a already, as 晶圓"),
        ("- {id: a, en: [walk]}\n- {id: b, enn: [run]}\n", 2, "enn"),
        ("- {en: [walk]}\n", 1, "id"),
    ],
)
def test_what_is_wrong_is_named_by_its_line(tmp_path: Path, lines: str, line: int, why: str) -> None:
    """A word twice, an unknown key or a missing id."""
    path = tmp_path / "concepts.yaml"
    path.write_text(lines, "utf-8")

    with pytest.raises(SettingsError, match=why) as caught:
        Meanings.load(Cedict([], ()), path)

    assert f"line {line}" in str(caught.value)
