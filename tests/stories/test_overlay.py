from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.correction import Act, Correction
from bot.model import CATALOGUE, Story
from bot.store.database import Store
from bot.stories import overlay
from bot.stories.correct import Corrector
from bot.stories.overlay import View, as_corrected
from tests.fakes import NOW, FakeClock, article, settle
from tests.fakes import story as stored
from tests.stories.corrected import correction, merged, split

HOUR = timedelta(hours=1)
ALL = "abcdef"


def archive(*stories: str) -> list[Story]:
    """Written as "s:ab t:c": stories of these articles, an hour between one and the next."""
    return [
        stored(*(article(each, published=NOW + ALL.index(each) * HOUR) for each in members), id=name)
        for name, _, members in (each.partition(":") for each in stories)
    ]


def read(view: View) -> list[str]:
    return sorted(f"{story.id}:{''.join(each.id for each in story.articles)}" for story in view.shown)


def test_what_is_corrected_keeps_the_likeliest_echo() -> None:
    """So that no correction makes a story look as if one press alone had it."""
    one, other = archive("s:ab", "t:c")
    told = [replace(one, echo=0.1), replace(other, echo=0.4)]

    assert [story.echo for story in as_corrected(told, [merged(1, "ab", "c")]).shown] == [0.4]
    assert [story.echo for story in as_corrected(told, [split(1, "b", "a", ids="su")]).shown] == [0.1, 0.1, 0.4]


@pytest.mark.parametrize(
    ("there", "made", "survivors", "seen"),
    [
        pytest.param(["s:ab", "t:c"], [], {}, ["s:ab", "t:c"], id="nothing corrected"),
        pytest.param(["s:ad", "t:bc"], [merged(1, "ad", "bc")], {}, ["s:abcd"], id="merged, in the order of time"),
        pytest.param(
            ["s:ab", "t:cd"], [merged(1, "ab", "c")], {}, ["s:abcd"], id="what came to either later is in it too"
        ),
        pytest.param(
            ["s:a", "d:bce"],
            [merged(1, "a", "b")],
            {"s": "s", "t": "d"},
            ["s:abce"],
            id="a story that grouping merged since comes whole",
        ),
        pytest.param(
            ["s:a", "t:c", "u:bd"],
            [merged(1, "ab", "c")],
            {"s": "s", "t": "t"},
            ["s:abc", "u:d"],
            id="an article that grouping moved since comes alone",
        ),
        pytest.param(["s:ab"], [split(1, "b", "a")], {}, ["s:a", "t:b"], id="split"),
        pytest.param(["s:abcd"], [split(1, "b", "ac")], {}, ["s:acd", "t:b"], id="who came later is with the more"),
        pytest.param(["s:abcde"], [split(1, "bcd", "a")], {}, ["s:a", "t:bcde"], id="even where they have the new id"),
        pytest.param(
            ["d:abf"], [split(1, "b", "a")], {"s": "d"}, ["d:af", "t:b"], id="split, and merged by grouping since"
        ),
        pytest.param(
            ["s:a", "u:bc"], [split(1, "b", "a")], {}, ["s:a", "t:b", "u:c"], id="split by grouping too, another way"
        ),
        pytest.param(
            ["s:ab", "u:c"],
            [split(1, "b", "a"), merged(2, "c", "b", ids="ut")],
            {},
            ["s:a", "u:bc"],
            id="split off and merged with another",
        ),
        pytest.param(
            ["s:a", "t:b"],
            [merged(1, "a", "b"), split(2, "b", "a", ids="sn")],
            {},
            ["n:b", "s:a"],
            id="merged and split again",
        ),
        pytest.param(
            ["s:abcd"],
            [split(1, "c", "ab", ids="sn"), merged(2, "d", "c", ids="un")],
            {"s": "s", "u": "s", "n": "n"},
            ["n:cd", "s:ab"],
            id="merged with what grouping has since put beside what it was split from",
        ),
        pytest.param(["s:a", "t:b"], [correction(1, Act.HIDE, "t")], {}, ["s:a"], id="hidden"),
        pytest.param(
            ["d:a"],
            [correction(1, Act.HIDE, "t")],
            {"t": "d"},
            [],
            id="hidden by an id it had before grouping merged it",
        ),
        pytest.param(
            ["s:a", "t:b"], [merged(1, "a", "b"), correction(2, Act.HIDE, "t")], {}, [], id="hidden by the id that went"
        ),
    ],
)
def test_what_a_server_sees(
    there: Sequence[str], made: Sequence[Correction], survivors: Mapping[str, str], seen: Sequence[str]
) -> None:
    """Corrections one after the other over what is stored, and grouping kept wherever it contradicts none."""
    assert read(as_corrected(archive(*there), made, survivors=survivors)) == seen


def test_every_id_leads_somewhere() -> None:
    """What went in a merge, and a stored story that lost all its articles, open what they are part of now."""
    made = [merged(1, "ab", "c"), split(2, "b", "ac", ids="sn")]

    view = as_corrected(archive("s:a", "t:c", "u:b"), made)

    assert {each: found.id for each in "stun" if (found := view.story(each))} == {
        "s": "s",
        "t": "s",
        "u": "n",
        "n": "n",
    }
    assert view.story("nobody") is None


def test_a_hidden_story_is_opened_only_on_purpose() -> None:
    """Nobody stumbles upon it; a moderator who wants to undo that finds it."""
    view = as_corrected(archive("s:a"), [correction(1, Act.HIDE, "s")])

    assert view.story("s") is None
    assert view.story("s", hidden=True)


def test_looks_stay_with_the_story() -> None:
    """The last title holds, and a story on top stays there, by whatever id it goes."""
    made = [
        correction(1, Act.RETITLE, "t", title="First"),
        correction(2, Act.KEEP_ON_TOP, "t"),
        merged(3, "a", "b"),
        correction(4, Act.RETITLE, "s", title="Last"),
    ]

    (story,) = as_corrected(archive("s:a", "t:b"), made).shown

    assert (story.id, story.title, story.on_top) == ("s", "Last", True)


def test_an_untouched_story_is_the_very_same() -> None:
    """A correction of one story costs the others nothing."""
    there = archive("s:ab", "t:c")

    view = as_corrected(there, [split(1, "b", "a", ids="sn")])

    assert view.stories["t"] is there[1]


async def filled(store: Store) -> Corrector:
    """Three stories a day apart."""
    await settle(
        store,
        article("a", story_id="s", published=NOW - 48 * HOUR),
        article("b", story_id="t", published=NOW - 24 * HOUR),
        article("c", story_id="u", published=NOW),
    )
    return Corrector(store, clock=FakeClock())


async def test_a_merged_story_is_read_whole(store: Store) -> None:
    """A window that touches one of the two shows both, as far as they were there; other servers see what is stored."""
    corrector = await filled(store)
    await corrector.merge("s", "t", scope="77", by="ada")

    async def told(scope: str, end: int = 0) -> list[str]:
        found = await store.read(overlay.touched, NOW - 30 * HOUR, NOW - end * HOUR, scope=scope)
        return [f"{story.id}:{''.join(each.id for each in story.articles)}" for story in found]

    assert sorted(await told("77")) == ["s:ab", "u:c"]
    assert await told("77", end=25) == []
    assert sorted(await told("78")) == sorted(await told(CATALOGUE)) == ["t:b", "u:c"]
    whole = await store.read(overlay.one, "t", scope="77")
    assert whole == await store.read(overlay.one, "s", scope="77")
    assert whole is not None
    assert [each.id for each in whole.articles] == ["a", "b"]
    known = await store.read(overlay.known_as, ["t", "u", "nobody"], scope="77", until=NOW - HOUR)
    assert {old: story.id for old, story in known.items()} == {"t": "s"}
    assert [story.id for story in await store.read(overlay.around, ["t"], scope="77")] == ["s"]


async def test_the_operators_looks_are_for_everybody(store: Store) -> None:
    """What the operator hides no server sees; a server's own title is shown there instead of the operator's."""
    corrector = await filled(store)
    await corrector.hide("u", by="operator")
    await corrector.retitle("t", "For all", by="operator")
    await corrector.retitle("t", "Ours", scope="77", by="ada")

    async def titles(scope: str) -> dict[str, str | None]:
        found = await store.read(overlay.touched, NOW - 50 * HOUR, NOW, scope=scope)
        return {story.id: story.title for story in found}

    assert await titles(CATALOGUE) == await titles("78") == {"s": None, "t": "For all"}
    assert await titles("77") == {"s": None, "t": "Ours"}
    assert await store.read(overlay.one, "u", scope="77") is None


async def test_a_servers_own_article_can_be_split_off(store: Store) -> None:
    """It is a story there, and nothing anywhere else."""
    corrector = await filled(store)
    await settle(store, article("own", story_id="s", scope="77"))
    made = await corrector.split("s", ["own"], scope="77", by="ada")

    assert made.other_id is not None
    mine = await store.read(overlay.one, made.other_id, scope="77")
    assert mine is not None
    assert [each.id for each in mine.articles] == ["own"]
    assert await store.read(overlay.one, made.other_id, scope="78") is None
