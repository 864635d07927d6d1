"""What a class trains: the exercises chosen for its sessions (F38)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"


def upgrade() -> None:
    op.add_column("classes", sa.Column("exercises", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("classes", "exercises")
