"""What is told to somebody whose query cannot be read: each sentence shows how to write it."""

from collections.abc import Mapping

from bot.errors import QueryError
from bot.model import Language

EN, ZH = Language.EN, Language.ZH

_LONGEST_QUOTED = 40

_SENTENCES: Mapping[str, Mapping[Language, str]] = {
    "empty": {
        EN: "There is nothing to look for: write a name or a few words, such as huawei tsmc.",
        ZH: "没有要找的内容：请写一个名称或几个词，例如 华为 台积电。",
    },
    "too-long": {
        EN: "The query is longer than {most} characters; a name or a few words are enough.",
        ZH: "查询超过 {most} 个字符；一个名称或几个词就够了。",
    },
    "too-many-words": {
        EN: "The query has more than {most} words; a name or a few words are enough.",
        ZH: "查询超过 {most} 个词；一个名称或几个词就够了。",
    },
    "too-many-unwanted": {
        EN: "The query leaves out more than {most} words; keep those that matter most, such as -stock.",
        ZH: "要排除的词超过 {most} 个；只留最要紧的，例如 -股价。",
    },
    "too-many-alternatives": {
        EN: "OR joins at most {most} words; leave some out, as in huawei OR smic OR cambricon.",
        ZH: "OR 最多连接 {most} 个词；请去掉一些，例如 华为 OR 中芯 OR 寒武纪。",
    },
    "or-between": {
        EN: "OR stands between two words, as in huawei OR smic; {typed} cannot be one of them.",
        ZH: "OR 只能放在两个词之间，例如 华为 OR 中芯；{typed} 不能这样用。",
    },
    "no-not": {
        EN: "NOT leaves nothing out; write a minus before the word, such as {right}.",
        ZH: "NOT 不能用来排除；请在词前写减号，例如 {right}。",
    },
    "no-operator": {
        EN: '"{typed}:" is no operator; write {right}.',
        ZH: "没有“{typed}:”这个写法；请写 {right}。",
    },
    "no-value": {
        EN: "{name}: needs something after it, such as {right}.",
        ZH: "{name}: 后面要有内容，例如 {right}。",
    },
    "no-minus": {
        EN: "A minus does not go with {name}:; write it without, such as {right}.",
        ZH: "{name}: 前面不能加减号；请写 {right}。",
    },
    "no-topic": {
        EN: 'There is no topic "{typed}"; write topic:{near}, or one of {others}.',
        ZH: "没有“{typed}”这个主题；请写 topic:{near}，或 {others} 之一。",
    },
    "no-language": {
        EN: 'lang: takes en or zh, such as lang:zh; "{typed}" is neither.',
        ZH: "lang: 后面写 en 或 zh，例如 lang:zh；“{typed}”不是。",
    },
    "no-language-left": {
        EN: "-lang: leaves no language to look in; write one alone, such as lang:zh.",
        ZH: "-lang: 排除了所有语言，无处可找；请只写一种，例如 lang:zh。",
    },
    "no-sort": {
        EN: 'sort: takes best or new, such as sort:new; "{typed}" is neither.',
        ZH: "sort: 后面写 best 或 new，例如 sort:new；“{typed}”不是。",
    },
    "no-date": {
        EN: '{name}: takes a date, such as {name}:2026-06-01, {name}:7d or {name}:"last friday"; "{typed}" is none.',
        ZH: "{name}: 后面写日期，例如 {name}:2026-06-01、{name}:7天 或 {name}:上周五；“{typed}”不是日期。",
    },
    "since-after-until": {
        EN: "since: lies after until:, so nothing can be found; write the earlier date behind since:.",
        ZH: "since: 晚于 until:，不会有结果；请把较早的日期写在 since: 后面。",
    },
    "no-source": {
        EN: 'There is no newsroom "{typed}" here; leave source: out, or write a name from /sources.',
        ZH: "这里没有媒体“{typed}”；请去掉 source:，或写 /sources 里的名称。",
    },
    "near-source": {
        EN: 'There is no newsroom "{typed}" here; write {near}, or leave source: out.',
        ZH: "这里没有媒体“{typed}”；可以写 {near}，或去掉 source:。",
    },
    "no-entity": {
        EN: 'There is no name "{typed}" in the list; write entity:huawei, or the word alone: {typed}.',
        ZH: "名单里没有“{typed}”；请写 entity:华为 这样的名称，或不加 entity: 只写 {typed}。",
    },
    "near-entity": {
        EN: 'There is no name "{typed}" in the list; did you mean {near}?',
        ZH: "名单里没有“{typed}”；是不是 {near}？",
    },
}


def wrong(key: str, **values: object) -> QueryError:
    """The error for a query that cannot be read, in both languages; what was typed is shortened."""
    shown = {name: _shown(value) for name, value in values.items()}
    told: dict[str, str] = {language: sentence.format(**shown) for language, sentence in _SENTENCES[key].items()}
    return QueryError(told[EN], told=told)


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST_QUOTED * 2 else text[:_LONGEST_QUOTED] + "…"
