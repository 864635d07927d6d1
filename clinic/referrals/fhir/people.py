"""Who is referred and who refers: the Patient as plain facts, the requester as a name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from clinic.patients import identity
from clinic.referrals.fhir.bundle import Opened
from clinic.referrals.fhir.codes import NHS_NUMBER, ODS
from clinic.referrals.fhir.references import Part
from clinic.referrals.fhir.shape import Json, dicts, obj, word
from clinic.referrals.validation import PatientFacts

NOT_SENT = "not sent by the practice's system"
PREFERRED = ("official", "usual", "")
PHONES = ("phone", "sms", "")


@dataclass(slots=True)
class Person:
    """The patient as the intake wants her, and where in the Bundle each fact stands."""

    facts: PatientFacts
    where: dict[str, str] = field(default_factory=dict)


def patient(opened: Opened, part: Part | None) -> Person:
    """Whatever can be read of the Patient; gaps stay empty, for the validator to name."""
    data, at = (part.data, part.at) if part else ({}, "Bundle.entry")
    if data.get("deceasedBoolean") is True or word(data.get("deceasedDateTime")):
        opened.error("business-rule", "The Patient is recorded as deceased.", f"{at}.deceased")
    names, name_at = _name(data, at)
    numbers, where = _phones(data, at, opened)
    number, number_at = _nhs_number(data, at)
    address = next((one for _, one in dicts(data.get("address")) if word(one.get("use")) != "old"), {})
    where |= {
        "patient": at,
        "patient.given_name": f"{name_at}.given",
        "patient.family_name": f"{name_at}.family",
        "patient.birth_date": f"{at}.birthDate",
        "patient.nhs_number": number_at,
        "person.birth_date": f"{at}.birthDate",
        "person.sex": f"{at}.gender",
    }
    where.setdefault("patient.mobile", f"{at}.telecom")
    gender = word(data.get("gender"))
    facts = PatientFacts(
        given_name=names[0],
        family_name=names[1],
        birth_date=word(data.get("birthDate")),
        sex=gender if gender in ("female", "male") else None,
        nhs_number=number or None,
        no_nhs_number_reason=None if number else NOT_SENT,
        mobile=numbers.get("mobile"),
        landline=numbers.get("landline"),
        address=_lines(address) or None,
        postcode=word(address.get("postalCode")) or None,
        carer=_carer(data) if "carer" in numbers else None,
    )
    if not number:
        opened.warn("incomplete", "No NHS number was sent: the service will ask.", f"{at}.identifier")
    return Person(facts, where)


def clinician(opened: Opened, request: Part) -> tuple[str | None, str | None]:
    """The requester's name, and the ODS code of the requester's organisation, as far as they are told."""
    requester = obj(request.data.get("requester"))
    found = opened.target(requester, request)
    name, code = word(requester.get("display")), None
    if found is not None and found.kind == "PractitionerRole":
        organisation = opened.target(found.data.get("organization"), found)
        code = ods(obj(found.data.get("organization"))) or ods_of(organisation)
        practitioner = obj(found.data.get("practitioner"))
        name = name or word(practitioner.get("display"))
        found = opened.target(practitioner, found)
    if found is not None and found.kind == "Organization":
        code = ods_of(found)
    elif found is not None and found.kind == "Practitioner":
        name = _whole_name(found.data) or name
    elif found is not None:
        opened.error("value", "Must be a clinician or an organisation.", f"{request.at}.requester.reference")
    return name[:200] or None, code


def has_requester(request: Part) -> bool:
    """Whether anybody is named at all."""
    requester = obj(request.data.get("requester"))
    identifier = word(obj(requester.get("identifier")).get("value"))
    return bool(word(requester.get("reference")) or word(requester.get("display")) or identifier)


def _name(data: Json, at: str) -> tuple[tuple[str, str], str]:
    """(first names, family name) of the name in use; a name in one text is split at its last space."""
    names = [(n, one) for n, one in dicts(data.get("name")) if word(one.get("use")) not in ("old", "maiden")]
    if not names:
        return ("", ""), f"{at}.name"
    place, name = min(names, key=lambda pair: _preference(pair[1]))
    given, family = " ".join(_given(name)), word(name.get("family"))
    if not given and not family:
        given, _, family = word(name.get("text")).rpartition(" ")
    return (given.strip(), family), f"{at}.name[{place}]"


def _preference(name: Json) -> int:
    use = word(name.get("use"))
    return PREFERRED.index(use) if use in PREFERRED else len(PREFERRED)


def _given(name: Json) -> list[str]:
    given = name.get("given")
    return [word(one) for one in given if word(one)] if isinstance(given, list) else []


def _whole_name(data: Json) -> str:
    (given, family), _ = _name(data, "")
    name = next((one for _, one in dicts(data.get("name"))), {})
    prefix = [word(one) for one in name.get("prefix", []) or [] if word(one)] if family else []
    return " ".join([*prefix, given, family]).strip()


def _nhs_number(data: Json, at: str) -> tuple[str, str]:
    for place, identifier in dicts(data.get("identifier")):
        if word(identifier.get("system")) == NHS_NUMBER and word(identifier.get("use")) != "old":
            return word(identifier.get("value")), f"{at}.identifier[{place}].value"
    return "", f"{at}.identifier"


def _phones(data: Json, at: str, opened: Opened) -> tuple[dict[str, str], dict[str, str]]:
    """The patient's numbers, else those of the first contact person, who is then the main contact (F8)."""
    own = list(_numbers(data.get("telecom"), f"{at}.telecom"))
    contacts = dicts(data.get("contact"))
    found: dict[str, str] = {}
    if not own and contacts:
        own = list(_numbers(contacts[0][1].get("telecom"), f"{at}.contact[{contacts[0][0]}].telecom"))
        if own:
            found["carer"] = "yes"
            opened.warn("informational", "The contact's number is used: no own number was sent.", own[0][1])
    where: dict[str, str] = {}
    for number, place in own:
        kind = "mobile" if _texts(number) else "landline"
        if kind not in found:
            found[kind], where[f"patient.{kind}"] = number, place
    return found, where


def _numbers(telecom: Any, at: str) -> Iterator[tuple[str, str]]:
    for place, one in dicts(telecom):
        if word(one.get("system")) in PHONES and word(one.get("use")) != "old" and word(one.get("value")):
            yield word(one["value"]).removeprefix("tel:"), f"{at}[{place}].value"


def _texts(number: str) -> bool:
    """Whether it is a mobile; a number that cannot be read counts as one, for the validator to refuse."""
    try:
        return identity.is_mobile(identity.phone(number))
    except identity.BadIdentity:
        return True


def _carer(data: Json) -> dict[str, str]:
    contact = dicts(data.get("contact"))[0][1]
    kinds = [one for _, one in dicts(contact.get("relationship"))]
    relationship = word(kinds[0].get("text")) if kinds else ""
    name = _whole_name({"name": [obj(contact.get("name"))]})
    return {"name": name, "relationship": relationship or "contact", "authority": "not recorded"}


def _lines(address: Json) -> str:
    lines = address.get("line")
    parts = [word(one) for one in lines] if isinstance(lines, list) else []
    parts += [word(address.get(key)) for key in ("city", "district", "state")]
    return ", ".join(part for part in parts if part) or word(address.get("text"))


def ods(reference: Json) -> str | None:
    """The ODS code a reference carries as its identifier."""
    identifier = obj(reference.get("identifier"))
    return word(identifier.get("value")).upper() or None if word(identifier.get("system")) == ODS else None


def ods_of(part: Part | None) -> str | None:
    """The ODS code among a resource's identifiers."""
    if part is None:
        return None
    codes = [ods({"identifier": one}) for _, one in dicts(part.data.get("identifier"))]
    return next((code for code in codes if code), None)
