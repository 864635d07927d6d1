"""Offers, the waiting list and slots."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from support import BIG, protect

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "offers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("episode_id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "accepted",
                "declined",
                "expired",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.CheckConstraint("kind IN ('standing', 'single')", name=op.f("ck_offers_known_kind")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_offers_clinic_id_clinics")),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name=op.f("fk_offers_episode_id_episodes")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_offers_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_offers_patient_id_patients")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
    )
    op.create_index(op.f("ix_offers_clinic_id"), "offers", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_offers_episode_id"), "offers", ["episode_id"], unique=False)
    op.create_index(
        "ix_offers_open_expiry",
        "offers",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.create_index(op.f("ix_offers_organisation_id"), "offers", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_offers_patient_id"), "offers", ["patient_id"], unique=False)
    protect("offers", patient="patient_id")
    op.create_table(
        "offer_lines",
        sa.Column("id", BIG, nullable=False),
        sa.Column("offer_id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("class_id", BIG, nullable=True),
        sa.Column("session_id", BIG, nullable=True),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "held",
                "taken",
                "released",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.CheckConstraint(
            "(class_id IS NULL) <> (session_id IS NULL)", name=op.f("ck_offer_lines_one_thing")
        ),
        sa.ForeignKeyConstraint(["class_id"], ["classes.id"], name=op.f("fk_offer_lines_class_id_classes")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_offer_lines_clinic_id_clinics")),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_offer_lines_offer_id_offers")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_offer_lines_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_offer_lines_patient_id_patients")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_offer_lines_session_id_sessions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_lines")),
    )
    op.create_index(op.f("ix_offer_lines_class_id"), "offer_lines", ["class_id"], unique=False)
    op.create_index(op.f("ix_offer_lines_clinic_id"), "offer_lines", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_offer_lines_offer_id"), "offer_lines", ["offer_id"], unique=False)
    op.create_index(op.f("ix_offer_lines_organisation_id"), "offer_lines", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_offer_lines_patient_id"), "offer_lines", ["patient_id"], unique=False)
    op.create_index(op.f("ix_offer_lines_session_id"), "offer_lines", ["session_id"], unique=False)
    protect("offer_lines", patient="patient_id")
    op.create_table(
        "waiting_list",
        sa.Column("id", BIG, nullable=False),
        sa.Column("episode_id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("referred_on", sa.Date(), nullable=False),
        sa.Column("visits_only", sa.Boolean(), nullable=False),
        sa.Column("skips", sa.JSON(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_waiting_list_clinic_id_clinics")
        ),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episodes.id"], name=op.f("fk_waiting_list_episode_id_episodes")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_waiting_list_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_waiting_list_patient_id_patients")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_list")),
    )
    op.create_index(op.f("ix_waiting_list_clinic_id"), "waiting_list", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_waiting_list_episode_id"), "waiting_list", ["episode_id"], unique=False)
    op.create_index(
        op.f("ix_waiting_list_organisation_id"), "waiting_list", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_waiting_list_patient_id"), "waiting_list", ["patient_id"], unique=False)
    op.create_index(
        "uq_waiting_list_one_open",
        "waiting_list",
        ["episode_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )
    protect("waiting_list", patient="patient_id")
    op.create_table(
        "slots",
        sa.Column("id", BIG, nullable=False),
        sa.Column("episode_id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("venue_id", BIG, nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.CheckConstraint(
            "kind IN ('phone_screen', 'first_assessment', 'treatment', 'home_visit')",
            name=op.f("ck_slots_known_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('booked', 'done', 'missed', 'cancelled')", name=op.f("ck_slots_known_state")
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_slots_clinic_id_clinics")),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name=op.f("fk_slots_episode_id_episodes")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_slots_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_slots_patient_id_patients")),
        sa.ForeignKeyConstraint(["staff_id"], ["users.id"], name=op.f("fk_slots_staff_id_users")),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_slots_venue_id_venues")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slots")),
    )
    op.create_index(op.f("ix_slots_clinic_id"), "slots", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_slots_episode_id"), "slots", ["episode_id"], unique=False)
    op.create_index(op.f("ix_slots_organisation_id"), "slots", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_slots_patient_id"), "slots", ["patient_id"], unique=False)
    op.create_index(op.f("ix_slots_staff_id"), "slots", ["staff_id"], unique=False)
    op.create_index(
        "uq_slots_staff_once",
        "slots",
        ["staff_id", "starts_at"],
        unique=True,
        postgresql_where=sa.text("state = 'booked'"),
        sqlite_where=sa.text("state = 'booked'"),
    )
    protect("slots", patient="patient_id")


def downgrade() -> None:
    op.drop_table("slots")
    op.drop_table("waiting_list")
    op.drop_table("offer_lines")
    op.drop_table("offers")
