import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.render.safe import bare, code, cut, href, link, plain, root_of, units

_SIGNS = ["[", "]", "(", ")", "<", ">", "@", "#", "*", "_", "~", "|", "`", "\\", "-# ", "# ", "> ", "- ", "1. ", "://"]
_WORDS = ["http", "https", "everyone", "here", "discord.gg/x", "discord.com/invite/x", "t:1:R", "/digest:1", "id:guide"]
_ODD = ["\n", "\r", "\u200b", "\u202e", "\u2066", "\ufeff", "\ud800", "\u0000", "😀", "👩\u200d👩", "芯片", "é", " "]
hostile = st.lists(st.sampled_from([*_SIGNS, *_WORDS, *_ODD]) | st.text(max_size=5), max_size=30).map("".join)

_MENTION = re.compile(r"<(@|#|/|t:|a?:|id:)|@(everyone|here)", re.IGNORECASE)
_BLOCK = re.compile(r"^\s*(#{1,3}\s|-#|>|[-*+•]\s|\d+[.)]\s|```)")
_INVITE = re.compile(r"(?i)discord(app)?\.(gg|com)/")


def assert_harmless(text: str) -> None:
    """Nothing in a line is read by Discord as anything but text."""
    assert not _MENTION.search(text)
    assert not _BLOCK.match(text)
    assert not _INVITE.search(text)
    assert not set(text) & set("[]<>*_~|`\\")
    assert "://" not in text
    assert not re.search("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]", text)


@pytest.mark.parametrize(
    ("attack", "shown"),
    [
        ("a](https://evil) [b", "a)(https:\u200b//evil) (b"),
        ("<@1>", "‹@\u200b1›"),
        ("<@&1>", "‹@\u200b&1›"),
        ("<#1>", "‹#1›"),
        ("</digest:1>", "‹/digest:1›"),
        ("<t:1:R>", "‹t:1:R›"),
        ("<id:guide>", "‹id:guide›"),
        ("<https://x>", "‹https:\u200b//x›"),
        ("1. x", "\u200b1. x"),
        ("1) x", "\u200b1) x"),
        ("- x", "\u200b- x"),
        ("-# x", "\u200b-# x"),
        ("# x", "\u200b# x"),
        ("### x", "\u200b### x"),
        ("> x", "› x"),
        (">>> x", "››› x"),
        ("||x||", "∣∣x∣∣"),
        ("```\nx\n```", "ˋˋˋ x ˋˋˋ"),
        ("**bold** __x__ ~~y~~", "∗∗bold∗∗ ˍˍxˍˍ ∼∼y∼∼"),
        ("@everyone @here", "@\u200beveryone @\u200bhere"),
        ("see discord.gg/x", "see d\u200biscord.gg/x"),
        ("DISCORD.COM/invite/x", "D\u200bISCORD.COM/invite/x"),
        ("https://t.co/x", "https:\u200b//t.co/x"),
        ("gpj.\u202eexe", "gpj. exe"),
        ("two\nlines\u2028three", "two lines three"),
        ("half \ud83d a smile", "half a smile"),
        ("中芯国际：芯片 #1", "中芯国际：芯片 #1"),
        ("C# 9% up, R&D at 3.5 (see 1. below)", "C# 9% up, R&D at 3.5 (see 1. below)"),
    ],
)
def test_what_means_something_in_discord_is_shown_as_text(attack: str, shown: str) -> None:
    """Each sign that would do something is replaced by one that looks like it, and ordinary headlines stay."""
    assert plain(attack) == shown


@given(hostile, st.integers(1, 60))
def test_no_text_does_anything_and_none_is_longer_than_allowed(text: str, limit: int) -> None:
    """Whatever a stranger writes stands as one harmless line within its length."""
    shown = plain(text, limit)

    assert_harmless(shown)
    assert units(shown) <= limit


@given(hostile)
def test_a_text_of_any_length_is_harmless(text: str) -> None:
    """Without a limit too."""
    assert_harmless(plain(text))


@given(hostile, st.integers(1, 100))
def test_a_label_is_one_line_and_never_empty(text: str, limit: int) -> None:
    """Discord refuses a button without a label, and one that is too long."""
    label = bare(text, limit)

    assert 1 <= units(label) <= limit
    assert not re.search(r"[\x00-\x1f\u2028-\u202e\ud800-\udfff]", label)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://example.com/a?b=c#d", "https://example.com/a?b=c#d"),
        ("http://example.com:8080/", "http://example.com:8080/"),
        ("https://example.com/a(b)", "https://example.com/a%28b%29"),
        ("https://example.com/a b", "https://example.com/a%20b"),
        ("https://example.com/<@1>", "https://example.com/%3C@1%3E"),
        ("https://example.com/[x]", "https://example.com/%5Bx%5D"),
        ('https://example.com/"x"', "https://example.com/%22x%22"),
        ("https://example.com/\u202ex", "https://example.com/%E2%80%AEx"),
        ("https://example.com/芯片", "https://example.com/芯片"),
        ("https://user:pass@example.com/", None),
        ("https://example.com\\@evil.com/", None),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("discord://x", None),
        ("https:///path", None),
        ("https://[::1", None),
        ("example.com", None),
        ("https://example.com/\ud800", None),
        ("", None),
    ],
)
def test_only_addresses_of_the_web_become_links(url: str, address: str | None) -> None:
    """An address is http or https with a host and no password, and nothing in it ends the link."""
    assert href(url) == address


@given(hostile, hostile | st.from_regex(r"https?://[a-z.]{1,9}/[^\n]{0,20}", fullmatch=True))
def test_a_link_holds_one_text_and_one_address(text: str, url: str) -> None:
    """No text ends the link early, and no address holds a second one."""
    shown = link(text, url, limit=80)

    if shown.startswith("["):
        assert (shown.count("["), shown.count("]("), shown.count("]")) == (1, 1, 1)
        assert re.fullmatch(r"[^\s()<>\[\]]+", shown.partition("](")[2].removesuffix(")"))
        assert shown.endswith(")")
    assert_harmless(shown.partition("](")[0].removeprefix("["))


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("https://example.com/feed?token=x#y", "https://example.com/"),
        ("http://user:pass@Example.com:8080/feed", "http://example.com/"),
        ("https://example.com", "https://example.com/"),
    ],
)
def test_a_site_is_known_by_its_host_alone(url: str, root: str) -> None:
    """Whatever else stands in an address may be a secret."""
    assert root_of(url) == root


def test_what_leads_nowhere_is_told_without_a_link() -> None:
    """Where the address cannot be shown or is too long, the text stands alone; without a text there is nothing."""
    assert link("SMIC", "javascript:x") == "SMIC"
    assert link("SMIC", "https://example.com/" + "x" * 500, longest=200) == "SMIC"
    assert link("\n", "https://example.com/") == ""


@pytest.mark.parametrize(
    ("text", "limit", "left"),
    [
        ("SMIC raises prices", 18, "SMIC raises prices"),
        ("SMIC raises prices", 17, "SMIC raises…"),
        ("SMIC raises, prices", 16, "SMIC raises…"),
        ("Semiconductor", 8, "Semicon…"),
        ("中芯国际上调成熟制程价格", 6, "中芯国际上…"),
        ("😀😀😀", 5, "😀😀…"),
        ("😀😀😀", 4, "😀…"),
        ("x😀", 2, "x…"),
        ("😀😀", 1, "…"),
    ],
)
def test_a_cut_falls_between_words_and_never_inside_a_character(text: str, limit: int, left: str) -> None:
    """An emoji counts as two units and is kept whole or not at all; Chinese is cut between any two characters."""
    assert cut(text, limit) == left


@given(st.text(max_size=80), st.integers(1, 60))
def test_a_cut_is_the_beginning_and_says_so(text: str, limit: int) -> None:
    """What is left is how the text begins, with an ellipsis where there was more."""
    left = cut(text, limit)

    assert units(left) <= limit
    assert left == text or (left.endswith("…") and text.startswith(left[:-1]))


@given(hostile)
def test_a_text_to_copy_stays_between_its_backticks(text: str) -> None:
    """Nothing in it ends them, and it is one line."""
    shown = code(text, 50)

    assert shown.count("`") == 2
    assert shown.startswith("`")
    assert shown.endswith("`")
    assert "\n" not in shown
    assert units(shown) <= 52
