"""Bodies that must be refused: what broken, careless and hostile systems send. Each carries planted words.

A case changes a good Bundle; it gives the status of the answer and, where one place is to blame, that place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.referrals.fhir.bundles import (
    ANSWERS,
    CONDITION,
    PATIENT,
    ROLE,
    SR,
    TUG,
    add,
    bundle,
    entry,
    observation,
    resource,
    url,
)

Json = dict[str, Any]
PLANTED_NAME, PLANTED_NUMBER, PLANTED_PHONE = "Zebedee", "9990000077", "07700900987"
PLANTED = (PLANTED_NAME, PLANTED_NAME.lower(), PLANTED_NUMBER, PLANTED_PHONE, "7700900987", "999 000 0077")
EXAMPLES = ("07700 900", "999 000 0018")  # in our words to people who type; a system has no use for them
E0, E1, E2 = (f"Bundle.entry[{n}].resource" for n in range(3))


@dataclass(frozen=True)
class Case:
    """One change to a good Bundle, and what the answer must be."""

    change: Callable[[Json], Any]
    status: int
    at: str | None = None


def planted() -> Json:
    """A good Bundle about a patient whose name and numbers must never come back."""
    document = bundle()
    patient = resource(document, PATIENT)
    patient["identifier"][0]["value"] = PLANTED_NUMBER
    patient["name"] = [{"family": PLANTED_NAME, "given": [PLANTED_NAME]}]
    patient["telecom"] = [{"system": "phone", "value": PLANTED_PHONE}]
    return document


def put(place: int, *path: Any, value: Any) -> Callable[[Json], None]:
    """Set something deep inside a resource."""

    def change(document: Json) -> None:
        holder: Any = resource(document, place)
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = value

    return change


def drop(place: int, *path: Any) -> Callable[[Json], None]:
    def change(document: Json) -> None:
        holder: Any = resource(document, place)
        for step in path[:-1]:
            holder = holder[step]
        del holder[path[-1]]

    return change


def top(**members: Any) -> Callable[[Json], None]:
    return lambda document: document.update(members)


def of_entry(place: int, **members: Any) -> Callable[[Json], None]:
    return lambda document: document["entry"][place].update(members)


def more(*resources: Json) -> Callable[[Json], None]:
    return lambda document: add(document, *resources)


def quantity(value: Any, unit: str = "s") -> Json:
    return {"value": value, "code": unit}


NAMED = {"reference": PLANTED_NAME}
OUTSIDE = {"reference": "https://elsewhere.example/fhir/Patient/9"}

JSON: dict[str, Case] = {
    # the envelope
    "another resource": Case(top(resourceType="Patient"), 400, "$this.resourceType"),
    "no type of Bundle": Case(lambda d: d.pop("type"), 400, "Bundle.type"),
    "a batch": Case(top(type="batch"), 422, "Bundle.type"),
    "a message": Case(top(type="message"), 422, "Bundle.type"),
    "a type that is a list": Case(top(type=["transaction"]), 400, "Bundle.type"),
    "no entries": Case(top(entry=[]), 400, "Bundle.entry"),
    "entries as an object": Case(top(entry={"0": {}}), 400, "Bundle.entry"),
    "entries of nothing": Case(top(entry=[None, 3, "x"]), 400),
    "201 entries": Case(lambda d: d["entry"].extend([entry(99, observation("8867-4"))] * 200), 422),
    "an unknown element of the Bundle": Case(top(zebra=PLANTED_NAME), 400, "Bundle.zebra"),
    "a name as an element": Case(top(**{PLANTED_NAME: 1, PLANTED_NUMBER: 2}), 400, "Bundle"),
    "an entry without its resource": Case(lambda d: d["entry"][TUG].pop("resource"), 400),
    "an entry without its request": Case(
        lambda d: d["entry"][TUG].pop("request"), 422, "Bundle.entry[6].request"
    ),
    "an entry that deletes": Case(
        of_entry(TUG, request={"method": "DELETE", "url": "Observation/1"}),
        422,
        "Bundle.entry[6].request.method",
    ),
    "an entry with another address": Case(
        of_entry(TUG, request={"method": "POST", "url": f"Patient/{PLANTED_NAME}"}), 422
    ),
    "a condition on somebody else": Case(
        lambda d: d["entry"][SR]["request"].update(ifNoneExist=f"identifier=x|{PLANTED_NAME}"),
        422,
        "Bundle.entry[0].request.ifNoneExist",
    ),
    "one fullUrl twice": Case(of_entry(TUG, fullUrl=url(PATIENT)), 422, "Bundle.entry[6].fullUrl"),
    "a fullUrl that is a word": Case(of_entry(TUG, fullUrl=PLANTED_NAME), 422, "Bundle.entry[6].fullUrl"),
    # types
    "an unknown type": Case(
        put(TUG, "resourceType", value="Banana"), 422, "Bundle.entry[6].resource.resourceType"
    ),
    "a type of another release": Case(put(TUG, "resourceType", value="DeviceUseStatement"), 422),
    "a type we do not take": Case(more({"resourceType": "Claim"}), 422),
    "no type": Case(drop(TUG, "resourceType"), 400, "Bundle.entry[6].resource.resourceType"),
    "a type that is a number": Case(put(TUG, "resourceType", value=7), 400),
    "an unknown contained type": Case(put(TUG, "contained", value=[{"resourceType": "Banana"}]), 422),
    "contained in contained": Case(
        put(TUG, "contained", value=[{"resourceType": "Patient", "id": "a", "contained": []}]), 400
    ),
    # R4 that is not
    "an STU3 element": Case(put(PATIENT, "animal", value={"species": {"text": "x"}}), 400, f"{E1}.animal"),
    "an R5 element": Case(put(SR, "reason", value=[{"reference": {}}]), 400, f"{E0}.reason"),
    "a UK date": Case(put(PATIENT, "birthDate", value="02/03/1950"), 400, f"{E1}.birthDate"),
    "a moment without its offset": Case(
        put(TUG, "effectiveDateTime", value="2026-11-01T10:00:00"),
        400,
        "Bundle.entry[6].resource.effectiveDateTime",
    ),
    "two values": Case(put(TUG, "valueString", value="x"), 400),
    "a name as an object": Case(put(PATIENT, "name", value={"family": PLANTED_NAME}), 400, f"{E1}.name"),
    "a given name as text": Case(
        put(PATIENT, "name", 0, "given", value=PLANTED_NAME), 400, f"{E1}.name[0].given"
    ),
    "a family name as a number": Case(
        put(PATIENT, "name", 0, "family", value=int(PLANTED_NUMBER)), 400, f"{E1}.name[0].family"
    ),
    "a gender as a list": Case(put(PATIENT, "gender", value=["female"]), 400, f"{E1}.gender"),
    "a boolean as text": Case(put(SR, "doNotPerform", value=PLANTED_NAME), 400, f"{E0}.doNotPerform"),
    "a value as text": Case(put(TUG, "valueQuantity", "value", value=PLANTED_NAME), 400),
    "no code": Case(drop(TUG, "code"), 400, "Bundle.entry[6].resource.code"),
    "no intent": Case(drop(SR, "intent"), 400, f"{E0}.intent"),
    "no subject": Case(drop(SR, "subject"), 400, f"{E0}.subject"),
    "a subject as text": Case(put(SR, "subject", value=PLANTED_NAME), 400, f"{E0}.subject"),
    "JSON inside a string": Case(
        put(SR, "subject", value='{"reference": "Patient/1"}'), 422, f"{E0}.subject"
    ),
    "an extension without an address": Case(put(PATIENT, "extension", value=[{"valueString": "x"}]), 400),
    # codes
    "an unknown status": Case(put(SR, "status", value=PLANTED_NAME), 422, f"{E0}.status"),
    "an unknown priority": Case(put(SR, "priority", value="2WW"), 422, f"{E0}.priority"),
    "a gender by letter": Case(put(PATIENT, "gender", value="F"), 422, f"{E1}.gender"),
    "an unknown observation status": Case(put(TUG, "status", value="done"), 422),
    "a draft": Case(put(SR, "status", value="draft"), 422, f"{E0}.status"),
    "an option": Case(put(SR, "intent", value="option"), 422, f"{E0}.intent"),
    "a request not to": Case(put(SR, "doNotPerform", value=True), 422, f"{E0}.doNotPerform"),
    "a modifier we do not know": Case(
        put(SR, "modifierExtension", value=[{"url": "https://x.example/not", "valueBoolean": True}]), 422
    ),
    "implicit rules": Case(
        put(PATIENT, "implicitRules", value="https://x.example/rules"), 422, f"{E1}.implicitRules"
    ),
    # references
    "a patient elsewhere": Case(put(SR, "subject", value=OUTSIDE), 422, f"{E0}.subject.reference"),
    "a patient nowhere": Case(put(SR, "subject", value=NAMED), 422, f"{E0}.subject.reference"),
    "a fragment nowhere": Case(put(SR, "subject", value={"reference": "#p"}), 422, f"{E0}.subject.reference"),
    "a local file": Case(put(TUG, "subject", value={"reference": "file:///etc/passwd"}), 422),
    "a measurement of a clinician": Case(
        put(TUG, "subject", value={"reference": url(ROLE)}), 422, "Bundle.entry[6].resource.subject.reference"
    ),
    "an attachment to be fetched": Case(
        more(
            {
                "resourceType": "DocumentReference",
                "status": "current",
                "content": [{"attachment": {"url": f"https://x.example/{PLANTED_NAME}"}}],
            }
        ),
        422,
        "Bundle.entry[8].resource.content[0].attachment.url",
    ),
    "a requester who is the patient": Case(put(SR, "requester", value={"reference": url(PATIENT)}), 422),
    "a clinic we do not know": Case(
        put(SR, "performer", value=[{"reference": "HealthcareService/999999"}]), 422, f"{E0}.performer[0]"
    ),
    # what a referral needs
    "two requests": Case(lambda d: d["entry"].append({**d["entry"][SR], "fullUrl": url(77)}), 422),
    "no request": Case(lambda d: d["entry"].pop(SR), 422),
    "two patients": Case(lambda d: add(d, resource(d, PATIENT)), 422),
    "no patient": Case(lambda d: d["entry"].pop(PATIENT), 422),
    "no identifier": Case(drop(SR, "identifier"), 422, f"{E0}.identifier"),
    "an identifier without a system": Case(drop(SR, "identifier", 0, "system"), 422, f"{E0}.identifier"),
    "an endless identifier": Case(
        put(SR, "identifier", 0, "value", value="x" * 161), 422, f"{E0}.identifier[0]"
    ),
    "no requester": Case(drop(SR, "requester"), 422, f"{E0}.requester"),
    "no condition": Case(lambda d: (d["entry"].pop(CONDITION), drop(SR, "reasonReference")(d)), 422),
    "a ruled-out condition": Case(
        put(
            CONDITION,
            "verificationStatus",
            value={
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/condition-ver-status",
                        "code": "refuted",
                    }
                ]
            },
        ),
        422,
    ),
    "no name": Case(drop(PATIENT, "name"), 422, f"{E1}.name.given"),
    "no birth date": Case(drop(PATIENT, "birthDate"), 422, f"{E1}.birthDate"),
    "a birth year": Case(put(PATIENT, "birthDate", value="1950"), 422, f"{E1}.birthDate"),
    "a birth in the future": Case(put(PATIENT, "birthDate", value="2999-01-01"), 422, f"{E1}.birthDate"),
    "a child": Case(put(PATIENT, "birthDate", value="2020-01-01"), 422, f"{E1}.birthDate"),
    "no contact": Case(drop(PATIENT, "telecom"), 422, f"{E1}.telecom"),
    "half a phone number": Case(
        put(PATIENT, "telecom", 0, "value", value="0770"), 422, f"{E1}.telecom[0].value"
    ),
    "an NHS number that fails its check": Case(
        put(PATIENT, "identifier", 0, "value", value="9990000078"), 422, f"{E1}.identifier[0].value"
    ),
    "an NHS number in words": Case(
        put(PATIENT, "identifier", 0, "value", value=PLANTED_NAME), 422, f"{E1}.identifier[0].value"
    ),
    "an NHS number in superscript": Case(
        put(PATIENT, "identifier", 0, "value", value="²" * 10), 422, f"{E1}.identifier[0].value"
    ),
    "a deceased patient": Case(put(PATIENT, "deceasedBoolean", value=True), 422, f"{E1}.deceased"),
    "an endless name": Case(put(PATIENT, "name", 0, "family", value="x" * 101), 422, f"{E1}.name[0].family"),
    "an endless note": Case(put(SR, "note", value=[{"text": "x" * 4001}]), 422, f"{E0}.note"),
    # facts
    "a fracture in the future": Case(
        put(CONDITION, "onsetDateTime", value="2999-01-01"), 422, f"{E2}.onsetDateTime"
    ),
    "a test in the future": Case(
        put(TUG, "effectiveDateTime", value="2999-01-01"), 422, "Bundle.entry[6].resource"
    ),
    "a test in minutes": Case(put(TUG, "valueQuantity", value=quantity(1, "min")), 422),
    "a misspelt fact": Case(
        put(ANSWERS, "item", 0, "linkId", value="flags.cauda_equnia"),
        422,
        "Bundle.entry[7].resource.item[0].linkId",
    ),
    "a pain of eleven": Case(put(ANSWERS, "item", 4, "answer", value=[{"valueInteger": 11}]), 422),
    "an answer in other words": Case(
        put(ANSWERS, "item", 0, "answer", value=[{"valueString": PLANTED_NAME}]), 422
    ),
    "two answers to one question": Case(
        put(ANSWERS, "item", 4, "answer", value=[{"valueInteger": 1}, {"valueInteger": 2}]), 422
    ),
    "a flag nobody is named to have explained": Case(
        lambda d: (
            put(ANSWERS, "item", 21, "answer", value=[{"valueString": "explained"}])(d),
            put(SR, "requester", value={"identifier": {"value": "1"}})(d),
        ),
        422,
    ),
    # characters
    "a NUL": Case(put(SR, "identifier", 0, "value", value="a\0b"), 400, f"{E0}.identifier[0].value"),
    "half a surrogate pair": Case(put(PATIENT, "name", 0, "family", value="\ud800"), 400),
    "a bell in a key": Case(put(PATIENT, "\a", value=1), 400),
}
