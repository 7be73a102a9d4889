"""The frozen values that travel between the rooms; all times are aware and in UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

CATALOGUE = "catalogue"
"""The scope of what every server sees; any other scope is one server's own (its id)."""


A_DIGEST = 15
"""How many stories a digest lists unless somebody wishes otherwise: one message holds them with room to tell."""


class Language(StrEnum):
    """The two presses."""

    EN = "en"
    ZH = "zh"


class Kind(StrEnum):
    """What a newsroom is; only press counts as corroboration."""

    PRESS = "press"
    COMPANY = "company"
    OFFICIAL = "official"
    AGGREGATOR = "aggregator"
    COMMUNITY = "community"


class Topic(StrEnum):
    """A section of the digest."""

    CHIPS = "chips"
    MODELS = "models"
    COMPUTE = "compute"
    POLICY = "policy"
    CAPITAL = "capital"
    ROBOTS = "robots"
    RESEARCH = "research"


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """Who stands behind an article, whichever feed brought it."""

    name: str
    language: Language
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One entry of a feed as it is kept: title, link, short excerpt, times; never the full text.

    `link_key` is the canonical link that makes one article of several findings. `original_id` names the
    article this one copies (a reprint or a wire), where it does; `via` the newsroom the text itself credits.
    `relevant` is true from the start where the whole feed is on topic, and `topic` is there where that is of one topic;
    else grouping decides.
    """

    id: str
    scope: str
    title: str
    link: str
    link_key: str
    summary: str
    newsroom: Newsroom
    title_language: Language
    published_at: datetime
    first_seen_at: datetime
    story_id: str | None = None
    original_id: str | None = None
    via: str | None = None
    topic: Topic | None = None
    relevant: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The articles, in any language, that report one event, oldest first; `id` is opaque and never reused.

    `title` is what a moderator called it, `on_top` that one wants it first.
    `echo` is how likely, between 0 and 1, some article of the other press outside of it reports the same event
    (the likeliest one's chance); it says nothing of a story that has both presses.
    """

    id: str
    articles: tuple[Article, ...]
    topic: Topic | None = None
    title: str | None = None
    on_top: bool = False
    echo: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a channel wants its digest: daily at `local_time` in `zone`, told to a reader of `language`.

    The language chooses headlines and never filters sources; `size` is the most stories it lists.
    """

    local_time: time
    zone: str
    language: Language
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A channel's wish; `local_time` is in `zone`. `language` is the reader's and never filters sources.

    `created_at` is when the wish took its present form: no time before it is kept. `wanted_at` tells that somebody
    asked for today's edition ahead of its time, `paused_reason` (a code of ChannelError's) that nothing is decided.
    """

    id: int
    channel: str
    local_time: time
    zone: str
    language: Language
    size: int
    created_at: datetime
    scope: str = CATALOGUE
    wanted_at: datetime | None = None
    paused_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The hours an edition covers: what was first seen after `start`, up to and including `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A source's own headline with its link; `translated` when an aggregator translated the title.

    `language` is the title's. `gloss` renders a title the reader cannot read word by word, and is no translation.
    """

    title: str
    link: str
    newsroom: str
    language: Language
    article_id: str
    published_at: datetime
    translated: bool = False
    gloss: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What a story shows: every line is a source's own words and links to it.

    `title` stands above them where a moderator gave the story one: it is no source's.
    `beside` is the other press's headline; `excerpt` one or two sentences of a source that follow each other, with
    their article's headline; `second` another newsroom's headline where there is neither.
    `newsrooms` are the independent press newsrooms by language; `companies` and `officials` speak in it too and
    are not counted. `lead_hours` is positive when the Chinese press was first. `only` is the press that alone has
    it, in the feeds read here.
    """

    story_id: str
    topic: Topic | None
    headline: Headline
    beside: Headline | None
    excerpt: str | None
    excerpt_from: Headline | None
    newsrooms: tuple[tuple[Language, tuple[str, ...]], ...]
    companies: tuple[str, ...]
    officials: tuple[str, ...]
    lead_hours: int | None
    first_at: datetime
    last_at: datetime
    articles: int
    title: str | None = None
    second: Headline | None = None
    only: Language | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """What somebody or something is called in each language."""

    en: str
    zh: str

    def to(self, reader: Language) -> str:
        """The name for a reader."""
        return self.zh if reader is Language.ZH else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What is new in a story since a channel last saw it on `since`, a local date.

    `newsrooms` had not reported then. `press` is the one that had been silent, where it has begun to speak.
    """

    since: date
    newsrooms: tuple[str, ...]
    press: Language | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One numbered place of a digest; `new` is the headline that makes a known story an update.

    A sibling stands in a line `under` the story of that number and is called by the names in which it differs
    (its headline, where it has none); that story's `theme` is what they all share.
    """

    number: int
    telling: Telling
    new: Headline | None = None
    update: Update | None = None
    under: int | None = None
    called: tuple[Name, ...] = ()
    theme: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a digest under one heading.

    `heading` is a Topic's value, "top", "only-zh", "only-en" (what one press alone has), "updates" or "also".
    """

    heading: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One edition as it is told, before it has a look; `widened` tells that a day had too little to tell."""

    language: Language
    zone: str
    local_date: date
    window: Window
    stories: int
    articles: int
    feeds: int
    sections: tuple[Section, ...]
    next_at: datetime | None = None
    widened: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The digest of one subscription for one local day, written down before anything is sent."""

    id: int
    subscription: Subscription
    local_date: date
    decided_at: datetime
    digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message part of an edition on its way (the outbox row); `part` counts from 0.

    `unclear` tells that an earlier try may have posted it without our knowing, the first one at `first_at`.
    """

    edition_id: int
    part: int
    channel: str
    subscription_id: int
    decided_at: datetime
    digest: Digest
    attempts: int = 0
    first_at: datetime | None = None
    unclear: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A story that answers a query: the best-matching article first; higher `score` is better.

    `tier` says how it answers: "all" names and says everything that was required of it, "near" is the closest in
    meaning where no story names all that was named, "alone" names some of it (`names`), "other" none. `says` are the
    words beside the names that it says, as they were typed.
    """

    story: Story
    title: str
    score: float
    tier: str = ""
    names: tuple[str, ...] = ()
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The hits of a query; `named` are the entities it names, each by its name for a reader of a language.

    `spelt` are all ways in which these are looked for, `corrected` what was typed wrong with what it was taken for.
    `words` are the words beside the names, `unsaid` those of them that no hit says together. Articles from `begins`
    on were looked at, or what lies between `since` and `until` where that was asked for; of these `newsrooms` and
    `languages` alone where some were. `phrases` stood between quotes; `operators` are the other ones and what was not
    wanted, as typed.

    What may be asked instead: `alone` is the query with one of its entities only, by its id, `wider` the query
    without what narrows it, `near` are known names near to what was typed, where nothing was found.
    """

    query: str
    hits: tuple[Hit, ...] = field(default=())
    named: Mapping[str, Mapping[Language, str]] = field(default_factory=dict)
    spelt: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    corrected: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()
    unsaid: str = ""
    begins: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    newsrooms: tuple[str, ...] = ()
    languages: frozenset[Language] = frozenset(Language)
    phrases: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    asked_at: datetime | None = None
    alone: Mapping[str, str] = field(default_factory=dict)
    wider: str = ""
    near: tuple[str, ...] = ()
