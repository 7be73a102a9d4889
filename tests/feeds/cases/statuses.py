"""What a server answers instead of a feed, or does instead of answering."""

from tests.feeds.case import FEED, GOOD, HOUR, MORE, MOST, PAGE, QUARTER, Case, fails, item, reads, remembers, rss
from tests.feeds.misbehaving import hangs_up, is_silent, redirects, says, sends

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
STATUSES = [
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
    fails("a login page", says("<html><title>Sign in</title><input type='password'></html>"), "login", LOGIN),
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
