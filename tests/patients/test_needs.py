"""What a person needs is written down once, in words, and refused words say why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.audit import AuditEvent
from clinic.extensions import db
from clinic.patients import needs
from clinic.viewer import acting_as, system
from tests import factories

BY = system("test")
TYPED = {"needs": ["hearing", "no_steps"], "interpreter": " Polish ", "transport": "we_book", "other": ""}


@pytest.fixture
def patient(app_context):
    with acting_as(BY):
        yield factories.a_patient(factories.a_clinic())


def test_needs_are_kept_and_said_in_the_order_of_the_form(patient):
    row = needs.record(patient=patient, typed=TYPED, by=BY)
    assert needs.in_words(row.needs) == [
        "Hard of hearing: face them, use the loop",
        "No steps",
        "Interpreter: Polish",
        "We book transport",
    ]


def test_nothing_ticked_is_nothing_kept(patient):
    assert needs.record(patient=patient, typed={}, by=BY).needs is None


def test_the_audit_names_the_needs_and_not_the_words(patient):
    needs.record(patient=patient, typed=TYPED, by=BY)
    row = db.session.scalars(db.select(AuditEvent).where(AuditEvent.action == "patient.needs_recorded")).one()
    assert row.details == {"needs": ["hearing", "interpreter", "no_steps", "transport"]}


@pytest.mark.parametrize(
    ("field", "typed"), [("transport", {"transport": "bus"}), ("other", {"other": "x" * 301})]
)
def test_what_cannot_be_kept_is_said(patient, field, typed):
    with pytest.raises(needs.NeedsProblem) as refused:
        needs.record(patient=patient, typed=typed, by=BY)
    assert list(refused.value.errors) == [field]


@given(st.lists(st.sampled_from([name for name, _ in needs.TICKS]) | st.text()))
def test_only_known_needs_are_kept(ticked):
    kept = needs._chosen({"needs": ticked})
    assert set(kept) == set(ticked) & set(dict(needs.TICKS))


def test_who_asks_to_be_rung_is_not_texted():
    assert needs.wants_a_call({needs.RING: True})
    assert not needs.wants_a_call(None)


def test_the_page_keeps_what_was_typed_when_it_is_refused(app, client):
    with app.app_context(), acting_as(BY):
        clinic = factories.a_clinic()
        email, patient_id = factories.a_member_of_staff(clinic).email, factories.a_patient(clinic).id
    factories.sign_in(client, email)
    address = f"/patients/{patient_id}/needs"
    token = factories.csrf(client.get(address).text)
    typed = {"csrf_token": token, "needs": "sight", "interpreter": "y" * 301}
    refused = client.post(address, data=typed)
    assert (refused.status_code, "Shorten this to 300" in refused.text) == (422, True)
    assert client.post(address, data=typed | {"interpreter": ""}).location == f"/patients/{patient_id}"
    assert "Low sight" in client.get(f"/patients/{patient_id}").text


def test_another_clinics_patient_has_no_needs_page(app, client):
    with app.app_context(), acting_as(BY):
        theirs = factories.a_patient(factories.a_clinic("Second")).id
        email = factories.a_member_of_staff(factories.a_clinic()).email
    assert factories.sign_in(client, email).get(f"/patients/{theirs}/needs").status_code == 404


def test_what_to_know_before_a_call_and_on_paper_is_said_apart():
    given = {"bsl": True, "text_relay": True, "large_print": True, "parking": True, "interpreter": "Polish"}
    said = needs.before_a_call(given)
    assert said == ["British Sign Language", "Calls through text relay", "Interpreter: Polish"]
    assert needs.on_paper(given) == ["Large print"]
    assert (needs.before_a_call(None), needs.on_paper(None)) == ([], [])


def test_who_comes_on_their_own_is_not_who_was_never_asked(patient):
    assert needs.record(patient=patient, typed={"transport": ""}, by=BY).needs is None
    row = needs.record(patient=patient, typed={"transport": "own"}, by=BY)
    assert needs.in_words(row.needs) == ["Comes on their own"]
