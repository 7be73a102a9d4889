"""What a server does with validators."""

from tests.feeds.case import DATE, DAY, FEED, GOOD, MORE, PAGE, TWO, fails, remembers, rss
from tests.feeds.misbehaving import redirects, says

UNCHANGED = says(b"", 304)
CONDITIONS = [
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
