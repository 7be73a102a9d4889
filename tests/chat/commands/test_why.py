import re

from sqlalchemy import Connection, select

from bot.model import Article
from bot.store import vectors as vector_rows
from bot.store.schema import articles as rows
from bot.stories.correct import Corrector
from bot.stories.embed import BUNDLED_NAME
from tests.chat.looks import buttons_of, text_of
from tests.chat.stage import Stage, answer, names, said, shown
from tests.fakes import ITHOME, REUTERS, FakeEmbedder, article

HUAWEI = (
    article("h1", "Huawei ships a new Ascend chip", story_id="s1"),
    article("h2", "Huawei begins to ship a new Ascend chip", story_id="s1", newsroom=REUTERS),
)
STORE = article("o1", "华为发布新一代昇腾芯片", story_id="s2", newsroom=ITHOME)
WHY = "Why is this here?"


async def settle(stage: Stage, *found: Article) -> None:
    """Put stories with their vectors into the archive."""
    await stage.settle(*found)
    made = await FakeEmbedder().embed([each.title for each in found])

    def encode(connection: Connection) -> None:
        numbers = {row.id: row.number for row in connection.execute(select(rows.c.id, rows.c.number))}
        vector_rows.encode(connection, BUNDLED_NAME, [numbers[each.id] for each in found], made)

    await stage.store.write(encode)


async def why(stage: Stage, story: str) -> str:
    return said(await stage.member.slash(stage.channel, "why", story=story))


async def test_a_story_is_explained_by_its_id_and_by_its_words(stage: Stage) -> None:
    """To who asks alone, with each article's reasons."""
    await settle(stage, *HUAWEI, STORE)

    told = await why(stage, "s1")

    assert told == await why(stage, "huawei ascend ship")
    assert told.startswith("## Why this is here\n**Huawei ships a new Ascend chip**\n### Its rank: ")
    assert told.count("\nHere with [") == 2
    assert "\nNot with [华为发布新一代昇腾芯片]" in told
    assert stage.channel.history() == []


async def test_a_reader_of_chinese_is_told_in_chinese(stage: Stage) -> None:
    """Under the headline in that language, where there is one."""
    stage.locale = "zh-CN"
    await settle(stage, STORE)

    told = await why(stage, "s2")

    assert told.startswith("## 为何入选\n**华为发布新一代昇腾芯片**\n### 排序得分：")


async def test_the_score_that_is_shown_adds_up_and_is_the_cards(stage: Stage) -> None:
    """From the parts that stand beside it; the card rounds them."""
    await settle(stage, *HUAWEI)

    told = await why(stage, "s1")
    card = said(await stage.member.slash(stage.channel, "story", story="s1"))

    (total,) = re.findall(r"Its rank: (\S+)", told)
    parts = re.findall(r"[a-z] ([+-]\d\.\d{3})", told.splitlines()[3])
    assert f"{sum(map(float, parts)):.3f}" == total
    assert [f"{float(part):+.2f}" for part in parts] == re.findall(r"[+-]\d\.\d\d", card)


async def test_every_likeness_adds_up(stage: Stage) -> None:
    """Each from its families of evidence."""
    await settle(stage, *HUAWEI, STORE)

    lines = [line for line in (await why(stage, "s1")).splitlines() if "where any pair starts" in line]

    assert lines
    for line in lines:
        parts, total = line.split(" = ")
        summed = sum(float(part) for part in re.findall(r"[+-]\d+\.\d\d", parts))
        assert f"{summed:.2f}" == total.split(",")[0]


async def test_a_card_leads_to_its_reasons_and_back(stage: Stage) -> None:
    """In place, page by page, and after a restart."""
    many = [article(f"c{number}", f"Huawei card {number}", story_id="s9") for number in range(9)]
    await settle(stage, *many)
    card = answer(await stage.member.slash(stage.channel, "story", story="s9"))

    await stage.member.click(card, custom_id=buttons_of(stage.components(card))[WHY])
    first = text_of(stage.components(card))
    await stage.restart()
    await stage.member.click(card, custom_id=buttons_of(stage.components(card))["Next"])
    second = text_of(stage.components(card))
    await stage.member.click(card, custom_id=buttons_of(stage.components(card))["To the story"])

    assert first.startswith("## Why this is here")
    assert "-# Page 1 of 3" in first
    assert "-# Page 2 of 3" in second
    assert text_of(stage.components(card)).startswith("## Huawei card 0")


async def test_a_posted_cards_reasons_are_for_who_presses_alone(stage: Stage) -> None:
    """The card in the channel stays as it is."""
    await settle(stage, *HUAWEI)
    card = answer(await stage.member.slash(stage.channel, "story", story="s1"))
    await stage.member.click(card, label="Post in this channel")
    (posted,) = stage.channel.history()
    before = shown([posted])

    pressed = await stage.moderator.click(posted, label=WHY)

    assert said(pressed).startswith("## Why this is here")
    assert shown(stage.channel.history()) == before


async def test_a_corrected_story_is_explained_as_it_is_seen_here(stage: Stage) -> None:
    """By either id, with the moderators' title, saying that it was their doing."""
    await settle(stage, *HUAWEI, STORE)
    corrector, scope = Corrector(stage.store, clock=stage.clock), str(stage.server.id)
    await corrector.merge("s1", "s2", scope=scope, by="mo")
    await corrector.retitle("s1", "The *new* chip", scope=scope, by="mo")

    told = await why(stage, "s1")

    assert told == await why(stage, "s2")
    assert told.splitlines()[1:4] == [
        "**The ∗new∗ chip**",
        f"-# This server’s moderators joined two stories into this one, <t:{int(stage.clock().timestamp())}:d>.",
        f"-# This server’s moderators gave it its title, <t:{int(stage.clock().timestamp())}:d>.",
    ]
    assert told.count("Held here by a moderator’s correction.") == 3
    assert "**[华为发布新一代昇腾芯片]" in told


async def test_what_was_split_off_is_explained_by_the_correction(stage: Stage) -> None:
    """The part that left is named as kept apart, under the id that it has here."""
    await settle(stage, *HUAWEI)
    made = await Corrector(stage.store, clock=stage.clock).split("s1", ["h2"], scope=str(stage.server.id), by="mo")

    told = await why(stage, "s1")

    assert f"kept apart by a moderator’s correction · story {made.other_id}" in told
    assert "This server’s moderators took this and another story apart" in told
    assert "**[Huawei begins" not in told
    assert "**[Huawei begins" in await why(stage, str(made.other_id))


async def test_a_hidden_story_says_that_it_is(stage: Stage) -> None:
    """Whoever has its id learns that moderators hid it, and not what it says; others' servers see it."""
    await settle(stage, *HUAWEI)
    await Corrector(stage.store, clock=stage.clock).hide("s1", scope=str(stage.server.id), by="mo")

    told = await why(stage, "s1")

    assert told.startswith("This server’s moderators hid this story, <t:")
    assert "Huawei" not in told
    assert "**Huawei ships" in said(await stage.member.user.slash("why", story="s1"))


async def test_a_story_that_is_not_there_is_refused(stage: Stage) -> None:
    """With how to find one, whether it was typed or stood in a button."""
    await settle(stage, *HUAWEI)
    card = answer(await stage.member.slash(stage.channel, "story", story="s1"))
    stage.rewrite(card, {"show:why/s1/1": "show:why/gone/1"})

    pressed = await stage.member.click(card, custom_id="show:why/gone/1")

    assert "There is no such story." in await why(stage, "xylophone")
    assert "There is no such story." in said(pressed)


async def test_recent_stories_are_offered_to_explain(stage: Stage) -> None:
    """As `/story` offers them."""
    await settle(stage, *HUAWEI, STORE)

    offered = await stage.member.autocomplete(stage.channel, "why", "story", "ascend")

    assert names(offered) == ["Huawei ships a new Ascend chip"]
