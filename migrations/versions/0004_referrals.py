"""Referrals, their episode and its state."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from support import BIG, append_only, protect

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "episodes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "being_decided",
                "with_referrer",
                "on_hold",
                "awaiting_assessment",
                "waiting",
                "offered",
                "in_class",
                "paused",
                "ended",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("owner_id", BIG, nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("next_step", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("referred_on", sa.Date(), nullable=False),
        sa.Column("first_class_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column(
            "ended_reason",
            sa.Enum(
                "completed",
                "declined_by_patient",
                "not_suitable",
                "declined",
                "home_route",
                "died",
                "moved",
                "admitted",
                "withdrawn",
                "lost_contact",
                "duplicate",
                name="ended_reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("phase", sa.String(length=2), nullable=True),
        sa.Column("band", sa.String(length=12), nullable=True),
        sa.Column("confirmed_by_id", BIG, nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("case", sa.JSON(), nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_reason", sa.String(length=60), nullable=True),
        sa.Column("wishes", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_reason IS NOT NULL)", name=op.f("ck_episodes_ended_has_a_reason")
        ),
        sa.CheckConstraint(
            "state = 'ended' OR next_on IS NOT NULL", name=op.f("ck_episodes_open_has_a_next_date")
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_episodes_clinic_id_clinics")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["users.id"], name=op.f("fk_episodes_confirmed_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_episodes_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_episodes_owner_id_users")),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_episodes_patient_id_patients")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_episodes")),
    )
    op.create_index(op.f("ix_episodes_clinic_id"), "episodes", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_episodes_organisation_id"), "episodes", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_episodes_patient_id"), "episodes", ["patient_id"], unique=False)
    op.create_index(
        "uq_episodes_one_open",
        "episodes",
        ["patient_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'ended'"),
        sqlite_where=sa.text("state <> 'ended'"),
    )
    protect("episodes", patient="patient_id")
    op.create_table(
        "referrals",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("episode_id", BIG, nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "web",
                "fhir",
                "letter",
                "phone",
                "self",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("priority", sa.String(length=10), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hear_by", sa.Date(), nullable=False),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("client_id", BIG, nullable=True),
        sa.Column("clinician", sa.Text(), nullable=True),
        sa.Column("typed_by", sa.Text(), nullable=True),
        sa.Column("sender_system", sa.String(length=160), nullable=False),
        sa.Column("sender_value", sa.String(length=160), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("case", sa.JSON(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["api_clients.id"], name=op.f("fk_referrals_client_id_api_clients")
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_referrals_clinic_id_clinics")),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episodes.id"], name=op.f("fk_referrals_episode_id_episodes")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_referrals_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_referrals_patient_id_patients")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_referrals_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
        sa.UniqueConstraint(
            "organisation_id",
            "sender_system",
            "sender_value",
            name=op.f("uq_referrals_organisation_id_sender_system_sender_value"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_referrals_public_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_referrals_reference")),
    )
    op.create_index(op.f("ix_referrals_clinic_id"), "referrals", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_referrals_episode_id"), "referrals", ["episode_id"], unique=False)
    op.create_index(op.f("ix_referrals_organisation_id"), "referrals", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_referrals_patient_id"), "referrals", ["patient_id"], unique=False)
    protect("referrals", patient="patient_id")
    op.create_table(
        "state_changes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("episode_id", BIG, nullable=False),
        sa.Column(
            "before",
            sa.Enum(
                "being_decided",
                "with_referrer",
                "on_hold",
                "awaiting_assessment",
                "waiting",
                "offered",
                "in_class",
                "paused",
                "ended",
                name="before",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "after",
            sa.Enum(
                "being_decided",
                "with_referrer",
                "on_hold",
                "awaiting_assessment",
                "waiting",
                "offered",
                "in_class",
                "paused",
                "ended",
                name="after",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_state_changes_clinic_id_clinics")
        ),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episodes.id"], name=op.f("fk_state_changes_episode_id_episodes")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_state_changes_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_state_changes_patient_id_patients")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_state_changes")),
    )
    op.create_index(op.f("ix_state_changes_clinic_id"), "state_changes", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_state_changes_episode_id"), "state_changes", ["episode_id"], unique=False)
    op.create_index(
        op.f("ix_state_changes_organisation_id"), "state_changes", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_state_changes_patient_id"), "state_changes", ["patient_id"], unique=False)
    protect("state_changes", patient="patient_id")
    append_only("state_changes")


def downgrade() -> None:
    op.drop_table("state_changes")
    op.drop_table("referrals")
    op.drop_table("episodes")
