"""How curating looks: a feed before it is added, what was done to feeds and can be undone, and what a list brought."""

from collections.abc import Mapping, Sequence

import discord

from bot.ago import often
from bot.chat import buttons
from bot.chat.curate import Changed
from bot.chat.render.layout import AMBER, GREEN, fits, message, stamp
from bot.chat.render.notices import notice
from bot.chat.render.safe import code, link, plain
from bot.chat.scout import Choice, Preview
from bot.chat.times import zone_name
from bot.chat.words import say
from bot.curation import OPERATOR, Act, Deed, Undone
from bot.feed import Entry
from bot.feeds.lists import Imported, Line, Outcome
from bot.model import Language
from bot.secret import masked

_TITLE, _LATEST, _ADDRESS, _VALUE = 80, 3, 300, 60
_COMMAS = {Language.EN: ", ", Language.ZH: "，"}


def preview(found: Preview | Choice, reader: Language) -> discord.ui.LayoutView:
    """A feed as it would be added, or the feeds of a site to choose from."""
    return _choice(found, reader) if isinstance(found, Choice) else _preview(found, reader)


def changed(made: Changed, reader: Language) -> discord.ui.LayoutView:
    """What was done to a feed, with a button that undoes it."""
    name = plain(made.feed.spec.title, _TITLE)
    if made.act is None:
        return notice(say("feed-is-so", reader, feed=name))
    told = say(f"done-{made.act.deed}", reader, feed=name, change=_change(made.act, reader))
    return notice(told, rows=[[buttons.UndoButton(made.act.id, say("undo", reader))]])


def undone(made: Undone, reader: Language) -> discord.ui.LayoutView:
    """What was undone."""
    first = made.acts[-1]
    head = say("undone", reader, act=_act(first, len(made.acts), reader))
    return notice(head)


def log(acts: Sequence[tuple[Act, int]], reader: Language) -> discord.ui.LayoutView:
    """The last things done to a server's feeds: who, when and what."""
    if not acts:
        return notice(say("no-acts", reader))
    head = f"## {say('acts', reader)}"
    lines = [_logged(act, size, reader) for act, size in acts]
    while not fits([[head], ["\n".join(lines)]]):
        lines.pop()
    rows = [[buttons.UndoButton(last.id, say("undo-last", reader))] for last in _standing(acts)[:1]]
    return message([[head], ["\n".join(lines)]], rows, colour=GREEN)


def option(act: Act, size: int, reader: Language) -> str:
    """An act in a menu, where nobody is mentioned and nothing is bold."""
    return say(f"menu-{act.deed}", reader, feed=_name(act), count=size)


def imported(made: Imported, reader: Language, *, file: str) -> tuple[discord.ui.LayoutView, int]:
    """What became of each feed of a list, and how many lines had no room and stand in a file."""
    counts = [(outcome, made.count(outcome)) for outcome in Outcome]
    told = [say(f"import-{outcome}", reader, count=count) for outcome, count in counts if count]
    head = f"## {say('imported', reader)}\n{' · '.join(told)}"
    lines, rest = [_line(line, reader) for line in made.lines], 0
    while not fits([[head], ["\n".join(lines)], ["x" * 200]]):
        lines.pop()
        rest += 1
    more = [say("import-more", reader, count=rest)] if rest else []
    rows = [[buttons.UndoButton(made.act.id, say("undo-import", reader))]] if made.act else []
    view = message([[head], ["\n".join(lines), *more]], rows, colour=GREEN if made.act else AMBER)
    return (_with_file(view, file) if rest else view), rest


def exported(count: int, file: str, reader: Language) -> discord.ui.LayoutView:
    """A list of feeds as a file."""
    return _with_file(notice(say("exported", reader, count=count)), file)


def report(made: Imported, reader: Language) -> str:
    """What became of each feed of a list, a line each, as plain text."""
    return "".join(f"{line.outline.url}\t{line.name}\t{_outcome(line, reader)}\n" for line in made.lines)


def _with_file(view: discord.ui.LayoutView, file: str) -> discord.ui.LayoutView:
    view.add_item(discord.ui.File(f"attachment://{file}"))
    return view


def _preview(found: Preview, reader: Language) -> discord.ui.LayoutView:
    spec = found.spec
    newsroom = say(
        "preview-known" if found.known else "preview-new",
        reader,
        newsroom=plain(spec.newsroom.name, _TITLE),
        language=say(f"language-{spec.newsroom.language}", reader),
        kind=say(f"kind-{spec.newsroom.kind}", reader),
    )
    head = f"## {plain(spec.title, _TITLE)}\n-# {code(masked(spec.url), _ADDRESS)}"
    remarks = [plain(remark) for remark in found.report.remarked(reader)]
    told = [newsroom, _rhythm(found, reader), _share(found, reader), *remarks]
    latest = [f"### {say('feed-latest', reader)}", *map(_entry, found.latest[:_LATEST])]
    foot = say("preview-foot" if found.draft else "preview-looked", reader)
    groups = [[head, "\n".join(told)], ["\n".join(latest)] if found.latest else [], [foot]]
    if found.draft is None:
        return message(groups)
    add = buttons.DraftButton("add", found.draft, say("draft-add", reader))
    return message(groups, [[add, buttons.DraftButton("drop", found.draft, say("draft-drop", reader))]])


def _choice(found: Choice, reader: Language) -> discord.ui.LayoutView:
    """The feeds of a site: each with its address in the menu, since titles are often alike."""
    options = [
        buttons.option(each.title or each.url, str(draft), each.url.partition("://")[2])
        for draft, each in found.candidates
    ]
    told = say("site-feeds", reader, site=code(masked(found.url), _ADDRESS), count=len(options))
    menu = buttons.PickMenu(found.candidates[0][0], say("pick-feed", reader), options)
    return notice(told, rows=[[menu]])


def _rhythm(found: Preview, reader: Language) -> str:
    if found.a_day is None:
        return say("rhythm-unknown", reader)
    return say("rhythm", reader, often=often(found.a_day, reader))


def _share(found: Preview, reader: Language) -> str:
    """How much of a feed is on topic, and what that means for the digest."""
    if not found.judged:
        return say("share-none", reader)
    key = "share-all" if not found.spec.mixed else "share" if found.on_topic else "share-off"
    return say(key, reader, count=found.on_topic, of=found.judged)


def _entry(entry: Entry) -> str:
    shown = link(entry.title or "…", entry.link, limit=150, longest=350)
    return f"{stamp(entry.published, 'R')} {shown}" if entry.published else shown


def _logged(act: Act, size: int, reader: Language) -> str:
    told = f"{stamp(act.made_at, 'R')} {_act(act, size, reader)}"
    return f"{told} {say('was-undone', reader, by=_who(act.undone_by or '', reader))}" if act.undone_at else told


def _act(act: Act, size: int, reader: Language) -> str:
    """Who did what to which feed."""
    feed = plain(_name(act), _TITLE)
    who, change = _who(act.made_by, reader), _change(act, reader)
    return say(f"act-{act.deed}", reader, by=who, feed=feed, count=size, change=change)


def _name(act: Act) -> str:
    """What a feed was called when something was done to it; later names are told by what gave them."""
    return str(act.before["title"]) if act.deed is Deed.RENAME else act.feed


def _standing(acts: Sequence[tuple[Act, int]]) -> list[Act]:
    return [act for act, _ in acts if act.undone_at is None]


def _who(made_by: str, reader: Language) -> str:
    if made_by == OPERATOR or not made_by.isdigit():
        return say("by-operator", reader)
    return f"<@{made_by}>"


def _change(act: Act, reader: Language) -> str:
    """What an act changed, from what to what; nothing for what is only done or not."""
    if act.deed is Deed.MOVE:
        return code(masked(str(act.after["url"])), _ADDRESS)
    if act.deed is Deed.RENAME:
        return plain(str(act.after["title"]), _TITLE)
    if act.deed is not Deed.SET:
        return ""
    return _COMMAS[reader].join(
        say(
            "change",
            reader,
            what=say(f"of-{name}", reader),
            before=_value(name, act.before, reader),
            after=_value(name, act.after, reader),
        )
        for name in act.after
    )


def _value(name: str, values: Mapping[str, object], reader: Language) -> str:
    """A value of a feed as people call it."""
    value = values[name]
    match name, value:
        case "language", str():
            return say(f"language-{value}", reader)
        case "kind", str():
            return say(f"kind-{value}", reader)
        case "mixed", bool():
            return say("judged-each" if value else "judged-none", reader)
        case "zone", str():
            return zone_name(value)
        case "topics", [str(topic)]:
            return say(f"topic-of-{topic}", reader)
        case _:
            return say("topic-none", reader)


def _line(line: Line, reader: Language) -> str:
    return f"**{plain(line.name, _TITLE)}** · {_outcome(line, reader)}"


def _outcome(line: Line, reader: Language) -> str:
    if line.outcome is Outcome.REFUSED:
        return plain(line.report.told(reader), 200) if line.report else say("import-no-address", reader)
    return say(f"line-{line.outcome}", reader)
