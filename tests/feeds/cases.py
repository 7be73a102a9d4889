"""Everything a feed's server has been seen to do wrong, and what is to come of it: fetching.md's rows as a table.

Each case is polled as often as it says, every time when the feed is due again, and not before `apart` has passed.
"""

import gzip
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import quote

import brotli

from bot.feeds.clean import TITLE_LIMIT
from tests.feeds.misbehaving import Answer, drips, floods, hangs_up, is_silent, redirects, says, sends

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUARTER = HOUR / 4
MOST = 1.15
"""What a wait may be longer for the jitter."""

DATE = "Mon, 08 Jun 2026 12:00:00 GMT"
PAGE = "<!doctype html><html><head><title>A site</title></head><body><p>Hello</p></body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a server does, and what is expected of us.

    `asked` are the requests in their order, each with its validators. `trouble` or `remark` is the key of what is the
    matter in the end, `said` its English sentence. `titles` are the articles', where it matters; of a `timed` case each
    is the time it should have. `waits` is the least and the most until the next poll.
    """

    name: str
    answers: Sequence[Answer]
    asked: Sequence[str]
    trouble: str | None = None
    said: str | None = None
    remark: str | None = None
    titles: Sequence[str] | None = None
    timed: bool = False
    off: bool = False
    moved_to: str | None = None
    waits: tuple[timedelta, timedelta] | None = None
    polls: int | None = None
    apart: timedelta = timedelta()
    url: str = "http://feed.example/feed"
    zone: str | None = None
    tls: str | None = None
    settings: Mapping[str, float] = field(default_factory=dict)


def item(
    title: str, *, link: str = "", guid: str = "", date: str = "Mon, 08 Jun 2026 10:00:00 GMT", more: str = ""
) -> str:
    """One entry; its link is made of its title where none is given."""
    link = link or f"https://feed.example/{quote(title)}"
    named = f"<guid>{guid}</guid>" if guid else ""
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    summary = "<description>What it says.</description>"
    return f"<item><title>{title}</title><link>{link}</link>{named}{dated}{summary}{more}</item>"


def rss(*items: str, head: str = "", encoding: str = "") -> str:
    """A feed of these entries."""
    declared = f'<?xml version="1.0" encoding="{encoding}"?>' if encoding else ""
    return (
        f'{declared}<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
        f'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">'
        f"<channel><title>F</title>{head}{''.join(items)}</channel></rss>"
    )


ONE, TWO = item("One"), item("Two", date="Mon, 08 Jun 2026 11:00:00 GMT")
FEED, MORE = rss(ONE), rss(ONE, TWO)
GOOD = says(FEED)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"


def fails(name: str, answer: Answer, trouble: str, said: str, **more: object) -> Case:
    """A case of one request that fails."""
    return Case(name=name, answers=[answer], trouble=trouble, said=said, **{"asked": ["/feed"], **more})  # type: ignore[arg-type]  # any field


def waits(name: str, least: timedelta, answer: Answer, **more: object) -> Case:
    """A case of one request after which we stay away for so long."""
    return Case(name=name, answers=[answer], waits=(least, least * MOST), **{"asked": ["/feed"], **more})  # type: ignore[arg-type]  # likewise


def reads(name: str, body: bytes | str, titles: Sequence[str], remark: str | None = None, **more: object) -> Case:
    """A case of one answer that is read."""
    kind = {"Content_Type": str(more.pop("kind"))} if "kind" in more else {}
    return Case(name=name, answers=[says(body, **kind)], asked=["/feed"], titles=titles, remark=remark, **more)  # type: ignore[arg-type]


def remembers(name: str, *answers: Answer, asked: Sequence[str], **more: object) -> Case:
    """A case of several polls, where the requests matter."""
    return Case(name=name, answers=answers, asked=asked, **more)  # type: ignore[arg-type]  # likewise


UNCHANGED = says(b"", 304)
CONDITIONS = [  # fetching.md, section 1
    remembers(
        "an etag goes back as it came", says(FEED, ETag='W/"a b"'), UNCHANGED, asked=["/feed", '/feed if W/"a b"']
    ),
    remembers("so does one without quotes", says(FEED, ETag="abc"), UNCHANGED, asked=["/feed", "/feed if abc"]),
    remembers(
        "and one that gzip was hung on",
        says(FEED, ETag='"abc-gzip"'),
        UNCHANGED,
        asked=["/feed", '/feed if "abc-gzip"'],
    ),
    remembers(
        "a date goes back as it came",
        says(FEED, Last_Modified="Tue,  09 jun 2026 00:00 +0000"),
        UNCHANGED,
        asked=["/feed", "/feed if Tue,  09 jun 2026 00:00 +0000"],
    ),
    remembers(
        "both go back",
        says(FEED, ETag='"1"', Last_Modified=DATE),
        UNCHANGED,
        asked=["/feed", f'/feed if "1" if {DATE}'],
    ),
    remembers("without validators nothing is made up", GOOD, GOOD, asked=["/feed", "/feed"]),
    remembers(
        "a new answer of the same body brings new validators",
        *(says(FEED, ETag=f'"{at}"') for at in range(3)),
        asked=["/feed", '/feed if "0"', '/feed if "1"'],
        titles=["One"],
    ),
    remembers(
        "a validator that is gone is forgotten",
        says(FEED, ETag='"1"', Last_Modified=DATE),
        says(MORE, ETag='"2"'),
        UNCHANGED,
        asked=["/feed", f'/feed if "1" if {DATE}', '/feed if "2"'],
    ),
    remembers(
        "both gone, the whole feed is asked for",
        says(FEED, ETag='"1"'),
        says(MORE),
        GOOD,
        asked=["/feed", '/feed if "1"', "/feed"],
    ),
    remembers(
        "a 304 may bring a new etag",
        says(FEED, ETag='"1"'),
        says(b"", 304, ETag='"2"'),
        UNCHANGED,
        asked=["/feed", '/feed if "1"', '/feed if "2"'],
    ),
    fails(
        "a 304 nobody asked for",
        UNCHANGED,
        "server-error.unchanged",
        "feed.example says nothing is new before it gave anything (304); it will be tried again by itself.",
    ),
    remembers(
        "a 304 for ever is doubted after a week",
        says(FEED, ETag='"1"'),
        UNCHANGED,
        says(MORE, ETag='"2"'),
        asked=["/feed", '/feed if "1"', "/feed"],
        apart=4 * DAY,
        titles=["One", "Two"],
    ),
    remembers(
        "the same etag with another body is read",
        says(FEED, ETag='"1"'),
        says(MORE, ETag='"1"'),
        asked=["/feed", '/feed if "1"'],
        titles=["One", "Two"],
    ),
    remembers(
        "an etag at odds with Expires: 0 is believed",
        says(FEED, ETag='"1"', Expires="0"),
        UNCHANGED,
        asked=["/feed", '/feed if "1"'],
    ),
    remembers(
        "a part of a feed is taken like a feed",
        says(FEED, ETag='"1"'),
        says(rss(TWO), 226, IM="feed", ETag='"2"'),
        UNCHANGED,
        asked=["/feed", '/feed if "1"', '/feed if "2"'],
        titles=["One", "Two"],
    ),
    remembers(
        "a failure forgets nothing",
        says(FEED, ETag='"1"'),
        says(b"", 500, ETag='"error"'),
        UNCHANGED,
        asked=["/feed", '/feed if "1"', '/feed if "1"'],
    ),
    remembers(
        "validators of what could not be read are not kept",
        says(PAGE, ETag='"page"'),
        says(FEED, ETag='"1"'),
        asked=["/feed", "/feed"],
        titles=["One"],
    ),
    remembers(
        "validators go along with a redirect",
        redirects("/there"),
        says(FEED, ETag='"1"'),
        redirects("/there"),
        UNCHANGED,
        asked=["/feed", "/there", '/feed if "1"', '/there if "1"'],
        polls=2,
    ),
    remembers("a cookie is not kept", says(FEED, Set_Cookie="seen=1"), GOOD, asked=["/feed", "/feed"]),
    remembers("an etag that is no text is not kept", says(FEED, ETag='"\x01"'), GOOD, asked=["/feed", "/feed"]),
]

BUSY = "feed.example asks us to come back later ({status}); it will be tried again by itself."
WISHES = [  # section 2
    waits("max-age is waited out", 5 * HOUR, says(FEED, Cache_Control="public, max-age=18000")),
    remembers(
        "max-age of a 304 too",
        says(FEED, ETag='"1"'),
        says(b"", 304, Cache_Control="max-age=36000"),
        asked=["/feed", '/feed if "1"'],
        waits=(10 * HOUR, 10 * HOUR * MOST),
    ),
    waits("max-age of years is a day", DAY, says(FEED, Cache_Control="max-age=315360000")),
    waits(
        "Expires counts from the server's own clock",
        5 * HOUR,
        says(FEED, Date="Thu, 01 Jan 2015 00:00:00 GMT", Expires="Thu, 01 Jan 2015 05:00:00 GMT"),
    ),
    waits("a ttl is waited out", 5 * HOUR, says(rss(ONE, head="<ttl>300</ttl>"))),
    waits(
        "a rhythm is waited out",
        12 * HOUR,
        says(rss(ONE, head="<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>")),
    ),
    waits(
        "the longest of all wishes counts",
        6 * HOUR,
        says(rss(ONE, head="<ttl>60</ttl>"), Cache_Control="max-age=21600"),
    ),
    *(
        Case(name=f"{wish} is no wish", answers=[says(FEED, **{name: wish})], asked=["/feed"], waits=(QUARTER, HOUR))
        for name, wish in [
            ("Cache_Control", "max-age=0"),
            ("Cache_Control", "max-age=18000, no-cache"),
            ("Cache_Control", "max-age=-5"),
            ("Cache_Control", "max-age=soon"),
            ("Expires", "-1"),
        ]
    ),
    waits(
        "Retry-After in seconds",
        5 * HOUR,
        says(b"", 429, Retry_After="18000"),
        trouble="busy",
        said=BUSY.format(status=429),
    ),
    waits(
        "Retry-After as a date",
        5 * HOUR,
        says(b"", 503, Date=DATE, Retry_After="Mon, 08 Jun 2026 17:00:00 GMT"),
        trouble="busy",
        said=BUSY.format(status=503),
    ),
    waits(
        "Retry-After of years is a week",
        7 * DAY,
        says(b"", 429, Retry_After="99999999"),
        trouble="busy",
        said=BUSY.format(status=429),
    ),
    waits(
        "a wish in the max-age of a 429",
        48 * HOUR,
        says(b"", 429, Cache_Control="max-age=172800"),
        trouble="busy",
        said=BUSY.format(status=429),
    ),
    Case(
        name="a 429 without a wish is four hours",
        answers=[says(b"", 429)],
        asked=["/feed"],
        trouble="busy",
        said=BUSY.format(status=429),
        waits=(4 * HOUR, 4 * HOUR * MOST),
    ),
    Case(
        name="a feed that sleeps at this hour is left asleep",
        answers=[says(rss(ONE, head="<skipHours><hour>12</hour><hour>13</hour><hour>14</hour></skipHours>"))],
        asked=["/feed"],
        waits=(3 * HOUR, 4 * HOUR),
    ),
]

MISSING = "feed.example has no feed at this address (404); please check the address."
REFUSED = "feed.example refuses to give this feed to a bot ({status}); please look for another feed of it."
ERROR = "feed.example answers with an error ({status}); it will be tried again by itself."
INSIDE = "Only feeds on the open internet are read; please give a public website’s address."
CHALLENGE = "feed.example asks for a browser check, which a bot cannot pass; please look for another feed."
LOGIN = "feed.example wants readers to log in, which a bot cannot do; please look for another feed of it."
HTML = "feed.example sent a web page instead of a feed; please check the address."
UNREACHABLE = "feed.example could not be reached; it will be tried again by itself."
FOUR = (4 * HOUR, 4 * HOUR * MOST)
MOVED = "http://new.example/feed"
STATUSES = [  # section 3
    remembers("a 203 is a 200", says(FEED, 203), asked=["/feed"], titles=["One"]),
    remembers(
        "moved for good, and held for days: asked there at once",
        *[redirects(MOVED, 301), GOOD] * 4,
        GOOD,
        asked=[*["/feed", "new.example/feed"] * 4, "new.example/feed"],
        polls=5,
        apart=30 * HOUR,
        moved_to=MOVED,
    ),
    remembers(
        "moved for good since today: not yet",
        *[redirects(MOVED, 308), GOOD] * 4,
        asked=["/feed", "new.example/feed"] * 4,
        polls=4,
        moved_to=MOVED,
    ),
    *(
        remembers(
            f"a {status} is followed and never kept",
            *[redirects(MOVED, status), GOOD] * 4,
            asked=["/feed", "new.example/feed"] * 4,
            polls=4,
            apart=30 * HOUR,
        )
        for status in (302, 303, 307)
    ),
    remembers(
        "moved for good, then for today",
        redirects("/there", 301),
        redirects("/elsewhere", 302),
        GOOD,
        asked=["/feed", "/there", "/elsewhere"],
        polls=1,
        moved_to="http://feed.example/there",
    ),
    remembers(
        "a move that is taken back is forgotten",
        redirects(MOVED, 301),
        GOOD,
        GOOD,
        asked=["/feed", "new.example/feed", "/feed"],
        polls=2,
    ),
    remembers(
        "a move to what is no feed",
        redirects(MOVED, 301),
        says(PAGE),
        asked=["/feed", "new.example/feed"],
        polls=1,
        trouble="html",
        said=HTML.replace("feed.example", "new.example"),
    ),
    fails(
        "sent in circles",
        redirects("/feed"),
        "too-many-redirects",
        "feed.example sends us on in circles; please give the feed’s final address.",
        asked=["/feed"] * 6,
        polls=1,
    ),
    fails("sent nowhere", says(b"", 302), "server-error", ERROR.format(status=302)),
    *(
        fails(f"sent to {where}", redirects(where), "forbidden-address", INSIDE)
        for where in (
            "http://127.0.0.1/feed",
            "http://169.254.169.254/latest/meta-data/",
            "http://inside.example/feed",
            "http://split.example/feed",
            "http://db.internal/feed",
            "http://[::ffff:10.0.0.1]/",
        )
    ),
    fails(
        "sent to a file",
        redirects("file:///etc/passwd"),
        "forbidden-address.scheme",
        "A feed’s address begins with https:// or http://; please give one that does.",
    ),
    fails(
        "sent to a port of no web server",
        redirects("http://feed.example:6379/"),
        "forbidden-address.port",
        "Feeds are read on ports 80, 443, 8080 and 8443 only; please use one of them.",
    ),
    fails(
        "sent with a password",
        redirects("http://u:p@feed.example/"),
        "forbidden-address.login",
        "A feed’s address may not hold a name or password; please give it without them.",
    ),
    fails(
        "sent on by a page",
        says('<html><head><meta http-equiv="refresh" content="0; url=/new"></head></html>'),
        "html.elsewhere",
        "feed.example sent a web page that leads elsewhere instead of a feed; please give the feed’s final address.",
    ),
    *(
        fails(f"a {status}", says(FEED, status), "refused", REFUSED.format(status=status), waits=FOUR)
        for status in (401, 403, 451)
    ),
    fails(
        "a browser check",
        says(PAGE, 403, cf_mitigated="challenge", Content_Type="text/html"),
        "challenge",
        CHALLENGE,
        waits=FOUR,
    ),
    fails("a browser check behind a 200", says("<html><title>Just a moment...</title></html>"), "challenge", CHALLENGE),
    fails("a 404", says(PAGE, 404), "missing", MISSING),
    fails(
        "a 404 for more than a week",
        says(PAGE, 404),
        "missing",
        MISSING,
        asked=["/feed"] * 7,
        apart=32 * HOUR,
        off=True,
    ),
    fails("a 404 for two days", says(PAGE, 404), "missing", MISSING, asked=["/feed"] * 7, apart=8 * HOUR),
    Case(
        name="a parked domain",
        answers=[redirects("http://new.example/lander"), says(PAGE, Content_Type="text/html")],
        asked=["/feed", "new.example/lander"],
        polls=1,
        trouble="html",
        said=HTML.replace("feed.example", "new.example"),
    ),
    remembers("a 404 that is mended", says(PAGE, 404), GOOD, asked=["/feed", "/feed"], titles=["One"]),
    fails(
        "a 410",
        says(PAGE, 410),
        "gone",
        "feed.example says this feed is gone for good (410); please remove it or give its new address.",
        off=True,
    ),
    fails(
        "no word after a 410",
        says(PAGE, 410),
        "gone",
        "feed.example says this feed is gone for good (410); please remove it or give its new address.",
        off=True,
        polls=3,
    ),
    *(
        fails(
            f"a {status}",
            says(b"", status),
            "server-error",
            ERROR.format(status=status),
            waits=(QUARTER, QUARTER * MOST),
        )
        for status in (204, 400, 500, 502, 504, 520)
    ),
    fails(
        "the fifth 500 in a row",
        says(PAGE, 500),
        "server-error",
        ERROR.format(status=500),
        asked=["/feed"] * 5,
        waits=(QUARTER, 4 * HOUR * MOST),
    ),
    fails("a login page", says("<html><form><input type='password'></form></html>"), "login", LOGIN),
    Case(
        name="sent to a login page",
        answers=[redirects("/users/sign_in"), says(PAGE, Content_Type="text/html")],
        asked=["/feed", "/users/sign_in"],
        polls=1,
        trouble="login",
        said=LOGIN,
    ),
    fails("a web page", says(PAGE, Content_Type="text/html"), "html", HTML),
    fails("a web page that calls itself a feed", says(PAGE), "html", HTML),
    fails(
        "JSON that is no feed",
        says('{"error": "not found"}', Content_Type="application/json"),
        "not-a-feed",
        "feed.example sent something that is not a feed; please check the address.",
    ),
    fails(
        "something else",
        says(b"%PDF-1.7 \xff\xd8"),
        "not-a-feed",
        "feed.example sent something that is not a feed; please check the address.",
    ),
    fails("an empty page", says(b""), "empty", "feed.example sent an empty page; it will be tried again by itself."),
    fails(
        "a blank page",
        says(b" \r\n\t\n"),
        "empty",
        "feed.example sent an empty page; it will be tried again by itself.",
    ),
    Case(
        name="no entries where there were many",
        answers=[says(rss(*(item(f"T{at}") for at in range(3)))), says(rss())],
        asked=["/feed", "/feed"],
        trouble="emptied",
        said="feed.example sent this feed without any entry, where it had many; it will be tried again by itself.",
        titles=["T0", "T1", "T2"],
    ),
    reads(
        "no entries yet",
        rss(),
        [],
        "empty.entries",
        said="This feed has no entries now; please look again later, or at its site.",
    ),
    fails("a connection reset", hangs_up, "unreachable", UNREACHABLE),
    Case(
        name="an idle connection that was closed meanwhile",
        answers=[GOOD, hangs_up, says(MORE)],
        asked=["/feed"] * 3,
        polls=2,
        titles=["One", "Two"],
    ),
    fails("silence", is_silent, "unreachable", UNREACHABLE, settings={"deadline": 0.1}),
    fails("no HTTP at all", sends(b"220 mail.example ESMTP\r\n", closing=True), "unreachable", UNREACHABLE),
    fails(
        "a name that is not there",
        GOOD,
        "no-such-host",
        "The name nobody.example was not found; please check the address.",
        asked=[],
        polls=1,
        url="http://nobody.example/feed",
    ),
    fails(
        "a name on the inside", GOOD, "forbidden-address", INSIDE, asked=[], polls=1, url="http://inside.example/feed"
    ),
    fails(
        "a name with two faces", GOOD, "forbidden-address", INSIDE, asked=[], polls=1, url="http://split.example/feed"
    ),
    *(
        fails(
            f"a certificate: {key}",
            GOOD,
            key,
            said,
            asked=[],
            polls=1,
            tls=key.partition(".")[2],
            url="https://feed.example/feed",
        )
        for key, said in {
            "tls.chain": "feed.example sends an incomplete chain of certificates, or one of an unknown authority; "
            "please tell its owners.",
            "tls.expired": "The certificate of feed.example has expired; please tell its owners.",
            "tls.name": "The certificate of feed.example belongs to another name; please check the address.",
            "tls.self-signed": "feed.example signed its certificate itself, so that nobody vouches for it; "
            "please tell its owners.",
        }.items()
    ),
    fails(
        "https where there is none",
        GOOD,
        "tls.none",
        "feed.example does not speak https there; please try the address with http://.",
        asked=[],
        polls=1,
        url="https://feed.example/feed",
    ),
    Case(
        name="https, and all is well",
        answers=[GOOD],
        asked=["/feed"],
        tls="good",
        url="https://feed.example/feed",
        titles=["One"],
    ),
]

BIG = "feed.example sent more than 0.1 MB; please look for a smaller feed of it."
SMALL = {"max_bytes": 100_000}
PACKING = "feed.example packs this feed in a way that is not read here; please look for another feed of it."
SLOW = "feed.example sent this feed too slowly; it will be tried again by itself."
CUT = "feed.example broke off in the middle of this feed; it will be tried again by itself."
BOMB = b"A" * 5_000_000
SIZES = [  # section 8
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
        name="five hundred entries",
        answers=[says(rss(*(item(f"T{at}") for at in range(500))))],
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

CHINA = "2026-06-08T02:00:00Z"
CONTENT = [  # section 11
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

CASES = [*CONDITIONS, *WISHES, *STATUSES, *SIZES, *CONTENT]
