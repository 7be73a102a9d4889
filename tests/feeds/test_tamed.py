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


EXCERPT, ANOTHER = "<description>An excerpt.</description>", "<description>Another.</description>"
WHOLE = "<c:encoded>The &lt;b&gt;whole&lt;/b&gt; article.</c:encoded>"


@pytest.mark.parametrize(
    ("written", "excerpt"),
    [
        (EXCERPT + WHOLE, "An excerpt."),
        (WHOLE + EXCERPT, "An excerpt."),
        (WHOLE, "The <b>whole</b> article."),
        (EXCERPT + WHOLE + ANOTHER, "Another."),
        (EXCERPT + "<a:content type='xhtml'><a:div>The <a:b>whole</a:b>.</a:div></a:content>", "An excerpt."),
    ],
)
def test_a_whole_article_is_read_where_there_is_no_excerpt(written: str, excerpt: str) -> None:
    """As feedparser has it, which reads both always."""
    feed = parsed(
        "<rss version='2.0' xmlns:c='http://purl.org/rss/1.0/modules/content/' xmlns:a='http://www.w3.org/2005/Atom'>"
        f"<channel><item><title>A chip</title>{written}<link>https://a.example/1</link></item></channel></rss>"
    )

    (entry,) = feed.entries
    assert (entry["summary"], entry["link"]) == (excerpt, "https://a.example/1")


def test_an_empty_excerpt_is_none() -> None:
    """The whole article is there to be read instead."""
    feed = parsed(
        "<rss version='2.0' xmlns:c='http://purl.org/rss/1.0/modules/content/'><channel><item><title>A chip</title>"
        f"<description/>{WHOLE}</item></channel></rss>"
    )

    (entry,) = feed.entries
    assert (entry["summary"], entry["content"][0]["value"]) == ("", "The <b>whole</b> article.")


def test_who_wrote_an_entry_is_passed_over_with_all_in_it() -> None:
    """A name is no title, a heading no link."""
    feed = parsed(
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>A chip</title>"
        "<author><name>Ada</name><title>Dr</title></author><category term='chips'>Chips</category><id>1</id>"
        "</entry></feed>"
    )

    (entry,) = feed.entries
    assert (entry["title"], entry["id"]) == ("A chip", "1")
    assert not {"author", "authors", "tags"} & entry.keys()
