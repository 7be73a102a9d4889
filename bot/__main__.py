"""The command line: what each command is called, takes and teaches; the work is in bot/terminal."""

import io
import os
import sys
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import InputError, JianbaoError
from bot.model import A_DIGEST, Kind, Language, Wish
from bot.terminal.correct import cli as correct
from bot.terminal.curate import cli as curate
from bot.terminal.query import Query

_YEARS = (1970, 2200)
"""What --at may name: the calendar's own ends leave no day before or after."""

cli = typer.Typer(
    name="jianbao",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Jianbao (简报): a China-tech digest that makes one story of English and Chinese coverage.",
)
feeds = typer.Typer(no_args_is_help=True, help="Look at feeds, and keep the list of what is read.")
cli.add_typer(feeds, name="feeds")
cli.add_typer(correct, name="correct")

FeedsFile = Annotated[
    Path | None, typer.Option("--feeds", metavar="FILE", help="The catalogue to read instead of feeds.yaml.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs, and nothing else.")]
Reader = Annotated[
    Language, typer.Option(help="The reader's language; it chooses headlines and never filters sources.")
]
Zone = Annotated[
    str, typer.Option(metavar="ZONE", help="An IANA time zone such as Asia/Shanghai; this machine's by default.")
]


def _release(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"jianbao {version('jianbao')}")
        raise typer.Exit


@cli.callback()
def common(
    release: Annotated[
        bool,
        typer.Option("--version", "-V", callback=_release, is_eager=True, help="Say which release this is, and end."),
    ] = False,
) -> None:
    """What every command has in common: nothing but its name."""
    del release


@cli.command()
def demo() -> None:
    """Show the whole job on invented feeds: two days of polling, both digests and two searches.

    Needs no network, token or account, and leaves its archive in the home folder to play with.
    """
    from bot.terminal import demo as work

    work.demo()


@cli.command()
def run(
    console: Annotated[bool, typer.Option("--console", help="Print the digests on standard output.")] = False,
    feeds: FeedsFile = None,
    at: Annotated[str, typer.Option(metavar="HH:MM", help="Local time of the daily digest.")] = "08:00",
    zone: Zone = "",
    language: Reader = Language.EN,
    stories: Annotated[int, typer.Option(min=3, max=40, help="The most stories a digest lists.")] = A_DIGEST,
) -> None:
    """Be the bot: poll, group, answer in Discord, and post a digest a day, until stopped by Ctrl-C or SIGTERM.

    Needs DISCORD_TOKEN; with --console it prints one digest a day here instead, and the options below say which.
    Start it again and it goes on where it was: nothing is lost and nothing told twice.

    Example: jianbao run --console --at 07:30 --zone America/New_York
    """
    if not console:
        from bot.terminal import serve

        serve.run(feeds)
        return
    from bot.terminal import run as work

    wish = Wish(local_time=_time(at), zone=_zone(zone), language=language, size=stories)
    work.run(feeds, wish)


@cli.command()
def sync(
    guild: Annotated[
        int | None,
        typer.Option(
            "--guild",
            metavar="ID",
            help="Only for this server, to try them; a plain sync takes that back.",
        ),
    ] = None,
) -> None:
    """Tell Discord the slash commands; `run` does so by itself when they have changed."""
    from bot.terminal import serve

    serve.sync(guild)


@cli.command()
def check(
    feeds: Annotated[bool, typer.Option("--feeds", help="Also show what each feed of feeds.yaml is for.")] = False,
    alive: Annotated[
        bool, typer.Option("--alive", help="Only whether a running bot is at work: status 0 or 1, for health checks.")
    ] = False,
) -> None:
    """Check the settings, feeds.yaml, the encoder, the database and the token: what is wrong, and where."""
    if alive:
        from bot.terminal.alive import alive as is_alive

        raise typer.Exit(0 if is_alive() else 1)
    from bot.terminal import run as work

    raise typer.Exit(0 if work.check(each_feed=feeds) else 1)


@cli.command()
def poll(
    once: Annotated[bool, typer.Option("--once", help="Poll what is due and end.")] = False,
    feeds: FeedsFile = None,
) -> None:
    """Poll the feeds that are due into the archive, without grouping or telling.

    Goes on until stopped, or with --once ends after one round. A feed that was read lately is not due:
    polling twice in a row asks nobody twice.
    """
    from bot.terminal import run as work

    work.poll(feeds, once=once)


@feeds.command("check")
def feeds_check(
    place: Annotated[str | None, typer.Argument(metavar="URL-or-FILE", help="The feed's address, or a file.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Look at every feed of feeds.yaml.")] = False,
    zone: Annotated[str | None, typer.Option(metavar="ZONE", help="The zone of dates that have none.")] = None,
    etag: Annotated[str | None, typer.Option(help="Ask only for what changed since the answer with this ETag.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Also show how the feed was found.")] = False,
    as_json: Json = False,
) -> None:
    """Fetch and read one feed and show its entries, or say what is wrong with it.

    With --all it looks at every feed of feeds.yaml, a line each; the status is 1 where one cannot be read.
    Stores nothing. Examples: jianbao feeds check https://technode.com/feed/; jianbao feeds check --all
    """
    if every == bool(place):
        raise InputError("Name one feed's address or file, or --all for every feed of feeds.yaml.")
    if every and zone:
        raise InputError("--zone is for one feed; with --all each feed has the zone that feeds.yaml gives it.")
    from bot.terminal import feeds as work

    if not place:
        raise typer.Exit(0 if work.check_all(as_json=as_json) else 1)
    work.check(place, _zone(zone) if zone else None, etag=etag, as_json=as_json, verbose=verbose)


@feeds.command("list")
def feeds_list() -> None:
    """List every feed: how it is and since when, its newest article, its rhythm, and how much of it is on topic."""
    from bot.terminal import health

    health.listed()


@feeds.command("health")
def feeds_health() -> None:
    """Say in a sentence what is wrong with each feed that fails or is odd: since when, what is lost, what to do."""
    from bot.terminal.health import health

    health()


@feeds.command("add")
def feeds_add(
    url: Annotated[str, typer.Argument(help="The feed's address, or its site's.")],
    language: Annotated[Language | None, typer.Option(help="The newsroom's language; found out by default.")] = None,
    kind: Annotated[Kind, typer.Option(help="What stands behind it; only press counts as corroboration.")] = Kind.PRESS,
    mixed: Annotated[bool, typer.Option("--mixed", help="It also carries off-topic items.")] = False,
    zone: Annotated[str | None, typer.Option(metavar="ZONE", help="The zone of dates that have none.")] = None,
) -> None:
    """Look at a feed and, if it can be read, add it to what is polled.

    It is kept in the database beside feeds.yaml. Example: jianbao feeds add https://www.ithome.com/rss/ --mixed
    """
    from bot.feeds.catalogue import Wanted
    from bot.terminal import feeds as work

    zone = _zone(zone) if zone else None
    work.add(Wanted(url=url, language=language, kind=kind, mixed=mixed, zone=zone))


feeds.add_typer(curate)


@cli.command()
def ingest(
    file: Annotated[Path, typer.Argument(metavar="ARTICLES.jsonl[.gz]", help="One JSON object a line.")],
) -> None:
    """Load a file of articles into the archive as if they had been polled, and group them.

    Each line holds id, url, title, summary, source and published. Loading a file twice changes nothing;
    a line that cannot be read is named and left out, and the exit status is then 1.
    """
    from bot.terminal import archive as work

    raise typer.Exit(0 if work.ingest(file) else 1)


@cli.command()
def group(
    file: Annotated[Path, typer.Argument(metavar="ARTICLES.jsonl[.gz]", help="As for ingest.")],
) -> None:
    """Group a file of articles into stories with the code the bot runs, and touch no archive.

    Prints one JSON object a line: id, story, topic, relevant.
    """
    from bot.terminal import archive as work

    raise typer.Exit(0 if work.group(file) else 1)


@cli.command(cls=Query)
def search(
    query: Annotated[list[str], typer.Argument(help="Names and words in either language; - reads a query a line.")],
    limit: Annotated[int, typer.Option(min=1, max=100, help="The most stories to show.")] = 10,
    language: Annotated[Language, typer.Option(help="The reader's language.")] = Language.EN,
    as_json: Json = False,
) -> None:
    """Find stories in the archive: 华为, 華為 and Huawei are one, and -word leaves out what says it.

    Examples: jianbao search huawei tsmc; jianbao search 光刻机 --json; jianbao search - < queries.txt
    """
    from bot.terminal import archive as work

    work.search(" ".join(query), limit, language, as_json=as_json)


@cli.command()
def digest(
    at: Annotated[str, typer.Option(metavar="ISO", help="The end of the time it covers; now by default.")] = "",
    days: Annotated[int, typer.Option(min=1, max=31, help="How many days it covers.")] = 1,
    language: Reader = Language.EN,
    zone: Zone = "",
    as_json: Json = False,
) -> None:
    """Print the digest as it would be told to somebody who has seen nothing, and leave no trace.

    Example: jianbao digest --days 2 --language zh --zone Asia/Shanghai
    """
    from bot.terminal import archive as work

    work.digest(_instant(at), days, language, _zone(zone), as_json=as_json)


@cli.command()
def story(story_id: Annotated[str, typer.Argument(metavar="ID", help="A story's id, as search shows it.")]) -> None:
    """Show all coverage of a story in the order it came, and the numbers that rank it."""
    from bot.terminal import archive as work

    work.story(story_id)


@cli.command()
def why(
    wanted: Annotated[str, typer.Argument(metavar="ID", help="A story's id, or that of an article in it.")],
    as_json: Json = False,
) -> None:
    """Show why a story is there: what holds its articles together, what kept others out, its rank and its topic.

    Every number stands with what it is the sum of. Likeness is the logarithm of the odds that two articles report
    one event. Example: jianbao why 3fa19c02b7de
    """
    from bot.terminal import why as work

    work.why(wanted, as_json=as_json)


@cli.command()
def licenses(as_json: Json = False) -> None:
    """List whose work is in this program: every package and the data in them, with release and licence."""
    from bot.terminal import about as work

    work.licenses(as_json=as_json)


def _time(text: str) -> time:
    try:
        found = time.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"--at: {text!r} is not a time of day; write it as 08:00.") from error
    if found.tzinfo:
        raise InputError(f"--at: {text!r} has an offset; write 08:00, and name the zone with --zone.")
    return found


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text).astimezone(UTC) if text else None
    except (ValueError, OverflowError) as error:
        raise InputError(f"--at: {text!r} is not an instant; write it as 2026-06-08T12:00Z.") from error
    if found and not _YEARS[0] <= found.year <= _YEARS[1]:
        raise InputError(f"--at: {text!r} is not within the years {_YEARS[0]} to {_YEARS[1]}.")
    return found


def _zone(name: str) -> str:
    from zoneinfo import available_timezones

    from tzlocal import get_localzone_name

    zone = name or get_localzone_name() or "UTC"
    if zone not in available_timezones():
        raise InputError(f"--zone: {zone!r} is not a time zone; write one such as Asia/Shanghai.")
    return zone


def main() -> None:
    """Run a command; an error is one sentence on standard error and exit status 1."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the loop has the other core; grouping is slower with two
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Chinese shows question marks, not a traceback
    try:
        cli()
    except JianbaoError as error:
        sys.stderr.write(f"jianbao: {error.sentence}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
