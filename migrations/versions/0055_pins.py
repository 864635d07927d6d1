"""A short PIN that unlocks a shared tablet (F44)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0052"


def upgrade() -> None:
    op.add_column("users", sa.Column("pin_hash", sa.String(length=200), nullable=True))
    op.add_column("sign_ins", sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sign_ins", sa.Column("pin_tries", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("sign_ins", "pin_tries")
    op.drop_column("sign_ins", "locked_at")
    op.drop_column("users", "pin_hash")
