"""Home plans and prompts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from support import BIG, protect

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "plans",
        sa.Column("id", BIG, nullable=False),
        sa.Column("episode_id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("library", sa.String(length=20), nullable=False),
        sa.Column("phase", sa.String(length=2), nullable=False),
        sa.Column("band", sa.String(length=12), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("held_back", sa.JSON(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("planned_until", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_plans_clinic_id_clinics")),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name=op.f("fk_plans_episode_id_episodes")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_plans_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_plans_patient_id_patients")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
    )
    op.create_index(op.f("ix_plans_clinic_id"), "plans", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_plans_episode_id"), "plans", ["episode_id"], unique=False)
    op.create_index(op.f("ix_plans_organisation_id"), "plans", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_plans_patient_id"), "plans", ["patient_id"], unique=False)
    op.create_index(
        "uq_plans_one_current",
        "plans",
        ["episode_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    protect("plans", patient="patient_id")
    op.create_table(
        "prompts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("episode_id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("exercise_id", sa.String(length=6), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.CheckConstraint(
            "state IN ('planned', 'withdrawn', 'answered')", name=op.f("ck_prompts_known_state")
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_prompts_clinic_id_clinics")),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name=op.f("fk_prompts_episode_id_episodes")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_prompts_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_prompts_patient_id_patients")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_prompts_plan_id_plans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompts")),
    )
    op.create_index(
        "uq_prompts_one_a_day",
        "prompts",
        ["episode_id", "day"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
        sqlite_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_index(op.f("ix_prompts_clinic_id"), "prompts", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_prompts_episode_id"), "prompts", ["episode_id"], unique=False)
    op.create_index(op.f("ix_prompts_organisation_id"), "prompts", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_prompts_patient_id"), "prompts", ["patient_id"], unique=False)
    protect("prompts", patient="patient_id")
    op.create_table(
        "exercise_log",
        sa.Column("id", BIG, nullable=False),
        sa.Column("episode_id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("prompt_id", BIG, nullable=True),
        sa.Column("exercise_id", sa.String(length=6), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("pain", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clinic_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.CheckConstraint(
            "pain IS NULL OR pain BETWEEN 0 AND 10", name=op.f("ck_exercise_log_pain_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_exercise_log_clinic_id_clinics")
        ),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episodes.id"], name=op.f("fk_exercise_log_episode_id_episodes")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_exercise_log_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_exercise_log_patient_id_patients")
        ),
        sa.ForeignKeyConstraint(
            ["prompt_id"], ["prompts.id"], name=op.f("fk_exercise_log_prompt_id_prompts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exercise_log")),
    )
    op.create_index(op.f("ix_exercise_log_clinic_id"), "exercise_log", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_exercise_log_episode_id"), "exercise_log", ["episode_id"], unique=False)
    op.create_index(
        op.f("ix_exercise_log_organisation_id"), "exercise_log", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_exercise_log_patient_id"), "exercise_log", ["patient_id"], unique=False)
    protect("exercise_log", patient="patient_id")


def downgrade() -> None:
    op.drop_table("exercise_log")
    op.drop_table("prompts")
    op.drop_table("plans")
