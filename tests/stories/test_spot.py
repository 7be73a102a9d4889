"""Where a text says one of many names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.stories.spot import Spotter, keys_of, tree_of

NAMES = st.from_regex(r"[ab1芯片]([ -]?[ab1芯片]){0,4}", fullmatch=True)


def found(names: list[str], text: str) -> list[str]:
    return [spot.key for spot in Spotter([tree_of(names)]).find(text)]


@pytest.mark.parametrize(
    ("names", "text", "keys"),
    [
        (["ab", "abc d"], "abc d ab", ["abcd", "ab"]),
        (["ab c"], "ab-c abc ab c", ["abc", "abc", "abc"]),
        (["ab c", "ab"], "ab x", ["ab"]),
        (["ab c", "abd"], "abd", ["abd"]),
        (["芯", "芯片", "芯片厂"], "芯片 芯 芯片厂", ["芯片", "芯", "芯片厂"]),
        (["芯片", "片厂"], "芯片厂", ["芯片"]),
        (["ab"], "cab abc ab", ["ab"]),
        (["ab"], "ab3 abv3 abv", ["ab", "ab"]),
        (["a1"], "a1s a12 a1b a1", ["a1", "a1"]),
        (["芯 b"], "芯b", ["芯b"]),
        ([], "ab", []),
        (["ab"], "", []),
    ],
)
def test_the_longest_name_at_each_place_is_told(names: list[str], text: str, keys: list[str]) -> None:
    """With or without its blanks, at word edges alone, and nothing inside it."""
    assert found(names, text) == keys


def test_of_two_trees_the_longer_name_wins_and_then_the_later_tree() -> None:
    """What is added can lengthen what is known."""
    known = Spotter([tree_of(["ab", "芯片"])])

    assert [spot.key for spot in known.joined_by(tree_of(["ab c", "芯"])).find("ab c 芯片")] == ["abc", "芯片"]


@given(names=st.lists(NAMES, min_size=1, max_size=8), text=st.text(alphabet="ab芯片 -1xv", max_size=24))
def test_what_is_found_is_in_the_text(names: list[str], text: str) -> None:
    """Each key is one of the names', stands in the text but for blanks, and one after the other."""
    rest = keys_of([text])[0] if text else ""
    for key in found(names, text):
        assert key in keys_of(names)
        assert key in rest
        rest = rest.split(key, 1)[1]


@given(name=NAMES)
def test_a_name_alone_is_found(name: str) -> None:
    """Whatever it is made of."""
    assert found([name], name) == keys_of([name])
