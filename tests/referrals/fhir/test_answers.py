"""What we send is R4 by the library's own reading, and says the truth."""

import json
from pathlib import Path

import pytest
from fhir.resources.R4B import get_fhir_model_class
from sqlalchemy import select

from clinic.referrals.fhir import codes, structure
from clinic.referrals.fhir.codes import CONDITIONS
from clinic.referrals.models import Episode
from tests.referrals.fhir.bundles import bundle, errors, issues, message

EXAMPLE = Path(__file__).parents[3] / "examples" / "referral-bundle.json"


def check(found: dict) -> dict:
    get_fhir_model_class(found["resourceType"]).model_validate(found)
    return found


def test_every_answer_is_r4(place):
    sent = place.mine.post(bundle(flags__infection=True), Prefer="return=representation").get_json()
    entry = sent["entry"][0]
    public_id = entry["resource"]["id"]
    letters = place.mine.get(f"/fhir/DocumentReference?subject=Patient/{public_id}").get_json()
    answers = [
        sent,
        entry["response"]["outcome"],
        letters,
        letters["entry"][0]["resource"],
        place.mine.post(b"nothing").get_json(),
        place.mine.post(bundle(), "/fhir/$triage").get_json(),
        place.mine.post(message("A-9"), "/fhir/$process-message").get_json(),
        place.mine.get("/fhir/metadata").get_json(),
        place.mine.get(f"/fhir/ServiceRequest/{public_id}").get_json(),
        place.mine.get(f"/fhir/Task/{public_id}").get_json(),
        place.mine.get(f"/fhir/Task?focus={public_id}").get_json(),
        place.mine.get("/fhir/ServiceRequest?identifier=A-1").get_json(),
    ]
    assert len([check(one) for one in answers]) == 12


def test_what_metadata_lists_is_there_and_nothing_else_is(place):
    rest = place.mine.get("/fhir/metadata").get_json()["rest"][0]
    for one in rest["resource"]:
        codes_ = {i["code"] for i in one["interaction"]}
        for parameter in (p["name"] for p in one.get("searchParam", ())):
            wanted = "ge2026-11-01" if parameter == "date" else "x"
            assert place.mine.get(f"/fhir/{one['type']}?{parameter}={wanted}").status_code == 200
        searched = "search-type" in codes_
        assert place.mine.get(f"/fhir/{one['type']}").status_code == (400 if searched else 404)
        assert place.mine.get(f"/fhir/{one['type']}/x").get_json()["issue"][0]["code"] == "not-found"
        put = place.mine.put({}, f"/fhir/{one['type']}/x").status_code
        assert (put == 404) is ("update" in codes_)
        assert place.mine.post({}, f"/fhir/{one['type']}").status_code == (405 if searched else 404)
    assert [one["name"] for one in rest["operation"]] == ["triage", "process-message"]


def test_the_example_walks_in(place):
    answer = place.mine.post(EXAMPLE.read_bytes())
    assert (answer.status_code, errors(answer)) == (200, [])
    (episode,) = place.look(select(Episode))
    assert episode.case["tests"] == [{"name": "timed_up_and_go_s", "on": "2026-11-01", "value": 13.2}]
    assert episode.case["pain"] == {"rest": 2, "movement": 4, "trend": "better"}
    read = {"informational", "incomplete"}
    assert {issue["code"] for issue in issues(answer)} <= read


def test_the_example_is_written_as_json_people_can_read():
    assert EXAMPLE.read_text() == json.dumps(json.loads(EXAMPLE.read_text()), indent=1) + "\n"


@pytest.mark.parametrize("code", CONDITIONS)
def test_every_snomed_code_passes_its_check_digit(code):
    assert verhoeff(code)
    assert not verhoeff(code[:-1] + str((int(code[-1]) + 1) % 10))


def verhoeff(number: str) -> bool:
    """The check SNOMED CT identifiers carry: the dihedral group of ten."""
    permutation = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
    found = 0
    for place, digit in enumerate(reversed(number)):
        turned = int(digit)
        for _ in range(place % 8):
            turned = permutation[turned]
        found = turn(found, turned)
    return found == 0


def turn(a: int, b: int) -> int:
    """The product of two of the ten symmetries of a pentagon."""
    if a < 5:
        return (a + b) % 5 if b < 5 else 5 + (a + b - 5) % 5
    return 5 + (a - 5 - b) % 5 if b < 5 else (a - b) % 5


def test_a_resource_that_is_not_r4_says_where_and_never_what():
    found = structure.problems({"resourceType": "Patient", "birthDate": "Zebedee", "zebra": 1}, "Patient")
    assert {(one.code, one.expression) for one in found} == {
        ("invalid", "Patient.birthDate"),
        ("structure", "Patient.zebra"),
    }
    assert "Zebedee" not in repr(found)


def test_our_code_systems_share_one_name():
    ours = (codes.CASE, codes.RED_FLAG, codes.STATE, codes.END_REASON, codes.LETTER, codes.RECEIPT)
    assert len(set(ours)) == 6
    assert all(one.startswith(f"{codes.OURS}/CodeSystem/") for one in ours)
