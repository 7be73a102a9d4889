import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import CATALOGUE, Newsroom
from bot.stories.bag import Floats
from bot.stories.entities import Entity
from bot.stories.evidence import candidates
from bot.stories.likeness import Likeness
from bot.stories.window import Window
from tests.fakes import DAY, HOUR, ITHOME, KR36, NOW, REUTERS, SCMP, article, marker, toward

FITTED = Likeness.load("multilingual-use-v3")
MARKER = marker(
    Entity(id="smic", kind="company", en=("SMIC",), zh=("中芯国际",), china=True),
    Entity(id="qwen", kind="model", en=("Qwen",), china=True),
)
TITLES = (
    "SMIC raises wafer prices by 10%",
    "中芯国际晶圆涨价10%",
    "SMIC opens a plant for $2bn",
    "Qwen 3.7 beats Qwen 3.5",
    "Qwen 3.5 is out",
    "A quiet garden",
    "",
)
Told = tuple[str, Newsroom, float, float]
tellings = st.tuples(
    st.sampled_from(TITLES),
    st.sampled_from((SCMP, REUTERS, ITHOME, KR36)),
    st.integers(0, 60).map(float),
    st.integers(0, 359).map(float),
)


def window(*told: Told, scope: str = CATALOGUE) -> Window:
    """Articles by title, newsroom, hours after NOW and place on the circle; the article 0 is the first."""
    made = Window(span=3 * DAY, since=NOW - 30 * DAY)
    made.open(
        [
            (
                MARKER.marks(
                    at,
                    article(f"a{at}", title, newsroom=room, published=NOW + hours * HOUR, scope=scope),
                ),
                toward(degrees),
            )
            for at, (title, room, hours, degrees) in enumerate(told)
        ]
    )
    return made


def found(opened: Window) -> dict[tuple[int, int], dict[str, float]]:
    """The evidence for each pair that is worth a look."""
    ones, others, table = candidates(opened, np.arange(len(opened)))
    pairs = list(zip(ones.tolist(), others.tolist(), strict=True))
    return {pair: {name: float(values[at]) for name, values in table.items()} for at, pair in enumerate(pairs)}


def between(one: Told, other: Told) -> dict[str, float]:
    """The evidence for two articles, beside one that has nothing to do with them."""
    return found(window(one, other, ("A quiet garden", SCMP, 0, 200)))[0, 1]


def test_every_weight_has_its_evidence() -> None:
    """The fitted model asks for nothing that is not found."""
    assert FITTED.weights.keys() <= between((TITLES[0], SCMP, 0, 0), (TITLES[1], ITHOME, 1, 10)).keys()


@given(st.lists(tellings, min_size=2, max_size=9))
def test_evidence_is_the_same_from_both_sides(told: list[Told]) -> None:
    """Whichever of two articles is asked about; all of it is a number."""
    pairs = found(window(*told))

    for (one, other), evidence in pairs.items():
        assert all(np.isfinite(value) for value in evidence.values())
        assert evidence == pytest.approx(pairs[other, one], abs=1e-3)


@given(st.lists(tellings, min_size=1, max_size=9))
def test_no_article_is_its_own_company(told: list[Told]) -> None:
    """Every pair is of two articles that may meet, and each is looked at once."""
    opened = window(*told)
    ones, others, _ = candidates(opened, np.arange(len(opened)))
    pairs = list(zip(ones.tolist(), others.tolist(), strict=True))

    assert all(one != other for one, other in pairs)
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize(
    ("kind", "one", "other", "more"),
    [
        ("words", (TITLES[0], SCMP, 0, 0), ("SMIC raises wafer prices", REUTERS, 1, 0), (TITLES[2], REUTERS, 1, 0)),
        ("names", (TITLES[0], SCMP, 0, 0), (TITLES[1], ITHOME, 1, 0), (TITLES[4], ITHOME, 1, 0)),
        ("amounts", (TITLES[0], SCMP, 0, 0), (TITLES[1], ITHOME, 1, 0), (TITLES[2], SCMP, 1, 0)),
        ("versions", (TITLES[3], SCMP, 0, 0), (TITLES[3], REUTERS, 1, 0), (TITLES[0], REUTERS, 1, 0)),
        ("meaning", (TITLES[0], SCMP, 0, 0), (TITLES[1], ITHOME, 1, 10), (TITLES[1], ITHOME, 1, 60)),
        ("hours apart", (TITLES[0], SCMP, 0, 0), (TITLES[1], ITHOME, 40, 0), (TITLES[1], ITHOME, 1, 0)),
        ("said and named", (TITLES[0], SCMP, 0, 0), (TITLES[1], ITHOME, 1, 0), (TITLES[5], SCMP, 1, 0)),
        ("shared company", (TITLES[0], SCMP, 0, 0), (TITLES[1], ITHOME, 1, 0), (TITLES[3], ITHOME, 1, 0)),
        ("other versions", ("Qwen 3.5", SCMP, 0, 0), ("Qwen 3.7", SCMP, 1, 0), ("Qwen 3.5", SCMP, 1, 0)),
        ("both price", (TITLES[0], SCMP, 0, 0), ("SMIC: prices up", REUTERS, 1, 0), (TITLES[2], REUTERS, 1, 0)),
        ("same newsroom", (TITLES[0], SCMP, 0, 0), (TITLES[2], SCMP, 1, 0), (TITLES[2], REUTERS, 1, 0)),
    ],
)
def test_each_kind_tells_one_pair_from_another(kind: str, one: Told, other: Told, more: Told) -> None:
    """The first pair has more of it than the second."""
    assert between(one, other)[kind] > between(one, more)[kind]


def test_the_unlike_pairs_of_a_crowd_are_not_looked_at() -> None:
    """Of hundreds of articles each sees its best by meaning, words and names only."""
    opened = window(*((f"word{at} other{at}", SCMP, 0.0, 360 * at / 300) for at in range(300)))

    ones, others, _ = candidates(opened, np.arange(1))

    assert 40 <= len(ones) <= 120
    assert {1, 2, 299, 298} <= set(others.tolist())


def test_another_encoders_cosines_are_brought_to_what_is_usual() -> None:
    """Their mean and spread are those the weights know, whatever the encoder makes of texts."""
    told = [(title, SCMP, 0.0, 30.0 * at) for at, title in enumerate(TITLES)]

    def meanings(opened: Window) -> Floats:
        _, _, table = candidates(opened, np.arange(len(opened)), usual=(0.3, 0.1))
        return table["meaning"]

    spread = meanings(window(*told))
    squeezed = meanings(window(*((title, room, hours, degrees / 2) for title, room, hours, degrees in told)))

    assert abs(float(spread.mean()) - 0.3) < 0.1
    assert abs(float(squeezed.mean()) - 0.3) < 0.1
    assert spread.max() <= 0.3 + 5 * 0.1


def test_what_a_server_added_is_no_evidence_for_others() -> None:
    """The evidence for two catalogue articles is the same beside any number of a server's own."""
    told = [(title, SCMP, float(at), 20.0 * at) for at, title in enumerate(TITLES)]
    plain, added = window(*told), window(*told)
    own = [
        (MARKER.marks(100 + at, article(f"o{at}", TITLES[at % 3], scope="alpha")), toward(7 * at)) for at in range(20)
    ]
    added.open(own)

    pairs = found(added)

    for pair, evidence in found(plain).items():
        assert pairs[pair] == pytest.approx(evidence, abs=1e-3)
