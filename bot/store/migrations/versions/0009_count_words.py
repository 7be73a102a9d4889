"""PostgreSQL counts ten thousand terms of the index of words, by which it decides how to search for one.

Of a term beyond those it supposes the same as of any, and reads half the archive for one that stands nowhere.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Count more of them from now on, and those of the archive at once."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE article_words ALTER COLUMN terms SET STATISTICS 1000")
        op.execute("ANALYZE article_words")
