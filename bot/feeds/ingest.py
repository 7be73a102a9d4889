"""A file of articles into the store, as if they had been polled: JSON lines, plain or gzipped."""

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import IO, Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from bot.errors import InputError, NotFoundError
from bot.feeds.clean import SUMMARY_LIMIT, TITLE_LIMIT, plain, safe_link
from bot.feeds.links import key_of
from bot.feeds.newsrooms import Newsrooms
from bot.lined import why
from bot.model import CATALOGUE, Article
from bot.store import articles as article_rows
from bot.store.articles import Kept
from bot.store.database import Store
from bot.text import language_of

_AT_ONCE = 1000


def _name(text: str) -> str:
    if not text.isprintable():  # no database takes a NUL or a lone surrogate
        raise ValueError(f"{text!r} holds control characters")
    return text


class _Line(BaseModel):
    """One line of the file."""

    model_config = ConfigDict(extra="ignore")

    id: Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_name)]
    title: str = Field(min_length=1)
    source: str = Field(min_length=1)
    published: AwareDatetime
    url: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What became of a file: the lines that could not be read are results, not the end."""

    kept: Kept
    articles: tuple[Article, ...]
    wrong: tuple[InputError, ...]


def article_of(line: _Line, newsrooms: Newsrooms) -> Article:
    """The article a line stands for; it counts as first seen when it was published."""
    title = plain(line.title, TITLE_LIMIT)
    link = safe_link(line.url, "") or ""
    newsroom = newsrooms.from_source(plain(line.source, TITLE_LIMIT), link, title)
    title = newsrooms.bare(title, newsroom)
    published = line.published.astimezone(UTC)
    return Article(
        id=line.id,
        scope=CATALOGUE,
        title=title,
        link=link,
        link_key=key_of(link) if link else f"id:{line.id}",
        summary=plain(line.summary, SUMMARY_LIMIT),
        newsroom=newsroom,
        title_language=language_of(title),
        published_at=published,
        first_seen_at=published,
    )


def read_articles(path: Path, newsrooms: Newsrooms) -> Iterator[Article | InputError]:
    """Each line's article, or what is wrong with the line; raises NotFoundError or InputError for the whole file."""
    check_exists(path)
    try:
        with _opened(path) as lines:
            seen: dict[str, Article] = {}
            for number, text in enumerate(lines, start=1):
                if text.strip():
                    found = _read(path, number, text, newsrooms)
                    if isinstance(found, Article) and seen.setdefault(found.id, found).link_key != found.link_key:
                        found = _left_out(path, number, f"id: {found.id!r} is another article's above")
                    yield found
    except (OSError, UnicodeDecodeError, EOFError, zlib.error) as error:
        raise InputError(f"{path} cannot be read as JSON lines, plain or gzipped: {error}.", file=str(path)) from error


def check_exists(path: Path) -> None:
    """Raise NotFoundError where there is no such file, before anything costly begins."""
    if not path.exists():
        raise NotFoundError(f"There is no file {path}.", file=str(path))


def _opened(path: Path) -> IO[str]:
    return gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")


def _read(path: Path, number: int, text: str, newsrooms: Newsrooms) -> Article | InputError:
    try:
        article = article_of(_Line.model_validate(json.loads(text)), newsrooms)
    except json.JSONDecodeError as error:
        return _left_out(path, number, f"this is not JSON ({error.msg})")
    except ValidationError as error:
        first = error.errors()[0]
        what = f"{first['loc'][0]}: {why(first)}" if first["loc"] else "this is no JSON object with id, title ..."
        return _left_out(path, number, what)
    except (ValueError, OverflowError, RecursionError) as error:  # endless numbers and brackets, the year 1
        return _left_out(path, number, f"this cannot be read ({error})")
    return article if article.title else _left_out(path, number, "title: nothing is left of it without its markup")


def _left_out(path: Path, number: int, what: str) -> InputError:
    return InputError(f"{path}, line {number}: {what}; the line was left out.", line=number)


class Ingester:
    """Loads files of articles; running it twice changes nothing."""

    def __init__(self, store: Store, *, newsrooms: Newsrooms) -> None:
        self._store = store
        self._newsrooms = newsrooms

    async def run(self, path: Path) -> Ingested:
        """Load every readable line, in order of publication so that stories grow as they did."""
        found = list(read_articles(path, self._newsrooms))
        articles = sorted(
            (each for each in found if isinstance(each, Article)),
            key=lambda each: (each.published_at, each.id),
        )
        kept = [await self._keep(articles[at : at + _AT_ONCE]) for at in range(0, len(articles), _AT_ONCE)]
        return Ingested(
            kept=Kept(new=sum(each.new for each in kept), known=sum(each.known for each in kept)),
            articles=tuple(articles),
            wrong=tuple(each for each in found if isinstance(each, InputError)),
        )

    async def _keep(self, some: Sequence[Article]) -> Kept:
        return await self._store.write(article_rows.keep, [(each.id, each) for each in some], feed_id=None)
