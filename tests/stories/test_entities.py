import re
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.model import Language
from bot.store.names import AddedName
from bot.stories.entities import KINDS, Entity, Lexicon
from bot.text import fold, is_chinese, traditional
from tests import bundled


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return bundled.lexicon()


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Huawei asks TSMC", ("huawei", "tsmc")),
        ("华为、台积电", ("huawei", "tsmc")),
        ("華為與台積電", ("huawei", "tsmc")),
        ("ＨＵＡＷＥＩ 和 ＴＳＭＣ", ("huawei", "tsmc")),
        ("ＡＲＭ and Ｍｅｔａ", ("arm", "meta")),
        ("台積電、聯電、聯發科、輝達、超微、三星", ("tsmc", "umc", "mediatek", "nvidia", "amd", "samsung")),
        ("英偉達 = 英伟达 = NVIDIA", ("nvidia",)),
        ("TSMC and 台积电 and TSMC", ("tsmc",)),
    ],
)
def test_names_are_found_in_either_script(lexicon: Lexicon, text: str, ids: tuple[str, ...]) -> None:
    """English, simplified, traditional and full-width names mean one entity, told once, in the order said."""
    assert lexicon.find(text) == ids


def test_every_mention_has_its_place(lexicon: Lexicon) -> None:
    """Counted in the folded text, in order, each time a name is said."""
    mentions = lexicon.mentions("華為 and TSMC; Huawei")

    assert [(each.id, each.start, each.end) for each in mentions] == [
        *(("huawei", 0, 2), ("tsmc", 7, 11)),
        ("huawei", 13, 19),
    ]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("huawei's phone", ("huawei",)),
        ("tsmcx", ()),
        ("xtsmc", ()),
        ("华为Mate", ("huawei",)),
        ("TSMC产能", ("tsmc",)),
        ("买TSMC的", ("tsmc",)),
        ("Qwen3.7-Plus", ("qwen",)),
        ("GPT-5.5, GPT 5.5 and GPT5.5", ("gpt",)),
        ("SK Hynix, SK hynix, SKHynix", ("sk-hynix",)),
        ("an H20 is no H200", ("h20", "h200")),
        ("H20s for sale", ("h20",)),
        ("H2000", ()),
        ("NVDA slips", ("nvidia",)),
        ("the nvda file of A Screen Reader", ()),
    ],
)
def test_english_names_end_at_their_edge(lexicon: Lexicon, text: str, ids: tuple[str, ...]) -> None:
    """A name is not found inside a longer word, yet may touch Chinese, a version or a plural."""
    assert lexicon.find(text) == ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("华为云", ("huawei-cloud",)),
        ("华为", ("huawei",)),
        ("阿里云与阿里", ("alibaba-cloud", "alibaba")),
        ("京东方不是京东", ("boe", "jd")),
        ("王兴兴与王兴", ("wang-xingxing", "wang-xing")),
        ("美国商务部与商务部", ("us-commerce", "mofcom")),
        ("中芯国际", ("smic",)),
        ("Alibaba Cloud", ("alibaba-cloud",)),
        ("Arm China", ("arm-china",)),
    ],
)
def test_the_longest_name_wins(lexicon: Lexicon, text: str, ids: tuple[str, ...]) -> None:
    """A name that stands inside a longer known name is not told beside it."""
    assert lexicon.find(text) == ids


LOOK_ALIKES = [
    ("某总统访华为期三天", "huawei", False),
    ("特朗普访华为芯片谈判铺路", "huawei", False),
    ("记者走访华为工厂", "huawei", True),
    ("Arm raises its outlook", "arm", True),
    ("ARM shares jump", "arm", True),
    ("Surgeons reattach an arm", "arm", False),
    ("A robotic arm from Robot Arm Works", "arm", False),
    ("Venture Arm of a bank", "arm", False),
    ("Meta trains a model", "meta", True),
    ("A meta-analysis of Trials", "meta", False),
    ("Meta-Analysis: what helps", "meta", False),
    ("Apple opens a shop", "apple", True),
    ("苹果发布新手机", "apple", True),
    ("苹果手机降价", "apple", True),
    ("My apple pie", "apple", False),
    ("Apple Pie in the sky", "apple", False),
    ("果农种苹果致富", "apple", False),
    ("苹果树开花", "apple", False),
    ("Amazon cuts prices", "amazon", True),
    ("Fires in the Amazon rainforest", "amazon", False),
    ("亚马逊雨林起火", "amazon", False),
    ("Oracle signs a lease", "oracle", True),
    ("甲骨文营收增长", "oracle", True),
    ("The Oracle of Omaha speaks", "oracle", False),
    ("An oracle spoke to Bob", "oracle", False),
    ("殷墟甲骨文展出", "oracle", False),
    ("Kimi adds a mode", "kimi", True),
    ("Kimi K2.6 is out", "kimi", True),
    ("Kimi Räikkönen wins", "kimi", False),
    ("Kimi Antonelli on pole", "kimi", False),
    ("Gemini writes mails", "gemini", True),
    ("Gemini horoscope for May", "gemini", False),
    ("Claude passes a test", "claude", True),
    ("Claude Monet in London", "claude", False),
    ("Jean-Claude returns", "claude", False),
    ("Cursor raises money", "cursor", True),
    ("The cursor blinks, says Bob", "cursor", False),
    ("Blackwell chips ship", "blackwell", True),
    ("Elizabeth Blackwell was a doctor", "blackwell", False),
    ("Nvidia shows Rubin", "rubin", True),
    ("Vera Rubin platform", "rubin", True),
    ("The Rubin Observatory opens", "rubin", False),
    ("Rubin sings in Paris", "rubin", False),
    ("Intel Gaudi 3 ships", "gaudi", True),
    ("Gaudi built in Barcelona", "gaudi", False),
    ("ByteDance Seed hires", "seed", True),
    ("ByteDance's Seed team", "seed", True),
    ("Seed banks in Norway", "seed", False),
    ("StepFun ships Step", "step-model", True),
    ("Step by step to a House", "step-model", False),
    ("Ant Group opens Ling", "ling-model", True),
    ("Ling from Hanoi", "ling-model", False),
    ("TSMC builds in Phoenix", "arizona", False),
    ("Arizona wants Phoenix to grow", "arizona", True),
    ("Phoenix rises from ashes", "arizona", False),
    ("Intel reports", "intel", True),
    ("Good intel from Bob", "intel", False),
    ("Moonshot raises money", "moonshot", True),
    ("A moonshot for cancer in Rome", "moonshot", False),
    ("Grok answers", "grok", True),
    ("Do you grok it, Bob?", "grok", False),
    ("models like these", "stella-li", False),
    ("小米发布汽车", "xiaomi", True),
    ("小米粥养胃", "xiaomi", False),
    ("黄小米丰收", "xiaomi", False),
    ("三星发布财报", "samsung", True),
    ("三星堆遗址", "samsung", False),
    ("米其林三星", "samsung", False),
    ("联想发布电脑", "lenovo", True),
    ("令人联想到", "lenovo", False),
    ("让人联想翩翩", "lenovo", False),
    ("高通发布芯片", "qualcomm", True),
    ("高通胀来了", "qualcomm", False),
    ("提高通行效率", "qualcomm", False),
    ("海光发布新品", "hygon", True),
    ("沿海光伏电站", "hygon", False),
    ("上海光学展", "hygon", False),
    ("地平线港股上涨", "horizon-robotics", True),
    ("太阳落到地平线下", "horizon-robotics", False),
    ("昆仑万维发布天工", "skywork", True),
    ("巧夺天工的手艺", "skywork", False),
    ("华为小艺升级", "celia", True),
    ("快手财报", "kuaishou", True),
    ("加快手续办理", "kuaishou", False),
    ("可灵发布新版", "kling", True),
    ("可灵活调整", "kling", False),
    ("字节发布模型", "bytedance", True),
    ("16字节的程序", "bytedance", False),
    ("智能体上线", "ai-agent", True),
    ("智能体验店开业", "ai-agent", False),
    ("大模型上线", "llm", True),
    ("扩大模型规模", "llm", False),
    ("费半指数大涨", "sox", True),
    ("消费半年报", "sox", False),
    ("道指收高", "dow", True),
    ("报道指出", "dow", False),
    ("台积扩产", "tsmc", True),
    ("平台积极扩张", "tsmc", False),
    ("台海局势", "taiwan-strait", True),
    ("平台海外扩张", "taiwan-strait", False),
    ("合肥投资", "hefei", True),
    ("复合肥涨价", "hefei", False),
    ("大连建厂", "dalian", True),
    ("大连锁店", "dalian", False),
    ("至强处理器", "xeon", True),
    ("甚至强迫", "xeon", False),
    ("蔚来李斌发言", "william-li", True),
    ("市民李斌获奖", "william-li", False),
    ("北约开会", "nato", True),
    ("湖北约两千家", "nato", False),
    ("思科财报", "cisco", True),
    ("新思科技财报", "cisco", False),
    ("其中芯片最贵", "smic", False),
    ("东京东部", "jd", False),
    ("京东方不是那家", "jd", False),
    ("奥特曼作证", "sam-altman", True),
    ("迪迦奥特曼重映", "sam-altman", False),
    ("库克卸任", "tim-cook", True),
    ("库克群岛旅行", "tim-cook", False),
    ("Tesla builds a robot", "tesla", True),
    ("Nikola Tesla was born", "tesla", False),
    ("Fed holds rates", "fed", True),
    ("Fed up with chatbots", "fed", False),
    ("GM cuts jobs", "gm", True),
    ("GM crops spread", "gm", False),
    ("Windows gets an agent", "windows", True),
    ("Longer Context Windows for all", "windows", False),
    ("Turkey builds a fab", "turkey", True),
    ("A turkey for Bob", "turkey", False),
    ("耐能发布芯片", "kneron", True),
    ("忍耐能力测试", "kneron", False),
    ("US rules", "us", True),
    ("tell us more, Bob", "us", False),
]


@pytest.mark.parametrize(("text", "entity", "is_meant"), LOOK_ALIKES, ids=[text for text, _, _ in LOOK_ALIKES])
def test_look_alikes_are_told_apart(lexicon: Lexicon, text: str, entity: str, is_meant: bool) -> None:
    """The limb, the fruit, the grain, the sign and the namesake are not the companies and people, which are found."""
    assert (entity in lexicon.find(text)) == is_meant


@pytest.mark.parametrize(
    ("typed", "ids"),
    [("arm", ("arm",)), ("meta apple", ("meta", "apple")), ("mu 财报", ("micron",)), ("robot arm", ())],
)
def test_a_text_without_capitals_was_typed(lexicon: Lexicon, typed: str, ids: tuple[str, ...]) -> None:
    """Nobody searches with the shift key, so that a query's arm is Arm."""
    assert lexicon.find(typed) == ids


def test_every_name_finds_its_entity(lexicon: Lexicon) -> None:
    """Each listed name leads to its own entity and to no other."""
    astray = [
        (entity.id, name, lexicon.find(name))
        for entity in lexicon
        for name in lexicon.names(entity.id)
        if name not in entity.beside and lexicon.find(name) != (entity.id,)
    ]

    assert astray == []


def test_the_list_is_sound(lexicon: Lexicon) -> None:
    """Ids are unique and plain, parents exist and make no circle, kinds are used, and the field is covered."""
    entities = list(lexicon)
    ids = [entity.id for entity in entities]

    assert len(ids) == len(set(ids)) >= 900
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", entity_id) for entity_id in ids)
    assert all(entity.parent is None or (entity.parent in ids and entity.parent != entity.id) for entity in entities)
    assert all(lexicon.get(lexicon.family(entity_id)).parent is None for entity_id in ids)
    assert {entity.kind for entity in entities} == set(KINDS)


def test_every_entity_has_names_in_both_languages(lexicon: Lexicon) -> None:
    """An English one always; a Chinese one, or the mark that Chinese texts write it in Latin letters, never both."""
    nameless = [entity.id for entity in lexicon if any(map(is_chinese, entity.name))]
    odd = [entity.id for entity in lexicon if bool(entity.chinese) == entity.latin]

    assert nameless == odd == []


def test_simplified_and_traditional_names_stand_where_they_belong(lexicon: Lexicon) -> None:
    """`zh` is simplified (but for characters that names keep); `tw` holds what Taiwan calls otherwise alone."""
    kept = str.maketrans("昇崑乾鋐錤", "升昆干𬭎𫓹")
    not_simplified = [name for entity in lexicon for name in entity.zh if fold(name) != name.casefold().translate(kept)]
    superfluous = [name for entity in lexicon for name in entity.tw if fold(name) in map(fold, entity.zh)]

    assert not_simplified == superfluous == []


@pytest.mark.parametrize(
    ("entity", "shown"),
    [
        ("nvidia", "輝達"),
        ("huawei", "華為"),
        ("mediatek", "聯發科"),
        ("qualcomm", "高通"),
        ("tsmc", "台積電"),
        ("hbm", "高頻寬記憶體"),
        ("zuckerberg", "祖克柏"),
    ],
)
def test_traditional_names_are_as_taiwan_says_them(lexicon: Lexicon, entity: str, shown: str) -> None:
    """Its own word where it has one, else the characters alone; each is found again."""
    assert lexicon.get(entity).traditional[0] == shown
    assert lexicon.find(shown) == (entity,)


def test_traditional_names_are_found_again(lexicon: Lexicon) -> None:
    """What is shown to a reader can be searched for."""
    astray = [
        name
        for entity in lexicon
        for name in entity.traditional
        if name not in map(traditional, entity.beside) and lexicon.find(name) != (entity.id,)
    ]

    assert astray == []


def test_an_entity_tells_its_names(lexicon: Lexicon) -> None:
    """Search asks for every name of an entity in both languages."""
    hisilicon = Entity(
        id="hisilicon", kind="company", en=("HiSilicon",), zh=("海思", "海思半导体"), parent="huawei", china=True
    )

    assert lexicon.get("hisilicon") == hisilicon
    assert (lexicon.get("huawei").name, lexicon.get("arm").name) == ("Huawei", "Arm")
    assert {"TSMC", "台积电"} <= set(lexicon.names("tsmc"))


@pytest.mark.parametrize(
    ("lines", "line", "says"),
    [
        (["- {id: a, kind: company, en: [A], colour: red}"], 1, "colour"),
        (["- {id: a, kind: company, en: [A]}", "- {id: b, kind: firm, en: [B]}"], 2, "kind"),
        (["- {kind: company, en: [A]}"], 1, "id"),
        (["- {id: a, kind: company, zh: 360}"], 1, "zh"),
        (["- {id: a, kind: company}"], 1, "needs a name"),
        (["- {id: a, kind: company, en: [A]}", "", "- {id: a, kind: company, en: [B]}"], 3, "taken by line 1"),
        (["- {id: a, kind: company, en: [Ab C]}", "- {id: b, kind: company, en: [AB-C]}"], 2, "is a name of a"),
        (["- {id: a, kind: company, en: [A], parent: z}"], 1, "there is no z"),
        (["- {id: a, kind: company, en: [A]}", "- {id: b, en: [B}"], 2, "not YAML"),
        (["id: a"], 1, "a list"),
        (["- huawei"], 1, "huawei"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, lines: list[str], line: int, says: str) -> None:
    """Whoever extends the list learns which file, line and key to mend."""
    path = tmp_path / "entities.yaml"
    path.write_text("\n".join(lines), "utf-8")

    with pytest.raises(SettingsError) as caught:
        Lexicon.load(path)

    assert f"{path}, line {line}: " in caught.value.sentence
    assert says in caught.value.sentence


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A list that is not there is a wrong setting, not a crash."""
    with pytest.raises(SettingsError, match=r"There is no .*nowhere\.yaml"):
        Lexicon.load(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("DeepSeek V4, DeepSeek-V4 and DeepSeekV4", ("deepseek",)),
        ("Qwen3.7-Max beats Qwen 3.5", ("qwen",)),
        ("GLM5.1", ("glm",)),
        ("GPT-7 turbo", ("gpt",)),
        ("GPTZero", ()),
        ("DeepSeekers", ()),
    ],
)
def test_a_version_may_follow_a_model(lexicon: Lexicon, text: str, ids: tuple[str, ...]) -> None:
    """So that next year's version is known today; a longer word is not one."""
    assert lexicon.find(text) == ids


def added(entity: str, name: str, language: Language = Language.ZH, kind: str = "company") -> AddedName:
    return AddedName(id=1, entity=entity, kind=kind, name=name, language=language)


def test_an_added_name_is_known_where_it_was_added(lexicon: Lexicon) -> None:
    """It finds its entity and belongs to it; the lexicon it was added to stays as it is."""
    larger = lexicon.with_added([added("huawei", "菊厂")])

    assert larger.find("菊廠發佈新機") == ("huawei",)
    assert "菊厂" in larger.names("huawei")
    assert (lexicon.find("菊厂发布新机"), "菊厂" in lexicon.names("huawei")) == ((), False)


def test_an_added_entity_is_made_of_its_names(lexicon: Lexicon) -> None:
    """In both languages, under its own id; a kind nobody knows is a company."""
    larger = lexicon.with_added(
        [added("acme", "Acme Chips", Language.EN, "planet"), added("acme", "艾克米芯片", kind="planet")]
    )

    assert larger.find("Acme Chips, 艾克米芯片") == ("acme",)
    assert larger.get("acme") == Entity(id="acme", kind="company", en=("Acme Chips",), zh=("艾克米芯片",))
    assert ("acme" in larger, "acme" in lexicon) == (True, False)


@pytest.mark.parametrize(
    ("name", "language", "text", "ids"),
    [
        ("Arm limb", Language.EN, "an arm limb", ("arm",)),
        ("arm", Language.EN, "An arm, says Bob", ("arm",)),
        ("Seed", Language.EN, "Seed money", ("arm",)),
        ("华为云南", Language.ZH, "华为云南分公司", ("arm",)),
        ("云", Language.ZH, "华为云", ("huawei-cloud",)),
        ("台积电", Language.ZH, "台积电", ("arm",)),
    ],
)
def test_an_added_name_counts_like_a_listed_one(
    lexicon: Lexicon, name: str, language: Language, text: str, ids: tuple[str, ...]
) -> None:
    """It needs no capitals and no family; the longest still wins, and of two equal ones the moderators'."""
    assert lexicon.with_added([added("arm", name, language)]).find(text) == ids


def test_the_same_names_make_the_same_lexicon(lexicon: Lexicon) -> None:
    """It is kept, so that a server's is made once; no names are the lexicon itself."""
    names = [added("huawei", "菊厂")]

    assert lexicon.with_added(names) is lexicon.with_added(tuple(names))
    assert lexicon.with_added([]) is lexicon


@pytest.mark.parametrize(("name", "owner"), [("華為", "huawei"), ("h u a-w e i", "huawei"), ("no such name", None)])
def test_whose_a_name_is_can_be_asked(lexicon: Lexicon, name: str, owner: str | None) -> None:
    """In any spelling: who adds a name learns whose it is already."""
    found = lexicon.owner(name)

    assert (found.id if found else None) == owner


@pytest.mark.parametrize(("entity", "family"), [("hisilicon", "huawei"), ("huawei", "huawei"), ("luo-fuli", "xiaomi")])
def test_a_family_is_to_whom_one_belongs_in_the_end(lexicon: Lexicon, entity: str, family: str) -> None:
    """A lab's researcher belongs to the company that owns the lab."""
    assert lexicon.family(entity) == family
