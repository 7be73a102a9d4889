from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from bot.correction import Act, Correction
from bot.errors import CorrectionError, JianbaoError, NotFoundError
from bot.model import CATALOGUE
from bot.store import corrections as rows
from bot.store import facts
from bot.store import stories as story_rows
from bot.store.database import Store
from bot.store.schema import stories as table
from bot.stories import overlay
from bot.stories.bonds import Bonds, bonds
from bot.stories.correct import Corrector, Restored, cleaned, restored, taken
from tests.fakes import NOW, FakeClock, article, settle, story
from tests.stories.corrected import merged, split

HOUR = timedelta(hours=1)
Work = Callable[[Corrector], Awaitable[Correction]]


@pytest.fixture
async def corrector(store: Store) -> Corrector:
    """An archive of story s (a, b), story t (c, and a server's own d), and story u (e)."""
    places = {"a": "s", "b": "s", "c": "t", "d": "t", "e": "u"}
    archive = [
        article(name, story_id=home, published=NOW + number * HOUR, scope="77" if name == "d" else CATALOGUE)
        for number, (name, home) in enumerate(places.items())
    ]
    await settle(store, *archive)
    return Corrector(store, clock=FakeClock(NOW + 9 * HOUR))


async def homes(store: Store) -> str:
    """Where the articles are, written as "s:ab t:c"."""
    found = await store.read(story_rows.homes, "abcdefg")
    return " ".join(
        f"{home}:{''.join(sorted(each for each in found if found[each] == home))}"
        for home in sorted(set(found.values()))
    )


async def leads(store: Store) -> dict[str, str]:
    """Which ids lead to which others."""

    def query(connection: Connection) -> dict[str, str]:
        led = connection.execute(select(table).where(table.c.merged_into.is_not(None)))
        return {row.id: row.merged_into for row in led}

    return await store.read(query)


async def seen(store: Store, scope: str = "77") -> str:
    """What a server sees, written as "s:ab t:c"."""
    found = await store.read(overlay.touched, NOW - HOUR, NOW + 9 * HOUR, scope=scope)
    return " ".join(sorted(f"{each.id}:{''.join(one.id for one in each.articles)}" for each in found))


async def test_the_operator_makes_one_of_two(store: Store, corrector: Corrector) -> None:
    """All articles are in the older story, a server's own with them; the other id leads there, and undo is exact."""
    made = await corrector.merge("t", "s", by="op")

    assert await homes(store) == "s:abcd u:e"
    assert await leads(store) == {"t": "s"}
    assert (made.act, made.story_id, made.other_id, made.made_by, made.made_at) == (
        Act.MERGE,
        "s",
        "t",
        "op",
        NOW + 9 * HOUR,
    )
    assert list(made.before.items()) == [("a", "s"), ("b", "s"), ("c", "t"), ("d", "t")]
    assert await store.read(rows.active, CATALOGUE) == [made]

    undone = await corrector.undo(made.id, by="ben")

    assert (undone.undone_by, undone.undone_at) == ("ben", NOW + 9 * HOUR)
    assert await homes(store) == "s:ab t:cd u:e"
    assert await leads(store) == {}
    assert await store.read(rows.active, CATALOGUE) == []
    assert await store.read(rows.one, made.id) == undone


async def test_the_operator_makes_two_of_one(store: Store, corrector: Corrector) -> None:
    """What is named, by id or link, gets an id of its own; undone, that id leads back, and it is never given again."""
    made = await corrector.split("s", ["https://example.com/b"], by="op")
    fresh = str(made.other_id)

    assert (made.story_id, made.articles) == ("s", ("b",))
    assert await homes(store) == " ".join(sorted(["s:a", "t:cd", "u:e", f"{fresh}:b"]))

    await corrector.undo(made.id, by="op")
    again = await corrector.split("s", ["b"], by="op")

    assert await leads(store) == {fresh: "s"}
    assert again.other_id not in {fresh, None}
    assert await homes(store) == " ".join(sorted(["s:a", "t:cd", "u:e", f"{again.other_id}:b"]))


async def test_the_part_with_the_first_article_keeps_the_id(store: Store, corrector: Corrector) -> None:
    """Whichever part was named."""
    made = await corrector.split("s", ["a"], by="op")

    assert made.articles == ("a",)
    assert await homes(store) == " ".join(sorted(["s:a", "t:cd", "u:e", f"{made.other_id}:b"]))


async def test_an_id_of_before_a_merge_is_understood(store: Store, corrector: Corrector) -> None:
    """Stories go by any id they ever had."""
    await corrector.merge("s", "t", by="op")

    made = await corrector.merge("u", "t", by="op")

    assert (made.story_id, made.other_id) == ("s", "u")
    assert await homes(store) == "s:abcde"


@pytest.mark.parametrize("scope", [CATALOGUE, "77"])
async def test_a_change_of_the_store_is_told(store: Store, corrector: Corrector, scope: str) -> None:
    """Whoever keeps stories in memory reads them anew; a server's correction changes none."""
    made = await corrector.merge("s", "t", scope=scope, by="ada")
    await corrector.hide("u", scope=scope, by="ada")
    await corrector.undo(made.id, scope=scope, by="ada")

    assert await store.read(facts.number, facts.GROUPING) == (2 if scope == CATALOGUE else 0)


async def test_a_server_corrects_its_own_view(store: Store, corrector: Corrector) -> None:
    """The store and all other servers keep what they had, and undo takes one after the other away."""
    first = await corrector.merge("s", "t", scope="77", by="ada")
    second = await corrector.split("s", ["b", "d"], scope="77", by="ada")
    third = await corrector.merge(str(second.other_id), "u", scope="77", by="ada")

    assert await homes(store) == "s:ab t:cd u:e"
    assert await leads(store) == {}
    assert await seen(store, "78") == await seen(store, CATALOGUE) == "s:ab t:c u:e"
    assert (third.story_id, third.other_id) == ("u", second.other_id)
    assert await seen(store) == "s:ac u:bde"
    await corrector.undo(third.id, scope="77", by="ada")
    assert await seen(store) == " ".join(sorted(["s:ac", f"{second.other_id}:bd", "u:e"]))
    await corrector.undo(second.id, scope="77", by="ada")
    assert await seen(store) == "s:abcd u:e"
    await corrector.undo(first.id, scope="77", by="ada")
    assert await seen(store) == "s:ab t:cd u:e"


async def test_looks_are_made_and_undone(store: Store, corrector: Corrector) -> None:
    """Hidden is gone, on top is marked, a title is in one line; each is undone by its number."""
    hidden = await corrector.hide("u", by="op")
    kept = await corrector.keep_on_top("t", by="op")
    titled = await corrector.retitle("t", " Two \n words ", by="op")

    found = await store.read(overlay.one, "t")
    assert found is not None
    assert (found.title, found.on_top) == ("Two words", True)
    assert await seen(store, CATALOGUE) == "s:ab t:c"
    assert [each.id for each in await corrector.listed()] == [hidden.id, kept.id, titled.id]

    for each in (hidden, kept, titled):
        await corrector.undo(each.id, by="op")

    again = await store.read(overlay.one, "t")
    assert again is not None
    assert (again.title, again.on_top) == (None, False)
    assert await seen(store, CATALOGUE) == "s:ab t:c u:e"


@pytest.mark.parametrize(
    ("work", "code"),
    [
        pytest.param(lambda each: each.merge("s", "s", by="op"), "same-story", id="one story"),
        pytest.param(lambda each: each.split("s", ["a", "b"], by="op"), "whole-story", id="a whole story"),
        pytest.param(lambda each: each.split("t", ["c"], by="op"), "whole-story", id="all that the operator sees"),
        pytest.param(lambda each: each.split("t", ["d"], by="op"), "no-such-article", id="a server's own article"),
        pytest.param(lambda each: each.split("s", ["c"], by="op"), "no-such-article", id="another story's article"),
        pytest.param(lambda each: each.split("s", [], by="op"), "nothing-named", id="no article"),
        pytest.param(lambda each: each.retitle("s", " \n", by="op"), "no-title", id="an empty title"),
        pytest.param(lambda each: each.retitle("s", "x" * 201, by="op"), "long-title", id="a long title"),
        pytest.param(lambda each: each.merge("s", "x", by="op"), None, id="an unknown story"),
        pytest.param(lambda each: each.hide("x", by="op"), None, id="an unknown story to hide"),
        pytest.param(lambda each: each.undo(1, by="op"), None, id="an unknown correction"),
    ],
)
async def test_what_cannot_be_is_refused(store: Store, corrector: Corrector, work: Work, code: str | None) -> None:
    """With a sentence, and nothing is changed."""
    with pytest.raises(JianbaoError) as refused:
        await work(corrector)

    error = refused.value
    assert (error.code if isinstance(error, CorrectionError) else None) == code
    assert isinstance(error, CorrectionError if code else NotFoundError)
    assert error.sentence.endswith(".")
    assert await homes(store) == "s:ab t:cd u:e"
    assert await corrector.listed() == []


async def test_undo_is_for_who_may(corrector: Corrector) -> None:
    """Another server's correction is none of this one's business, and what is undone stays so."""
    made = await corrector.merge("s", "t", scope="77", by="ada")

    for scope in ("78", CATALOGUE):
        with pytest.raises(NotFoundError, match="no correction 1"):
            await corrector.undo(made.id, scope=scope, by="eve")
    await corrector.undo(made.id, scope="77", by="ada")
    with pytest.raises(CorrectionError, match="undone already"):
        await corrector.undo(made.id, scope="77", by="ada")


async def test_what_others_are_built_on_is_undone_last(store: Store, corrector: Corrector) -> None:
    """The sentence names the one on top; corrections of other stories are in nobody's way."""
    first = await corrector.merge("s", "t", by="op")
    second = await corrector.split("s", ["c"], by="op")
    await corrector.hide("u", by="op")

    with pytest.raises(CorrectionError, match=f"Correction {second.id} was made on top of {first.id}; undo that first"):
        await corrector.undo(first.id, by="op")
    await corrector.undo(second.id, by="op")
    await corrector.undo(first.id, by="op")

    assert await homes(store) == "s:ab t:cd u:e"


async def test_a_story_is_hidden_and_kept_once(corrector: Corrector) -> None:
    """A second one would survive the undoing of the first."""
    await corrector.merge("s", "t", by="op")
    await corrector.hide("s", by="op")
    await corrector.keep_on_top("s", by="op")

    with pytest.raises(CorrectionError, match="by correction 2"):
        await corrector.hide("t", by="op")
    with pytest.raises(CorrectionError, match="by correction 3"):
        await corrector.keep_on_top("t", by="op")
    await corrector.hide("u", by="op")


async def test_grouping_reads_what_binds(store: Store, corrector: Corrector) -> None:
    """The operator's merges and splits bind it; a server's and what is undone do not."""
    await corrector.merge("s", "t", by="op")
    undone = await corrector.split("s", ["b"], by="op")
    await corrector.undo(undone.id, by="op")
    await corrector.merge("s", "u", scope="77", by="ada")

    found = bonds(await store.read(rows.active, CATALOGUE))

    assert found.together("a") == frozenset("abcd")
    assert not found.binds("e")


@pytest.mark.parametrize(
    ("undone", "members", "still", "expected"),
    [
        pytest.param(merged(1, "a", "b"), "s:ab", [], ("b:t", {"t": None}), id="a merge as it was"),
        pytest.param(
            merged(1, "a", "b"), "s:abc", [], ("b:t", {"t": None}), id="who came to a merged story later stays"
        ),
        pytest.param(merged(1, "a", "b"), "d:abc", [], ("b:t", {"t": None}), id="a merge that grouping merged on"),
        pytest.param(split(1, "b", "a"), "s:a t:b", [], ("b:s", {"t": "s"}), id="a split as it was"),
        pytest.param(split(1, "b", "a"), "s:a t:bc", [], ("b:s c:s", {"t": "s"}), id="who came later goes along"),
        pytest.param(
            split(1, "b", "a"), "s:a t:bc", [merged(2, "c", "d")], ("b:s", {}), id="unless another correction names it"
        ),
        pytest.param(split(1, "b", "a"), "s:a d:bc", [], ("b:s", {}), id="a part that grouping merged with others"),
        pytest.param(
            split(1, "b", "ac"), "s:c t:b u:a", [merged(0, "a", "b")], ("b:u", {"t": "u"}), id="what was tied"
        ),
        pytest.param(
            split(1, "b", "ac"),
            "s:ax t:b u:c",
            [split(0, "x", "b")],
            ("b:u", {"t": "u"}),
            id="where nothing is that it must not meet",
        ),
    ],
)
def test_undoing_keeps_what_grouping_did_since(
    undone: Correction, members: str, still: list[Correction], expected: tuple[str, dict[str, str | None]]
) -> None:
    """What the correction moved goes back and breaks no bond that is left."""
    told, led = expected
    there = {each: home for home, _, held in (part.partition(":") for part in members.split()) for each in held}

    found = restored(undone, there, bonds(still))

    assert found == Restored(homes=dict(part.split(":") for part in told.split()), leads=led)


def test_where_nothing_is_left_to_go_back_to_undo_is_refused() -> None:
    """Rather than breaking another correction."""
    still = bonds([split(0, "x", "b")])

    with pytest.raises(CorrectionError, match="grouped anew"):
        restored(split(1, "b", "a"), {"a": "s", "x": "s", "b": "t"}, still)
    assert restored(split(1, "b", "a"), {}, Bonds()) == Restored(homes={}, leads={})


def test_articles_are_named_by_id_or_link() -> None:
    """Twice is once; a title has its blanks put in order."""
    told = story(article("a"), article("b"), article("c"))

    assert taken(told, ["b", "https://example.com/b"]) == {"b"}
    assert cleaned("  a\tb ") == "a b"
