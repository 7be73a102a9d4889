"""An English title, cut into words with their Chinese."""

import re
from collections.abc import Iterator, Sequence

from bot.stories.wordbook.cedict import Cedict
from bot.stories.wordbook.english_numbers import ENGLISH, in_chinese
from bot.stories.wordbook.words import Name, Word, Words
from bot.text import HAN

_LATIN = "A-Za-z\u00c0-\u024f"
_TOKEN = re.compile(
    rf"[{HAN}]+|@\w+|(?:[A-Za-z]\.){{2,}}|[{_LATIN}]+(?:\.[A-Za-z]{{2,}})+|[{_LATIN}]+(?:['’][{_LATIN}]+)*\+*(?![0-9{_LATIN}])"
    rf"|[0-9{_LATIN}]+(?:[.+&'’/_@-]?[0-9{_LATIN}]+)*\+*"
)
_MARK = re.compile(r"\s+|.", re.DOTALL)
_BETWEEN = re.compile(r"[ \-\u2010\u2011]")
_SHORTENED = re.compile("['’](?:s|ve|re|ll|d|m)?$")
_POSSESSIVE = re.compile("['’]s?(?![A-Za-z])")
_ITSELF = re.compile(rf"[A-Z][A-Z0-9&.+-]+s?|.*\d.*|[A-Za-z]*[a-z][A-Z][A-Za-z]*|@.*|\w+\.[\w.]+|\w+\++|[{HAN}]+")
"""What a Chinese headline writes as it is: GPU, Q3, H20, YouTube, C++, a name with its @, and Chinese."""
_SMALL = frozenset(
    {
        "with",
        "from",
        "into",
        "over",
        "this",
        "that",
        "these",
        "have",
        "has",
        "and",
        "for",
        "the",
        "in",
        "on",
        "at",
        "by",
    }
    | {"to", "of", "up", "out", "off", "as", "is", "are", "be", "a", "an", "it", "its"}
)
"""No phrase of the dictionary begins or ends with one of these: it would be an explanation (company with: 偕)."""
_NUMBER_NEXT = re.compile(r"\s(?=[$€£¥]?\d|US\$|RMB)")
_QUOTES = "'\"‘’"
_OWNER = re.compile("(?<=s)['’](?=\\s)")
_HYPHEN = re.compile("(?<=[A-Za-z0-9])[-\u2010\u2011](?=[A-Za-z0-9])")
_LETTER = re.compile(r"[^\W_]")
_LETTER_OR_END = re.compile(r"[\w.,!?…%)]")
_GLUED = re.compile(rf"[0-9{_LATIN}$¥]|[.-]\d")

_MOST_WORDS = 4
_ENDINGS = (
    *(("ies", "y"), ("ves", "f"), ("s", ""), ("es", ""), ("ied", "y"), ("ed", "e"), ("ed", ""), ("ing", "e")),
    *(("ing", ""), ("ier", "y"), ("iest", "y"), ("er", "e"), ("er", ""), ("est", ""), ("ly", "")),
)
_DOUBLED = re.compile(r"(.*([b-df-hj-np-tv-z]))\2(?:ed|ing|er|est)")


class EnglishSplitter:
    """Takes names first, then numbers, then the longest phrase that is known, in whatever form its words have."""

    def __init__(self, words: Words, cedict: Cedict) -> None:
        self._words = words
        self._cedict = cedict

    def split(self, title: str, names: Sequence[Name]) -> Iterator[Word]:
        """The words of a title in order; `names` are the entities in it."""
        at, named = 0, {name.start: name for name in names if not _GLUED.match(title, name.end)}
        while at < len(title):
            if name := named.get(at):
                yield Word(title[at : name.end], name.shown)
                at = name.end + _length(_POSSESSIVE.match(title, name.end))
            elif number := ENGLISH.match(title, at):
                yield Word(number[0], in_chinese(number))
                at = number.end()
            elif token := _TOKEN.match(title, at):
                limit = min((start for start in named if start > at), default=len(title))
                word = self._phrase(title, token, limit)
                yield word
                at += len(word.said)
            else:
                mark = _mark(title, at)
                yield mark
                at += len(mark.said)

    def _phrase(self, title: str, first: re.Match[str], limit: int) -> Word:
        """The longest known phrase that begins with a token and ends before the next name."""
        tokens = _run(title, first, limit)
        for size in range(len(tokens), 0, -1):
            said = title[first.start() : tokens[size - 1].end()]
            before_number = _NUMBER_NEXT.match(title, tokens[size - 1].end())
            shown = self._words.chinese.get(f"{said.lower()} N") if before_number else None
            if shown is not None or (shown := self._chinese([token[0] for token in tokens[:size]])) is not None:
                return Word(said, shown)
        bare = _SHORTENED.sub("", first[0])
        return Word(first[0], bare, known=bool(_ITSELF.fullmatch(bare)))

    def _chinese(self, tokens: Sequence[str]) -> str | None:
        """The Chinese of a phrase; empty where it has nothing to say there."""
        said = " ".join(tokens).replace("’", "'")
        if said.lower() in self._words.drop_en:
            return ""
        if curated := self._words.chinese.get(said.lower()):
            return curated
        plain = [_SHORTENED.sub("", token) for token in tokens]
        if len(plain) == 1 and _ITSELF.fullmatch(plain[0]):
            return None
        ways = dict.fromkeys(" ".join(way).lower() for way in self._forms(plain))
        known = (self._words.chinese[way] for way in ways if way in self._words.chinese)
        explains = len(plain) > 1 and not _SMALL.isdisjoint((plain[0].lower(), plain[-1].lower()))
        return next(known, None) or (None if explains else next(filter(None, map(self._cedict.chinese, ways)), None))

    def _forms(self, tokens: Sequence[str]) -> Iterator[Sequence[str]]:
        """A phrase as it is said, then with its first or last word in the dictionary's form."""
        yield tokens
        for form in self._stems(tokens[-1]):
            yield [*tokens[:-1], form]
        if len(tokens) > 1:
            for form in self._stems(tokens[0]):
                yield [form, *tokens[1:]]

    def _stems(self, token: str) -> Iterator[str]:
        """What a word may be a form of: runs of run, cities of city."""
        word = token.lower()
        if word in self._words.irregular:
            yield self._words.irregular[word]
        if doubled := _DOUBLED.fullmatch(word):
            yield doubled[1]
        for ending, instead in _ENDINGS:
            if word.endswith(ending) and len(word) > len(ending) + 1:
                yield word[: -len(ending)] + instead


def _run(title: str, first: re.Match[str], limit: int) -> list[re.Match[str]]:
    """A token and those that follow it, a blank or hyphen apart."""
    tokens = [first]
    while len(tokens) < _MOST_WORDS and (gap := _BETWEEN.match(title, tokens[-1].end())):
        following = _TOKEN.match(title, gap.end())
        if not following or following.end() > limit:
            break
        tokens.append(following)
    return tokens


def _mark(title: str, at: int) -> Word:
    """A blank, a mark, or a letter of a third script; hyphens and the owner's mark have no Chinese."""
    match = _MARK.match(title, at)
    said = match[0] if match else title[at]
    if _HYPHEN.match(title, at) or _OWNER.match(title, at):
        return Word(said, "", mark=True)
    if said in _QUOTES:
        return Word(said, "”" if at and _LETTER_OR_END.match(title[at - 1]) else "“", mark=True)
    strange = bool(_LETTER.search(said))
    return Word(said, said, known=not strange, mark=not strange)


def _length(match: re.Match[str] | None) -> int:
    return len(match[0]) if match else 0
