"""The end of a shift: nothing that was promised goes home with the one who promised it (F34)."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from clinic.extensions import at, db, now
from clinic.viewer import acting_as, staff, system
from clinic.worklist import services, shift
from clinic.worklist.models import CallListEntry, Task
from tests import factories

BY = system("test")
FRIDAY = datetime(2026, 11, 20, 16, 50, tzinfo=UTC)


@pytest.fixture
def world(app, client):
    """Friday, ten to five: a coordinator with a promised call, the team with an open alert."""
    with at(FRIDAY):
        with app.app_context(), acting_as(BY):
            clinic = factories.a_clinic()
            user, colleague = (
                factories.a_member_of_staff(clinic),
                factories.a_member_of_staff(clinic, "physiotherapist"),
            )
            ids = {"me": user.id, "colleague": colleague.id, "clinic": clinic.id}
            facts = {
                "clinic_id": clinic.id,
                "organisation_id": None,
                "patient_id": factories.a_patient(clinic).id,
                "due_at": now() + timedelta(hours=2),
                "cause_kind": "inbound",
                "cause_id": 1,
                "by": BY,
            }
            services.raise_alert(kind="pain_high", **facts)
            ids["call"] = services.add_call(kind="call_back", owner_id=user.id, **facts).id
            email = user.email
        factories.sign_in(client, email)
        yield ids


def hand_over(client, **typed):
    token = factories.csrf(client.get("/worklist/end-of-shift").text)
    return client.post("/worklist/end-of-shift", data={"csrf_token": token, **typed})


def notes(app) -> list[Task]:
    with app.app_context(), acting_as(BY):
        return list(db.session.scalars(select(Task).where(Task.kind == shift.HANDOVER).order_by(Task.id)))


def test_the_page_lists_open_alerts_and_what_one_promised(client, world):
    page = client.get("/worklist/end-of-shift").text
    for words in ("Pain of 7 or more", "Call back", "Adaeze Okafor", "1 is still yours"):
        assert words in page


def test_a_promised_call_goes_to_the_colleague(app, client, world):
    assert hand_over(client, to=str(world["colleague"])).status_code == 302
    with app.app_context(), acting_as(BY):
        assert db.session.get_one(CallListEntry, world["call"]).owner_id == world["colleague"]


def test_the_note_waits_for_the_colleague_when_the_clinic_opens(app, client, world):
    hand_over(client, to=str(world["colleague"]), note="Mrs Okafor's son rings at nine")
    (note,) = notes(app)
    assert (note.owner_id, note.note) == (world["colleague"], "Mrs Okafor's son rings at nine")
    assert note.due_at == datetime(2026, 11, 23, 9, tzinfo=UTC)  # Monday


def test_two_notes_on_one_evening_are_both_kept(app, client, world):
    for words in ("First", "Second"):
        hand_over(client, to=str(world["colleague"]), note=words)
    assert [note.note for note in notes(app)] == ["First", "Second"]


@pytest.mark.parametrize("to", ["", "99999", "me"])
def test_without_a_colleague_nothing_moves_and_the_note_is_kept(client, world, to):
    to = str(world["me"]) if to == "me" else to
    answer = hand_over(client, to=to, note="Half a thought")
    assert answer.status_code == 422
    assert "Choose the colleague" in answer.text
    assert "Half a thought" in answer.text


def test_a_note_that_is_too_long_says_by_how_much_and_moves_nothing(app, client, world):
    answer = hand_over(client, to=str(world["colleague"]), note="x" * 2001)
    assert (answer.status_code, "2001 characters, 2000 fit" in answer.text) == (422, True)
    with app.app_context(), acting_as(BY):
        assert db.session.get_one(CallListEntry, world["call"]).owner_id == world["me"]


def test_what_was_closed_today_is_counted(app, client, world):
    with app.app_context(), acting_as(BY):
        call = db.session.get_one(CallListEntry, world["call"])
        services.close(work=call, outcome="reached", by=staff(world["me"], world["clinic"], "coordinator"))
    assert "You closed 1 today" in client.get("/worklist/end-of-shift").text
