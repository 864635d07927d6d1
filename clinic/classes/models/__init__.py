"""Room 2's rows, by what they are about; import them from here."""

from clinic.classes.models.offers import LineState, Offer, OfferLine, OfferState, Slot, WaitingEntry
from clinic.classes.models.registers import (
    Incident,
    IncidentEnd,
    IncidentKind,
    Pack,
    PackPassphrase,
    Reopening,
)
from clinic.classes.models.seats import Member, MemberState, Outcome, Place, PlaceState, RegisterTick
from clinic.classes.models.staff import Absence, Gap, Room
from clinic.classes.models.timetable import ClassSession, Closure, ExerciseClass, SessionState, Venue
from clinic.classes.models.transport import Ride, RideState

__all__ = [
    "Absence",
    "ClassSession",
    "Closure",
    "ExerciseClass",
    "Gap",
    "Incident",
    "IncidentEnd",
    "IncidentKind",
    "LineState",
    "Member",
    "MemberState",
    "Offer",
    "OfferLine",
    "OfferState",
    "Outcome",
    "Pack",
    "PackPassphrase",
    "Place",
    "PlaceState",
    "RegisterTick",
    "Reopening",
    "Ride",
    "RideState",
    "Room",
    "SessionState",
    "Slot",
    "Venue",
    "WaitingEntry",
]
