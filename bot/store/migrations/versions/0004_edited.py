"""What lets nobody look through the whole archive for articles without a vector: a list of those that were edited."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table; what was edited just before has no vector and is found by the first walk through the archive."""
    op.create_table(
        "stale",
        sa.Column("article", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.number"], name=op.f("fk_stale_article")),
        sa.PrimaryKeyConstraint("article", name=op.f("pk_stale")),
        comment="articles that were edited: their vectors are to be made anew",
    )
