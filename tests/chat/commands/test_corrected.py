from bot.stories.correct import Corrector
from tests.chat.stage import Stage, said
from tests.fakes import ITHOME, article


async def test_a_corrected_story_is_opened_by_either_id(stage: Stage) -> None:
    """Under the title its server gave it, with all the articles it has there."""
    await stage.settle(
        article("h1", "Huawei ships a new Ascend chip", story_id="s1"),
        article("h2", "华为发布新一代昇腾芯片", story_id="s2", newsroom=ITHOME),
    )
    corrector = Corrector(stage.store, clock=stage.clock)
    scope = str(stage.server.id)
    await corrector.merge("s1", "s2", scope=scope, by="mo")
    await corrector.retitle("s1", "The *new* chip", scope=scope, by="mo")

    first, second = [said(await stage.member.slash(stage.channel, "story", story=story)) for story in ("s1", "s2")]

    assert first == second
    assert first.startswith("## The")
    assert "Huawei ships" in first
    assert "华为发布" in first


async def test_a_hidden_story_is_not_opened(stage: Stage) -> None:
    """Nor offered while somebody types."""
    await stage.settle(article("h1", "Huawei ships a new Ascend chip", story_id="s1"))
    await Corrector(stage.store, clock=stage.clock).hide("s1", scope=str(stage.server.id), by="mo")

    told = said(await stage.member.slash(stage.channel, "story", story="s1"))

    assert "There is no such story" in told
    assert await stage.member.autocomplete(stage.channel, "story", "story", "Huawei") == []
