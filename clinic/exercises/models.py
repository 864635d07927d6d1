"""The home plan, its prompts and what the patient says she did."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from clinic.columns import BigId, UtcDateTime
from clinic.extensions import db, now
from clinic.walls import PatientData


class Plan(PatientData, db.Model):
    """A home plan made from one phase x band cell, taught exercises only; a change makes a new one."""

    __tablename__ = "plans"
    __table_args__ = (
        Index(
            "uq_plans_one_current",
            "episode_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    episode_id: Mapped[int] = mapped_column(BigId, ForeignKey("episodes.id"), index=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    library: Mapped[str] = mapped_column(String(20))
    phase: Mapped[str] = mapped_column(String(2))
    band: Mapped[str] = mapped_column(String(12))
    items: Mapped[list[str]] = mapped_column(JSON)  # exercise ids
    held_back: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    hour: Mapped[int] = mapped_column(default=10)  # clinic wall hour of the prompt
    planned_until: Mapped[date | None]  # clinic date up to which prompts are settled, rest days included
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Prompt(PatientData, db.Model):
    """One exercise on one day; at most one a day and episode that was not withdrawn."""

    __tablename__ = "prompts"
    __table_args__ = (
        Index(
            "uq_prompts_one_a_day",
            "episode_id",
            "day",
            unique=True,
            postgresql_where=text("state <> 'withdrawn'"),
            sqlite_where=text("state <> 'withdrawn'"),
        ),
        CheckConstraint("state IN ('planned', 'withdrawn', 'answered')", name="known_state"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    episode_id: Mapped[int] = mapped_column(BigId, ForeignKey("episodes.id"), index=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    plan_id: Mapped[int] = mapped_column(BigId, ForeignKey("plans.id"))
    day: Mapped[date]
    exercise_id: Mapped[str] = mapped_column(String(6))
    state: Mapped[str] = mapped_column(String(12), default="planned")


class ExerciseLog(PatientData, db.Model):
    """What she reported: done, or a pain score; only what was reported counts."""

    __tablename__ = "exercise_log"
    __table_args__ = (CheckConstraint("pain IS NULL OR pain BETWEEN 0 AND 10", name="pain_in_range"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    episode_id: Mapped[int] = mapped_column(BigId, ForeignKey("episodes.id"), index=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    prompt_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("prompts.id"))
    exercise_id: Mapped[str | None] = mapped_column(String(6))
    done_on: Mapped[date]
    done: Mapped[bool] = mapped_column(default=False)
    pain: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(12), default="sms")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
