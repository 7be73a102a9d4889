"""What polling learns of a feed and a host, what is done to feeds, and what moderators are told about them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns and tables."""
    for column in _learnt():
        op.add_column("feeds", column)
    op.create_table(
        "hosts",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("closed_until", UTC, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_hosts")),
        comment="hosts that asked not to be asked before a time, whichever of their feeds",
    )
    _acts()
    _notices()
    op.add_column("articles", sa.Column("edits", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.create_index("ix_findings_feed_id_found_at", "findings", ["feed_id", "found_at"])


def _learnt() -> list[sa.Column[Any]]:
    return [
        sa.Column("added_in", sa.String(length=64)),
        sa.Column("full_at", UTC),
        sa.Column("pace", sa.Float()),
        sa.Column("ttl", sa.Float()),
        sa.Column("skip_hours", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
        sa.Column("skip_days", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
        sa.Column("failing_at", UTC),
        sa.Column("facts", sa.JSON(), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("off_at", UTC),
        sa.Column("remark", sa.String(length=32)),
        sa.Column("remark_facts", sa.JSON(), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("entries", sa.Integer()),
        sa.Column("moved_to", sa.Text()),
        sa.Column("moved_at", UTC),
        sa.Column("moved_polls", sa.Integer(), nullable=False, server_default=sa.text("0")),
    ]


def _acts() -> None:
    op.create_table(
        "acts",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("feed_id", NUMBER, nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("made_at", UTC, nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("undone_at", UTC),
        sa.Column("undone_by", sa.String(length=64)),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_acts_feed_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acts")),
        comment="what moderators and the operator did to feeds, who and when, so that it can be undone",
    )
    op.create_index(op.f("ix_acts_scope"), "acts", ["scope"])
    op.create_index(op.f("ix_acts_feed_id"), "acts", ["feed_id"])


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("feed_id", NUMBER, nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("made_at", UTC, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("started_at", UTC),
        sa.Column("first_at", UTC),
        sa.Column("next_at", UTC),
        sa.Column("sent_at", UTC),
        sa.Column("message_id", sa.String(length=64)),
        sa.Column("trouble", sa.Text()),
        sa.Column("unclear", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_notices_feed_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        comment="the outbox of what moderators are told about feeds: waiting, sending, sent or failed",
    )
    op.create_index(op.f("ix_notices_feed_id"), "notices", ["feed_id"])
    op.create_index(op.f("ix_notices_state"), "notices", ["state"])
