"""What happens in a headline, of a few kinds told by their words in both languages: earnings, a launch, a lawsuit."""

import re

_WORDS = {
    "earnings": r"财报|业绩|营收|净利|利润|季度|earnings|revenue|quarter|profit|results|\bq[1-4]\b",
    "funding": r"融资|募资|领投|raise[sd]?\b|raising|funding|round|valuation|估值|financing|债",
    "listing": r"\bipo\b|上市|招股|listing|过会|上会",
    "launch": r"发布|推出|上线|亮相|首发|launch|unveil|release|announc|introduc|debut|reveal|开源|open[- ]source",
    "shares": r"股价|股票|涨停|跌|涨|市值|shares?\b|stocks?\b|rally|slump|plunge|surge|tumbl|soar|股市",
    "takeover": r"收购|并购|acqui|buyout|takeover",
    "partnership": r"合作|携手|联手|伙伴|partner|team up|pact|collaborat|agreement|协议",
    "ban": r"禁令|出口管制|制裁|限制|禁止|\bban|export|curb|restrict|sanction|blacklist|实体清单|黑名单",
    "lawsuit": r"起诉|诉讼|lawsuit|sue[sd]?\b|court|法院|侵权|probe|调查|antitrust",
    "price": r"降价|涨价|价格|pric|discount|优惠|元起|售价",
    "people": r"离职|加入|任命|辞|跳槽|裁员|joins?\b|leav|resign|appoint|hire|layoff|cut .*jobs|首席",
    "words": r"表示|称|回应|认为|谈|采访|says?\b|said|responds?|interview|warn",
    "plan": r"拟|计划|将|据悉|消息称|sources|plans?\b|consider|to build|准备|考虑",
    "building": r"工厂|建厂|投资|数据中心|产能|量产|fab\b|plant|factory|data ?cent|invest|build",
    "ranking": r"登顶|榜|超越|跑分|benchmark|beats?\b|rank|第一|刷新|arena",
    "labour": r"罢工|工会|奖金|strike|union|bonus",
}
_PATTERNS = {kind: re.compile(words) for kind, words in _WORDS.items()}

KINDS = tuple(_WORDS)


def actions(folded: str) -> frozenset[str]:
    """The kinds of action that a folded text speaks of."""
    return frozenset(kind for kind, pattern in _PATTERNS.items() if pattern.search(folded))
