import pytest

from bot.stories.search.whose import own
from tests import bundled


@pytest.mark.parametrize(
    ("title", "word", "is_said"),
    [
        ("Micron earnings beat estimates", "earnings", True),
        ("Memory earnings are back", "earnings", True),
        ("Earnings week: what Broadcom said of Micron's demand", "earnings", True),
        ("Samsung and Micron report record profit", "profit", True),
        ("Micron, Samsung and SK Hynix: profit is back", "profit", True),
        ("三星、美光业绩齐创新高", "业绩", True),
        ("Broadcom's results weigh on Micron", "results", False),
        ("Micron falls as Broadcom's results disappoint", "results", False),
        ("MU、SNDK、WDC：博通业绩展望打压AI市场情绪", "业绩", False),
        ("美光股价下跌7%，因博通业绩令人失望", "业绩", False),
        ("Nvidia's outlook lifts shares", "outlook", False),
    ],
)
def test_what_follows_anothers_name_is_not_microns(title: str, word: str, is_said: bool) -> None:
    """What stands before all names is anybody's, and names in a row share what follows."""
    assert (word in own(title, {"micron"}, bundled.lexicon())) == is_said
