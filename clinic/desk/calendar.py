"""Sessions as an iCalendar file (RFC 5545); a phone shows it to anybody who looks, so it says little.

The same place keeps its UID. Its SEQUENCE rises with every move and once more when it is cancelled, and a
cancelled one stays in the file as such until its time is over: a phone that asks again takes it away.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from sqlalchemy import or_, select

from clinic.access.models import Clinic
from clinic.classes.models import ClassSession, Place, PlaceState
from clinic.desk.calendar_zone import timezone_of
from clinic.extensions import db

ASK_AGAIN = timedelta(hours=1)


def calendar_of(clinic: Clinic, places: Sequence[Place], now: datetime) -> bytes:
    """One event a place, in the clinic's zone; a calendar without any is still one by the standard."""
    zone = ZoneInfo(clinic.zone)
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Upright//sessions//EN")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", clinic.name)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    moments = [now, *(place.session.starts_at for place in places)]
    calendar.add_component(timezone_of(zone, min(moments), max(moments)))
    for place in places:
        calendar.add_component(_event(place, clinic, zone, now))
    return calendar.to_ical()


def places_of(patient_id: int, now: datetime) -> list[Place]:
    """What the file holds: sessions that are not over, booked ones and those that were."""
    query = (
        select(Place)
        .join(ClassSession, ClassSession.id == Place.session_id)
        .where(
            Place.patient_id == patient_id,
            Place.state != PlaceState.HELD,
            ClassSession.ends_at > now,
            # a seat that was only offered was never in anybody's calendar
            or_(Place.released_reason.is_(None), Place.released_reason.not_like("offer%")),
        )
        .order_by(ClassSession.starts_at, Place.id)
    )
    found = list(db.session.scalars(query))
    booked = {place.session_id for place in found if place.state is PlaceState.BOOKED}
    return [one for one in found if one.state is PlaceState.BOOKED or one.session_id not in booked]


def _event(place: Place, clinic: Clinic, zone: ZoneInfo, now: datetime) -> Event:
    session, off = place.session, place.state is PlaceState.RELEASED
    event = Event()
    event.add("uid", f"place-{place.id}@upright")
    event.add("dtstamp", now)
    event.add("sequence", 2 * (session.revision - 1) + off)
    event.add("status", "CANCELLED" if off else "CONFIRMED")
    event.add("dtstart", session.starts_at.astimezone(zone))
    event.add("dtend", session.ends_at.astimezone(zone))
    event.add("summary", f"Class at {clinic.name}")
    event.add("location", f"{session.venue.name}, {session.venue.address}")
    event.add("description", f"Cannot come? Ring {clinic.phone}.")
    event.add("class", "PRIVATE")
    return event
