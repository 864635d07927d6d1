"""Signed notices to a practice's system when a referral's status changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from support import BIG, protect

revision = "0050"
down_revision = "0043"


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=40), nullable=True),
        sa.Column("last_tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_webhooks_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_webhooks_clinic_id_clinics")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        sa.UniqueConstraint(
            "clinic_id", "organisation_id", name=op.f("uq_webhooks_clinic_id_organisation_id")
        ),
    )
    for column in ("organisation_id", "clinic_id"):
        op.create_index(op.f(f"ix_webhooks_{column}"), "webhooks", [column], unique=False)
    protect("webhooks", holds_patient=False)
    state = sa.Enum(
        "planned", "delivered", "given_up", name="state", native_enum=False, create_constraint=True, length=40
    )
    op.create_table(
        "webhook_events",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("webhook_id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("referral_id", BIG, nullable=False),
        sa.Column("referral_public_id", sa.String(length=36), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("business_status", sa.String(length=30), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name=op.f("fk_webhook_events_webhook_id_webhooks")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_webhook_events_patient_id_patients")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referrals.id"], name=op.f("fk_webhook_events_referral_id_referrals")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_webhook_events_clinic_id_clinics")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_webhook_events_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_events")),
        sa.UniqueConstraint("public_id", name=op.f("uq_webhook_events_public_id")),
    )
    for column in ("webhook_id", "patient_id", "organisation_id", "clinic_id"):
        op.create_index(op.f(f"ix_webhook_events_{column}"), "webhook_events", [column], unique=False)
    planned = sa.text("state = 'planned'")
    op.create_index(
        "ix_webhook_events_planned",
        "webhook_events",
        ["webhook_id"],
        unique=False,
        postgresql_where=planned,
        sqlite_where=planned,
    )
    protect("webhook_events", patient="patient_id")


def downgrade() -> None:
    op.drop_table("webhook_events")
    op.drop_table("webhooks")
