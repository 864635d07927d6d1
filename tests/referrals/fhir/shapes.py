"""Ways in which good systems shape the same Bundle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.referrals.fhir.bundles import (
    ANSWERS,
    CONDITION,
    ORGANISATION,
    PATIENT,
    PRACTITIONER,
    ROLE,
    SR,
    TUG,
    add,
    no_flags,
    observation,
    resource,
)

Json = dict[str, Any]
CASE = "https://fhir.upright.example/CodeSystem/case"


def contained(document: Json) -> None:
    """One entry that holds everybody."""
    request, patient, condition = (resource(document, place) for place in (SR, PATIENT, CONDITION))
    patient["id"], condition["id"] = "p", "c"
    condition["subject"] = {"reference": "#p"}
    doctor = {"resourceType": "Practitioner", "id": "d", "name": [{"text": "Dr Nila Shah"}]}
    request |= {
        "contained": [patient, condition, doctor],
        "subject": {"reference": "#p"},
        "requester": {"reference": "#d"},
        "reasonReference": [{"reference": "#c"}],
    }
    document["entry"] = document["entry"][:1]


def restful(document: Json) -> None:
    """Addresses and ids in place of urn:uuid."""
    names = {SR: "s1", PATIENT: "p1", CONDITION: "c1", ROLE: "r1", PRACTITIONER: "d1", ORGANISATION: "o1"}
    for place, name in names.items():
        kind = resource(document, place)["resourceType"]
        document["entry"][place]["fullUrl"] = f"https://practice.example/fhir/{kind}/{name}"
        resource(document, place)["id"] = name
    for place in (CONDITION, TUG):
        resource(document, place)["subject"] = {"reference": "Patient/p1"}
    resource(document, SR).update(
        subject={"reference": "Patient/p1/_history/3"},
        requester={"reference": "PractitionerRole/r1"},
        reasonReference=[{"reference": "https://practice.example/fhir/Condition/c1"}],
    )
    resource(document, ROLE).update(
        practitioner={"reference": "Practitioner/d1"}, organization={"reference": "Organization/o1"}
    )


def extensions(document: Json) -> None:
    """Primitive extensions, a narrative, profiles and the NHS verification status."""
    patient = resource(document, PATIENT)
    patient["meta"] = {"profile": ["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient"]}
    patient["text"] = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'}
    patient["_birthDate"] = {"extension": [{"url": "https://x.example/time", "valueDateTime": "1950-03-02"}]}
    patient["name"][0]["_family"] = {"extension": [{"url": "https://x.example/own", "valueString": "x"}]}
    patient["identifier"][0]["extension"] = [
        {
            "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
            "valueCodeableConcept": {"coding": [{"code": "number-present-and-verified"}]},
        }
    ]


def blood_pressure() -> Json:
    def part(code: str, value: int) -> Json:
        return {
            "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "valueQuantity": {"value": value, "code": "mm[Hg]"},
        }

    return observation("85354-9", component=[part("8480-6", 150), part("8462-4", 85)])


def arms(used: bool) -> Json:
    component = {"code": {"coding": [{"system": CASE, "code": "used_arms"}]}, "valueBoolean": used}
    return observation("66247-8", valueQuantity={"value": 9, "code": "{#}/(30.s)"}, component=[component])


def nested(document: Json) -> None:
    items = resource(document, ANSWERS)["item"]
    resource(document, ANSWERS)["item"] = [{"linkId": "page-1", "text": "About the pain", "item": items}]


def yes_no(code: str, system: str) -> list[Json]:
    answer = [{"valueCoding": {"system": system, "code": code}}]
    return [{"linkId": key.replace("__", "."), "answer": answer} for key in no_flags()]


def only_flags(items: list[Json]) -> Callable[[Json], None]:
    def change(document: Json) -> None:
        others = [i for i in resource(document, ANSWERS)["item"] if not i["linkId"].startswith("flags.")]
        resource(document, ANSWERS)["item"] = others + items

    return change


def change(place: int, **members: Any) -> Callable[[Json], None]:
    return lambda document: resource(document, place).update(members)


def more(*resources: Json) -> Callable[[Json], None]:
    return lambda document: add(document, *resources)
