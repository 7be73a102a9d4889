"""What an answer's status and headers say: what went wrong, how long it stays fresh, when we may come back."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.feed import LONGEST_BAN

_TROUBLES = {
    401: "refused",
    402: "refused",
    403: "refused",
    451: "refused",
    404: "missing",
    410: "gone",
    429: "busy",
    503: "busy",
}


def trouble_of(status: int, headers: Mapping[str, str]) -> str:
    """The key of what an answer without a feed comes to."""
    # https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/
    if headers.get("cf-mitigated", "").strip().lower() == "challenge":
        return "challenge"
    return _TROUBLES.get(status, "server-error")


def text_of(headers: Mapping[str, str], name: str) -> str | None:
    """A header byte for byte; None where it is no text, which could be neither kept nor sent back nor shown."""
    value = headers.get(name)
    return value if value and value.isprintable() else None


def fresh_for(headers: Mapping[str, str]) -> float | None:
    """The seconds an answer says it stays fresh: Cache-Control first, else Expires measured from Date."""
    directives = [part.strip().lower() for part in headers.get("Cache-Control", "").split(",")]
    if "no-cache" in directives or "no-store" in directives:
        return None
    ages = [part.partition("=")[2].strip('" ') for part in directives if part.startswith("max-age")]
    if ages:
        return _positive(float(ages[0])) if ages[0].isdecimal() else None
    expires, date = _http_date(headers.get("Expires")), _http_date(headers.get("Date"))
    return _positive((expires - date).total_seconds()) if expires and date else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds a server asks us to stay away, given as a number or as a date."""
    wish = headers.get("Retry-After", "").strip()
    if wish.isdecimal():
        seconds = float(wish)
    elif moment := _http_date(wish):
        seconds = (moment - (_http_date(headers.get("Date")) or datetime.now(UTC))).total_seconds()
    else:
        return None
    return _positive(min(seconds, LONGEST_BAN.total_seconds()))


def stay_away(headers: Mapping[str, str]) -> float | None:
    """How long a busy server wants to be left alone: it may say so in Retry-After, in Cache-Control, or in both.

    rachelbythebay.com blocked a reader that took only the first: https://github.com/lemon24/reader/issues/376.
    """
    wishes = [wish for wish in (retry_after(headers), fresh_for(headers)) if wish]
    return min(max(wishes), LONGEST_BAN.total_seconds()) if wishes else None


def _positive(seconds: float) -> float | None:
    return seconds if seconds > 0 else None


def _http_date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
