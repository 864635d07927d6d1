"""One outbox, receipts and replies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from support import BIG, protect

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "dispatchers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alive_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatchers")),
    )
    op.create_table(
        "messages",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("recipient_kind", sa.String(length=10), nullable=False),
        sa.Column("recipient_id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=True),
        sa.Column("contact_id", BIG, nullable=True),
        sa.Column("channel", sa.String(length=6), nullable=False),
        sa.Column("text", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("cause_kind", sa.String(length=24), nullable=False),
        sa.Column("cause_id", BIG, nullable=False),
        sa.Column("cause_revision", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "sending",
                "accepted",
                "sent",
                "delivered",
                "undelivered",
                "refused",
                "unknown",
                "suppressed",
                "superseded",
                "parked",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("sent_to", sa.Text(), nullable=True),
        sa.Column("sent_to_index", sa.String(length=40), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("dispatcher_id", BIG, nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sid", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.Column("error_code", sa.String(length=12), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.CheckConstraint("channel IN ('sms', 'email')", name=op.f("ck_messages_known_channel")),
        sa.CheckConstraint(
            "recipient_kind IN ('patient', 'duty', 'user', 'practice', 'number')",
            name=op.f("ck_messages_known_kind"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_messages_clinic_id_clinics")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_messages_contact_id_contacts")
        ),
        sa.ForeignKeyConstraint(
            ["dispatcher_id"], ["dispatchers.id"], name=op.f("fk_messages_dispatcher_id_dispatchers")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_messages_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_messages_patient_id_patients")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("public_id", name=op.f("uq_messages_public_id")),
        sa.UniqueConstraint(
            "recipient_kind",
            "recipient_id",
            "cause_kind",
            "cause_id",
            "cause_revision",
            "rule",
            name="uq_messages_recipient_cause_rule",
        ),
        sa.UniqueConstraint("sid", name=op.f("uq_messages_sid")),
    )
    op.create_index("ix_messages_cause", "messages", ["cause_kind", "cause_id"], unique=False)
    op.create_index(
        "ix_messages_claimable",
        "messages",
        ["not_before", "priority"],
        unique=False,
        postgresql_where=sa.text("state = 'planned'"),
        sqlite_where=sa.text("state = 'planned'"),
    )
    op.create_index(op.f("ix_messages_clinic_id"), "messages", ["clinic_id"], unique=False)
    op.create_index(
        "ix_messages_in_doubt",
        "messages",
        ["claimed_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('sending', 'unknown')"),
        sqlite_where=sa.text("state IN ('sending', 'unknown')"),
    )
    op.create_index(
        "ix_messages_silent",
        "messages",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("state IN ('accepted', 'sent')"),
        sqlite_where=sa.text("state IN ('accepted', 'sent')"),
    )
    op.create_index(op.f("ix_messages_organisation_id"), "messages", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_messages_patient_id"), "messages", ["patient_id"], unique=False)
    op.create_index(op.f("ix_messages_sent_to_index"), "messages", ["sent_to_index"], unique=False)
    protect("messages", patient="patient_id")
    op.create_table(
        "receipts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("message_id", BIG, nullable=False),
        sa.Column("sid", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("error_code", sa.String(length=12), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_receipts_clinic_id_clinics")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_receipts_message_id_messages")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_receipts_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("sid", "status", name=op.f("uq_receipts_sid_status")),
    )
    op.create_index(op.f("ix_receipts_clinic_id"), "receipts", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_receipts_message_id"), "receipts", ["message_id"], unique=False)
    op.create_index(op.f("ix_receipts_organisation_id"), "receipts", ["organisation_id"], unique=False)
    protect("receipts")
    op.create_table(
        "open_questions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("message_id", BIG, nullable=False),
        sa.Column("number_index", sa.String(length=40), nullable=False),
        sa.Column("question", sa.String(length=20), nullable=False),
        sa.Column("cause_kind", sa.String(length=24), nullable=False),
        sa.Column("cause_id", BIG, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "answered",
                "expired",
                "superseded",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_open_questions_clinic_id_clinics")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_open_questions_message_id_messages")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_open_questions_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_open_questions_patient_id_patients")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_questions")),
        sa.UniqueConstraint("message_id", name=op.f("uq_open_questions_message_id")),
    )
    op.create_index(op.f("ix_open_questions_clinic_id"), "open_questions", ["clinic_id"], unique=False)
    op.create_index(
        "ix_open_questions_number",
        "open_questions",
        ["number_index"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.create_index(
        op.f("ix_open_questions_organisation_id"), "open_questions", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_open_questions_patient_id"), "open_questions", ["patient_id"], unique=False)
    protect("open_questions", patient="patient_id")
    op.create_table(
        "inbound",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sid", sa.String(length=40), nullable=False),
        sa.Column("patient_id", BIG, nullable=True),
        sa.Column("question_id", BIG, nullable=True),
        sa.Column("from_number", sa.Text(), nullable=True),
        sa.Column("number_index", sa.String(length=40), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("intent", sa.String(length=20), nullable=False),
        sa.Column("red_flag", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("effect", sa.String(length=40), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_inbound_clinic_id_clinics")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_inbound_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_inbound_patient_id_patients")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["open_questions.id"], name=op.f("fk_inbound_question_id_open_questions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound")),
        sa.UniqueConstraint("sid", "clinic_id", name=op.f("uq_inbound_sid_clinic_id")),
    )
    op.create_index(op.f("ix_inbound_clinic_id"), "inbound", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_inbound_number_index"), "inbound", ["number_index"], unique=False)
    op.create_index(op.f("ix_inbound_organisation_id"), "inbound", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_inbound_patient_id"), "inbound", ["patient_id"], unique=False)
    protect("inbound", patient="patient_id")
    op.create_table(
        "plan_watermarks",
        sa.Column("session_id", BIG, autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "revision", "rule", name=op.f("pk_plan_watermarks")),
    )
    op.create_table(
        "provider_troubles",
        sa.Column("id", BIG, nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_troubles")),
    )


def downgrade() -> None:
    op.drop_table("provider_troubles")
    op.drop_table("plan_watermarks")
    op.drop_table("inbound")
    op.drop_table("open_questions")
    op.drop_table("receipts")
    op.drop_table("messages")
    op.drop_table("dispatchers")
