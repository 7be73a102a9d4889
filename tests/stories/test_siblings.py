from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Name, Newsroom, Story
from bot.stories.heart import About, about
from bot.stories.siblings import Kin, bundled, called, kin, theme
from tests.fakes import ITHOME, NOW, REUTERS, SCMP, article, story
from tests.stories.test_heart import LEXICON

HOUR = timedelta(hours=1)
VISIT = "Nvidia and {} sign a deal in South Korea"


def told(title: str, *newsrooms: Newsroom, hours: float = 0) -> tuple[Story, About]:
    """A story of one title, and what it is about."""
    made = story(
        *(
            article(f"{title}{at}", title, newsroom=each, published=NOW + hours * HOUR)
            for at, each in enumerate(newsrooms or (SCMP,))
        )
    )
    return made, about(made, LEXICON)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (told("Nvidia opens a lab"), told("Nvidia hires"), Kin(newsroom=True, name=False)),
        (told("Nvidia opens a lab"), told("Nvidia hires", REUTERS), Kin(newsroom=False, name=False)),
        (
            told("Nvidia in South Korea"),
            told("Jensen Huang lands in South Korea", REUTERS),
            Kin(newsroom=False, name=True),
        ),
        (told("Nvidia opens a lab"), told("SMIC opens a lab"), None),
        (told("Nvidia opens a lab"), told("Nvidia hires", hours=25), None),
        (told("Prices rise"), told("Prices fall"), None),
        (told("Nvidia opens a lab"), told("Nvidia hires", SCMP, REUTERS, ITHOME), Kin(newsroom=True, name=False)),
    ],
)
def test_what_makes_siblings(one: tuple[Story, About], other: tuple[Story, About], expected: Kin | None) -> None:
    """One day and one company; beside these a newsroom or another name."""
    assert kin(*one, *other) == expected


def test_what_many_newsrooms_report_is_news_of_its_own() -> None:
    """A story of four papers stands under no other."""
    papers = [Newsroom(name=f"Paper {at}", language=SCMP.language, kind=SCMP.kind) for at in range(4)]

    assert kin(*told("Nvidia opens a lab", papers[0]), *told("Nvidia hires", *papers)) is None


def by_name(one: str, other: str) -> Kin | None:
    """Words are of one family by their first letter, and share a name where the second is the same too."""
    return Kin(newsroom=True, name=one[1] == other[1]) if one[0] == other[0] else None


@pytest.mark.parametrize(
    ("ranked", "bundles"),
    [
        (["a1", "a1", "b1"], [["a1", "a1"], ["b1"]]),
        (["a1", "a2", "b1"], [["a1"], ["a2"], ["b1"]]),
        (["a1", "b1", "a2", "a3"], [["a1", "a2", "a3"], ["b1"]]),
        (["a1", "a1", "a1", "a1", "b1"], [["a1", "a1", "a1"], ["b1"], ["a1"]]),
        ([], []),
    ],
)
def test_siblings_take_one_place(ranked: list[str], bundles: list[list[str]]) -> None:
    """Two need a name beside the company; a crowd does not; more than two siblings do not fit here and come last."""
    assert bundled(ranked, by_name, most=2) == bundles


@given(st.lists(st.text("ab", min_size=2, max_size=2), max_size=20), st.integers(1, 5))
def test_no_story_is_lost_in_bundling(ranked: list[str], most: int) -> None:
    """Each stands once, and no bundle is larger than it may be."""
    found = bundled(list(enumerate(ranked)), lambda one, other: by_name(one[1], other[1]), most=most)

    assert sorted(each for bundle in found for each in bundle) == list(enumerate(ranked))
    assert all(len(bundle) <= most + 1 for bundle in found)


def test_siblings_are_called_by_their_partners() -> None:
    """What all share is said once; each is called by whom the others do not name."""
    head, other = (told(VISIT.format(name))[1] for name in ("SMIC", "Naver"))

    assert theme([head, other]) == (Name(en="Nvidia", zh="英伟达"), Name(en="South Korea", zh="韩国"))
    assert called(other, head) == (Name(en="Naver", zh="Naver"),)
    assert called(head, head) == ()
