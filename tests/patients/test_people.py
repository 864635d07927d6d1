"""A person is registered once, found again, reached by the right number; a death or STOP is told at once."""

import threading
from datetime import date

import pytest
from sqlalchemy import func, select, text

from clinic.extensions import db, now, transaction
from clinic.patients import queries, services
from clinic.patients.models import Contact, ContactKind, Patient, PatientLink
from clinic.viewer import acting_as, system
from tests import factories

pytestmark = pytest.mark.both_databases
BY = system("test")


@pytest.fixture
def clinic(app_context):
    with acting_as(BY):
        yield factories.a_clinic()


@pytest.fixture
def heard(app, monkeypatch):
    """What was told to the other rooms: the wiring's own table with one more listener."""
    told: list[tuple[str, dict]] = []
    for event in ("patient_died", "number_wrong", "texts_stopped"):
        listener = lambda name=event, **facts: told.append((name, facts))  # noqa: E731
        events = app.extensions["upright_wiring"].EVENTS
        monkeypatch.setitem(events, event, (*events[event], listener))
    return told


def people() -> int:
    return db.session.scalar(select(func.count(Patient.id)))


def test_the_same_nhs_number_is_the_same_person_of_a_clinic(clinic):
    first = factories.a_patient(clinic)
    second = factories.a_patient(clinic, mobile="07700 900456")
    assert first.id == second.id
    assert [c.value for c in queries.contacts(first.id)] == ["+447700900456", "+447700900123"]


def test_another_clinic_has_its_own_person(clinic):
    assert factories.a_patient(clinic).id != factories.a_patient(factories.a_clinic("Second")).id


def test_people_without_an_nhs_number_are_not_confused(clinic):
    facts = {"nhs_number": None, "no_nhs_number_reason": "visitor"}
    assert factories.a_patient(clinic, **facts).id != factories.a_patient(clinic, **facts).id


def test_two_referrals_at_once_make_one_person(clinic, app):
    """Both looked, neither found her: the second insert finds the first."""
    clinic_id, gate, found = clinic.id, threading.Barrier(2), []

    def refer() -> None:
        with app.app_context(), acting_as(BY):
            gate.wait()
            found.append(factories.a_patient(queries.db.session.merge(clinic, load=False)).id)

    both = [threading.Thread(target=refer) for _ in range(2)]
    [one.start() for one in both]
    [one.join() for one in both]
    db.session.rollback()
    assert len(set(found)) == 1 == people()
    assert clinic_id


def test_nothing_that_names_her_is_kept_in_plain(clinic):
    factories.a_patient(clinic, address="4 Elm Row", postcode="LS1 4AP")
    row = db.session.execute(text("SELECT * FROM patients")).one()
    kept = " ".join(str(value) for value in row)
    for plain in ("Adaeze", "Okafor", "okafor", "9990000018", "1950", "Elm", "LS1"):
        assert plain not in kept


class TestReaching:
    def test_a_carers_mobile_is_the_carers(self, clinic):
        carer = {"name": "Ngozi Okafor", "relationship": "daughter", "authority": "lasting power of attorney"}
        patient = factories.a_patient(clinic, carer=carer, landline="0113 496 0001")
        main = queries.main_contact(patient.id)
        assert (main.carer_name, main.relationship) == ("Ngozi Okafor", "daughter")
        own = next(c for c in queries.contacts(patient.id) if c.kind is ContactKind.LANDLINE)
        assert own.carer_name is None

    def test_a_landline_in_the_mobiles_field_is_never_texted(self, clinic):
        patient = factories.a_patient(clinic, mobile="0113 496 0001")
        assert queries.main_contact(patient.id) is None

    def test_the_same_number_twice_is_one_contact(self, clinic):
        factories.a_patient(clinic)
        patient = factories.a_patient(clinic, mobile="+44 7700 900123")
        assert len(queries.contacts(patient.id)) == 1

    def test_a_new_number_takes_over_from_an_unconfirmed_one(self, clinic):
        factories.a_patient(clinic)
        patient = factories.a_patient(clinic, mobile="07700 900456")
        assert queries.main_contact(patient.id).value == "+447700900456"

    def test_a_slip_in_a_second_referral_does_not_divert_texts(self, clinic):
        patient = factories.a_patient(clinic)
        self.confirm(patient)
        factories.a_patient(clinic, mobile="07700 900456")
        assert queries.main_contact(patient.id).value == "+447700900123"

    def test_a_number_that_she_gave_takes_over(self, clinic):
        patient = factories.a_patient(clinic)
        self.confirm(patient)
        new = {"kind": ContactKind.MOBILE, "value": "07700 900456", "confirmed_source": "phone call"}
        services.add_contact(patient=patient, by=BY, **new)
        assert queries.main_contact(patient.id).value == "+447700900456"

    def test_a_number_after_a_wrong_one_takes_over(self, clinic):
        patient = factories.a_patient(clinic)
        self.confirm(patient)
        services.wrong_number(contact=queries.main_contact(patient.id), moment=now(), by=BY)
        factories.a_patient(clinic, mobile="07700 900456")
        assert queries.main_contact(patient.id).value == "+447700900456"

    def confirm(self, patient: Patient) -> None:
        contact = queries.main_contact(patient.id)
        services.confirm_contact(contact=contact, source="phone call", on=date(2026, 11, 1), by=BY)

    def test_a_number_may_belong_to_several_people(self, clinic):
        factories.a_patient(clinic)
        factories.a_patient(clinic, nhs_number=factories.NHS_NUMBERS[1], given_name="Chidi")
        assert len(queries.contacts_by_number("+447700900123")) == 2


class TestStopping:
    @pytest.fixture
    def contact(self, clinic) -> Contact:
        return queries.main_contact(factories.a_patient(clinic).id)

    def test_stop_is_told_once(self, contact, heard):
        for _ in range(2):
            services.stop_texts(contact=contact, moment=now(), by=BY)
        assert heard == [("texts_stopped", {"contact_id": contact.id})]
        assert not contact.can_text

    def test_start_undoes_stop(self, contact):
        services.stop_texts(contact=contact, moment=now(), by=BY)
        services.start_texts(contact=contact, by=BY)
        assert contact.can_text

    def test_a_wrong_number_is_told_once_and_start_does_not_undo_it(self, contact, heard):
        for _ in range(2):
            services.wrong_number(contact=contact, moment=now(), by=BY)
        services.start_texts(contact=contact, by=BY)
        assert heard == [("number_wrong", {"contact_id": contact.id})]
        assert not contact.can_text

    def test_who_rings_the_number_and_reaches_her_undoes_it(self, contact):
        services.wrong_number(contact=contact, moment=now(), by=BY)
        services.confirm_contact(contact=contact, source="phone call", on=date(2026, 11, 1), by=BY)
        assert contact.can_text


class TestDeath:
    def test_it_is_told_once_and_ends_every_link(self, clinic, heard):
        patient = factories.a_patient(clinic)
        services.make_link(patient=patient, purpose="page", by=BY)
        for _ in range(2):
            services.record_death(patient=patient, on=date(2026, 11, 20), source="daughter", by=BY)
        assert heard == [("patient_died", {"patient_id": patient.id})]
        assert db.session.scalars(select(PatientLink)).one().revoked_at is not None

    def test_a_mistake_is_taken_back(self, clinic):
        patient = factories.a_patient(clinic)
        services.record_death(patient=patient, on=date(2026, 11, 20), source="daughter", by=BY)
        services.take_back_death(patient=patient, by=BY)
        assert (patient.died_on, patient.died_source) == (None, None)

    def test_it_is_kept_with_what_it_causes_or_not_at_all(self, clinic, app, monkeypatch):
        patient = factories.a_patient(clinic)

        def fails(**facts: object) -> None:
            raise KeyError

        events = app.extensions["upright_wiring"].EVENTS
        monkeypatch.setitem(events, "patient_died", (fails,))
        with pytest.raises(KeyError):
            services.record_death(patient=patient, on=date(2026, 11, 20), source="daughter", by=BY)
        db.session.rollback()
        assert queries.patient(patient.id).died_on is None


class TestSearch:
    @pytest.fixture
    def registered(self, clinic):
        names = ["Okafor", "O'Brien", "van der Berg", "Oké", "Smith-Jones", "Smithson", "Ng"]
        for number, name in zip(factories.NHS_NUMBERS, names, strict=True):
            phone = f"+4477009001{number[-2:]}"
            factories.a_patient(clinic, nhs_number=number, family_name=name, mobile=phone)

    @pytest.mark.parametrize(
        ("words", "names"),
        [
            ("okafor", ["Okafor"]),
            ("OKA", ["Okafor"]),
            ("Adaeze Okafor", ["Okafor"]),
            ("obrien", ["O'Brien"]),
            ("o'b", []),
            ("o'br", ["O'Brien"]),
            ("Anna van der Berg", ["van der Berg"]),
            ("oke", ["Oké"]),
            ("smi", ["Smith-Jones", "Smithson"]),
            ("Smith Jones", ["Smith-Jones"]),
            ("smiths", ["Smithson"]),
            ("999 000 0018", ["Okafor"]),
            ("07700 900118", ["Okafor"]),
            ("999 000 0019", []),
            ("Ng", []),
            ("", []),
            ("zzz", []),
            ("%", []),
        ],
    )
    def test_people_are_found_by_what_is_known_of_them(self, registered, words, names):
        assert [p.family_name for p in queries.search(words)] == names

    def test_another_clinic_finds_nobody(self, registered):
        other = factories.viewer_of(factories.a_member_of_staff(factories.a_clinic("Second")))
        with acting_as(other), transaction():
            assert queries.search("okafor") == []
