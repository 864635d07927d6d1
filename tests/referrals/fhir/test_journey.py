"""A practice's computer refers, follows and takes back: through HTTP, with its key, on PostgreSQL."""

import json
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from clinic.audit import AuditEvent
from clinic.extensions import db
from clinic.referrals.models import Episode, IntakeReceipt, Referral, State
from clinic.viewer import acting_as, system
from clinic.worklist.models import Task
from tests.referrals.factories import accept
from tests.referrals.fhir.bundles import (
    ANSWERS,
    CONDITION,
    PATIENT,
    SENDER,
    SR,
    bundle,
    errors,
    issues,
    resource,
    someone_else,
    where,
)


def sent(place, *arguments, **facts):
    answer = place.mine.post(bundle(*arguments, **facts))
    assert answer.status_code == 200, answer.text
    return answer


def id_of(answer) -> str:
    return answer.get_json()["entry"][SR]["response"]["location"].split("/")[1]


def count(place, model) -> int:
    return place.look(select(func.count()).select_from(model))[0]


@pytest.mark.both_databases
def test_a_bundle_becomes_a_referral_with_a_suggestion(place):
    answer = sent(place)
    body = answer.get_json()
    assert body["type"] == "transaction-response"
    assert [one["response"]["status"] for one in body["entry"]] == ["201 Created"] * 8
    assert body["entry"][SR]["response"]["etag"] == 'W/"1"'
    assert errors(answer) == []
    (episode,) = place.look(select(Episode))
    assert (episode.state, episode.phase, episode.band) == (State.BEING_DECIDED, "P2", "intermediate")
    assert episode.case["fracture"]["levels"] == ["T12"]
    (referral,) = place.look(select(Referral))
    assert (referral.source, referral.clinician, referral.person["family_name"]) == (
        "fhir",
        "Nila Shah",
        "Okafor",
    )
    assert json.loads(referral.raw)["resourceType"] == "Bundle"


def test_both_addresses_work_and_the_request_id_comes_back(place):
    answer = place.mine.post(bundle(), "/fhir/", X_Request_ID="0b5a-1")
    assert (answer.status_code, answer.headers["X-Request-ID"]) == (200, "0b5a-1")
    assert place.look(select(IntakeReceipt.request_id)) == ["0b5a-1"]


@pytest.mark.both_databases
def test_the_same_again_is_the_same_referral(place):
    first, again = sent(place), sent(place)
    assert id_of(first) == id_of(again)
    assert again.get_json()["entry"][SR]["response"]["status"] == "200 OK"
    assert (count(place, Referral), count(place, IntakeReceipt)) == (1, 2)


def test_a_conditional_create_finds_what_it_made(place):
    asked = bundle()
    asked["entry"][SR]["request"]["ifNoneExist"] = f"identifier={SENDER}|A-1"
    answers = [place.mine.post(asked).get_json()["entry"][SR]["response"]["status"] for _ in range(2)]
    assert answers == ["201 Created", "200 OK"]


def test_the_same_identifier_with_other_content_is_a_conflict(place):
    sent(place)
    answer = place.mine.post(bundle(pain__rest=3))
    assert (answer.status_code, errors(answer)[0]["code"]) == (409, "conflict")
    assert count(place, Referral) == 1


def test_a_request_id_is_spent_on_one_referral(place):
    assert place.mine.post(bundle("A-1"), X_Request_ID="r1").status_code == 200
    answer = place.mine.post(someone_else(bundle("A-2")), X_Request_ID="r1")
    assert (answer.status_code, errors(answer)[0]["code"]) == (409, "duplicate")
    assert place.mine.post(bundle("A-1"), X_Request_ID="r1").status_code == 200


def test_a_red_flag_is_stored_and_answered_not_accepted_first(place):
    answer = sent(place, flags__infection=True, flags__cauda_equina=True)
    first, second = issues(answer)[:2]
    assert (first["severity"], first["code"]) == ("error", "business-rule")
    assert [i["details"]["coding"][0]["code"] for i in (first, second)] == ["RF1", "RF4"]
    assert first["diagnostics"].startswith("NOT ACCEPTED: act today")
    assert place.look(select(Task.kind)) == ["telephone_practice"]
    assert errors(sent(place, flags__infection=True, flags__cauda_equina=True))[0] == first


def test_another_flag_is_no_error(place):
    assert errors(sent(place, flags__severe_pain=True)) == []


def test_a_second_referral_of_an_open_patient_joins_her_episode(place):
    sent(place, "A-1")
    answer = sent(place, "A-2", falls__count_12m=3)
    assert "joined" in [i["details"]["coding"][0]["code"] for i in issues(answer) if "details" in i]
    assert (count(place, Referral), count(place, Episode)) == (2, 1)


@pytest.mark.both_databases
def test_another_organisation_hears_only_already_known(place):
    sent(place)
    answer = place.theirs.post(bundle("B-1"))
    told = [i for i in issues(answer) if i["code"] == "duplicate"]
    assert (answer.status_code, told[0]["diagnostics"]) == (200, "already known to the service")
    assert "UP-" not in answer.text
    task = place.theirs.get(f"/fhir/Task?focus=ServiceRequest/{id_of(answer)}").get_json()["entry"][0]
    assert task["resource"]["businessStatus"]["coding"][0]["code"] == "already-known"
    assert "note" not in task["resource"]


@pytest.mark.both_databases
def test_a_reader_sees_its_own_organisation_only(place):
    public_id = id_of(sent(place))
    own = place.mine.get(f"/fhir/ServiceRequest/{public_id}")
    assert (own.status_code, own.headers["ETag"]) == (200, 'W/"1"')
    assert own.get_json()["identifier"][0] == {"system": SENDER, "value": "A-1"}
    assert place.theirs.get(f"/fhir/ServiceRequest/{public_id}").status_code == 404
    assert place.theirs.get(f"/fhir/Task/{public_id}").status_code == 404
    for search in (
        f"ServiceRequest?identifier={SENDER}|A-1",
        f"Task?focus=ServiceRequest/{public_id}",
        f"DocumentReference?subject=Patient/{public_id}",
    ):
        assert place.mine.get(f"/fhir/{search}").get_json()["total"] == 1
        assert place.theirs.get(f"/fhir/{search}").get_json()["total"] == 0


def test_a_referral_is_found_by_either_identifier(place):
    public_id = id_of(sent(place))
    (reference,) = place.look(select(Referral.reference))
    for token in ("A-1", f"{SENDER}|A-1", reference):
        found = place.mine.get(f"/fhir/ServiceRequest?{urlencode({'identifier': token})}").get_json()
        assert [one["resource"]["id"] for one in found["entry"]] == [public_id]


def test_the_task_tells_where_it_is(place):
    public_id = id_of(sent(place))
    assert status(place, public_id) == ("received", "being_decided")
    with place.app.app_context(), acting_as(system("tests")):
        accept(place.world, db.session.scalars(select(Referral)).one())
    assert status(place, public_id) == ("accepted", "awaiting_assessment")


def status(place, public_id) -> tuple[str, str]:
    task = place.mine.get(f"/fhir/Task/{public_id}").get_json()
    return task["status"], task["businessStatus"]["coding"][0]["code"]


def test_letters_come_as_documents(place):
    public_id = id_of(sent(place))
    (letter,) = place.mine.get(f"/fhir/DocumentReference?subject=Patient/{public_id}").get_json()["entry"]
    task = place.mine.get(f"/fhir/Task/{public_id}").get_json()
    named = task["output"][0]["valueReference"]["reference"]
    assert named == f"DocumentReference/{letter['resource']['id']}"
    assert place.mine.get(f"/fhir/{named}").get_json() == letter["resource"]
    assert place.theirs.get(f"/fhir/{named}").status_code == 404


def withdrawal(public_id: str, status: str = "revoked") -> dict:
    return {
        "resourceType": "ServiceRequest",
        "id": public_id,
        "status": status,
        "intent": "order",
        "subject": {"reference": "Patient/1"},
    }


@pytest.mark.both_databases
def test_a_referral_is_taken_back_by_who_read_it_last(place):
    public_id = id_of(sent(place))
    address = f"/fhir/ServiceRequest/{public_id}"
    assert place.mine.put(withdrawal(public_id), address).status_code == 428
    assert place.theirs.put(withdrawal(public_id), address, If_Match='W/"1"').status_code == 404
    assert place.mine.put(withdrawal(public_id, "active"), address, If_Match='W/"1"').status_code == 422
    answer = place.mine.put(withdrawal(public_id), address, If_Match='W/"1"')
    assert (answer.status_code, answer.headers["ETag"]) == (200, 'W/"2"')
    assert answer.get_json()["status"] == "revoked"
    assert place.mine.put(withdrawal(public_id), address, If_Match='W/"1"').status_code == 412
    assert status(place, public_id) == ("cancelled", "ended")
    assert place.look(select(Episode.state)) == [State.ENDED]


def test_a_bundle_sent_in_error_is_taken_back_too(place):
    public_id = id_of(sent(place))
    sent_in_error = withdrawal(public_id, "entered-in-error")
    answer = place.mine.put(sent_in_error, f"/fhir/ServiceRequest/{public_id}", If_Match='W/"1"')
    assert answer.status_code == 200
    assert place.look(select(Episode.ended_reason)) == ["withdrawn"]


def test_one_organisation_takes_back_its_own_referral_only(place):
    sent(place)
    public_id = id_of(place.theirs.post(bundle("B-1")))
    answer = place.theirs.put(withdrawal(public_id), f"/fhir/ServiceRequest/{public_id}", If_Match='W/"1"')
    assert answer.status_code == 200
    assert place.look(select(Episode.state)) == [State.BEING_DECIDED]


def test_sending_a_withdrawn_referral_again_says_that_it_is_withdrawn(place):
    public_id = id_of(sent(place))
    place.mine.put(withdrawal(public_id), f"/fhir/ServiceRequest/{public_id}", If_Match='W/"1"')
    assert "was withdrawn" in issues(sent(place))[0]["diagnostics"]


def test_triage_answers_the_decision_and_stores_nothing(place):
    before = {model: count(place, model) for model in (Referral, Episode, IntakeReceipt, AuditEvent)}
    answer = place.mine.post(bundle(), "/fhir/$triage")
    found = {one["name"]: one for one in answer.get_json()["parameter"]}
    assert list(found) == ["outcome", "phase", "band", "usual-wait", "decision"]
    assert found["outcome"]["valueCode"] == "suggest_class"
    assert (found["phase"]["valueCode"], found["band"]["valueCode"]) == ("P2", "intermediate")
    assert found["usual-wait"]["valueString"] == "not known yet"
    assert json.loads(found["decision"]["valueString"])["gates"]["group_start"]["open"]
    assert {model: count(place, model) for model in before} == before


def test_triage_says_what_the_stored_referral_says(place):
    facts = {"falls__injurious": True, "pain__rest": 7}
    tried = place.mine.post(bundle(**facts), "/fhir/$triage").get_json()["parameter"]
    sent(place, **facts)
    (episode,) = place.look(select(Episode))
    assert (tried[1]["valueCode"], tried[2]["valueCode"]) == (episode.phase, episode.band)


def test_every_problem_is_told_at_once_with_its_place(place):
    wrong = bundle()
    resource(wrong, PATIENT)["identifier"][0]["value"] = "9990000019"
    resource(wrong, PATIENT)["birthDate"] = "2950-03-02"
    del resource(wrong, PATIENT)["name"]
    del resource(wrong, SR)["requester"]
    resource(wrong, CONDITION)["onsetDateTime"] = "2951-01-01"
    resource(wrong, ANSWERS)["item"][4]["answer"] = [{"valueInteger": 11}]
    answer = place.mine.post(wrong)
    assert answer.status_code == 422
    assert set(where(answer)) == {
        "Bundle.entry[0].resource.requester",
        "Bundle.entry[1].resource.birthDate",
        "Bundle.entry[1].resource.identifier[0].value",
        "Bundle.entry[1].resource.name.family",
        "Bundle.entry[1].resource.name.given",
        "Bundle.entry[2].resource.onsetDateTime",
        "Bundle.entry[7].resource.item[4].answer[0]",
    }
    assert count(place, Referral) == 0


def test_gaps_are_warnings_never_a_refusal(place):
    thin = bundle()
    thin["entry"] = thin["entry"][:3]
    del resource(thin, PATIENT)["identifier"], resource(thin, PATIENT)["gender"]
    resource(thin, SR)["requester"] = {"display": "Dr Shah"}
    resource(thin, CONDITION).pop("onsetDateTime")
    answer = place.mine.post(thin)
    assert (answer.status_code, errors(answer)) == (200, [])
    told = " ".join(i["diagnostics"] for i in issues(answer) if i["severity"] == "warning")
    for gap in ("fracture.date", "flags.cauda_equina", "pain.rest", "NHS number"):
        assert gap in told


def test_every_read_and_write_leaves_an_audit_row(place):
    public_id = id_of(sent(place))
    place.mine.get(f"/fhir/ServiceRequest/{public_id}")
    place.mine.get(f"/fhir/Task?focus={public_id}")
    actions = place.look(select(AuditEvent.action).where(AuditEvent.actor.like("client:%")))
    assert {"referral.received", "referral.read", "referral.followed"} <= set(actions)
