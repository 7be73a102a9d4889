import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.model import Language
from bot.text import fold, index_terms, is_chinese, language_of, pieces, sentences, shorten, terms

SENTENCES = "华为发布新芯片。台积电跟进！ SMIC raised prices. “So what?” 3 analysts asked"
WRITTEN = st.text(st.sampled_from("華為华为台積電芯片ＨＵＡＷＥＩhuawei SMIC's 3,000.5&+-!?。 ’"))


@pytest.mark.parametrize(
    ("spellings", "folded"),
    [
        (("ＨＵＡＷＥＩ", "HUAWEI", "Huawei", "huawei"), "huawei"),
        (("華為", "华为"), "华为"),
        (("台積電", "臺積電", "台积电"), "台积电"),
        (("①", "１", "1"), "1"),
        (("ﬁne", "FINE"), "fine"),
        (("", ""), ""),
    ],
)
def test_spellings_of_one_thing_fold_to_one(spellings: tuple[str, ...], folded: str) -> None:
    """Width, script and case make no difference."""
    assert {fold(spelling) for spelling in spellings} == {folded}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("華為", ["华为"]),
        ("华为", ["华为"]),
        ("ＨＵＡＷＥＩ", ["huawei"]),
        ("台積電", ["台积", "积电"]),
        ("中芯国际涨价", ["中芯", "芯国", "国际", "际涨", "涨价"]),
        ("芯", ["芯"]),
        ("华为Mate 80发布", ["华为", "mate", "80", "发布"]),
        ("GPT-5.5", ["gpt", "5.5"]),
        ("GPT 5.5", ["gpt", "5.5"]),
        ("GPT5.5", ["gpt5.5"]),
        ("Qwen3.7-Max", ["qwen3.7", "max"]),
        ("3,000 wafers", ["3000", "wafers"]),
        ("1,234,567.89", ["1234567.89"]),
        ("3, 4", ["3", "4"]),
        ("C++ and c", ["c++", "and", "c"]),
        ("AT&T", ["at&t"]),
        ("R&D.", ["r&d"]),
        ("a & b", ["a", "b"]),
        ("U.S. export", ["u.s", "export"]),
        ("5nm", ["5nm"]),
        ("SMIC's fab", ["smic", "fab"]),
        ("SMIC’s fab", ["smic", "fab"]),
        ("SMIC'S FAB", ["smic", "fab"]),
        ("it's", ["it"]),
        ("snake_case", ["snake", "case"]),
        ("", []),
        ("!?。…", []),
        ("🚀", []),
    ],
)
def test_a_text_has_its_terms(text: str, expected: list[str]) -> None:
    """Words stay whole with their inner dots; Chinese comes in pairs."""
    assert terms(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("台積電 TSMC", ["台积", "积电", "tsmc", "台", "积", "电"]),
        ("芯", ["芯"]),
        ("TSMC", ["tsmc"]),
    ],
)
def test_the_index_holds_single_characters_too(text: str, expected: list[str]) -> None:
    """A query of one Chinese character finds the runs it is in."""
    assert index_terms(text) == expected


def test_runs_stay_whole_in_pieces() -> None:
    """What entities are looked up in is not yet parted."""
    assert pieces("台積電 and ＴＳＭＣ") == ["台积电", "and", "tsmc"]


@pytest.mark.parametrize(
    ("piece", "expected"), [("华", True), ("华a", True), ("a华", False), ("", False), ("あ", False)]
)
def test_a_piece_is_chinese_by_its_first_character(piece: str, *, expected: bool) -> None:
    """Pieces never mix, so the first character tells."""
    assert is_chinese(piece) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("华为发布新芯片", Language.ZH),
        ("OpenAI 发布 GPT-5.5 Codex 更新", Language.ZH),
        ("Karpathy加入Anthropic团队", Language.ZH),
        ("華為", Language.ZH),
        ("Huawei unveils new chip", Language.EN),
        ("Huawei (华为) unveils chip", Language.EN),
        ("", Language.EN),
        ("2026 !!", Language.EN),
    ],
)
def test_a_title_has_a_language(text: str, expected: Language) -> None:
    """A few Chinese letters among product names make a title Chinese; a name in brackets does not."""
    assert language_of(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            SENTENCES,
            ["华为发布新芯片。", "台积电跟进！", "SMIC raised prices.", "“So what?” 3 analysts asked"],
        ),
        ("Up 3.5 percent at 4.2 yuan.", ["Up 3.5 percent at 4.2 yuan."]),
        ("No end", ["No end"]),
        ("", []),
        ("  ", []),
    ],
)
def test_a_text_has_its_sentences(text: str, expected: list[str]) -> None:
    """Both scripts end their sentences; a decimal point ends none."""
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 5, "short"),
        ("Huawei unveils a chip", 21, "Huawei unveils a chip"),
        ("Huawei unveils another chip", 20, "Huawei unveils…"),
        ("Huawei unveils, another chip", 16, "Huawei unveils…"),
        ("Donaudampfschifffahrt", 8, "Donauda…"),
        ("华为发布新一代昇腾芯片", 6, "华为发布新…"),
        ("华为发布，新一代昇腾芯片", 6, "华为发布…"),
        ("ab", 1, "…"),
    ],
)
def test_a_long_text_is_cut_where_it_hurts_least(text: str, limit: int, expected: str) -> None:
    """A word's edge is taken where one is near, and no comma stands before the ellipsis."""
    assert shorten(text, limit) == expected


@given(st.text())
@example("ẛ̣ ΐ ǰ ᾼ İ ſ ß")
@example("乾隆 乾燥 發展 頭髮 皇后 後來 裡 裏 著")
def test_folding_twice_is_folding_once(text: str) -> None:
    """A folded text is its own folding."""
    assert fold(fold(text)) == fold(text)


@given(st.text() | WRITTEN)
def test_terms_do_not_see_spelling(text: str) -> None:
    """A text and its folding have the same terms."""
    assert terms(text) == terms(fold(text))


@given(st.text() | WRITTEN)
def test_terms_hold_nothing_a_query_could_trip_over(text: str) -> None:
    """No term is empty, or holds a space, a quote or anything invisible."""
    found = index_terms(text)

    assert all(term and term.isprintable() and not set(term) & set(" '\"\\*():^|!") for term in found)
    assert set(terms(text)) <= set(found)


@given(st.text() | WRITTEN | st.just(SENTENCES))
def test_each_sentence_stands_in_its_text(text: str) -> None:
    """Sentences are quotations, in order, and leave nothing out but blanks."""
    found = sentences(text)

    assert all(sentence in text and sentence == sentence.strip() for sentence in found)
    assert "".join("".join(found).split()) == "".join(text.split())


@given(st.text() | WRITTEN, st.integers(1, 50))
def test_a_shortened_text_fits(text: str, limit: int) -> None:
    """What fits stays as it is; what does not ends in an ellipsis, within the limit."""
    cut = shorten(text, limit)

    assert len(cut) <= limit
    assert cut == text if len(text) <= limit else cut.endswith("…")
    assert text.startswith(cut.removesuffix("…"))
