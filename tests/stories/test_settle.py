from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.stories.settle import Settled, names, settle, story_id


def settled(stories: Sequence[Sequence[int]], homes: Mapping[int, str] | None = None) -> Settled:
    """Settle articles that were published in the order of their numbers; the article 3 offers n3, then n3+."""
    numbers = sorted(number for story in stories for number in story)
    return settle(stories, homes or {}, {number: [f"n{number}", f"n{number}+"] for number in numbers})


@pytest.mark.parametrize(
    ("stories", "homes", "after", "begun", "leads"),
    [
        pytest.param([[1], [2]], {}, {1: "n1", 2: "n2"}, {"n1": 1, "n2": 2}, {}, id="new articles begin stories"),
        pytest.param([[2, 1]], {}, {1: "n1", 2: "n1"}, {"n1": 1}, {}, id="a story is named after its first article"),
        pytest.param([[1, 2]], {1: "x"}, {1: "x", 2: "x"}, {}, {}, id="a new article joins"),
        pytest.param([[1, 2]], {2: "x"}, {1: "x", 2: "x"}, {}, {}, id="an earlier article that came late joins too"),
        pytest.param([[1, 2]], {1: "x", 2: "y"}, {1: "x", 2: "x"}, {}, {"y": "x"}, id="a merge keeps the older"),
        pytest.param(
            [[1, 2, 3]], {1: "z", 2: "y", 3: "x"}, {1: "z", 2: "z", 3: "z"}, {}, {"y": "z", "x": "z"}, id="of three too"
        ),
        pytest.param([[2, 3], [1]], {1: "x", 2: "x", 3: "x"}, {1: "x", 2: "n2", 3: "n2"}, {"n2": 2}, {}, id="a split"),
        pytest.param(
            [[1, 3], [2, 4]],
            {1: "x", 2: "x", 3: "y", 4: "y"},
            {1: "x", 3: "x", 2: "n2", 4: "n2"},
            {"n2": 2},
            {"y": "x"},
            id="what was two mixes: the parts with the first articles decide",
        ),
        pytest.param(
            [[1], [2]], {1: "n2", 2: "n2"}, {1: "n2", 2: "n2+"}, {"n2+": 2}, {}, id="a name in use is passed over"
        ),
    ],
)
def test_ids_stay_with_what_they_began_with(
    stories: list[list[int]], homes: dict[int, str], after: dict[int, str], begun: dict[str, int], leads: dict[str, str]
) -> None:
    """A story goes on where its first article is; what is left without an id begins under a new one."""
    assert settled(stories, homes) == Settled(homes=after, begun=begun, leads=leads)


@st.composite
def partitions(draw: st.DrawFn) -> tuple[list[list[int]], dict[int, str]]:
    """Some stories of up to ten articles, and the homes some of them had."""
    size = draw(st.integers(1, 10))
    now = draw(st.lists(st.integers(0, 4), min_size=size, max_size=size))
    before = draw(st.lists(st.sampled_from(["", "x", "y", "z", "n1"]), min_size=size, max_size=size))
    stories = [[at for at in range(size) if now[at] == label] for label in sorted(set(now))]
    return stories, {at: home for at, home in enumerate(before) if home}


@given(partitions())
def test_every_story_has_one_id_and_no_two_the_same(given_: tuple[list[list[int]], dict[int, str]]) -> None:
    """Each old id lives on in one story or leads to one that does; none that begins was in use."""
    stories, homes = given_
    found = settled(stories, homes)

    ids = [{found.homes[article] for article in story} for story in stories]
    alive = {each for story in ids for each in story}
    assert all(len(story) == 1 for story in ids)
    assert len(alive) == len(stories)
    assert found.begun.keys().isdisjoint(homes.values())
    assert found.leads.keys().isdisjoint(alive)
    assert alive >= set(found.leads.values())
    assert set(homes.values()) <= alive | found.leads.keys()
    assert alive == (set(homes.values()) - found.leads.keys()) | found.begun.keys()


@given(partitions())
def test_settling_what_is_settled_changes_nothing(given_: tuple[list[list[int]], dict[int, str]]) -> None:
    """The same stories again keep their ids, begin nothing and lead nowhere."""
    stories, homes = given_
    once = settled(stories, homes)

    assert settled(stories, once.homes) == Settled(homes=once.homes, begun={}, leads={})


def test_a_story_is_named_after_its_first_article() -> None:
    """The same article always begins the same story, and two never share one; the other names differ from the first."""
    assert story_id("a") == story_id("a") != story_id("b")
    assert len(story_id("a")) == 12
    assert next(names("a")) == story_id("a")
    assert len(set(names("a"))) == len(list(names("a"))) > 1
