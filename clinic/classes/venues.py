"""Venues and their rooms: where they are, how to get in, what is there, and how many people a room holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from clinic import audit
from clinic.classes import holding, promotion, queries, telling
from clinic.classes.errors import BadTimetable
from clinic.classes.models import ClassSession, ExerciseClass, Room, Venue
from clinic.classes.rules.capacity import Level, Staff, capacity
from clinic.extensions import db, emit, transaction
from clinic.viewer import Viewer

ACCESS = (
    ("step_free", "Step-free way in"),
    ("loop", "Hearing loop"),
    ("parking", "Parking"),
    ("toilet", "Accessible toilet"),
)
EQUIPMENT = (
    ("chairs", "Firm chairs without arms"),
    ("rail", "Rail or worktop to hold"),
    ("mats", "Mats"),
    ("bands", "Resistance bands"),
    ("weights", "Weights"),
    ("steps", "Steps"),
    ("couch", "Couch"),
    ("screen", "Screen for video"),
)
SIZES = range(1, 61)


@transaction()
def save_venue(
    *,
    clinic_id: int,
    name: str,
    address: str,
    access: Sequence[str],
    first_aid: str,
    notes: str,
    by: Viewer,
    venue_id: int | None = None,
) -> Venue:
    """A new venue, or the same with other facts. Raises BadTimetable when a fact is missing or unknown."""
    if not name.strip() or not address.strip() or not set(access) <= dict(ACCESS).keys():
        raise BadTimetable("A venue needs a name, an address and access facts from the list.")
    row = db.session.get_one(Venue, venue_id) if venue_id else Venue(clinic_id=clinic_id)
    row.name, row.address, row.access = name.strip()[:120], address.strip()[:240], list(access)
    row.first_aid, row.notes = first_aid.strip()[:240] or None, notes.strip()[:240] or None
    db.session.add(row)
    audit.record("venue.saved", by=by, about=row)
    return row


@transaction()
def add_room(
    *,
    venue_id: int,
    name: str,
    size: int,
    equipment: Sequence[str],
    notes: str,
    by: Viewer,
) -> Room:
    """A room that classes may be held in. Raises BadTimetable."""
    venue = db.session.get_one(Venue, venue_id)
    _check(name, size, equipment)
    row = Room(clinic_id=venue.clinic_id, venue_id=venue_id, size=size)
    _describe(row, name, equipment, notes)
    db.session.add(row)
    audit.record("room.added", by=by, about=row, size=size)
    return row


@transaction()
def change_room(
    *,
    room_id: int,
    name: str,
    size: int,
    equipment: Sequence[str],
    notes: str,
    by: Viewer,
    now: datetime,
) -> int:
    """Another size caps every class and coming session in the room; how many now have too many people.

    Each of those has a task. Raises BadTimetable when more people have a seat than the room would hold.
    """
    _check(name, size, equipment)
    room = db.session.get_one(Room, room_id)
    rows = queries.classes_in_room(room_id)
    ids = [row.id for row in rows]
    theirs = (ClassSession.room_id == room_id) | ClassSession.class_id.in_(ids)
    held = holding.hold(holding.coming(now) & theirs, ids)
    inside = [session for session in held.sessions if session.room_id == room_id]
    used: list[ExerciseClass | ClassSession] = [*queries.classes_in_room(room_id), *inside]
    before = {(type(row), row.id): row.capacity for row in used}
    most = max((row.taken for row in used), default=0)
    if most > size:
        raise BadTimetable(f"{most} people have a seat in a class here. Move some of them first.")
    _describe(room, name, equipment, notes)
    room.size = size
    over = [row for row in used if _fit(row, size)]
    db.session.flush()
    for row in over:
        telling.over_capacity(row, due_at=now, by=by)
    for session in inside:
        emit("session_changed", session_id=session.id, kind="room")
    for row in used:
        if row.capacity > before[type(row), row.id]:
            _hand_on(row, by, now)
    audit.record("room.changed", by=by, about=room, size=size, over=len(over))
    return len(over)


def room_for(row: ExerciseClass, venue_id: int, room_id: int | None) -> int:
    """How many people the place of a class would hold: the named room's size, else as many as before."""
    if room_id is None:
        return row.room
    return queries.room_of(venue_id, room_id).size


def rooms(clinic_id: int) -> list[Room]:
    """Every room of a clinic, by venue and name."""
    query = select(Room).join(Venue, Venue.id == Room.venue_id).where(Room.clinic_id == clinic_id)
    return list(db.session.scalars(query.order_by(Venue.name, Room.name, Room.id)))


def choices(clinic_id: int) -> list[tuple[int, str]]:
    """The rooms of a clinic for a select: Hall, Studio (holds 12)."""
    return [(room.id, f"{room.venue.name}, {room.name} (holds {room.size})") for room in rooms(clinic_id)]


def find_venue(venue_id: int) -> Venue | None:
    return db.session.scalars(select(Venue).where(Venue.id == venue_id)).first()


def find_room(room_id: int) -> Room | None:
    return db.session.scalars(select(Room).where(Room.id == room_id)).first()


def _hand_on(row: ExerciseClass | ClassSession, by: Viewer, now: datetime) -> None:
    if isinstance(row, ClassSession):
        promotion.hand_on_session(session_id=row.id, by=by, now=now)
    else:
        promotion.hand_on_class(class_id=row.id, by=by, now=now)


def _check(name: str, size: int, equipment: Sequence[str]) -> None:
    if not name.strip() or size not in SIZES or not set(equipment) <= dict(EQUIPMENT).keys():
        raise BadTimetable("A room needs a name and holds 1 to 60 people.")


def _describe(row: Room, name: str, equipment: Sequence[str], notes: str) -> None:
    row.name, row.equipment = name.strip()[:80], list(equipment)
    row.notes = notes.strip()[:240] or None


def _fit(row: ExerciseClass | ClassSession, size: int) -> bool:
    """Give it the room's size; whether more people have a seat than there now are."""
    level = Level(row.level_phase, row.level_band)
    row.room = size
    row.capacity = capacity(size, level, [Staff(role) for role in row.staffing], beside=row.beside)
    return row.taken > row.capacity
