"""How long a page was open before an acceptance (F28); who looks after a practice's people (F44)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0054"


def upgrade() -> None:
    op.add_column("decisions", sa.Column("seconds_open", sa.Integer(), nullable=True))
    op.add_column(
        "users", sa.Column("leads_practice", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("users", "leads_practice")
    op.drop_column("decisions", "seconds_open")
