from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SettingsError
from bot.stories.likeness import MOST, Likeness, probability

FITTED = Likeness.load("multilingual-use-v3")
NAMES = tuple(FITTED.weights)

small = st.floats(-3, 3, width=32)
spreads = st.floats(0.125, 3, width=32)


@st.composite
def models(draw: st.DrawFn) -> Likeness:
    """Any model of a few kinds of evidence."""
    kinds = draw(st.sets(st.sampled_from("abcdef"), min_size=1))
    weights = {kind: (draw(small), draw(small), draw(spreads)) for kind in sorted(kinds)}
    return Likeness(encoder="any", threshold=0, share=0.5, offset=draw(small), weights=weights)


@given(models(), st.data())
def test_the_parts_and_the_offset_are_the_likeness(model: Likeness, data: st.DataObject) -> None:
    """Nothing is hidden: what each kind of evidence adds sums up, within the least and the most."""
    evidence = {kind: data.draw(small) for kind in model.weights}

    whole = model.of({kind: np.array([value], np.float32) for kind, value in evidence.items()})
    parts = model.parts(evidence)

    expected = model.offset + sum(added for _, added in parts)
    assert whole[0] == pytest.approx(max(-MOST, min(MOST, expected)), abs=1e-3)
    assert {kind for kind, _ in parts} == set(model.weights)
    assert [abs(added) for _, added in parts] == sorted((abs(added) for _, added in parts), reverse=True)


def test_what_is_usual_adds_nothing() -> None:
    """Evidence at its mean leaves the offset alone."""
    usual = {kind: mean for kind, (_, mean, _) in FITTED.weights.items()}

    assert sum(added for _, added in FITTED.parts(usual)) == pytest.approx(0, abs=1e-4)


@given(st.floats(-50, 50), st.floats(-50, 50))
def test_no_pair_outweighs_all_others(one: float, other: float) -> None:
    """Likeness is kept between the least and the most, and more evidence never makes less of it."""
    model = Likeness(encoder="any", threshold=0, share=0.5, offset=0, weights={"a": (1.0, 0.0, 1.0)})

    found = model.of({"a": np.array(sorted((one, other)), np.float32)})

    assert -MOST <= found[0] <= found[1] <= MOST


@pytest.mark.parametrize(
    ("likeness", "chance"), [(0, 0.5), (4, 0.982), (-4, 0.018), (float("-inf"), 0), (1.0986123, 0.75)]
)
def test_likeness_is_the_logarithm_of_the_odds(likeness: float, chance: float) -> None:
    """Three to one is a chance of three quarters; no evidence at all is none."""
    assert probability(likeness) == pytest.approx(chance, abs=1e-3)


def test_the_fitted_encoder_has_its_own_model() -> None:
    """It fits, and its cosines are taken as they are."""
    assert FITTED.fits
    assert FITTED.usual is None
    assert FITTED.encoder == "multilingual-use-v3"


def test_an_encoder_without_a_model_gets_the_first() -> None:
    """Its cosines are then brought to the mean and spread that the model knows."""
    other = Likeness.load("some-other-encoder")

    assert not other.fits
    assert other.weights == FITTED.weights
    assert other.usual == FITTED.weights["meaning"][1:]


def test_the_fitted_numbers_are_sound() -> None:
    """A spread of nothing would divide by it; a threshold beyond the least or the most would join all or none."""
    assert all(spread > 0 for _, _, spread in FITTED.weights.values())
    assert -MOST < FITTED.threshold < MOST
    assert 0 < FITTED.share <= 1
    assert "meaning" in NAMES


@pytest.mark.parametrize(
    ("lines", "line", "why"),
    [
        ("- encoder: x\n  threshold: low\n  share: 1\n  offset: 0\n  weights: {}\n", 2, "threshold"),
        ("- encoder: x\n  threshold: 0\n  share: 1\n  offset: 0\n  weights: {a: [1, 2]}\n", 5, "weights"),
        ("- encoder: x\n  threshold: 0\n  share: 1\n  offset: 0\n", 1, "weights"),
        ("- encoder: x\n  threshold: 0\n  share: 1\n  offset: 0\n  weights: {}\n  bias: 1\n", 6, "bias"),
    ],
)
def test_what_is_wrong_is_named_by_its_line(tmp_path: Path, lines: str, line: int, why: str) -> None:
    """A word for a number, a weight without its spread, a key that is missing, one nobody knows."""
    path = tmp_path / "likeness.yaml"
    path.write_text(lines, "utf-8")

    with pytest.raises(SettingsError, match=why) as caught:
        Likeness.load("x", path)

    assert f"line {line}" in str(caught.value)
