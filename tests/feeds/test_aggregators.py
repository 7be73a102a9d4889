"""Entries as aggregators really write them, from the bytes of the feed to the newsroom that is credited."""

from datetime import UTC, datetime

import pytest

from bot.feeds.newsrooms import Newsrooms
from bot.feeds.parse import read
from bot.feeds.poll import article_of
from bot.model import Kind, Language, Newsroom
from tests.fakes import feed

NOW = datetime(2026, 6, 9, tzinfo=UTC)
NEWSROOMS = Newsrooms.load()


def aggregator(name: str, language: Language = Language.EN) -> Newsroom:
    return Newsroom(name=name, language=language, kind=Kind.AGGREGATOR)


GOOGLE, GOOGLE_ZH = aggregator("Google News"), aggregator("Google News", Language.ZH)
TECHMEME, READHUB = aggregator("Techmeme"), aggregator("Readhub", Language.ZH)
HACKER_NEWS, BUZZING = aggregator("Hacker News"), aggregator("Buzzing", Language.ZH)


def google(title: str, site: str, name: str) -> str:
    link = "https://news.google.com/rss/articles/CBMiXkFVX3lxTE9?oc=5"
    return (
        f"<title>{title} - {name}</title><link>{link}</link><guid isPermaLink='false'>CBMiXkFVX3lxTE9</guid>"
        f"<description>&lt;a href='{link}' target='_blank'&gt;{title}&lt;/a&gt;&amp;nbsp;&amp;nbsp;"
        f"&lt;font color='#6f6f6f'&gt;{name}&lt;/font&gt;</description><source url='{site}'>{name}</source>"
    )


def techmeme(title: str) -> str:
    link = "http://www.techmeme.com/260608/p12#a260608p12"
    return (
        f"<title>{title}</title><link>{link}</link><guid>{link}</guid><description>&lt;A HREF='https://example.com/1'"
        f"&gt;&lt;IMG SRC='http://www.techmeme.com/260608/i12.jpg'&gt;&lt;/A&gt; {title}</description>"
    )


def hacker_news(title: str, link: str) -> str:
    item = "https://news.ycombinator.com/item?id=44000001"
    return (
        f"<title>{title}</title><link>{link}</link><guid isPermaLink='false'>{item}</guid><comments>{item}</comments>"
        f"<description><![CDATA[<a href='{item}'>Comments</a>]]></description>"
    )


def readhub(title: str, link: str) -> str:
    return f"<title><![CDATA[{title}]]></title><link>{link}</link><guid isPermaLink='false'>8oVfA1</guid>"


@pytest.mark.parametrize(
    ("carrier", "item", "name", "language", "title"),
    [
        (GOOGLE, google("Huawei ships", "https://www.reuters.com", "Reuters"), "Reuters", "en", "Huawei ships"),
        (GOOGLE, google("Huawei - a history", "https://small.example", "Small"), "Small", "en", "Huawei - a history"),
        (GOOGLE_ZH, google("华为发布昇腾新芯片", "https://36kr.com", "36氪"), "36Kr", "zh", "华为发布昇腾新芯片"),
        (
            GOOGLE_ZH,
            google("华为：芯片", "https://www.wsj.com", "华尔街日报"),
            "Wall Street Journal",
            "en",
            "华为：芯片",
        ),
        (GOOGLE_ZH, google("芯片涨价", "https://xiaobao.cn", "某小报"), "某小报", "zh", "芯片涨价"),
        (TECHMEME, techmeme("SMIC grows (Liza Lin/Wall Street Journal)"), "Wall Street Journal", "en", "SMIC grows"),
        (
            TECHMEME,
            techmeme("SMIC (up 3%) grows (Ann Cao/SCMP)"),
            "South China Morning Post",
            "en",
            "SMIC (up 3%) grows",
        ),
        (TECHMEME, techmeme("Sources: YMTC files (Zhu Yue/LatePost)"), "LatePost", "zh", "Sources: YMTC files"),
        (
            HACKER_NEWS,
            hacker_news("DeepSeek V4", "https://www.scmp.com/tech/1"),
            "South China Morning Post",
            "en",
            "DeepSeek V4",
        ),
        (HACKER_NEWS, hacker_news("Qwen notes", "https://my-notes.dev/qwen"), "my-notes.dev", "en", "Qwen notes"),
        (BUZZING, hacker_news("DeepSeek 发布 V4", "https://www.reuters.com/x"), "Reuters", "en", "DeepSeek 发布 V4"),
        (READHUB, readhub("智谱上市", "https://www.zhidx.com/p/559977.html"), "Zhidx", "zh", "智谱上市"),
        (READHUB, readhub("智谱上市（路透社）", "https://readhub.cn/topic/8oVfA1"), "Reuters", "en", "智谱上市"),
        (READHUB, readhub("智谱上市", "https://readhub.cn/topic/8oVfA1"), "Readhub", "zh", "智谱上市"),
    ],
)
def test_an_aggregators_entry_is_credited_to_its_newsroom(
    carrier: Newsroom, item: str, name: str, language: str, title: str
) -> None:
    """By the source it names, the site it leads to or the end of its title; the language is the newsroom's own."""
    body = f"<rss version='2.0'><channel><title>T</title><item>{item}</item></channel></rss>"
    (entry,) = read(body.encode(), url="https://aggregator.example/rss", content_type="", zone=None, now=NOW).entries

    article = article_of(feed(newsroom=carrier), entry, NEWSROOMS, NOW)

    assert (article.newsroom.name, article.newsroom.language, article.title) == (name, language, title)
