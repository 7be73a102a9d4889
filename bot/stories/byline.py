"""Newsrooms by the names their readers know: IT之家 to who reads Chinese, ITHome to who does not.

Everywhere else a newsroom goes by its English name, which the store keeps.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.model import Article, Digest, Item, Language, Story


@dataclass(frozen=True, slots=True)
class Bylines:
    """Renames newsrooms in what is about to be told; `chinese` has the Chinese names by the English ones."""

    chinese: Mapping[str, str] = field(default_factory=dict)

    def name(self, newsroom: str, reader: Language) -> str:
        """A newsroom's name for a reader, in whichever language it was given; as it is where there is no other."""
        if reader is Language.ZH:
            return self.chinese.get(newsroom, newsroom)
        return next((english for english, chinese in self.chinese.items() if chinese == newsroom), newsroom)

    def article(self, article: Article, reader: Language) -> Article:
        """An article with its newsroom, and the one it credits, named for a reader."""
        if reader is not Language.ZH:
            return article
        newsroom = replace(article.newsroom, name=self.name(article.newsroom.name, reader))
        return replace(article, newsroom=newsroom, via=self.name(article.via, reader) if article.via else None)

    def story(self, story: Story, reader: Language) -> Story:
        """A story as the store has it, with all newsrooms named for a reader."""
        if reader is not Language.ZH:
            return story
        return replace(story, articles=tuple(self.article(each, reader) for each in story.articles))

    def updates(self, digest: Digest) -> Digest:
        """A digest whose updates were told in the other language, with the newsrooms in them named for its reader."""
        parts = ((part, tuple(self._update(each, digest.language) for each in part.items)) for part in digest.sections)
        return replace(digest, sections=tuple(replace(part, items=items) for part, items in parts))

    def _update(self, item: Item, reader: Language) -> Item:
        new, update = item.new, item.update
        if update:
            update = replace(update, newsrooms=tuple(self.name(each, reader) for each in update.newsrooms))
        return replace(item, new=replace(new, newsroom=self.name(new.newsroom, reader)) if new else None, update=update)
