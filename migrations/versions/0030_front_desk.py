"""Where a patient is registered, who decides for her, how a referral came, two rows that were one person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from support import BIG, protect

revision = "0030"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "registrations",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("practice_name", sa.Text(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        *_home("registrations"),
        sa.CheckConstraint(
            "organisation_id IS NOT NULL OR practice_name IS NOT NULL",
            name=op.f("ck_registrations_names_a_practice"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_registrations_public_id")),
    )
    _indexes("registrations", "patient_id")
    op.create_index(
        "uq_registrations_one_open",
        "registrations",
        ["patient_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
        sqlite_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "capacities",
        sa.Column("id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("decides", sa.String(length=16), nullable=False),
        sa.Column("named", sa.Text(), nullable=True),
        sa.Column("covers", sa.Text(), nullable=True),
        sa.Column("by_id", BIG, nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        *_home("capacities"),
        sa.CheckConstraint(
            "decides IN ('patient', 'attorney', 'best_interests', 'nobody')",
            name=op.f("ck_capacities_known_way"),
        ),
        sa.CheckConstraint(
            "decides IN ('patient', 'nobody') OR (named IS NOT NULL AND covers IS NOT NULL)",
            name=op.f("ck_capacities_somebody_is_named"),
        ),
        _to("capacities", "by_id", "users"),
    )
    _indexes("capacities", "patient_id")
    op.create_table(
        "merges",
        sa.Column("id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("gone_id", BIG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", BIG, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_reason", sa.Text(), nullable=True),
        sa.Column("undone_by_id", BIG, nullable=True),
        *_home("merges"),
        _to("merges", "gone_id", "patients"),
        _to("merges", "by_id", "users"),
        _to("merges", "undone_by_id", "users"),
    )
    _indexes("merges", "patient_id", "gone_id")
    op.create_table(
        "merged_rows",
        sa.Column("id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("merge_id", BIG, nullable=False),
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column("row_id", BIG, nullable=False),
        sa.Column("column_name", sa.String(length=40), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        *_home("merged_rows"),
        _to("merged_rows", "merge_id", "merges"),
    )
    _indexes("merged_rows", "patient_id", "merge_id")
    op.create_table(
        "referral_origins",
        sa.Column("id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("referral_id", BIG, nullable=False),
        sa.Column("road", sa.String(length=12), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=True),
        sa.Column("referred_by", sa.Text(), nullable=True),
        sa.Column("replaces_id", BIG, nullable=True),
        *_home("referral_origins"),
        sa.CheckConstraint(
            "road IN ('web', 'fhir', 'post', 'email', 'telephone', 'in_person')",
            name=op.f("ck_referral_origins_known_road"),
        ),
        _to("referral_origins", "referral_id", "referrals"),
        _to("referral_origins", "replaces_id", "referrals"),
        sa.UniqueConstraint("referral_id", name=op.f("uq_referral_origins_referral_id")),
    )
    _indexes("referral_origins", "patient_id", "replaces_id")
    for table in ("registrations", "capacities", "merges", "merged_rows", "referral_origins"):
        protect(table, patient="patient_id")


def _home(table: str) -> list[sa.schema.SchemaItem]:
    """What every table with a patient's data has: whose it is, and the keys that say so."""
    return [
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        _to(table, "clinic_id", "clinics"),
        _to(table, "organisation_id", "organisations"),
        _to(table, "patient_id", "patients"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _indexes(table: str, *columns: str) -> None:
    for column in ("clinic_id", "organisation_id", *columns):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def downgrade() -> None:
    for table in ("referral_origins", "merged_rows", "merges", "capacities", "registrations"):
        op.drop_table(table)
