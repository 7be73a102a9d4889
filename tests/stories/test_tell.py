from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.model import Article, Headline, Kind, Language, Newsroom, Telling
from bot.stories.tell import batch_stamped, lead_hours, tell
from tests.fakes import ITHOME, KR36, NOW, NVIDIA, REUTERS, SCMP, TECHMEME, article, story

EN, ZH = Language.EN, Language.ZH
HUAWEI = Newsroom(name="Huawei", language=ZH, kind=Kind.COMPANY)
REDDIT = Newsroom(name="Reddit", language=EN, kind=Kind.COMMUNITY)
MIIT = Newsroom(name="MIIT", language=ZH, kind=Kind.OFFICIAL)
HOUR = timedelta(hours=1)


def at(hours: float, newsroom: Newsroom, title: str = "", **said: object) -> Article:
    """An article some hours after NOW, called after its newsroom and hour."""
    title = title or ("中芯国际上调成熟制程价格" if newsroom.language is ZH else "SMIC raises prices")
    return article(f"{newsroom.name}@{hours}", title, newsroom=newsroom, published=NOW + hours * HOUR, **said)  # type: ignore[arg-type]


def told(reader: Language, *articles: Article) -> Telling:
    return tell(story(*sorted(articles, key=lambda each: each.published_at)), reader)


@pytest.mark.parametrize(
    ("articles", "english", "chinese"),
    [
        pytest.param([at(0, SCMP)], "SCMP@0", "SCMP@0", id="the only one there is"),
        pytest.param([at(0, SCMP), at(1, ITHOME)], "SCMP@0", "ITHome@1", id="the reader's own press, even if later"),
        pytest.param([at(0, REUTERS), at(1, SCMP)], "Reuters@0", "Reuters@0", id="the earliest of equals"),
        pytest.param([at(0, NVIDIA), at(1, SCMP)], "SCMP@1", "SCMP@1", id="press before the company itself"),
        pytest.param([at(0, TECHMEME), at(1, SCMP)], "SCMP@1", "SCMP@1", id="press before an aggregator"),
        pytest.param([at(0, REDDIT), at(1, TECHMEME)], "Techmeme@1", "Techmeme@1", id="anyone before a community"),
        pytest.param([at(0, SCMP, original_id="x"), at(1, REUTERS)], "Reuters@1", "Reuters@1", id="not a copy"),
        pytest.param(
            [at(0, REUTERS, "路透：中芯国际涨价"), at(1, SCMP)],
            "SCMP@1",
            "Reuters@0",
            id="a title translated for the other reader",
        ),
        pytest.param(
            [at(0, REUTERS, "路透：中芯国际涨价"), at(1, ITHOME)],
            "Reuters@0",
            "ITHome@1",
            id="a native title before a translated one",
        ),
        pytest.param(
            [at(0, KR36, "8点1氪丨中芯涨价；华为发布；小米召回"), at(1, ITHOME)],
            "ITHome@1",
            "ITHome@1",
            id="one event before a round-up",
        ),
    ],
)
def test_the_headline_that_stands_for_a_story(articles: list[Article], english: str, chinese: str) -> None:
    """Each reader gets the first plain headline of the own press, else the best of the other."""
    assert told(EN, *articles).headline.article_id == english
    assert told(ZH, *articles).headline.article_id == chinese


def test_a_story_without_articles_cannot_be_told() -> None:
    """Nothing is invented where there is nothing."""
    with pytest.raises(ValueError, match="s1 has no articles"):
        tell(story(), EN)


@pytest.mark.parametrize(
    ("articles", "english", "chinese"),
    [
        ([at(0, SCMP)], None, None),
        ([at(0, SCMP), at(1, REUTERS)], None, None),
        ([at(0, ITHOME)], None, None),
        ([at(0, SCMP), at(1, ITHOME)], "ITHome@1", "SCMP@0"),
        ([at(0, SCMP), at(1, KR36), at(2, ITHOME)], "36Kr@1", "SCMP@0"),
        ([at(0, HUAWEI), at(1, ITHOME), at(2, SCMP)], "ITHome@1", "SCMP@2"),
        ([at(0, ITHOME), at(1, REUTERS, "路透：中芯国际涨价"), at(2, SCMP)], "ITHome@0", "SCMP@2"),
    ],
)
def test_the_other_press_stands_beside(articles: list[Article], english: str | None, chinese: str | None) -> None:
    """Where both presses report, the other's best headline in its own language comes along."""
    beside = [told(reader, *articles).beside for reader in (EN, ZH)]

    assert [each and each.article_id for each in beside] == [english, chinese]


def test_a_translated_title_says_so() -> None:
    """A Chinese title on an English newsroom's article is an aggregator's translation."""
    shown = told(ZH, at(0, REUTERS, "路透：中芯国际涨价")).headline

    assert (shown.translated, shown.language, shown.newsroom) == (True, ZH, "Reuters")
    assert not told(EN, at(0, REUTERS)).headline.translated


LONG = "The foundry told its customers that 28-nanometre wafers cost a tenth more from July."
OTHER = "Its rivals in Taiwan have not moved their own prices, three buyers said on Monday."
LONG_ZH = "中芯国际已通知客户，二十八纳米晶圆自七月起涨价一成。"


@pytest.mark.parametrize(
    ("articles", "excerpt", "source"),
    [
        ([at(0, SCMP)], None, None),
        ([at(0, SCMP, summary="Too short.")], None, None),
        ([at(0, SCMP, summary=f"{LONG} {OTHER}")], f"{LONG} {OTHER}", "SCMP@0"),
        ([at(0, SCMP, summary=f"{LONG} {OTHER} {LONG}")], f"{LONG} {OTHER}", "SCMP@0"),
        ([at(0, SCMP, summary=f"{LONG} A{' word' * 60}.")], LONG, "SCMP@0"),
        ([at(0, SCMP, summary=f"Read on. {OTHER}")], OTHER, "SCMP@0"),
        ([at(0, SCMP, LONG.strip("."), summary=f"{LONG} {OTHER}")], OTHER, "SCMP@0"),
        ([at(0, SCMP, summary="word " * 100)], None, None),
        ([at(0, SCMP), at(1, REUTERS, summary=OTHER)], OTHER, "Reuters@1"),
        ([at(0, SCMP, summary=LONG), at(1, REUTERS, summary=OTHER)], LONG, "SCMP@0"),
        ([at(0, REUTERS, original_id="x", summary=OTHER), at(1, SCMP, summary=LONG)], LONG, "SCMP@1"),
        ([at(0, SCMP), at(1, ITHOME, summary=LONG_ZH)], None, None),
        ([at(1, ITHOME, summary=LONG_ZH)], None, None),
        ([at(1, ITHOME, summary=OTHER)], OTHER, "ITHome@1"),
    ],
)
def test_an_excerpt_is_a_telling_sentence(articles: list[Article], excerpt: str | None, source: str | None) -> None:
    """Not too short, not too long, not the headline again, and in the reader's language; the shown article's first."""
    made = told(EN, *articles)

    assert made.excerpt == excerpt
    assert (made.excerpt_from and made.excerpt_from.article_id) == source


@pytest.mark.parametrize(
    ("articles", "hours"),
    [
        ([at(0, SCMP)], None),
        ([at(0, ITHOME), at(3, KR36)], None),
        ([at(0, ITHOME), at(3, SCMP)], 3),
        ([at(0, SCMP), at(3, ITHOME)], -3),
        ([at(0, ITHOME), at(1, SCMP)], None),
        ([at(0, ITHOME), at(1.49, SCMP)], None),
        ([at(0, ITHOME), at(1.9, SCMP)], None),
        ([at(0, SCMP), at(2, ITHOME)], -2),
        ([at(0, ITHOME), at(2.4, SCMP)], 2),
        ([at(0, ITHOME), at(2.6, SCMP)], 3),
        ([at(0, ITHOME), at(48, SCMP)], 48),
        ([at(0, ITHOME), at(49, SCMP)], None),
        ([at(0, ITHOME), at(4, SCMP), at(9, REUTERS), at(10, KR36)], 4),
        ([at(0, HUAWEI), at(5, ITHOME), at(9, SCMP)], 4),
        ([at(0, TECHMEME), at(5, ITHOME)], None),
    ],
)
def test_how_long_one_press_was_ahead(articles: list[Article], hours: int | None) -> None:
    """First press article against first press article, in whole hours from two on; positive when the Chinese led."""
    assert lead_hours(articles) == hours


@pytest.mark.parametrize(
    ("stamped", "hours"),
    [((), 3), (("ITHome",), None), (("SCMP",), None), (("36Kr",), 3)],
)
def test_a_batch_stamped_newsroom_is_nobodys_first(stamped: tuple[str, ...], hours: int | None) -> None:
    """Where the first of a press bears the time of its list, nobody can say who led."""
    articles = at(0, ITHOME), at(1, KR36), at(3, SCMP)

    assert lead_hours(articles, stamped=stamped) == hours


@pytest.mark.parametrize(
    ("hours", "stamped"),
    [((0, 0, 0, 0), {"ITHome"}), ((0, 0, 0), set()), ((0, 0, 0, 1), set()), ((0, 1, 1, 1, 1), {"ITHome"})],
)
def test_four_articles_of_one_second_are_a_batch(hours: tuple[int, ...], stamped: set[str]) -> None:
    """Three may be chance; another newsroom's do not count; fractions of the second do not tell them apart."""
    stories = [
        story(replace(at(each, ITHOME), published_at=NOW + each * HOUR + number * timedelta(microseconds=1)))
        for number, each in enumerate(hours)
    ]

    assert batch_stamped([*stories, story(at(0, KR36), at(0, SCMP))]) == stamped


def backwards(title: str, reader: Language) -> str:
    """Stands for the gloss."""
    return f"{reader}: {title[::-1]}"


def test_what_the_reader_cannot_read_is_glossed() -> None:
    """Headlines of the other language have a gloss, of their own words; those of the reader's have none."""
    articles = at(0, ITHOME), at(1, SCMP)

    english, chinese = (tell(story(*articles), reader, gloss=backwards) for reader in (EN, ZH))

    assert (english.headline.gloss, chinese.headline.gloss) == (None, None)
    assert english.beside is not None
    assert chinese.beside is not None
    assert english.beside.gloss == f"en: {articles[0].title[::-1]}"
    assert chinese.beside.gloss == f"zh: {articles[1].title[::-1]}"


def test_a_gloss_of_nothing_is_none() -> None:
    """Where no word is known, there is no gloss."""
    assert told(EN, at(0, ITHOME)).headline.gloss is None


ANSWER, ANSWER_ZH = "Wafer customers cannot bear it", "晶圆厂客户称难以承受"


@pytest.mark.parametrize(
    ("articles", "second"),
    [
        ([at(0, ITHOME), at(1, KR36, ANSWER_ZH)], "36Kr@1"),
        ([at(0, ITHOME), at(1, KR36)], None),
        ([at(0, ITHOME), at(1, ITHOME, ANSWER_ZH)], None),
        ([at(0, ITHOME), at(1, KR36, ANSWER_ZH, original_id="x")], None),
        ([at(0, ITHOME), at(1, KR36, "8点1氪丨晶圆厂；客户；召回")], None),
        ([at(0, ITHOME), at(1, HUAWEI, ANSWER_ZH)], None),
        ([at(0, SCMP), at(1, KR36, ANSWER_ZH)], None),
        ([at(0, SCMP), at(1, REUTERS, ANSWER, summary=OTHER)], None),
        ([at(0, SCMP), at(1, REUTERS, ANSWER)], "Reuters@1"),
    ],
)
def test_a_second_headline_stands_where_there_is_no_sentence(articles: list[Article], second: str | None) -> None:
    """Another newsroom's own that says more; none where the other press or a sentence stands there."""
    shown = told(EN, *articles).second

    assert (shown and shown.article_id) == second


def test_newsrooms_come_by_language_with_the_readers_first() -> None:
    """Independent newsrooms stand under their language; copies stand nowhere."""
    articles = at(0, KR36), at(1, SCMP), at(2, ITHOME), at(3, REUTERS, original_id="SCMP@1"), at(4, SCMP)

    assert told(EN, *articles).newsrooms == ((EN, ("SCMP",)), (ZH, ("36Kr", "ITHome")))
    assert told(ZH, *articles).newsrooms == ((ZH, ("36Kr", "ITHome")), (EN, ("SCMP",)))


def test_companies_and_officials_are_named_apart() -> None:
    """Who speaks without being press is told once each; aggregators and communities are not told at all."""
    made = told(EN, at(0, NVIDIA), at(1, SCMP), at(2, MIIT), at(3, TECHMEME), at(4, NVIDIA), at(5, REDDIT))

    assert (made.companies, made.officials) == (("Nvidia",), ("MIIT",))


def test_a_telling_knows_when_its_story_began_and_how_long_it_is() -> None:
    """The first and the last article and their number belong to it."""
    made = told(EN, at(0, SCMP), at(1, NVIDIA), at(7, ITHOME))

    assert (made.first_at, made.last_at, made.articles) == (NOW, NOW + 7 * HOUR, 3)


titles = st.sampled_from(
    ["SMIC raises prices", "路透：中芯国际涨价", "3 AI stocks to buy", "中芯国际上调成熟制程价格", LONG, "SMIC 涨价"]
)
summaries = st.lists(st.sampled_from([LONG, OTHER, LONG_ZH, "Short.", "今日消息。", ""]), max_size=4).map(" ".join)
articles_of_a_story = st.lists(
    st.builds(
        at,
        st.integers(0, 60),
        st.sampled_from([SCMP, REUTERS, ITHOME, KR36, NVIDIA, TECHMEME, HUAWEI, REDDIT]),
        titles,
        summary=summaries,
        original_id=st.sampled_from([None, None, "x"]),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda each: each.id,
)


@given(articles_of_a_story, st.sampled_from(Language))
@example([at(0, SCMP, LONG, summary=f"{LONG} {LONG_ZH} {LONG}")], ZH)
def test_every_line_that_is_shown_occurs_in_an_article(articles: list[Article], reader: Language) -> None:
    """Nothing is invented: headlines, links, sentences and names are the articles' own."""
    made = told(reader, *articles)

    by_id = {each.id: each for each in articles}
    for line in filter(None, (made.headline, made.beside, made.excerpt_from, made.second)):
        assert is_of(line, by_id[line.article_id])
    if made.excerpt is not None:
        assert made.excerpt_from is not None
        source = by_id[made.excerpt_from.article_id]
        assert made.excerpt in source.summary
        assert made.excerpt.strip("。.") != source.title.strip("。.")
    named = {name for _, names in made.newsrooms for name in names} | {*made.companies, *made.officials}
    assert named <= {each.newsroom.name for each in articles}


@given(articles_of_a_story, st.sampled_from(Language))
def test_headline_and_beside_come_from_two_presses(articles: list[Article], reader: Language) -> None:
    """What stands beside is never the headline's own press again."""
    made = told(reader, *articles)

    by_id = {each.id: each for each in articles}
    if made.beside:
        assert by_id[made.headline.article_id].newsroom.language is reader
        assert by_id[made.beside.article_id].newsroom.language is not reader


def is_of(line: Headline, source: Article) -> bool:
    """Whether a headline says what its article says."""
    said = (source.title, source.link, source.newsroom.name, source.published_at, source.title_language)
    return (line.title, line.link, line.newsroom, line.published_at, line.language) == said
