"""What is too big, too slow or packed amiss."""

import gzip
import zlib

import brotli

from bot.feeds.clean import TITLE_LIMIT
from tests.feeds.case import FEED, HEAD, Case, fails, item, reads, rss
from tests.feeds.cases.statuses import UNREACHABLE
from tests.feeds.misbehaving import drips, floods, says, sends

BIG = "feed.example sent more than 0.1 MB; please look for a smaller feed of it."
SMALL = {"max_bytes": 100_000}
PACKING = "feed.example packs this feed in a way that is not read here; please look for another feed of it."
SLOW = "feed.example sent this feed too slowly; it will be tried again by itself."
CUT = "feed.example broke off in the middle of this feed; it will be tried again by itself."
BOMB = b"A" * 5_000_000
SIZES = [
    fails(
        "too big by its own word",
        sends(HEAD + b"Content-Length: 99999999\r\n\r\n<rss>"),
        "too-big",
        BIG,
        settings=SMALL,
    ),
    fails("too big without a word", floods(HEAD + b"\r\n", b"A" * 9_999), "too-big", BIG, settings=SMALL),
    fails("a bomb of gzip", says(gzip.compress(BOMB), Content_Encoding="gzip"), "too-big", BIG, settings=SMALL),
    fails("a bomb of deflate", says(zlib.compress(BOMB), Content_Encoding="deflate"), "too-big", BIG, settings=SMALL),
    fails(
        "a bomb of brotli",
        says(brotli.compress(BOMB, quality=1), Content_Encoding="br"),
        "too-big",
        BIG,
        settings=SMALL,
    ),
    fails("a drip", drips(HEAD + b"Content-Length: 5000\r\n\r\n<rss>"), "too-slow", SLOW, settings={"deadline": 0.1}),
    fails(
        "headers that drip",
        drips(b"HTTP/1.1 200 OK\r\nX-Long: "),
        "unreachable",
        UNREACHABLE,
        settings={"deadline": 0.1},
    ),
    fails(
        "headers without end",
        floods(b"HTTP/1.1 200 OK\r\n", b"X-More: " + b"x" * 4_000 + b"\r\n"),
        "unreachable",
        UNREACHABLE,
    ),
    fails(
        "packed twice",
        says(gzip.compress(gzip.compress(FEED.encode())), Content_Encoding="gzip, gzip"),
        "server-error.packing",
        PACKING,
    ),
    fails("packed in an unknown way", says(FEED, Content_Encoding="compress"), "server-error.packing", PACKING),
    fails("not packed as it says", says(FEED, Content_Encoding="gzip"), "server-error.packing", PACKING),
    *(
        Case(
            name=f"packed with {packing}",
            answers=[says(packed, Content_Encoding=packing)],
            asked=["/feed"],
            titles=["One"],
        )
        for packing, packed in {
            "gzip": gzip.compress(FEED.encode()),
            "deflate": zlib.compress(FEED.encode()),
            "br": brotli.compress(FEED.encode()),
        }.items()
    ),
    fails(
        "shorter than it says",
        sends(HEAD + b"Content-Length: 5000\r\n\r\n<rss>", closing=True),
        "server-error.cut",
        CUT,
    ),
    fails(
        "chunks without an end",
        sends(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n", closing=True),
        "server-error.cut",
        CUT,
    ),
    Case(
        name="no length, and closed at the end",
        answers=[sends(HEAD + b"\r\n" + FEED.encode(), closing=True)],
        asked=["/feed"],
        titles=["One"],
    ),
    Case(
        name="more entries than are read",
        answers=[says(rss(*(item(f"T{at}") for at in range(210))))],
        asked=["/feed"],
        titles=[f"T{at}" for at in range(200)],
        remark="stamped",
    ),
    reads(
        "a title of a novel",
        rss(item("长" * 2_000, link="https://feed.example/1")),
        ["长" * TITLE_LIMIT],
    ),
]
