from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Article, Kind, Language, Newsroom, Story, Topic
from bot.stories.choose import candidates, sections
from bot.stories.heart import about
from bot.stories.rank import independent, score
from tests.fakes import ITHOME, KR36, NOW, NVIDIA, REUTERS, SCMP, TECHMEME, article, story
from tests.stories.mornings import LEXICON

PRESS = (SCMP, REUTERS, ITHOME, KR36)
MIIT = Newsroom(name="MIIT", language=ITHOME.language, kind=Kind.OFFICIAL)
REDDIT = Newsroom(name="Reddit", language=SCMP.language, kind=Kind.COMMUNITY)
SILENT = (NVIDIA, TECHMEME, MIIT, REDDIT)


def by(*newsrooms: Newsroom) -> list[Article]:
    return [article(f"a{at}", newsroom=newsroom) for at, newsroom in enumerate(newsrooms)]


def copy(number: int, newsroom: Newsroom) -> Article:
    return article(f"copy{number}", newsroom=newsroom, original_id="a0")


@pytest.mark.parametrize(
    ("articles", "names"),
    [
        ([], []),
        (by(SCMP), ["SCMP"]),
        (by(SCMP, SCMP), ["SCMP"]),
        (by(ITHOME, SCMP, ITHOME), ["ITHome", "SCMP"]),
        (by(*SILENT), []),
        (by(NVIDIA, REUTERS, TECHMEME), ["Reuters"]),
        ([*by(REUTERS), copy(1, SCMP), copy(2, KR36)], ["Reuters"]),
        ([*by(REUTERS), copy(1, SCMP), article("own", newsroom=SCMP)], ["Reuters", "SCMP"]),
    ],
)
def test_only_the_press_that_reports_by_itself_corroborates(articles: list[Article], names: list[str]) -> None:
    """A newsroom counts once; companies, officials, aggregators, communities and copies do not count."""
    assert [newsroom.name for newsroom in independent(articles)] == names


@given(
    st.lists(st.sampled_from(PRESS), min_size=1, max_size=6),
    st.lists(st.sampled_from(SILENT), max_size=6),
    st.lists(st.sampled_from(PRESS + SILENT), max_size=9),
)
def test_what_adds_no_newsroom_corroborates_nothing(
    press: list[Newsroom], silent: list[Newsroom], copying: list[Newsroom]
) -> None:
    """A wire copied nine times counts once, and so does what companies and aggregators add."""
    alone = by(*press)
    copies = [copy(number, newsroom) for number, newsroom in enumerate(copying)]
    echoes = [article(f"e{number}", newsroom=newsroom) for number, newsroom in enumerate(silent)]

    before = score(story(*alone), now=NOW, china=False, reader=Language.EN)
    after = score(story(*alone, *echoes, *copies), now=NOW, china=False, reader=Language.EN)

    assert after.corroboration == before.corroboration
    assert after.both_presses == before.both_presses


@pytest.mark.parametrize(
    ("newsrooms", "both"),
    [
        ((SCMP,), 0.0),
        ((SCMP, REUTERS), 0.0),
        ((ITHOME, KR36), 0.0),
        ((SCMP, ITHOME), 1.0),
        ((NVIDIA, ITHOME), 0.0),
        ((TECHMEME, ITHOME), 0.0),
        ((SCMP, MIIT), 0.0),
    ],
)
def test_both_presses_lift_a_story(newsrooms: tuple[Newsroom, ...], both: float) -> None:
    """A story gains when English and Chinese newsrooms report it, and not from a company's own words."""
    assert score(story(*by(*newsrooms)), now=NOW, china=False, reader=Language.EN).both_presses == both


@given(st.lists(st.integers(0, 2000), min_size=2, max_size=6, unique=True))
def test_freshness_only_falls(ages: list[int]) -> None:
    """The older the newest article, the less a story is worth; a day halves it."""

    def freshness(hours: int) -> float:
        told = story(article("a", published=NOW - timedelta(hours=hours)))
        return score(told, now=NOW, china=False, reader=Language.EN).freshness

    fresh = [freshness(hours) for hours in sorted(ages)]

    assert fresh == sorted(fresh, reverse=True)
    assert all(0 <= value <= 1 for value in fresh)
    assert freshness(24) == pytest.approx(freshness(0) / 2)


def test_a_clock_ahead_of_ours_is_no_fresher_than_now() -> None:
    """A feed that dates its articles into the future gains nothing."""
    ahead = story(article("a", published=NOW + timedelta(days=2)))

    assert score(ahead, now=NOW, china=False, reader=Language.EN).freshness == 1.0


def test_the_newest_article_tells_how_fresh_a_story_is() -> None:
    """A running story is as fresh as its last article."""
    running = story(article("a", published=NOW - timedelta(days=2)), article("b", published=NOW))

    assert score(running, now=NOW, china=False, reader=Language.EN).freshness == 1.0


@given(
    st.lists(st.sampled_from(PRESS + SILENT), min_size=1, max_size=8),
    st.sampled_from(["SMIC raises prices", "3 AI stocks to buy now", "36氪早报"]),
    st.booleans(),
    st.integers(0, 500),
)
def test_a_score_is_the_sum_of_its_parts(newsrooms: list[Newsroom], title: str, china: bool, hours: int) -> None:
    """Anyone can add a score up again from the parts that are shown."""
    articles = [replace(each, title=title) for each in by(*newsrooms)]

    made = score(story(*articles), now=NOW + timedelta(hours=hours), china=china, reader=Language.EN)

    assert [name for name, _ in made.parts()] == [
        "corroboration",
        "both_presses",
        "china",
        "freshness",
        "source",
        "topic",
        "translated",
        "noise",
    ]
    assert made.total == round(sum(value for _, value in made.parts()), 3)
    assert all(value == round(value, 3) for _, value in made.parts())


def test_what_concerns_china_is_worth_more() -> None:
    """Of two stories that are alike, the one that names a Chinese company comes first."""
    told = story(*by(SCMP))

    near, far = (score(told, now=NOW, china=china, reader=Language.EN).total for china in (True, False))
    assert near > far


def test_a_story_is_noise_only_when_every_headline_is() -> None:
    """A round-up that touches a real event does not pull it down."""
    tip, news = article("a", "3 AI stocks to buy"), article("b", "Nvidia opens a lab in Shanghai")

    assert score(story(tip, news), now=NOW, china=False, reader=Language.EN).noise == 0
    assert score(story(tip), now=NOW, china=False, reader=Language.EN).noise < 0


def test_a_title_we_only_have_in_translation_comes_last_for_its_own_readers() -> None:
    """An English story known only by an aggregator's Chinese titles helps no reader of English."""
    told = story(article("a", "中芯国际上调成熟制程价格", newsroom=SCMP))

    assert score(told, now=NOW, china=True, reader=Language.EN).translated < 0
    assert score(told, now=NOW, china=True, reader=Language.ZH).translated == 0


def test_more_newsrooms_than_enough_add_nothing() -> None:
    """The world's biggest story is not always this field's."""
    rooms = [replace(SCMP, name=f"Newsroom {number}") for number in range(20)]

    most, enough = (score(story(*by(*some)), now=NOW, china=False, reader=Language.EN) for some in (rooms, rooms[:6]))

    assert most.corroboration == enough.corroboration


@pytest.mark.parametrize(
    ("articles", "names"),
    [
        ([article("a", newsroom=ITHOME, via="Reuters"), article("b", newsroom=REUTERS)], ["Reuters"]),
        ([article("a", newsroom=ITHOME, via="Reuters"), article("b", newsroom=KR36, via="Reuters")], ["ITHome"]),
        ([article("a", newsroom=ITHOME, via="Reuters"), article("b", newsroom=ITHOME)], ["ITHome"]),
        ([article("a", newsroom=ITHOME, via="Reuters"), article("b", newsroom=KR36)], ["ITHome", "36Kr"]),
    ],
)
def test_who_credits_another_newsroom_counts_as_that_one(articles: list[Article], names: list[str]) -> None:
    """Five that follow one agency are one source; the agency itself stands for it where we have it."""
    assert [newsroom.name for newsroom in independent(articles)] == names


@pytest.mark.parametrize(
    ("newsrooms", "source"),
    [((SCMP, REDDIT), 0.5), ((NVIDIA,), 0.25), ((MIIT,), 0.25), ((TECHMEME,), 0.0), ((REDDIT,), -0.5)],
)
def test_the_best_source_counts(newsrooms: tuple[Newsroom, ...], source: float) -> None:
    """The press more than a company's or official's own words, these more than an aggregator, a forum least."""
    assert score(story(*by(*newsrooms)), now=NOW, china=0, reader=Language.EN).source == source


@pytest.mark.parametrize(("topic", "value"), [(Topic.POLICY, 0.3), (Topic.ROBOTS, 0.1), (Topic.CAPITAL, 0), (None, 0)])
def test_what_is_of_this_field_alone_is_worth_more(topic: Topic | None, value: float) -> None:
    """Of money every paper has enough."""
    assert score(story(*by(SCMP), topic=topic), now=NOW, china=0, reader=Language.EN).topic == value


headlines = st.sampled_from(["SMIC raises prices", "3 AI stocks to buy now", "中芯国际涨价", "TSMC opens a fab"])
told_articles = st.lists(
    st.tuples(headlines, st.sampled_from(PRESS + SILENT), st.integers(0, 70)), min_size=1, max_size=4
)


@given(st.lists(told_articles, min_size=2, max_size=6), st.data(), st.sampled_from(Language))
def test_adding_copies_changes_no_ranking(
    many: list[list[tuple[str, Newsroom, int]]], data: st.DataObject, reader: Language
) -> None:
    """However often a story is copied and by whom, all stories stay where they were, bundles too."""
    stories = [
        story(*sorted((_made(number, at, *each) for at, each in enumerate(some)), key=_age), id=f"s{number}")
        for number, some in enumerate(many)
    ]
    copied = [_with_copies(each, data.draw(told_articles | st.just([]))) for each in stories]

    before, after = (_order(some, reader) for some in (stories, copied))

    assert after == before


def _made(number: int, at: int, title: str, newsroom: Newsroom, hours: int) -> Article:
    return article(f"{number}.{at}", title, newsroom=newsroom, published=NOW - timedelta(hours=hours))


def _age(each: Article) -> datetime:
    return each.published_at


def _with_copies(told: Story, copies: list[tuple[str, Newsroom, int]]) -> Story:
    """Copies in a story's own press, so that they do not bring it to the other one."""
    first = told.articles[0]
    made = [
        replace(_made(0, at, title, newsroom, hours), id=f"{first.id}copy{at}", original_id=first.id)
        for at, (title, newsroom, hours) in enumerate(copies)
        if newsroom.language is first.newsroom.language
    ]
    return replace(told, articles=tuple(sorted([*told.articles, *made], key=_age)))


def _order(stories: list[Story], reader: Language) -> list[tuple[str, list[tuple[str, int | None]]]]:
    said = {each.id: about(each, LEXICON) for each in stories}
    ranked = candidates(stories, seen={}, now=NOW, about=said, reader=reader)
    return [
        (part.heading, [(item.telling.story_id, item.under) for item in part.items])
        for part in sections(ranked, reader=reader, size=5)
    ]
