"""A fall, chest pain, collapse or new back pain in class (F18): one tap stops everything, a person ends it.

The tap suspends the episode (texts and seats rest), tells the duty contact, and writes to the practice. What
was done and who was told is added afterwards. Only a physiotherapist closes an incident, with an outcome.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from clinic import audit
from clinic.access import queries as access
from clinic.access.permissions import Permission, may
from clinic.classes.models import Incident, IncidentEnd, IncidentKind
from clinic.classes.register import locked_place
from clinic.extensions import db, transaction
from clinic.referrals import letters, states, suspension
from clinic.referrals.models import Episode, State, StateChange
from clinic.viewer import Viewer
from clinic.worklist import services as worklist
from clinic.worklist.models import Alert, WorkState

CLOCK = timedelta(minutes=30)
TELL_PRACTICE_WITHIN = timedelta(hours=4)
ALERT, RING_PRACTICE = "incident", "tell_practice_of_incident"
WHAT = {
    IncidentKind.FALL: "a fall",
    IncidentKind.CHEST_PAIN: "chest pain",
    IncidentKind.COLLAPSE: "a collapse",
    IncidentKind.NEW_BACK_PAIN: "new back pain",
}
ENDS = {
    IncidentEnd.FIT_TO_RETURN: "no harm found, fit to come back to class",
    IncidentEnd.REASSESS_FIRST: "a new assessment with us comes before the next class",
    IncidentEnd.TREATED_ELSEWHERE: "seen or treated elsewhere, a new assessment with us comes before class",
    IncidentEnd.MISTAKE: "entered by mistake, nothing had happened",
}
BACK = (IncidentEnd.FIT_TO_RETURN, IncidentEnd.MISTAKE)
"""Outcomes after which classes and texts go on; after the others the episode waits for an assessment."""


class OnlyPhysiotherapists(Exception):
    text = "Only a physiotherapist closes an incident."


class AlreadyClosed(Exception):
    text = "This incident is closed already."


@transaction()
def record(
    *, place_id: int, kind: str, by: Viewer, now: datetime, happened_at: datetime | None = None
) -> int:
    """One tap: rest, alert, letter; the incident's id. The same kind twice, while open, is one incident.

    `happened_at` is the tablet's own time when it had no connection. Raises NotYet before the register opens,
    RegisterIsClosed, ValueError for an unknown kind.
    """
    what = IncidentKind(kind)
    place = locked_place(place_id, now, even_freed=True)  # before the start an incident frees today's seat
    known = _open_of(place.id, what)
    if known is not None:
        return known.id
    row = Incident(
        clinic_id=place.clinic_id,
        organisation_id=place.organisation_id,
        patient_id=place.patient_id,
        episode_id=place.episode_id,
        place_id=place.id,
        kind=what,
        happened_at=min(happened_at or now, now),
        by_id=by.id,
    )
    db.session.add(row)
    db.session.flush()
    audit.record("incident.recorded", by=by, about=row, kind=what.value)
    worklist.raise_alert(**_work(row, ALERT, by), due_at=now + CLOCK)
    episode = states.locked(place.episode_id)
    _tell_practice(row, episode, "incident", by=by, now=now)
    suspension.suspend(episode, reason="incident", by=by)
    return row.id


@transaction()
def describe(*, incident_id: int, done: str, told: str, by: Viewer) -> None:
    """What was done and who was told, for who comes next; may be added to until it is closed."""
    row = _locked(incident_id)
    row.done, row.told = done.strip(), told.strip()
    audit.record("incident.described", by=by, about=row)


@transaction()
def close(*, incident_id: int, outcome: str, note: str, by: Viewer, now: datetime) -> None:
    """A physiotherapist says what came of it; the practice hears that too.

    Fit to return, or a mistake, puts the person back where they were, unless another incident is open. Raises
    OnlyPhysiotherapists, AlreadyClosed, ValueError for an unknown outcome.
    """
    if not may(by.role, Permission.ASSESS):
        raise OnlyPhysiotherapists
    end = IncidentEnd(outcome)
    episode = states.locked(db.session.get_one(Incident, incident_id).episode_id)
    row = _locked(incident_id)
    row.outcome, row.outcome_note = end, note.strip() or None
    row.closed_at, row.closed_by_id = now, by.id
    audit.record("incident.closed", by=by, about=row, outcome=end.value)
    for alert in _alerts(row):
        worklist.close(work=alert, outcome=end.value, by=by)
    _tell_practice(row, episode, "incident_closed", by=by, now=now)
    if episode.suspended_reason == "incident" and not _others_open(row):
        _go_on(episode, end, by)


def find(incident_id: int) -> Incident | None:
    """An incident the viewer may see."""
    return db.session.scalars(select(Incident).where(Incident.id == incident_id)).first()


def _go_on(episode: Episode, end: IncidentEnd, by: Viewer) -> None:
    """Back to where they were before the incident, or to a new assessment; a withdrawn offer is made anew."""
    query = select(StateChange.before).where(
        StateChange.episode_id == episode.id,
        StateChange.after == State.PAUSED,
        StateChange.reason == "incident",
    )
    before = db.session.scalars(query.order_by(StateChange.id.desc()).limit(1)).first()
    to = before if end in BACK and before else State.AWAITING_ASSESSMENT
    to = State.WAITING if to is State.OFFERED else to
    suspension.lift(episode, to=to, reason=f"incident: {end.value}", by=by)


def _tell_practice(row: Incident, episode: Episode, kind: str, *, by: Viewer, now: datetime) -> None:
    """By letter; where nobody referred, somebody telephones whoever looks after this person."""
    facts = {
        "what": WHAT[row.kind],
        "on": access.local(row.clinic_id, row.happened_at).date(),
        "came_of_it": ENDS[row.outcome] if row.outcome else "",
        "done": row.done or "",
        "note": row.outcome_note or "",
    }
    written = letters.write(episode=episode, kind=kind, by=by, **facts)
    if not written and kind == "incident":
        worklist.open_task(**_work(row, RING_PRACTICE, by), due_at=now + TELL_PRACTICE_WITHIN)


def _locked(incident_id: int) -> Incident:
    query = select(Incident).where(Incident.id == incident_id)
    row = db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()
    if row.closed_at is not None:
        raise AlreadyClosed
    return row


def _open_of(place_id: int, kind: IncidentKind) -> Incident | None:
    query = select(Incident).where(
        Incident.place_id == place_id, Incident.kind == kind, Incident.closed_at.is_(None)
    )
    return db.session.scalars(query).first()


def _others_open(row: Incident) -> bool:
    query = select(Incident.id).where(
        Incident.episode_id == row.episode_id, Incident.id != row.id, Incident.closed_at.is_(None)
    )
    return db.session.scalars(query.limit(1)).first() is not None


def _alerts(row: Incident) -> list[Alert]:
    query = select(Alert).filter_by(kind=ALERT, cause_kind="incident", cause_id=row.id, state=WorkState.OPEN)
    return list(db.session.scalars(query))


def _work(row: Incident, kind: str, by: Viewer) -> dict[str, object]:
    return {
        "kind": kind,
        "patient_id": row.patient_id,
        "cause_kind": "incident",
        "cause_id": row.id,
        "clinic_id": row.clinic_id,
        "organisation_id": row.organisation_id,
        "by": by,
    }
