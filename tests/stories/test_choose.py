from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Article, Digest, Headline, Kind, Language, Name, Newsroom, Story, Topic, Update, Window
from bot.stories.choose import (
    ALSO,
    TOP,
    UPDATES,
    Candidate,
    as_everybody_sees,
    bundles,
    candidates,
    is_on_topic,
    on_topic,
    retold,
    sections,
    shown_articles,
    within,
    without_last,
)
from bot.stories.heart import About
from tests.fakes import ITHOME, KR36, NOW, NVIDIA, REUTERS, TECHMEME, article, digest, story
from tests.stories.mornings import DAY, HOUR

YESTERDAY = date(2026, 6, 7)
REDDIT = Newsroom(name="Reddit", language=Language.EN, kind=Kind.COMMUNITY)


def ids(found: Sequence[Candidate]) -> list[str]:
    return [each.story.id for each in found]


def chosen(*stories: Story, seen: Sequence[str] = (), now: datetime = NOW, china: Sequence[str] = ()) -> list[str]:
    about = {story: About(china=1.0) for story in china}
    return ids(candidates(stories, seen=shown(*seen), now=now, about=about, reader=Language.EN))


def shown(*articles: str) -> dict[str, date]:
    """What a channel has seen, all of it yesterday."""
    return dict.fromkeys(articles, YESTERDAY)


@pytest.mark.parametrize(
    ("told", "seen", "new"),
    [
        pytest.param(story(article("a")), [], True, id="never shown"),
        pytest.param(story(article("a")), ["a"], False, id="shown before"),
        pytest.param(story(article("a"), article("b")), ["a"], False, id="the same newsroom again"),
        pytest.param(story(article("a"), article("b", newsroom=REUTERS)), ["a"], True, id="a second newsroom"),
        pytest.param(
            story(article("a"), article("b", newsroom=REUTERS, original_id="a")), ["a"], False, id="a copy of it"
        ),
        pytest.param(story(article("a"), article("b", newsroom=TECHMEME)), ["a"], False, id="an aggregator found it"),
        pytest.param(story(article("a"), article("b", newsroom=REDDIT)), ["a"], False, id="a forum talks about it"),
        pytest.param(story(article("a"), article("b", newsroom=NVIDIA)), ["a"], True, id="the company speaks"),
        pytest.param(story(article("a"), article("b", newsroom=ITHOME)), ["b"], True, id="the other press, earlier"),
        pytest.param(story(article("a", relevant=False)), [], False, id="off topic"),
        pytest.param(story(article("a", relevant=False), article("b")), [], True, id="partly on topic"),
        pytest.param(story(article("a", scope="server")), [], True, id="one server's own feed alone has it"),
        pytest.param(
            story(article("a", relevant=False), article("b", scope="server")), [], False, id="its own feed adds nothing"
        ),
        pytest.param(story(article("a", published=NOW - 3 * DAY)), [], True, id="three days old"),
        pytest.param(story(article("a", published=NOW - 3 * DAY - HOUR, seen=NOW)), [], False, id="stale"),
        pytest.param(
            story(article("a", published=NOW - 9 * DAY), article("b", published=NOW)), [], True, id="old but running"
        ),
    ],
)
def test_a_story_is_told_when_it_is_new_and_belongs_here(told: Story, seen: list[str], new: bool) -> None:
    """Nothing twice, nothing off topic, nothing stale; a running story only with something new."""
    assert bool(chosen(told, seen=seen)) is new


def test_the_best_stories_come_first() -> None:
    """What both presses report comes before what one has, and what names China before what does not."""
    one = story(article("a"), id="one")
    two = story(article("b"), article("c", newsroom=ITHOME), id="two")
    chinese = story(article("d"), id="chinese")

    assert chosen(one, two, chinese, china=["chinese"]) == ["two", "chinese", "one"]


def test_equal_stories_keep_one_order() -> None:
    """A tie is broken by the id, so that a digest decided again would be the same."""
    stories = [story(article(name), id=name) for name in ("c", "a", "b")]

    assert chosen(*stories) == chosen(*reversed(stories)) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("articles", "seen", "new"),
    [
        ([article("a"), article("b", newsroom=REUTERS)], ["a"], "b"),
        ([article("a"), article("b", newsroom=REUTERS), article("c", newsroom=NVIDIA)], ["a"], "c"),
        ([article("a"), article("b", newsroom=REUTERS), article("c", "中芯涨价", newsroom=ITHOME)], ["a"], "b"),
        ([article("a"), article("c", "中芯涨价", newsroom=ITHOME)], ["a"], "c"),
        ([article("a"), article("b", newsroom=REUTERS), article("c", newsroom=ITHOME)], ["a", "c"], "b"),
        ([article("a"), article("b", newsroom=REUTERS), article("c")], ["a"], "b"),
        ([article("a"), article("b", newsroom=TECHMEME), article("c", newsroom=KR36, original_id="a")], ["a"], None),
        ([article("a")], ["a"], None),
    ],
)
def test_an_update_is_the_latest_newsroom_that_had_not_spoken(
    articles: list[Article], seen: list[str], new: str | None
) -> None:
    """In the reader's language where one is; copies, aggregators, forums and a newsroom's second article do nothing."""
    found = candidates([story(*articles)], seen=shown(*seen), now=NOW, about={}, reader=Language.EN)

    assert [each.new.article_id for each in found if each.new] == ([new] if new else [])


def test_a_servers_own_article_does_not_make_a_story_on_topic() -> None:
    """What everybody sees decides what everybody gets."""
    told = story(article("a", relevant=False), article("b", scope="server"))

    assert not is_on_topic(as_everybody_sees(told))


def candidate(number: int, *, topic: Topic | None = None, new: bool = False) -> Candidate:
    told = story(article(f"a{number}"), id=f"s{number:03}", topic=topic)
    update = headline_of(told) if new else None
    return Candidate(story=told, score=100.0 - number, new=update)


def headline_of(told: Story) -> Headline:
    first = told.articles[0]
    return Headline(
        title=first.title,
        link=first.link,
        newsroom=first.newsroom.name,
        language=first.title_language,
        article_id=first.id,
        published_at=first.published_at,
    )


def layout(ranked: Sequence[Candidate], size: int) -> list[tuple[str, list[str]]]:
    made = sections(ranked, reader=Language.EN, size=size)
    return [(section.heading, [item.telling.story_id for item in section.items]) for section in made]


CHIPS, MODELS = Topic.CHIPS, Topic.MODELS


@pytest.mark.parametrize(
    ("ranked", "size", "expected"),
    [
        pytest.param([], 15, [], id="an empty day"),
        pytest.param([candidate(1, topic=CHIPS)], 15, [(TOP, ["s001"])], id="the best leads"),
        pytest.param(
            [candidate(1), candidate(2, topic=MODELS), candidate(3, topic=CHIPS), candidate(4, topic=MODELS)],
            3,
            [(TOP, ["s001"]), (MODELS, ["s002"]), (CHIPS, ["s003"])],
            id="topics by their best story",
        ),
        pytest.param(
            [candidate(1), candidate(2, new=True), candidate(3, topic=CHIPS)],
            15,
            [(TOP, ["s001"]), (CHIPS, ["s003"]), (UPDATES, ["s002"])],
            id="updates stand apart and never lead",
        ),
        pytest.param(
            [candidate(number, new=True) for number in range(1, 6)],
            15,
            [(UPDATES, ["s001", "s002", "s003"])],
            id="three updates at most",
        ),
        pytest.param(
            [candidate(number, topic=CHIPS) for number in range(1, 5)],
            15,
            [(TOP, ["s001"]), (CHIPS, ["s002", "s003"]), (ALSO, ["s004"])],
            id="the last quarter gets a line",
        ),
        pytest.param(
            [candidate(1), candidate(2), candidate(3, topic=CHIPS), candidate(4, topic=CHIPS)],
            15,
            [(TOP, ["s001"]), (CHIPS, ["s003"]), (ALSO, ["s002", "s004"])],
            id="without a topic, in a line",
        ),
        pytest.param(
            [candidate(number, new=True) for number in range(1, 4)], 2, [(UPDATES, ["s001", "s002"])], id="a small size"
        ),
    ],
)
def test_a_digest_has_its_order(ranked: list[Candidate], size: int, expected: list[tuple[str, list[str]]]) -> None:
    """The lead, topics by their best story, updates, and the rest in a line each."""
    assert layout(ranked, size) == expected


@given(
    st.lists(st.tuples(st.sampled_from([None, *Topic]), st.booleans()), max_size=60),
    st.integers(1, 40),
)
def test_numbers_run_and_no_story_comes_twice(kinds: list[tuple[Topic | None, bool]], size: int) -> None:
    """Whatever the day brings: numbers 1 to n in reading order, each story once, never more than was wished."""
    ranked = [candidate(number, topic=topic, new=new) for number, (topic, new) in enumerate(kinds)]

    made = sections(ranked, reader=Language.EN, size=size)

    items = [item for section in made for item in section.items]
    told = [item.telling.story_id for item in items]
    assert [item.number for item in items] == list(range(1, len(items) + 1))
    assert len(told) == len(set(told)) <= size
    assert all(section.items for section in made)
    assert len({section.heading for section in made}) == len(made)
    fresh, updates = sum(not each.new for each in ranked), sum(each.new is not None for each in ranked)
    assert len(told) == min(size, fresh + min(updates, 3))


def alone(number: int, press: Language | None, *, topic: Topic | None = None) -> Candidate:
    return replace(candidate(number, topic=topic), only=press)


EN, ZH = Language.EN, Language.ZH


@pytest.mark.parametrize(
    ("ranked", "size", "expected"),
    [
        pytest.param(
            [alone(1, ZH, topic=CHIPS), alone(2, None), alone(3, None, topic=CHIPS)],
            15,
            [(TOP, ["s002"]), ("only-zh", ["s001"]), (CHIPS, ["s003"])],
            id="what the Chinese press alone has does not lead",
        ),
        pytest.param([alone(1, ZH)], 15, [("only-zh", ["s001"])], id="it stands alone where there is nothing else"),
        pytest.param([alone(1, EN)], 15, [(TOP, ["s001"])], id="the reader's own press alone is no section"),
        pytest.param(
            [*(alone(number, ZH, topic=CHIPS) for number in range(1, 5)), alone(5, None), alone(6, None, topic=MODELS)],
            6,
            [(TOP, ["s005"]), ("only-zh", ["s001", "s002"]), (MODELS, ["s006"]), (CHIPS, ["s003"]), (ALSO, ["s004"])],
            id="a third of the places at most, before all others had their turn",
        ),
        pytest.param(
            [*(alone(number, None, topic=CHIPS) for number in range(1, 9)), alone(9, ZH)],
            3,
            [(TOP, ["s001"]), ("only-zh", ["s009"]), (CHIPS, ["s002"])],
            id="and never none",
        ),
    ],
)
def test_what_the_other_press_has_alone_stands_apart(
    ranked: list[Candidate], size: int, expected: list[tuple[str, list[str]]]
) -> None:
    """Under a heading of its own, so that neither press fills the digest and neither is missing."""
    assert layout(ranked, size) == expected


def test_what_is_kept_on_top_leads_whoever_alone_has_it() -> None:
    """A moderator's wish stands before what one press alone has, and a tip that is kept is no noise."""
    kept = alone(2, ZH)
    kept = replace(kept, story=replace(kept.story, on_top=True))
    tip = replace(story(article("a", title="3 stocks to buy"), id="s9"), on_top=True)

    first, *_ = sections([kept, alone(1, ZH), candidate(3)], reader=Language.EN, size=15)
    (found,) = candidates([tip], seen={}, now=NOW, about={}, reader=Language.EN)

    assert (first.heading, [each.telling.story_id for each in first.items]) == (TOP, ["s002"])
    assert not found.noise


def led(number: int, *names: str, **said: object) -> Candidate:
    """A story that a company leads, with its partners."""
    leader, *rest = [(name, Name(en=name, zh=name)) for name in names]
    about = About(leader=leader, partners=tuple(rest), named=(leader, *rest))
    return replace(candidate(number, topic=CHIPS), about=about, **said)  # type: ignore[arg-type]


def placed(ranked: Sequence[Candidate], size: int = 15) -> list[tuple[int, str, int | None, tuple[str, ...]]]:
    return [
        (item.number, item.telling.story_id, item.under, tuple(name.en for name in item.called))
        for part in sections(ranked, reader=EN, size=size)
        for item in part.items
    ]


def test_siblings_stand_under_the_first_of_them() -> None:
    """They are numbered behind it, called by their partners, and count like any story; a lone one by its headline."""
    ranked = [led(1, "nvidia", "hynix"), candidate(2, topic=CHIPS), led(3, "nvidia", "naver"), led(4, "nvidia", "lg")]

    assert placed(ranked) == [
        (1, "s001", None, ()),
        (2, "s003", 1, ("naver",)),
        (3, "s004", 1, ("lg",)),
        (4, "s002", None, ()),
    ]
    assert placed(ranked, size=3) == [(1, "s001", None, ()), (2, "s003", 1, ()), (3, "s002", None, ())]


def test_what_both_presses_have_stands_under_no_story_of_one_alone() -> None:
    """The heading would be false of it."""
    ranked = [led(1, "smic", only=ZH), led(2, "smic"), led(3, "smic", only=ZH), led(4, "smic", only=ZH)]

    made = sections(ranked, reader=EN, size=15)

    only = next(part for part in made if part.heading == "only-zh")
    assert [item.telling.story_id for item in only.items] == ["s001", "s003", "s004"]


def test_noise_never_leads_and_rarely_shows() -> None:
    """One tip may end a thin day; a full one has none."""
    tips = [replace(candidate(number, topic=CHIPS), noise=True) for number in (1, 2)]
    news = [candidate(number, topic=CHIPS) for number in range(3, 6)]

    assert layout([*tips, *news], 15) == [(TOP, ["s003"]), (CHIPS, ["s004", "s005"]), (ALSO, ["s001"])]
    assert layout([*tips, *news], 3) == [(TOP, ["s003"]), (CHIPS, ["s004", "s005"])]
    assert layout(tips, 15) == [(ALSO, ["s001"])]


@pytest.mark.parametrize(
    ("articles", "seen", "newsrooms", "press"),
    [
        ([article("a"), article("b", newsroom=REUTERS)], ["a"], ("Reuters",), None),
        ([article("a"), article("b", newsroom=ITHOME), article("c", newsroom=KR36)], ["a"], ("ITHome", "36Kr"), ZH),
        ([article("a", newsroom=ITHOME), article("b", newsroom=REUTERS)], ["a"], ("Reuters",), EN),
        ([article("a", newsroom=ITHOME), article("b", newsroom=NVIDIA)], ["a"], ("Nvidia",), None),
    ],
)
def test_an_update_says_who_joined_and_since_when(
    articles: list[Article], seen: list[str], newsrooms: tuple[str, ...], press: Language | None
) -> None:
    """And whether a press that had been silent has begun to speak; a company's word is no press."""
    (found,) = candidates([story(*articles)], seen=shown(*seen), now=NOW, about={}, reader=EN)

    assert found.update == Update(since=YESTERDAY, newsrooms=newsrooms, press=press)


def test_a_sibling_whose_first_is_gone_stands_for_itself() -> None:
    """When a digest is told again and its first has become one with another story."""
    first, second, third = (
        item for part in sections([led(1, "a"), led(2, "a"), led(3, "a")], reader=EN, size=9) for item in part.items
    )

    assert bundles([first, second, third]) == [(first, [second, third])]
    assert bundles([second, third]) == [(second, []), (third, [])]


def test_all_of_a_told_story_counts_as_seen() -> None:
    """What was told is every article of each story that has a number, and nothing else."""
    one, two = story(article("a"), article("b", newsroom=ITHOME), id="one"), story(article("c"), id="two")
    ranked = candidates([one, two], seen={}, now=NOW, about={}, reader=Language.EN)
    made = sections(ranked, reader=Language.EN, size=1)

    assert shown_articles(digest(*made), {"one": one, "two": two}) == ["a", "b"]


def digest_of(*stories: Story, size: int = 15) -> Digest:
    """These stories told to a reader of English."""
    ranked = candidates(stories, seen={}, now=NOW, about={}, reader=Language.EN)
    return digest(*sections(ranked, reader=Language.EN, size=size), stories=len(stories))


def numbered(made: Digest) -> list[tuple[str, int, str, str]]:
    """Each item with its heading, number, story and headline."""
    return [
        (section.heading, item.number, item.telling.story_id, item.telling.headline.title)
        for section in made.sections
        for item in section.items
    ]


def test_the_other_language_tells_the_same_stories_under_the_same_numbers() -> None:
    """Each with the headline of the reader's own press where it has one; counts, hours and update stay."""
    both = story(article("a", "SMIC raises prices"), article("b", "中芯国际涨价", newsroom=ITHOME), id="both")
    one = story(article("c", "Huawei shows a chip"), id="one")
    made = digest_of(both, one)

    again = retold(made, {"both": both, "one": one}, Language.ZH)

    assert numbered(made) == [(TOP, 1, "both", "SMIC raises prices"), (ALSO, 2, "one", "Huawei shows a chip")]
    assert numbered(again) == [(TOP, 1, "both", "中芯国际涨价"), (ALSO, 2, "one", "Huawei shows a chip")]
    assert replace(again, language=made.language, sections=made.sections) == made
    assert again.language is Language.ZH
    assert retold(again, {"both": both, "one": one}, Language.EN) == made


def test_an_update_retold_keeps_what_was_new() -> None:
    """The headline that made it an update is a source's own words in any language."""
    told = story(article("a"), article("b", "中芯国际涨价", newsroom=ITHOME))
    ranked = candidates([told], seen=shown("a"), now=NOW, about={}, reader=Language.EN)
    made = digest(*sections(ranked, reader=Language.EN, size=15))

    again = retold(made, {"s1": told}, Language.ZH)

    (before,), (after,) = made.sections[0].items, again.sections[0].items
    assert (made.sections[0].heading, again.sections[0].heading) == (UPDATES, UPDATES)
    assert before.new is not None
    assert after.new == before.new


def test_a_story_that_is_gone_is_retold_as_it_was() -> None:
    """It keeps its number and its words; the others are told anew."""
    gone = story(article("a"), article("x", "华为", newsroom=ITHOME), id="gone")
    left = story(article("b"), article("c", "中芯国际涨价", newsroom=ITHOME), id="left")
    made = digest_of(gone, left)

    again = retold(made, {"left": left}, Language.ZH)

    assert [number for _, number, _, _ in numbered(again)] == [1, 2]
    words = {name: title for _, _, name, title in numbered(again)}
    assert words == {"gone": gone.articles[0].title, "left": "中芯国际涨价"}


def test_stories_that_have_become_one_are_retold_once() -> None:
    """Under the number of the first, in the other language's words; a heading without stories is left out."""
    first, second = story(article("a"), id="first"), story(article("b"), id="second")
    third = story(article("d"), id="third", topic=CHIPS)
    made = digest_of(first, second, third)
    merged = story(article("a"), article("b"), article("c", "中芯国际涨价", newsroom=ITHOME), id="first")

    again = retold(made, {"first": merged, "second": merged, "third": third}, Language.ZH)

    assert {number: name for _, number, name, _ in numbered(made)} == {1: "third", 2: "first", 3: "second"}
    assert [(number, name) for _, number, name, _ in numbered(again)] == [(1, "third"), (2, "first")]
    assert numbered(again)[1][3] == "中芯国际涨价"
    assert all(section.items for section in again.sections)
    assert again.stories == made.stories


def test_a_story_that_has_another_name_is_retold() -> None:
    """One that was merged into a story the digest does not tell has its words under its own number."""
    told = story(article("a"), id="old")
    survivor = story(article("a"), article("b", "中芯国际涨价", newsroom=ITHOME), id="new")

    again = retold(digest_of(told), {"old": survivor}, Language.ZH)

    assert [(number, name, title) for _, number, name, title in numbered(again)] == [(1, "new", "中芯国际涨价")]


def test_a_story_is_retold_without_a_servers_own_articles() -> None:
    """As it was told the first time."""
    told = story(article("a"), article("b", "中芯国际涨价", newsroom=ITHOME, scope="77"))

    again = retold(digest_of(told), {"s1": told}, Language.ZH)

    assert again.sections[0].items[0].telling.headline.title == told.articles[0].title


@pytest.mark.parametrize("count", [1, 2, 5, 15])
def test_a_digest_loses_its_last_story_first(count: int) -> None:
    """One after the other, headings with them when they are empty, until nothing is left; the numbers still run."""
    made = digest_of(*(story(article(f"a{each}"), id=f"s{each:02}") for each in range(count)))

    for left in reversed(range(count)):
        before, made = numbered(made), without_last(made)
        assert numbered(made) == before[:left]
        assert all(section.items for section in made.sections)
    assert made.sections == ()
    assert made.stories == count, "what there was is not what is told"


@pytest.mark.parametrize(("topic", "left"), [(None, [1, 2, 3]), (CHIPS, [1, 3]), (MODELS, [2]), (Topic.ROBOTS, [])])
def test_a_digest_of_one_topic_has_that_topic(topic: Topic | None, left: list[int]) -> None:
    """In the order of rank; all topics where none is asked for."""
    ranked = [candidate(number, topic=MODELS if number == 2 else CHIPS) for number in (1, 2, 3)]

    assert ids(on_topic(ranked, topic)) == [f"s{number:03}" for number in left]


def test_articles_are_counted_that_came_within_the_hours() -> None:
    """After the start, up to and including the end: so that two windows count none twice."""
    told = story(*(article(f"a{hour}", seen=NOW + hour * HOUR) for hour in range(-3, 3)))

    assert within(told, Window(start=NOW - 2 * HOUR, end=NOW)) == 2
    assert within(told, Window(start=NOW, end=NOW + 2 * HOUR)) == 2
    assert within(told, Window(start=NOW, end=NOW)) == 0
