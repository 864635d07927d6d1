"""Which clinic a referral is for: the performer says, else the only one the organisation may refer to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clinic.access.models import Clinic
from clinic.referrals.fhir.bundle import Opened
from clinic.referrals.fhir.codes import CLINIC
from clinic.referrals.fhir.references import OURS, Part
from clinic.referrals.fhir.shape import Json, dicts, obj, word


def clinic_for(opened: Opened, clinics: Sequence[Clinic]) -> Clinic | None:
    """The clinic; None leaves an error. A performer in our own words that is no linked clinic is an error,
    one in the sender's words is told and passed over.
    """
    request = next((p for p in opened.of("ServiceRequest") if not p.contained), None)
    performers = dicts(request.data.get("performer")) if request else []
    for place, performer in performers:
        assert request is not None
        at = f"{request.at}.performer[{place}]"
        names = list(_names(opened, request, performer))
        chosen = next((one for one in clinics if f"{one.id}" in names or one.name.casefold() in names), None)
        if chosen is not None:
            return chosen
        if OURS.fullmatch(word(performer.get("reference"))) or _own_identifier(performer):
            opened.error("not-found", "Your organisation refers to no clinic of this name.", at)
            return None
        opened.warn("informational", "Not one of our clinics by identifier or name.", at)
    if len(clinics) == 1:
        return clinics[0]
    where = f"{request.at}.performer" if request else "Bundle.entry"
    text = "Name the clinic." if clinics else "Your organisation is linked to no clinic."
    opened.error("required" if clinics else "forbidden", text, where)
    return None


def _names(opened: Opened, request: Part, performer: Json) -> Iterator[str]:
    """Everything by which a performer may name a clinic: our identifier, our reference, its name."""
    reference = word(performer.get("reference"))
    if OURS.fullmatch(reference):
        yield reference.partition("/")[2]
    yield _own_identifier(performer)
    yield word(performer.get("display")).casefold()
    target = opened.target(performer, request)
    if target is not None and target.kind in ("HealthcareService", "Organization"):
        yield word(target.data.get("name")).casefold()
        for _, identifier in dicts(target.data.get("identifier")):
            yield _own_identifier({"identifier": identifier})


def _own_identifier(reference: Json) -> str:
    identifier = obj(reference.get("identifier"))
    return word(identifier.get("value")) if word(identifier.get("system")) == CLINIC else ""
