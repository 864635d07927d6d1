"""Carers and interpreters beside a seat: they take room and no staff (F16, F19)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0051"

COLUMNS = (("classes", "beside"), ("sessions", "beside"), ("members", "brings"), ("places", "brings"))


def upgrade() -> None:
    for table, column in COLUMNS:
        op.add_column(table, sa.Column(column, sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column)
