"""A letter's way to the practice, its print, who opened it; attachments of drafts and referrals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from support import BIG, protect

revision = "0036"
down_revision = "0030"

MINE = ("attachments", "letter_steps", "letter_prints", "letter_deliveries", "letter_routes")
ROUTES = ("portal", "file_drop", "post")
STEPS = ("opened", "downloaded", "collected", "dropped", "drop_failed", "posted", "told")


def upgrade() -> None:
    op.create_table(
        "letter_routes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=False),
        sa.Column("route", _words("route", ROUTES), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clinic_id", BIG, nullable=False),
        *_keys("letter_routes", clinic_id="clinics", organisation_id="organisations"),
        sa.UniqueConstraint(
            "clinic_id", "organisation_id", name=op.f("uq_letter_routes_clinic_id_organisation_id")
        ),
    )
    _indexes("letter_routes")
    op.create_table(
        "letter_deliveries",
        sa.Column("id", BIG, nullable=False),
        sa.Column("letter_id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("route", _words("route", ROUTES), nullable=False),
        sa.Column("addressee", sa.Text(), nullable=True),
        sa.Column("about", sa.String(length=12), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        *_times("next_try_at", "chased_at", "arrived_at"),
        *_home(),
        sa.CheckConstraint(
            "organisation_id IS NOT NULL OR addressee IS NOT NULL",
            name=op.f("ck_letter_deliveries_goes_to_somebody"),
        ),
        *_letter_keys("letter_deliveries"),
        sa.UniqueConstraint("letter_id", name=op.f("uq_letter_deliveries_letter_id")),
    )
    _indexes("letter_deliveries", "patient_id")
    op.create_index(
        "ix_letter_deliveries_on_the_way",
        "letter_deliveries",
        ["clinic_id", "route"],
        unique=False,
        postgresql_where=sa.text("arrived_at IS NULL"),
        sqlite_where=sa.text("arrived_at IS NULL"),
    )
    op.create_table(
        "letter_prints",
        sa.Column("id", BIG, nullable=False),
        sa.Column("letter_id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        *_home(),
        *_letter_keys("letter_prints"),
        sa.UniqueConstraint("letter_id", name=op.f("uq_letter_prints_letter_id")),
    )
    _indexes("letter_prints", "patient_id")
    op.create_table(
        "letter_steps",
        sa.Column("id", BIG, nullable=False),
        sa.Column("letter_id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("step", _words("step", STEPS), nullable=False),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("client_id", BIG, nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_home(),
        *_letter_keys("letter_steps", user_id="users", client_id="api_clients"),
    )
    _indexes("letter_steps", "letter_id", "patient_id")
    _attachments()
    protect("letter_routes", holds_patient=False)
    for table in MINE[:-1]:
        protect(table, patient="patient_id")


def _attachments() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("patient_id", BIG, nullable=True),
        sa.Column("draft_id", BIG, nullable=True),
        sa.Column("referral_id", BIG, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        *_home(),
        sa.CheckConstraint("kind IN ('pdf', 'jpeg', 'png')", name=op.f("ck_attachments_known_kind")),
        sa.CheckConstraint(
            "draft_id IS NOT NULL OR referral_id IS NOT NULL", name=op.f("ck_attachments_belongs_somewhere")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_attachments_draft_id_drafts"), ondelete="CASCADE"
        ),
        *_keys(
            "attachments",
            clinic_id="clinics",
            organisation_id="organisations",
            patient_id="patients",
            referral_id="referrals",
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_attachments_public_id")),
    )
    _indexes("attachments", "patient_id", "draft_id", "referral_id")


def _words(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _times(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in names]


def _home() -> list[sa.Column[object]]:
    return [
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
    ]


def _letter_keys(table: str, **more: str) -> list[sa.schema.SchemaItem]:
    return _keys(
        table,
        clinic_id="clinics",
        organisation_id="organisations",
        patient_id="patients",
        letter_id="letters",
        **more,
    )


def _keys(table: str, **to: str) -> list[sa.schema.SchemaItem]:
    keys: list[sa.schema.SchemaItem] = [
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
        for column, other in to.items()
    ]
    return [*keys, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))]


def _indexes(table: str, *columns: str) -> None:
    for column in ("clinic_id", "organisation_id", *columns):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def downgrade() -> None:
    for table in MINE:
        op.drop_table(table)
