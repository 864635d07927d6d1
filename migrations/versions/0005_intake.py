"""Drafts, and a receipt for every acceptance."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from support import BIG, protect

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("token", sa.String(length=36), nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("referral_id", BIG, nullable=True),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_drafts_clinic_id_clinics")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_drafts_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referrals.id"], name=op.f("fk_drafts_referral_id_referrals")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_drafts_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("token", name=op.f("uq_drafts_token")),
    )
    op.create_index(op.f("ix_drafts_clinic_id"), "drafts", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_drafts_organisation_id"), "drafts", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_drafts_user_id"), "drafts", ["user_id"], unique=False)
    protect("drafts")
    op.create_table(
        "intake_receipts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("referral_id", BIG, nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_intake_receipts_clinic_id_clinics")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_intake_receipts_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referrals.id"], name=op.f("fk_intake_receipts_referral_id_referrals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_receipts")),
    )
    op.create_index(op.f("ix_intake_receipts_clinic_id"), "intake_receipts", ["clinic_id"], unique=False)
    op.create_index(
        op.f("ix_intake_receipts_organisation_id"), "intake_receipts", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_intake_receipts_referral_id"), "intake_receipts", ["referral_id"], unique=False)
    op.create_index(op.f("ix_intake_receipts_request_id"), "intake_receipts", ["request_id"], unique=False)
    protect("intake_receipts")


def downgrade() -> None:
    op.drop_table("intake_receipts")
    op.drop_table("drafts")
