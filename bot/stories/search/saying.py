"""Whether what an article says is said of those who are asked for."""

from collections.abc import Callable
from datetime import datetime

from bot.model import Article
from bot.stories.search.parts import SAID
from bot.stories.search.question import Question, Questions
from bot.stories.search.score import Weigher

Saying = Callable[[Article, int], bool]


def saying(questions: Questions, question: Question, now: datetime) -> Saying:
    """Of an article that says the part at a place: whether that is not another company's results."""
    strengths = Weigher(question.parts, (), now).strengths

    def is_theirs(article: Article, place: int) -> bool:
        return not question.is_owned(place) or strengths(questions.own(question, article))[place] >= SAID

    return is_theirs
