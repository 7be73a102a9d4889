from collections.abc import Iterable, Sequence
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import CATALOGUE
from bot.stories.group import best_story, story_id
from bot.stories.window import Marks, Postings, Weights, Window
from tests.fakes import NOW

DAY = timedelta(days=1)
MEANING = Weights(meaning=1.0, words=0.0, names=0.0, numbers=0.0)
WORDS = Weights(meaning=0.0, words=1.0, names=0.0, numbers=0.0)
NAMES = Weights(meaning=0.0, words=0.0, names=1.0, numbers=0.0)
NUMBERS = Weights(meaning=0.0, words=0.0, names=0.0, numbers=1.0)


def marks(number: int, words: str = "", *, names: str = "", scope: str = CATALOGUE, days: float = 0) -> Marks:
    """An article some days after NOW that has these words and names."""
    return Marks(
        number=number,
        id=f"a{number}",
        scope=scope,
        is_press=True,
        published_at=NOW + days * DAY,
        terms=frozenset(words.split()),
        entities=frozenset(names.split()),
        numbers=frozenset(word for word in words.split() if word.isdigit()),
    )


def toward(*direction: float) -> np.ndarray:
    """A unit vector."""
    made = np.asarray(direction, np.float32)
    return made / np.linalg.norm(made)


EAST, NORTH, BETWEEN = toward(1, 0), toward(0, 1), toward(1, 1)


def window(weights: Weights = MEANING, *, span: timedelta = 3 * DAY) -> Window:
    return Window(weights=weights, span=span, since=NOW - 30 * DAY)


def likeness(opened: Window, asked: Marks, vector: np.ndarray = EAST) -> dict[str, float]:
    """The highest likeness by story."""
    alike, codes = opened.likeness(asked, vector)
    found: dict[str, float] = {}
    for value, code in zip(alike.tolist(), codes.tolist(), strict=True):
        found[opened.story(code)] = max(value, found.get(opened.story(code), -1.0))
    return found


@pytest.mark.parametrize(
    ("alike", "stories", "best"),
    [
        pytest.param([], [], None, id="nothing is open"),
        pytest.param([0.8], [7], 7, id="one near"),
        pytest.param([0.74], [7], None, id="one not near enough"),
        pytest.param([0.75], [7], 7, id="the threshold itself is enough"),
        pytest.param([0.8, 0.9], [7, 8], 8, id="the nearer of two"),
        pytest.param([0.9, 0.2], [7, 7], None, id="one bridge to a story that differs"),
        pytest.param([0.9, 0.7], [7, 7], 7, id="near to all of it"),
        pytest.param([0.95, 0.9, 0.9, 0.2], [7, 7, 7, 7], 7, id="one odd article does not keep the rest out"),
        pytest.param([0.9, 0.1, 0.8], [7, 7, 8], 8, id="whole and near before one bridge"),
        pytest.param([-0.5, -0.2], [7, 8], None, id="unlike all"),
    ],
)
def test_an_article_joins_the_story_it_is_most_alike(
    alike: Sequence[float], stories: Sequence[int], best: int | None
) -> None:
    """Midway between the nearest and the mean of all must reach the threshold of 0.75."""
    found = best_story(np.asarray(alike, np.float64), np.asarray(stories, np.int64), threshold=0.75)

    assert found == best


@given(
    st.lists(st.tuples(st.floats(-1, 2), st.integers(0, 5)), min_size=1, max_size=40),
    st.floats(-1, 2),
    st.randoms(),
)
def test_the_choice_is_above_the_threshold_and_blind_to_order(
    found: list[tuple[float, int]], threshold: float, chance: object
) -> None:
    """No story below the threshold is ever joined, and the order of the open articles means nothing."""

    def chosen(order: list[tuple[float, int]]) -> float:
        alike, stories = zip(*order, strict=True)
        best = best_story(np.asarray(alike), np.asarray(stories), threshold=threshold)
        return worth(order, best) if best is not None else -9.0

    def worth(order: list[tuple[float, int]], story: int) -> float:
        own = [value for value, code in order if code == story]
        return (max(own) + sum(own) / len(own)) / 2

    shuffled = list(found)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    best = max(worth(found, code) for _, code in found)
    assert chosen(found) == pytest.approx(chosen(shuffled))
    if chosen(found) > -9.0:
        assert chosen(found) == pytest.approx(best)
        assert best >= threshold - 1e-9
    else:
        assert best < threshold + 1e-9


def test_a_story_is_named_after_its_first_article() -> None:
    """The same article always begins the same story, and two never share one."""
    assert story_id("a") == story_id("a") != story_id("b")
    assert len(story_id("a")) == 12


def postings(*opened: Iterable[str]) -> Postings:
    """These texts, counted and then opened."""
    made = Postings()
    for words in opened:
        made.count(frozenset(words))
    made.settle()
    for words in opened:
        made.add(frozenset(words))
    return made


def test_a_rare_word_counts_for_more() -> None:
    """What few articles have tells more than what all have."""
    overlap = postings(*[["chip"]] * 8, ["chip", "smic"], ["chip", "price"]).overlap(frozenset(["chip", "smic"]))

    *others, with_smic, with_price = overlap.tolist()
    assert with_smic == pytest.approx(1)
    assert with_price < 0.1
    assert max(others) < 0.3


def test_the_order_within_a_batch_changes_no_weight() -> None:
    """The first article of a batch is weighed with the last already counted."""
    texts = [["chip", "smic"], ["chip", "price"], ["robot"], ["chip"]]
    asked = frozenset(["chip", "smic"])

    forward = postings(*texts).overlap(asked).tolist()
    backward = postings(*reversed(texts)).overlap(asked).tolist()

    assert forward == pytest.approx(backward[::-1])


terms = st.frozensets(st.sampled_from("abcdefghij"), max_size=6)


@given(st.lists(st.lists(terms, max_size=20), min_size=1, max_size=5), terms)
def test_evidence_lies_between_nothing_and_one(batches: list[list[frozenset[str]]], asked: frozenset[str]) -> None:
    """However many articles came in between, the overlap of two texts is a share: none is 0, all is 1."""
    made = Postings()
    opened: list[frozenset[str]] = []
    for batch in batches:
        for each in batch:
            made.count(each)
        made.settle()
        for each in batch:
            made.overlap(asked)
            made.add(each)
            opened.append(each)

    overlap = made.overlap(asked)

    for each, share in zip(opened, overlap.tolist(), strict=True):
        assert -1e-6 <= share <= 1 + 1e-4
        if not each & asked:
            assert share == 0
        if each == asked and each:
            assert share == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    ("weights", "asked", "vector"),
    [
        pytest.param(MEANING, marks(9), EAST, id="meaning"),
        pytest.param(WORDS, marks(9, "wafer price 28"), BETWEEN, id="words"),
        pytest.param(NAMES, marks(9, names="smic"), BETWEEN, id="names"),
        pytest.param(NUMBERS, marks(9, "28"), BETWEEN, id="numbers"),
    ],
)
def test_each_kind_of_evidence_counts(weights: Weights, asked: Marks, vector: np.ndarray) -> None:
    """Each alone finds its story."""
    opened = window(weights)
    one, two = marks(1, "wafer price 28", names="smic"), marks(2, "robot race 10", names="unitree")
    opened.expect([one, two])
    opened.add(one, EAST, "one")
    opened.add(two, NORTH, "two")

    found = likeness(opened, asked, vector)

    assert found["one"] > 0.9
    assert found["two"] < 0.1


def test_nothing_is_like_an_empty_window() -> None:
    """The first article of all meets nobody."""
    assert likeness(window(), marks(1)) == {}
    assert window().members("one") == []


@pytest.mark.parametrize(("days", "meets"), [(0, True), (2.9, True), (3, True), (3.1, False), (-3.1, False)])
def test_articles_further_apart_than_the_span_do_not_meet(days: float, meets: bool) -> None:
    """The same words half a month later are another event."""
    opened = window()
    opened.add(marks(1), EAST, "one")

    assert bool(likeness(opened, marks(2, days=days))) is meets


@pytest.mark.parametrize(
    ("scope", "meets"),
    [
        (CATALOGUE, {"public"}),
        ("alpha", {"public", "of alpha"}),
        ("beta", {"public", "of beta"}),
        ("gamma", {"public"}),
    ],
)
def test_each_meets_the_catalogue_and_its_own(scope: str, meets: set[str]) -> None:
    """A server's own articles meet the catalogue's and its own, never another's; the catalogue's meet each other."""
    opened = window()
    opened.add(marks(1, scope="alpha"), EAST, "of alpha")
    opened.add(marks(2), EAST, "public")
    opened.add(marks(3, scope="beta"), EAST, "of beta")

    assert set(likeness(opened, marks(9, scope=scope))) == meets


def test_a_servers_own_articles_change_nothing_for_the_catalogue() -> None:
    """Neither what is rare nor how alike catalogue articles are depends on what a server added."""
    public = [marks(1, "wafer price"), marks(2, "wafer robot")]
    own = [marks(100 + number, "wafer price", scope="alpha") for number in range(30)]
    plain, added = window(WORDS), window(WORDS)
    added.expect(own)
    for each in own:
        added.add(each, EAST, "one")
    for opened in (plain, added):
        opened.expect(public)
        opened.add(public[0], EAST, "one")
        opened.add(public[1], NORTH, "two")

    asked = marks(9, "wafer price smic")

    assert likeness(added, asked) == likeness(plain, asked)


def test_the_window_grows_as_it_must() -> None:
    """Past the room made at first, every article is still there with its vector and story."""
    opened = window()
    for number in range(2500):
        opened.add(marks(number), EAST if number % 2 else NORTH, f"s{number % 2}")

    assert len(opened) == 2500
    assert likeness(opened, marks(9999)) == {"s0": 0.0, "s1": 1.0}
    assert [each.number for each in opened.members("s1")][:3] == [1, 3, 5]
    assert len(opened.members("s0")) == 1250


def test_the_past_is_let_go_when_it_is_most_of_all() -> None:
    """Closing costs a copy of what stays, so it waits until that is the smaller half; then only the past goes."""
    opened = window()
    for number in range(10):
        opened.add(marks(number, f"w{number}", days=number), EAST, f"s{number}")

    opened.close_before(NOW + 5 * DAY)
    kept_all = len(opened)
    opened.close_before(NOW + 6 * DAY)

    assert kept_all == 10
    assert len(opened) == 4
    assert opened.since == NOW + 6 * DAY
    assert set(likeness(opened, marks(99, days=8))) == {"s6", "s7", "s8", "s9"}
    assert opened.members("s1") == []
    assert [each.number for each in opened.members("s7")] == [7]


def test_a_window_that_lost_all_begins_anew() -> None:
    """After everything was closed the next article is the first again."""
    opened = window()
    opened.add(marks(1), EAST, "one")
    opened.close_before(NOW + DAY)

    opened.add(marks(2, days=2), NORTH, "two")

    assert len(opened) == 1
    assert likeness(opened, marks(3, days=2), NORTH) == {"two": 1.0}
