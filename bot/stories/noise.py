"""Which headlines tell no event of their own: round-ups, stock tips, price commentary and promotion."""

import re

_ROUND_UP = re.compile(
    r"(?<!联合)[早晚]报(?!》)|(?:AI|HOT|IT) ?[日周]报|[日周]报 ?[·|｜]|[|｜] ?[日周]报|一周(?:盘点|回顾|要闻|热点|融资)"
    r"|氪[丨|｜]|[|｜]\s*\d+点|市场综述|\bround-?up\b|^(?:the )?(?:weekly|daily brief)\b|newsletter|\bmarkets? wrap\b",
    re.IGNORECASE,
)
"""Newspapers that are called so (《华尔街日报》, 联合早报) and things that merely last a week are none."""

_TIP = re.compile(
    r"stocks? to (?:buy|watch|own|hold)|should you buy .*(?:stock|share)|price target|better buy|\bvs\.? .*stock"
    r"|\b(?:stock|shares?) (?:is|are) (?:a )?(?:buy|sell)\b|is it too late to buy|buy the dip|\bbull case\b"
    r"|\b(?:best|top) (?:\w+ ){0,3}(?:stocks?|ETFs?)\b"
    r"|值得(?:立即|现在)?(?:买入|买|持有)|目标价|荐股|(?<!一)个股|牛股|盘前必读|(?:现在|是否).{0,12}(?:买入|入手).{0,10}(?:股|晚)"
    r"|[只支]\S{0,12}(?:概念股|股票)(?!.*(?:上市|收购))",
    re.IGNORECASE,
)

_BROKER = re.compile(
    r"^(?:中信|中金|华泰|国泰|国君|海通|广发|招商|申万|国金|东吴|天风|民生|浙商|高盛|摩根|大摩|小摩|花旗|瑞银)\S{0,6}[：:]"
)
"""A broker's view of a sector: 「某某证券：看好…」."""

_PRICE = re.compile(
    r"(?:index|indices|futures|Nasdaq|S&P 500|Dow|FTSE|Kospi|Nikkei 225|stocks|shares) \w{0,9} ?"
    r"(?:rise|rises|rose|fall|falls|fell|slump|slumps|tumble|tumbles|slide|slides|slip|slips|jump|jumps|surge|surges|"
    r"soar|soars|rally|rallies|drop|drops|climb|climbs|plunge|plunges|sink|sinks|gain|gains|edge)\b"
    r"|\bstock[- ]market (?:bubble|rally|rout|sell-?off)|\bstock (?:rise|rises|falls?|jumps?|drops?|slides?|soars?)\b"
    r"|why .*\b(?:stocks?|shares)\b.*\b(?:today|this week|just)\b"
    r"|涨停|跌停|连板|收评|午评|早评|盘前|盘后|午间休盘|收盘|开盘|高开|低开|[早尾]盘"
    r"|(?:三大|恒生|纳斯达克|标普|道琼斯|道指|创业板|科创50|富时|日经|沪指|上证|综合)\d*\S{0,4}(?:指数?)?\S{0,14}(?:涨|跌|走[高低强弱]|飙升|下挫|收[高低])"
    r"|(?:股价|个股|板块|类股|概念股|科技股|芯片股|半导体股|内存股|股市|算力股|股指期货)\S{0,14}(?:涨|跌|走[高低强弱]|飙升|暴[涨跌]|下挫|抛售|走势|领[涨跌])",
    re.IGNORECASE,
)
"""What a share or an index did. The prices of goods are events: 「电子布价格涨幅达 100%」 is none of these."""

_EVENT = re.compile(
    r"\b(?:after|following|says?|said|launch|unveil|announc|release|earnings|revenue|results|guidance|forecast|IPO|deal|acqui|invest|ban|curb|order|sanction|tariff)"
    r"|\b(?:CEO|CFO)\b|表示|称|宣布|发布|推出|上线|亮相|财报|业绩|营收|财季|季度|上市|IPO|融资|募资|收购|入股|签署|合作|订单|禁令|制裁|关税|管制|获选",
    re.IGNORECASE,
)
"""What moved the price: with it, the headline tells an event after all."""

_PROMOTION = re.compile(
    r"确认出席|演讲嘉宾|大会议程|报名|来现场|直播预告|购票|早鸟票|\bAICon\b"
    r"|\bregister now\b|\bwebinar\b|\bearly bird\b|\bsave the date\b",
    re.IGNORECASE,
)
"""A conference sells its seats."""

_DENIAL = re.compile(r"^\S{2,8}[：:](?:\S*[，,])?.{0,16}(?:未涉及|暂未|未(?:从事|发现)|无.{0,8}计划|占比(?:极|较)?低)")
"""A listed company answers investors that it has nothing to do with the fashion of the day."""

_JOINS = re.compile(r"[；;]")


def is_noise(title: str) -> bool:
    """Whether a headline is a round-up, a stock tip, price commentary or promotion: no event of its own."""
    if is_round_up(title) or any(sign.search(title) for sign in (_TIP, _BROKER, _PROMOTION, _DENIAL)):
        return True
    return bool(_PRICE.search(title)) and not _EVENT.search(title)


def is_round_up(title: str) -> bool:
    """Whether a headline tells of several things at once."""
    return bool(_ROUND_UP.search(title)) or len(_JOINS.findall(title)) > 1
