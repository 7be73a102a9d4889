"""How digests, answers, stories and feeds look in a terminal."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from bot import phrases, results
from bot.feed import FeedSpec
from bot.feeds.catalogue import Report
from bot.model import Answer, Article, Digest, Headline, Hit, Item, Language, Story, Telling
from bot.stories.choose import bundles
from bot.stories.rank import Score
from bot.stories.reasons import Pair, Reason, Why
from bot.stories.tell import Gloss, tell_found, unglossed
from bot.stories.topics import Verdict

_LANGUAGES = {Language.EN: "English", Language.ZH: "Chinese"}
_WIDEST_TITLE = 38
_WEIGHTIEST = 5
"""How many kinds of evidence are shown for a pair; the rest stands as one sum."""


def digest(told: Digest, topics: Mapping[str, str]) -> RenderableType:
    """A whole digest; `topics` holds the topics' headings in the reader's language."""
    parts: list[RenderableType] = [
        Rule(Text(phrases.title(told), "bold"), align="left"),
        Text(phrases.lead(told), "dim"),
    ]
    if told.sections:
        parts.append(Text(phrases.own_words(told), "dim"))
    for section in told.sections:
        if name := phrases.heading(section.heading, topics, told.language):
            parts.append(Text(f"\n{name}", "bold cyan"))
        short = section.heading == "also"
        for first, siblings in bundles(section.items):
            parts.append(_item(first, siblings, told, short=short))
    foot = " · ".join(filter(None, (phrases.foot(told), phrases.scope(told))))
    return Group(*parts, Text(f"\n{foot}", "dim"))


def _item(item: Item, siblings: Sequence[Item], digest: Digest, *, short: bool) -> RenderableType:
    reader = digest.language
    title = item.telling.title
    named = [Text(title, "" if short else "bold")] if title else []
    first = [*named, *_glossed(item.telling.headline, reader, bold=not short and not title)]
    if short:
        return _numbered(item.number, *first)
    line = [_siblings(item, siblings, reader)] if siblings else []
    return Group(Text(), _numbered(item.number, *first, *_below(item, item.telling, digest), *line))


def _numbered(number: int, *lines: Text) -> RenderableType:
    """Lines that hang behind their number."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=5, justify="right", style="dim")
    grid.add_column(overflow="fold")
    grid.add_row(f"{number} ·", Group(*lines))
    return grid


def _below(item: Item, telling: Telling, digest: Digest) -> list[Text]:
    reader, lines = digest.language, []
    if item.new:
        lines += _new(item.new, item, reader)
    if telling.beside:
        lines += _introduced(phrases.beside(telling.beside, reader), "dim", telling.beside, reader)
    if telling.excerpt:
        lines.append(_excerpt(telling.excerpt, telling.excerpt_from, telling.headline))
    if telling.second:
        lines += _introduced("", "dim", telling.second, reader)
    when = phrases.span(telling, digest.zone, reader)
    if coverage := " · ".join(filter(None, (when, phrases.coverage(telling, reader)))):
        lines.append(Text(coverage, "dim"))
    return lines


def _new(new: Headline, item: Item, reader: Language) -> list[Text]:
    """What is new in a running story, and who else has joined it."""
    if new.article_id == item.telling.headline.article_id:
        lines = [Text(phrases.update_alone(item.update, reader), "yellow")]
    else:
        lines = _introduced(phrases.update(item.update, reader), "yellow", new, reader)
    if others := phrases.joined_by(item.update, new, reader):
        lines[0].append(f" · {others}", "dim")
    return lines


def _introduced(said: str, style: str, headline: Headline, reader: Language) -> list[Text]:
    """A headline behind what introduces it, and its gloss below."""
    first = Text.assemble((said, style), _headline(headline, reader))
    return [first, Text(f"≈ {headline.gloss}", "italic")] if headline.gloss else [first]


def _glossed(headline: Headline, reader: Language, *, bold: bool) -> list[Text]:
    """A headline, below its gloss where it has one (above it for a Chinese reader, who may well read it)."""
    if not headline.gloss:
        return [_headline(headline, reader, bold=bold)]
    glossed = reader is not Language.ZH
    lines = [Text(f"≈ {headline.gloss}", "bold" if bold and glossed else ""), _headline(headline, reader)]
    return lines if glossed else [_headline(headline, reader, bold=bold), lines[0]]


def _excerpt(sentence: str, source: Headline | None, shown: Headline) -> Text:
    """A source's sentence, which leads to it, and who says so where that is not the headline's newsroom."""
    told = Text(sentence, f"italic link {source.link}" if source and " " not in source.link else "italic")
    if source and source.newsroom != shown.newsroom:
        told.append(f"  {source.newsroom}", "green")
    return told


def _siblings(head: Item, siblings: Sequence[Item], reader: Language) -> Text:
    line = Text(phrases.siblings(head.theme, reader), "dim")
    for at, item in enumerate(siblings):
        line.append(" · " if at else "", "dim").append(f"{item.number} ", "dim")
        address = item.telling.headline.link
        line.append(phrases.called(item, reader), f"link {address}" if " " not in address else "")
    return line


def _headline(headline: Headline, reader: Language, *, bold: bool = False) -> Text:
    """A headline that is its own link, and who says so."""
    style = f"{'bold ' if bold else ''}link {headline.link}" if " " not in headline.link else "bold" if bold else ""
    told = Text(headline.title, style)
    told.append(f"  {headline.newsroom}", "green")
    if headline.translated:
        told.append(f" {phrases.translated(reader)}", "dim")
    return told


def answer(
    found: Answer, reader: Language = Language.EN, *, gloss: Gloss = unglossed, zone: tzinfo = UTC
) -> RenderableType:
    """The stories that answer a query: how it was understood, then each with the headline that matched."""
    parts: list[RenderableType] = [Rule(Text(found.query, "bold"), align="left")]
    if note := results.apart(found, reader, zone):
        parts.append(Text(note, "yellow"))
    if not found.hits:
        return Group(*parts, *_nothing(found, reader, zone))
    if read := results.understood(found, reader, zone):
        parts.append(Text(read, "dim"))
    numbered = list(enumerate(results.listed(found), start=1))
    for heading, hits in results.sections(numbered, found, reader):
        if heading:
            parts.append(Text(f"\n{heading}", "bold cyan"))
        parts += [_hit(place, hit, found, tell_found(hit.story, reader, gloss=gloss), reader) for place, hit in hits]
    return Group(*parts)


def _nothing(found: Answer, reader: Language, zone: tzinfo) -> list[RenderableType]:
    """What was tried, the question without its limits, and which names are near to what was typed."""
    if reader is Language.ZH:
        near, wider = "相近的名称：", "不加限制再搜："
    else:
        near, wider = "Names like it: ", "Without the limits: "
    names = [Text(near + ", ".join(found.near), "yellow")] if found.near else []
    limitless = [Text(wider + found.wider, "yellow")] if found.wider else []
    told = Text(results.nothing(found, reader), "yellow")
    return [told, *limitless, *names, Text(results.tried(found, reader, zone), "dim")]


def _hit(place: int, hit: Hit, found: Answer, telling: Telling, reader: Language) -> RenderableType:
    lines = _glossed(telling.headline, reader, bold=True)
    if telling.beside:
        foreign = hit.story.articles[0].newsroom.language is reader
        lines += _introduced(phrases.beside(telling.beside, reader) if foreign else "", "dim", telling.beside, reader)
    when = f"{telling.headline.published_at:%d %b %Y}".lstrip("0")
    coverage, matched = phrases.coverage(telling, reader), results.matched(hit, found, reader)
    told = " · ".join(filter(None, (when, coverage, matched, f"story {hit.story.id}")))
    return _numbered(place, *lines, Text(told, "dim"))


def story(found: Story, *, score: Score) -> RenderableType:
    """All coverage of a story in the order it came, and the numbers that rank it."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(style="green")
    table.add_column(overflow="fold")
    for article in found.articles:
        said = Text(article.title, f"link {article.link}")
        if article.original_id:
            said.append("  (a copy)", "dim")
        said.append(f"\n{article.link}", "dim")
        table.add_row(f"{article.published_at:%d %b %H:%M} UTC", article.newsroom.name, said)
    return Group(Rule(Text(f"Story {found.id}", "bold"), align="left"), table, Text(_summed("Score", score), "dim"))


def _summed(name: str, score: Score | Verdict) -> str:
    """A number and what it is the sum of, with all the decimals both have."""
    parts = score.parts() if isinstance(score, Score) else score.parts
    total = score.total if isinstance(score, Score) else score.score
    told = " + ".join(f"{part.replace('_', ' ')} {value:.3f}" for part, value in parts)
    return f"{name} {total:.3f} = {told}" if parts else f"{name} {total:.3f}"


def why(found: Why, *, score: Score, corrections: Sequence[str]) -> RenderableType:
    """Why a story is there: its rank, the corrections that bind it, and for each article what holds it."""
    return Group(
        Rule(Text(f"Why story {found.story.id}", "bold"), align="left"),
        Text(_summed("Score", score)),
        Text(f"Two stories are one from a likeness of {found.threshold:.2f} on (log odds, from -4 to 4).", "dim"),
        *(Text(f"Correction: {each}", "yellow") for each in corrections),
        *(_reason(reason) for reason in found.reasons),
    )


def _reason(reason: Reason) -> RenderableType:
    article = reason.article
    when = Text(f"\n{article.published_at:%d %b %H:%M} UTC  ", "dim")
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=8, justify="right", style="dim")
    grid.add_column(overflow="fold")
    copied = f"  (a copy of {article.original_id})" if article.original_id else ""
    if reason.inside:
        grid.add_row("with", _pair(reason.inside, ""))
    if reason.outside:
        out = f", in story {reason.outside.story_id}: {reason.outside.kept}"
        grid.add_row("without", _pair(reason.outside.pair, f"{out} (as a whole {reason.outside.whole:.2f})"))
    grid.add_row("topic", _verdict(reason.verdict, article))
    title = Text(article.title, f"bold link {article.link}" if " " not in article.link else "bold")
    return Group(Text.assemble(when, (article.newsroom.name, "green"), "  ", title, (copied, "dim")), grid)


def _pair(pair: Pair, kept: str) -> Text:
    """The other article, how alike it is, and the weightiest evidence, which sums up with the rest."""
    told = Text.assemble((pair.other.newsroom.name, "green"), "  ", pair.other.title)
    told.append(f"\nlikeness {pair.likeness:.2f}, {pair.probability:.0%}{kept}")
    return told.append(f"\n{' · '.join(f'{name} {value:+.2f}' for name, value in pair.weightiest(_WEIGHTIEST))}", "dim")


def _verdict(verdict: Verdict, article: Article) -> Text:
    """What an article is about; its feed may be on topic as a whole, whatever the words say."""
    kept = " (kept all the same: its whole feed is on topic)" if article.relevant and not verdict.relevant else ""
    told = f"{verdict.topic or 'none'}, {'on' if verdict.relevant else 'off'} topic: {', '.join(verdict.reasons)}"
    return Text.assemble(told.removesuffix(": "), kept, (f"\n{_summed('Score', verdict)}", "dim"))


def catalogue(specs: Sequence[FeedSpec]) -> RenderableType:
    """What each feed of feeds.yaml is for, in the file's order, one language after the other."""
    parts: list[RenderableType] = []
    for language, name in _LANGUAGES.items():
        if those := [spec for spec in specs if spec.newsroom.language is language]:
            parts += [Text(f"{name}: {phrases.plural(len(those), 'feed')}", "bold cyan"), _purposes(those), Text()]
    return Group(*parts[:-1])


def _purposes(specs: Sequence[FeedSpec]) -> Table:
    table = Table("Feed", "Newsroom", "Kind", "Topics", "Mixed", box=None, pad_edge=False)
    for spec in specs:
        table.add_row(
            Text(spec.title, f"link {spec.url}"),
            Text(spec.newsroom.name),
            spec.newsroom.kind,
            ", ".join(spec.topics),
            "mixed" if spec.mixed else "",
        )
    return table


def looks(specs: Sequence[FeedSpec], reports: Sequence[Report], now: datetime) -> RenderableType:
    """A line for each feed that was looked at: how much it brought and how new, or what is wrong with it."""
    room = min(_WIDEST_TITLE, max(cell_len(spec.title) for spec in specs))
    codes = max(len(report.verdict) for report in reports)
    return Text("\n").join(
        _look(spec, report, now, room=room, codes=codes) for spec, report in zip(specs, reports, strict=True)
    )


def _look(spec: FeedSpec, report: Report, now: datetime, *, room: int, codes: int) -> Text:
    title = Text(spec.title, "bold")
    title.truncate(room, overflow="ellipsis", pad=True)
    if report.status != "ok":
        return Text.assemble((f"{report.status:>{codes}}  ", "red"), title, "  ", (report.reason, "yellow"))
    newest = f"newest {_ago(now, report.newest)}" if report.newest else "none with a date"
    told = f"{report.reason.removesuffix('.')}, {newest}" if report.entries else report.reason
    remark = next(iter(report.remarked(Language.EN)), "")
    look = "yellow" if remark else "green"
    return Text.assemble(
        (f"{report.verdict:>{codes}}  ", look), title, "  ", (told, "dim"), (remark and f"; {remark}", "yellow")
    )


def _ago(now: datetime, then: datetime | None) -> str:
    if then is None:
        return "never"
    minutes = round((now - then).total_seconds() / 60)
    if minutes < 120:  # noqa: PLR2004  # two hours are told in minutes
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 2 * 24 * 60 else f"{minutes // (24 * 60)} days ago"


def report(looked: Report) -> RenderableType:
    """What one look at a readable feed found."""
    parts: list[RenderableType] = [
        Rule(Text(looked.title or "(no title)", "bold"), align="left"),
        Text(looked.reason, "dim"),
        *(Text(remark, "yellow") for remark in looked.remarked(Language.EN)),
    ]
    for entry in looked.entries:
        when = f"{entry.published:%d %b %H:%M}" if entry.published else "no date"
        parts.append(Text.assemble((f"{when:>12}  ", "dim"), (entry.title, f"link {entry.link}" if entry.link else "")))
    return Group(*parts)


def lines() -> Console:
    """Standard output where a line stays a line, however long."""
    return Console(highlight=False, soft_wrap=True)


def console() -> Console:
    """Standard output as a terminal; wide where it is a file, so that nothing is cut."""
    out = Console(highlight=False, soft_wrap=False)
    return out if out.is_terminal else Console(highlight=False, width=110)
