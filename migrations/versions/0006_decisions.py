"""What was suggested, answered, measured, taught and written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from support import BIG, protect

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("episode_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("protocol", sa.String(length=20), nullable=False),
        sa.Column("engine", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("phase", sa.String(length=2), nullable=True),
        sa.Column("band", sa.String(length=12), nullable=True),
        sa.Column("case", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("choice", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("by_id", BIG, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.CheckConstraint("kind IN ('suggested', 'decided')", name=op.f("ck_decisions_known_kind")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_decisions_by_id_users")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_decisions_clinic_id_clinics")),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episodes.id"], name=op.f("fk_decisions_episode_id_episodes")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_decisions_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_decisions_patient_id_patients")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_clinic_id"), "decisions", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_decisions_episode_id"), "decisions", ["episode_id"], unique=False)
    op.create_index(op.f("ix_decisions_organisation_id"), "decisions", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_decisions_patient_id"), "decisions", ["patient_id"], unique=False)
    protect("decisions", patient="patient_id")
    op.create_table(
        "answers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("episode_id", BIG, nullable=False),
        sa.Column("path", sa.String(length=60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("by_id", BIG, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_answers_by_id_users")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_answers_clinic_id_clinics")),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name=op.f("fk_answers_episode_id_episodes")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_answers_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_answers_patient_id_patients")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
    )
    op.create_index(op.f("ix_answers_clinic_id"), "answers", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_answers_episode_id"), "answers", ["episode_id"], unique=False)
    op.create_index(op.f("ix_answers_organisation_id"), "answers", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_answers_patient_id"), "answers", ["patient_id"], unique=False)
    protect("answers", patient="patient_id")
    op.create_table(
        "assessments",
        sa.Column("id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("episode_id", BIG, nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("by_id", BIG, nullable=False),
        sa.Column("tests", sa.JSON(), nullable=False),
        sa.Column("phase", sa.String(length=2), nullable=False),
        sa.Column("band", sa.String(length=12), nullable=False),
        sa.Column("released", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_assessments_by_id_users")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_assessments_clinic_id_clinics")),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episodes.id"], name=op.f("fk_assessments_episode_id_episodes")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_assessments_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_assessments_patient_id_patients")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
    )
    op.create_index(op.f("ix_assessments_clinic_id"), "assessments", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_assessments_episode_id"), "assessments", ["episode_id"], unique=False)
    op.create_index(op.f("ix_assessments_organisation_id"), "assessments", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_assessments_patient_id"), "assessments", ["patient_id"], unique=False)
    protect("assessments", patient="patient_id")
    op.create_table(
        "taught_ticks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("episode_id", BIG, nullable=False),
        sa.Column("exercise_id", sa.String(length=6), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("by_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.CheckConstraint(
            "how IN ('class', 'slot', 'video', 'phone')", name=op.f("ck_taught_ticks_known_how")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_taught_ticks_by_id_users")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_taught_ticks_clinic_id_clinics")
        ),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episodes.id"], name=op.f("fk_taught_ticks_episode_id_episodes")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_taught_ticks_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_taught_ticks_patient_id_patients")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taught_ticks")),
        sa.UniqueConstraint("episode_id", "exercise_id", name=op.f("uq_taught_ticks_episode_id_exercise_id")),
    )
    op.create_index(op.f("ix_taught_ticks_clinic_id"), "taught_ticks", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_taught_ticks_episode_id"), "taught_ticks", ["episode_id"], unique=False)
    op.create_index(
        op.f("ix_taught_ticks_organisation_id"), "taught_ticks", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_taught_ticks_patient_id"), "taught_ticks", ["patient_id"], unique=False)
    protect("taught_ticks", patient="patient_id")
    op.create_table(
        "letters",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("episode_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_letters_clinic_id_clinics")),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name=op.f("fk_letters_episode_id_episodes")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_letters_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_letters_patient_id_patients")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("public_id", name=op.f("uq_letters_public_id")),
    )
    op.create_index(op.f("ix_letters_clinic_id"), "letters", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_letters_episode_id"), "letters", ["episode_id"], unique=False)
    op.create_index(op.f("ix_letters_organisation_id"), "letters", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_letters_patient_id"), "letters", ["patient_id"], unique=False)
    protect("letters", patient="patient_id")


def downgrade() -> None:
    op.drop_table("letters")
    op.drop_table("taught_ticks")
    op.drop_table("assessments")
    op.drop_table("answers")
    op.drop_table("decisions")
