"""Give every spelling of an article's address one key, so that the same article is known again.

The list of tracking parameters follows miniflux, with the Chinese ones beside it:
https://github.com/miniflux/v2/blob/main/internal/reader/urlcleaner/urlcleaner.go
Parameters that carry the article (sid, id, p) stay, and nothing is sorted: order can matter.
"""

import hashlib
import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, urlsplit

_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_HOST = re.compile(r"[\w.-]+")
_TWIN_HOST = re.compile(r"^(?:(?:www|m|mobile|wap|amp)\.)+(?=[^.]+\.[^.])")
_TWIN_PATH = re.compile(r"(?<=[^/])(?:/amp|/)+$|^/+$")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PLAIN = re.compile(r"[A-Za-z0-9._~/:@!$&'*+,;=?-]*")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_SAFE = "/%:@!$&'*+,;=~?"
_LONGEST_KEY = 1000
"""PostgreSQL's indexes hold values of 2,704 bytes; escaped Chinese letters are nine bytes each."""

_DEFAULT_PORTS = frozenset({None, 80, 443})

_TRACKING_STARTS = ("utm_", "mtm_", "hsa_")
_TRACKING = frozenset(
    {
        *(
            "fbclid",
            "gclid",
            "dclid",
            "gbraid",
            "wbraid",
            "msclkid",
            "yclid",
            "twclid",
            "ttclid",
            "igshid",
            "igsh",
        ),
        *(
            "mc_cid",
            "mc_eid",
            "mkt_tok",
            "_hsenc",
            "_hsmi",
            "oly_enc_id",
            "oly_anon_id",
            "vero_id",
            "wickedid",
        ),
        *("rb_clickid", "s_cid", "cmpid", "ncid", "guccounter"),
        *("spm", "spm_id_from", "scene", "share_token", "share_source", "share_medium", "isappinstalled"),
        *("nsukey", "vd_source"),
    }
)
_TRACKING_PAIRS = frozenset(
    {
        *("f=rss", "from=rss", "ref=rss", "source=rss"),
        *("from=timeline", "from=singlemessage", "from=groupmessage"),
    }
)
_TWIN_PAIRS = frozenset({"amp", "amp=", "amp=1", "amp=true", "outputtype=amp"})
"""What leads to another look of the same article: left in a link, and not in its key."""

_QUERY = re.compile(r"^([^?#]*)\?([^#]*)")


def canonical(link: str) -> str:
    """The dedupe key of a link, without a scheme; the key of a key is the key itself."""
    parts = _split(link)
    if parts is None or not (host := _host(parts)):
        return link.strip()
    port = "" if parts.port in _DEFAULT_PORTS else f":{parts.port}"
    path = _TWIN_PATH.sub("", _escaped(parts.path))
    query = "&".join(pair for pair in map(_escaped, parts.query.split("&")) if pair and not _is_decoration(pair))
    fragment = f"#{_escaped(parts.fragment)}" if parts.fragment.startswith("!") else ""
    return host + port + path + (query and f"?{query}") + fragment


def untracked(link: str, feed: str) -> str:
    """A link without what tells its site who sent the reader; `ref` goes where it names the feed's own site.

    All else stays as it was written.
    """
    own = f"ref={host_of(feed)}"
    return _QUERY.sub(lambda match: match[1] + _without_tracking(match[2], own), link)


def _without_tracking(query: str, own: str) -> str:
    kept = [pair for pair in query.split("&") if not (_is_tracking(pair) or pair.lower().replace("=www.", "=") == own)]
    return f"?{'&'.join(kept)}" if any(kept) else ""


def key_of(link: str) -> str:
    """The canonical link as a database can index it: an absurdly long one by its fingerprint."""
    key = canonical(link)
    return key if len(key) <= _LONGEST_KEY else f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"


@lru_cache(4096)  # of every feed, in every round
def host_of(link: str) -> str:
    """The site a link leads to, without its www or m; empty where there is none."""
    parts = _split(link)
    return _host(parts) if parts else ""


@lru_cache(256)
def _split(link: str) -> SplitResult | None:
    link = link.strip()
    scheme = _SCHEME.match(link)
    if scheme and scheme[1].lower() not in {"http", "https"}:
        return None
    rest = link[scheme.end() :] if scheme else link.removeprefix("//")
    try:
        parts = urlsplit(f"//{rest}")
        _ = parts.port  # read lazily, and raises there
    except ValueError:
        return None
    return parts


@lru_cache(256)
def _host(parts: SplitResult) -> str:
    name = (parts.hostname or "").strip(".")
    host = _TWIN_HOST.sub("", name if name.isascii() else _punycode(name))
    return host if _HOST.fullmatch(host) else ""


def _punycode(name: str) -> str:
    try:
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return name


def _escaped(part: str) -> str:
    """One spelling of percent-escapes: plain letters bare, everything odd escaped in capitals."""
    if _PLAIN.fullmatch(part):
        return part
    whole = quote(_STRAY_PERCENT.sub("%25", part), safe=_SAFE, errors="replace")
    return _ESCAPE.sub(_plain_or_capital, whole)


def _plain_or_capital(escape: re.Match[str]) -> str:
    letter = chr(int(escape[0][1:], 16))
    return letter if _UNRESERVED.fullmatch(letter) else escape[0].upper()


def _is_decoration(pair: str) -> bool:
    return _is_tracking(pair) or pair.lower() in _TWIN_PAIRS


def _is_tracking(pair: str) -> bool:
    pair = pair.lower()
    name = pair.partition("=")[0]
    return pair in _TRACKING_PAIRS or name in _TRACKING or name.startswith(_TRACKING_STARTS)
