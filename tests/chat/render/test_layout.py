import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.render.layout import MOST_COMPONENTS, fits, message, stamp
from tests.chat.looks import parts, payload, text_of
from tests.fakes import NOW

CONTAINER, ROW, TEXT, SEPARATOR = 17, 1, 10, 14


def button(number: int) -> discord.ui.Button[discord.ui.LayoutView]:
    return discord.ui.Button(label=str(number), custom_id=str(number))


def test_a_message_is_one_container_with_lines_between_its_groups() -> None:
    """Groups of texts are parted by lines, and the buttons stand below."""
    (container,) = payload(message([["head"], ["one", "two"]], [[button(1)]]))

    assert [each["type"] for each in container["components"]] == [TEXT, SEPARATOR, TEXT, TEXT, ROW]


def test_what_is_empty_leaves_nothing() -> None:
    """Neither a line nor a row for nothing."""
    (container,) = payload(message([["head"], []], [[], [button(1)], []]))

    assert [each["type"] for each in container["components"]] == [TEXT, ROW]


def test_a_message_stays_as_it_is_for_ever() -> None:
    """It does not end after minutes, as discord.py's views do unless they are told not to."""
    assert message([["x"]]).timeout is None


@given(st.lists(st.integers(0, 9), max_size=10), st.lists(st.integers(0, 5), max_size=2))
def test_too_many_texts_are_put_together(groups: list[int], rows: list[int]) -> None:
    """As many groups as a digest can have stay within Discord's forty components, and no text is lost."""
    texts = [["head"], *([f"text {number}.{at}" for at in range(count)] for number, count in enumerate(groups))]
    below = [[button(10 * row + at) for at in range(count)] for row, count in enumerate(rows)]

    sent = payload(message(texts, below))

    assert len(list(parts(sent))) <= MOST_COMPONENTS
    assert text_of(sent).splitlines() == [text for group in texts for text in group]


@pytest.mark.parametrize(
    ("texts", "fit"),
    [
        ([["x" * 3900]], True),
        ([["x" * 3901]], False),
        ([["x" * 1950], ["x" * 1949]], True),
        ([["x" * 1950, "x" * 1950]], False),
        ([["芯" * 3000]], True),
        ([["芯" * 3001]], False),
        ([["😀" * 1950]], True),
        ([["😀" * 1951]], False),
    ],
)
def test_a_message_holds_so_much(texts: list[list[str]], fit: bool) -> None:  # the answer
    """Counted in UTF-16 units and in bytes, over all texts."""
    assert fits(texts) is fit


@pytest.mark.parametrize(("style", "shown"), [("f", "<t:1780920000:f>"), ("R", "<t:1780920000:R>")])
def test_a_time_is_told_so_that_each_reader_sees_their_own(style: str, shown: str) -> None:
    """In whole seconds, as Discord wants them."""
    assert stamp(NOW.replace(microsecond=999_999), style) == shown
