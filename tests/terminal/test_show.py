from dataclasses import replace
from datetime import date, timedelta

import pytest
from rich.console import Console

from bot.model import Digest, Name, Update
from bot.terminal import show
from tests.chat.looks import EN, HEADINGS, ZH, headline, items, section, telling
from tests.fakes import NOW, digest


def printed(told: Digest) -> list[str]:
    """The lines of a digest in a wide terminal, below its title."""
    console = Console(width=150)
    with console.capture() as capture:
        console.print(show.digest(told, HEADINGS[told.language]))
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
