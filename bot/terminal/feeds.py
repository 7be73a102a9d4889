"""The work of `jianbao feeds`: look at one, list, add and remove."""

from collections.abc import Mapping
from datetime import datetime

from bot.app import App
from bot.errors import InputError
from bot.feeds.catalogue import Report, Wanted
from bot.model import Entry
from bot.terminal import show
from bot.terminal.start import looking, print_json, settings, using
from bot.text import language_of


def check(place: str, zone: str | None, *, as_json: bool) -> None:
    """Fetch and read one feed or file and print what it holds; raises InputError where it cannot be used."""
    report = looking(App(settings()), lambda app: app.catalogue.look(place, zone=zone))
    if as_json:
        print_json(report_json(report))
    if report.status != "ok":
        raise InputError(report.reason, place=place)
    if not as_json:
        show.console().print(show.report(report))


def listed() -> None:
    """Print every feed that is read, with its state."""

    async def work(app: App) -> None:
        show.console().print(show.feeds(await app.catalogue.listed(), app.clock()))

    using(App(settings()), work)


def add(wanted: Wanted) -> None:
    """Look at a feed and add it."""

    async def work(app: App) -> None:
        feed = await app.catalogue.add(wanted)
        newsroom = feed.spec.newsroom
        show.console().print(
            f"Added {feed.spec.title}: {newsroom.name}, {newsroom.kind}, {newsroom.language}. "
            "It is read at the next poll."
        )

    using(App(settings()), work)


def remove(url: str) -> None:
    """Stop reading a feed."""
    feed = using(App(settings()), lambda app: app.catalogue.remove(url))
    show.console().print(f"{feed.spec.title} is no longer read; its articles stay.")


def report_json(report: Report) -> Mapping[str, object]:
    """A report as other programs read it."""
    return {
        "status": report.status,
        "reason": report.reason,
        "title": report.title,
        "language": report.language,
        "entries": [_entry_json(entry) for entry in report.entries],
    }


def _entry_json(entry: Entry) -> Mapping[str, object]:
    return {
        "id": entry.guid,
        "title": entry.title,
        "link": entry.link,
        "published": iso(entry.published) if entry.published else None,
        "summary": entry.summary,
        "language": language_of(entry.title),
    }


def iso(when: datetime) -> str:
    """An instant as other programs read it."""
    return when.isoformat().replace("+00:00", "Z")
