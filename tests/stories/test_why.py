from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor

import pytest
from sqlalchemy import Connection

from bot.correction import Act
from bot.errors import NotFoundError
from bot.model import CATALOGUE, Article, Newsroom
from bot.store import articles as article_rows
from bot.store import corrections as correction_rows
from bot.store import feeds as feed_rows
from bot.store import stories as story_rows
from bot.store.database import Store
from bot.stories.copies import Credits
from bot.stories.correct import Corrector
from bot.stories.group import Grouper
from bot.stories.likeness import MOST
from bot.stories.reasons import Kept, Outside, Reason, Why, concerning, kept_out
from bot.stories.why import Explainer
from tests import bundled
from tests.fakes import (
    BY_MEANING,
    HOUR,
    ITHOME,
    NOW,
    REUTERS,
    SCMP,
    CircleEmbedder,
    FakeClock,
    article,
    feed_spec,
    marker,
    story,
)
from tests.stories.corrected import correction, merged, split

TOPICS = bundled.topics()
MARKER = marker()


@pytest.fixture
def cpu() -> Iterator[Executor]:
    with ThreadPoolExecutor(1) as threads:
        yield threads


@pytest.fixture
def explainer(sqlite: Store, cpu: Executor) -> Explainer:
    return Explainer(sqlite, encoder="fake", marker=MARKER, topics=TOPICS, window_days=12, cpu=cpu, model=BY_MEANING)


def said(name: str, degrees: float, *, hours: float = 0, newsroom: Newsroom = SCMP, **rest: object) -> Article:
    """An article that lies in some direction: 37 degrees apart two are as likely one event as not."""
    title = f"{degrees:g} {name} on chips"
    return article(name, title, newsroom=newsroom, published=NOW + hours * HOUR, **rest)


async def grouped(store: Store, cpu: Executor, *found: Article) -> dict[str, str]:
    """Keep and group articles; gives the story of each."""
    await store.write(article_rows.keep, [(each.id, each) for each in found], feed_id=None)
    grouper = Grouper(
        store,
        CircleEmbedder(),
        marker=MARKER,
        topics=TOPICS,
        credit=Credits({}),
        window_days=12,
        cpu=cpu,
        model=BY_MEANING,
    )
    await grouper.run()
    return await store.read(story_rows.homes, [each.id for each in found])


def reasons(why: Why) -> dict[str, Reason]:
    return {reason.article.id: reason for reason in why.reasons}


def outside(reason: Reason) -> Outside:
    assert reason.outside
    return reason.outside


async def test_an_article_is_there_for_the_likest_other(sqlite: Store, cpu: Executor, explainer: Explainer) -> None:
    """Each names the article that is most like it, and the likest of another story with what kept it out."""
    near, far = said("b", 10, newsroom=REUTERS), said("c", 25, newsroom=ITHOME)
    homes = await grouped(sqlite, cpu, said("a", 0), near, far, said("d", 64))

    found = await explainer.why(homes["a"])

    by = reasons(found)
    assert found.story.id == homes["a"]
    assert {each: reason.inside and reason.inside.other.id for each, reason in by.items()} == {
        "a": "b",
        "b": "a",
        "c": "b",
    }
    assert outside(by["c"]).pair.other.id == "d"
    assert outside(by["c"]).story_id == homes["d"]
    assert outside(by["c"]).kept is Kept.AS_A_WHOLE
    assert by["a"].outside is None


async def test_every_number_is_the_sum_of_its_parts(sqlite: Store, cpu: Executor, explainer: Explainer) -> None:
    """Likeness, rank and relevance can be added up again; what is more than 4 is told as 4."""
    homes = await grouped(sqlite, cpu, said("a", 0), said("b", 30, newsroom=REUTERS), said("c", 2, newsroom=ITHOME))

    found = await explainer.why(homes["a"])

    for reason in found.reasons:
        pair = reason.inside
        assert pair
        summed = pair.offset + sum(value for _, value in pair.parts)
        assert pair.likeness == pytest.approx(min(summed, MOST))
        assert 0.5 < pair.probability < 1
        assert reason.verdict.score == pytest.approx(sum(value for _, value in reason.verdict.parts))


async def test_an_article_stands_for_its_story(sqlite: Store, cpu: Executor, explainer: Explainer) -> None:
    """Its own id will do, and so will one that the story once had; of nobody there is nothing to tell."""
    homes = await grouped(sqlite, cpu, said("a", 0), said("b", 90))
    await sqlite.write(story_rows.follow, {homes["b"]: homes["a"]})

    assert (await explainer.why("b")).story.id == homes["a"]
    assert (await explainer.why(homes["b"])).story.id == homes["a"]
    with pytest.raises(NotFoundError, match="no story or article 'nobody'"):
        await explainer.why("nobody")


async def test_a_story_of_one_has_nothing_inside(sqlite: Store, cpu: Executor, explainer: Explainer) -> None:
    """Alone in the archive, with nothing near."""
    homes = await grouped(sqlite, cpu, said("a", 0))

    (reason,) = (await explainer.why(homes["a"])).reasons

    assert (reason.inside, reason.outside) == (None, None)


async def test_a_servers_own_article_explains_no_story(sqlite: Store, cpu: Executor, explainer: Explainer) -> None:
    """What one server has for itself is nobody else's reason."""
    homes = await grouped(sqlite, cpu, said("a", 0), said("own", 1, scope="77"), said("other", 2, scope="78"))

    (reason,) = (await explainer.why(homes["a"])).reasons

    assert (reason.inside, reason.outside) == (None, None)


async def test_a_correction_that_binds_is_named(sqlite: Store, cpu: Executor, explainer: Explainer) -> None:
    """Two that a moderator of all has split are apart however alike they are."""
    await sqlite.write(story_rows.begin, [("s", "catalogue", NOW), ("t", "catalogue", NOW)])
    await sqlite.write(correction_rows.add, split(1, ["b"], ["a"], scope="catalogue"))
    homes = await grouped(sqlite, cpu, said("a", 0), said("b", 1, newsroom=REUTERS))

    found = await explainer.why(homes["a"])

    assert homes["a"] != homes["b"]
    assert [each.act for each in found.corrections] == [Act.SPLIT]
    assert outside(found.reasons[0]).kept is Kept.CORRECTION


async def test_without_a_vector_there_is_still_a_topic(sqlite: Store, cpu: Executor, explainer: Explainer) -> None:
    """Another encoder has left none: what an article is about needs none."""
    homes = await grouped(sqlite, cpu, said("a", 0), said("b", 1))
    strange = Explainer(
        sqlite, encoder="another", marker=MARKER, topics=TOPICS, window_days=12, cpu=cpu, model=BY_MEANING
    )

    found = await strange.why(homes["a"])

    assert [(each.inside, each.outside) for each in found.reasons] == [(None, None)] * 2
    assert found.reasons[0].verdict == (await explainer.why(homes["a"])).reasons[0].verdict


@pytest.mark.parametrize(
    ("pair", "whole", "apart", "kept"),
    [
        (3.0, 3.0, True, Kept.CORRECTION),
        (-1.0, -1.0, False, Kept.UNLIKE),
        (2.0, 0.1, False, Kept.AS_A_WHOLE),
        (2.0, 0.5, False, Kept.NOTHING),
    ],
)
def test_what_kept_an_article_out(pair: float, whole: float, apart: bool, kept: Kept) -> None:  # a table's column
    """A correction before all; then the pair itself; then the two stories as a whole."""
    assert kept_out(pair, whole, 0.5, apart=apart) is kept


def test_which_corrections_concern_a_story() -> None:
    """Those about an article of it, and those that name it, by an id that it once had too."""
    mine = merged(1, ["a"], ["x"])
    other = merged(2, ["y"], ["z"], ids="uv")
    named, hidden = correction(3, Act.RETITLE, "s1", title="x"), correction(4, Act.HIDE, "s2")
    before = correction(5, Act.KEEP_ON_TOP, "s0")

    found = concerning([mine, other, named, hidden, before], story(article("a")), {"s0": "s1", "s2": "s2"})

    assert found == (mine, named, before)


OWN = "77"


async def test_a_server_is_told_of_the_story_that_it_sees(sqlite: Store, cpu: Executor, explainer: Explainer) -> None:
    """What its moderators have merged is one story, held by them; others are told of what they see."""
    homes = await grouped(sqlite, cpu, said("a", 0), said("b", 60, newsroom=REUTERS), said("c", 61, newsroom=ITHOME))
    corrector = Corrector(sqlite, clock=FakeClock())
    made = await corrector.merge(homes["a"], homes["b"], scope=OWN, by="mo")

    ours, theirs = await explainer.why(homes["b"], scope=OWN), await explainer.why(homes["b"], scope="78")

    assert ours == await explainer.why(homes["a"], scope=OWN)
    assert {each: reason.bound for each, reason in reasons(ours).items()} == {"a": True, "b": True, "c": True}
    assert ours.corrections == (made,)
    assert outside_of(ours) == {"a": None, "b": None, "c": None}
    assert set(reasons(theirs)) == {"b", "c"}
    assert theirs.corrections == ()
    assert not any(reason.bound for reason in theirs.reasons)


async def test_what_a_server_has_split_off_is_kept_out(sqlite: Store, cpu: Executor, explainer: Explainer) -> None:
    """By its correction, under the id that the other part has there."""
    homes = await grouped(sqlite, cpu, said("a", 0), said("b", 1, newsroom=REUTERS), said("c", 2, newsroom=ITHOME))
    made = await Corrector(sqlite, clock=FakeClock()).split(homes["a"], ["c"], scope=OWN, by="mo")

    ours = await explainer.why("a", scope=OWN)
    split_off = await explainer.why("c", scope=OWN)

    assert set(reasons(ours)) == {"a", "b"}
    assert outside_of(ours) == {"a": "c", "b": "c"}
    assert {(outside(each).story_id, outside(each).kept) for each in ours.reasons} == {(made.other_id, Kept.CORRECTION)}
    assert (split_off.story.id, set(reasons(split_off)), split_off.corrections) == (made.other_id, {"c"}, (made,))


async def test_a_servers_own_articles_have_reasons_there(sqlite: Store, cpu: Executor, explainer: Explainer) -> None:
    """Beside what everybody sees, which they explain nothing of; no other server hears of them."""
    own, other = said("own", 3, scope=OWN), said("other", 1, scope="78")
    homes = await grouped(sqlite, cpu, said("a", 0), said("b", 20, newsroom=REUTERS), own, other)

    found = await explainer.why(homes["a"], scope=OWN)

    inside = {each: reason.inside and reason.inside.other.id for each, reason in reasons(found).items()}
    assert inside == {"a": "b", "b": "a", "own": "a"}
    assert set(reasons(await explainer.why(homes["a"]))) == {"a", "b"}
    with pytest.raises(NotFoundError):
        await explainer.why("other", scope=OWN)


async def test_what_a_server_has_hidden_is_told_to_be(sqlite: Store, cpu: Executor, explainer: Explainer) -> None:
    """The story itself says so; to others of that server it is no neighbour."""
    homes = await grouped(sqlite, cpu, said("a", 0), said("b", 45, newsroom=REUTERS))
    corrector = Corrector(sqlite, clock=FakeClock())
    await corrector.hide(homes["b"], scope=OWN, by="mo")

    hidden, beside = await explainer.why(homes["b"], scope=OWN), await explainer.why(homes["a"], scope=OWN)

    assert hidden.hidden
    assert [each.act for each in hidden.corrections] == [Act.HIDE]
    assert outside_of(beside) == {"a": None}
    assert outside_of(await explainer.why(homes["a"])) == {"a": "b"}


async def test_what_only_a_muted_feed_brought_is_no_reason(sqlite: Store, cpu: Executor, explainer: Explainer) -> None:
    """A server that has muted it is shown nothing of it."""
    (feed,) = await sqlite.write(_feeds)
    homes = await grouped(sqlite, cpu, said("a", 0))
    muted = said("b", 45, newsroom=REUTERS)
    await sqlite.write(article_rows.keep, [("b", muted)], feed_id=feed)
    await grouped(sqlite, cpu)
    await sqlite.write(feed_rows.mute, OWN, feed, by="mo", now=NOW)

    assert outside_of(await explainer.why(homes["a"], scope=OWN)) == {"a": None}
    assert outside_of(await explainer.why(homes["a"])) == {"a": "b"}


async def test_a_title_of_a_servers_own_is_told(sqlite: Store, cpu: Executor, explainer: Explainer) -> None:
    """The operator's corrections and its own, each once, in this order."""
    homes = await grouped(sqlite, cpu, said("a", 0))
    corrector = Corrector(sqlite, clock=FakeClock())
    own = await corrector.retitle(homes["a"], "Ours", scope=OWN, by="mo")
    everyones = await corrector.keep_on_top(homes["a"], by="operator")

    found = await explainer.why(homes["a"], scope=OWN)

    assert (found.story.title, found.story.on_top) == ("Ours", True)
    assert found.corrections == (everyones, own)


async def test_a_page_that_is_turned_costs_nothing(sqlite: Store, cpu: Executor, explainer: Explainer) -> None:
    """What was explained is kept for a while, until the story or its corrections change."""
    homes = await grouped(sqlite, cpu, said("a", 0), said("b", 45, newsroom=REUTERS))

    first = await explainer.why(homes["a"], scope=OWN)
    again = await explainer.why(homes["a"], scope=OWN)
    await Corrector(sqlite, clock=FakeClock()).keep_on_top(homes["a"], scope=OWN, by="mo")
    corrected = await explainer.why(homes["a"], scope=OWN)

    assert again is first
    assert [each.act for each in corrected.corrections] == [Act.KEEP_ON_TOP]


def outside_of(why: Why) -> dict[str, str | None]:
    """For each article of a story the likest one of another."""
    return {each: reason.outside and reason.outside.pair.other.id for each, reason in reasons(why).items()}


def _feeds(connection: Connection) -> list[int]:
    feed_rows.sync(connection, [feed_spec()], NOW)
    return [feed.id for feed in feed_rows.seen_by(connection, CATALOGUE)]
