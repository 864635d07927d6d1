"""Places in sessions, and the register."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from support import BIG, protect

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "places",
        sa.Column("id", BIG, nullable=False),
        sa.Column("session_id", BIG, nullable=False),
        sa.Column("episode_id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "held",
                "booked",
                "released",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "expected",
                "attended",
                "late",
                "attended_not_exercised",
                "did_not_attend",
                "cancelled_by_patient",
                "cancelled_late",
                "cancelled_by_service",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("symptoms", sa.Boolean(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_reason", sa.String(length=40), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.CheckConstraint("kind IN ('standing', 'visit')", name=op.f("ck_places_known_kind")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_places_clinic_id_clinics")),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name=op.f("fk_places_episode_id_episodes")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_places_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_places_patient_id_patients")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_places_session_id_sessions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
    )
    op.create_index(op.f("ix_places_clinic_id"), "places", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_places_episode_id"), "places", ["episode_id"], unique=False)
    op.create_index(op.f("ix_places_organisation_id"), "places", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_places_patient_id"), "places", ["patient_id"], unique=False)
    op.create_index(op.f("ix_places_session_id"), "places", ["session_id"], unique=False)
    op.create_index(
        "uq_places_one_a_day",
        "places",
        ["episode_id", "local_date"],
        unique=True,
        postgresql_where=sa.text("state <> 'released'"),
        sqlite_where=sa.text("state <> 'released'"),
    )
    op.create_index(
        "uq_places_one_a_session",
        "places",
        ["session_id", "episode_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'released'"),
        sqlite_where=sa.text("state <> 'released'"),
    )
    protect("places", patient="patient_id")
    op.create_table(
        "register_ticks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("place_id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("device_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_register_ticks_by_id_users")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_register_ticks_clinic_id_clinics")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_register_ticks_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_register_ticks_patient_id_patients")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_register_ticks_place_id_places")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_ticks")),
        sa.UniqueConstraint(
            "place_id",
            "field",
            "device",
            "device_at",
            name=op.f("uq_register_ticks_place_id_field_device_device_at"),
        ),
    )
    op.create_index(op.f("ix_register_ticks_clinic_id"), "register_ticks", ["clinic_id"], unique=False)
    op.create_index(
        op.f("ix_register_ticks_organisation_id"), "register_ticks", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_register_ticks_patient_id"), "register_ticks", ["patient_id"], unique=False)
    op.create_index(op.f("ix_register_ticks_place_id"), "register_ticks", ["place_id"], unique=False)
    protect("register_ticks", patient="patient_id")


def downgrade() -> None:
    op.drop_table("register_ticks")
    op.drop_table("places")
