"""The timetable's day: rooms of venues, who follows whom, absences and the gaps they leave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from support import BIG, protect

revision = "0021"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("venues", sa.Column("notes", sa.String(length=240), nullable=True))
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, sa.Column(column, BIG, nullable=True))
    _table(
        "rooms",
        sa.Column("venue_id", BIG, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("equipment", sa.JSON(), nullable=False),
        sa.Column("notes", sa.String(length=240), nullable=True),
        sa.CheckConstraint("size BETWEEN 1 AND 60", name=op.f("ck_rooms_known_size")),
        links={"venue_id": "venues"},
    )
    _table(
        "absences",
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("by_id", BIG, nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("last >= first", name=op.f("ck_absences_in_order")),
        links={"staff_id": "users", "by_id": "users"},
    )
    _table(
        "gaps",
        sa.Column("absence_id", BIG, nullable=False),
        sa.Column("session_id", BIG, nullable=False),
        sa.Column("seat", sa.String(length=10), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("covered_by_id", BIG, nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("seat IN ('lead', 'second')", name=op.f("ck_gaps_known_seat")),
        sa.UniqueConstraint("absence_id", "session_id", name=op.f("uq_gaps_absence_id_session_id")),
        links={"absence_id": "absences", "session_id": "sessions", "covered_by_id": "users"},
    )


ADDED = {"classes": ("room_id", "second_id", "follows_id"), "sessions": ("room_id", "second_id")}


def downgrade() -> None:
    for table in ("gaps", "absences", "rooms"):
        op.drop_table(table)
    for table, columns in ADDED.items():
        for column in columns:
            op.drop_column(table, column)
    op.drop_column("venues", "notes")


def _table(name: str, *columns: sa.Column | sa.Constraint, links: dict[str, str]) -> None:
    """A clinic's own table behind both walls, without patient data; links are indexed."""
    op.create_table(
        name,
        sa.Column("id", BIG, nullable=False),
        *columns,
        sa.Column("clinic_id", BIG, nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{name}_{column}_{to}"))
            for column, to in {**links, "clinic_id": "clinics"}.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    for column, to in {**links, "clinic_id": "clinics"}.items():
        if to != "users" or column == "staff_id":
            op.create_index(op.f(f"ix_{name}_{column}"), name, [column], unique=False)
    protect(name, holds_patient=False)
