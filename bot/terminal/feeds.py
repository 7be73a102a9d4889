"""The work of `jianbao feeds`: look at one or at all, list and add."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from rich.console import Console
from rich.progress import Progress

from bot.app import App
from bot.config import load_feeds
from bot.errors import InputError
from bot.feed import Entry, FeedSpec
from bot.feeds.catalogue import Report, Wanted
from bot.model import Language
from bot.phrases import plural
from bot.secret import masked
from bot.terminal import show
from bot.terminal.start import looking, print_json, say, settings, using
from bot.text import language_of


def check(place: str, zone: str | None, *, etag: str | None, as_json: bool, verbose: bool) -> None:
    """Fetch and read one feed or file and print what it holds; raises InputError where it cannot be used."""
    report = looking(App(settings()), lambda app: app.catalogue.look(place, zone=zone, etag=etag))
    if as_json:
        print_json(report_json(report))
    elif verbose:
        show.lines().print(
            "\n".join(f"{name:>14}  {fact}" for name, fact in report.facts.items()), markup=False, emoji=False
        )
    if report.status != "ok":
        raise InputError(report.reason, place=masked(place))
    if not as_json:
        show.console().print(show.report(report))


def check_all(*, as_json: bool) -> bool:
    """Look at every feed of feeds.yaml and print a line or an object each; returns whether all can be read."""
    app = App(settings())
    specs = load_feeds(app.settings.feeds)
    reports = looking(app, lambda app: _look_at_all(app, specs))
    for spec, report in zip(specs, reports, strict=True):
        if as_json:
            print_json(look_json(spec, report))
    if not as_json:
        show.lines().print(show.looks(specs, reports, app.clock()))
    wrong = sum(report.status != "ok" for report in reports)
    say(f"{plural(len(specs), 'feed')} looked at: {len(specs) - wrong} can be read, {wrong} cannot.")
    return not wrong


async def _look_at_all(app: App, specs: Sequence[FeedSpec]) -> Sequence[Report]:
    """The feeds' reports, with a bar that shows how many have answered."""
    err = Console(stderr=True)
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        bar = progress.add_task("Looking at the feeds", total=len(specs))
        return await app.catalogue.look_at_all(specs, lambda: progress.advance(bar))


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


def report_json(report: Report) -> Mapping[str, object]:
    """A report as other programs read it."""
    return {
        "status": report.verdict,
        "reason": next(iter(report.remarked(Language.EN)), report.reason),
        "title": report.title,
        "language": report.language,
        "entries": [_entry_json(entry) for entry in report.entries],
        "usable": report.status == "ok",
        "remarks": [remark.code for remark in report.remarks],
        "facts": report.facts,
    }


def look_json(spec: FeedSpec, report: Report) -> Mapping[str, object]:
    """One feed of a check of all as other programs read it; its entries are counted, not told."""
    return {
        "url": spec.url,
        "title": spec.title,
        "newsroom": spec.newsroom.name,
        "status": report.verdict,
        "reason": next(iter(report.remarked(Language.EN)), report.reason),
        "count": len(report.entries),
        "newest": iso(report.newest) if report.newest else None,
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
