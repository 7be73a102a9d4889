from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.stories.bag import Floats
from bot.stories.likeness import MOST, Likeness
from bot.stories.link import Linking, likeness, linked

FITTED = Likeness.load("multilingual-use-v3")
ALL = 1.0
"""The share by which two stories are as alike as all their pairs are on the mean."""


def alike(size: int, **pairs: float) -> Floats:
    """How alike articles a, b, c ... are; a pair that is not named is as unlike as can be."""
    made = np.full((size, size), -MOST, np.float32)
    for pair, value in pairs.items():
        one, other = ("abcdefghij".index(letter) for letter in pair)
        made[one, other] = made[other, one] = value
    return made


def told(stories: list[list[int]]) -> set[str]:
    """Stories as words: "ab" and "c"."""
    return {"".join("abcdefghij"[place] for place in story) for story in stories}


@st.composite
def matrices(draw: st.DrawFn) -> Floats:
    """How alike up to nine articles are; no two pairs are equally alike."""
    size = draw(st.integers(1, 9))
    dice = np.random.default_rng(draw(st.integers(0, 2**32)))
    made = np.triu(dice.uniform(-MOST, MOST, (size, size)), 1)
    whole = (made + made.T).astype(np.float32)
    np.fill_diagonal(whole, -MOST)
    return whole


shares = st.sampled_from([FITTED.share, 0.5, ALL])


def sets(stories: list[list[int]]) -> set[frozenset[int]]:
    return {frozenset(story) for story in stories}


@pytest.mark.parametrize(
    ("pairs", "stories"),
    [
        pytest.param({}, {"a", "b", "c"}, id="nothing is alike"),
        pytest.param({"ab": 2}, {"ab", "c"}, id="two are"),
        pytest.param({"ab": 0.25}, {"ab", "c"}, id="the threshold itself is enough"),
        pytest.param({"ab": 0.2}, {"a", "b", "c"}, id="less is not"),
        pytest.param({"ab": 2, "bc": 2, "ac": 2}, {"abc"}, id="all three are"),
        pytest.param({"ab": 3, "bc": 2, "ac": 0.1}, {"abc"}, id="one is a little less like one of them"),
        pytest.param({"ab": 2, "bc": 3}, {"a", "bc"}, id="the two most alike join first"),
    ],
)
def test_the_most_alike_join(pairs: dict[str, float], stories: set[str]) -> None:
    """Joining goes on until no two stories are alike enough."""
    assert told(linked(alike(3, **pairs), threshold=0.25, share=ALL)) == stories


@given(st.floats(0.25, 4), st.floats(0.25, 4), st.sampled_from([ALL, FITTED.share]))
def test_a_bridge_never_joins_its_ends(one: float, other: float, share: float) -> None:
    """A is like B and B like C, A and C are as unlike as can be: no story of three, however like the bridge is."""
    found = linked(alike(3, ab=one, bc=other), threshold=0.25, share=share)

    assert len(found) == 2
    assert all(len(story) < 3 for story in found)


@pytest.mark.parametrize(
    ("pairs", "stories"),
    [
        pytest.param({"ab": 0.8, "bc": 0.8}, {"ab", "c"}, id="a weak bridge between two articles"),
        pytest.param({"ab": 4, "cd": 4, "bc": 4}, {"ab", "cd"}, id="one strong pair between two stories of two"),
        pytest.param(
            {"ab": 4, "cd": 4, "ea": 4, "eb": 4, "ec": 3.9},
            {"abe", "cd"},
            id="an article of one story that is like one of the other",
        ),
    ],
)
def test_a_bridge_is_not_enough_as_fitted(pairs: dict[str, float], stories: set[str]) -> None:
    """With the share in use one link between two stories leaves the rest without support."""
    size = len({letter for pair in pairs for letter in pair})

    assert told(linked(alike(size, **pairs), threshold=FITTED.threshold, share=FITTED.share)) == stories


def test_a_follow_up_need_not_be_like_all_of_a_long_story() -> None:
    """What is like the latest two of a story of nine joins it, though its beginning said other words."""
    nine = "abcdefghi"
    story = {f"{one}{other}": 4.0 for one in nine for other in nine if one < other}

    found = linked(alike(10, **story, hj=3.5, ij=3.5), threshold=FITTED.threshold, share=FITTED.share)

    assert told(found) == {"abcdefghij"}


@pytest.mark.parametrize(
    ("between", "share", "value"),
    [
        ([[2.0]], 0.15, 2.0),
        ([[2.0, 0.0]], ALL, 1.0),
        ([[2.0, 0.0]], 0.15, (3 * 2 + 1) / 4),
        ([[3.0, -1.0], [-1.0, 3.0]], 0.5, 3.0),
        ([[3.0, -1.0], [-1.0, 3.0]], ALL, 1.0),
    ],
)
def test_two_stories_are_as_alike_as_their_best_pairs(between: list[list[float]], share: float, value: float) -> None:
    """Each article counts by its best share of the other story, those of the smaller one three times."""
    found = np.array(between, np.float32)

    assert likeness(found, share) == pytest.approx(value)
    assert likeness(found.T, share) == pytest.approx(value)


@given(matrices(), shares, st.randoms(use_true_random=False))
def test_the_order_of_the_articles_means_nothing(between: Floats, share: float, chance: Random) -> None:
    """The same articles in any order are the same stories."""
    order = list(range(len(between)))
    chance.shuffle(order)

    plain = linked(between, threshold=0.25, share=share)
    shuffled = linked(between[np.ix_(order, order)], threshold=0.25, share=share)

    assert sets([[order[place] for place in story] for story in shuffled]) == sets(plain)


@given(matrices(), shares, st.booleans(), st.data())
def test_what_comes_later_is_linked_as_if_all_had_come_at_once(
    between: Floats, share: float, even: bool, data: st.DataObject
) -> None:
    """Polls in any order, equally alike pairs or not: after each the stories are those of linking all anew."""
    between = between.round() if even else between
    order = data.draw(st.permutations(range(len(between))))
    linking = Linking(threshold=0.25, share=share, order=int)
    homes: dict[int, frozenset[int]] = {}
    for at in range(0, len(order), 3):
        here = sorted(order[: at + 3])
        rows = {one: {other: float(between[one, other]) for other in here if other != one} for one in here}
        for story in linking.take(order[at : at + 3], rows.__getitem__):
            homes |= dict.fromkeys(story, frozenset(story))

        anew = linked(between[np.ix_(here, here)], threshold=0.25, share=share)
        assert set(homes.values()) == {frozenset(here[place] for place in story) for story in anew}


@given(matrices(), shares, st.data())
def test_what_is_tied_stands_together_and_what_is_apart_does_not(
    between: Floats, share: float, data: st.DataObject
) -> None:
    """Whatever the likeness: each article is in one story, tied ones in the same, those kept apart never."""
    places = list(range(len(between)))
    labels = data.draw(st.lists(st.integers(0, 3), min_size=len(places), max_size=len(places)))
    groups = [[place for place in places if labels[place] == label] for label in range(1, 4)]
    tied = [group for group in groups if len(group) > 1]
    pairs = data.draw(st.sets(st.tuples(st.sampled_from(places), st.sampled_from(places))))
    bound = {place: at for at, group in enumerate(tied) for place in group}
    foes = {frozenset(pair) for pair in pairs if pair[0] != pair[1] and not _share(bound, *pair)}

    found = linked(
        between, threshold=0.25, share=share, tied=tied, apart=lambda one, other: frozenset((one, other)) in foes
    )

    assert sorted(place for story in found for place in story) == places
    homes = {place: at for at, story in enumerate(found) for place in story}
    assert all(len({homes[place] for place in group}) == 1 for group in tied)
    assert all(homes[one] != homes[other] for one, other in map(tuple, foes))


def _share(bound: dict[int, int], one: int, other: int) -> bool:
    return one in bound and bound[one] == bound.get(other)


def test_no_articles_are_no_stories() -> None:
    """Nothing in, nothing out."""
    assert linked(alike(0), threshold=0, share=ALL) == []
