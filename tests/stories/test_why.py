from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor

import pytest

from bot.correction import Act
from bot.errors import NotFoundError
from bot.model import Article, Newsroom
from bot.store import articles as article_rows
from bot.store import corrections as correction_rows
from bot.store import stories as story_rows
from bot.store.database import Store
from bot.stories.copies import Credits
from bot.stories.group import Grouper
from bot.stories.likeness import MOST
from bot.stories.topics import Topics
from bot.stories.why import Explainer, Kept, Outside, Reason, Why, concerning, kept_out
from tests.fakes import BY_MEANING, HOUR, ITHOME, NOW, REUTERS, SCMP, CircleEmbedder, article, marker, story
from tests.stories.corrected import correction, merged, split

TOPICS = Topics.load()
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
    """Those about an article of it, and those that name it."""
    mine = merged(1, ["a"], ["x"])
    other = merged(2, ["y"], ["z"], ids="uv")
    named, hidden = correction(3, Act.RETITLE, "s1", title="x"), correction(4, Act.HIDE, "s2")

    assert concerning([mine, other, named, hidden], story(article("a"))) == (mine, named)
