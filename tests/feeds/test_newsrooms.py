from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.feeds.newsrooms import Newsrooms
from bot.model import Kind, Language, Newsroom
from tests import bundled


def press(name: str, language: Language = Language.EN) -> Newsroom:
    return Newsroom(name=name, language=language, kind=Kind.PRESS)


REUTERS, BLOOMBERG, SCMP = press("Reuters"), press("Bloomberg"), press("South China Morning Post")
WSJ, KR36, ITHOME = press("Wall Street Journal"), press("36Kr", Language.ZH), press("ITHome", Language.ZH)
TECHMEME = Newsroom(name="Techmeme", language=Language.EN, kind=Kind.AGGREGATOR)
GOOGLE_NEWS = Newsroom(name="Google News", language=Language.EN, kind=Kind.AGGREGATOR)
HACKER_NEWS = Newsroom(name="Hacker News", language=Language.EN, kind=Kind.AGGREGATOR)
V2EX = Newsroom(name="V2EX", language=Language.ZH, kind=Kind.COMMUNITY)
NVIDIA = Newsroom(name="Nvidia", language=Language.EN, kind=Kind.COMPANY)

TECHMEME_LINK = "https://www.techmeme.com/260601/p1"
GOOGLE_LINK = "https://news.google.com/rss/articles/CBMi?oc=5"


@pytest.fixture(scope="module")
def newsrooms() -> Newsrooms:
    return bundled.newsrooms()


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("scmp.com", "South China Morning Post"),
        ("www.scmp.com", "South China Morning Post"),
        ("SCMP.COM.", "South China Morning Post"),
        ("reut.rs", "Reuters"),
        ("cn.reuters.com", "Reuters Chinese"),
        ("finance.yahoo.com", "Yahoo Finance"),
        ("uk.finance.yahoo.com", "Yahoo Finance"),
        ("ithome.com", "ITHome"),
        ("ithome.com.tw", "iThome Taiwan"),
        ("news.google.com", "Google News"),
        ("developer.nvidia.com", "Nvidia"),
        ("notscmp.com", None),
        ("com", None),
        ("", None),
    ],
)
def test_the_longest_known_ending_tells_the_newsroom(newsrooms: Newsrooms, host: str, name: str | None) -> None:
    """Subdomains belong to their site unless they are listed themselves; look-alikes do not."""
    found = newsrooms.of_host(host)

    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *(("36kr", "36Kr"), ("36氪", "36Kr"), ("３６KR", "36Kr"), ("36kr.com", "36Kr"), (" verge ", "The Verge")),
        *(("scmp", "South China Morning Post"), ("南华早报", "South China Morning Post"), ("", None), ("nobody", None)),
    ],
)
def test_a_newsroom_is_meant_by_any_name(newsrooms: Newsrooms, typed: str, name: str | None) -> None:
    """In either language and any case, with or without its article, and by its site."""
    found = newsrooms.meant(typed)

    assert (found and found.name) == name


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("scmp.com", ("South China Morning Post", "南华早报", "SCMP")),
        ("路透", ("Reuters", "路透社", "路透", "Thomson Reuters")),
        ("CNBC", ("CNBC",)),
        ("nobody", ()),
        ("verge scmp.com", ()),
    ],
)
def test_all_names_of_a_newsroom(newsrooms: Newsrooms, typed: str, names: tuple[str, ...]) -> None:
    """Those of all its hosts, the kept one first, whichever was typed."""
    assert newsrooms.names_of(typed) == names


@pytest.mark.parametrize(
    ("title", "link", "feed", "newsroom", "bare"),
    [
        ("Chips (Reuters)", TECHMEME_LINK, TECHMEME, REUTERS, "Chips"),
        ("Chips (Ann Lee/Wall Street Journal)", TECHMEME_LINK, TECHMEME, WSJ, "Chips"),
        ("Chips (up 3%) (Ann Lee / Bloomberg)", TECHMEME_LINK, TECHMEME, BLOOMBERG, "Chips (up 3%)"),
        ("Chips (Ann Lee/Small Paper)", TECHMEME_LINK, TECHMEME, press("Small Paper"), "Chips"),
        ("Chips - Bloomberg.com", GOOGLE_LINK, GOOGLE_NEWS, BLOOMBERG, "Chips"),
        ("芯片 - South China Morning Post", GOOGLE_LINK, GOOGLE_NEWS, SCMP, "芯片"),
        ("芯片 - 36氪", GOOGLE_LINK, GOOGLE_NEWS, KR36, "芯片"),
        ("芯片 - 小报", GOOGLE_LINK, GOOGLE_NEWS, press("小报", Language.ZH), "芯片"),
        ("芯片 - small.news", GOOGLE_LINK, GOOGLE_NEWS, press("small.news"), "芯片"),
        ("芯片——路透", "https://readhub.cn/topic/1", HACKER_NEWS, REUTERS, "芯片"),
        ("芯片（路透社）", "https://readhub.cn/topic/1", HACKER_NEWS, REUTERS, "芯片"),
        ("Chips", "https://reut.rs/4abc", TECHMEME, REUTERS, "Chips"),
        ("Chips", "https://blogs.nvidia.com/blog/x", HACKER_NEWS, NVIDIA, "Chips"),
        ("Show HN: chips", "https://my-chips.dev/", HACKER_NEWS, press("my-chips.dev"), "Show HN: chips"),
        ("芯片", "https://chips.com.cn/", HACKER_NEWS, press("chips.com.cn", Language.ZH), "芯片"),
        ("芯片", "https://chips.example/", V2EX, press("chips.example", Language.ZH), "芯片"),
        ("Ask HN: chips?", "https://news.ycombinator.com/item?id=1", HACKER_NEWS, HACKER_NEWS, "Ask HN: chips?"),
        ("Chips", TECHMEME_LINK, TECHMEME, TECHMEME, "Chips"),
    ],
)
def test_an_aggregator_credits_whom_it_links_to(
    newsrooms: Newsrooms, title: str, link: str, feed: Newsroom, newsroom: Newsroom, bare: str
) -> None:
    """The link's host tells the newsroom, else the name behind the title, which then goes; else it is its own."""
    credited = newsrooms.credit(title=title, link=link, source_name=None, source_link=None, feed=feed)

    assert credited == (newsroom, bare)


@pytest.mark.parametrize(
    ("title", "link", "newsroom", "bare"),
    [
        ("Chips", "https://www.scmp.com/tech/1", SCMP, "Chips"),
        ("Chips | South China Morning Post", "https://www.scmp.com/tech/1", SCMP, "Chips"),
        ("Chips - Reuters", "https://www.scmp.com/tech/1", SCMP, "Chips - Reuters"),
        ("Chips (Reuters)", "https://short.example/1", SCMP, "Chips (Reuters)"),
        ("Chips", "https://t.co/1", SCMP, "Chips"),
        ("Chips", "https://www.ithome.com/0/1.htm", ITHOME, "Chips"),
        ("US-China - a history", "", SCMP, "US-China - a history"),
    ],
)
def test_a_feed_that_speaks_for_itself_keeps_its_articles(
    newsrooms: Newsrooms, title: str, link: str, newsroom: Newsroom, bare: str
) -> None:
    """Only a link to another known newsroom takes an article from a press feed; its own name behind a title goes."""
    assert newsrooms.credit(title=title, link=link, source_name=None, source_link=None, feed=SCMP) == (newsroom, bare)


@pytest.mark.parametrize(
    ("name", "link", "feed", "title", "newsroom", "bare"),
    [
        ("Bloomberg.com", "https://www.bloomberg.com", GOOGLE_NEWS, "Chips - Bloomberg.com", BLOOMBERG, "Chips"),
        ("Small Paper", "https://small.example", GOOGLE_NEWS, "Chips - Small Paper", press("Small Paper"), "Chips"),
        ("小报", "https://small.example", GOOGLE_NEWS, "芯片 - 小报", press("小报", Language.ZH), "芯片"),
        ("IT之家", None, GOOGLE_NEWS, "芯片", ITHOME, "芯片"),
        ("Small Paper", "https://small.example", SCMP, "Chips", SCMP, "Chips"),
        ("Reuters", None, SCMP, "Chips", REUTERS, "Chips"),
    ],
)
def test_the_source_an_entry_names_comes_first(
    newsrooms: Newsrooms, name: str, link: str | None, feed: Newsroom, title: str, newsroom: Newsroom, bare: str
) -> None:
    """RSS has a place for the source; a press feed's unknown source is still the feed."""
    credited = newsrooms.credit(title=title, link=GOOGLE_LINK, source_name=name, source_link=link, feed=feed)

    assert credited == (newsroom, bare)


@pytest.mark.parametrize(
    ("source", "link", "title", "newsroom"),
    [
        ("36氪 (36Kr)", "https://36kr.com/p/1", "芯片", KR36),
        ("IT之家（RSS）", "https://go.example/1", "芯片", ITHOME),
        ("finance.yahoo.com", "https://finance.yahoo.com/news/1", "芯片", press("Yahoo Finance")),
        ("finance.yahoo.com", "", "芯片", press("Yahoo Finance")),
        ("Techmeme", TECHMEME_LINK, "Chips (Ann Lee/Reuters)", REUTERS),
        ("news.google.com", GOOGLE_LINK, "芯片 - WSJ", WSJ),
        ("Hacker News (黑客新闻)", "https://my-chips.dev/", "芯片", press("my-chips.dev")),
        ("Techmeme", TECHMEME_LINK, "Chips", TECHMEME),
        ("公众号：机器之心", "", "芯片", press("Synced", Language.ZH)),
        ("自然语言处理", "https://nlp.example/1", "芯片", press("自然语言处理", Language.ZH)),
        ("Daily Science", "https://paper.example/1", "Chips", press("Daily Science")),
        ("某报", "https://paper.example/1", "芯片", press("某报", Language.ZH)),
        ("Small Paper", "https://paper.example/1", "Chips", press("Small Paper")),
    ],
)
def test_a_recorded_source_is_understood(
    newsrooms: Newsrooms, source: str, link: str, title: str, newsroom: Newsroom
) -> None:
    """A file's source may be a name, both names, a host or an aggregator."""
    assert newsrooms.from_source(source, link, title) == newsroom


@pytest.mark.parametrize("title", ["", " - ", "()", "(" * 400, "- " * 250, "——" * 200, "a" * 500 + " - "])
def test_odd_titles_do_no_harm(newsrooms: Newsrooms, title: str) -> None:
    """A title is a stranger's text: whatever it is, it comes back, and soon."""
    credited = newsrooms.credit(title=title, link="", source_name="", source_link="", feed=TECHMEME)

    assert credited == (TECHMEME, title)


@pytest.mark.parametrize(
    ("lines", "line", "says"),
    [
        (["- {host: a.com, name: {en: A}, language: en, kind: press, colour: red}"], 1, "colour"),
        (["- {host: a.com, name: {en: A}, language: fr, kind: press}"], 1, "language"),
        (["- {host: a.com, name: {zh: 甲}, language: zh, kind: press}"], 1, "name"),
        (["- {host: a.com, name: {en: A}, language: en, kind: press}"] * 2, 2, "in line 1 already"),
        (
            [
                "- {host: a.com, name: {en: A}, language: en, kind: press}",
                "- {host: b.com, name: {en: A}, language: zh, kind: press}",
            ],
            2,
            "A means A of another",
        ),
        (["- {host: a.com", "- {host: b.com}"], 2, "not YAML"),
        (["host: a.com"], 1, "a list"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, lines: list[str], line: int, says: str) -> None:
    """Whoever extends the list learns which file, line and key to mend."""
    path = tmp_path / "newsrooms.yaml"
    path.write_text("\n".join(lines), "utf-8")

    with pytest.raises(SettingsError) as caught:
        Newsrooms.load(path)

    assert f"{path}, line {line}: " in caught.value.sentence
    assert says in caught.value.sentence
