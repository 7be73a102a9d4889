"""The work of `jianbao why`: the numbers behind a story's place, its company and its topic."""

from collections.abc import Mapping

from bot.app import App
from bot.stories.rank import Score
from bot.stories.reasons import Outside, Pair, Reason, Why
from bot.stories.topics import Verdict
from bot.terminal import show
from bot.terminal.correct import as_json_of, told
from bot.terminal.feeds import iso
from bot.terminal.start import print_json, settings, using


def why(wanted: str, *, as_json: bool) -> None:
    """Print why a story is there: linking, rank and topic, each number with what it is made of."""

    async def work(app: App) -> tuple[Why, Score]:
        found = await app.explainer.why(wanted)
        return found, await app.teller.score(found.story)

    found, score = using(App(settings()), work)
    if as_json:
        print_json(why_json(found, score))
    else:
        show.console().print(show.why(found, score=score, corrections=[told(each) for each in found.corrections]))


def why_json(found: Why, score: Score) -> Mapping[str, object]:
    """What holds a story together as other programs read it: every number, and all that it is the sum of."""
    return {
        "story": found.story.id,
        "threshold": found.threshold,
        "score": {"total": score.total, "parts": dict(score.parts())},
        "corrections": [as_json_of(each) for each in found.corrections],
        "articles": [_reason_json(reason) for reason in found.reasons],
    }


def _reason_json(reason: Reason) -> Mapping[str, object]:
    article = reason.article
    return {
        "id": article.id,
        "title": article.title,
        "link": article.link,
        "source": article.newsroom.name,
        "published": iso(article.published_at),
        "copy_of": article.original_id,
        "credits": article.via,
        "relevant": article.relevant,
        "topic": article.topic,
        "verdict": _verdict_json(reason.verdict),
        "inside": _pair_json(reason.inside) if reason.inside else None,
        "outside": _outside_json(reason.outside) if reason.outside else None,
    }


def _verdict_json(verdict: Verdict) -> Mapping[str, object]:
    return {
        "relevant": verdict.relevant,
        "topic": verdict.topic,
        "score": verdict.score,
        "parts": dict(verdict.parts),
        "reasons": verdict.reasons,
    }


def _pair_json(pair: Pair) -> Mapping[str, object]:
    return {
        "id": pair.other.id,
        "title": pair.other.title,
        "likeness": pair.likeness,
        "probability": pair.probability,
        "offset": pair.offset,
        "parts": dict(pair.parts),
    }


def _outside_json(outside: Outside) -> Mapping[str, object]:
    return {
        **_pair_json(outside.pair),
        "story": outside.story_id,
        "stories_likeness": outside.whole,
        "kept_out": outside.kept,
    }
