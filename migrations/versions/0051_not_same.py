"""Two records that look like one person and are not (F32)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from support import BIG, protect

revision = "0051"
down_revision = "0053"


def upgrade() -> None:
    op.create_table(
        "not_same",
        sa.Column("id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("other_id", BIG, nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", BIG, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", BIG, nullable=True),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_not_same_patient_id_patients")
        ),
        sa.ForeignKeyConstraint(["other_id"], ["patients.id"], name=op.f("fk_not_same_other_id_patients")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_not_same_by_id_users")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["users.id"], name=op.f("fk_not_same_undone_by_id_users")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_not_same_clinic_id_clinics")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_not_same_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_not_same")),
    )
    for column in ("patient_id", "other_id", "organisation_id", "clinic_id"):
        op.create_index(op.f(f"ix_not_same_{column}"), "not_same", [column], unique=False)
    protect("not_same", patient="patient_id")


def downgrade() -> None:
    op.drop_table("not_same")
