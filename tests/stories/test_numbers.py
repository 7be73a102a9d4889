import pytest

from bot.stories.numbers import amounts, other_versions, versions
from bot.text import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$295bn for chips", "2950亿美元投向芯片"),
        ("$295bn", "2,950 亿"),
        ("$1.5 trillion", "1.5万亿"),
        ("35 billion yuan", "350亿元"),
        ("3 million cars", "300万辆"),
        ("10 billion", "十亿 100亿"),
        ("up 75%", "增长75%"),
        ("75 %", "75%"),
        ("３５％", "35%"),
        ("12,000 wafers", "1.2万片"),
        ("12,000 GPUs", "12000张卡"),
        ("12k staff", "1.2万名员工"),
    ],
)
def test_one_amount_in_two_languages_is_one(one: str, other: str) -> None:
    """$295bn and 2950亿 are one number, however it is written."""
    assert amounts(fold(one))
    assert amounts(fold(one)) & amounts(fold(other))


@pytest.mark.parametrize(
    "text",
    ["in 2026", "2025年", "3 reasons", "5款新品", "two of 9", "", "no number at all", "0"],
)
def test_years_and_small_counts_say_nothing(text: str) -> None:
    """Every second headline has them."""
    assert amounts(fold(text)) == frozenset()


@pytest.mark.parametrize(
    ("one", "other"),
    [("75%", "75"), ("75%", "7.5%"), ("10x faster", "10%"), ("295bn", "295m"), ("24 chips", "25 chips")],
)
def test_other_amounts_are_others(one: str, other: str) -> None:
    """A share is no sum, and a billion no million."""
    assert amounts(fold(one)).isdisjoint(amounts(fold(other)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("OpenAI shows GPT-5", {"gpt 5"}),
        ("openai shows gpt 5", {"gpt 5"}),
        ("OpenAI 发布 GPT5", {"gpt 5"}),
        ("Qwen3.7 is out", {"qwen 3.7"}),
        ("阿里开源Qwen3.7，对标GPT-5", {"qwen 3.7", "gpt 5"}),
        ("Huawei ships the 910C", set()),
        ("in 2026, by 40, for 3 and May 5", set()),
        ("DeepSeek-V4", {"deepseek 4"}),
        ("Kimi K2", {"k 2"}),
    ],
)
def test_versions_are_names_with_a_number(text: str, found: set[str]) -> None:
    """GPT-5, gpt 5 and GPT5 are one version; a preposition before a number is none."""
    assert versions(fold(text)) == found


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ({"gpt 5"}, {"gpt 4"}, True),
        ({"gpt 5"}, {"gpt 5"}, False),
        ({"gpt 5", "qwen 3"}, {"gpt 4", "qwen 3"}, False),
        ({"gpt 5"}, {"qwen 3"}, False),
        ({"gpt 5"}, set(), False),
        (set(), set(), False),
    ],
)
def test_the_same_thing_in_another_version_is_another(one: set[str], other: set[str], *, differ: bool) -> None:
    """Unless one version is named by both."""
    assert other_versions(frozenset(one), frozenset(other)) is differ
    assert other_versions(frozenset(other), frozenset(one)) is differ
