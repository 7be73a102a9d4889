"""What a story shows: every line is a source's own words, and nothing is invented."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.model import Article, Headline, Kind, Language, Story, Telling
from bot.stories.rank import independent, is_noise
from bot.text import sentences

_HOUR = timedelta(hours=1)
_LEAST_LEAD, _LONGEST_LEAD = 2 * _HOUR, 48 * _HOUR
"""A longer lead is more often another event of the same name than patience of the other press."""

_EXCERPT = (40, 280)
"""A sentence shorter than this says too little (in English letters), a longer one is no excerpt."""


def tell(story: Story, reader: Language) -> Telling:
    """Choose what is shown of a story to a reader of a language."""
    own = [article for article in story.articles if article.newsroom.language is reader]
    other = [article for article in story.articles if article.newsroom.language is not reader]
    shown = best(own, reader) or best(other, reader)
    if shown is None:
        raise ValueError(f"story {story.id} has no articles")
    beside = best([article for article in other if article.newsroom.kind is Kind.PRESS], None) if shown in own else None
    excerpt = _excerpt(story.articles, shown)
    newsrooms = independent(story.articles)
    return Telling(
        story_id=story.id,
        topic=story.topic,
        headline=headline(shown),
        beside=headline(beside) if beside else None,
        excerpt=excerpt[0] if excerpt else None,
        excerpt_from=headline(excerpt[1]) if excerpt else None,
        newsrooms=tuple(
            (language, tuple(newsroom.name for newsroom in newsrooms if newsroom.language is language))
            for language in (reader, _opposite(reader))
        ),
        companies=_names(story.articles, Kind.COMPANY),
        officials=_names(story.articles, Kind.OFFICIAL),
        lead_hours=lead_hours(story.articles),
        first_at=story.articles[0].published_at,
        last_at=story.articles[-1].published_at,
        articles=len(story.articles),
        title=story.title,
    )


def best(articles: Sequence[Article], title_in: Language | None) -> Article | None:
    """The article whose headline stands for a story: the press's own words, by its own newsroom, and the earliest.

    `title_in` prefers titles in that language; None those in the newsroom's own.
    """

    def worse(article: Article) -> tuple[bool, ...]:
        wanted = title_in or article.newsroom.language
        return (
            is_noise(article.title),
            article.title_language is not wanted,
            article.original_id is not None,
            article.newsroom.kind is not Kind.PRESS,
            article.newsroom.kind is Kind.COMMUNITY,
        )

    return min(articles, key=worse, default=None)


def headline(article: Article) -> Headline:
    """An article's own headline with its link."""
    return Headline(
        title=article.title,
        link=article.link,
        newsroom=article.newsroom.name,
        language=article.title_language,
        article_id=article.id,
        published_at=article.published_at,
        translated=article.title_language is not article.newsroom.language,
    )


def lead_hours(articles: Iterable[Article]) -> int | None:
    """By how many hours the Chinese press came before the English (negative: after); None below two, beyond 48."""
    first: dict[Language, Article] = {}
    for article in articles:
        if article.newsroom.kind is Kind.PRESS:
            first.setdefault(article.newsroom.language, article)
    if len(first) < len(Language):
        return None
    apart = first[Language.EN].published_at - first[Language.ZH].published_at
    return round(apart / _HOUR) if _LEAST_LEAD <= abs(apart) <= _LONGEST_LEAD else None


def _excerpt(articles: Sequence[Article], shown: Article) -> tuple[str, Article] | None:
    """The first telling sentence of the shown article, else of another in its language."""
    same = [article for article in articles if article.title_language is shown.title_language]
    for article in sorted(same, key=lambda article: article is not shown):
        for sentence in sentences(article.summary):
            if _tells(sentence, article):
                return sentence, article
    return None


def _tells(sentence: str, article: Article) -> bool:
    least, most = _EXCERPT
    if article.title_language is Language.ZH:
        least, most = least // 2, most // 2
    return least <= len(sentence) <= most and sentence.strip("。. ") not in article.title


def _names(articles: Iterable[Article], kind: Kind) -> tuple[str, ...]:
    return tuple(dict.fromkeys(article.newsroom.name for article in articles if article.newsroom.kind is kind))


def _opposite(language: Language) -> Language:
    return Language.EN if language is Language.ZH else Language.ZH
