"""The first tables, and the index of words in each database's own kind."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table, then the index of words."""
    _tables()
    if op.get_bind().dialect.name == "sqlite":
        # A term may hold a dot, an ampersand or a plus (qwen3.7, at&t, c++): bot.text has split already.
        op.execute(
            "CREATE VIRTUAL TABLE article_words USING fts5("
            "terms, tokenize = \"unicode61 remove_diacritics 0 tokenchars '.&+'\")"
        )
    else:
        op.execute("CREATE TABLE article_words (number BIGINT PRIMARY KEY, terms TSVECTOR NOT NULL)")
        op.execute("CREATE INDEX ix_article_words_terms ON article_words USING gin (terms)")


def _tables() -> None:
    op.create_table(
        "facts",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_facts")),
        comment="what belongs to this installation: its id, which goes into every nonce",
    )
    op.create_table(
        "feeds",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("newsroom", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("mixed", sa.Boolean(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=True),
        sa.Column("home", sa.Text(), nullable=True),
        sa.Column("removed_at", UTC, nullable=True),
        sa.Column("paused_at", UTC, nullable=True),
        sa.Column("added_at", UTC, nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("modified", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.String(length=64), nullable=True),
        sa.Column("next_poll_at", UTC, nullable=False),
        sa.Column("polled_at", UTC, nullable=True),
        sa.Column("succeeded_at", UTC, nullable=True),
        sa.Column("seeded_at", UTC, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeds")),
        sa.UniqueConstraint("scope", "url", name=op.f("uq_feeds_scope_url")),
        comment="what is polled: the catalogue, and each server's own",
    )
    op.create_index(op.f("ix_feeds_next_poll_at"), "feeds", ["next_poll_at"], unique=False)
    op.create_table(
        "stories",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("merged_into", sa.String(length=16), nullable=True),
        sa.Column("created_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["merged_into"], ["stories.id"], name=op.f("fk_stories_merged_into")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
        comment="one event each; merged_into leads from an old id to the surviving story",
    )
    op.create_table(
        "subscriptions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("local_time", sa.Time(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=True),
        sa.Column("paused_at", UTC, nullable=True),
        sa.Column("paused_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("channel", name=op.f("uq_subscriptions_channel")),
        comment="a channel's wish; one a channel",
    )
    op.create_table(
        "articles",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("link_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("newsroom", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title_language", sa.String(length=8), nullable=False),
        sa.Column("published_at", UTC, nullable=False),
        sa.Column("first_seen_at", UTC, nullable=False),
        sa.Column("edited_at", UTC, nullable=True),
        sa.Column("story_id", sa.String(length=16), nullable=True),
        sa.Column("original_id", sa.String(length=64), nullable=True),
        sa.Column("topic", sa.String(length=16), nullable=True),
        sa.Column("relevant", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_articles_story_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_articles")),
        sa.UniqueConstraint("id", name=op.f("uq_articles_id")),
        sa.UniqueConstraint("scope", "link_key", name=op.f("uq_articles_scope_link_key")),
        comment="one entry each, never the full text; scope is the catalogue or the one server that sees it",
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_articles_first_seen_at"), "articles", ["first_seen_at"], unique=False)
    op.create_index(op.f("ix_articles_published_at"), "articles", ["published_at"], unique=False)
    op.create_index(op.f("ix_articles_story_id"), "articles", ["story_id"], unique=False)
    op.create_index(
        "ix_articles_waiting",
        "articles",
        ["first_seen_at"],
        unique=False,
        postgresql_where=sa.text("story_id IS NULL"),
        sqlite_where=sa.text("story_id IS NULL"),
    )
    op.create_table(
        "corrections",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("story_id", sa.String(length=16), nullable=True),
        sa.Column("other_id", sa.String(length=16), nullable=True),
        sa.Column("articles", sa.JSON(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("made_at", UTC, nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("undone_at", UTC, nullable=True),
        sa.Column("undone_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["other_id"], ["stories.id"], name=op.f("fk_corrections_other_id")),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_corrections_story_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        comment="a moderator's merge, split, hide, keep-on-top or retitle; the operator's bind the grouping",
    )
    op.create_index(op.f("ix_corrections_scope"), "corrections", ["scope"], unique=False)
    op.create_table(
        "editions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("subscription_id", NUMBER, nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("decided_at", UTC, nullable=False),
        sa.Column("window_start", UTC, nullable=False),
        sa.Column("window_end", UTC, nullable=False),
        sa.Column("digest", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], name=op.f("fk_editions_subscription_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editions")),
        sa.UniqueConstraint("subscription_id", "local_date", name=op.f("uq_editions_subscription_id_local_date")),
        comment="the digest of one subscription for one local day; a day once decided is never decided again",
    )
    op.create_table(
        "deliveries",
        sa.Column("edition_id", NUMBER, nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("started_at", UTC, nullable=True),
        sa.Column("sent_at", UTC, nullable=True),
        sa.Column("message_id", sa.String(length=64), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_deliveries_edition_id")),
        sa.PrimaryKeyConstraint("edition_id", "part", name=op.f("pk_deliveries")),
        comment="the outbox: waiting, sending, sent or failed",
    )
    op.create_index(op.f("ix_deliveries_state"), "deliveries", ["state"], unique=False)
    op.create_table(
        "findings",
        sa.Column("feed_id", NUMBER, nullable=False),
        sa.Column("guid", sa.Text(), nullable=False),
        sa.Column("article", NUMBER, nullable=False),
        sa.Column("found_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.number"], name=op.f("fk_findings_article")),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_findings_feed_id")),
        sa.PrimaryKeyConstraint("feed_id", "guid", name=op.f("pk_findings")),
        comment="which feed brought which article: one article may have several finders",
    )
    op.create_index(op.f("ix_findings_article"), "findings", ["article"], unique=False)
    op.create_table(
        "shown",
        sa.Column("subscription_id", NUMBER, nullable=False),
        sa.Column("article", NUMBER, nullable=False),
        sa.Column("edition_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.number"], name=op.f("fk_shown_article")),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_shown_edition_id")),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], name=op.f("fk_shown_subscription_id")),
        sa.PrimaryKeyConstraint("subscription_id", "article", name=op.f("pk_shown")),
        comment="memory by article: what a channel has seen, so that merges and splits cannot cause a repeat",
    )
    op.create_index(op.f("ix_shown_article"), "shown", ["article"], unique=False)
    op.create_table(
        "vectors",
        sa.Column("article", NUMBER, nullable=False),
        sa.Column("model", sa.String(length=128), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.number"], name=op.f("fk_vectors_article")),
        sa.PrimaryKeyConstraint("article", "model", name=op.f("pk_vectors")),
        comment="a unit vector in little-endian float16, for one model each",
    )
