"""Words set one after another, with the marks of the language they are read in."""

import re
from collections.abc import Iterable

from bot.model import Language
from bot.stories.wordbook.words import Word

_ENGLISH = str.maketrans(
    {
        "，": ",",
        "。": ".",
        "、": ",",
        "：": ":",
        "；": ";",
        "！": "!",
        "？": "?",
        "（": "(",
        "）": ")",
        "丨": "|",
        "｜": "|",
    }
    | {"《": "“", "》": "”", "「": "“", "」": "”", "『": "“", "』": "”", "【": "[", "】": "]", "～": "~", "·": "·"}
)
_CHINESE = str.maketrans({",": "，", ":": "：", ";": "；", "!": "！", "?": "？", "(": "（", ")": "）"})
_CLOSES, _OPENS = ",.:;!?)]”’…%", "([“‘"
_TIGHT = "，。：；！？（）、“”‘’《》"
_SPACES = re.compile(r"\s+")
_BEFORE, _AFTER = re.compile(rf"\s+([{re.escape(_CLOSES)}])"), re.compile(rf"([{re.escape(_OPENS)}])\s+")
_AROUND = re.compile(rf"\s*([{_TIGHT}])\s*")


def line(words: Iterable[Word], to: Language) -> str:
    """One line of words; empty ones are left out."""
    if to is Language.EN:
        told = " ".join(_english(word) for word in words)
        return _AFTER.sub(r"\1", _BEFORE.sub(r"\1", _SPACES.sub(" ", told))).strip()
    told = " ".join(_chinese(word) for word in words)
    return _AROUND.sub(r"\1", _SPACES.sub(" ", told)).strip()


def _english(word: Word) -> str:
    return word.shown.translate(_ENGLISH) if word.mark else word.shown


def _chinese(word: Word) -> str:
    if not word.mark:
        return word.shown
    return "。" if word.shown == "." else word.shown.translate(_CHINESE)
