"""Venues, classes, sessions and standing seats."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from support import BIG, protect

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "venues",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=240), nullable=False),
        sa.Column("access", sa.JSON(), nullable=False),
        sa.Column("first_aid", sa.String(length=240), nullable=True),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_venues_clinic_id_clinics")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venues")),
    )
    op.create_index(op.f("ix_venues_clinic_id"), "venues", ["clinic_id"], unique=False)
    protect("venues", holds_patient=False)
    op.create_table(
        "classes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("venue_id", BIG, nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("wall_time", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("modality", sa.String(length=10), nullable=False),
        sa.Column("level_phase", sa.String(length=2), nullable=False),
        sa.Column("level_band", sa.String(length=12), nullable=False),
        sa.Column("room", sa.Integer(), nullable=False),
        sa.Column("staffing", sa.JSON(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("instructor_id", BIG, nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("schedule_revision", sa.Integer(), nullable=False),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.CheckConstraint(
            "capacity >= 0 AND capacity <= room", name=op.f("ck_classes_capacity_within_room")
        ),
        sa.CheckConstraint("taken >= 0 AND taken <= room", name=op.f("ck_classes_taken_within_room")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_classes_known_weekday")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_classes_clinic_id_clinics")),
        sa.ForeignKeyConstraint(["instructor_id"], ["users.id"], name=op.f("fk_classes_instructor_id_users")),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_classes_venue_id_venues")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classes")),
    )
    op.create_index(op.f("ix_classes_clinic_id"), "classes", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_classes_venue_id"), "classes", ["venue_id"], unique=False)
    protect("classes", holds_patient=False)
    op.create_table(
        "sessions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("class_id", BIG, nullable=False),
        sa.Column("original_date", sa.Date(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("venue_id", BIG, nullable=False),
        sa.Column("level_phase", sa.String(length=2), nullable=False),
        sa.Column("level_band", sa.String(length=12), nullable=False),
        sa.Column("room", sa.Integer(), nullable=False),
        sa.Column("staffing", sa.JSON(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("instructor_id", BIG, nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "cancelled",
                "closed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("closed_by_id", BIG, nullable=True),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.CheckConstraint(
            "capacity >= 0 AND capacity <= room", name=op.f("ck_sessions_capacity_within_room")
        ),
        sa.CheckConstraint("taken >= 0 AND taken <= room", name=op.f("ck_sessions_taken_within_room")),
        sa.ForeignKeyConstraint(["class_id"], ["classes.id"], name=op.f("fk_sessions_class_id_classes")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_sessions_clinic_id_clinics")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["users.id"], name=op.f("fk_sessions_closed_by_id_users")),
        sa.ForeignKeyConstraint(
            ["instructor_id"], ["users.id"], name=op.f("fk_sessions_instructor_id_users")
        ),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_sessions_venue_id_venues")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("class_id", "original_date", name=op.f("uq_sessions_class_id_original_date")),
    )
    op.create_index(op.f("ix_sessions_class_id"), "sessions", ["class_id"], unique=False)
    op.create_index(op.f("ix_sessions_clinic_id"), "sessions", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_sessions_local_date"), "sessions", ["local_date"], unique=False)
    op.create_index(op.f("ix_sessions_starts_at"), "sessions", ["starts_at"], unique=False)
    protect("sessions", holds_patient=False)
    op.create_table(
        "closures",
        sa.Column("id", BIG, nullable=False),
        sa.Column("venue_id", BIG, nullable=True),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_closures_clinic_id_clinics")),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_closures_venue_id_venues")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closures")),
    )
    op.create_index(op.f("ix_closures_clinic_id"), "closures", ["clinic_id"], unique=False)
    protect("closures", holds_patient=False)
    op.create_table(
        "members",
        sa.Column("id", BIG, nullable=False),
        sa.Column("class_id", BIG, nullable=False),
        sa.Column("episode_id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "held",
                "active",
                "paused",
                "left",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["class_id"], ["classes.id"], name=op.f("fk_members_class_id_classes")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_members_clinic_id_clinics")),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name=op.f("fk_members_episode_id_episodes")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_members_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_members_patient_id_patients")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
    )
    op.create_index(op.f("ix_members_class_id"), "members", ["class_id"], unique=False)
    op.create_index(op.f("ix_members_clinic_id"), "members", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_members_episode_id"), "members", ["episode_id"], unique=False)
    op.create_index(op.f("ix_members_organisation_id"), "members", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_members_patient_id"), "members", ["patient_id"], unique=False)
    op.create_index(
        "uq_members_one_holding",
        "members",
        ["class_id", "episode_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'left'"),
        sqlite_where=sa.text("state <> 'left'"),
    )
    protect("members", patient="patient_id")


def downgrade() -> None:
    op.drop_table("members")
    op.drop_table("closures")
    op.drop_table("sessions")
    op.drop_table("classes")
    op.drop_table("venues")
