"""The locks of `seats.change`, in order: episodes, classes, sessions, by id. Statements are built once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, or_, select

from clinic.access.models import Clinic
from clinic.classes.models import ClassSession, ExerciseClass, Place, PlaceState, SessionState
from clinic.classes.takes import StandingTake
from clinic.extensions import db
from clinic.patients.models import Patient
from clinic.referrals.models import Episode


def people(episode_ids: Collection[int], *, skip_locked: bool) -> dict[int, Any]:
    """Episodes by id, with what decides whether they may sit and who comes with them."""
    query = _people(skip_locked)
    return {row.id: row for row in db.session.execute(query, {"ids": sorted(episode_ids)})}


def classes(class_ids: Collection[int]) -> None:
    if class_ids:
        db.session.execute(_classes(), {"ids": sorted(class_ids)}).all()


def sessions(
    ids: Collection[int], standing: Sequence[StandingTake], whose: Collection[int], now: datetime
) -> dict[int, Any]:
    """Every session a change touches, by id, locked in one statement: these, and those of standing seats.

    A row tells what its reminders go by, and is `busy` where somebody of `whose` has a place that day.
    """
    if not ids and not standing:
        return {}
    given: dict[str, Any] = {"ids": sorted(ids), "whose": sorted(whose), "now": now}
    for n, take in enumerate(standing):
        given |= {f"class_{n}": take.class_id, f"from_{n}": take.from_date}
    return {row.id: row for row in db.session.execute(_sessions(len(standing)), given)}


@cache
def _people(skip_locked: bool) -> Any:
    columns = (Episode.id, Episode.patient_id, Episode.clinic_id, Episode.organisation_id)
    query = select(*columns, Episode.state, Episode.suspended_at, Episode.first_class_on, Patient.needs)
    query = query.join(Patient, Patient.id == Episode.patient_id)
    query = query.where(Episode.id.in_(bindparam("ids", expanding=True))).order_by(Episode.id)
    return query.with_for_update(of=Episode, key_share=True, skip_locked=skip_locked)


@cache
def _classes() -> Any:
    query = select(ExerciseClass.id).where(ExerciseClass.id.in_(bindparam("ids", expanding=True)))
    return query.order_by(ExerciseClass.id).with_for_update(key_share=True)


@cache
def _sessions(standing: int) -> Any:
    """For so many standing seats at once."""
    wanted: list[ColumnElement[bool]] = [ClassSession.id.in_(bindparam("ids", expanding=True))]
    wanted += [
        (ClassSession.class_id == bindparam(f"class_{n}"))
        & (ClassSession.local_date >= bindparam(f"from_{n}"))
        & (ClassSession.starts_at > bindparam("now"))
        & (ClassSession.state == SessionState.PLANNED)
        for n in range(standing)
    ]
    busy = exists().where(
        Place.episode_id.in_(bindparam("whose", expanding=True)),
        Place.local_date == ClassSession.local_date,
        Place.state != PlaceState.RELEASED,
    )
    columns = (ClassSession.id, ClassSession.class_id, ClassSession.local_date, ClassSession.starts_at)
    query = select(*columns, ClassSession.state, ClassSession.revision, Clinic.zone, busy.label("busy"))
    query = query.join(Clinic, Clinic.id == ClassSession.clinic_id).where(or_(*wanted))
    return query.order_by(ClassSession.id).with_for_update(of=ClassSession, key_share=True)
