"""What an answer tells of how its question was understood, and what may be asked instead."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.model import Answer, Language
from bot.stories.asking.query import LONGEST
from bot.stories.asking.rephrase import operators, phrases, wider, with_one_name
from bot.stories.asking.spelling import nearest_names
from bot.stories.entities import Entity, Lexicon
from bot.stories.search.question import Question

_SHORTEST, _NEAR = 4, 3
"""From how many letters a word may be a name that was typed wrong, and how many such names are told."""


def understood(answer: Answer, question: Question, beside: Callable[[str], str]) -> Answer:
    """An answer with what its question was taken for; `beside` is what of a text is in no name."""
    asked, lexicon = question.asked, question.lexicon
    entities = [lexicon.get(entity) for entity in question.entities]
    pair = len(entities) > 1
    sources = (*asked.sources, *asked.no_sources)
    alone = {each.id: with_one_name(asked.text, _shown(each, asked.text), beside, sources) for each in entities if pair}
    return replace(
        answer,
        named={each.id: _names(each) for each in entities},
        spelt={each.id: _spellings(each) for each in entities},
        corrected=tuple((each.said, lexicon.get(each.entity_id).name) for each in question.guesses if each.certain),
        words=tuple(question.words),
        since=asked.since,
        until=asked.until,
        newsrooms=tuple(sorted(question.limits.newsrooms or ())),
        languages=asked.languages,
        phrases=tuple(phrases(asked.text, sources)),
        operators=tuple(operators(asked.text, sources)),
        alone={entity: text for entity, text in alone.items() if len(text) <= LONGEST},
        wider="" if answer.hits else wider(asked.text, sources),
        near=() if answer.hits else _near(question.beside, lexicon),
    )


def _names(entity: Entity) -> Mapping[Language, str]:
    """The name of an entity to show a reader of a language."""
    return {Language.EN: entity.name, Language.ZH: (*entity.chinese, entity.name)[0]}


def _spellings(entity: Entity) -> tuple[str, ...]:
    """Its names in either language and either kind of Chinese characters, those to show."""
    return tuple(dict.fromkeys((entity.name, *entity.ticker[:1], *entity.chinese[:1], *entity.traditional[:1])))


def _shown(entity: Entity, asked: str) -> str:
    """The name by which it is asked for alone: the Chinese one where that was typed."""
    return next((name for name in entity.chinese if name in asked), entity.name)


def _near(beside: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Names near to the words that are none."""
    long = [word for word in beside.split() if len(word) >= _SHORTEST][:_NEAR]
    return tuple(dict.fromkeys(name for word in long for name in nearest_names(word, lexicon, _NEAR)))[:_NEAR]
