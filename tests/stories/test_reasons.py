import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.stories.likeness import Likeness
from bot.stories.reasons import FAMILIES, Pair, family
from tests.fakes import article

KINDS = sorted(Likeness.load("multilingual-use-v3").weights)
values = st.floats(-9, 9)
pairs = st.builds(
    Pair,
    other=st.just(article("b")),
    offset=values,
    parts=st.dictionaries(st.sampled_from([*KINDS, "a new kind"]), values).map(lambda found: tuple(found.items())),
)


@given(pairs, st.integers(0, 9))
def test_what_is_shown_of_a_pair_adds_up(pair: Pair, most: int) -> None:
    """To the last decimal, by family or by kind, however it was rounded."""
    for shown in (pair.families(), pair.weightiest(most)):
        assert f"{sum(value for _, value in shown):.2f}".replace("-0.00", "0.00") == f"{pair.summed + 0.0:.2f}"
        assert all(value == round(value, 2) for _, value in shown)


@given(pairs)
def test_evidence_has_few_families(pair: Pair) -> None:
    """Each is named once, what it all begins with at the end."""
    names = [name for name, _ in pair.families()]

    assert len(set(names)) == len(names)
    assert set(names) <= set(FAMILIES)
    assert names[-1] == "start"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_that_is_weighed_has_a_family(kind: str) -> None:
    """A new kind of evidence is to be told to people too."""
    assert family(kind) != "others"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("meaning over the usual", "meaning"),
        ("said and named, most", "words"),
        ("shared company", "names"),
        ("other versions", "numbers"),
        ("same newsroom", "newsrooms"),
        ("same newsroom, same moment", "time"),
        ("both press", "newsrooms"),
        ("both earnings", "actions"),
        ("round-up", "round_up"),
        ("weather", "others"),
    ],
)
def test_families_are_told_by_their_names(kind: str, name: str) -> None:
    """The most special beginning is the one that counts."""
    assert family(kind) == name
