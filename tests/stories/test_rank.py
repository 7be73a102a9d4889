from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Article, Kind, Language, Newsroom
from bot.stories.rank import independent, is_noise, score
from tests.fakes import ITHOME, KR36, NOW, NVIDIA, REUTERS, SCMP, TECHMEME, article, story

PRESS = (SCMP, REUTERS, ITHOME, KR36)
MIIT = Newsroom(name="MIIT", language=ITHOME.language, kind=Kind.OFFICIAL)
REDDIT = Newsroom(name="Reddit", language=SCMP.language, kind=Kind.COMMUNITY)
SILENT = (NVIDIA, TECHMEME, MIIT, REDDIT)


def by(*newsrooms: Newsroom) -> list[Article]:
    return [article(f"a{at}", newsroom=newsroom) for at, newsroom in enumerate(newsrooms)]


def copy(number: int, newsroom: Newsroom) -> Article:
    return article(f"copy{number}", newsroom=newsroom, original_id="a0")


@pytest.mark.parametrize(
    ("articles", "names"),
    [
        ([], []),
        (by(SCMP), ["SCMP"]),
        (by(SCMP, SCMP), ["SCMP"]),
        (by(ITHOME, SCMP, ITHOME), ["ITHome", "SCMP"]),
        (by(*SILENT), []),
        (by(NVIDIA, REUTERS, TECHMEME), ["Reuters"]),
        ([*by(REUTERS), copy(1, SCMP), copy(2, KR36)], ["Reuters"]),
        ([*by(REUTERS), copy(1, SCMP), article("own", newsroom=SCMP)], ["Reuters", "SCMP"]),
    ],
)
def test_only_the_press_that_reports_by_itself_corroborates(articles: list[Article], names: list[str]) -> None:
    """A newsroom counts once; companies, officials, aggregators, communities and copies do not count."""
    assert [newsroom.name for newsroom in independent(articles)] == names


@given(
    st.lists(st.sampled_from(PRESS), min_size=1, max_size=6),
    st.lists(st.sampled_from(SILENT), max_size=6),
    st.lists(st.sampled_from(PRESS + SILENT), max_size=9),
)
def test_what_adds_no_newsroom_corroborates_nothing(
    press: list[Newsroom], silent: list[Newsroom], copying: list[Newsroom]
) -> None:
    """A wire copied nine times counts once, and so does what companies and aggregators add."""
    alone = by(*press)
    copies = [copy(number, newsroom) for number, newsroom in enumerate(copying)]
    echoes = [article(f"e{number}", newsroom=newsroom) for number, newsroom in enumerate(silent)]

    before = score(story(*alone), now=NOW, china=False, reader=Language.EN)
    after = score(story(*alone, *echoes, *copies), now=NOW, china=False, reader=Language.EN)

    assert after.corroboration == before.corroboration
    assert after.both_presses == before.both_presses


@pytest.mark.parametrize(
    ("newsrooms", "both"),
    [
        ((SCMP,), 0.0),
        ((SCMP, REUTERS), 0.0),
        ((ITHOME, KR36), 0.0),
        ((SCMP, ITHOME), 1.0),
        ((NVIDIA, ITHOME), 0.0),
        ((TECHMEME, ITHOME), 0.0),
        ((SCMP, MIIT), 0.0),
    ],
)
def test_both_presses_lift_a_story(newsrooms: tuple[Newsroom, ...], both: float) -> None:
    """A story gains when English and Chinese newsrooms report it, and not from a company's own words."""
    assert score(story(*by(*newsrooms)), now=NOW, china=False, reader=Language.EN).both_presses == both


@given(st.lists(st.integers(0, 2000), min_size=2, max_size=6, unique=True))
def test_freshness_only_falls(ages: list[int]) -> None:
    """The older the newest article, the less a story is worth; a day halves it."""

    def freshness(hours: int) -> float:
        told = story(article("a", published=NOW - timedelta(hours=hours)))
        return score(told, now=NOW, china=False, reader=Language.EN).freshness

    fresh = [freshness(hours) for hours in sorted(ages)]

    assert fresh == sorted(fresh, reverse=True)
    assert all(0 <= value <= 1 for value in fresh)
    assert freshness(24) == pytest.approx(freshness(0) / 2)


def test_a_clock_ahead_of_ours_is_no_fresher_than_now() -> None:
    """A feed that dates its articles into the future gains nothing."""
    ahead = story(article("a", published=NOW + timedelta(days=2)))

    assert score(ahead, now=NOW, china=False, reader=Language.EN).freshness == 1.0


def test_the_newest_article_tells_how_fresh_a_story_is() -> None:
    """A running story is as fresh as its last article."""
    running = story(article("a", published=NOW - timedelta(days=2)), article("b", published=NOW))

    assert score(running, now=NOW, china=False, reader=Language.EN).freshness == 1.0


@given(
    st.lists(st.sampled_from(PRESS + SILENT), min_size=1, max_size=8),
    st.sampled_from(["SMIC raises prices", "3 AI stocks to buy now", "36氪早报"]),
    st.booleans(),
    st.integers(0, 500),
)
def test_a_score_is_the_sum_of_its_parts(newsrooms: list[Newsroom], title: str, china: bool, hours: int) -> None:
    """Anyone can add a score up again from the parts that are shown."""
    articles = [replace(each, title=title) for each in by(*newsrooms)]

    made = score(story(*articles), now=NOW + timedelta(hours=hours), china=china, reader=Language.EN)

    assert [name for name, _ in made.parts()] == [
        "corroboration",
        "both_presses",
        "china",
        "freshness",
        "translated",
        "noise",
    ]
    assert made.total == pytest.approx(
        made.corroboration + made.both_presses + made.china + made.freshness + made.noise
    )


def test_what_concerns_china_is_worth_more() -> None:
    """Of two stories that are alike, the one that names a Chinese company comes first."""
    told = story(*by(SCMP))

    near, far = (score(told, now=NOW, china=china, reader=Language.EN).total for china in (True, False))
    assert near > far


@pytest.mark.parametrize(
    "title",
    [
        "36氪早报|宇树科技创业板IPO获受理",
        "8点1氪丨京东外卖上线;小米汽车召回;比亚迪回应",
        "氪星晚报 |月之暗面完成新一轮融资",
        "9点1氪｜阿里云降价",
        "AI HOT 日报 · 2026-05-21 — Qwen3.7:智能体前沿",
        "大模型价格战升级｜AI周报",
        "一周融资盘点",
        "英伟达涨价；台积电扩产；中芯国际财报",
        "Nvidia rises; TSMC expands; SMIC reports",
        "The Weekly: chips and models",
        "China tech round-up",
        "Tech Roundup: Huawei, SMIC",
        "3 AI stocks to buy before June",
        "Should you buy Nvidia stock now?",
        "Morgan Stanley raises its price target for TSMC",
        "Better Buy: AMD or Nvidia",
        "Nvidia vs. AMD stock: which one",
        "盘前必读:芯片股走强",
        "芯片板块掀涨停潮",
        "A股收评:沪指涨0.5%",
        "三只值得买的芯片股",
    ],
)
def test_round_ups_and_stock_tips_are_noise(title: str) -> None:
    """A headline of many events, or of none but a share price, is no story of its own."""
    assert is_noise(title)


@pytest.mark.parametrize(
    "title",
    [
        "Moonshot AI wants a $30bn valuation six months after being worth $4bn",
        "Huawei executive credits bans for accelerating domestic chip independence",
        "UK plans to buy AI chips from British firms to stop them leaving for the US",
        "TSMC does not rule out price rises as inflation pushes up chip manufacturing costs",
        "Trump meets Xi; chips on the agenda",
        "OpenAI vs. DeepSeek: the two roads to cheap inference",
        "OpenAI releases a new report: Codex now has 5M+ weekly active users",
        "Google wants to give you an AI-driven Daily Brief",
        "Should you buy a robot vacuum before Prime Day? I test them for a living",
        "《华尔街日报》报道，美中两国正考虑启动关于人工智能的正式磋商",
        "联合早报：新加坡限制AI芯片转口",
        "千问APP 六一“礼物选购”问询量近一周增长260%",
        "星巴克叫停AI库存自动盘点工具：上线9个月，错误频出",
        "我让ChatGPT管理一个股票投资组合。结果如下。",
        "SMIC's stock falls after Washington widens its list",
        "阿里巴巴升级大模型组织架构，成立Token Foundry事业部",
        "月之暗面再度融资 20 亿美元，估值飙升至 300 亿",
        "百度MEG组织架构调整；李彦宏任总负责人",
        "英伟达与SK海力士宣布多年期技术合作，共同开发下一代AI内存",
        "算力需求爆发：电子布价格涨幅达 100%，年内已涨价 5 轮",
    ],
)
def test_an_ordinary_headline_is_not_noise(title: str) -> None:
    """One event told plainly is a story, even where it names a share or has one semicolon."""
    assert not is_noise(title)


def test_a_story_is_noise_only_when_every_headline_is() -> None:
    """A round-up that touches a real event does not pull it down."""
    tip, news = article("a", "3 AI stocks to buy"), article("b", "Nvidia opens a lab in Shanghai")

    assert score(story(tip, news), now=NOW, china=False, reader=Language.EN).noise == 0
    assert score(story(tip), now=NOW, china=False, reader=Language.EN).noise < 0


def test_a_title_we_only_have_in_translation_comes_last_for_its_own_readers() -> None:
    """An English story known only by an aggregator's Chinese titles helps no reader of English."""
    told = story(article("a", "中芯国际上调成熟制程价格", newsroom=SCMP))

    assert score(told, now=NOW, china=True, reader=Language.EN).translated < 0
    assert score(told, now=NOW, china=True, reader=Language.ZH).translated == 0


def test_more_newsrooms_than_enough_add_nothing() -> None:
    """The world's biggest story is not always this field's."""
    rooms = [replace(SCMP, name=f"Newsroom {number}") for number in range(20)]

    most, enough = (score(story(*by(*some)), now=NOW, china=False, reader=Language.EN) for some in (rooms, rooms[:6]))

    assert most.corroboration == enough.corroboration
