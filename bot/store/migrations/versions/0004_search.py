"""What search needs: other ids, the order of vectors, and which articles wait to be read or encoded anew."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables; every article that is there waits to be read."""
    op.create_table(
        "aliases",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("article", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.number"], name=op.f("fk_aliases_article")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aliases")),
        comment="further ids that files gave an article: each finds it in what other programs read",
    )
    op.create_index(op.f("ix_aliases_article"), "aliases", ["article"])
    op.create_table(
        "unread",
        sa.Column("article", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.number"], name=op.f("fk_unread_article")),
        sa.PrimaryKeyConstraint("article", name=op.f("pk_unread")),
        comment="articles whose names and meanings the index of words does not hold yet",
    )
    op.execute("INSERT INTO unread (article) SELECT number FROM articles")
    op.create_index("ix_articles_newsroom_number", "articles", ["newsroom", "number"])
    op.create_table(
        "stale",
        sa.Column("article", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.number"], name=op.f("fk_stale_article")),
        sa.PrimaryKeyConstraint("article", name=op.f("pk_stale")),
        comment="articles that were edited: their vectors are to be made anew",
    )
    op.add_column("vectors", sa.Column("stamp", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.create_index(op.f("ix_vectors_model_stamp_article"), "vectors", ["model", "stamp", "article"])
