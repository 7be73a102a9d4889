from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import CATALOGUE, Newsroom
from bot.stories.bag import Floats
from bot.stories.board import Board
from bot.stories.bonds import Bonds, bonds
from bot.stories.likeness import Likeness, probability
from bot.stories.marks import Marks
from bot.stories.settle import Settled, story_id
from tests.fakes import BY_MEANING, DAY, HOUR, ITHOME, NOW, NVIDIA, REUTERS, SCMP, article, marker, toward
from tests.stories.corrected import merged, split

MARKER = marker()
Placed = tuple[str, float]
"""An article's id and its place on the circle; a number behind the id are hours after NOW: b3 at three o'clock."""


def board(model: Likeness = BY_MEANING, *, since: datetime = NOW - 30 * DAY) -> Board:
    return Board(model, span=12 * DAY, since=since)


def take(
    onto: Board,
    *placed: Placed,
    newsroom: Newsroom = SCMP,
    scope: str = CATALOGUE,
    held: Bonds | None = None,
    hours: float | None = None,
) -> Settled:
    """Put articles on a board; the article a is the number 1, published an hour after NOW."""
    opened = [
        (
            MARKER.marks(
                number(name),
                article(
                    name,
                    f"word {name}",
                    newsroom=newsroom,
                    scope=scope,
                    published=NOW + (number(name) if hours is None else hours) * HOUR,
                ),
            ),
            toward(degrees),
        )
        for name, degrees in placed
    ]
    return onto.take(opened, held or Bonds())


def number(name: str) -> int:
    return sum(ord(letter) - ord("a") + 1 for letter in name)


def told(onto: Board) -> set[str]:
    """The stories as words: "ab" and "c"."""
    return set(by_id(onto).values())


def by_id(onto: Board) -> dict[str, str]:
    found: dict[str, list[int]] = {}
    for each in sorted(onto.homes):
        found.setdefault(onto.homes[each], []).append(each)
    return {story: "".join(chr(ord("a") + each - 1) for each in members) for story, members in found.items()}


def test_what_is_alike_stands_together() -> None:
    """Each story goes by its first article's name."""
    onto = board()

    take(onto, ("a", 0), ("b", 20), ("c", 90))

    assert by_id(onto) == {story_id("a"): "ab", story_id("c"): "c"}


def test_a_later_article_joins_two_stories() -> None:
    """What lies between two stories and is like both makes one of them; the younger id leads to the older."""
    onto = board()
    take(onto, ("a", 0), ("b", 44))
    before = told(onto)

    settled = take(onto, ("c", 22))

    assert before == {"a", "b"}
    assert by_id(onto) == {story_id("a"): "abc"}
    assert settled.leads == {story_id("b"): story_id("a")}
    assert settled.begun == {}


def test_a_story_that_turns_out_to_be_two_is_parted() -> None:
    """Two articles that were somewhat alike each find closer company; the first keeps the id."""
    onto = board()
    take(onto, ("a", 20), ("b", 60))
    before = told(onto)

    settled = take(onto, ("c", 0), ("d", 80))

    assert before == {"ab"}
    assert by_id(onto) == {story_id("a"): "ac", story_id("b"): "bd"}
    assert settled.begun == {story_id("b"): 2}
    assert settled.leads == {}


def test_only_what_is_touched_is_settled() -> None:
    """A story that nothing comes near is left alone, though it may be read again while rarities still shift."""
    onto = board()
    take(onto, *((letter, 40 * at) for at, letter in enumerate("abcdef")), ("g", 180), *[("s", 200)])
    take(onto, ("t", 300), ("u", 320))

    settled = take(onto, ("v", 302), hours=30)

    assert settled.homes.keys() >= {number("v"), number("t")}
    assert settled.begun == settled.leads == {}


def test_a_servers_own_article_hangs_on_a_story() -> None:
    """It finds its story and changes none: not even as a bridge between two."""
    onto = board()
    take(onto, ("a", 0), ("b", 44))

    settled = take(onto, ("c", 21), scope="alpha")

    assert onto.homes[number("c")] == story_id("a")
    assert settled.leads == settled.begun == {}
    assert onto.homes[number("a")] != onto.homes[number("b")]


def test_a_servers_own_articles_make_their_own_story() -> None:
    """What the catalogue has not is a story in that scope; another server's never joins it."""
    onto = board()

    settled = take(onto, ("a", 0), ("b", 5), scope="alpha")
    take(onto, ("c", 0), scope="beta")

    assert told(onto) == {"ab", "c"}
    assert settled.begun == {story_id("a"): 1}


@pytest.mark.parametrize(
    ("held", "stories"),
    [
        pytest.param([], {"ab", "c"}, id="nothing is bound"),
        pytest.param([merged(1, "a", "c")], {"abc"}, id="what must share a story does"),
        pytest.param([split(1, "b", "a")], {"a", "b", "c"}, id="what must not does not"),
        pytest.param([split(1, "b", "a"), merged(2, "b", "c")], {"a", "bc"}, id="both"),
        pytest.param([merged(1, "a", "x")], {"ab", "c"}, id="an article that is not open"),
    ],
)
def test_corrections_hold(held: Sequence[object], stories: set[str]) -> None:
    """Whatever the likeness, and however the articles come."""
    bound = bonds(held)  # type: ignore[arg-type]
    at_once, in_turn = board(), board()

    take(at_once, ("a", 0), ("b", 10), ("c", 90), held=bound)
    for each in (("a", 0), ("b", 10), ("c", 90)):
        take(in_turn, each, held=bound)

    assert told(at_once) == told(in_turn) == stories


def test_the_echo_is_one_where_both_presses_tell() -> None:
    """Such a story is in no press alone."""
    onto = board()
    take(onto, ("a", 0))
    take(onto, ("b", 10), newsroom=ITHOME)

    assert onto.echoes([1, 2]) == {story_id("a"): 1.0}


@pytest.mark.parametrize(
    ("newsroom", "degrees", "echo"),
    [
        pytest.param(ITHOME, 42, probability(20 * (0.74314 - 0.75)), id="the other press all but tells it"),
        pytest.param(ITHOME, 50, probability(20 * (0.64279 - 0.75)), id="the other press tells of something like it"),
        pytest.param(ITHOME, 120, 0.0, id="the other press tells of something else"),
        pytest.param(REUTERS, 42, 0.0, id="the same press"),
        pytest.param(NVIDIA, 42, 0.0, id="a company is no press"),
    ],
)
def test_the_echo_is_how_probably_the_other_press_has_it(newsroom: Newsroom, degrees: float, echo: float) -> None:
    """The likest article of the other press outside of the story says how much we may claim."""
    onto = board()
    take(onto, ("a", 0))
    take(onto, ("b", degrees), newsroom=newsroom)

    assert onto.echoes([2]).get(story_id("a"), 0.0) == pytest.approx(echo, abs=1e-3)
    assert onto.echoes([1])[story_id("a")] == pytest.approx(echo, abs=1e-3)


def test_a_servers_own_article_is_no_echo() -> None:
    """What one server reads says nothing to others."""
    onto = board()
    take(onto, ("a", 0))
    take(onto, ("b", 42), newsroom=ITHOME, scope="alpha")

    assert onto.echoes([1]) == {story_id("a"): 0.0}


def test_the_past_is_let_go() -> None:
    """Once most are past they are closed, with their stories; what stays keeps its own."""
    onto = board()
    take(onto, ("a", 0), ("b", 90), ("c", 180), hours=0)
    take(onto, ("d", 270), hours=48)

    onto.close_before(NOW + DAY)

    assert by_id(onto) == {story_id("d"): "d"}
    assert not onto.reaches(NOW, NOW + DAY)
    assert onto.reaches(NOW + DAY, NOW + 2 * DAY)


@st.composite
def weeks(draw: st.DrawFn) -> tuple[list[Placed], list[list[int]]]:
    """Up to twelve articles on the circle, each place once, and some order and batches they come in."""
    degrees = draw(st.lists(st.integers(0, 1790), min_size=1, max_size=12, unique=True))
    placed = [(chr(ord("a") + at), each / 10) for at, each in enumerate(degrees)]
    order = draw(st.permutations(range(len(placed))))
    cuts = sorted(draw(st.sets(st.integers(1, len(placed)), max_size=5)) | {0, len(placed)})
    return placed, [list(order[begin:end]) for begin, end in pairwise(cuts)]


@given(weeks())
def test_batch_by_batch_or_all_at_once_is_the_same(week: tuple[list[Placed], list[list[int]]]) -> None:
    """However articles come, late ones too, the stories in the end are those of all of them."""
    placed, batches = week
    at_once, in_turn = board(), board()
    take(at_once, *placed)

    for batch in batches:
        take(in_turn, *(placed[at] for at in batch))

    assert told(in_turn) == told(at_once)


@given(weeks())
def test_every_id_a_reader_saw_leads_somewhere(week: tuple[list[Placed], list[list[int]]]) -> None:
    """An id lives, or leads to one that does; a story that begins takes none that lives."""
    placed, batches = week
    onto, leads, seen = board(), dict[str, str](), set[str]()
    for batch in batches:
        alive = set(onto.homes.values())
        settled = take(onto, *(placed[at] for at in batch))
        assert settled.begun.keys().isdisjoint(alive)
        leads = {old: into for old, into in (leads | dict(settled.leads)).items() if old not in settled.begun}
        seen |= set(onto.homes.values())

    assert all(_end(each, leads) in set(onto.homes.values()) for each in seen)


def _end(story: str, leads: dict[str, str]) -> str:
    while story in leads:
        story = leads[story]
    return story


def test_a_board_read_anew_goes_on_where_the_old_one_was() -> None:
    """The same articles with their stories, put back, change nothing and take the next one alike."""
    kept, anew = board(), board()
    week = [("a", 0), ("b", 20), ("c", 90), ("d", 100)]
    take(kept, *week)
    anew.restore(_opened(week), kept.homes)

    first, second = take(kept, ("e", 95)), take(anew, ("e", 95))

    assert first.homes[number("e")] == second.homes[number("e")] == story_id("c")
    assert kept.homes == anew.homes


def _opened(week: Iterable[Placed]) -> list[tuple[Marks, Floats]]:
    return [
        (
            MARKER.marks(number(name), article(name, f"word {name}", published=NOW + number(name) * HOUR)),
            toward(degrees),
        )
        for name, degrees in week
    ]
