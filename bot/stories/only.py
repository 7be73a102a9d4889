"""Which stories one press alone has so far, in the feeds read here.

A false "only in Chinese" is the worst mistake a digest can make, so whatever speaks against it decides: any article
of the other press (a copy, a forum or the company's own release too), and a likely echo of the story outside of it.
A newsroom's language counts and never a title's: a translated title is no Chinese press.
"""

from bot.model import Kind, Language, Story
from bot.stories.heart import About

ECHO = 0.25
"""From this chance on that the other press has the story elsewhere, we do not say that it has not.

Chosen by `python -m tests.scores.only` on two labelled weeks.
"""

_NEEDED = {Language.ZH: 1.0, Language.EN: 0.5}
"""How near the Chinese side must be to the heart of what a press alone has."""


def only_press(story: Story, about: About, *, below: float = ECHO) -> Language | None:
    """The press that alone has a story; None where both have it, or it may well be that they do.

    What only the Chinese press has must have the Chinese side at its heart, since a foreign company's news reaches
    the feeds of its own press soon; what only the English press has must name it: the rest of the world's news is no
    loss to a Chinese reader, and mostly no secret.
    """
    languages = {article.newsroom.language for article in story.articles}
    if len(languages) != 1 or story.echo >= below or not _is_reported(story):
        return None
    (press,) = languages
    return press if about.china >= _NEEDED[press] else None


def _is_reported(story: Story) -> bool:
    """Whether a newsroom of the press says so in its own words; a forum or a company alone is no press."""
    return any(article.newsroom.kind is Kind.PRESS and article.original_id is None for article in story.articles)
