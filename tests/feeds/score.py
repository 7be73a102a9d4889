"""What a server sees of a reader in a week, and the faults it finds with it.

The rules are those of the feed reader score: https://rachelbythebay.com/w/2024/06/28/fsr/.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web


@dataclass(slots=True)
class Account:
    """What a server remembers of one of its feeds: what it served last, every visit, and when it may be asked again."""

    served: list[tuple[str | None, str | None]] = field(default_factory=list)
    visits: list[datetime] = field(default_factory=list)
    whole: list[datetime] = field(default_factory=list)
    may_come: datetime | None = None


class Score:
    """Judges each request for a feed, and keeps the sentences of what was wrong.

    `least` is how long a reader is to wait between two requests for one feed that says nothing about it.
    """

    def __init__(self, least: timedelta) -> None:
        self._least = least
        self.accounts: dict[str, Account] = defaultdict(Account)
        self.faults: list[str] = []

    def visit(self, feed: str, request: web.Request, now: datetime) -> None:
        """Judge a request."""
        account = self.accounts[feed]
        sent = request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since")
        self._judge_politeness(feed, request)
        self._judge_pace(feed, account, now)
        self._judge_validators(feed, account, sent)
        account.visits.append(now)
        if sent == (None, None):
            account.whole.append(now)
        account.may_come = now + self._least

    def serve(self, feed: str, etag: str | None, modified: str | None) -> None:
        """Remember the validators of an answer."""
        self.accounts[feed].served.append((etag, modified))

    def promise(self, feed: str, until: datetime) -> None:
        """Say when a reader may come again, where that is later than it would be anyway."""
        account = self.accounts[feed]
        account.may_come = max(account.may_come or until, until)

    def _judge_politeness(self, feed: str, request: web.Request) -> None:
        for odd in ("Cookie", "Referer"):
            if odd in request.headers:
                self.faults.append(f"{feed}: sends a {odd}")
        if request.query_string:
            self.faults.append(f"{feed}: asks with {request.query_string}")
        if not request.headers.get("User-Agent", "").startswith("Jianbao/"):
            self.faults.append(f"{feed}: hides who it is")

    def _judge_pace(self, feed: str, account: Account, now: datetime) -> None:
        if account.may_come and now < account.may_come:
            self.faults.append(f"{feed}: comes {account.may_come - now} too soon at {now}")

    def _judge_validators(self, feed: str, account: Account, sent: tuple[str | None, str | None]) -> None:
        for at, name in enumerate(("If-None-Match", "If-Modified-Since")):
            if sent[at] is None:
                continue
            given = [served[at] for served in account.served]
            if sent[at] not in given:
                self.faults.append(f"{feed}: makes up {name} {sent[at]}")
            elif sent[at] != given[-1]:
                self.faults.append(f"{feed}: sends {name} {sent[at]} out of sequence")
