"""Everything that can go wrong; each error has a sentence for people and fields for the log.

JianbaoError
├── SettingsError      a setting, feeds.yaml or the rehearsal clock is wrong
├── InputError         what was typed or handed over cannot be read (a query, a JSONL line, a file)
│   ├── RefusedError   what somebody in a server asked for cannot be done; `key` names its sentence
│   └── QueryError     a query cannot be read; `told` says so in both languages
├── CorrectionError    a correction cannot be made or undone; `code` names why
├── NotFoundError      no such story, feed or file
├── StoreError         the database cannot be opened or used
├── ModelError         the encoder cannot be loaded
├── ConnectionLostError  Discord cannot be reached at start, or ended the connection
├── DeliveryError      a digest could not be posted this time
│   ├── UnclearError   it may be there all the same: the answer got lost
│   └── ChannelError   its channel cannot be posted to until somebody changes something; `code` names why
└── FeedError          a feed cannot be used; `code` names the trouble
    ├── FetchError     it could not be fetched
    └── ParseError     what came back is not a feed
"""

from collections.abc import Mapping


class JianbaoError(Exception):
    """Say in one sentence what happened and what to do next; `fields` hold the raw facts for the log."""

    def __init__(self, sentence: str, **fields: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.fields = fields


class SettingsError(JianbaoError):
    """A setting, feeds.yaml or the rehearsal clock is wrong."""


class InputError(JianbaoError):
    """What was typed or handed over cannot be read."""


class RefusedError(InputError):
    """What somebody in a server asked for cannot be done; `key` and `values` say so in any language."""

    def __init__(self, sentence: str, *, key: str, values: Mapping[str, object]) -> None:
        super().__init__(sentence, key=key)
        self.key = key
        self.values = values


class QueryError(InputError):
    """A query cannot be read; `told` says so by language, and what was typed stands in it as it came."""

    def __init__(self, sentence: str, *, told: Mapping[str, str]) -> None:
        super().__init__(sentence)
        self.told = told


class CorrectionError(JianbaoError):
    """A correction cannot be made or undone as things are; `code` is a short name of why."""

    def __init__(self, code: str, sentence: str, **fields: object) -> None:
        super().__init__(sentence, code=code, **fields)
        self.code = code


class NotFoundError(JianbaoError):
    """There is no such story, feed or file."""


class StoreError(JianbaoError):
    """The database cannot be opened or used."""


class ModelError(JianbaoError):
    """The encoder cannot be loaded."""


class ConnectionLostError(JianbaoError):
    """Discord cannot be reached at start, or ended the connection for good."""


class DeliveryError(JianbaoError):
    """A digest could not be posted; it stays in the outbox and is tried again."""


class UnclearError(DeliveryError):
    """A digest may have been posted or not: the answer is what got lost."""


class ChannelError(DeliveryError):
    """A channel cannot be posted to until somebody changes something; `code` is kept with the subscription."""

    def __init__(self, code: str, sentence: str, **fields: object) -> None:
        super().__init__(sentence, code=code, **fields)
        self.code = code


class FeedError(JianbaoError):
    """A feed cannot be used now; `code` is a short name of the trouble.

    `key` names the sentence in any language (the code, with the case behind a dot where there is one), `facts` are
    what stands in it; both are kept with the feed.
    """

    def __init__(self, key: str, sentence: str, *, facts: Mapping[str, object] | None = None, **fields: object) -> None:
        self.key = key
        self.code = key.partition(".")[0]
        self.facts = dict(facts or {})
        super().__init__(sentence, code=self.code, **self.facts, **fields)


class FetchError(FeedError):
    """A feed could not be fetched; `retry_after` is the server's own wish in seconds, where it gave one."""

    def __init__(
        self,
        key: str,
        sentence: str,
        *,
        retry_after: float | None = None,
        facts: Mapping[str, object] | None = None,
        **fields: object,
    ) -> None:
        super().__init__(key, sentence, facts=facts, **fields)
        self.retry_after = retry_after


class ParseError(FeedError):
    """What came back is not a feed that can be read."""
