"""Booked sessions as an iCalendar file; a phone shows it to anybody who looks, so it says little."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from clinic.access.models import Clinic
from clinic.classes.models import Place


def calendar_of(clinic: Clinic, places: Sequence[Place], now: datetime) -> bytes:
    """One event a session in the clinic's zone; the same place keeps its id, so that a moved one moves."""
    zone = ZoneInfo(clinic.zone)
    calendar = Calendar()
    calendar.add("prodid", "-//Upright//sessions//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", clinic.name)
    for place in places:
        session = place.session
        event = Event()
        event.add("uid", f"place-{place.id}@upright")
        event.add("dtstamp", now)
        event.add("dtstart", session.starts_at.astimezone(zone))
        event.add("dtend", session.ends_at.astimezone(zone))
        event.add("summary", f"Class at {clinic.name}")
        event.add("location", f"{session.venue.name}, {session.venue.address}")
        event.add("description", f"Cannot come? Ring {clinic.phone}.")
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar.to_ical()
