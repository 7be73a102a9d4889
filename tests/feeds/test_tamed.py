import pytest

from bot.feeds.tamed import parsed


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("plain", "plain"),
        ("Huawei&#146;s chip", "Huawei’s chip"),
        ("Huawei\x92s 芯片", "Huawei’s 芯片"),
        ("华为 é", "华为 é"),
        ("Ã©tude", "étude"),
    ],
)
def test_letters_of_windows_are_read_wherever_they_stand(written: str, read: str) -> None:
    """Texts without any take the short way; those with some, or encoded twice, are mended as ever."""
    feed = parsed(f"<rss version='2.0'><channel><item><title>{written}</title></item></channel></rss>")

    assert [entry["title"] for entry in feed.entries] == [read]


def test_what_is_known_of_one_text_is_not_known_of_another() -> None:
    """Each entry keeps what was said of its own title."""
    entry = "<entry><title type='{}'>{}</title></entry>"
    feed = parsed(
        "<feed xmlns='http://www.w3.org/2005/Atom'>"
        f"{entry.format('text', 'a')}{entry.format('html', 'b')}{entry.format('text', 'c')}</feed>"
    )

    kinds = [(each["title"], each["title_detail"]["type"]) for each in feed.entries]
    assert kinds == [("a", "text/plain"), ("b", "text/html"), ("c", "text/plain")]
