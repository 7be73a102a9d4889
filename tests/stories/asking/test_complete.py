from time import thread_time

import pytest

from bot.stories.asking.complete import Completer
from bot.stories.asking.rephrase import wider, with_one_name
from tests import bundled


@pytest.fixture(scope="module")
def completer() -> Completer:
    return bundled.completer()


@pytest.mark.parametrize(
    ("typed", "text", "beside"),
    [
        ("huaw", "Huawei", "华为"),
        ("华", "华为", "Huawei"),
        ("huawei ts", "huawei TSMC", "台积电"),
        ("华为台", "华为台积电", "TSMC"),
        ("華為 台积", "華為 台积电", "TSMC"),
        ("sk hy", "SK hynix", "SK海力士"),
        ("source:36kr micr", "source:36kr Micron", "美光"),
    ],
)
def test_the_last_letters_become_a_name(completer: Completer, typed: str, text: str, beside: str) -> None:
    """In either language, after other words too, with the other language's name beside it."""
    offered = {each.text.casefold(): each.beside for each in completer.complete(typed, 25)}

    assert offered[text.casefold()].startswith(beside)


@pytest.mark.parametrize("typed", ["", "huawei ", "since:7", "topic：芯", "zzzzzz"])
def test_what_begins_no_name_is_not_completed(completer: Completer, typed: str) -> None:
    """Nothing typed, a finished word, an operator, and letters that begin nothing."""
    assert completer.complete(typed, 25) == []


@pytest.mark.parametrize("typed", ["a", "中", "华为台积电英伟达" * 20, "huawei " * 25 + "t"])
def test_names_are_completed_in_time(completer: Completer, typed: str) -> None:
    """A tenth of the 300 ms a menu has, with every name there is."""
    began = thread_time()
    completer.complete(typed, 25)

    assert thread_time() - began < 0.03


@pytest.mark.parametrize(
    ("asked", "name", "expected"),
    [
        ("huawei tsmc", "Huawei", "Huawei"),
        ("huawei tsmc lawsuit", "TSMC", "TSMC lawsuit"),
        ("huawei tsmc since:last friday -stock", "TSMC", "TSMC since:last friday -stock"),
        ("entity:huawei tsmc", "TSMC", "TSMC"),
        ('huawei "export ban" tsmc', "Huawei", 'Huawei "export ban"'),
        ("huawei OR smic tsmc", "TSMC", "TSMC"),
        ("source:The Verge huawei tsmc", "TSMC", "TSMC source:The Verge"),
    ],
)
def test_a_question_about_one_name_only(asked: str, name: str, expected: str) -> None:
    """Operators and other words stay."""

    def beside(text: str) -> str:
        return " ".join(word for word in text.casefold().split() if word not in {"huawei", "tsmc", "smic"})

    assert with_one_name(asked, name, beside, ["the verge"]) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("huawei since:7d", "huawei"),
        ("huawei source:36kr -stock sort:new", "huawei -stock sort:new"),
        ("source:The Verge huawei", "huawei"),
        ("source:verge science huawei", "science huawei"),
        ("huawei", ""),
        ("since:7d", ""),
    ],
)
def test_a_question_without_its_limits(asked: str, expected: str) -> None:
    """What narrows it is left out; a question of limits alone has no wider one."""
    assert wider(asked, ["the verge"]) == expected
