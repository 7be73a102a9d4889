from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.correction import Act, Correction
from bot.stories.bonds import Bonds, after, bonds
from tests.fakes import NOW
from tests.stories.corrected import correction, merged, split

ARTICLES = "abcdef"


def read(made: Bonds) -> tuple[set[str], set[str]]:
    """What is tied, written as groups, and what is kept apart, written as pairs."""
    groups = {"".join(sorted(made.together(each))) for each in ARTICLES}
    apart = {f"{one}{other}" for one, other in combinations(ARTICLES, 2) if made.apart(one, other)}
    return {group for group in groups if len(group) > 1}, apart


@pytest.mark.parametrize(
    ("made", "tied", "apart"),
    [
        pytest.param([], set(), set(), id="nothing"),
        pytest.param([merged(1, "ab", "c")], {"abc"}, set(), id="a merge ties all that both stories had"),
        pytest.param([merged(1, "a", "b"), merged(2, "c", "d")], {"ab", "cd"}, set(), id="two merges"),
        pytest.param([merged(1, "a", "b"), merged(2, "b", "c")], {"abc"}, set(), id="ties are passed on"),
        pytest.param([split(1, "ab", "cd")], {"ab"}, {"ac", "ad", "bc", "bd"}, id="a split ties its part alone"),
        pytest.param(
            [split(1, "a", "b"), merged(2, "b", "c")],
            {"bc"},
            {"ab", "ac"},
            id="whoever is apart from one of a group is apart from all of it",
        ),
        pytest.param([split(1, "a", "b"), merged(2, "a", "b")], {"ab"}, set(), id="a later merge wins"),
        pytest.param([merged(1, "a", "bc"), split(2, "c", "ab")], {"ab"}, {"ac", "bc"}, id="a later split wins"),
        pytest.param(
            [split(1, "a", "bc"), merged(2, "a", "b")],
            {"ab"},
            {"ac", "bc"},
            id="a merge wins on its own pairs alone",
        ),
        pytest.param(
            [merged(1, "ab", "cd"), split(2, "c", "a")],
            {"abd"},
            {"ac", "bc", "cd"},
            id="a part leaves its group, and the group stays",
        ),
        pytest.param(
            [merged(1, "a", "b"), split(2, "a", "c")],
            {"ab"},
            {"ac", "bc"},
            id="what is tied to the part and not of the rest goes with it",
        ),
        pytest.param([replace(merged(1, "a", "b"), undone_at=NOW)], set(), set(), id="undone"),
        pytest.param([correction(1, Act.HIDE, "s")], set(), set(), id="a look binds nothing"),
    ],
)
def test_what_corrections_bind(made: Sequence[Correction], tied: set[str], apart: set[str]) -> None:
    """Ties and pairs kept apart, the later correction before the earlier."""
    found = bonds(made)

    assert read(found) == (tied, apart)
    assert found.empty is not bool(tied or apart)
    assert {each for each in ARTICLES if found.binds(each)} == set("".join(tied | apart))


@pytest.mark.parametrize(
    ("made", "homes"),
    [
        (merged(1, "ab", "c"), {"a": "s", "b": "s", "c": "s"}),
        (split(1, "c", "ab"), {"a": "s", "b": "s", "c": "t"}),
        (
            correction(1, Act.SPLIT, "s", other="t", articles="a", before=dict.fromkeys("abc", "s")),
            {"a": "s", "b": "t", "c": "t"},
        ),
        (correction(1, Act.HIDE, "s"), {}),
    ],
)
def test_the_side_with_the_first_article_keeps_the_id(made: Correction, homes: dict[str, str]) -> None:
    """A merge leaves one story; of a split's two sides the one with the oldest article stays what it was."""
    assert after(made) == homes


sides = st.lists(st.sampled_from(ARTICLES), min_size=2, unique=True).flatmap(
    lambda drawn: st.integers(1, len(drawn) - 1).map(lambda cut: (drawn[:cut], drawn[cut:]))
)
any_correction = st.builds(lambda both, merges: merged(0, *both) if merges else split(0, *both), sides, st.booleans())
any_corrections = st.lists(any_correction, max_size=8)


@given(any_corrections)
def test_nothing_is_both_tied_and_apart(made: list[Correction]) -> None:
    """Whatever contradicts whatever: ties are an equivalence, apart is mutual and never within a group."""
    found = bonds(made)

    for each in ARTICLES:
        group = found.together(each)
        assert each in group
        assert all(found.together(other) == group for other in group)
        assert not any(found.apart(each, other) for other in group)
    for one, other in combinations(ARTICLES, 2):
        assert found.apart(one, other) == found.apart(other, one)
        assert found.apart(one, other) == all(found.apart(each, other) for each in found.together(one))


@given(any_corrections, any_correction)
def test_the_last_one_holds_whole(made: list[Correction], last: Correction) -> None:
    """Nothing said before weakens what was said last."""
    found = bonds([*made, last])

    if last.act is Act.MERGE:
        assert all(set(last.before) <= found.together(each) for each in last.before)
    else:
        part, rest = set(last.articles), last.before.keys() - set(last.articles)
        assert all(part <= found.together(each) for each in part)
        assert all(found.apart(one, other) for one in part for other in rest)


@given(any_corrections, any_correction)
def test_undoing_the_last_restores_the_bonds(made: list[Correction], last: Correction) -> None:
    """An undone correction leaves no trace."""
    assert bonds([*made, replace(last, undone_at=NOW)]) == bonds(made)


@given(any_corrections)
def test_what_nobody_names_is_free(made: list[Correction]) -> None:
    """Corrections bind the articles they are about, and no others."""
    found = bonds(made)

    named = {each for correction in made for each in correction.before}
    assert not any(found.binds(each) for each in ARTICLES if each not in named)
