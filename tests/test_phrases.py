from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot import phrases
from bot.model import Article, Digest, Headline, Item, Kind, Language, Newsroom, Section, Telling, Update
from bot.stories.tell import tell
from tests.fakes import ITHOME, KR36, NOW, NVIDIA, REUTERS, SCMP, article, digest, story

EN, ZH = Language.EN, Language.ZH
AMD = Newsroom(name="AMD", language=EN, kind=Kind.COMPANY)
MIIT = Newsroom(name="MIIT", language=ZH, kind=Kind.OFFICIAL)


def listing(*, items: int, stories: int, articles: int, language: Language = EN, zone: str = "") -> Digest:
    """A digest that lists some of its stories."""
    told = telling(article("a"))
    section = Section(heading="top", items=tuple(Item(number=1 + each, telling=told) for each in range(items)))
    made = digest(*([section] if items else []), language=language, stories=stories, articles=articles)
    return replace(made, zone=zone or made.zone)


def telling(*articles: Article, reader: Language = EN) -> Telling:
    return tell(story(*articles), reader)


def headline(newsroom: Newsroom, title: str) -> Headline:
    return telling(article("a", title, newsroom=newsroom)).headline


@pytest.mark.parametrize(
    ("day", "english", "chinese"),
    [
        (date(2026, 6, 8), "China tech · Monday 8 June", "中国科技简报 · 6月8日 星期一"),
        (date(2026, 6, 14), "China tech · Sunday 14 June", "中国科技简报 · 6月14日 星期日"),
        (date(2027, 1, 1), "China tech · Friday 1 January", "中国科技简报 · 1月1日 星期五"),
    ],
)
def test_the_title_tells_the_day(day: date, english: str, chinese: str) -> None:
    """A digest is called after its local date, in the reader's language."""
    assert phrases.title(digest(day=day)) == english
    assert phrases.title(digest(day=day, language=ZH)) == chinese


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (
            listing(items=17, stories=46, articles=81),
            "46 stories since 7 June 08:00, told in 81 articles. Here are 17.",
        ),
        (listing(items=1, stories=1, articles=1), "1 story since 7 June 08:00, told in 1 article. Here is 1."),
        (
            listing(items=15, stories=1200, articles=3456),
            "1,200 stories since 7 June 08:00, told in 3,456 articles. Here are 15.",
        ),
        (listing(items=0, stories=0, articles=0), "Nothing new since 7 June 08:00 in the 74 feeds read here."),
        (
            listing(items=17, stories=46, articles=81, language=ZH, zone="Asia/Shanghai"),
            "6月7日 20:00 以来 46 个事件、81 篇报道，这里列出 17 个。",
        ),
        (
            listing(items=0, stories=0, articles=0, language=ZH, zone="Asia/Shanghai"),
            "6月7日 20:00 以来，在所读的 74 个源中没有新的事件。",
        ),
    ],
)
def test_the_lead_tells_how_much_there_was(made: Digest, sentence: str) -> None:
    """How many stories and articles since when, at the reader's local time, and how many are listed."""
    assert phrases.lead(made) == sentence


def test_one_feed_is_told_as_one() -> None:
    """The empty day of a small catalogue reads well too."""
    assert phrases.lead(digest(feeds=1)) == "Nothing new since 7 June 08:00 in the 1 feed read here."


@pytest.mark.parametrize(
    ("next_at", "language", "zone", "sentence"),
    [
        (None, EN, "America/New_York", ""),
        (None, ZH, "Asia/Shanghai", ""),
        (datetime(2026, 6, 9, 12, tzinfo=UTC), EN, "America/New_York", "Next: 9 June 08:00"),
        (datetime(2026, 6, 9, 12, tzinfo=UTC), ZH, "Asia/Shanghai", "下一期：6月9日 20:00"),
        (datetime(2026, 6, 8, 18, 15, tzinfo=UTC), EN, "Asia/Kathmandu", "Next: 9 June 00:00"),
    ],
)
def test_the_foot_tells_when_the_next_one_comes(
    next_at: datetime | None, language: Language, zone: str, sentence: str
) -> None:
    """At the reader's local time; a preview has no next one and says nothing."""
    assert phrases.foot(replace(digest(language=language, next_at=next_at), zone=zone)) == sentence


def at(hours: float, newsroom: Newsroom, **said: object) -> Article:
    title = "中芯国际涨价" if newsroom.language is ZH else "SMIC raises prices"
    when = NOW.replace(hour=0) + hours * (NOW.replace(hour=1) - NOW.replace(hour=0))
    return article(f"{newsroom.name}{hours}", title, newsroom=newsroom, published=when, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("articles", "english", "chinese"),
    [
        ([at(0, SCMP)], "", ""),
        ([at(0, SCMP), at(1, SCMP)], "", ""),
        ([at(0, SCMP), at(1, NVIDIA)], "and Nvidia itself", "另有 Nvidia 官方"),
        ([at(0, SCMP), at(1, NVIDIA), at(2, AMD)], "and Nvidia, AMD themselves", "另有 Nvidia、AMD 官方"),
        (
            [at(0, SCMP), at(1, NVIDIA), at(2, MIIT)],
            "and Nvidia itself · official: MIIT",
            "另有 Nvidia 官方 · 官方：MIIT",
        ),
        (
            [at(0, SCMP), at(1, REUTERS)],
            "2 newsrooms, all English (also Reuters)",
            "2 家媒体，均为英文（另有 Reuters）",
        ),
        (
            [at(0, SCMP), at(1, ITHOME)],
            "2 newsrooms: 1 English, 1 Chinese",
            "2 家媒体：中文 1、英文 1",
        ),
        (
            [at(0, ITHOME), at(3, SCMP)],
            "2 newsrooms: 1 English, 1 Chinese · Chinese first by 3 h",
            "2 家媒体：中文 1、英文 1 · 中文早 3 小时",
        ),
        (
            [at(0, SCMP), at(5, ITHOME)],
            "2 newsrooms: 1 English, 1 Chinese · English first by 5 h",
            "2 家媒体：中文 1、英文 1 · 英文早 5 小时",
        ),
        (
            [at(0, SCMP), at(0, REUTERS), at(1, KR36), at(1, ITHOME), at(1, NVIDIA)],
            "4 newsrooms: 2 English (also Reuters), 2 Chinese (also ITHome) · and Nvidia itself",
            "4 家媒体：中文 2（另有 ITHome）、英文 2（另有 Reuters） · 另有 Nvidia 官方",
        ),
        ([at(0, REUTERS), at(1, SCMP, original_id="Reuters0")], "", ""),
    ],
)
def test_coverage_tells_who_reports(articles: Sequence[Article], english: str, chinese: str) -> None:
    """Newsrooms by press, who speaks besides, and who was first; one newsroom alone needs no line."""
    assert phrases.coverage(telling(*articles), EN) == english
    assert phrases.coverage(telling(*articles, reader=ZH), ZH) == chinese


@pytest.mark.parametrize(
    ("count", "words", "said"),
    [
        (0, ("story", "stories"), "0 stories"),
        (1, ("story", "stories"), "1 story"),
        (2, ("story", "stories"), "2 stories"),
        (1, ("feed",), "1 feed"),
        (74, ("feed",), "74 feeds"),
        (12345, ("article",), "12,345 articles"),
    ],
)
def test_a_count_has_its_noun(count: int, words: tuple[str, ...], said: str) -> None:
    """One is one, all else is many, and thousands are readable."""
    assert phrases.plural(count, *words) == said


@pytest.mark.parametrize(
    ("name", "language", "heading"),
    [
        ("top", EN, ""),
        ("updates", EN, "Updates"),
        ("updates", ZH, "后续"),
        ("also", EN, "Also"),
        ("also", ZH, "另有"),
        ("chips", EN, "Chips"),
    ],
)
def test_sections_have_headings(name: str, language: Language, heading: str) -> None:
    """Topics bring their own, the others are ours."""
    assert phrases.heading(name, {"chips": "Chips"}, language) == heading


@pytest.mark.parametrize(
    ("newsroom", "title", "reader", "said"),
    [
        (ITHOME, "中芯国际涨价", EN, "Chinese press: "),
        (ITHOME, "SMIC raises prices", EN, "Chinese press, title translated: "),
        (SCMP, "SMIC raises prices", ZH, "外媒："),
    ],
)
def test_the_other_press_is_introduced(newsroom: Newsroom, title: str, reader: Language, said: str) -> None:
    """A reader knows whose headline stands beside, and when its title is not its own."""
    assert phrases.beside(headline(newsroom, title), reader) == said


def test_translated_titles_are_marked() -> None:
    """Short marks, in the reader's language."""
    assert phrases.translated(EN) == "(title translated by an aggregator)"
    assert phrases.translated(ZH) == "（标题由聚合源译出）"


@pytest.mark.parametrize(
    ("first", "last", "english", "chinese"),
    [
        (datetime(2026, 6, 8, 1, tzinfo=UTC), datetime(2026, 6, 8, 23, tzinfo=UTC), "", ""),
        (datetime(2026, 6, 6, 1, tzinfo=UTC), datetime(2026, 6, 8, 1, tzinfo=UTC), "5 to 7 June", "6月5日至6月7日"),
        (
            datetime(2026, 5, 30, 12, tzinfo=UTC),
            datetime(2026, 6, 1, 12, tzinfo=UTC),
            "30 May to 1 June",
            "5月30日至6月1日",
        ),
    ],
)
def test_a_story_of_some_days_says_which(first: datetime, last: datetime, english: str, chinese: str) -> None:
    """Days are the reader's own; a story of less than a day has none."""
    made = replace(telling(article("a")), first_at=first, last_at=last)

    assert phrases.span(made, "America/New_York", EN) == english
    assert phrases.span(made, "America/New_York", ZH) == chinese


@pytest.mark.parametrize(
    ("update", "english", "chinese"),
    [
        (None, "New: ", "新增："),
        (Update(since=date(2026, 6, 7), newsrooms=()), "New since Sunday: ", "周日以来新增："),
        (
            Update(since=date(2026, 6, 7), newsrooms=(), press=ZH),
            "New since Sunday, now in the Chinese press too: ",
            "周日以来新增，中文媒体也已报道：",
        ),
    ],
)
def test_an_update_says_since_when(update: Update | None, english: str, chinese: str) -> None:
    """And which press has begun to speak; where its headline stands already, nothing follows."""
    assert (phrases.update(update, EN), phrases.update(update, ZH)) == (english, chinese)
    assert phrases.update_alone(update, EN) == english.rstrip(": ")


@pytest.mark.parametrize(
    ("only", "text"), [(ZH, "“Only in Chinese” means"), (EN, "“Only” and “not yet” mean"), (None, "")]
)
def test_only_is_said_of_the_feeds_read_here(only: Language | None, text: str) -> None:
    """Wherever a digest says that a press has not reported, it says in how many feeds."""
    item = Item(number=1, telling=replace(telling(article("a")), only=only))
    made = digest(Section(heading="top", items=(item,)))

    assert phrases.scope(made) == (f"{text}: in the 74 feeds read here." if text else "")
    assert bool(phrases.scope(replace(made, language=ZH))) == bool(text)
