"""The pages of the timetable: each change shows who is concerned, and acts only on what was seen."""

import pytest

from clinic.access.models import Role
from clinic.classes import one_session, queries
from clinic.classes.models import Absence, Closure, Room, SessionState, Venue
from clinic.extensions import db
from clinic.worklist.models import Task
from tests.classes.factories import BY, NOW, TODAY, a_clinic, a_user
from tests.classes.house import hidden, post


def day(name, typed):
    parts = dict(zip(("day", "month", "year"), typed.split(), strict=True))
    return {f"{name}-{part}": value for part, value in parts.items()}


def confirm(client, path, page, **typed):
    """Both steps: see the impact, then post the same with its fingerprint."""
    shown = post(client, path, page, **typed)
    assert shown.status_code == 200, shown.text
    return shown.text, client.post(
        path,
        data={"csrf_token": hidden(shown.text, "csrf_token"), "seen": hidden(shown.text, "seen"), **typed},
    )


def test_a_class_changes_from_a_day_on_once_its_impact_was_seen(house):
    house.book()
    page = f"/classes/{house.tuesday}/change"
    typed = {**day("since", "24 11 2026"), "weekday": "1", "wall_time": "14:00", "venue_id": "1"}
    shown, answer = confirm(house.coordinator, f"/classes/{house.tuesday}/following", page, **typed)
    assert "Tuesday 24 November 2026 at 2pm" in shown
    assert "1 by text. Nobody needs a call." in shown
    assert answer.status_code == 302
    assert "Tuesdays at 2pm" in house.coordinator.get(answer.location).text


def test_what_changed_while_looking_is_shown_again(house):
    page, path = f"/classes/{house.tuesday}/change", f"/classes/{house.tuesday}/following"
    typed = {**day("since", "24 11 2026"), "weekday": "1", "wall_time": "14:00", "venue_id": "1"}
    client = house.coordinator
    seen = hidden(post(client, path, page, **typed).text, "seen")
    house.book()
    again = post(client, path, page, **typed, seen=seen)
    assert again.status_code == 409
    assert "Something changed while you were looking" in again.text
    assert post(client, path, page, **typed, seen=hidden(again.text, "seen")).status_code == 302


@pytest.mark.parametrize(
    ("way", "typed", "words"),
    [
        ("following", {"wall_time": "25:00"}, "Enter the first day, with month and year"),
        (
            "following",
            {**day("since", "24 11 2026"), "weekday": "1", "wall_time": "10:30", "venue_id": "1"},
            "Nothing would change",
        ),
        ("always", {"all_venue_id": "1", "name": ""}, "Enter a name for the class"),
        ("end", {}, "Enter the first day without it"),
        ("end", day("ends", "1 1 2020"), "Choose a first day without the class"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(house, way, typed, words):
    answer = post(
        house.coordinator, f"/classes/{house.tuesday}/{way}", f"/classes/{house.tuesday}/change", **typed
    )
    assert answer.status_code == 422
    assert words in answer.text
    assert all(value in answer.text for value in typed.values())


def test_all_dates_of_a_class_change_and_it_ends(house):
    page = f"/classes/{house.tuesday}/change"
    typed = {"name": "Tuesday strength", "all_venue_id": "1", "level_phase": "P2"}
    typed |= {"level_band": "intermediate", "staffing": ["physiotherapist", "instructor"]}
    _, answer = confirm(house.coordinator, f"/classes/{house.tuesday}/always", page, **typed)
    assert "Tuesday strength" in house.coordinator.get(answer.location).text
    shown, answer = confirm(
        house.coordinator, f"/classes/{house.tuesday}/end", page, **day("ends", "1 12 2026")
    )
    assert "From 1 December 2026 there is no such class." in shown
    assert "It ends on Monday 30 November 2026." in house.coordinator.get(answer.location).text


def test_a_range_of_days_is_cancelled_for_everybody(house):
    house.book()
    typed = {**day("first", "24 11 2026"), **day("last", "28 11 2026"), "which": "all", "reason": "building"}
    shown, answer = confirm(house.coordinator, "/classes/days-off", "/classes/days-off", **typed)
    assert "2 sessions" in shown
    assert answer.status_code == 302
    week = house.coordinator.get(answer.location).text
    assert "Clinic closed" in week
    with house.inside():
        assert queries.session(house.session).state is SessionState.CANCELLED
        assert db.session.query(Closure).count() == 1


def test_days_without_a_reason_are_asked_for(house):
    answer = post(house.coordinator, "/classes/days-off", **day("first", "31 2 2026"), which="venue-99")
    for words in ("Enter the first day", "Choose whose classes", "Choose why"):
        assert words in answer.text
    assert answer.status_code == 422


def test_an_absence_is_recorded_covered_and_withdrawn(house):
    lead = house.users[Role.INSTRUCTOR]
    typed = {
        "staff_id": str(lead),
        "reason": "illness",
        **day("first", "23 11 2026"),
        **day("last", "27 11 2026"),
    }
    shown, answer = confirm(house.coordinator, "/absences", "/absences", **typed)
    assert "cannot be held without cover" in shown.casefold()
    assert "No cover, cannot be held" in house.coordinator.get(answer.location).text
    page = f"/sessions/{house.session}/change"
    cover = {"seat": "lead", "staff_id": str(house.users[Role.PHYSIOTHERAPIST])}
    assert post(house.coordinator, f"/sessions/{house.session}/cover", page, **cover).status_code == 302
    assert "Covered by Sam" in house.coordinator.get("/absences").text
    refused = post(house.coordinator, f"/sessions/{house.session}/cover", page, **cover)
    assert "is in this session already" in refused.text
    assert post(house.coordinator, "/absences/1/withdraw", "/absences").status_code == 302
    with house.inside():
        assert db.session.get(Absence, 1).withdrawn_at is not None


def test_an_instructor_who_covers_sees_that_session_and_no_other(house):
    with house.inside():
        bank = house.another(Role.INSTRUCTOR)
    page = f"/sessions/{house.session}/change"
    assert house.sign_in(bank).get(f"/sessions/{house.session}").status_code == 404
    post(house.coordinator, f"/sessions/{house.session}/cover", page, seat="lead", staff_id=str(bank))
    assert house.sign_in(bank).get(f"/sessions/{house.session}").status_code == 200
    assert house.sign_in(bank).get(f"/sessions/{house.session + 1}").status_code == 404


def test_the_task_of_a_session_with_too_many_leads_to_the_session(house):
    house.book()
    with house.inside():
        one_session.set_staffing(session_id=house.session, staffing=[], by=BY, now=NOW)
        task = db.session.query(Task).one().id
    page = house.coordinator.get(f"/worklist/tasks/{task}").text
    assert f'href="/sessions/{house.session}"' in page


def test_a_session_moves_after_its_impact_was_seen(house):
    house.book()
    page = f"/sessions/{house.session}/change"
    typed = {**day("on", "25 11 2026"), "wall_time": "9:30", "venue_id": "1"}
    shown, answer = confirm(house.coordinator, f"/sessions/{house.session}/move", page, **typed)
    assert "Wednesday 25 November 2026 at 9:30am" in shown
    assert "Wednesday 25 November 2026, 9:30am" in house.coordinator.get(answer.location).text


def test_a_merge_wants_a_session_to_go_into(house):
    page = f"/sessions/{house.session}/change"
    answer = post(house.coordinator, f"/sessions/{house.session}/merge", page, into_id="99")
    assert "Choose the session they go into" in answer.text


def test_an_administrator_keeps_venues_and_rooms_and_sees_no_class(house):
    with house.inside():
        admin = house.another(Role.ADMIN)
    client = house.sign_in(admin)
    refused = post(client, "/venues/new", name="Gym")
    assert (refused.status_code, "Enter its address" in refused.text, "Gym" in refused.text) == (
        422,
        True,
        True,
    )
    post(client, "/venues/new", name="Gym", address="2 High Street", access=["loop"], notes="Side door")
    refused = post(client, "/venues/2/rooms/new", name="Studio", size="0")
    assert "from 1 to 60" in refused.text
    post(client, "/venues/2/rooms/new", name="Studio", size="12", equipment=["mats"])
    post(client, "/rooms/1", name="Studio", size="10", equipment=["mats", "rail"])
    page = client.get("/venues").text.casefold()
    for words in ("side door", "hearing loop", "holds 10", "mats, rail or worktop to hold"):
        assert words in page
    assert client.get("/classes").status_code == 404
    with house.inside():
        assert (db.session.query(Venue).count(), db.session.query(Room).count()) == (2, 1)


def test_the_month_shows_every_session_holidays_and_closures(house):
    page = house.coordinator.get("/classes/month?month=2026-12").text
    assert page.count("10:30am Class 1") == 1
    assert "Christmas Day" in page
    assert "December 2026" in house.coordinator.get("/classes/month?month=2026-12").text
    assert f"{TODAY:%B %Y}" in house.coordinator.get("/classes/month?month=x").text


def test_a_class_in_water_says_so(house):
    typed = {"name": "Pool", "venue_id": "1", "weekday": "3", "wall_time": "14", "room": "10"}
    typed |= {"level_phase": "P2", "level_band": "intermediate", "instructor_id": "1", "modality": "water"}
    staffing = ["physiotherapist", "instructor"]
    assert post(house.coordinator, "/classes/new", **typed, staffing=staffing).status_code == 302
    assert "In water" in house.coordinator.get("/classes").text
    refused = post(house.coordinator, "/classes/new", **{**typed, "modality": "video"}, staffing=staffing)
    assert "by video for low supervision only" in refused.text


@pytest.mark.parametrize(
    "path", ["/venues", "/absences", "/classes/days-off", "/classes/month", "/classes/1/change", "/venues/1"]
)
def test_an_instructor_and_a_stranger_see_none_of_it(house, path):
    assert house.instructor.get(path).status_code == 404
    if "1" in path:
        with house.inside():
            stranger = a_user(a_clinic("Elsewhere")).id
        assert house.sign_in(stranger).get(path).status_code == 404
