from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import CATALOGUE
from bot.stories.bag import Bag, Floats
from bot.stories.marks import Marks
from bot.stories.window import Window
from tests.fakes import DAY, NOW, article, marker, toward

MARKER = marker()
EAST, NORTH = toward(0), toward(90)


def marks(number: int, title: str = "", *, scope: str = CATALOGUE, days: float = 0) -> Marks:
    """What is seen in an article some days after NOW."""
    told = article(f"a{number}", title, scope=scope, published=NOW + days * DAY)
    return MARKER.marks(number, told)


def window(*opened: Marks, days: float = 3) -> Window:
    """A window of a span of some days with these articles in it."""
    made = Window(span=days * DAY, since=NOW - 30 * DAY)
    made.open([(each, EAST) for each in opened])
    return made


def meets(opened: Window, number: int) -> set[int]:
    """The numbers of the articles that one may meet."""
    (met,) = opened.meets(opened.slots([number]))
    return {opened.marks[slot].number for slot in np.flatnonzero(met)}


def bag(*opened: Sequence[str]) -> Bag:
    """These texts."""
    made = Bag()
    for words in opened:
        made.add(words)
    made.settle()
    return made


def cosine(made: Bag, row: int) -> Floats:
    return np.asarray(made.cosine(np.array([row], np.int64))[0])


def test_a_rare_word_counts_for_more() -> None:
    """What few articles have tells more than what all have."""
    made = bag(*[["chip"]] * 8, ["chip", "smic"], ["chip", "price"], ["chip", "smic"])

    *others, with_smic, with_price, itself = cosine(made, 10).tolist()

    assert with_smic == pytest.approx(1)
    assert itself == pytest.approx(1)
    assert with_price < 0.1
    assert max(others) < 0.3


def test_the_order_within_a_batch_changes_no_weight() -> None:
    """The first article of a batch is weighed with the last already counted."""
    texts = [["chip", "smic"], ["chip", "price"], ["robot"], ["chip"]]

    forward, backward = bag(*texts), bag(*reversed(texts))

    assert cosine(forward, 0).tolist() == pytest.approx(cosine(backward, 3).tolist()[::-1])


def test_a_word_beside_the_text_is_counted_and_not_said() -> None:
    """What a word may mean makes that less rare, without being in the text."""
    plain, beside = bag(["chip"], ["strike"]), Bag()
    beside.add(["chip"], also=["strike"])
    beside.add(["strike"])
    beside.settle()

    assert beside.rarity[1] < plain.rarity[1]
    assert beside.shared(np.array([0], np.int64)).tolist() == [[pytest.approx(float(beside.rarity[0])), 0]]


terms = st.frozensets(st.sampled_from("abcdefghij"), max_size=6)


@given(st.lists(st.lists(terms, max_size=20), min_size=1, max_size=5), terms)
def test_evidence_lies_between_nothing_and_one(batches: list[list[frozenset[str]]], asked: frozenset[str]) -> None:
    """However many batches came, how alike two texts are is a share: without a common word 0, all the same 1."""
    made, opened = Bag(), list[frozenset[str]]()
    for batch in [*batches, [asked]]:
        for each in batch:
            made.add(each)
        made.settle()
        opened.extend(batch)

    found = cosine(made, len(opened) - 1)

    for each, share in zip(opened, found.tolist(), strict=True):
        assert -1e-6 <= share <= 1 + 1e-4
        if not each & asked:
            assert share == 0
        if each == asked and each:
            assert share == pytest.approx(1, abs=1e-3)


@given(st.lists(terms, min_size=1, max_size=20))
def test_what_two_share_is_never_more_than_either_has(texts: list[frozenset[str]]) -> None:
    """The shared rarity is the same from both sides, and within each one's own."""
    made = bag(*map(sorted, texts))
    shared = made.shared(np.arange(len(texts)))

    assert np.allclose(shared, shared.T, atol=1e-4)
    assert np.all(shared <= np.minimum.outer(made.mass, made.mass) + 1e-3)
    assert np.allclose(np.diag(shared), made.mass, atol=1e-3)


def test_nothing_is_in_an_empty_window() -> None:
    """The first article of all meets nobody."""
    opened = window()

    assert len(opened) == 0
    assert opened.slots([1]).tolist() == []
    assert meets(window(marks(1)), 1) == set()


@pytest.mark.parametrize(("days", "met"), [(0, True), (2.9, True), (3, True), (3.1, False), (-3.1, False)])
def test_articles_further_apart_than_the_span_do_not_meet(days: float, *, met: bool) -> None:
    """The same words half a month later are another event."""
    opened = window(marks(1), marks(2, days=days))

    assert (2 in meets(opened, 1)) is met
    assert (1 in meets(opened, 2)) is met


@pytest.mark.parametrize(
    ("scope", "met"), [(CATALOGUE, {2, 3}), ("alpha", {1, 2, 3}), ("beta", {2, 3, 4}), ("gamma", {2, 3})]
)
def test_each_meets_the_catalogue_and_its_own(scope: str, met: set[int]) -> None:
    """A server's own articles meet the catalogue's and its own, never another's; the catalogue's meet each other."""
    opened = window(marks(1, scope="alpha"), marks(2), marks(3), marks(4, scope="beta"), marks(9, scope=scope))

    assert meets(opened, 9) == met


def test_a_servers_own_articles_change_nothing_for_the_catalogue() -> None:
    """Neither what is rare nor how crowded a place is depends on what a server added."""
    titles = ["Wafer prices rise", "Wafer robots race", "Wafers of glass"]
    public = [(marks(at, title), toward(25 * at)) for at, title in enumerate(titles)]
    own = [(marks(100 + at, "Wafer prices rise", scope="alpha"), EAST) for at in range(30)]
    plain, added = window(), window()
    plain.open(public)
    added.open([*own, *public])

    for opened in (plain, added):
        rows = opened.slots(range(3))
        opened.crowd(rows, opened.vectors[rows] @ opened.vectors.T, opened.meets(rows))
    rows = added.slots(range(3))

    assert added.bags["terms"].mass[rows].tolist() == pytest.approx(plain.bags["terms"].mass.tolist())
    for name in ("near", "nearest", "mean", "spread"):
        assert getattr(added, name)[rows].tolist() == pytest.approx(getattr(plain, name).tolist(), abs=1e-5), name


def test_the_window_grows_as_it_must() -> None:
    """Past the room made at first, every article is still there with its vector and time."""
    opened = window()
    for begin in range(0, 2500, 500):
        opened.open([(marks(at, days=at / 1000), NORTH if at % 2 else EAST) for at in range(begin, begin + 500)])

    assert len(opened) == 2500
    assert opened.vectors[:, 0].tolist() == pytest.approx([float(EAST[0]), float(NORTH[0])] * 1250)
    assert [opened.marks[slot].number for slot in opened.slots([2400, 3, 9999])] == [3, 2400]
    assert opened.times[2499] == pytest.approx((NOW + 2.499 * DAY).timestamp())


def test_the_past_is_let_go_when_it_is_most_of_all() -> None:
    """Closing costs a copy of what stays, so it waits until that is the smaller half; then only the past goes."""
    opened = window(*(marks(number, f"word{number}", days=number) for number in range(10)))

    kept_all = opened.keep_from(NOW + 5 * DAY)
    let_go = opened.keep_from(NOW + 6 * DAY)

    assert not kept_all
    assert let_go
    assert len(opened) == 4
    assert opened.since == NOW + 6 * DAY
    assert meets(opened, 8) == {6, 7, 9}
    assert opened.bags["terms"].ones.shape[0] == 4


def test_a_window_that_lost_all_begins_anew() -> None:
    """After everything was closed the next article is the first again."""
    opened = window(marks(1))
    opened.keep_from(NOW + DAY)

    opened.open([(marks(2, days=2), NORTH)])

    assert opened.slots([2]).tolist() == [0]
    assert meets(opened, 2) == set()


@pytest.mark.parametrize(
    ("since", "until", "reached"), [(-30, 0, True), (-31, 0, False), (-30, 5, True), (0, 6, False)]
)
def test_a_window_knows_how_far_it_reaches(since: float, until: float, *, reached: bool) -> None:
    """From its beginning to its end, which one read from the past has."""
    opened = Window(span=3 * DAY, since=NOW - 30 * DAY, until=NOW + 5 * DAY)

    assert opened.reaches(NOW + since * DAY, NOW + until * DAY) is reached
    assert Window(span=DAY, since=NOW).reaches(NOW, NOW + 1000 * DAY)
