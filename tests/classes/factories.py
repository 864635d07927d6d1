"""Small worlds for tests of seats: a clinic, classes with sessions, people. Every helper commits."""

from datetime import UTC, date, datetime, time, timedelta

from clinic.access.models import Clinic, Role, User
from clinic.classes.models import ClassSession, ExerciseClass, Venue
from clinic.columns import blind_index
from clinic.extensions import db, transaction
from clinic.patients.models import Contact, ContactKind, Patient
from clinic.referrals.models import Assessment, Decision, Episode, State
from clinic.viewer import system

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday, 09:00 in London
TODAY = NOW.date()
BY = system("test")
OPENING = {str(day): ["09:00", "17:00"] for day in range(5)}
HALF_PAST_TEN = time(10, 30)


@transaction()
def a_clinic(name: str = "Riverside") -> Clinic:
    row = Clinic(name=name, zone="Europe/London", phone="020 7946 0000", opening=OPENING)
    db.session.add(row)
    db.session.flush()
    db.session.add(Venue(clinic_id=row.id, name="Hall", address="1 High Street", access=["step_free"]))
    db.session.flush()
    return row


@transaction()
def a_user(clinic: Clinic, role: Role = Role.COORDINATOR) -> User:
    row = User(email=f"{role.value}-{clinic.id}@example.org", name="Sam", role=role, clinic_id=clinic.id)
    db.session.add(row)
    db.session.flush()
    return row


@transaction()
def a_class(clinic: Clinic, *, weekday: int = 1, capacity: int = 2, weeks: int = 2, **more) -> ExerciseClass:
    """A class with its first `weeks` sessions, all empty."""
    venue = db.session.query(Venue).filter_by(clinic_id=clinic.id).first()
    facts = {
        "level_phase": "P2",
        "level_band": "intermediate",
        "wall_time": HALF_PAST_TEN,
        "room": capacity,
        **more,
    }
    row = ExerciseClass(
        clinic_id=clinic.id,
        venue_id=venue.id,
        name=f"Class {weekday}",
        weekday=weekday,
        capacity=capacity,
        starts_on=TODAY,
        staffing=["physiotherapist", "instructor"],
        **facts,
    )
    db.session.add(row)
    db.session.flush()
    first = TODAY + timedelta(days=(weekday - TODAY.weekday()) % 7 or 7)
    for week in range(weeks):
        db.session.add(_session(row, first + timedelta(weeks=week)))
    db.session.flush()
    return row


def _session(row: ExerciseClass, day: date) -> ClassSession:
    starts = datetime.combine(day, row.wall_time, UTC)
    return ClassSession(
        clinic_id=row.clinic_id,
        class_id=row.id,
        original_date=day,
        local_date=day,
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        venue_id=row.venue_id,
        level_phase=row.level_phase,
        level_band=row.level_band,
        room=row.room,
        staffing=row.staffing,
        capacity=row.capacity,
    )


@transaction()
def a_person(clinic: Clinic, given: str = "Ada", *, mobile: str | None = "+447700900101", **more) -> Episode:
    """A patient with an episode that waits for a class, phase 2, intermediate band, gate open."""
    patient = Patient(
        clinic_id=clinic.id,
        given_name=given,
        family_name="Okafor",
        family_name_index=blind_index("surname", "Okafor"),
        family_prefix_index=blind_index("surname_prefix", "Oka"),
        birth_date="1950-03-02",
    )
    db.session.add(patient)
    db.session.flush()
    if mobile:
        db.session.add(_mobile(patient, mobile))
    facts = {"state": State.WAITING, "phase": "P2", "band": "intermediate", "confirmed_on": TODAY, **more}
    episode = Episode(
        clinic_id=clinic.id,
        patient_id=patient.id,
        next_on=TODAY,
        next_step="place",
        case={},
        **{"referred_on": TODAY - timedelta(days=20), **facts},
    )
    db.session.add(episode)
    db.session.flush()
    db.session.add(_decision(episode))
    return episode


@transaction()
def assessed(episode: Episode, user: User) -> Episode:
    """A physiotherapist has met this person."""
    row = Assessment(
        clinic_id=episode.clinic_id,
        patient_id=episode.patient_id,
        episode_id=episode.id,
        assessed_on=TODAY,
        by_id=user.id,
        phase="P2",
        band="intermediate",
    )
    db.session.add(row)
    return episode


def _mobile(patient: Patient, number: str) -> Contact:
    return Contact(
        clinic_id=patient.clinic_id,
        patient_id=patient.id,
        kind=ContactKind.MOBILE,
        value=number,
        value_index=blind_index("phone", number),
        confirmed_on=TODAY,
    )


def _decision(episode: Episode) -> Decision:
    gates = {"group_start": {"open": True, "from": "2026-08-31", "reasons": []}}
    return Decision(
        clinic_id=episode.clinic_id,
        patient_id=episode.patient_id,
        episode_id=episode.id,
        kind="suggested",
        protocol="2026-11",
        engine="1",
        outcome="suggest_class",
        phase=episode.phase,
        band=episode.band,
        case={},
        answer={"gates": gates},
    )


def sessions_of(row: ExerciseClass) -> list[ClassSession]:
    query = db.select(ClassSession).where(ClassSession.class_id == row.id).order_by(ClassSession.local_date)
    return list(db.session.scalars(query))
