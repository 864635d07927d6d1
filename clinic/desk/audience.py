"""Whom one text to many may be for: everybody in a class, everybody who waits for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from clinic.classes.models import ExerciseClass, Member, MemberState
from clinic.extensions import db
from clinic.referrals.models import Episode, State

WAITING = "waiting"
IN_CLASS = (MemberState.ACTIVE, MemberState.PAUSED)
WAITING_STATES = (State.WAITING, State.OFFERED)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def choices() -> list[tuple[str, str]]:
    """(value, words) of every group that has somebody in it, classes in the order of the week."""
    counted = (
        select(ExerciseClass, func.count(Member.id))
        .join(Member, Member.class_id == ExerciseClass.id)
        .where(Member.state.in_(IN_CLASS))
        .group_by(ExerciseClass.id)
        .order_by(ExerciseClass.weekday, ExerciseClass.wall_time)
    )
    found = [(f"class-{one.id}", f"{_named(one)} ({count})") for one, count in db.session.execute(counted)]
    waiting = select(func.count(Episode.id)).where(Episode.state.in_(WAITING_STATES))
    count = db.session.scalars(waiting).one()
    return [*found, (WAITING, f"Everybody waiting for a class ({count})")] if count else found


def of(values: Sequence[str]) -> dict[str, Any]:
    """The chosen groups as they are kept: ids of classes, and whether those who wait are meant."""
    ids = sorted({int(v.removeprefix("class-")) for v in values if v.startswith("class-")})
    return {"classes": ids, "waiting": WAITING in values}


def values(audience: Mapping[str, Any]) -> list[str]:
    """The kept groups as a form's values."""
    return [f"class-{class_id}" for class_id in audience["classes"]] + [WAITING] * audience["waiting"]


def words(audience: Mapping[str, Any]) -> str:
    """Tuesday 10:30 Chair class, and everybody waiting."""
    named = select(ExerciseClass).where(ExerciseClass.id.in_(audience["classes"]))
    ordered = named.order_by(ExerciseClass.weekday, ExerciseClass.wall_time)
    parts = [_named(one) for one in db.session.scalars(ordered)]
    return ", ".join(parts + ["everybody waiting for a class"] * audience["waiting"])


def people(audience: Mapping[str, Any]) -> list[int]:
    """The patients of these groups, each once, as things stand now."""
    seated = select(Member.patient_id).where(
        Member.class_id.in_(audience["classes"]), Member.state.in_(IN_CLASS)
    )
    found = set(db.session.scalars(seated))
    if audience["waiting"]:
        found |= set(db.session.scalars(select(Episode.patient_id).where(Episode.state.in_(WAITING_STATES))))
    return sorted(found)


def _named(one: ExerciseClass) -> str:
    name = one.name if DAYS[one.weekday] in one.name else f"{one.name}, {DAYS[one.weekday]}"
    return f"{name} {one.wall_time:%H:%M}, {one.venue.name}"
