"""What the index of vectors needs: the order in which vectors came, whichever article they are of."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, the same for all that is there, and its index."""
    op.add_column("vectors", sa.Column("stamp", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.create_index(op.f("ix_vectors_model_stamp_article"), "vectors", ["model", "stamp", "article"])
