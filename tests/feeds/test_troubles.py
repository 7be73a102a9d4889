import re
import string
from pathlib import Path

import pytest

from bot.feeds.troubles import here, sentence, troubles, unfetched, unread
from bot.model import Language

SOURCES = [path.read_text("utf-8") for path in (Path(__file__).parents[2] / "bot" / "feeds").glob("*.py")]


def placeholders(told: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(told) if name is not None}


@pytest.mark.parametrize("key", troubles())
def test_a_trouble_is_told_in_both_languages_of_the_same_facts(key: str) -> None:
    """An English and a Chinese sentence each, and the code behind a dot has one for itself too."""
    told = troubles()[key]

    assert placeholders(told["en"]) == placeholders(told["zh"])
    assert told["en"].endswith(".")
    assert told["zh"].endswith("。")
    assert key.partition(".")[0] in troubles()
    assert len(key) <= 32  # what the table holds


@pytest.mark.parametrize("key", troubles())
def test_every_trouble_can_happen(key: str) -> None:
    """No sentence stands there that nothing says."""
    assert any(re.search(f'"{re.escape(key)}"', source) for source in SOURCES)


def test_an_error_knows_its_sentence_in_any_language() -> None:
    """What was raised in one room is told in another, in the reader's language."""
    error = unfetched("refused", host="a.example", status=403, retry_after=60)

    assert (error.code, error.retry_after, error.facts) == ("refused", 60, {"host": "a.example", "status": 403})
    assert error.sentence.startswith("a.example refuses")
    assert sentence(error.key, error.facts, Language.ZH) == "a.example 拒绝向机器人提供这个源（403），请找它的其他源。"


def test_a_case_of_a_trouble_has_its_code() -> None:
    """What is counted and kept is the code; the case only has another sentence."""
    assert unfetched("forbidden-address.port").code == "forbidden-address"
    assert unread("html", host="a.example").sentence.startswith("a.example sent a web page")
    assert here("not-stored", error="disk").fields == {"code": "not-stored", "error": "disk"}
