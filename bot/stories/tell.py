"""What a story shows: every line is a source's own words, and nothing is invented."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.model import CATALOGUE, Article, Headline, Kind, Language, Story, Telling
from bot.stories.noise import is_noise
from bot.stories.rank import independent
from bot.text import language_of, sentences, terms

Gloss = Callable[[str, Language], str]
"""Renders a title word by word for a reader; empty where it cannot."""

_HOUR = timedelta(hours=1)
_LEAST_LEAD, _LONGEST_LEAD = 2 * _HOUR, 48 * _HOUR
"""A longer lead is more often another event of the same name than patience of the other press."""

_A_BATCH = 4
"""From so many articles with one time, to the second, a newsroom's times are when its list was made."""

_EXCERPT = (40, 280)
"""A sentence shorter than this says too little (in English letters), a longer one, or two, is no excerpt."""

_SAME_WORDS = 0.6
"""The share of its words from which a second headline says nothing more."""


def unglossed(title: str, reader: Language) -> str:
    """No gloss."""
    del title, reader
    return ""


def tell(
    story: Story,
    reader: Language,
    *,
    gloss: Gloss = unglossed,
    stamped: Collection[str] = (),
    only: Language | None = None,
) -> Telling:
    """Choose what is shown of a story to a reader of a language.

    `stamped` are the newsrooms whose times cannot say who was first, `only` is the press that alone has it.
    """
    own = [article for article in story.articles if article.newsroom.language is reader]
    other = [article for article in story.articles if article.newsroom.language is not reader]
    shown = best(own, reader) or best(other, reader)
    if shown is None:
        raise ValueError(f"story {story.id} has no articles")
    beside = best([article for article in other if article.newsroom.kind is Kind.PRESS], None) if shown in own else None
    excerpt = _excerpt(story.articles, shown, reader)
    second = None if beside or excerpt else _second(story.articles, shown, reader)
    newsrooms = independent(story.articles)
    return Telling(
        story_id=story.id,
        topic=story.topic,
        headline=headline(shown, reader, gloss),
        beside=headline(beside, reader, gloss) if beside else None,
        excerpt=excerpt[0] if excerpt else None,
        excerpt_from=headline(excerpt[1], reader, gloss) if excerpt else None,
        second=headline(second, reader, gloss) if second else None,
        newsrooms=tuple(
            (language, tuple(newsroom.name for newsroom in newsrooms if newsroom.language is language))
            for language in (reader, opposite(reader))
        ),
        companies=_names(story.articles, Kind.COMPANY),
        officials=_names(story.articles, Kind.OFFICIAL),
        lead_hours=lead_hours(story.articles, stamped=stamped),
        first_at=story.articles[0].published_at,
        last_at=story.articles[-1].published_at,
        articles=len(story.articles),
        title=story.title,
        only=only,
    )


def tell_found(story: Story, reader: Language, *, gloss: Gloss = unglossed) -> Telling:
    """What is shown of a story that answers a question: the headline that does, its first article's, in any language.

    `beside` is the other press's headline. Only where neither can be read the first has a gloss.
    """
    shown = story.articles[0]
    in_order = sorted(story.articles, key=lambda article: (article.published_at, article.id))
    everybodys = [article for article in in_order if article.scope == CATALOGUE] or in_order
    told = tell(replace(story, articles=tuple(everybodys)), reader)
    beside = best(
        [
            article
            for article in in_order
            if article.newsroom.language is not shown.newsroom.language and article.newsroom.kind is Kind.PRESS
        ],
        None,
    )
    readable = reader in {shown.title_language, beside.title_language if beside else None}
    return replace(
        told,
        headline=headline(shown, reader, unglossed if readable else gloss),
        beside=headline(beside) if beside else None,
        excerpt=None,
        excerpt_from=None,
        second=None,
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


def headline(article: Article, reader: Language | None = None, gloss: Gloss = unglossed) -> Headline:
    """An article's own headline with its link, and its gloss where the reader does not read its language."""
    foreign = reader is not None and article.title_language is not reader
    return Headline(
        title=article.title,
        link=article.link,
        newsroom=article.newsroom.name,
        language=article.title_language,
        article_id=article.id,
        published_at=article.published_at,
        translated=article.title_language is not article.newsroom.language,
        gloss=(gloss(article.title, reader).strip() or None) if foreign and reader else None,
    )


def batch_stamped(stories: Iterable[Story]) -> frozenset[str]:
    """The newsrooms of which four articles or more bear the same time to the second: theirs tell not who was first."""
    times = Counter(
        (article.newsroom.name, article.published_at.replace(microsecond=0))
        for story in stories
        for article in story.articles
    )
    return frozenset(newsroom for (newsroom, _), count in times.items() if count >= _A_BATCH)


def lead_hours(articles: Iterable[Article], *, stamped: Collection[str] = ()) -> int | None:
    """By how many hours the Chinese press came before the English (negative: after); None below two, beyond 48.

    None too where the first of a press may be an article whose newsroom is `stamped`: its time is not its own.
    """
    first: dict[Language, Article] = {}
    for article in articles:
        if article.newsroom.kind is Kind.PRESS:
            first.setdefault(article.newsroom.language, article)
    if len(first) < len(Language) or any(article.newsroom.name in stamped for article in first.values()):
        return None
    apart = first[Language.EN].published_at - first[Language.ZH].published_at
    return round(apart / _HOUR) if _LEAST_LEAD <= abs(apart) <= _LONGEST_LEAD else None


def opposite(language: Language) -> Language:
    """The other of the two."""
    return Language.EN if language is Language.ZH else Language.ZH


def _excerpt(articles: Sequence[Article], shown: Article, reader: Language) -> tuple[str, Article] | None:
    """The first telling sentence in the reader's language, the shown article's if it has one, and the next with it.

    What is returned stands in the article word for word. A sentence the reader cannot read tells nothing.
    """
    for article in sorted(articles, key=lambda article: article is not shown):
        found = sentences(article.summary)
        for at, sentence in enumerate(found):
            if language_of(sentence) is reader and _tells(sentence, article, reader):
                return _with_next(article.summary, found[at : at + 2], reader), article
    return None


def _with_next(summary: str, found: Sequence[str], reader: Language) -> str:
    """The first of two sentences, and the second where both together are no longer than an excerpt may be."""
    begins = summary.index(found[0])
    ends = begins + len(found[0])
    for following in found[1:]:
        ends = summary.index(following, ends) + len(following)
    both = summary[begins:ends]
    return both if len(both) <= _limits(reader)[1] and "\n" not in both else found[0]


def _tells(sentence: str, article: Article, reader: Language) -> bool:
    least, most = _limits(reader)
    return least <= len(sentence) <= most and sentence.strip("。. ") not in article.title


def _limits(reader: Language) -> tuple[int, int]:
    """Chinese says as much in half the letters."""
    least, most = _EXCERPT
    return (least // 2, most // 2) if reader is Language.ZH else (least, most)


def _second(articles: Sequence[Article], shown: Article, reader: Language) -> Article | None:
    """Another newsroom's own headline that says something more."""
    others = [
        article
        for article in articles
        if article.newsroom.name != shown.newsroom.name
        and article.newsroom.kind is Kind.PRESS
        and article.original_id is None
        and not is_noise(article.title)
        and not _says_the_same(article.title, shown.title)
    ]
    return best(others, reader)


def _says_the_same(title: str, shown: str) -> bool:
    words, known = frozenset(terms(title)), frozenset(terms(shown))
    return not words or len(words & known) >= _SAME_WORDS * len(words)


def _names(articles: Iterable[Article], kind: Kind) -> tuple[str, ...]:
    return tuple(dict.fromkeys(article.newsroom.name for article in articles if article.newsroom.kind is kind))
