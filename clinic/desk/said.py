"""What people say of us, and how they fare after: a complaint's clock, one look six weeks on (F42, F43)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from clinic import audit
from clinic.access import queries as access
from clinic.extensions import now, transaction
from clinic.patients.models import Patient
from clinic.referrals import clocks
from clinic.viewer import Viewer
from clinic.worklist import services as worklist
from clinic.worklist.models import Task

KINDS = {
    "complaint": ("Complaint", "Answered by a person within three working days"),
    "concern": ("Concern or safeguarding worry", "Somebody looks at it the same working day"),
    "compliment": ("Compliment or idea", "Passed on within ten working days"),
}
WORKING_DAYS = {"complaint": 3, "concern": 0, "compliment": 10}
"""A service's own defaults; the NHS complaints regulations (2009, 13) ask to acknowledge in three."""
ONWARD, ONE_LOOK_AFTER = "onward_check", timedelta(weeks=6)


@transaction()
def heard(*, patient: Patient, kind: str, words: str, by: Viewer) -> Task:
    """Somebody's words become a task with an owner to find and a clock; they stay on the patient's timeline.

    Raises ValueError for an unknown kind or no words.
    """
    if kind not in KINDS or not words.strip():
        raise ValueError("a kind and the words are needed")
    moment = now()
    row = _task(patient, f"heard_{kind}", _end_of(patient.clinic_id, WORKING_DAYS[kind], moment), words, by)
    audit.record("patient.said", by=by, about=patient, kind=kind)
    return row


@transaction()
def passed_on(*, patient: Patient, to: str, by: Viewer) -> Task:
    """They agreed to go on somewhere else: one telephone call in six weeks asks whether that came about."""
    moment = now() + ONE_LOOK_AFTER
    return _task(patient, ONWARD, _end_of(patient.clinic_id, 0, moment), f"Passed on to: {to.strip()}", by)


def _task(patient: Patient, kind: str, due: datetime, words: str, by: Viewer) -> Task:
    """About the moment it was said, so that a second complaint is a second task."""
    return worklist.open_task(
        kind=kind,
        patient_id=patient.id,
        cause_kind="said",
        cause_id=int(now().timestamp() * 1000),
        clinic_id=patient.clinic_id,
        organisation_id=patient.organisation_id,
        due_at=due,
        note=" ".join(words.split()),
        by=by,
    )


def _end_of(clinic_id: int, working_days: int, moment: datetime) -> datetime:
    if working_days == 0:
        return clocks.end_of_working_day(clinic_id, moment)
    day = clocks.working_days_later(clinic_id, access.local(clinic_id, moment).date(), working_days)
    return clocks.end_of_working_day(clinic_id, datetime.combine(day, time(12), access.zone_of(clinic_id)))
