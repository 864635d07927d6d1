"""Is each resource R4? fhir.resources knows; it is heavy, so only this module imports it, and late."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from threading import Thread
from typing import Any

from clinic.referrals.fhir.issues import UNPARSEABLE, Issue
from clinic.referrals.fhir.shape import Json, element, obj

log = logging.getLogger(__name__)

# What may stand in a Bundle; everything else is refused by name before the library sees it.
ALLOWED = (
    "AllergyIntolerance",
    "Binary",
    "CarePlan",
    "Condition",
    "Consent",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "Flag",
    "HealthcareService",
    "Location",
    "Medication",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
    "Organization",
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Procedure",
    "Provenance",
    "QuestionnaireResponse",
    "RelatedPerson",
    "RiskAssessment",
    "ServiceRequest",
    "Task",
)
# The library tells of a missing element only when nothing else is wrong: these are looked at here too.
MANDATORY = {
    "Condition": ("subject",),
    "Consent": ("status", "scope", "category"),
    "DocumentReference": ("status", "content"),
    "MedicationStatement": ("status", "subject"),
    "Observation": ("status", "code"),
    "QuestionnaireResponse": ("status",),
    "ServiceRequest": ("status", "intent", "subject"),
}
WARMING: Json = {
    "resourceType": "Bundle",
    "type": "transaction",
    "entry": [{"fullUrl": "urn:uuid:0", "request": {"method": "POST", "url": "Patient"}}],
}


def problems(resource: Json, at: str) -> list[Issue]:
    """Where a resource of an allowed type, or a Bundle without its resources, is not R4."""
    found = list(_missing(resource, at))
    try:
        _model(resource["resourceType"]).model_validate(resource)
    except ValueError as error:
        listed = getattr(error, "errors", None)
        found += [_issue(one, at) for one in listed()] if listed else [_broken(at)]
    except (KeyError, TypeError, AttributeError, RecursionError, AssertionError):
        found.append(_broken(at))
    return found


def warm() -> None:
    """Import and build the classes in a thread: the first Bundle does not wait half a second for it."""
    Thread(target=_warm, name="fhir-warm", daemon=True).start()


def _warm() -> None:
    for kind in ALLOWED:
        problems({"resourceType": kind}, kind)
    problems(WARMING, "Bundle")
    log.debug("fhir.resources is warm")


def _model(kind: str) -> Any:
    from fhir.resources.R4B import get_fhir_model_class

    return get_fhir_model_class(kind)


def _missing(resource: Json, at: str) -> Iterator[Issue]:
    for name in MANDATORY.get(resource["resourceType"], ()):
        if not resource.get(name) and not obj(resource.get(f"_{name}")):
            yield Issue("required", "R4 requires this element.", f"{at}.{name}", status=UNPARSEABLE)


def _issue(error: Json, at: str) -> Issue:
    """The library's message may repeat what was sent, so only its kind and its place are used."""
    kind = str(error["type"])
    if "missing" in kind:
        return Issue("required", "R4 requires this element.", _place(error["loc"], at), status=UNPARSEABLE)
    if kind == "extra_forbidden":
        text = "R4 does not know this element."
        return Issue("structure", text, _place(error["loc"], at), status=UNPARSEABLE)
    return Issue(
        "invalid", "This is not a value R4 allows here.", _place(error["loc"], at), status=UNPARSEABLE
    )


def _place(loc: tuple[Any, ...], at: str) -> str:
    for part in loc:
        at = f"{at}[{part}]" if isinstance(part, int) else at if part == "root" else element(at, str(part))
    return at


def _broken(at: str) -> Issue:
    return Issue("structure", "This is not an R4 resource.", at, status=UNPARSEABLE)
