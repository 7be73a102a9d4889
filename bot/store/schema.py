"""The tables, the same on SQLite and PostgreSQL; migrations/ holds every step from one release to the next."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
    false,
    text,
)

from bot.store import feed_tables as feed_tables  # noqa: PLC0414  # its tables belong to the whole
from bot.store.columns import Number, Utc
from bot.store.columns import metadata as metadata  # noqa: PLC0414  # whoever takes it takes the tables along

facts = Table(
    "facts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
    comment="what belongs to this installation: its id, which goes into every nonce",
)

stories = Table(
    "stories",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("scope", String(64), nullable=False),
    Column("merged_into", String(16), ForeignKey("stories.id")),
    Column("created_at", Utc, nullable=False),
    # How probably the other press has it elsewhere; 1, which claims nothing, until grouping knows better.
    Column("echo", Float, nullable=False, server_default=text("1")),
    comment="one event each; merged_into leads from an old id to the surviving story",
)

articles = Table(
    "articles",
    metadata,
    Column("number", Number, primary_key=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("scope", String(64), nullable=False),
    Column("link_key", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("newsroom", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("title_language", String(8), nullable=False),
    Column("published_at", Utc, nullable=False, index=True),
    Column("first_seen_at", Utc, nullable=False, index=True),
    Column("edited_at", Utc),
    Column("edits", Integer, nullable=False, server_default=text("0")),
    Column("story_id", String(16), ForeignKey("stories.id"), index=True),
    Column("original_id", String(64)),
    Column("topic", String(16)),
    Column("relevant", Boolean, nullable=False),
    Column("via", Text),  # the newsroom that the text itself credits
    UniqueConstraint("scope", "link_key"),
    sqlite_autoincrement=True,
    comment="one entry each, never the full text; scope is the catalogue or the one server that sees it",
)
Index(
    "ix_articles_waiting",
    articles.c.first_seen_at,
    postgresql_where=articles.c.story_id.is_(None),
    sqlite_where=articles.c.story_id.is_(None),
)

Index("ix_articles_newsroom_number", articles.c.newsroom, articles.c.number)

aliases = Table(
    "aliases",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("article", Number, ForeignKey("articles.number"), nullable=False, index=True),
    comment="further ids that files gave an article: each finds it in what other programs read",
)

unread = Table(
    "unread",
    metadata,
    Column("article", Number, ForeignKey("articles.number"), primary_key=True),
    comment="articles whose names and meanings the index of words does not hold yet",
)

findings = Table(
    "findings",
    metadata,
    Column("feed_id", Number, ForeignKey("feeds.id"), primary_key=True),
    Column("guid", Text, primary_key=True),
    Column("article", Number, ForeignKey("articles.number"), nullable=False, index=True),
    Column("found_at", Utc, nullable=False),
    Index("ix_findings_feed_id_found_at", "feed_id", "found_at"),
    comment="which feed brought which article: one article may have several finders",
)

vectors = Table(
    "vectors",
    metadata,
    Column("article", Number, ForeignKey("articles.number"), primary_key=True),
    Column("model", String(128), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
    Column("stamp", BigInteger, nullable=False, server_default=text("0")),  # grows with each writing
    Index("ix_vectors_model_stamp_article", "model", "stamp", "article"),
    comment="a unit vector in little-endian float16, for one model each",
)

stale = Table(
    "stale",
    metadata,
    Column("article", Number, ForeignKey("articles.number"), primary_key=True),
    comment="articles that were edited: their vectors are to be made anew",
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Number, primary_key=True),
    Column("channel", String(64), nullable=False, unique=True),
    Column("scope", String(64), nullable=False),
    Column("local_time", Time, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("days", JSON, nullable=False),
    Column("topics", JSON, nullable=False),
    Column("language", String(8), nullable=False),
    Column("size", Integer, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("created_by", String(64)),
    Column("paused_at", Utc),
    Column("paused_reason", Text),
    Column("wanted_at", Utc),
    Column("ended_at", Utc),
    comment="a channel's wish; one a channel",
)

editions = Table(
    "editions",
    metadata,
    Column("id", Number, primary_key=True),
    Column("subscription_id", Number, ForeignKey("subscriptions.id"), nullable=False),
    Column("local_date", Date, nullable=False),
    Column("decided_at", Utc, nullable=False),
    Column("window_start", Utc, nullable=False),
    Column("window_end", Utc, nullable=False),
    Column("digest", JSON, nullable=False),
    UniqueConstraint("subscription_id", "local_date"),
    comment="the digest of one subscription for one local day; a day once decided is never decided again",
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("edition_id", Number, ForeignKey("editions.id"), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("state", String(16), nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("started_at", Utc),
    Column("sent_at", Utc),
    Column("message_id", String(64)),
    Column("trouble", Text),
    Column("next_at", Utc),
    Column("first_at", Utc),
    Column("unclear", Boolean, nullable=False, server_default=false()),  # a try may have posted it unknown to us
    comment="the outbox: waiting, sending, sent or failed",
)

shown = Table(
    "shown",
    metadata,
    Column("subscription_id", Number, ForeignKey("subscriptions.id"), primary_key=True),
    Column("article", Number, ForeignKey("articles.number"), primary_key=True, index=True),
    Column("edition_id", Number, ForeignKey("editions.id"), nullable=False),
    comment="memory by article: what a channel has seen, so that merges and splits cannot cause a repeat",
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", Number, primary_key=True),
    Column("scope", String(64), nullable=False, index=True),
    Column("act", String(16), nullable=False),
    Column("story_id", String(16), ForeignKey("stories.id")),
    Column("other_id", String(16), ForeignKey("stories.id")),
    Column("articles", JSON, nullable=False),
    Column("title", Text),
    Column("made_at", Utc, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("undone_at", Utc),
    Column("undone_by", String(64)),
    Column("before", JSON, nullable=False, server_default=text("'{}'")),  # which article was in which story before it
    comment="a moderator's merge, split, hide, keep-on-top or retitle; the operator's bind the grouping",
)

names = Table(
    "names",
    metadata,
    Column("id", Number, primary_key=True),
    Column("scope", String(64), nullable=False, index=True),
    Column("entity", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("added_at", Utc, nullable=False),
    Column("added_by", String(64), nullable=False),
    Column("removed_at", Utc),
    Column("removed_by", String(64)),
    comment="names that a server's moderators added to the lexicon",
)

questions = Table(
    "questions",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("text", Text, nullable=False),
    Column("asked_at", Utc, nullable=False, index=True),
    comment="what was searched for, without who: a button has no room for it",
)

watches = Table(
    "watches",
    metadata,
    Column("id", Number, primary_key=True),
    Column("scope", String(64), nullable=False, index=True),
    Column("channel", String(64), nullable=False),
    Column("owner", String(64), nullable=False, index=True),
    Column("language", String(8), nullable=False),
    Column("question", Text, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("reason", String(32)),
    Column("seen", BigInteger, nullable=False),  # the number of the last article looked at
    comment="saved searches that alert: whose, and in which channel",
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Number, primary_key=True),
    Column("watch_id", Number, ForeignKey("watches.id"), nullable=False, index=True),
    Column("told", JSON, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("started_at", Utc),
    Column("first_at", Utc),
    Column("next_at", Utc),
    Column("sent_at", Utc),
    Column("message_id", String(64)),
    Column("trouble", Text),
    Column("unclear", Boolean, nullable=False, server_default=false()),  # a try may have posted it unknown to us
    comment="the outbox of watches: waiting, sending, sent or failed",
)

alerted = Table(
    "alerted",
    metadata,
    Column("watch_id", Number, ForeignKey("watches.id"), primary_key=True),
    Column("article", Number, ForeignKey("articles.number"), primary_key=True, index=True),
    comment="memory by article: what a watch has told, so that merges and splits cannot cause a repeat",
)

asked = Table(
    "asked",
    metadata,
    Column("scope", String(64), primary_key=True),
    Column("question", String(16), ForeignKey("questions.id"), primary_key=True, index=True),
    Column("days", Integer, nullable=False),
    Column("asked_at", Utc, nullable=False),
    comment="in which servers a question was asked and on how many days, without who asked",
)
