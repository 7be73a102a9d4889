import pytest

from bot.stories.noise import is_noise


@pytest.mark.parametrize(
    "title",
    [
        "36氪早报|宇树科技创业板IPO获受理",
        "8点1氪丨京东外卖上线;小米汽车召回;比亚迪回应",
        "氪星晚报 |月之暗面完成新一轮融资",
        "9点1氪｜阿里云降价",
        "AI HOT 日报 · 2026-05-21 — Qwen3.7:智能体前沿",
        "大模型价格战升级｜AI周报",
        "一周融资盘点",
        "英伟达涨价；台积电扩产；中芯国际财报",
        "Nvidia rises; TSMC expands; SMIC reports",
        "The Weekly: chips and models",
        "China tech round-up",
        "Tech Roundup: Huawei, SMIC",
        "3 AI stocks to buy before June",
        "Should you buy Nvidia stock now?",
        "Morgan Stanley raises its price target for TSMC",
        "Better Buy: AMD or Nvidia",
        "Nvidia vs. AMD stock: which one",
        "盘前必读:芯片股走强",
        "芯片板块掀涨停潮",
        "A股收评:沪指涨0.5%",
        "三只值得买的芯片股",
        "Markets wrap: chip stocks slide",
        "Chip stocks slump as rates bite",
        "The 5 best AI stocks",
        "Why Nvidia stock fell today",
        "Is there a stock market bubble in AI?",
        "某某证券：看好算力板块".replace("某某", "华泰"),
        "A股三大指数集体下跌，算力股走弱",
        "芯片股大涨",
        "某实验室负责人确认出席大会上海站",
        "Webinar: how to design a chip",
        "某某电子：公司未涉及算力业务",
        "这家公司股价飙升，现在买入晚了吗？",
    ],
)
def test_round_ups_stock_tips_and_price_talk_are_noise(title: str) -> None:
    """A headline of many events, or of none but a share price, is no story of its own."""
    assert is_noise(title)


@pytest.mark.parametrize(
    "title",
    [
        "Chip stocks slump after Washington bans exports",
        "博通营收不及预期，股价大跌",
        "三星宣布内存涨价两成",
        "DRAM prices rise 20% as supply tightens",
        "中芯国际：二季度营收增长一成",
        "Moonshot AI wants a $30bn valuation six months after being worth $4bn",
        "Huawei executive credits bans for accelerating domestic chip independence",
        "UK plans to buy AI chips from British firms to stop them leaving for the US",
        "TSMC does not rule out price rises as inflation pushes up chip manufacturing costs",
        "Trump meets Xi; chips on the agenda",
        "OpenAI vs. DeepSeek: the two roads to cheap inference",
        "OpenAI releases a new report: Codex now has 5M+ weekly active users",
        "Google wants to give you an AI-driven Daily Brief",
        "Should you buy a robot vacuum before Prime Day? I test them for a living",
        "《华尔街日报》报道，美中两国正考虑启动关于人工智能的正式磋商",
        "联合早报：新加坡限制AI芯片转口",
        "千问APP 六一“礼物选购”问询量近一周增长260%",
        "星巴克叫停AI库存自动盘点工具：上线9个月，错误频出",
        "我让ChatGPT管理一个股票投资组合。结果如下。",
        "SMIC's stock falls after Washington widens its list",
        "阿里巴巴升级大模型组织架构，成立Token Foundry事业部",
        "月之暗面再度融资 20 亿美元，估值飙升至 300 亿",
        "百度MEG组织架构调整；李彦宏任总负责人",
        "英伟达与SK海力士宣布多年期技术合作，共同开发下一代AI内存",
        "算力需求爆发：电子布价格涨幅达 100%，年内已涨价 5 轮",
    ],
)
def test_an_ordinary_headline_is_not_noise(title: str) -> None:
    """One event told plainly is a story, even where it names a share or has one semicolon."""
    assert not is_noise(title)
