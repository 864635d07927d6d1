"""Where a patient is registered: Patient.generalPractitioner, by ODS code; never a reason to refuse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clinic.referrals.fhir import people
from clinic.referrals.fhir.bundle import Opened
from clinic.referrals.fhir.references import Part
from clinic.referrals.fhir.shape import Json, dicts, obj, word
from clinic.referrals.origins import Origin

LONGEST_NAME = 160


@dataclass(frozen=True, slots=True)
class Told:
    """What the sender says of the practice; either may be empty, not both."""

    ods: str
    name: str
    at: str


def told(opened: Opened, patient: Part | None) -> Told | None:
    """The first practice that can be made out; None with a warning when there is something and nothing is."""
    if patient is None:
        return None
    at = f"{patient.at}.generalPractitioner"
    found = dicts(patient.data.get("generalPractitioner"))
    for place, reference in found:
        ods, name = _of(opened, patient, reference)
        if ods or name:
            return Told(ods, name, f"{at}[{place}]")
    if found:
        opened.warn("incomplete", "No practice can be told from it: the service will ask.", at)
    return None


def origin(opened: Opened, said: Told | None, linked: Mapping[str, int]) -> Origin:
    """How the referral came, with the practice by its id when it is one of `linked` (ODS code to id)."""
    if said is None:
        return Origin(road="fhir")
    if said.ods in linked:
        return Origin(road="fhir", practice_id=linked[said.ods])
    text = "No practice of this service has this ODS code: the service will ask."
    opened.warn("not-found" if said.ods else "incomplete", text if said.ods else NO_CODE, said.at)
    name = said.name or f"The practice with ODS code {said.ods}"
    return Origin(road="fhir", practice_name=name, practice_unknown=said.ods or "no code")


NO_CODE = "The practice's ODS code was not sent: the service will ask."


def _of(opened: Opened, patient: Part, reference: Json) -> tuple[str, str]:
    """(ODS code, name) of a practice, as far as the reference and what it leads to tell."""
    found = opened.target(reference, patient)
    if found is not None and found.kind == "PractitionerRole":
        reference = obj(found.data.get("organization"))
        found = opened.target(reference, found)
    elif found is not None and found.kind != "Organization":
        return "", ""
    ods = people.ods(reference) or people.ods_of(found) or ""
    names_it = found is not None or ods or word(reference.get("reference")).startswith("Organization/")
    name = word(found.data.get("name")) if found is not None else ""
    name = name or (word(reference.get("display")) if names_it else "")
    return ods[:12], name[:LONGEST_NAME]
