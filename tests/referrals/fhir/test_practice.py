"""Patient.generalPractitioner names the registered practice, as the form does; what is not known is asked."""

import pytest
from sqlalchemy import select

from clinic.access import services as access
from clinic.extensions import transaction
from clinic.patients.models import Registration
from clinic.viewer import acting_as
from clinic.worklist.models import Task
from tests.referrals.factories import TEST
from tests.referrals.fhir.bundles import ORGANISATION, PATIENT, ROLE, bundle, url

ODS = "https://fhir.nhs.uk/Id/ods-organization-code"


def identified(code: str) -> list[dict]:
    return [{"system": ODS, "value": code}]


def sent_by(place, *practitioners: dict, contained: dict | None = None, organisation: str = "") -> tuple:
    """The answer, its warnings about the practice, and where she is registered now."""
    document = bundle()
    patient = document["entry"][PATIENT]["resource"]
    patient["generalPractitioner"] = list(practitioners)
    if contained:
        patient["contained"] = [contained]
    if organisation:
        document["entry"][ORGANISATION]["resource"]["identifier"] = identified(organisation)
    answer = place.mine.post(document)
    assert answer.status_code == 200, answer.get_json()
    issues = answer.get_json()["entry"][0]["response"]["outcome"]["issue"]
    about = [i["code"] for i in issues if "generalPractitioner" in str(i.get("expression"))]
    return about, [(row.organisation_id, row.practice_name) for row in place.look(select(Registration))]


@pytest.fixture
def home(place) -> tuple[str, int]:
    """The other practice, by ODS code and id."""
    return place.world.other_practice.ods, place.world.other_practice.id


def asked(place) -> list[str]:
    return [row.kind for row in place.look(select(Task).where(Task.kind == "check_practice"))]


def test_an_identifier_names_it(place, home):
    reference = {"identifier": {"system": ODS, "value": home[0].lower()}}
    assert sent_by(place, reference) == ([], [(home[1], None)])
    assert asked(place) == []


def test_an_organisation_of_the_bundle_or_in_the_patient_names_it(place, home):
    assert sent_by(place, {"reference": url(ORGANISATION)}, organisation=home[0]) == ([], [(home[1], None)])


def test_a_contained_organisation_names_it(place, home):
    inside = {"resourceType": "Organization", "id": "gp", "identifier": identified(home[0])}
    assert sent_by(place, {"reference": "#gp"}, contained=inside) == ([], [(home[1], None)])


def test_a_doctor_leads_to_her_practice_by_her_role_and_the_first_that_tells_is_taken(place, home):
    doctor = {"reference": url(4)}
    found = sent_by(place, doctor, {"reference": url(ROLE)}, organisation=home[0])
    assert found == ([], [(home[1], None)])


def test_a_code_that_nobody_has_is_a_warning_and_the_practice_is_asked(place):
    known = {"identifier": {"system": ODS, "value": "Z99999"}, "display": "Far Away Surgery"}
    assert sent_by(place, known) == (["not-found"], [(None, "Far Away Surgery")])
    assert asked(place) == ["check_practice"]


def test_a_practice_that_is_not_linked_to_the_clinic_is_like_one_nobody_has(place):
    with place.app.app_context(), acting_as(TEST), transaction():
        elsewhere = access.add_clinic(name="Elsewhere", zone="Europe/London", phone="0113 496 0001", by=TEST)
        access.add_organisation(ods="Z88888", name="Its own name", clinic=elsewhere, by=TEST)
    about, homes = sent_by(place, {"identifier": {"system": ODS, "value": "Z88888"}})
    assert (about, homes) == (["not-found"], [(None, "The practice with ODS code Z88888")])


@pytest.mark.parametrize(
    "reference",
    [
        {"reference": "https://ehr.example.org/fhir/Organization/7"},
        {"reference": "Practitioner/unknown", "display": "Dr Nobody"},
        {"reference": "#gone"},
        {"display": "Dr Nobody"},
        {"identifier": {"system": "https://other.example", "value": "1"}},
    ],
)
def test_what_leads_nowhere_never_refuses_a_referral(place, reference):
    about, homes = sent_by(place, reference)
    assert (about, homes) == (["incomplete"], [])


def test_a_name_without_a_code_is_kept_and_asked_about(place):
    inside = {"resourceType": "Organization", "id": "gp", "name": "Far Away Surgery"}
    found = sent_by(place, {"reference": "#gp"}, contained=inside)
    assert found == (["incomplete"], [(None, "Far Away Surgery")])
    assert asked(place) == ["check_practice"]


def test_the_same_referral_with_another_practice_is_the_same_content(place, home):
    sent_by(place, {"identifier": {"system": ODS, "value": home[0]}})
    assert sent_by(place)[1] == [(home[1], None)]
