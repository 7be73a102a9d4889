from dataclasses import replace

import pytest

from bot.model import Article, Kind, Language, Newsroom
from bot.stories.heart import About
from bot.stories.only import ECHO, only_press
from tests.fakes import ITHOME, KR36, NVIDIA, REUTERS, SCMP, TECHMEME, article, story

EN, ZH = Language.EN, Language.ZH
HEART, MENTION, ABROAD = About(china=1.0), About(china=0.5), About()
HUAWEI = Newsroom(name="Huawei", language=EN, kind=Kind.COMPANY)
ZHIHU = Newsroom(name="Zhihu", language=ZH, kind=Kind.COMMUNITY)


def by(*newsrooms: Newsroom, **said: object) -> list[Article]:
    return [article(f"a{at}", newsroom=newsroom, **said) for at, newsroom in enumerate(newsrooms)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("articles", "about", "press"),
    [
        pytest.param(by(ITHOME), HEART, ZH, id="one Chinese newsroom"),
        pytest.param(by(ITHOME, KR36), HEART, ZH, id="two of them"),
        pytest.param(by(ITHOME, title="Huawei opens a lab"), HEART, ZH, id="with an English title"),
        pytest.param(by(ITHOME), MENTION, None, id="China is merely mentioned"),
        pytest.param(by(ITHOME), ABROAD, None, id="a foreign company's news"),
        pytest.param(by(ITHOME, REUTERS), HEART, None, id="the English press has it"),
        pytest.param(by(ITHOME, HUAWEI), HEART, None, id="the company says so in English itself"),
        pytest.param(by(ITHOME, TECHMEME), HEART, None, id="an English aggregator has it"),
        pytest.param(by(REUTERS, title="路透：华为设实验室"), HEART, EN, id="a translated title is no Chinese press"),
        pytest.param([*by(ITHOME), article("c", newsroom=SCMP, original_id="a0")], HEART, None, id="an English copy"),
        pytest.param(by(ZHIHU), HEART, None, id="a forum is no press"),
        pytest.param([article("c", newsroom=ITHOME, original_id="x")], HEART, None, id="a copy of we know not what"),
        pytest.param(by(SCMP), MENTION, EN, id="the mirror"),
        pytest.param(by(SCMP), ABROAD, None, id="the world's news is no secret"),
        pytest.param(by(NVIDIA), HEART, None, id="a company alone is no press"),
        pytest.param([], HEART, None, id="nothing"),
    ],
)
def test_what_one_press_alone_has(articles: list[Article], about: About, press: Language | None) -> None:
    """Newsrooms decide and titles do not; whatever speaks against it wins."""
    assert only_press(story(*articles), about) is press


@pytest.mark.parametrize(("echo", "press"), [(0.0, ZH), (ECHO - 0.01, ZH), (ECHO, None), (1.0, None)])
def test_a_likely_echo_in_the_other_press_forbids_it(echo: float, press: Language | None) -> None:
    """Where the other press may well have the event in another story, we do not say that it has not."""
    assert only_press(replace(story(*by(ITHOME)), echo=echo), HEART) is press
