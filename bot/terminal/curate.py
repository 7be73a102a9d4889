"""`jianbao feeds remove, resume, import, export, log, undo`: what each is called, takes and teaches, and prints."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.curation import OPERATOR, Act, Deed, Undo, Undone
from bot.errors import InputError, NotFoundError
from bot.model import CATALOGUE, Language

if TYPE_CHECKING:  # loaded by what needs it, so that --help answers at once
    from bot.app import App
    from bot.config import Settings
    from bot.feeds.lists import Imported, Line

cli = typer.Typer()

_LOGGED = 20
_DONE = {
    Deed.ADD: "added",
    Deed.IMPORT: "imported",
    Deed.REMOVE: "removed",
    Deed.PAUSE: "paused",
    Deed.RESUME: "resumed",
    Deed.HIDE: "hid",
    Deed.SHOW: "showed",
    Deed.RENAME: "renamed",
    Deed.SET: "changed",
    Deed.MOVE: "moved",
}


@cli.command()
def remove(
    url: Annotated[str, typer.Argument(help="The feed's address, as `feeds list` shows it.")],
) -> None:
    """Stop polling a feed that was added by command; its articles stay in the archive."""
    from bot.terminal import show
    from bot.terminal.start import settings, using

    feed = using(_app(settings()), lambda app: app.catalogue.remove(url))
    show.console().print(
        f"{feed.spec.title} is no longer read; its articles stay; `jianbao feeds undo` brings it back."
    )


@cli.command()
def resume(
    url: Annotated[str, typer.Argument(help="The feed's address, as `feeds list` shows it.")],
) -> None:
    """Read a feed of the catalogue again that was given up for its trouble."""
    from bot.terminal import show
    from bot.terminal.start import settings, using

    feed = using(_app(settings()), lambda app: app.catalogue.resume(url))
    show.console().print(f"{feed.spec.title} is read again, from the next poll on.")


@cli.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.opml", help="The list, as other readers export it.")],
) -> None:
    """Look at every feed of a list and add those that can be read, a line each; each article is then judged.

    The exit status is 1 where a feed could not be added. Example: jianbao feeds import subscriptions.opml
    """
    from bot.feeds.lists import Outcome
    from bot.terminal import show
    from bot.terminal.start import say, settings, using

    try:
        body = file.read_bytes()
    except OSError as error:
        raise NotFoundError(f"{file} cannot be read: {error.strerror}.") from error
    made = using(_app(settings()), lambda app: _bring(app, body))
    for line in made.lines:
        show.lines().print(_told(line), markup=False)
    added, known = made.count(Outcome.ADDED), made.count(Outcome.KNOWN)
    say(f"{added} added, {known} known already, {made.count(Outcome.REFUSED)} not added.")
    if made.act:
        say(f"`jianbao feeds undo {made.act.id}` takes the whole list out again.")
    raise typer.Exit(1 if made.count(Outcome.REFUSED) else 0)


@cli.command()
def export(
    file: Annotated[Path | None, typer.Argument(metavar="FILE.opml", help="Where to; standard output if none.")] = None,
) -> None:
    """Print the catalogue as a list (OPML) that other readers take, or write it to a file.

    Example: jianbao feeds export feeds.opml
    """
    from bot.phrases import plural
    from bot.terminal.start import say, settings, using

    text, count = using(_app(settings()), _hand_out)
    if file is None:
        sys.stdout.write(text)
        return
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}.") from error
    say(f"{plural(count, 'feed')} written to {file}.")


@cli.command()
def log() -> None:
    """List what was last done to the catalogue by command, the newest first, each with the number that undoes it."""
    from bot.store import acts
    from bot.terminal import show
    from bot.terminal.start import settings, using

    found = using(_app(settings()), lambda app: app.store.read(acts.latest, CATALOGUE, _LOGGED))
    if not found:
        show.lines().print("Nothing has been done to the catalogue by command.")
    for act in found:
        undone = f" (undone {act.undone_at:%Y-%m-%d %H:%M})" if act.undone_at else ""
        show.lines().print(f"{act.id:>4}  {act.made_at:%Y-%m-%d %H:%M}  {_did(act)}{undone}", markup=False)


@cli.command()
def undo(
    number: Annotated[
        int | None, typer.Argument(metavar="ID", help="Its number in `feeds log`; the last if none.")
    ] = None,
) -> None:
    """Undo what a command did to the catalogue: the last of all, or the one with this number.

    Of an import all feeds are undone together. Examples: jianbao feeds undo; jianbao feeds undo 12
    """
    from bot.terminal import show
    from bot.terminal.start import settings, using

    undone = using(_app(settings()), lambda app: _undo(app, number))
    if undone is None:
        raise NotFoundError("There is nothing to undo; `jianbao feeds log` shows what was done.")
    if undone.outcome is not Undo.DONE:
        why = "undone already" if undone.outcome is Undo.ALREADY else "changed again since; undo what came later first"
        raise InputError(f"{_did(undone.acts[0])}: that was {why}.")
    for act in undone.acts:
        show.lines().print(f"Undone: {_did(act)}", markup=False)


def _app(settings: "Settings") -> "App":
    from bot.app import App

    return App(settings)


async def _bring(app: "App", body: bytes) -> "Imported":
    """The import, with a bar that shows how many feeds have answered."""
    from rich.console import Console
    from rich.progress import Progress

    from bot.feeds.lists import Lists

    err = Console(stderr=True)
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        bar = progress.add_task("Looking at the feeds", total=None)
        return await Lists(app.store, app.catalogue, clock=app.clock).bring(
            body,
            scope=CATALOGUE,
            by=OPERATOR,
            looked=lambda: progress.advance(bar),
            begin=lambda count: progress.update(bar, total=count),
        )


async def _hand_out(app: "App") -> tuple[str, int]:
    from bot.feeds.lists import Lists

    return await Lists(app.store, app.catalogue, clock=app.clock).hand_out(CATALOGUE)


async def _undo(app: "App", number: int | None) -> Undone | None:
    from bot.store import acts

    if number is None:
        last = await app.store.read(acts.latest, CATALOGUE, 1, standing=True)
        number = last[0].id if last else 0
    return await app.store.write(acts.undo, number, scope=CATALOGUE, by=OPERATOR, now=app.clock())


def _did(act: Act) -> str:
    return f"{_DONE[act.deed]} {act.feed}"


def _told(line: "Line") -> str:
    """One feed of a list, and what became of it."""
    if line.outcome != "refused":
        return f"{'known already' if line.outcome == 'known' else 'added':<13}  {line.name}"
    why = line.report.told(Language.EN) if line.report else "it has no address that can be read"
    return f"{'not added':<13}  {line.name}: {why}"
