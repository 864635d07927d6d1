"""The staff's page of one patient: found, read by those who may, changed with care, cheap to show."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from clinic.audit import AuditEvent
from clinic.exercises.models import ExerciseLog
from clinic.extensions import db, now, transaction
from clinic.patients import queries as patients
from clinic.patients.models import Contact, Patient, PatientLink
from clinic.viewer import acting_as, system
from clinic.worklist import services as worklist
from tests.desk.conftest import Person
from tests.referrals import factories
from tests.referrals.factories import TEST


@pytest.fixture
def page(assessed) -> str:
    return f"/patients/{assessed.patient}"


def one(app, model, *where):
    with app.app_context(), acting_as(TEST):
        row = db.session.scalars(select(model).where(*where).order_by(model.id.desc())).first()
        db.session.expunge_all()
        return row


def test_it_says_who_she_is_in_plain_words(coordinator, page):
    text = coordinator.get(page).text
    for words in ("Grace Okafor", "2 March 1950", "999 000 0018", "07700 900123", "Waiting"):
        assert words in text
    assert "1950-03-02" not in text
    assert "+447700900123" not in text


def test_a_patient_without_an_nhs_number_has_a_page(app, world, coordinator):
    with app.app_context(), acting_as(TEST):
        person = factories.a_patient(nhs_number=None, no_nhs_number_reason="visitor")
        received = factories.a_referral(world, patient=person)
        patient_id = received.referral.patient_id
    assert "No NHS number: visitor" in coordinator.get(f"/patients/{patient_id}").text


def test_a_patient_without_an_episode_has_a_page(app, world, coordinator):
    from tests import factories as people

    with app.app_context(), acting_as(TEST):
        clinic = db.session.merge(world.clinic, load=False)
        patient_id = people.a_patient(clinic, nhs_number=people.NHS_NUMBERS[3]).id
    assert coordinator.get(f"/patients/{patient_id}").status_code == 200


def test_each_reading_is_one_row_of_the_audit(app, coordinator, page, assessed):
    coordinator.get(page)
    with app.app_context(), acting_as(TEST):
        query = select(AuditEvent).where(AuditEvent.action == "patient.read")
        (row,) = db.session.scalars(query)
        assert (row.about_kind, row.about_id) == ("patients", assessed.patient)


def test_another_clinics_patient_is_like_one_that_is_not_there(app, page):
    with app.app_context(), acting_as(TEST):
        other = factories.a_world("Elsewhere").coordinator
    stranger = Person(factories.signed_in(app.test_client(), other))
    theirs, unknown = stranger.get(page), stranger.get("/patients/999999")
    assert theirs.status_code == unknown.status_code == 404
    assert plain(theirs.text) == plain(unknown.text)
    for act in ("death", "number", "contacts", "link", "links/end"):
        assert stranger.post(f"{page}/{act}", form_on="/search").status_code == 404
    assert "Okafor" not in stranger.post("/search", words="Okafor").text.split("found")[1]


def plain(page: str) -> str:
    """Without what differs from answer to answer: the form's token and the script's nonce."""
    import re

    return re.sub(r'(value|nonce)="[^"]{16,}"', "", page)


@pytest.mark.parametrize("role", ["gp", "other_gp"])
def test_a_referrer_has_no_such_page(app, world, page, role):
    referrer = Person(factories.signed_in(app.test_client(), getattr(world, role)))
    assert referrer.get(page).status_code == 404


def test_its_statements_do_not_grow_with_what_it_shows(app, coordinator, page, assessed):
    coordinator.get(page)
    few = statements(app, lambda: coordinator.get(page))
    grow(app, assessed)
    assert statements(app, lambda: coordinator.get(page)) == few
    assert few <= 32  # one or two a room, and the notices on top


def grow(app, assessed) -> None:
    with app.app_context(), acting_as(TEST), transaction():
        patient = db.session.get_one(Patient, assessed.patient)
        about = {"clinic_id": patient.clinic_id, "organisation_id": None, "patient_id": patient.id}
        for n in range(15):
            cause = {"cause_kind": "inbound", "cause_id": n, "due_at": now(), "by": TEST}
            worklist.open_task(kind="ring", **cause, **about)
            worklist.raise_alert(kind="pain_high", **cause, **about)
            day = now().date() - timedelta(days=n)
            log = ExerciseLog(episode_id=assessed.episode, exercise_id="E04", done_on=day, done=True, **about)
            db.session.add(log)


def statements(app, act) -> int:
    """How many statements the database is asked for meanwhile, transactions' own not counted."""
    seen = []

    def note(connection, cursor, statement, *more):
        seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert act().status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return sum("set_config" not in s and "SAVEPOINT" not in s for s in seen)


class TestNumbers:
    def test_the_right_number_is_confirmed(self, app, coordinator, page):
        contact = one(app, Contact)
        coordinator.post(f"{page}/numbers/{contact.id}/right", form_on=page)
        assert one(app, Contact).confirmed_on == now().date()
        assert "confirmed" in coordinator.get(page).text

    def test_a_new_number_is_confirmed_and_main(self, app, coordinator, page, assessed):
        coordinator.post(f"{page}/contacts", form_on=page, number="07700 900456")
        with app.app_context(), acting_as(TEST):
            main = patients.main_contact(assessed.patient)
            assert (main.value, main.confirmed_source) == ("+447700900456", "phone call")

    def test_a_carers_number_is_the_carers(self, app, coordinator, page, assessed):
        typed = {"number": "07700 900456", "carer_name": "Ngozi Okafor", "relationship": "daughter"}
        coordinator.post(f"{page}/contacts", form_on=page, **typed)
        assert "Ngozi Okafor, daughter" in coordinator.get(page).text

    def test_an_impossible_number_is_asked_again_and_kept(self, coordinator, page):
        answer = coordinator.post(f"{page}/contacts", form_on=page, number="07700", carer_name="Ngozi")
        assert answer.status_code == 422
        assert 'value="07700"' in answer.text
        assert 'value="Ngozi"' in answer.text

    def test_an_old_number_given_again_is_the_main_one_again(self, app, coordinator, page, assessed):
        for number in ("07700 900456", "07700 900123"):
            coordinator.post(f"{page}/contacts", form_on=page, number=number)
        with app.app_context(), acting_as(TEST):
            assert patients.main_contact(assessed.patient).value == "+447700900123"
            assert len(patients.contacts(assessed.patient)) == 2


class TestDeath:
    def died(self, person: Person, page: str, **changes: object):
        day = now().date()
        typed = {
            "died__day": day.day,
            "died__month": day.month,
            "died__year": day.year,
            "source": "Her daughter",
        }
        return person.post(f"{page}/death", form_on=page, **{**typed, **changes})

    def test_it_is_recorded_and_shown(self, app, coordinator, page):
        assert self.died(coordinator, page).status_code == 302
        assert one(app, Patient).died_on == now().date()
        assert "Nothing is sent any more" in coordinator.get(page).text

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"died__year": "2999"}, "in the future"),
            ({"died__day": ""}, "Enter the day, month and year"),
            ({"source": ""}, "Enter who told us"),
        ],
    )
    def test_what_is_missing_is_asked_and_what_was_typed_stays(self, app, coordinator, page, changes, said):
        answer = self.died(coordinator, page, **changes)
        assert (answer.status_code, said in answer.text) == (422, True)
        assert one(app, Patient).died_on is None
        assert changes.get("source") == "" or "Her daughter" in answer.text

    def test_only_a_physiotherapist_takes_it_back(self, app, coordinator, physiotherapist, page):
        self.died(coordinator, page)
        assert coordinator.post(f"{page}/death/mistake", form_on="/search").status_code == 404
        assert physiotherapist.post(f"{page}/death/mistake", form_on=page).status_code == 302
        assert one(app, Patient).died_on is None


class TestSearch:
    @pytest.mark.parametrize("words", ["okafor", "OKA", "999 000 0018", "07700 900123", "Grace Okafor"])
    def test_she_is_found(self, coordinator, assessed, words):
        assert "Grace Okafor" in coordinator.post("/search", words=words).text

    @pytest.mark.parametrize("words", ["zzz", "07700 900999"])
    def test_nobody_is_said_kindly(self, coordinator, assessed, words):
        answer = coordinator.post("/search", words=words)
        assert "0 found" in answer.text

    def test_too_little_is_asked_again(self, coordinator, assessed):
        answer = coordinator.post("/search", words="ok")
        assert (answer.status_code, 'value="ok"' in answer.text) == (422, True)

    def test_no_name_stands_in_an_address(self, coordinator):
        assert coordinator.get("/search?words=Okafor").text.count("Okafor") == 0


def test_a_link_is_made_once_and_every_link_is_ended_at_once(app, coordinator, page):
    made = coordinator.post(f"{page}/link", form_on=page, purpose="page").text
    address = "/p/" + made.split("/p/")[1].split("<")[0].strip()
    assert app.test_client().get(address).status_code == 200
    coordinator.post(f"{page}/links/end", form_on=page)
    assert app.test_client().get(address).status_code == 404
    assert one(app, PatientLink).token_hash not in address


def test_there_is_no_link_for_anything_else(coordinator, page):
    assert coordinator.post(f"{page}/link", form_on=page, purpose="everything").status_code == 404


def test_the_systems_own_reading_needs_a_clinic(app, assessed):
    """A viewer of another clinic reads nothing, whoever it is."""
    with app.app_context(), acting_as(system("x", clinic_id=99)):
        assert db.session.scalars(select(Patient)).all() == []
