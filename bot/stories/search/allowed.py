"""What an article must be and must not say to be shown at all, whatever the word index found it by."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.model import Article
from bot.store.candidates import Limits
from bot.stories.asking.sizes import spellings
from bot.stories.entities import Lexicon
from bot.stories.search.question import Question
from bot.text import index_terms, terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Looks at an article itself: an index may lag behind an edit, and knows nothing of what stands together."""

    limits: Limits
    phrases: tuple[tuple[str, ...], ...]
    unwanted: tuple[str, ...]
    not_entities: frozenset[str]
    lexicon: Lexicon

    @classmethod
    def by(cls, question: Question) -> "Allowed":
        """What a question allows; a word it does not want bars the entity of that name too, in either language."""
        asked, lexicon = question.asked, question.lexicon
        owners = [owner for said in asked.unwanted if (owner := lexicon.owner(said.text))]
        barred = [spelt for said in asked.unwanted for spelt in (said.text, *spellings(said.text))] + [
            name for owner in owners for name in (*owner.en, *owner.zh, *owner.tw)
        ]
        exact = (group for group in asked.wanted if all(said.exact for said in group))
        return cls(
            limits=question.limits,
            phrases=tuple(tuple(_row(terms(said.text)) for said in group) for group in exact),
            unwanted=tuple(dict.fromkeys(row for text in barred if (row := _row(terms(text))).strip())),
            not_entities=frozenset((*asked.no_entities, *(owner.id for owner in owners))),
            lexicon=lexicon,
        )

    def __call__(self, article: Article) -> bool:
        """Whether an article may be shown."""
        if not self._within(article):
            return False
        if not (self.phrases or self.unwanted or self.not_entities):
            return True
        texts = [article.title, article.summary]
        said = [_row(terms(text)) for text in texts] + [_row(index_terms(text)) for text in texts]
        if any(_stands(each, said) for each in self.unwanted):
            return False
        if self.not_entities and not self.not_entities.isdisjoint(self.lexicon.find(". ".join(texts))):
            return False
        return all(any(_stands(each, said) for each in group) for group in self.phrases)

    def _within(self, article: Article) -> bool:
        limits = self.limits
        return (
            (limits.since is None or article.published_at >= limits.since)
            and (limits.until is None or article.published_at < limits.until)
            and (limits.newsrooms is None or article.newsroom.name in limits.newsrooms)
            and article.newsroom.name not in limits.not_newsrooms
            and (not limits.topics or article.topic in limits.topics)
            and article.topic not in limits.not_topics
            and (not limits.languages or article.newsroom.language in limits.languages)
        )


def _row(some: Iterable[str]) -> str:
    """Terms in a row, so that one row stands in another as their letters do."""
    return f" {' '.join(some)} "


def _stands(wanted: str, said: Iterable[str]) -> bool:
    return any(wanted in row for row in said)
