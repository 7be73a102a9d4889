"""What is wrong with what comes."""

from tests.feeds.case import FEED, GOOD, ONE, item, reads, remembers, rss
from tests.feeds.misbehaving import says

CHINA = "2026-06-08T02:00:00Z"
CONTENT = [
    reads(
        "UTF-8 that is called gb2312",
        rss(item("朱镕基 㐂"), encoding="gb2312").encode(),
        ["朱镕基 㐂"],
        "charset",
        said="It says it is written in gb2312 and is in utf-8; it is read all the same.",
    ),
    reads(
        "GB 18030 that is called UTF-8",
        rss(item("朱镕基在上海发布芯片政策"), encoding="utf-8").encode("gb18030"),
        ["朱镕基在上海发布芯片政策"],
        "charset",
        said="It says it is written in utf-8 and is in gb18030; it is read all the same.",
    ),
    reads("GBK letters in gb2312", rss(item("朱镕基"), encoding="gb2312").encode("gbk"), ["朱镕基"]),
    reads("Big5", rss(item("台積電"), encoding="big5").encode("big5"), ["台積電"]),
    reads(
        "a charset of the header alone", rss(item("台積電")).encode("big5"), ["台積電"], kind="text/xml; charset=big5"
    ),
    reads("a byte order mark", "\ufeff" + rss(item("华为")), ["华为"]),
    reads("UTF-16", rss(item("华为")).encode("utf-16"), ["华为"]),
    reads(
        "times in all spellings",
        rss(
            item(CHINA, date="2026-06-08 10:00:00  +0800", guid="1"),
            item(CHINA, date="Mon, 08 Jun 2026 02:00:00 GMT", guid="2", link="https://feed.example/2"),
            item(CHINA, date="1780884000", guid="3", link="https://feed.example/3"),
            item(CHINA, date="周一, 08 六月 2026 10:00:00 +0800", guid="4", link="https://feed.example/4"),
        ),
        [CHINA] * 4,
        "stamped",
        timed=True,
        said="4 entries bear the same time (2026-06-08 02:00:00 UTC), so it never counts as first with a story.",
    ),
    reads(
        "times without a zone", rss(item(CHINA, date="2026-06-08 10:00:00")), [CHINA], timed=True, zone="Asia/Shanghai"
    ),
    reads(
        "CST in China",
        rss(item(CHINA, date="Mon, 08 Jun 2026 10:00:00 CST")),
        [CHINA],
        timed=True,
        zone="Asia/Shanghai",
    ),
    reads("a Chinese date", rss(item(CHINA, date="2026年6月8日 10:00")), [CHINA], timed=True, zone="Asia/Shanghai"),
    reads(
        "a time to come",
        rss(item("2026-06-08T12:00:00Z", date="Fri, 01 Jan 2099 00:00:00 GMT")),
        ["2026-06-08T12:00:00Z"],
        "ahead",
        timed=True,
        said="Entries dated in the future (1 of them) count as published now; please check the feed’s time zone.",
    ),
    reads(
        "a year that cannot be",
        rss(item("2026-06-05T12:00:00Z", date="Thu, 01 Jan 1970 00:00:00 GMT")),
        ["2026-06-05T12:00:00Z"],
        "undated",
        timed=True,
        said="1 of its 1 entries have no date that can be used; they count from when they are first seen.",
    ),
    reads(
        "a day that cannot be",
        rss(item("2026-06-05T12:00:00Z", date="Mon, 31 Feb 2026 25:61:00 GMT")),
        ["2026-06-05T12:00:00Z"],
        "undated",
        timed=True,
    ),
    reads(
        "no guid and no link",
        "<rss><channel><item><title>One</title><description>It says.</description>"
        "<pubDate>Mon, 08 Jun 2026 10:00:00 GMT</pubDate></item></channel></rss>",
        ["One"],
        "thin.links",
    ),
    reads(
        "no times at all",
        rss(item("One", date=""), item("Two", date="")),
        ["One", "Two"],
        "undated",
        said="2 of its 2 entries have no date that can be used; they count from when they are first seen.",
    ),
    reads(
        "nothing new for a year",
        rss(item("One", date="Mon, 02 Jun 2025 10:00:00 GMT")),
        ["One"],
        "stale",
        said="Its newest entry is 371 days old; please check whether it is still kept up, or has moved.",
    ),
    reads(
        "titles alone",
        "<rss><channel><item><title>One</title><link>https://feed.example/1</link>"
        "<pubDate>Mon, 08 Jun 2026 10:00:00 GMT</pubDate></item></channel></rss>",
        ["One"],
        "thin",
        said="Its entries are titles without a text, which makes their stories harder to recognise.",
    ),
    reads(
        "one guid for all",
        rss(*(item(f"T{at}", guid="same") for at in range(3))),
        ["T0", "T1", "T2"],
        "repeated",
        said="2 of its entries bear an id that another has; they are told apart by their links.",
    ),
    remembers(
        "an entry that is edited stays one",
        says(rss(item("Before", guid="1", link="https://feed.example/1"))),
        says(rss(item("After", guid="1", link="https://feed.example/1"))),
        asked=["/feed"] * 2,
        titles=["After"],
    ),
    remembers(
        "guids that go from http to https name the same entries",
        says(rss(item("One", guid="http://feed.example/1"))),
        says(rss(item("One", guid="https://feed.example/1", link="https://feed.example/story/1"))),
        asked=["/feed"] * 2,
        titles=["One"],
    ),
    remembers(
        "every entry under another name and address is no news",
        says(rss(*(item(f"T{at}", guid=f"a{at}", link=f"https://feed.example/a/{at}") for at in range(12)))),
        says(rss(*(item(f"T{at}", guid=f"b{at}", link=f"https://feed.example/b/{at}") for at in range(12)))),
        asked=["/feed"] * 2,
        titles=[f"T{at}" for at in range(12)],
        remark="stamped",
    ),
    remembers(
        "a crowd of old entries is held",
        GOOD,
        says(rss(*(item(f"Old {at}", date=f"Mon, 01 Jun 2026 {at:02}:00:00 GMT") for at in range(12)))),
        asked=["/feed"] * 2,
        remark="flipped",
        said="feed.example gave 12 old entries new names; they were kept and are not told as news.",
    ),
    remembers(
        "http and https of one link are one",
        says(rss(item("One", link="http://www.feed.example/1/", guid="a"))),
        says(rss(item("One", link="https://feed.example/1?utm_source=rss", guid="b"))),
        asked=["/feed"] * 2,
        titles=["One"],
    ),
    remembers(
        "a feed that says it lives elsewhere is not believed",
        says(
            rss(
                ONE,
                head='<atom:link rel="self" href="http://new.example/feed"/>'
                "<itunes:new-feed-url>http://new.example/feed</itunes:new-feed-url>",
            )
        ),
        GOOD,
        asked=["/feed"] * 2,
    ),
    reads("a title of a title", rss(item("&amp;lt;b&amp;gt;AT&amp;amp;amp;T&amp;lt;/b&amp;gt;")), ["AT&T"]),
    reads("a bare ampersand", rss(item("AT&T")), ["AT&T"]),
    reads("letters that turn around", rss(item("ab\u202ecd\u200b")), ["abcd"]),
    reads(
        "a link that is a script",
        rss(item("One", link="javascript:alert(1)")),
        ["One"],
        "thin.links",
        said="1 of its 1 entries have no link; readers are led to the site instead.",
    ),
    reads(
        "a feed below the warnings of a broken server", "<br />\n<b>Warning</b>: x in <b>/a.php</b>\n" + FEED, ["One"]
    ),
]
