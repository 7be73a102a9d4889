from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.stories.meanings import Concept, Meanings, blanked
from bot.stories.thesaurus import Entry, Near, Thesaurus
from bot.stories.wordbook.cedict import Cedict
from bot.text import fold
from tests import bundled

NAMES = {"huawei", "seed"}
CONCEPTS = (
    Concept(id="shortage", en=("shortage",), zh=("短缺",)),
    Concept(id="price-rise", en=("price rise",), zh=("涨价",)),
    Concept(id="seed", en=("seed round",), zh=("种子轮",)),
)


class Reader:
    """The bundled thesaurus beside the words and names it is asked with."""

    def __init__(self) -> None:
        self.lexicon = bundled.lexicon()
        self.meanings = bundled.meanings()
        self.thesaurus = bundled.thesaurus()

    def near(self, query: str) -> set[str]:
        """What the headlines that answer a query may say instead; entities have an @ before them."""
        folded, mentions = fold(query), self.lexicon.mentions(query)
        text = blanked(folded, [(mention.start, mention.end) for mention in mentions])
        names = [mention.id for mention in mentions]
        items = {*names, *self.meanings.read(text).said, *self.thesaurus.read(text)}
        return {f"@{each.said}" if each.entity else each.said for item in items for each in self.thesaurus.near(item)}


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def small(*entries: Entry) -> Thesaurus:
    return Thesaurus(entries)


ENGLISH = [
    ("who bankrolls the labs", "#funding-round"),
    ("bankrolled by the state", "#subsidy"),
    ("taxpayers' money for chips", "#big-fund"),
    ("war chest", "#capex"),
    ("circular financing", "#bubble"),
    ("spending spree", "#capex"),
    ("day traders pile in", "#retail-investor"),
    ("stock picks", "#price-target"),
    ("cornerstone investors", "#ipo"),
    ("earnings season", "#outlook"),
    ("loss-making startups", "#loss"),
    ("debt binge", "#private-credit"),
    ("undercutting rivals", "#price-war"),
    ("involution", "#competition"),
    ("energy bills", "#electricity"),
    ("reshoring", "#fab-plant"),
    ("stockpiling before the ban", "#hoard"),
    ("raw materials", "#rare-earth"),
    ("magnets", "#export-controls"),
    ("glass fibre", "@t-glass"),
    ("integrated circuits", "#chip"),
    ("mature nodes", "#foundry"),
    ("chip war", "#export-controls"),
    ("indigenous technology", "#domestic-substitution"),
    ("memory crunch", "#price-rise"),
    ("automotive chips", "@nexperia"),
    ("power crunch", "#power-plant"),
    ("grid connection", "#data-centre"),
    ("fuel cells", "#power-plant"),
    ("hydropower", "#renewable"),
    ("groundwater", "#water-use"),
    ("nimby", "#local-opposition"),
    ("angry neighbours", "#protest"),
    ("pushback", "#local-opposition"),
    ("campaigners march", "#protest"),
    ("embarrassing gaffe", "#apologise"),
    ("birth rate", "#elderly"),
    ("brain drain", "#researcher"),
    ("returnees", "#join-company"),
    ("jumping ship", "#poach"),
    ("headhunters", "#salary"),
    ("pink slips", "#layoff"),
    ("labour market", "#unemployment"),
    ("job seekers", "#graduate"),
    ("sweatshop", "#worker"),
    ("industrial action", "#strike"),
    ("delivery riders", "#food-delivery"),
    ("lights-out factory", "#automation"),
    ("elder care", "#elderly"),
    ("beijing", "@mofcom"),
    ("washington", "@us-commerce"),
    ("white house", "#executive-order"),
    ("brussels", "@ai-act"),
    ("seoul", "#memory-chip"),
    ("hsinchu", "@tsmc"),
    ("gulf money", "#sovereign-fund"),
    ("southeast asia", "@malaysia"),
    ("spies", "#trade-secret"),
    ("bargaining chip", "#talks"),
    ("retaliation", "#sanction"),
    ("embargo", "#export-controls"),
    ("china hawks", "@moolenaar"),
    ("red tape", "#regulation"),
    ("censors", "#moderation"),
    ("dissidents", "#freedom-speech"),
    ("biometrics", "#surveillance"),
    ("child safety", "#minors"),
    ("identity theft", "#fraud"),
    ("extradition", "#raid-arrest"),
    ("legal battles", "#court-ruling"),
    ("fair use", "#copyright"),
    ("industrial espionage", "#trade-secret"),
    ("merger review", "@samr"),
    ("transshipment", "#smuggling"),
    ("chip smuggling", "#export-controls"),
    ("chip bans", "@h20"),
    ("dual-use", "#military"),
    ("doomers", "#existential-risk"),
    ("bug bounty", "#security-flaw"),
    ("leaderboard", "#ranking"),
    ("price war among model makers", "#price-cut"),
    ("coding agents", "@cursor"),
    ("open models", "#open-source"),
    ("consumer electronics", "#phone"),
    ("handset", "#foldable"),
    ("laptop", "#pc"),
    ("washing machine", "#smart-home"),
    ("playstation", "#game-console"),
    ("purges", "#corruption"),
    ("robotic lawn", "#home-family-robot"),
    ("taxi drivers", "#robotaxi"),
    ("commercial space", "#rocket-launch"),
    ("drone swarms", "#weapon"),
    ("entrance exam", "#student"),
    ("homework", "#education"),
    ("research grants", "#university"),
    ("surgery", "#medical"),
    ("new drugs", "#clinical-trial"),
    ("depressed users", "#mental-health"),
    ("superconductor", "#physics"),
    ("buildout", "#data-centre"),
    ("data centre", "#electricity"),
    ("retail traders", "#stock-market"),
    ("funding", "#valuation"),
    ("listing", "#ipo-approval"),
    ("lawsuit", "#settlement"),
]

CHINESE = [
    ("谁来出资", "#invest"),
    ("金主是谁", "#investor"),
    ("散户追高", "#stock-market"),
    ("普涨行情", "#surge"),
    ("获利了结", "#selloff"),
    ("赴港上市", "#ipo"),
    ("国家队进场", "#big-fund"),
    ("反内卷", "#price-war"),
    ("性价比", "#price-cut"),
    ("换帅", "#successor"),
    ("闹翻", "#lawsuit"),
    ("产业转移", "#supply-chain"),
    ("仿制", "#patent"),
    ("黑市", "#smuggling"),
    ("原材料", "#rare-earth"),
    ("玻纤", "#pcb"),
    ("集成电路", "#chipmaker"),
    ("成熟制程", "@smic"),
    ("缺芯", "#price-rise"),
    ("机房", "#server"),
    ("电荒", "#blackout"),
    ("特高压", "#electricity"),
    ("村民", "#local-opposition"),
    ("居民反对数据中心", "#protest"),
    ("示威者", "#protest"),
    ("跳槽", "#join-company"),
    ("海归", "#talent"),
    ("猎头", "#hiring"),
    ("找工作", "#unemployment"),
    ("抢饭碗", "#replace-humans"),
    ("血汗工厂", "#overtime"),
    ("劳资纠纷", "#strike"),
    ("骑手", "#food-delivery"),
    ("黑灯工厂", "#automation"),
    ("中东金主", "#sovereign-fund"),
    ("东南亚", "#go-overseas"),
    ("反制", "#tariff"),
    ("断供", "#export-controls"),
    ("鹰派", "#senator"),
    ("翻墙", "#freedom-speech"),
    ("防沉迷", "#minors"),
    ("冒充", "#deepfake"),
    ("打官司", "#lawsuit"),
    ("商业间谍", "#trade-secret"),
    ("海关查获", "#smuggling"),
    ("芯片走私", "#raid-arrest"),
    ("科技战", "#us-china-relations"),
    ("挖漏洞", "#cybersecurity"),
    ("网络战", "#hacker"),
    ("百模大战", "#price-war"),
    ("代码生成", "#coding"),
    ("消费电子", "#phone"),
    ("投影仪", "#tv"),
    ("车市", "#ev"),
    ("商业航天", "@landspace"),
    ("低轨卫星", "@starlink"),
    ("蜂群", "#drone"),
    ("军民融合", "#export-controls"),
    ("志愿填报", "#exam"),
    ("院士", "#university"),
    ("撤稿", "#paper-research"),
    ("看病", "#diagnosis"),
    ("抑郁", "#companion-ai"),
    ("新质生产力", "#policy"),
    ("地方政府", "#subsidy"),
    ("罢工", "#wage-talks"),
    ("价格战", "#price-cut"),
    ("短缺", "#price-rise"),
    ("裁员", "#unemployment"),
    ("稀土", "@rare-earth-controls"),
    ("光刻机", "@asml"),
    ("数据中心", "#local-opposition"),
    ("算力", "#gpu-rental"),
    ("人形机器人", "@unitree"),
    ("出口管制", "#smuggling"),
]


@pytest.mark.parametrize(("query", "near"), [*ENGLISH, *CHINESE])
def test_what_is_asked_for_is_also_said_otherwise(reader: Reader, query: str, near: str) -> None:
    """Who asks in ordinary words is led to what headlines say."""
    assert near in reader.near(query)


@pytest.mark.parametrize(
    ("query", "near"),
    [("price rise", "#shortage"), ("涨价", "#shortage"), ("shortage", "#price-rise")],
)
def test_some_neighbours_are_mutual(reader: Reader, query: str, near: str) -> None:
    """Each was written down for itself."""
    assert near in reader.near(query)


def test_neighbours_go_one_way(reader: Reader) -> None:
    """Who asks about exams is glad of mathematics; who asks about mathematics is not led to every school."""
    assert Near("#math") in reader.thesaurus.near("#exam")
    assert Near("#exam") not in reader.thesaurus.near("#math")


def test_the_bundled_file_is_whole(reader: Reader) -> None:
    """Most concepts have neighbours, and there are words of both languages."""
    phrases = reader.thesaurus.phrases
    with_neighbours = [concept for concept in reader.meanings.concepts if reader.thesaurus.near(concept)]

    assert len(with_neighbours) > 800
    assert sum(phrase.isascii() for phrase in phrases) > 1000
    assert sum(not phrase.isascii() for phrase in phrases) > 1000


def test_no_word_of_the_bundled_file_is_hidden_by_a_name(reader: Reader) -> None:
    """Names are read first, so a word that holds one would never be met."""
    assert [phrase for phrase in reader.thesaurus.phrases if not phrase.isascii() and reader.lexicon.find(phrase)] == []


def test_a_neighbour_is_a_concept_or_an_entity() -> None:
    """The answer comes in the form in which the rest of the program says them, the nearest first."""
    thesaurus = small(Entry(id="shortage", near=("price-rise", "entity/huawei")))

    assert thesaurus.near("#shortage") == (Near("#price-rise"), Near("huawei", entity=True))
    assert thesaurus.near("#price-rise") == ()
    assert thesaurus.near("shortage") == ()


def test_a_name_that_is_a_concepts_word_is_one_with_it() -> None:
    """Names are read first, so a headline says the name where it means the concept."""
    thesaurus = small(
        Entry(id="shortage", near=("seed", "price-rise")),
        Entry(id="seed", same=("entity/seed",), near=("shortage",)),
        Entry(id="entity/seed", near=("entity/huawei",)),
        Entry(zh=("荒废",), near=("seed",)),
    )

    assert thesaurus.near("#seed") == (Near("seed", entity=True, same=True), Near("#shortage"), Near("huawei", True))
    assert thesaurus.near("seed") == (Near("#seed", same=True), Near("huawei", entity=True), Near("#shortage"))
    assert thesaurus.near("#shortage") == (Near("#seed"), Near("seed", entity=True), Near("#price-rise"))
    assert thesaurus.near("荒废") == (Near("#seed"), Near("seed", entity=True))


def test_a_twin_without_a_line_has_the_concepts_neighbours() -> None:
    """They are one."""
    thesaurus = small(Entry(id="seed", same=("entity/seed",), near=("shortage",)))

    assert thesaurus.near("seed") == (Near("#seed", same=True), Near("#shortage"))


def test_an_entity_has_neighbours_too() -> None:
    """A concept of the same id is another thing."""
    thesaurus = small(Entry(id="entity/seed", near=("shortage",)), Entry(id="seed", near=("price-rise",)))

    assert thesaurus.near("seed") == (Near("#shortage"),)
    assert thesaurus.near("#seed") == (Near("#price-rise"),)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("bankrolls", ("bankroll",)),
        ("who bankrolled it", ("bankroll",)),
        ("a war chest", ("war chest",)),
        ("purges and a purge", ("purg", "purge")),
        ("allies of an ally", ("ally",)),
        ("wealthies and worthies", ("worth",)),
        ("war-chests", ("war chest",)),
        ("the war on chests", ("war",)),
        ("chest, war", ("war",)),
        ("出资方", ("出资方",)),
        ("谁在出资", ("出资",)),
        ("出資", ("出资",)),
        ("bankroll 出资 bankroll", ("bankroll", "出资")),
        ("", ()),
        ("nothing", ()),
    ],
)
def test_the_longest_phrase_is_read(text: str, found: tuple[str, ...]) -> None:
    """Endings and characters make no difference, a phrase goes before its words, and each is found once."""
    thesaurus = small(
        Entry(
            en=("bankroll", "war", "war chest", "purge", "ally", "worthy"), zh=("出资", "出资方"), near=("shortage",)
        ),
    )

    assert thesaurus.read(fold(text)) == found
    assert all(thesaurus.near(word) for word in found)


@pytest.mark.parametrize("word", ["shortages", "phones", "companies", "acquired", "price hikes"])
def test_a_concepts_word_with_an_ending_is_one_with_it(reader: Reader, word: str) -> None:
    """Where the ending takes an e or a y with it, Meanings does not know the word again."""
    (said,) = reader.thesaurus.read(word)
    first = reader.thesaurus.near(said)[0]

    assert (first.said in reader.meanings.concepts, first.same) == (True, True)


def test_nothing_is_read_with_an_empty_thesaurus() -> None:
    """No phrase is the longest."""
    assert small().read("war chest 出资") == ()
    assert small().phrases == frozenset()


@pytest.mark.parametrize(
    ("lines", "line", "why"),
    [
        ("- {id: shortage, near: [price-rise]}\n- {id: scarcity, near: [shortage]}\n", 2, "scarcity is no concept"),
        ("- {id: shortage, near: [dearth]}\n", 1, "dearth is no concept and no entity"),
        ("- {id: shortage, near: [huawei]}\n", 1, "entity/id"),
        ("- {id: shortage, near: [entity/price-rise]}\n", 1, "entity/price-rise is no concept"),
        ("- {id: shortage, near: [shortage]}\n", 1, "shortage stands here twice"),
        ("- {id: shortage, near: [price-rise, price-rise]}\n", 1, "price-rise stands here twice"),
        ("- {id: shortage, near: []}\n", 1, "near"),
        ("- {id: shortage}\n", 1, "near: is missing"),
        ("- {id: shortage, near: [price-rise]}\n\n- {id: shortage, near: [seed]}\n", 3, "has an entry already"),
        ("- {id: seed, same: [shortage], near: [price-rise]}\n", 1, "shortage must be an entity"),
        ("- {zh: [荒废], same: [entity/seed], near: [seed]}\n", 1, "seed must be an entity and stand with a concept"),
        ("- {id: seed, same: [entity/sapling], near: [shortage]}\n", 1, "entity/sapling is no concept"),
        ("- {id: seed, same: [entity/seed], near: [entity/seed]}\n", 1, "entity/seed stands here twice"),
        (
            "- {id: seed, near: [shortage], same: [entity/seed]}\n- {id: shortage, near: [seed], same: [entity/seed]}",
            2,
            "same: entity/seed has an entry already",
        ),
        ("- {near: [price-rise]}\n", 1, "never both"),
        ("- {id: shortage, en: [lack], near: [price-rise]}\n", 1, "never both"),
        ("- {en: [lack], near: [shortage]}\n- {en: [lacks], near: [price-rise]}\n", 2, "lacks has an entry already"),
        ("- {zh: [荒废], near: [shortage]}\n- {zh: [荒廢], near: [price-rise]}\n", 2, "荒廢 has an entry already"),
        ("- {en: [price-rise], near: [seed]}\n", 1, "price-rise is in the concept price-rise already"),
        ("- {zh: [短缺], near: [price-rise]}\n", 1, "短缺 is in the concept shortage already"),
        ("- {en: [huawei], near: [price-rise]}\n", 1, "huawei is the id of an entity"),
        ("- {en: [5g phone], near: [price-rise]}\n", 1, "5g phone is not read as English"),
        ("- {zh: [缺], near: [price-rise]}\n", 1, "缺 is not read as Chinese"),
        ("- {zh: [ai手机], near: [price-rise]}\n", 1, "is not read as Chinese"),
        ("- {id: shortage, nearby: [price-rise]}\n", 1, "nearby|near"),
        (f"- {{id: shortage, near: [{', '.join(['seed'] * 11)}]}}\n", 1, "near"),
    ],
)
def test_what_is_wrong_is_named_by_its_line(tmp_path: Path, lines: str, line: int, why: str) -> None:
    """An id that nobody knows, a word twice, a word of a concept, or one that could never be read."""
    path = tmp_path / "thesaurus.yaml"
    path.write_text(lines, "utf-8")

    with pytest.raises(SettingsError, match=why) as caught:
        Thesaurus.load(Meanings(CONCEPTS, Cedict([], ())), NAMES, path)

    assert f"line {line}:" in str(caught.value)


def test_a_word_may_be_written_with_all_its_endings(tmp_path: Path) -> None:
    """Within one entry they are one."""
    path = tmp_path / "thesaurus.yaml"
    path.write_text("- {en: [lack, lacks, lacked], zh: [匮乏, 匱乏], near: [shortage]}\n", "utf-8")

    thesaurus = Thesaurus.load(Meanings(CONCEPTS, Cedict([], ())), NAMES, path)

    assert thesaurus.phrases >= {"lack", "匮乏"}
    assert not thesaurus.phrases & {"lacks", "lacked", "匱乏"}
