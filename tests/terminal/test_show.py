from dataclasses import replace
from datetime import date, timedelta

import pytest
from rich.console import Console, RenderableType

from bot.model import Article, Digest, Name, Story, Update
from bot.stories.rank import Score, score
from bot.stories.reasons import Kept, Outside, Pair, Reason, Why
from bot.stories.topics import Verdict
from bot.terminal import show
from tests.chat.looks import EN, HEADINGS, ZH, headline, items, section, telling
from tests.fakes import NOW, REUTERS, article, digest, story


def printed(told: Digest) -> list[str]:
    """The lines of a digest in a wide terminal, below its title."""
    return lines_of(show.digest(told, HEADINGS[told.language]))


def lines_of(shown: RenderableType) -> list[str]:
    """The lines of anything shown, below its title."""
    console = Console(width=150)
    with console.capture() as capture:
        console.print(shown)
    return [" ".join(line.split()) for line in capture.get().splitlines()[1:] if line.strip()]


GLOSSED = headline("中芯涨价", newsroom="ITHome", language=ZH, gloss="SMIC raise-price")


def test_a_glossed_headline_has_the_original_beneath_it() -> None:
    """As in Discord: the section says that only the Chinese press has it, and the foot how far that reaches."""
    second = headline("客户不满", newsroom="36Kr", language=ZH, gloss="customer dissatisfied")
    told = telling("s1", GLOSSED, second=second, newsrooms=((EN, ()), (ZH, ("ITHome", "36Kr"))), only=ZH)

    lines = printed(digest(section(*items(told), heading="only-zh"), stories=1, articles=2))

    assert lines[1:] == [
        "Headlines are the sources’ own. “≈” marks our word-by-word gloss of a Chinese one: not a translation.",
        "Only in Chinese so far",
        "1 · ≈ SMIC raise-price",
        "中芯涨价 ITHome",
        "客户不满 36Kr",
        "≈ customer dissatisfied",
        "2 newsrooms, all Chinese",
        "“Only in Chinese” means: in the 74 feeds read here.",
    ]


def test_siblings_and_updates_stand_below_their_story() -> None:
    """Who has joined since when, from when to when it was told, and the others of that day."""
    new = headline("Customers answer", newsroom="Reuters", article_id="a2")
    known = telling("s1", first_at=NOW - timedelta(days=2), excerpt="They said so.", excerpt_from=new)
    first, second = items(known, telling("s2", GLOSSED))
    update = Update(since=date(2026, 6, 7), newsrooms=("Reuters", "Nikkei"), press=EN)
    first = replace(first, new=new, update=update, theme=(Name(en="SMIC", zh="中芯国际"),))

    lines = printed(digest(section(first, replace(second, under=1), heading="updates")))

    assert lines[2:] == [
        "Updates",
        "1 · SMIC raises prices SCMP",
        "New since Sunday, now in the English press too: Customers answer Reuters · also Nikkei",
        "They said so. Reuters",
        "6 to 8 June",
        "Same day, on SMIC: 2 ≈ SMIC raise-price",
    ]


@pytest.mark.parametrize("gloss", [None, "中芯 涨 价"])
def test_a_chinese_reader_reads_the_original_first(gloss: str | None) -> None:
    """The gloss of an English headline stands below it."""
    lines = printed(digest(section(*items(telling("s1", headline(gloss=gloss)))), language=ZH))

    assert lines[2:] == ["1 · SMIC raises prices SCMP", *([f"≈ {gloss}"] if gloss else [])]


OFF_TOPIC = Verdict(
    topic=None, relevant=False, score=-1.5, reasons=("-laptop",), parts=(("base", 0.5), ("against", -2.0))
)
BESIDE = Pair(
    other=article("b", "SMIC charges more", newsroom=REUTERS),
    offset=-3.0,
    parts=(("meaning", 2.0), ("names", 1.5), *((f"kind {number}", 0.25) for number in range(4))),
)


def explained(one: Article, *, inside: Pair | None = None, outside: Outside | None = None) -> list[str]:
    """What `why` shows of a story of one article, below its score and its threshold."""
    reason = Reason(article=one, verdict=OFF_TOPIC, inside=inside, outside=outside)
    found = Why(story=story(one), threshold=0.25, reasons=(reason,), corrections=())
    return lines_of(show.why(found, score=scored(found.story), corrections=["merge s1 with s2"]))


def scored(one: Story) -> Score:
    return score(one, now=NOW, china=0, reader=EN)


def test_why_names_the_weightiest_evidence_and_sums_up_the_rest() -> None:
    """Who holds an article and who was kept out; what its words say, though its whole feed is on topic."""
    out = Outside(pair=BESIDE, story_id="s2", whole=-0.5, kept=Kept.AS_A_WHOLE)

    lines = explained(article("a", original_id="b"), inside=BESIDE, outside=out)

    parts = "meaning +2.00 · names +1.50 · kind 0 +0.25 · kind 1 +0.25 · kind 2 +0.25 · the rest -2.75"
    assert lines[2:] == [
        "Correction: merge s1 with s2",
        "08 Jun 12:00 UTC SCMP SMIC raises prices of its mature nodes (a copy of b)",
        "with Reuters SMIC charges more",
        "likeness 1.50, 82%",
        parts,
        "without Reuters SMIC charges more",
        "likeness 1.50, 82%, in story s2: the stories as a whole are not alike enough (as a whole -0.50)",
        parts,
        "topic none, off topic: -laptop (kept all the same: its whole feed is on topic)",
        "Score -1.500 = base 0.500 + against -2.000",
    ]
    assert lines[1] == "Two stories are one from a likeness of 0.25 on (log odds, from -4 to 4)."


def test_an_article_with_nothing_like_it_has_its_topic_alone() -> None:
    """A story of one, far from all others."""
    lines = explained(article("a", relevant=False))

    assert [line.split()[0] for line in lines[4:]] == ["topic", "Score"]
    assert lines[4] == "topic none, off topic: -laptop"
