"""How many texts a patient wants: the usual ones, more, fewer, or one on Sunday (F31)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from support import on_postgresql

revision = "0056"
down_revision = "0055"

NAME, KNOWN = "ck_patients_texts_wanted", "texts_wanted IN ('usual', 'more', 'fewer', 'sunday')"


def upgrade() -> None:
    """SQLite takes a CHECK only with its column; making the table anew would break references."""
    column = "ALTER TABLE patients ADD COLUMN texts_wanted VARCHAR(40) DEFAULT 'usual' NOT NULL"
    op.execute(f"{column} CONSTRAINT {NAME} CHECK ({KNOWN})")
    op.create_index(
        "ix_patients_texts_wanted",
        "patients",
        ["texts_wanted"],
        postgresql_where=sa.text("texts_wanted <> 'usual'"),
        sqlite_where=sa.text("texts_wanted <> 'usual'"),
    )


def downgrade() -> None:
    op.drop_index("ix_patients_texts_wanted", table_name="patients")
    if on_postgresql():
        op.drop_constraint(NAME, "patients", type_="check")
        op.drop_column("patients", "texts_wanted")
