"""The calendar file, read by strict eyes: RFC 5545 by hand, and icalendar without tolerance."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from clinic.classes.models import PlaceState
from clinic.desk.calendar import calendar_of
from clinic.desk.calendar_zone import changes, timezone_of

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
CLINIC = SimpleNamespace(zone="Europe/London", name="Larkfield, Back on Track; Süd", phone="0114 496 0100")
ZONES = ("Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")


def a_place(
    number=1, *, starts=datetime(2026, 12, 1, 10, 30, tzinfo=UTC), revision=1, off=False, venue="Hall"
):
    session = SimpleNamespace(
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        revision=revision,
        venue=SimpleNamespace(name=venue, address="1 Invented Row, Larkfield"),
    )
    state = PlaceState.RELEASED if off else PlaceState.BOOKED
    return SimpleNamespace(id=number, session=session, state=state)


def written(*places) -> bytes:
    return calendar_of(CLINIC, places, NOW)


def events(body):
    return Calendar.from_ical(body, multiple=False).walk("VEVENT")


def lines_of(body: bytes) -> list[str]:
    """Unfolded content lines."""
    return body.decode().replace("\r\n ", "").split("\r\n")[:-1]


def test_every_line_ends_in_crlf_and_none_is_longer_than_75_octets():
    body = written(
        a_place(venue="St Margaret’s Community Hall, side entrance behind the café – ring twice " * 3)
    )
    assert body.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert max(len(line) for line in body.split(b"\r\n")) <= 75


def test_a_fold_never_cuts_a_letter_in_two():
    body = written(a_place(venue="é" * 200))
    for line in body.split(b"\r\n"):
        line.decode("utf-8")
    assert str(events(body)[0]["location"]).startswith("é" * 200)


def test_every_content_line_is_one_by_the_grammar():
    name = r"[A-Z0-9-]+"
    value = r"(?:;[A-Z0-9-]+=(?:\"[^\"]*\"|[^\";:,]*))*:[^\x00-\x08\x0a-\x1f\x7f]*"
    odd = [
        line
        for line in lines_of(written(a_place(), a_place(2, off=True)))
        if not re.fullmatch(name + value, line)
    ]
    assert odd == []


def test_commas_and_semicolons_in_words_are_escaped():
    said = [line for line in lines_of(written(a_place())) if line.startswith(("SUMMARY", "LOCATION"))]
    assert said == [
        "SUMMARY:Class at Larkfield\\, Back on Track\\; Süd",
        "LOCATION:Hall\\, 1 Invented Row\\, Larkfield",
    ]


def test_an_event_has_what_the_standard_demands_once_each():
    (event,) = events(written(a_place()))
    assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS"} <= set(event)
    body = lines_of(written(a_place()))
    for name in ("UID:", "DTSTAMP:", "SEQUENCE:", "STATUS:", "METHOD:", "VERSION:2.0", "PRODID:"):
        assert len([line for line in body if line.startswith(name)]) == 1


def test_dtstamp_is_utc_and_times_name_a_zone_that_is_in_the_file():
    body = lines_of(written(a_place()))
    assert "DTSTAMP:20261123T090000Z" in body
    assert "DTSTART;TZID=Europe/London:20261201T103000" in body
    assert body.index("BEGIN:VTIMEZONE") < body.index("BEGIN:VEVENT")
    assert "TZID:Europe/London" in body


def test_a_moved_place_keeps_its_uid_and_its_sequence_rises():
    steps = [a_place(), a_place(revision=2), a_place(revision=3), a_place(revision=3, off=True)]
    found = [events(written(step))[0] for step in steps]
    assert {str(event["uid"]) for event in found} == {"place-1@upright"}
    assert [event["sequence"] for event in found] == [0, 2, 4, 5]


def test_a_cancelled_place_stays_in_the_file_as_cancelled():
    booked, off = events(written(a_place(1), a_place(2, off=True)))
    assert (str(booked["status"]), str(off["status"])) == ("CONFIRMED", "CANCELLED")


def test_an_empty_calendar_still_has_a_component():
    body = written()
    assert events(body) == []
    assert [part.name for part in Calendar.from_ical(body).subcomponents] == ["VTIMEZONE"]


def test_the_library_finds_nothing_to_forgive():
    calendar = Calendar.from_ical(written(a_place(), a_place(2, off=True)))
    assert [(part.name, part.errors) for part in calendar.walk() if part.errors] == []


@pytest.mark.parametrize(
    ("onset", "wall"),
    [
        ("2026-03-29", "01:00"),
        ("2026-10-25", "02:00"),
        ("2027-03-28", "01:00"),
        ("2027-10-31", "02:00"),
    ],
)
def test_the_clock_changes_stand_in_the_wall_time_before_them(onset, wall):
    zone = timezone_of(LONDON, datetime(2026, 2, 1, tzinfo=UTC), datetime(2027, 12, 1, tzinfo=UTC))
    starts = [part["dtstart"].dt for part in zone.subcomponents]
    assert datetime.fromisoformat(f"{onset}T{wall}") in starts


@given(
    st.sampled_from(ZONES), st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
)
def test_the_zone_in_the_file_says_what_the_zone_says(name, moment):
    zone = ZoneInfo(name)
    written_zone = timezone_of(zone, moment, moment)
    assert offset_by_the_file(written_zone, moment) == moment.astimezone(zone).utcoffset()


def offset_by_the_file(zone, moment: datetime) -> timedelta:
    """RFC 5545 3.6.5: the onset that came last holds; an onset is in the offset before it."""
    onsets = [
        (part["dtstart"].dt.replace(tzinfo=UTC) - part["tzoffsetfrom"].td, part["tzoffsetto"].td)
        for part in zone.subcomponents
    ]
    return max(one for one in onsets if one[0] <= moment)[1]


def test_a_zone_without_changes_has_one_observance():
    zone = timezone_of(ZoneInfo("Asia/Kolkata"), NOW, NOW)
    assert len(zone.subcomponents) == 1
    assert list(changes(ZoneInfo("Asia/Kolkata"), NOW, NOW + timedelta(days=700))) == []
