"""The list and its entries: taken, handed over, closed with an outcome, never another clinic's."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic.audit import AuditEvent
from clinic.extensions import db, now
from clinic.viewer import acting_as, system
from clinic.worklist import services
from clinic.worklist.models import Alert, Task
from tests import factories

BY = system("test")


@pytest.fixture
def world(app, client):
    """A coordinator signed in, a late alert and a task about Mrs Okafor."""
    with app.app_context(), acting_as(BY):
        clinic = factories.a_clinic()
        user = factories.a_member_of_staff(clinic)
        email, ids = user.email, {"me": user.id}
        colleague = factories.a_member_of_staff(clinic, "physiotherapist")
        ids |= {"colleague": colleague.id, "patient": factories.a_patient(clinic).id}
        facts = {"clinic_id": clinic.id, "organisation_id": None, "patient_id": ids["patient"], "by": BY}
        cause = {"cause_kind": "inbound", "cause_id": 1}
        late, soon = now() - timedelta(hours=1), now() + timedelta(hours=1)
        ids["alert"] = services.raise_alert(kind="pain_high", due_at=late, **cause, **facts).id
        ids["task"] = services.open_task(kind="telephone_practice", due_at=soon, **cause, **facts).id
        ids["incident"] = services.raise_alert(kind="incident", due_at=soon, **cause, **facts).id
    factories.sign_in(client, email)
    return ids


def send(client, path: str, form_on: str = "/worklist", **typed: str):
    return client.post(path, data={"csrf_token": factories.csrf(client.get(form_on).text), **typed})


def test_the_list_names_who_what_and_what_is_late(client, world):
    page = client.get("/worklist").text
    for words in ("Pain of 7 or more", "Telephone the practice", "Adaeze Okafor", "Late", "The team"):
        assert words in page


def test_an_entry_shows_whom_to_ring_as_people_dial_it(client, world):
    page = client.get(f"/worklist/alerts/{world['alert']}").text
    assert "07700 900123" in page
    assert "2 March 1950" in page


def test_taking_and_giving_back(app, client, world):
    path = f"/worklist/alerts/{world['alert']}/owner"
    for owner in (world["me"], None):
        send(client, path)
        with app.app_context(), acting_as(BY):
            assert db.session.get_one(Alert, world["alert"]).owner_id == owner


def test_only_mine_leaves_the_rest_out(client, world):
    send(client, f"/worklist/alerts/{world['alert']}/owner")
    page = client.get("/worklist?mine=1").text
    assert "Pain of 7 or more" in page
    assert "Telephone the practice" not in page


def test_nothing_closes_without_an_outcome_and_the_note_is_kept(client, world):
    path = f"/worklist/alerts/{world['alert']}"
    answer = send(client, path, path, note="Left with the neighbour")
    assert answer.status_code == 422
    assert "Choose what came of it" in answer.text
    assert "Left with the neighbour" in answer.text


def test_closing_takes_it_off_the_list(client, world):
    path = f"/worklist/tasks/{world['task']}"
    assert send(client, path, path, outcome="reached").location == "/worklist"
    assert "Telephone the practice" not in client.get("/worklist").text
    assert "Closed" in client.get(path).text


@pytest.mark.parametrize("outcome", ["not_reached", "message_left"])
def test_nobody_reached_is_no_end(client, world, outcome):
    path = f"/worklist/alerts/{world['alert']}"
    send(client, path, path, outcome=outcome, note="Engaged twice")
    page = client.get("/worklist").text
    assert "Pain of 7 or more" in page
    assert f"tried: {outcome.replace('_', ' ')}" in page
    assert "Engaged twice" in client.get(path).text


def test_opening_an_entry_is_a_reading_in_the_audit(app, client, world):
    client.get(f"/worklist/alerts/{world['alert']}")
    with app.app_context(), acting_as(BY):
        row = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "alerts.read")).one()
        assert row.details == {"patient_id": world["patient"]}


def test_a_coordinator_cannot_close_an_incident(client, world):
    answer = send(client, f"/worklist/alerts/{world['incident']}", outcome="done")
    assert (answer.status_code, answer.location) == (302, "/incidents/1")  # closed on its own page alone


def test_a_colleague_takes_over_everything(app, client, world):
    send(client, f"/worklist/tasks/{world['task']}/owner")
    answer = send(client, "/worklist/hand-over", whose=str(world["me"]), to=str(world["colleague"]))
    assert answer.status_code == 302
    with app.app_context(), acting_as(BY):
        assert db.session.get_one(Task, world["task"]).owner_id == world["colleague"]


@pytest.mark.parametrize("to", ["", "99999", "me"])
def test_work_is_handed_to_a_colleague_of_this_clinic_only(client, world, to):
    to = str(world["me"]) if to == "me" else to
    assert send(client, "/worklist/hand-over", whose=str(world["me"]), to=to).status_code == 422


def test_another_clinics_work_is_not_found_like_work_that_is_not_there(app, world):
    with app.app_context(), acting_as(BY):
        email = factories.a_member_of_staff(factories.a_clinic("Second")).email
    stranger = factories.sign_in(app.test_client(), email)
    unknown = stranger.get("/worklist/alerts/99999")
    other = stranger.get(f"/worklist/alerts/{world['alert']}")
    assert other.status_code == unknown.status_code == 404
    assert without_tokens(other.text) == without_tokens(unknown.text)
    assert "Okafor" not in stranger.get("/worklist").text


def without_tokens(page: str) -> str:
    """A page without what differs from answer to answer: the form's token and the script's nonce."""
    import re

    return re.sub(r'(value|nonce)="[^"]{16,}"', "", page)


def test_there_is_no_list_of_anything_else(client, world):
    assert client.get("/worklist/users/1").status_code == 404
