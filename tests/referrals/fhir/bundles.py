"""Bundles as a practice's system sends them: invented people, dates relative to today."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

from clinic.extensions import now
from clinic.referrals.rules.flags import FLAGS

Json = dict[str, Any]
SENDER = "https://practice.example/referrals"
SR, PATIENT, CONDITION, ROLE, PRACTITIONER, ORGANISATION, TUG, ANSWERS = range(8)
NAMES = ("request", "patient", "condition", "role", "practitioner", "organisation", "tug", "answers")


def url(place: int) -> str:
    return f"urn:uuid:00000000-0000-4000-8000-{place:012d}"


def entry(place: int, resource: Json) -> Json:
    request = {"method": "POST", "url": resource["resourceType"]}
    return {"fullUrl": url(place), "resource": resource, "request": request}


def answers(**facts: Any) -> list[Json]:
    """Items of a QuestionnaireResponse; `pain__rest=2` is the fact pain.rest."""
    kinds = {bool: "valueBoolean", int: "valueInteger", float: "valueDecimal", str: "valueString"}
    return [
        {"linkId": path.replace("__", "."), "answer": [{kinds[type(value)]: value}]}
        for path, value in facts.items()
    ]


def no_flags() -> dict[str, bool]:
    return {f"flags__{flag.key}": False for flag in FLAGS}


def bundle(value: str = "A-1", **facts: Any) -> Json:
    """A whole referral of Mrs Okafor, 16 weeks after a fracture, tested; `facts` change her answers."""
    day = (now().date() - timedelta(weeks=16)).isoformat()
    tested = (now().date() - timedelta(days=14)).isoformat()
    subject = {"reference": url(PATIENT)}
    said = {
        "fracture__cause": "lifting",
        "fracture__confirmed_by": "xray",
        "fracture__osteoporotic": True,
        "fracture__incidental": False,
        "pain__rest": 2,
        "pain__movement": 3,
        "pain__trend": "better",
        "mobility__walks_10m": True,
        "mobility__needs_person": False,
        "mobility__walking_aid": False,
        "falls__count_12m": 1,
        "falls__injurious": False,
        "falls__could_not_get_up": False,
        "falls__lost_consciousness": False,
        "falls__unsteady": True,
        "falls__worried": False,
        **no_flags(),
        **facts,
    }
    resources: list[Json] = [
        {
            "resourceType": "ServiceRequest",
            "identifier": [{"system": SENDER, "value": value}],
            "status": "active",
            "intent": "order",
            "priority": "routine",
            "subject": subject,
            "authoredOn": "2026-11-20T09:30:00+00:00",
            "requester": {"reference": url(ROLE)},
            "reasonReference": [{"reference": url(CONDITION)}],
        },
        {
            "resourceType": "Patient",
            "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000018"}],
            "name": [{"use": "official", "family": "Okafor", "given": ["Grace"]}],
            "telecom": [{"system": "phone", "use": "mobile", "value": "07700 900123"}],
            "gender": "female",
            "birthDate": "1950-03-02",
        },
        {
            "resourceType": "Condition",
            "code": {"coding": [{"system": "http://snomed.info/sct", "code": "42942008"}]},
            "bodySite": [{"text": "T12"}],
            "subject": subject,
            "onsetDateTime": day,
        },
        {
            "resourceType": "PractitionerRole",
            "practitioner": {"reference": url(PRACTITIONER)},
            "organization": {"reference": url(ORGANISATION)},
        },
        {"resourceType": "Practitioner", "name": [{"family": "Shah", "given": ["Nila"]}]},
        {"resourceType": "Organization", "name": "Birch Lane Surgery"},
        {
            "resourceType": "Observation",
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "89423-8"}]},
            "subject": subject,
            "effectiveDateTime": tested,
            "valueQuantity": {"value": 13.2, "system": "http://unitsofmeasure.org", "code": "s"},
        },
        {"resourceType": "QuestionnaireResponse", "status": "completed", "item": answers(**said)},
    ]
    entries = [entry(place, resource) for place, resource in enumerate(resources)]
    return deepcopy({"resourceType": "Bundle", "type": "transaction", "entry": entries})


def message(value: str = "A-1", **facts: Any) -> Json:
    """The same as a BaRS message."""
    document = bundle(value, **facts)
    for one in document["entry"]:
        del one["request"]
    header = {
        "resourceType": "MessageHeader",
        "id": "m-1",
        "eventCoding": {
            "system": "https://fhir.nhs.uk/CodeSystem/message-events-bars",
            "code": "servicerequest-request",
        },
        "reason": {
            "coding": [
                {"system": "https://fhir.nhs.uk/CodeSystem/message-reason-bars", "code": "new"},
            ]
        },
        "source": {"endpoint": "https://practice.example/fhir"},
        "focus": [{"reference": url(SR)}],
    }
    document["entry"].insert(0, {"fullUrl": "urn:uuid:m-1", "resource": header})
    return {**document, "type": "message"}


def resource(document: Json, place: int) -> Json:
    """A resource of a Bundle, to be changed."""
    return document["entry"][place]["resource"]


def add(document: Json, *resources: Json) -> Json:
    """The Bundle with more entries."""
    for one in resources:
        document["entry"].append(entry(len(document["entry"]), one))
    return document


def observation(code: str, system: str = "http://loinc.org", **value: Any) -> Json:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": system, "code": code}]},
        "subject": {"reference": url(PATIENT)},
        "effectiveDateTime": now().date().isoformat(),
        **value,
    }


def someone_else(document: Json) -> Json:
    """The same referral about another patient."""
    patient = resource(document, PATIENT)
    patient["identifier"][0]["value"] = "9990000026"
    patient["name"] = [{"family": "Lindqvist", "given": ["Anders"]}]
    patient["telecom"][0]["value"] = "07700 900456"
    return document


def issues(answer: Any) -> list[Json]:
    """The issues of a refusal, or of the ServiceRequest's entry."""
    found = answer.get_json()
    if found["resourceType"] == "OperationOutcome":
        return found["issue"]
    return found["entry"][SR]["response"]["outcome"]["issue"]


def errors(answer: Any) -> list[Json]:
    return [issue for issue in issues(answer) if issue["severity"] in ("error", "fatal")]


def where(answer: Any) -> list[str]:
    """The expressions of the errors."""
    return [expression for issue in errors(answer) for expression in issue.get("expression", [])]
