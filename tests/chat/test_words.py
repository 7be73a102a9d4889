import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.chat.commands.subscribe import _NEEDED, _SEND_IN_THREAD
from bot.chat.messenger import _CLOSED
from bot.chat.render.notices import notice
from bot.chat.words import refused, say, words
from bot.correction import Act
from bot.curation import Deed
from bot.feeds.health import Remedy, State
from bot.feeds.lists import Outcome
from bot.model import Kind, Language, Topic
from bot.stories.rank import Score
from bot.stories.reasons import FAMILIES as EVIDENCE
from bot.stories.reasons import Kept
from bot.stories.watch import UNREADABLE
from tests.chat.looks import payload, too_much

ROOT = Path(__file__).parent.parent.parent / "bot" / "chat"
KEYS = sorted(words())
SAFE = {"channel": "<#1>", "member": "<@1>", "language": "English", "reference": "`abcd1234`"}

_PARTS = Score(corroboration=1, both_presses=1, china=1, freshness=1, source=1, topic=1, translated=-1, noise=-1)
FAMILIES = {
    "act-": set(Deed),
    "done-": set(Deed) - {Deed.IMPORT},
    "menu-": set(Deed),
    "import-": set(Outcome),
    "line-": set(Outcome) - {Outcome.REFUSED},
    "of-": {"language", "kind", "topics", "zone", "mixed"},
    "topic-of-": set(Topic),
    "corrected-": set(Act),
    "evidence-": {*EVIDENCE},
    "kept-": {each.name.lower() for each in Kept},
    "kind-": set(Kind),
    "language-": set(Language),
    "ended-": {UNREADABLE, *(code for code, _ in _CLOSED.values())},
    "paused-": {code for code, _ in _CLOSED.values()},
    "permission-": {*_NEEDED, _SEND_IN_THREAD},
    "mend-": {*Remedy, "hide"},
    "state-": set(State),
    "why-": {name for name, _ in _PARTS.parts()},
}
"""Keys of which a part is only known when the bot runs, and what that part may be."""


def placeholders(sentence: str) -> set[str]:
    """What is filled into a sentence."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def texts() -> Iterator[str]:
    """Every text that stands in the code; of one with holes what comes before the first."""
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


@pytest.mark.parametrize("key", KEYS)
def test_a_sentence_is_said_in_both_languages_of_the_same_things(key: str) -> None:
    """Each key has an English and a Chinese sentence, and both tell the same facts."""
    said = words()[key]

    assert set(said) == {"en", "zh"}
    assert all(sentence.strip() for sentence in said.values())
    assert placeholders(said["en"]) == placeholders(said["zh"])


@pytest.mark.parametrize("key", [key for key in KEYS if key != "other-language"])
def test_a_sentence_is_in_the_language_it_says(key: str) -> None:
    """The Chinese ones have Chinese letters, the English ones few but for names the reader may type."""
    english, chinese = words()[key]["en"], words()[key]["zh"]
    letters = re.sub(r"\{\w+\}|华为|台积电|简报", "", english)

    assert re.search("[\u4e00-\u9fff]", chinese)
    assert not re.search("[\u3000-\u9fff\uff00-\uffef]", letters)


@pytest.mark.parametrize("key", KEYS)
def test_a_sentence_reads_well(key: str) -> None:
    """No doubled blanks or stops, no blank at an end, Chinese stops in Chinese, and it can be shown."""
    for language in Language:
        sentence = say(key, language, **{name: SAFE.get(name, "3") for name in placeholders(words()[key]["en"])})

        assert sentence == sentence.strip()
        assert not re.search(r"  |\.\.|。。|\s[.,;:!?](\s|$)|[\u4e00-\u9fff][,;!?](\s|$)|'", sentence)
        assert too_much(payload(notice(sentence))) == []


def test_every_sentence_is_said_somewhere() -> None:
    """No sentence is left over, and none is missing, those too whose key is put together."""
    written = set(texts())
    used = {key for key in KEYS if key in written}
    families = {f"{family}{part}" for family, known in FAMILIES.items() for part in known}

    assert set(FAMILIES) <= written
    assert families <= set(KEYS)
    assert sorted(set(KEYS) - used - families) == []


def test_every_key_that_is_used_is_known() -> None:
    """A key that is misspelt would only be found by whoever meets it."""
    asked = set()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"say", "refused"}:
                asked |= {node.args[0].value} if isinstance(node.args[0], ast.Constant) else set()

    assert len(asked) > 50
    assert sorted(asked - set(KEYS)) == []


def test_every_prefix_of_a_key_is_a_family() -> None:
    """A key that is put together from a new part is to be listed above."""
    found = set()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"say", "refused"}:
                found |= {node.args[0].values[0].value} if isinstance(node.args[0], ast.JoinedStr) else set()

    assert found == set(FAMILIES)


def test_a_refusal_has_its_english_sentence_for_the_log() -> None:
    """And its key and values, so that it can be said again in the asker's language."""
    error = refused("no-such-time", time="noon")

    assert error.sentence == "“noon” is not a time of day. Write it as 08:00 or 8:30pm."
    assert say(error.key, Language.ZH, **error.values) == "“noon”不是一个时间，请写成 08:00 或 20:30。"
