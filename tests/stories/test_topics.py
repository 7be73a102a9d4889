from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.model import Language, Topic
from bot.stories.entities import Lexicon
from bot.stories.topics import Relevance, Topics, Verdict, evidence
from tests import bundled


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return bundled.lexicon()


@pytest.fixture(scope="module")
def topics() -> Topics:
    return bundled.topics()


def judged(topics: Topics, lexicon: Lexicon, title: str, summary: str = "") -> Verdict:
    found = lexicon.find(f"{title}. {summary}")
    return topics.judge(title, summary, [lexicon.get(entity) for entity in found])


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("SMIC expands its 7nm wafer output", Topic.CHIPS),
        ("中芯国际扩产先进制程", Topic.CHIPS),
        ("長鑫存儲量產新一代記憶體晶片", Topic.CHIPS),
        ("DeepSeek releases an open-weight reasoning model", Topic.MODELS),
        ("月之暗面发布新一代大模型", Topic.MODELS),
        ("Inner Mongolia opens a data centre for AI", Topic.COMPUTE),
        ("贵州智算中心投用", Topic.COMPUTE),
        ("Washington widens export controls on AI chips", Topic.POLICY),
        ("美国将三家半导体企业列入实体清单", Topic.POLICY),
        ("Zhipu raises funding ahead of STAR Market IPO", Topic.CAPITAL),
        ("寒武纪股价大涨，市值创新高，营收翻倍", Topic.CAPITAL),
        ("Unitree shows a humanoid robot", Topic.ROBOTS),
        ("小马智行扩大自动驾驶车队", Topic.ROBOTS),
        ("Chinese physicists build a quantum computer", Topic.RESEARCH),
        ("清华团队论文：新型忆阻器芯片", Topic.RESEARCH),
    ],
)
def test_an_article_finds_its_section(topics: Topics, lexicon: Lexicon, title: str, topic: Topic) -> None:
    """The words and names of a headline in either script choose its section."""
    verdict = judged(topics, lexicon, title)

    assert (verdict.relevant, verdict.topic) == (True, topic), verdict


@pytest.mark.parametrize(
    "title",
    [
        "Ten recipes for a rainy Sunday",
        "Local team wins the football match",
        "中国央行增持黄金",
        "China launches an aircraft carrier",
        "小米智能门锁国补到手价 499 元，支持 AI 识别",
        "手把手教程：用 SDK 写你的第一个 AI 应用",
        "How to cancel your Claude subscription",
        "Google cuts the price of its AI subscription",
        "OpenAI sued by an author",
        "新款轿车上市，售价 9.98 万元",
        "An AI wrote my wedding speech",
        "",
    ],
)
def test_what_is_not_of_this_field_is_left_out(topics: Topics, lexicon: Lexicon, title: str) -> None:
    """Sports, discounts, how-tos, general politics and the foreign AI world alone are off topic."""
    verdict = judged(topics, lexicon, title)

    assert (verdict.relevant, verdict.topic) == (False, None), verdict


def test_the_foreign_world_is_on_topic_beside_chips(topics: Topics, lexicon: Lexicon) -> None:
    """A foreign AI company speaks against an article alone, and hardly where it buys chips."""
    alone = judged(topics, lexicon, "Anthropic opens an office")
    beside = judged(topics, lexicon, "Anthropic and Google order AI chips from Broadcom")

    assert (alone.relevant, beside.relevant) == (False, True)
    assert [reason for reason in beside.reasons if reason.startswith("-")] == ["-Anthropic", "-Google"]


def test_china_is_on_topic_beside_technology(topics: Topics, lexicon: Lexicon) -> None:
    """General news from China is another paper's."""
    general = judged(topics, lexicon, "China reports its grain harvest")
    technical = judged(topics, lexicon, "China builds a large language model")

    assert (general.relevant, technical.relevant) == (False, True)


def test_a_round_up_is_judged_by_its_best_item(topics: Topics, lexicon: Lexicon) -> None:
    """A morning paper with one item of this field is of this field, whatever else is in it."""
    title = "早报：新款门锁国补到手价公布；某歌手演唱会延期；寒武纪发布新一代芯片"

    verdict = judged(topics, lexicon, title)

    assert (verdict.relevant, verdict.reasons) == (True, ("芯片", "Cambricon"))
    assert not judged(topics, lexicon, title.rsplit("；", 1)[0] + "；油价下跌").relevant


def test_a_verdict_can_be_explained(topics: Topics, lexicon: Lexicon) -> None:
    """The reasons are the words and names that were counted, each once; the parts add up to the score."""
    verdict = judged(topics, lexicon, "教程：华为 芯片，芯片")

    assert verdict.reasons == ("-教程", "芯片", "Huawei")
    assert [kind for kind, _ in verdict.parts] == ["base", "against", "chips", "ours"]
    assert verdict.score == sum(value for _, value in verdict.parts)


def test_the_excerpt_counts_less_than_the_title(topics: Topics) -> None:
    """What only the excerpt says is half said."""
    above = evidence(topics.clues("New wafers announced", "", []))
    below = evidence(topics.clues("New things announced", "wafers", []))
    twice = evidence(topics.clues("New wafers announced", "wafers", []))

    assert (above, below, twice) == ({"chips": 3.0}, {"chips": 1.5}, {"chips": 3.0})


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("a quantum computer", {"chips": 6.0}),
        ("a robot", {"other_alone": 1.0, "rootless": 1.0}),
        ("a robot chip", {"other": 1.0, "chips": 2.0}),
        ("a data centre", {"compute_alone": 2.0}),
        ("Nvidia, Nvidia", {"nvidia": 2.0}),
        ("silicon", {"chips_hinted": 1.0, "nothing": 1.0}),
        ("China", {"china_alone": 1.0, "nothing": 1.0}),
        ("AI", {"models": 1.0, "rootless": 1.0}),
        ("a foundation model", {"models": 2.0, "rootless": 1.0}),
        ("AI in China", {"models": 1.0, "china": 1.0}),
        ("OpenAI", {"abroad_alone": 2.0, "nothing": 1.0, "rootless": 1.0}),
        ("OpenAI and Huawei", {"abroad": 2.0, "ours": 1.0}),
        ("chip processor GPU wafer foundry", {"chips": 6.0}),
        ("revenue", {"nothing": 1.0, "rootless": 1.0}),
    ],
)
def test_evidence_depends_on_its_company(
    topics: Topics, lexicon: Lexicon, title: str, expected: dict[str, float]
) -> None:
    """A word counts as another kind of evidence beside chips or a Chinese maker than alone, and never without end."""
    found = [lexicon.get(entity) for entity in lexicon.find(title)]

    assert evidence(topics.clues(title, "", found)) == expected


def test_every_worth_is_of_a_kind_there_is() -> None:
    """The fitted file says nothing about evidence that is never found."""
    kinds = {"base", "nothing", "rootless", "nvidia", "ours", "models", "chips", "chips_hinted", "china", "china_alone"}
    kinds |= {kind + end for kind in ("compute", "other", "abroad", "against") for end in ("", "_alone")}

    assert Relevance.load().worth.keys() <= kinds


@pytest.mark.parametrize("title", ["wafer", "wafers", "WAFERS", "ｗａｆｅｒ", "两万片wafer", "a wafer-thin margin"])
def test_english_words_count_at_their_edges(topics: Topics, title: str) -> None:
    """Plural, case and width do not matter, and Chinese may touch."""
    assert topics.judge(title, "", []).reasons == ("wafer",)


@pytest.mark.parametrize("title", ["wafering", "chipmunk", "aim", "said", "fabric"])
def test_longer_words_do_not_count(topics: Topics, title: str) -> None:
    """A word inside another says nothing."""
    assert topics.judge(title, "", []).reasons == ()


@pytest.mark.parametrize("title", ["AI芯片", "AI 芯片", "ＡＩ 晶片芯片"])
def test_a_blank_between_the_scripts_does_not_matter(topics: Topics, title: str) -> None:
    """「AI 芯片」 is written with and without a blank."""
    assert "芯片" in topics.judge(title, "", []).reasons[-1]


def test_every_topic_has_a_heading_in_both_languages(topics: Topics) -> None:
    """A digest can print any section for either reader."""
    headings = {topics.headings(language)[topic] for topic in Topic for language in Language}

    assert len(headings) == len(Topic) * len(Language)
    assert topics.headings(Language.ZH)[Topic.CHIPS] == "芯片与制造"


def test_the_listed_entities_exist(topics: Topics, lexicon: Lexicon) -> None:
    """An id that is renamed in one file is missed in the other."""
    assert topics.listed() <= {entity.id for entity in lexicon}


def headings() -> str:
    return "\n".join(f"{topic}: {{heading: {{en: {topic}, zh: {topic}}}}}" for topic in Topic)


@pytest.mark.parametrize(
    ("extra", "line", "says"),
    [
        ("sport: {strong: [ball]}", 8, "no such section"),
        ("against: {loud: [ball]}", 8, "loud: is not a key"),
        ("field: {weak: 360}", 8, "weak"),
        ("against: {weak: [ball}", 8, "not YAML"),
        ("against: {weak: [chip]}\nfield: {weak: [Chip]}", 9, "chip is in"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, extra: str, line: int, says: str) -> None:
    """Whoever changes the words learns which file, line and key to mend."""
    path = tmp_path / "topics.yaml"
    path.write_text(f"{headings()}\n{extra}\n", "utf-8")

    with pytest.raises(SettingsError) as caught:
        Topics.load(path)

    assert f"{path}, line {line}: " in caught.value.sentence
    assert says in caught.value.sentence


def test_a_missing_heading_is_named(tmp_path: Path) -> None:
    """A topic without its heading cannot be shown, and says so at the start."""
    path = tmp_path / "topics.yaml"
    path.write_text("chips: {heading: {en: Chips}}\n", "utf-8")

    with pytest.raises(SettingsError, match="chips: needs a heading in both languages"):
        Topics.load(path)
