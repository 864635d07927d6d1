"""An account that ends by itself (F44), and which invitation of a person is the newest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    op.add_column("users", sa.Column("active_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("users", sa.Column("invitations", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("users", "invitations")
    op.drop_column("users", "active_until")
