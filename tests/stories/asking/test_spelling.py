from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Language
from bot.store.names import AddedName
from bot.stories.asking.letters import Neighbours, are_doubled, are_swapped, distance
from bot.stories.asking.spelling import Speller, nearest_names
from bot.stories.entities import Lexicon
from bot.stories.wordbook.cedict import Cedict
from tests import bundled


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return bundled.lexicon()


@pytest.fixture(scope="module")
def cedict() -> Cedict:
    return Cedict.load(frozenset())


@pytest.fixture(scope="module")
def speller(lexicon: Lexicon, cedict: Cedict) -> Speller:
    return Speller.load(lexicon, cedict)


def having(*words: str) -> Callable[[str], bool]:
    """An archive that has these words in many articles."""
    return frozenset(words).__contains__


NOTHING = having()

TYPOS = {
    "alibaba": "alibba allibaba alibabba",
    "amazon": "amazno amzon",
    "anthropic": "antropic anthropick antrhopic",
    "apple": "appel",
    "ascend": "ascned",
    "asml": "amsl asmll",
    "baidu": "biadu baidoo,",
    "biren": "biran",
    "broadcom": "broadcomm brodcom",
    "byd": "比压迪",
    "bytedance": "bytdance bytedence byte_dance",
    "cambricon": "cambrican cambircon canbricon 寒武记 寒武季",
    "chatgpt": "chatgtp",
    "codex": "codxe",
    "cxmt": "cmxt",
    "deepseek": "deep_seek deepseak deepsek depseek 深度求锁 deep-seek deep_seak",
    "foxconn": "foxcon foxxconn",
    "gemini": "geminni gemnini",
    "google": "gogle googel",
    "hikvision": "hikvison",
    "horizon-robotics": "horizon_robotcs",
    "hua-hong": "hua_hongg",
    "huawei": "hauwei huawie huwaei hua_wei",
    "hygon": "hygonn",
    "iflytek": "iflytec 科大迅飞",
    "intel": "intell",
    "jensen-huang": "jensen_hwang",
    "kimi": "kimmi",
    "liang-wenfeng": "liang_wenfng",
    "loongson": "loongsn longsoon",
    "mediatek": "mediatec 联法科",
    "micron": "micorn",
    "microsoft": "microsft mircosoft",
    "minimax": "mini_max minmax",
    "mistral": "mistal",
    "moonshot": "moon_shot moonshoot",
    "moore-threads": "moore_threds moor_threads, 摩尔线成",
    "naura": "北方华床",
    "nvidia": "nvdia nvidea nvida 英韦达",
    "openai": "opnai opeani openia",
    "perplexity": "perplexty",
    "qualcomm": "qualcom qualcomn",
    "qwen": "quen qwne",
    "ren-zhengfei": "ren_zhengfe",
    "sam-altman": "sam_altmann",
    "samsung": "samsumg samsng",
    "sk-hynix": "sk_hynx sk_hinix",
    "smic": "simc 中心国际",
    "stepfun": "step_fun",
    "tencent": "tencet tencnet",
    "tsmc": "TMSC tscm tssmc 台机电",
    "unitree": "unitre unitee 宇术科技",
    "xiaomi": "xaiomi xioami",
    "zhipu": "zhipuu zhpiu 智普华章",
}
"""Who is meant, and how it was typed; an underline is a blank, a comma says that nobody is seen in it."""
MEANT = [
    (said.replace("_", " "), entity) for entity, typed in TYPOS.items() for said in typed.split() if said[-1] != ","
]
UNSEEN = [said[:-1].replace("_", " ") for typed in TYPOS.values() for said in typed.split() if said[-1] == ","]


@pytest.mark.parametrize(("said", "entity"), MEANT)
def test_a_misspelt_name_is_understood(speller: Speller, said: str, entity: str) -> None:
    """Letters wrong, missing, doubled or changed places, words joined or parted, characters that sound the same."""
    (guess,) = speller.guesses(said, NOTHING)

    assert (guess.entity_id, guess.certain) == (entity, True)
    assert (guess.start, guess.end, guess.said) == (0, len(said), said.lower())


@pytest.mark.parametrize("said", UNSEEN)
def test_what_is_too_far_is_left_alone(speller: Speller, said: str) -> None:
    """A slip too many, or parts that are words and no name together."""
    assert speller.guesses(said, NOTHING) == ()


WORDS = (
    "market memory model models agent agents chip chips chipmaker price prices export exports control controls ban "
    "bans tariff tariffs robot robots humanoid startup funding training inference server servers data center power "
    "energy supply demand earnings revenue profit shares stock listing lawsuit patent talent student research paper "
    "video image voice open source release launch update attack breach policy minister security national factory plant "
    "wafers foundry lithography packaging memory storage phone phones laptop tablet watch glasses car cars "
    "battery vision mission tension pension version station nation motion action intern alphabets meter matter mete "
    "better army arms farm harm alarm charm vendor kim kin king moon shot step sea seek deep mini max micro macro"
).split()
NAMES = (
    "micron arm intel amd nvidia tsmc smic huawei apple meta google oracle tesla qwen kimi deepseek unitree cambricon "
    "h20 h200 b30a gpt-5.5 qwen3.7 hbm dram nand euv duv 5nm openai anthropic"
).split()
PHRASES = (
    "open air|deep sea|deep learning|open source model|the army|apple pie recipe|mini golf|step by step|big fun|"
    "supply chain|data centre|ai model|by ai|to all|as my|after a|in ad|do not|is an|ai chip|moore law|"
    "人工智能|利用人工智能|数据中心|新能源汽车|智能的未来|开源模型|科技公司|联合创始人|富国银行|对冲基金|行政命令|"
    "中东局势|成立五年|数字分身|美光 财报|芯片出口管制|存储芯片涨价|人形机器人"
).split("|")


@pytest.mark.parametrize("said", [*dict.fromkeys(WORDS), *NAMES, *PHRASES])
def test_a_word_or_a_right_name_is_no_typo(speller: Speller, said: str) -> None:
    """Ordinary words alone or beside each other, and names that are right as they stand."""
    assert speller.guesses(said, NOTHING) == ()


def test_a_word_of_the_archive_may_be_meant_as_it_stands(speller: Speller) -> None:
    """Then the name is one more way to read it."""
    (guess,) = speller.guesses("neura robots", having("neura"))

    assert (guess.entity_id, guess.certain) == ("naura", False)


def test_a_letter_once_instead_of_twice_is_possible_even_in_a_word(speller: Speller) -> None:
    """A marvel is a word, and may be Marvell."""
    (guess,) = speller.guesses("marvel chips", NOTHING)

    assert (guess.said, guess.entity_id, guess.certain) == ("marvel", "marvell", False)


def test_sounds_that_the_archive_has_may_be_meant(speller: Speller) -> None:
    """中心国际 may be some international centre, where many articles say so."""
    (guess,) = speller.guesses("中心国际", having("中心国际"))

    assert (guess.entity_id, guess.certain) == ("smic", False)


def test_a_wrong_character_that_sounds_otherwise_is_a_possibility(speller: Speller) -> None:
    """Where the whole run is a maker's name but for one character, and no word."""
    (guess,) = speller.guesses("寒武己 寒武幻", NOTHING)[1:]

    assert (guess.said, guess.entity_id, guess.certain) == ("寒武幻", "cambricon", False)


def test_several_typos_stand_in_their_places(speller: Speller) -> None:
    """In order, beside right names and other words; the places are those of the folded text."""
    said = "Hauwei 和 台机电 compete with deep seek, Micron and nvdia"

    guesses = speller.guesses(said, NOTHING)

    assert [guess.entity_id for guess in guesses] == ["huawei", "tsmc", "deepseek", "nvidia"]
    assert [said[guess.start : guess.end] for guess in guesses] == ["Hauwei", "台机电", "deep seek", "nvdia"]


def test_a_servers_own_name_is_no_typo(lexicon: Lexicon, speller: Speller) -> None:
    """What a server added is known, however near it lies to another name."""
    added = AddedName(id=1, entity="neura", kind="company", name="Neura", language=Language.EN)

    grown = speller.knowing(lexicon.with_added([added]))

    assert grown.guesses("neura", NOTHING) == ()
    assert [guess.entity_id for guess in grown.guesses("neurra", NOTHING)] == ["neura"]


@given(st.text(max_size=60))
def test_any_text_can_be_looked_at(speller: Speller, text: str) -> None:
    """Nothing breaks it, guesses stand in order and do not overlap."""
    guesses = speller.guesses(text, NOTHING)

    assert all(one.end <= other.start for one, other in pairwise(guesses))


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("huawai", ["Huawei"]),
        ("TMSC", ["TSMC"]),
        ("deepseak", ["DeepSeek"]),
        ("寒武记", ["寒武纪"]),
        ("sk hynx", ["SK Hynix"]),
        ("xyzzyplugh", []),
        ("华", []),
        ("", []),
    ],
)
def test_the_names_near_one_are_shown(lexicon: Lexicon, typed: str, names: list[str]) -> None:
    """The nearest first; nothing is near to what is like no name."""
    assert nearest_names(typed, lexicon, 3)[: len(names) or None] == names


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("", "", 0), ("a", "", 1), ("tsmc", "tmsc", 1), ("kitten", "sitting", 3), ("ca", "abc", 3), ("abc", "abc", 0)],
)
def test_the_distance_counts_slips(one: str, other: str, apart: int) -> None:
    """Letters wrong, missing, too many, or changed places with their neighbour."""
    assert distance(one, other, 9) == distance(other, one, 9) == apart
    assert distance(one, other, max(0, apart - 1)) == apart


def test_slips_of_two_kinds_are_told() -> None:
    """Two letters in the wrong order, and one too often."""
    assert are_swapped("tmsc", "tsmc")
    assert not are_swapped("cmst", "tsmc")
    assert are_doubled("marvel", "marvell")
    assert not are_doubled("marvel", "marvelx")


@given(st.lists(st.text("abcd", max_size=6), max_size=20), st.text("abcd", max_size=6), st.integers(0, 2))
def test_the_neighbours_are_all_that_are_near(names: list[str], said: str, most: int) -> None:
    """What is ruled out by length and letters would have been too far anyway."""
    near = {name for _, name in Neighbours(names).of(said, most)}

    assert near == {name for name in names if distance(said, name, most) <= most}
