"""An offer of another class in place of one: the seat it would give up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from support import BIG

revision = "0053"
down_revision = "0050"


def upgrade() -> None:
    op.add_column("offers", sa.Column("moves_member_id", BIG, nullable=True))


def downgrade() -> None:
    op.drop_column("offers", "moves_member_id")
