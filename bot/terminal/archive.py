"""The work of the commands on the archive: ingest, group, search, digest and story."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import TypeAdapter
from rich.console import Console
from rich.progress import Progress

from bot import phrases
from bot.app import App
from bot.errors import InputError, NotFoundError
from bot.feeds.ingest import Ingested, check_exists
from bot.model import A_DIGEST, Answer, Article, Digest, Hit, Language, Subscription
from bot.store import articles as article_rows
from bot.store import candidates as candidate_rows
from bot.store import stories as story_rows
from bot.terminal import show
from bot.terminal.feeds import iso
from bot.terminal.start import encoding, print_json, settings, using

Aliases = Mapping[str, Sequence[str]]
"""Further ids of articles, by the ids they have."""

_BAR_SECONDS = 0.5


def ingest(path: Path) -> bool:
    """Load a file of articles and group them; returns whether every line could be read."""
    check_exists(path)
    app = encoding(App(settings()))
    loaded = using(app, lambda app: _ingest(app, path))
    kept = loaded.kept
    show.console().print(f"{phrases.plural(kept.new, 'new article')}, {kept.known} known already.")
    return _all_read(loaded)


def group(path: Path) -> bool:
    """Group a file of articles in a database of its own and print each article's story, a JSON line each."""
    check_exists(path)
    with TemporaryDirectory(prefix="jianbao-group-") as folder:
        app = encoding(App(settings(database_url=f"sqlite:///{folder}/group.db")))
        loaded, placed = using(app, lambda app: _group(app, path))
    for article in loaded.articles:
        found = placed[article.link_key]
        print_json({"id": article.id, "story": found.story_id, "topic": found.topic, "relevant": found.relevant})
    return _all_read(loaded)


def search(query: str, limit: int, language: Language, *, as_json: bool) -> None:
    """Answer one query, or each line of standard input where the query is a dash."""
    app = encoding(App(settings()))
    if query == "-":
        using(app, lambda app: _answer_lines(app, limit))
        return
    answer, aliases = using(app, lambda app: _answer(app, query, limit))
    if as_json:
        print_json(answer_json(answer, aliases))
    else:
        gloss = app.glosser.knowing(app.lexicon).gloss
        show.console().print(show.answer(answer, language, gloss=gloss))


def digest(at: datetime | None, days: int, language: Language, zone: str, *, as_json: bool) -> None:
    """Print the digest of the last days as it would be posted to somebody who has seen nothing."""
    app = App(settings())

    async def work(app: App) -> Digest:
        now = at or app.clock()
        reader = Subscription(
            id=0, channel="", local_time=time(8), zone=zone, language=language, size=A_DIGEST, created_at=now
        )
        return await app.teller.preview(reader, now, days=days)

    told = using(app, work)
    if as_json:
        print_json(TypeAdapter(Digest).dump_python(told, mode="json"))
    else:
        show.console().print(show.digest(told, app.topics.headings(language)))


def story(story_id: str) -> None:
    """Print all coverage of a story and the numbers that rank it."""

    async def work(app: App) -> None:
        found = await app.store.read(story_rows.one, story_id)
        if found is None:
            raise NotFoundError(
                f"There is no story {story_id!r}; `jianbao search` shows each story's id behind its articles."
            )
        show.console().print(show.story(found, score=await app.teller.score(found)))

    using(App(settings()), work)


async def _ingest(app: App, path: Path) -> Ingested:
    loaded = await app.ingester.run(path)
    await _group_all(app)
    return loaded


async def _group_all(app: App) -> None:
    """Group what waits, with a bar that shows how far it is."""
    err = Console(stderr=True)
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        steps = await app.store.read(article_rows.left, app.encoder.name)
        bar = progress.add_task("Encoding and grouping", total=steps)
        grouping = asyncio.create_task(_grouped(app))
        while not grouping.done():
            await asyncio.wait([grouping], timeout=_BAR_SECONDS)
            progress.update(bar, completed=steps - await app.store.read(article_rows.left, app.encoder.name))
        await grouping
        await app.indexer.run()


async def _grouped(app: App) -> None:
    await app.grouper.run()
    while await app.grouper.catch_up():
        pass


async def _group(app: App, path: Path) -> tuple[Ingested, Mapping[str, Article]]:
    """The file's articles, and by canonical link what became of them (two lines may share one link)."""
    loaded = await _ingest(app, path)
    placed = await app.store.read(article_rows.by_link, loaded.articles)
    return loaded, {article.link_key: article for article in placed}


async def _answer_lines(app: App, limit: int) -> None:
    for line in sys.stdin:
        try:
            print_json(answer_json(*await _answer(app, line, limit)))
        except InputError as error:
            print_json([])
            _complain([error])


async def _answer(app: App, query: str, limit: int) -> tuple[Answer, Aliases]:
    """An answer, and the further ids of its articles."""
    answer = await app.searcher.search(query, limit=limit)
    ids = [article.id for hit in answer.hits for article in hit.story.articles]
    return answer, await app.store.read(candidate_rows.known_as, ids)


def answer_json(answer: Answer, aliases: Aliases) -> Sequence[Mapping[str, object]]:
    """An answer as other programs read it: an article stands there by each id that a file gave it."""
    return [_hit_json(hit, aliases) for hit in answer.hits]


def _hit_json(hit: Hit, aliases: Aliases) -> Mapping[str, object]:
    return {
        "story": hit.story.id,
        "title": hit.title,
        "score": hit.score,
        "articles": [
            {
                "id": known_as,
                "title": article.title,
                "link": article.link,
                "source": article.newsroom.name,
                "published": iso(article.published_at),
                "language": article.newsroom.language,
            }
            for article in hit.story.articles
            for known_as in (article.id, *aliases.get(article.id, ()))
        ],
    }


def _all_read(loaded: Ingested) -> bool:
    _complain(loaded.wrong)
    return not loaded.wrong


def _complain(wrong: Sequence[InputError]) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for error in wrong:
        console.print(error.sentence, markup=False)
