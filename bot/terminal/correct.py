"""`jianbao correct`: the operator's corrections, what each command is called, takes and teaches, and what it prints."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from bot.correction import Act, Correction

if TYPE_CHECKING:  # loaded by what needs it, so that --help answers at once
    from bot.stories.correct import Corrector

T = TypeVar("T")

OPERATOR = "operator"
"""Who made a correction in this terminal."""

cli = typer.Typer(no_args_is_help=True, help="Correct stories for everybody; grouping keeps to it afterwards.")

Id = Annotated[str, typer.Argument(metavar="STORY", help="A story's id, as search shows it.")]


@cli.command()
def merge(
    story: Id,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The id of the story that is the same event.")],
) -> None:
    """Make one story of two; the older one's id stays, and the other id leads there."""
    made = _do(lambda corrector: corrector.merge(story, other, by=OPERATOR))
    _say(made, f"story {made.other_id} is part of story {made.story_id} now.")


@cli.command()
def split(
    story: Id,
    articles: Annotated[list[str], typer.Argument(metavar="ARTICLE...", help="Links, as `story` shows them, or ids.")],
) -> None:
    """Take articles that do not belong out of a story; the side with its first article keeps the id."""
    made = _do(lambda corrector: corrector.split(story, articles, by=OPERATOR))
    named, rest = (made.other_id, made.story_id) if _leaves(made) else (made.story_id, made.other_id)
    _say(made, f"what you named is story {named} now, and the rest is story {rest}.")


@cli.command()
def hide(story: Id) -> None:
    """Show a story no more, in no digest and to no search."""
    made = _do(lambda corrector: corrector.hide(story, by=OPERATOR))
    _say(made, f"story {made.story_id} is shown no more.")


@cli.command()
def keep(story: Id) -> None:
    """Keep a story on top: wherever it is new, it comes first."""
    made = _do(lambda corrector: corrector.keep_on_top(story, by=OPERATOR))
    _say(made, f"story {made.story_id} comes first.")


@cli.command()
def retitle(
    story: Id, title: Annotated[str, typer.Argument(metavar="TITLE", help="What to call it, in one line.")]
) -> None:
    """Call a story something; its sources' own headlines stay beneath."""
    made = _do(lambda corrector: corrector.retitle(story, title, by=OPERATOR))
    _say(made, f"story {made.story_id} is called {made.title!r} now.")


@cli.command()
def undo(
    number: Annotated[int, typer.Argument(metavar="ID", help="The correction's number, as `correct list` shows it.")],
) -> None:
    """Take a correction back, and leave everything as it was before it."""
    undone = _do(lambda corrector: corrector.undo(number, by=OPERATOR))
    _say(undone, f"the {_WORDS[undone.act]} is undone.")


@cli.command("list")
def listed(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs, and nothing else.")] = False,
) -> None:
    """List the operator's corrections that hold, in the order they were made."""
    from bot.terminal import show
    from bot.terminal.start import print_json

    found = _do(lambda corrector: corrector.listed())
    if as_json:
        print_json([as_json_of(each) for each in found])
        return
    if not found:
        show.lines().print("No correction holds.")
    for each in found:
        show.lines().print(f"{each.id:>4}  {each.made_at:%Y-%m-%d %H:%M}  {told(each)}", markup=False)


_WORDS = {Act.MERGE: "merge", Act.SPLIT: "split", Act.HIDE: "hide", Act.KEEP_ON_TOP: "keep", Act.RETITLE: "retitle"}


def _do(work: Callable[["Corrector"], Awaitable[T]]) -> T:
    from bot.app import App
    from bot.terminal.start import settings, using

    return using(App(settings()), lambda app: work(app.corrector))


def _say(made: Correction, sentence: str) -> None:
    from bot.terminal import show

    show.lines().print(f"Correction {made.id}: {sentence}", markup=False)


def _leaves(made: Correction) -> bool:
    """Whether what a split names has the new id: it does unless the story's first article is among it."""
    return next(iter(made.before)) not in made.articles


def told(each: Correction) -> str:
    """What a correction did, in a few words."""
    beside = {Act.MERGE: f" with {each.other_id}", Act.SPLIT: f" from {each.other_id}", Act.RETITLE: f" {each.title!r}"}
    return f"{_WORDS[each.act]} {each.story_id}{beside.get(each.act, '')}"


def as_json_of(each: Correction) -> dict[str, object]:
    """A correction as other programs read it."""
    return {
        "id": each.id,
        "act": each.act,
        "story": each.story_id,
        "other": each.other_id,
        "articles": each.articles,
        "title": each.title,
        "made_at": each.made_at.isoformat().replace("+00:00", "Z"),
        "made_by": each.made_by,
    }
