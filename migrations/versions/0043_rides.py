"""A ride to one session and back (F33)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from support import BIG, protect

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    op.create_table(
        "rides",
        sa.Column("id", BIG, nullable=False),
        sa.Column("place_id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "booked", "cancelled", name="state", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("booked_for", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_with", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("pick_up", sa.String(length=5), nullable=True),
        sa.Column("way_back", sa.String(length=5), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_rides_place_id_places")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_rides_patient_id_patients")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_rides_clinic_id_clinics")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_rides_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rides")),
        sa.UniqueConstraint("place_id", name=op.f("uq_rides_place_id")),
    )
    for column in ("patient_id", "organisation_id", "clinic_id"):
        op.create_index(op.f(f"ix_rides_{column}"), "rides", [column], unique=False)
    protect("rides", patient="patient_id")


def downgrade() -> None:
    op.drop_table("rides")
