"""Codes with a required binding, which the FHIR library does not check: the elements that we read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clinic.referrals.fhir.issues import Issue
from clinic.referrals.fhir.shape import Json, codings

_GENDER = "male female other unknown"
_IDENTIFIER_USE = "usual official temp secondary old"
_REQUEST = "draft active on-hold revoked completed entered-in-error unknown"
_EVENT = "preparation in-progress not-done on-hold stopped completed entered-in-error unknown"
_ORDERS = "order original-order reflex-order filler-order instance-order"
_COMPARATOR = "< <= >= >"

REQUIRED: Mapping[str, Mapping[str, str]] = {
    "Patient": {
        "gender": _GENDER,
        "identifier.use": _IDENTIFIER_USE,
        "name.use": "usual official temp nickname anonymous old maiden",
        "telecom.system": "phone fax email pager url sms other",
        "telecom.use": "home work temp old mobile",
        "address.use": "home work temp old billing",
        "address.type": "postal physical both",
        "contact.gender": _GENDER,
        "contact.telecom.system": "phone fax email pager url sms other",
    },
    "Practitioner": {"gender": _GENDER},
    "RelatedPerson": {"gender": _GENDER},
    "ServiceRequest": {
        "status": _REQUEST,
        "intent": f"proposal plan directive option {_ORDERS}",
        "priority": "routine urgent asap stat",
        "identifier.use": _IDENTIFIER_USE,
    },
    "Observation": {
        "status": "registered preliminary final amended corrected cancelled entered-in-error unknown",
        "valueQuantity.comparator": _COMPARATOR,
        "component.valueQuantity.comparator": _COMPARATOR,
    },
    "QuestionnaireResponse": {"status": "in-progress completed amended entered-in-error stopped"},
    "Consent": {
        "status": "draft proposed active rejected inactive entered-in-error",
        "provision.type": "deny permit",
    },
    "DocumentReference": {"status": "current superseded entered-in-error"},
    "MedicationStatement": {
        "status": "active completed entered-in-error intended stopped on-hold unknown not-taken"
    },
    "Procedure": {"status": _EVENT},
    "Flag": {"status": "active inactive entered-in-error"},
    "CarePlan": {"status": _REQUEST, "intent": "proposal plan order option"},
    "Encounter": {
        "status": "planned arrived triaged in-progress onleave finished cancelled entered-in-error unknown"
    },
}
_HL7 = "http://terminology.hl7.org/CodeSystem/"
CONCEPTS = {
    "clinicalStatus": (
        f"{_HL7}condition-clinical",
        "active recurrence relapse inactive remission resolved",
    ),
    "verificationStatus": (
        f"{_HL7}condition-ver-status",
        "unconfirmed provisional differential confirmed refuted entered-in-error",
    ),
}


def problems(resource: Json, at: str) -> Iterator[Issue]:
    """Every code outside its required set, by its place."""
    for path, allowed in REQUIRED.get(resource["resourceType"], {}).items():
        for place, value in _at(resource, path.split("."), at):
            if isinstance(value, str) and value not in allowed.split():
                yield _issue(allowed, place)
    if resource["resourceType"] == "Condition":
        for name, (system, allowed) in CONCEPTS.items():
            for n, (used, code) in enumerate(codings(resource.get(name))):
                if used == system and code not in allowed.split():
                    yield _issue(allowed, f"{at}.{name}.coding[{n}].code")


def _issue(allowed: str, at: str) -> Issue:
    return Issue("code-invalid", f"Must be one of {', '.join(allowed.split())}.", at)


def _at(value: Any, path: list[str], at: str) -> Iterator[tuple[str, Any]]:
    """The values at a path through objects and lists, each with its place."""
    if isinstance(value, list):
        for place, one in enumerate(value):
            yield from _at(one, path, f"{at}[{place}]")
    elif not path:
        yield at, value
    elif isinstance(value, dict) and path[0] in value:
        yield from _at(value[path[0]], path[1:], f"{at}.{path[0]}")
