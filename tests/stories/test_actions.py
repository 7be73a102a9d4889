import pytest

from bot.stories.actions import KINDS, actions
from bot.text import fold


@pytest.mark.parametrize(
    ("kind", "english", "chinese"),
    [
        ("earnings", "Quarterly revenue beats estimates", "公司公布季度业绩"),
        ("funding", "Start-up raises a new round", "初创公司完成新一轮融资"),
        ("listing", "Chip maker files for an IPO", "芯片企业招股"),
        ("launch", "A lab unveils an open model", "实验室发布新模型"),
        ("shares", "Shares surge on the news", "消息传出后股价涨停"),
        ("takeover", "A buyout of a rival", "收购竞争对手"),
        ("partnership", "Two makers team up", "两家厂商携手"),
        ("ban", "New export curbs", "新的出口管制"),
        ("lawsuit", "A maker sues its rival", "厂商起诉对手"),
        ("price", "A discount on phones", "手机降价"),
        ("people", "The head of research leaves", "研究负责人离职"),
        ("words", "The chief executive says so", "首席执行官表示"),
        ("plan", "A maker plans a line", "厂商计划新产线"),
        ("building", "A new factory", "新建工厂"),
        ("ranking", "It beats all benchmarks", "登顶榜首"),
        ("labour", "The union calls a strike", "工会宣布罢工"),
    ],
)
def test_both_languages_tell_the_same_kind(kind: str, english: str, chinese: str) -> None:
    """What happens is told by its words in English and in Chinese alike."""
    assert kind in actions(fold(english))
    assert kind in actions(fold(chinese))


def test_every_kind_has_a_case() -> None:
    """A headline without any says nothing, and the kinds are those of the table above."""
    assert actions("a quiet garden in kyoto") == frozenset()
    assert len(KINDS) == 16
    assert len(set(KINDS)) == 16
