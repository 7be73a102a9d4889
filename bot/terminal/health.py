"""The work of `jianbao feeds list` and `feeds health`: how every feed is, and what is wrong with some."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.ago import ago, often, since
from bot.app import App
from bot.feed import Brought, Feed
from bot.feeds.explain import Manner, sentence
from bot.feeds.health import Ailment, State, View, ailments, failing_since, rhythm, state_of
from bot.model import CATALOGUE, Language
from bot.store.brought import seen_with_brought
from bot.terminal.show import console
from bot.terminal.start import settings, using

_COLOURS = {State.OFF: "red", State.FAILING: "yellow", State.SLOW: "yellow", State.WORKS: "green"}
_NONE = Text("Nothing is read yet: `jianbao poll` and `jianbao run` begin with the feeds of feeds.yaml.", "yellow")


def listed() -> None:
    """Print every feed that is read, and how it is."""

    async def work(app: App) -> None:
        now = app.clock()
        feeds, brought = await app.store.read(seen_with_brought, CATALOGUE, now)
        console().print(table(feeds, brought, now) if feeds else _NONE)

    using(App(settings()), work)


def health() -> None:
    """Print a sentence about every feed that fails or is odd."""

    async def work(app: App) -> None:
        now = app.clock()
        feeds, brought = await app.store.read(seen_with_brought, CATALOGUE, now)
        found = ailments(feeds, brought, now=now, view=lambda _: View.OPERATOR)
        console().print(sentences(found, now) if found else well(feeds))

    using(App(settings()), work)


def table(feeds: Sequence[Feed], brought: Mapping[int, Brought], now: datetime) -> Table:
    """Every feed in a line: how it is and since when, its newest article, its rhythm, and how much is on topic."""
    made = Table("Feed", "Newsroom", "State", "Newest", "Rhythm", "On topic", box=None, pad_edge=False)
    for feed in feeds:
        state, known = state_of(feed, brought.get(feed.id), now), brought.get(feed.id)
        made.add_row(
            Text(feed.spec.title, f"link {feed.spec.url}"),
            f"{feed.spec.newsroom.name} ({feed.spec.newsroom.language})",
            Text(_state(feed, state, now), _COLOURS.get(state, "")),
            *(_brings(known, state, now) if known else ("never", "", "")),
        )
    return made


def well(feeds: Sequence[Feed]) -> Text:
    """What is said where nothing is wrong: nobody knows how a feed is that was never read."""
    read = sum(feed.state.polled_at is not None for feed in feeds)
    if not read:
        return _NONE
    left = f"; {len(feeds) - read:,} not read yet" if read < len(feeds) else ""
    return Text(f"Every feed that was read works ({read:,}{left}).", "green")


def sentences(found: Sequence[Ailment], now: datetime) -> RenderableType:
    """A sentence about each, with its feed's address below."""
    manner = Manner(since=lambda at: _since(at, now), ago=lambda at: ago(at, now, Language.EN))
    lines = [Text.assemble(sentence(each, Language.EN, manner), ("\n" + each.feed.spec.url, "dim")) for each in found]
    return Group(*lines)


def _since(at: datetime, now: datetime) -> str:
    """Since when, by the clock of this machine."""
    return since(at, now, now.astimezone().tzinfo or UTC, Language.EN)


def _state(feed: Feed, state: State, now: datetime) -> str:
    at = {State.OFF: feed.state.off_at, State.FAILING: failing_since(feed)}.get(state)
    word = {State.OFF: "switched off", State.NEW: "not read yet"}.get(state, state.value)
    return f"{word} {_since(at, now)}" if at else word


def _brings(brought: Brought, state: State, now: datetime) -> tuple[str, str, str]:
    a_day = rhythm(brought, now if state is State.WORKS else brought.newest)
    share = "" if brought.on_topic is None else f"{round(100 * brought.on_topic)} %"
    return ago(brought.newest, now, Language.EN), often(a_day, Language.EN) if a_day else "", share
