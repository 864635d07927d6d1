"""The demo's clinic: one clinic, three practices, staff, two venues and twelve classes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time

from clinic.access import services as access
from clinic.access.models import Clinic, Organisation, Role, User
from clinic.classes import timetable
from clinic.classes.models import ExerciseClass, Room, Venue
from clinic.extensions import db, transaction
from clinic.viewer import Viewer

PASSWORD = "lantern orchard kettle"
STAFF = (
    ("coordinator@demo.invalid", "Carys Coordinator", Role.COORDINATOR),
    ("physio@demo.invalid", "Priya Physio", Role.PHYSIOTHERAPIST),
    ("instructor@demo.invalid", "Ines Instructor", Role.INSTRUCTOR),
    ("instructor2@demo.invalid", "Idwal Instructor", Role.INSTRUCTOR),
    ("admin@demo.invalid", "Anwen Admin", Role.ADMIN),
)
PRACTICES = (
    ("X99001", "Birch Lane Surgery", "gp@demo.invalid", "Dr Shah"),
    ("X99002", "Mill Road Practice", "gp2@demo.invalid", "Dr Penhaligon-Test"),
    ("RZ903", "Harbour Fracture Liaison", "fls@demo.invalid", "Nurse Ogilvy-Test"),
)
TWO = ("physiotherapist", "instructor")
# one for each venue
ROOMS = (("Main hall", 20, ["chairs", "mats", "rail"]), ("Studio", 16, ["bands", "chairs", "weights"]))
# name, venue, weekday (Monday = 0), wall time, phase, band, room, staff
CLASSES = (
    ("Gentle start, Monday", 0, 0, time(10, 30), "P1", "high", 10, TWO),
    ("Gentle start, Thursday", 0, 3, time(10, 30), "P1", "high", 10, TWO),
    ("Steady, Tuesday", 0, 1, time(10, 30), "P2", "high", 10, TWO),
    ("Steady, Friday", 0, 4, time(10, 30), "P2", "high", 10, TWO),
    ("Stronger, Monday", 1, 0, time(14, 0), "P2", "intermediate", 14, TWO),
    ("Stronger, Wednesday", 1, 2, time(14, 0), "P2", "intermediate", 14, TWO),
    ("Stronger, Friday", 1, 4, time(14, 0), "P2", "intermediate", 14, TWO),
    ("Further, Tuesday", 1, 1, time(11, 0), "P3", "high", 10, TWO),
    ("Further, Thursday", 1, 3, time(11, 0), "P3", "high", 10, TWO),
    ("Onward, Monday", 0, 0, time(13, 30), "P3", "intermediate", 14, TWO),
    ("Onward, Thursday", 0, 3, time(13, 30), "P3", "intermediate", 14, TWO),
    ("On your feet, Wednesday", 0, 2, time(9, 30), "P3", "low", 16, ("instructor", "instructor")),
)


@dataclass
class House:
    """What the stories are told in."""

    clinic: Clinic
    practices: list[Organisation]
    referrers: list[User]
    staff: dict[str, User]
    classes: list[ExerciseClass] = field(default_factory=list)


@transaction()
def build(*, now: datetime, starts_on: date, by: Viewer) -> House:
    """Everything but the patients."""
    clinic = access.add_clinic(
        name="Larkfield Back on Track", zone="Europe/London", phone="0114 496 0100", by=by
    )
    clinic.duty_phone, clinic.duty_email = "+447700900999", "duty@demo.invalid"
    clinic.opening = {str(day): ["08:00", "17:00"] for day in range(5)}
    staff = {
        email: access.add_user(email=email, name=name, role=role, clinic=clinic, password=PASSWORD, by=by)[0]
        for email, name, role in STAFF
    }
    practices, referrers = [], []
    for ods, name, email, person in PRACTICES:
        practice = access.add_organisation(ods=ods, name=name, clinic=clinic, by=by)
        practices.append(practice)
        referrers.append(
            access.add_user(
                email=email, name=person, role=Role.REFERRER, organisation=practice, password=PASSWORD, by=by
            )[0]
        )
    house = House(clinic, practices, referrers, staff)
    house.classes = _classes(house, now, starts_on, by)
    return house


def _classes(house: House, now: datetime, starts_on: date, by: Viewer) -> list[ExerciseClass]:
    venues = [
        Venue(
            clinic_id=house.clinic.id,
            name="Larkfield Community Hall",
            address="1 Invented Row, Larkfield ZZ99 3VZ",
            access=["step_free", "loop", "parking", "toilet"],
            first_aid="Defibrillator beside the main door; first-aid box in the kitchen",
        ),
        Venue(
            clinic_id=house.clinic.id,
            name="Riverside Therapy Gym",
            address="20 Sample Street, Larkfield ZZ99 3VZ",
            access=["step_free", "parking", "toilet"],
            first_aid="Defibrillator at reception",
            notes="Side door on Sample Street; ring twice",
        ),
    ]
    db.session.add_all(venues)
    db.session.flush()
    rooms = [
        Room(clinic_id=house.clinic.id, venue_id=venues[n].id, name=name, size=size, equipment=equipment)
        for n, (name, size, equipment) in enumerate(ROOMS)
    ]
    db.session.add_all(rooms)
    db.session.flush()
    instructors = [house.staff["instructor@demo.invalid"], house.staff["instructor2@demo.invalid"]]
    beside = house.staff["physio@demo.invalid"].id
    made = []
    for name, venue, weekday, at, phase, band, room, staffing in CLASSES:
        made.append(
            timetable.create_class(
                clinic_id=house.clinic.id,
                name=name,
                venue_id=venues[venue].id,
                weekday=weekday,
                wall_time=at,
                level_phase=phase,
                level_band=band,
                room=room,
                room_id=rooms[venue].id,
                staffing=staffing,
                starts_on=starts_on,
                instructor_id=instructors[venue].id,
                second_id=beside if (venue, staffing) == (0, TWO) else None,
                by=by,
                now=now,
            )
        )
    return made
