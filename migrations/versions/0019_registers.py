"""The register's day: loads, two tablets that differ, incidents, reopenings, offline packs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from support import BIG, protect

revision = "0019"
down_revision = "0011"

PACKED = ("organisation_id", "clinic_id")


def upgrade() -> None:
    op.add_column("places", sa.Column("load", sa.String(length=12), nullable=True))
    op.add_column("places", sa.Column("conflict", sa.JSON(), nullable=True))
    op.add_column("register_ticks", sa.Column("was", sa.JSON(), nullable=True))
    _incidents()
    _table(
        "register_reopenings",
        sa.Column("session_id", BIG, nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        links={"session_id": "sessions", "by_id": "users"},
        indexed=["session_id"],
    )
    _table(
        "pack_passphrases",
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("set_by_id", BIG, nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        links={"set_by_id": "users"},
    )
    _table(
        "packs",
        sa.Column("instructor_id", BIG, nullable=True),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("passphrase_id", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        links={"instructor_id": "users", "passphrase_id": "pack_passphrases"},
        indexed=["instructor_id"],
    )
    op.create_index("ix_packs_newest", "packs", ["clinic_id", "instructor_id", "made_at"])


def downgrade() -> None:
    for table in ("packs", "pack_passphrases", "register_reopenings", "incidents"):
        op.drop_table(table)
    op.drop_column("register_ticks", "was")
    op.drop_column("places", "conflict")
    op.drop_column("places", "load")


def _incidents() -> None:
    kinds = ("fall", "chest_pain", "collapse", "new_back_pain")
    ends = ("fit_to_return", "reassess_first", "treated_elsewhere", "mistake")
    _table(
        "incidents",
        sa.Column("place_id", BIG, nullable=False),
        sa.Column("episode_id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("kind", _words("kind", kinds), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", BIG, nullable=False),
        sa.Column("done", sa.Text(), nullable=True),
        sa.Column("told", sa.Text(), nullable=True),
        sa.Column("outcome", _words("outcome", ends), nullable=True),
        sa.Column("outcome_note", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", BIG, nullable=True),
        links={
            "place_id": "places",
            "episode_id": "episodes",
            "patient_id": "patients",
            "by_id": "users",
            "closed_by_id": "users",
        },
        indexed=["place_id", "episode_id", "patient_id"],
        patient="patient_id",
    )
    op.create_index(
        "uq_incidents_one_open",
        "incidents",
        ["place_id", "kind"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )


def _words(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _table(
    name: str,
    *columns: sa.Column,
    links: dict[str, str],
    indexed: list[str] | None = None,
    patient: str | None = None,
) -> None:
    """A table behind both walls, with its foreign keys and indexes named as facts."""
    links = {**links, "clinic_id": "clinics", "organisation_id": "organisations"}
    op.create_table(
        name,
        sa.Column("id", BIG, nullable=False),
        *columns,
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{name}_{column}_{to}"))
            for column, to in links.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    for column in (*PACKED, *(indexed or ())):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column], unique=False)
    protect(name, patient=patient)
