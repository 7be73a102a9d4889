"""A gloss says each word of a title in the reader's language, in the order of the original."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import SettingsError
from bot.model import Language
from bot.stories.entities import Entity
from bot.stories.gloss import Glosser
from bot.stories.wordbook import cedict
from bot.stories.wordbook.cedict import Cedict, Packed
from bot.stories.wordbook.chinese_numbers import value_of
from bot.stories.wordbook.senses import best
from bot.stories.wordbook.words import Words
from tests import bundled

LEXICON = bundled.lexicon()
GLOSSER = bundled.glosser()
EN, ZH = Language.EN, Language.ZH
LAWS = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])

TEXTS = st.text() | st.text("华为发布大模型20亿美元，：的了 Nvidia's $3bn-x·第三季", max_size=40)
SCALES_ZH = {"": 1, "万": 10**4, "亿": 10**8, "万亿": 10**12, "千亿": 10**11, "百万": 10**6}
SCALES_EN = {"": 1, "bn": 10**9, " billion": 10**9, "m": 10**6, " million": 10**6, "tn": 10**12, " trillion": 10**12}
AMOUNTS = st.decimals(Decimal("0.1"), Decimal(9999), places=2).map(lambda each: f"{each.normalize():f}")


@pytest.mark.parametrize(
    ("title", "gloss"),
    [
        ("华为发布新一代昇腾芯片", "Huawei release new-generation Ascend chip"),
        ("華為發布新一代昇騰晶片", "Huawei release new-generation Ascend chip"),
        ("华为再度融资20亿美元，估值飙升至300亿", "Huawei once-more raise-funds US$2bn, valuation soar to 30bn"),
        ("中芯国际第三季度营收同比增长12%", "SMIC Q3 revenue year-on-year grow 12%"),
        ("国产大模型连续六周超越美国", "domestic large-model running six weeks surpass US"),
        ("算力板块午后涨停", "compute sector afternoon limit-up"),
        ("某公司裁员5000人", "a-certain company lay-off 5000 people"),
        ("字节跳动Seed2.0上线", "ByteDance Seed2.0 go-live"),
        ("顾圆圆确认离职", "Gu Yuanyuan confirm leave-job"),
        ("商务部：酷睿与亦庄", "Commerce Ministry: Core and Yizhuang"),
    ],
)
def test_chinese_is_told_in_english(title: str, gloss: str) -> None:
    """One short sense a word, names as they are known, particles left out."""
    assert GLOSSER.gloss(title, EN) == gloss


@pytest.mark.parametrize(
    ("title", "gloss"),
    [
        ("Huawei executive credits bans for accelerating chip independence", "华为 高管 归功于 禁令 为 加速 芯片 独立"),
        ("Nvidia's chips are banned in China", "英伟达 芯片 被禁 在 中国"),
        ("DeepSeek raises $1.5 billion at a $30bn valuation", "DeepSeek 筹集 15 亿美元 在 300 亿美元 估值"),
        ("TSMC’s profit rises 40 percent", "台积电 利润 上涨 40%"),
        ("Alibaba, Tencent: a price war?", "阿里巴巴，腾讯：价格战？"),
        ("US lawmakers don’t trust YouTube", "美国 议员 不 信任 YouTube"),
        ("Firms' AI-powered tools: 'cheap' (and open)", "公司 AI 驱动 工具：“便宜”（和 开放）"),
    ],
)
def test_english_is_told_in_chinese(title: str, gloss: str) -> None:
    """The same in the other direction: articles and of are left out, forms are led back to their word."""
    assert GLOSSER.gloss(title, ZH) == gloss


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("2950亿", "295bn"),
        ("20 亿美元", "US$2bn"),
        ("1.5万亿元", "1.5tn yuan"),
        ("5万", "50,000"),
        ("500万台", "5m"),
        ("3.5亿港元", "HK$350m"),
        ("7-8亿美元", "US$700m–800m"),
        ("3倍", "3x"),
        ("12%", "12%"),
        ("5家", "5"),
        ("2026年6月8日", "8 June 2026"),
        ("6月", "June"),
        ("26日", "26th"),
        ("2027年", "2027"),
        ("3年", "3 years"),
        ("1年", "1 year"),
        ("6个月", "6 months"),
        ("第3季度", "Q3"),
        ("第二代", "2nd-generation"),
        ("三千亿元", "300bn yuan"),
        ("百亿美元", "US$10bn"),
        ("五轮", "five rounds"),
        ("10:40", "10:40"),
    ],
)
def test_numbers_and_units_are_converted(said: str, told: str) -> None:
    """As an English headline writes them."""
    assert GLOSSER.gloss(said, EN) == told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("$30bn", "300 亿美元"),
        ("US$1.5 billion", "15 亿美元"),
        ("HK$500M", "5 亿港元"),
        ("$4.2 trillion", "4.2 万亿美元"),
        ("300 million yuan", "3 亿元"),
        ("$100,000", "10 万美元"),
        ("40 per cent", "40%"),
        ("3x", "3 倍"),
        ("June 8", "6 月 8 日"),
        ("2027", "2027"),
        ("7B", "7B"),
        ("4GB", "4GB"),
        ("9to5", "9to5"),
        ("over 20,000", "超过 20,000"),
    ],
)
def test_numbers_are_converted_back(said: str, told: str) -> None:
    """As a Chinese headline writes them."""
    assert GLOSSER.gloss(said, ZH) == told


@pytest.mark.parametrize(("han", "value"), [("十", 10), ("二十五", 25), ("三百五十", 350), ("两千亿", 2 * 10**11)])
def test_chinese_numerals_have_their_value(han: str, value: int) -> None:
    """By place, with ten alone meaning one ten."""
    assert value_of(han) == value


@pytest.mark.parametrize(
    ("definitions", "sense"),
    [
        ("to raise funds", "raise-funds"),
        ("surname Gu", None),
        ("variant of 發布|发布[fa1 bu4]", None),
        ("CL:個|个[ge4]/chip", "chip"),
        ("(archaic) slave/servant", "servant"),
        ("used in 葡萄[pu2 tao5]", None),
        ("to urge sb to do sth", "urge-to-do"),
        ("a very long explanation of what this thing once was", None),
    ],
)
def test_one_short_sense_is_chosen(definitions: str, sense: str | None) -> None:
    """No surname, no variant, no measure word, nothing rare where a common sense stands beside it."""
    assert best(definitions) == sense


def test_what_is_unknown_stays() -> None:
    """It is shown as it is, and not counted as known."""
    assert GLOSSER.gloss("Zyxwvut buys chips", ZH) == "Zyxwvut 购买 芯片"
    assert GLOSSER.coverage("Zyxwvut buys chips", ZH) == (2, 3)
    assert GLOSSER.gloss("囧囝发布芯片", EN) == "囧囝 release chip"
    assert GLOSSER.coverage("囧囝发布芯片。", EN) == (2, 3)


def test_a_version_is_never_lost() -> None:
    """Where the shown name would drop the number that was said, the title's own words stay."""
    assert "910" in GLOSSER.gloss("Ascend 910C ships", ZH)
    assert "3.7" in GLOSSER.gloss("Qwen3.7 is out", ZH)


@LAWS
@given(TEXTS, st.sampled_from(Language))
def test_any_text_is_glossed(text: str, to: Language) -> None:
    """Nothing that a feed sends raises; what is known is at most what there is."""
    known, words = GLOSSER.coverage(text, to)

    assert "\n" not in GLOSSER.gloss(text, to)
    assert 0 <= known <= words


@LAWS
@given(AMOUNTS, st.sampled_from(sorted(SCALES_ZH)), st.sampled_from(["美元", "元", "", "%"]))
def test_every_number_keeps_its_value_in_english(amount: str, scale: str, unit: str) -> None:
    """However it is scaled."""
    gloss = GLOSSER.gloss(f"公司投入{amount}{scale}{unit}", EN)

    assert english_values(gloss) == [Decimal(amount) * SCALES_ZH[scale]]


@LAWS
@given(AMOUNTS, st.sampled_from(sorted(SCALES_EN)))
def test_every_number_keeps_its_value_in_chinese(amount: str, scale: str) -> None:
    """And back."""
    gloss = GLOSSER.gloss(f"Firm spends ${amount}{scale} on chips", ZH)

    assert chinese_values(gloss) == [Decimal(amount) * SCALES_EN[scale]]


@LAWS
@given(
    st.lists(st.sampled_from([each for each in LEXICON if each.zh and (each.exact or each.en)]), min_size=1, max_size=3)
)
def test_names_appear_in_their_order(entities: list[Entity]) -> None:
    """Every entity a Chinese title names stands in the gloss as it does alone, in the same order."""
    title = "，".join(entity.zh[0] for entity in entities)
    gloss = GLOSSER.gloss(title, EN)
    at = 0
    for mention in LEXICON.mentions(title):
        name = GLOSSER.gloss(title[mention.start : mention.end], EN)
        assert name in gloss[at:]
        at = gloss.index(name, at) + len(name)


@LAWS
@given(st.lists(st.sampled_from(["发布", "芯片", "公司", "上线", "涨停", "算力"]), min_size=1, max_size=6))
def test_words_keep_their_order(words: list[str]) -> None:
    """A gloss never turns a sentence round."""
    english = {
        "发布": "release",
        "芯片": "chip",
        "公司": "company",
        "上线": "go-live",
        "涨停": "limit-up",
        "算力": "compute",
    }

    assert GLOSSER.gloss(" ".join(words), EN) == " ".join(english[word] for word in words)


@given(st.dictionaries(st.text("abc中文", min_size=1, max_size=4), st.text("xyz", max_size=3), max_size=30))
def test_what_is_packed_is_found(pairs: dict[str, str]) -> None:
    """Every key, and nothing that is none."""
    packed = Packed(pairs)

    assert {key: packed.get(key) for key in pairs} == pairs
    assert dict(packed) == pairs
    assert packed.get("zz") is None
    assert packed.get("") is None


def test_the_dictionary_is_read_when_it_is_needed() -> None:
    """The bot starts without it."""
    fresh = Glosser.load(LEXICON)

    assert "cedict" not in vars(fresh)
    fresh.gloss("芯片", EN)
    assert "cedict" in vars(fresh)


def test_the_dictionary_can_be_read_beforehand() -> None:
    """So that no gloss halts a bot that others wait for."""
    fresh = Glosser.load(LEXICON)

    fresh.ready()

    assert "_turned" in vars(vars(fresh)["cedict"])


def test_the_dictionary_is_small() -> None:
    """Both directions packed take less than 20 MB."""
    words = Cedict.load(())
    words.chinese("chip")

    assert words.size < 20 * 2**20


def test_a_missing_dictionary_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the package to install."""
    monkeypatch.setattr(cedict, "_FILE", ("no_such_package_here", "x.gz"))

    with pytest.raises(SettingsError, match="no_such_package_here"):
        Cedict.load(())


def test_a_wrong_word_list_is_told_by_its_line(tmp_path: Path) -> None:
    """A key that the file does not know."""
    wrong = tmp_path / "gloss.yaml"
    wrong.write_text("english: {}\nenglich: {}\n", "utf-8")

    with pytest.raises(SettingsError, match="line"):
        Words.load(wrong)


def english_values(gloss: str) -> list[Decimal]:
    scales = {"tn": 10**12, "bn": 10**9, "m": 10**6, "": 1}
    found = re.findall(r"(\d[\d,]*(?:\.\d+)?)(tn|bn|m)?", gloss)
    return [Decimal(number.replace(",", "")) * scales[scale] for number, scale in found]


def chinese_values(gloss: str) -> list[Decimal]:
    found = re.findall(r"(\d[\d,]*(?:\.\d+)?) ?(万亿|亿|万)?", gloss)
    return [Decimal(number.replace(",", "")) * SCALES_ZH[scale] for number, scale in found]
