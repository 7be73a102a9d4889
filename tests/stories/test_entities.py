from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.stories.entities import Entity, Lexicon


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load()


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


@pytest.mark.parametrize(
    "text",
    [
        "Surgeons reattach an arm",
        "A robotic arm from Robot Arm Works",
        "A meta-analysis of Trials",
        "Meta-Analysis: what helps",
        "My apple pie",
        "Apple Pie in the sky",
        "Good intel from Kyiv",
        "A moonshot for cancer in Ohio",
        "Do you grok it, Bob?",
        "三星堆遗址",
        "小米粥养胃",
        "米其林三星",
        "高通胀来了",
        "16字节的程序",
        "东京东部",
        "其中芯片最贵",
        "Claude Monet in London",
        "令人联想到",
    ],
)
def test_look_alikes_are_left_alone(lexicon: Lexicon, text: str) -> None:
    """The limb, the fruit, the grain and the statistics are not companies."""
    assert lexicon.find(text) == ()


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
        if lexicon.find(name) != (entity.id,)
    ]

    assert astray == []


def test_the_list_is_sound(lexicon: Lexicon) -> None:
    """Ids are unique, parents exist, each has a name, and the field is covered."""
    entities = list(lexicon)
    ids = [entity.id for entity in entities]

    assert len(ids) == len(set(ids)) >= 250
    assert all(entity.parent is None or entity.parent in ids for entity in entities)
    assert all(entity.name for entity in entities)


def test_an_entity_tells_its_names(lexicon: Lexicon) -> None:
    """Search asks for every name of an entity in both languages."""
    huawei = lexicon.get("huawei")

    assert huawei == Entity(id="huawei", kind="company", en=("Huawei",), zh=("华为", "华为技术"), china=True)
    assert (huawei.name, lexicon.get("arm").name) == ("Huawei", "Arm")
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
