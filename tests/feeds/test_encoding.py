import pytest

from bot.feeds.encoding import decoded

CHINESE = "华为发布新款麒麟芯片，朱镕基 㐂 囍 喆"
TRADITIONAL = "台積電先進製程良率提升，華為發布新晶片"


def _document(text: str, declared: str | None) -> str:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else '<?xml version="1.0"?>'
    return f"{declaration}<rss><title>{text}</title></rss>"


@pytest.mark.parametrize(
    ("text", "written", "declared", "content_type"),
    [
        (CHINESE, "utf-8", "utf-8", "text/xml; charset=utf-8"),
        (CHINESE, "utf-8", None, ""),
        (CHINESE, "utf-8", None, "text/xml"),  # not us-ascii, whatever RFC 3023 said
        (CHINESE, "utf-8", "gb2312", "text/xml; charset=gb2312"),
        (CHINESE, "utf-8-sig", "gbk", ""),
        (CHINESE, "utf-16", "utf-16", ""),
        (CHINESE, "utf-16-le", None, ""),
        (CHINESE, "utf-16-be", None, ""),
        (CHINESE, "utf-32", None, ""),
        (CHINESE, "gb18030", "gb2312", ""),
        (CHINESE, "gb18030", "GBK", ""),
        (CHINESE, "gb18030", "utf-8", ""),
        (CHINESE, "gb18030", "utf-8", "application/xml; charset=UTF-8"),
        (CHINESE, "gb18030", None, 'text/xml; charset="GB2312"'),
        (CHINESE, "gb18030", None, "text/xml; charset=ISO-8859-1"),
        (CHINESE, "gb18030", "no-such-code", "text/xml; charset=unicode_escape"),
        (CHINESE, "gb18030", None, ""),
        (TRADITIONAL, "big5", "big5", ""),
        (TRADITIONAL, "big5", None, "text/xml; charset=Big5"),
        (TRADITIONAL, "big5", None, ""),
        ("半導体の新工場を建設", "shift_jis", "Shift_JIS", ""),
        ("半導体の新工場を建設", "shift_jis", None, ""),
        ("삼성전자 반도체 공장", "euc_kr", None, ""),
        ("Café “déjà vu” – naïve", "cp1252", "iso-8859-1", ""),
        ("Café “déjà vu” – naïve", "cp1252", None, "text/xml; charset=iso-8859-1"),
        ("Новости", "cp1251", "windows-1251", ""),
        ("plain", "ascii", "us-ascii", ""),
    ],
)
def test_text_is_read_whatever_its_label_says(text: str, written: str, declared: str | None, content_type: str) -> None:
    """True and false labels, or none, lead to the same text."""
    body = _document(text, declared).encode(written)

    read = decoded(body, content_type=content_type).text

    assert f"<title>{text}</title>" in read
    assert "encoding" not in read
    assert not read.startswith("\ufeff")


@pytest.mark.parametrize(("written", "declared"), [("gb18030", "gbk"), ("utf-8", "utf-8"), ("utf-8", "gbk")])
def test_one_character_cut_in_two_does_not_spoil_the_rest(written: str, declared: str) -> None:
    """A summary cut in the middle of a character costs that character alone."""
    whole = _document(CHINESE * 20, declared).encode(written)
    body = whole.replace("</title>".encode(written), "华".encode(written)[:-1] + b"</title>")

    read = decoded(body, content_type="").text

    assert read.count(CHINESE) == 20


@pytest.mark.parametrize("label", ["utf-8", "gbk", "big5", "iso-8859-1", None])
def test_much_broken_utf8_is_still_utf8(label: str | None) -> None:
    """Neither a Chinese label nor a detector that takes any byte for a letter makes mojibake of it."""
    body = _document("华为\x00发布新款\x00" * 30, label).encode().replace(b"\x00", b"\xe5\x8d")

    assert decoded(body, content_type="").text.count("发布新款") == 30


def test_the_declaration_keeps_what_is_still_true() -> None:
    """Only the encoding is taken out of the declaration."""
    body = b'<?xml version="1.1" encoding=\'GB2312\' standalone="yes"?><rss/>'

    assert decoded(body, content_type="").text == '<?xml version="1.1" standalone="yes"?><rss/>'


def test_an_attribute_called_encoding_is_left_alone() -> None:
    """Only the XML declaration is touched."""
    body = b'<rss encoding="x"/>'

    assert decoded(body, content_type="").text == '<rss encoding="x"/>'


def test_bytes_that_are_no_text_still_become_text() -> None:
    """Noise is read somehow; what it is, is for the parser to say."""
    assert isinstance(decoded(bytes(range(256)) * 20, content_type="text/xml; charset=utf-8").text, str)


@pytest.mark.parametrize(
    ("written", "declared", "content_type", "charset"),
    [
        ("utf-8", "utf-8", "", None),
        ("utf-8", None, "", None),
        ("utf-8", "gb2312", "", ("gb2312", "utf-8")),
        ("utf-8", "gb2312", "text/xml; charset=utf-8", None),
        ("utf-8-sig", "gbk", "", None),
        ("gb18030", "gb2312", "", None),
        ("gb18030", "utf-8", "", ("utf-8", "gb18030")),
        ("gb18030", None, "text/xml; charset=ISO-8859-1", ("iso-8859-1", "gb18030")),
        ("gb18030", "no-such-code", "", ("no-such-code", "gb18030")),
        ("utf-16", "utf-16", "", None),
        ("utf-16", "utf-8", "", None),
    ],
)
def test_a_wrong_label_is_told(
    written: str, declared: str | None, content_type: str, charset: tuple[str, str] | None
) -> None:
    """Whoever believes the label would read something else; a mark at the beginning stands above any label."""
    body = _document(CHINESE, declared).encode(written)

    assert decoded(body, content_type=content_type).charset == charset


def test_a_label_matters_only_where_it_makes_a_difference() -> None:
    """Plain letters are the same in every code; one broken letter makes no label a lie."""
    broken = _document(CHINESE * 20, "gbk").encode("gb18030").replace(b"</title>", b"\xbb</title>")

    assert decoded(_document("plain", "gb2312").encode(), content_type="").charset is None
    assert decoded(broken, content_type="").charset is None
