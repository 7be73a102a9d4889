"""What a server wishes about time."""

from tests.feeds.case import DATE, DAY, FEED, HOUR, MOST, ONE, QUARTER, Case, remembers, rss, waits
from tests.feeds.misbehaving import says

BUSY = "feed.example asks us to come back later ({status}); it will be tried again by itself."
WISHES = [
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
