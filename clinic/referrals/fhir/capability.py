"""What this server can do, said truthfully: CapabilityStatement, and the methods of an address."""

from __future__ import annotations

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from clinic.referrals.fhir import showing
from clinic.referrals.fhir.shape import Json

PUBLISHED = "2026-11-22"
METHODS = ("GET", "POST", "PUT")
ABOUT = (
    "Referrals to supervised exercise classes after a vertebral fracture. POST one transaction Bundle with"
    " one ServiceRequest and one Patient; everything else in it is kept with the ServiceRequest and cannot be"
    " read back. The sender's identifier makes a second sending the same referral: the same content answers"
    " 200, other content 409. An issue of severity error in the ServiceRequest's response means"
    " NOT ACCEPTED: act today."
)
WITHDRAWAL = (
    "PUT only withdraws: status revoked or entered-in-error, with If-Match; both read back as revoked."
    " Only the present version can be read."
)


def statement() -> Json:
    """FHIR 4.0.1, JSON only; what is not listed is not there."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": PUBLISHED,
        "kind": "instance",
        "implementation": {"description": "Upright", "url": showing.base()},
        "software": {"name": "Upright"},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                "documentation": ABOUT,
                "security": {
                    "cors": False,
                    "description": "Authorization: Bearer <API key>; own organisation only.",
                },
                "interaction": [{"code": "transaction"}],
                "operation": [
                    _operation(
                        "triage",
                        "The same Bundle; answers outcome, phase, band, usual-wait and the whole decision as"
                        " Parameters. Nothing is stored.",
                    ),
                    _operation(
                        "process-message",
                        "A BaRS message servicerequest-request, reason new, with the same content; one that"
                        " came before is 409 duplicate.",
                    ),
                ],
                "resource": [
                    _resource("ServiceRequest", "identifier", "token", put=True),
                    _resource("Task", "focus", "reference"),
                    _resource("DocumentReference", "subject", "reference", date="date"),
                    {"type": "Binary", "interaction": [{"code": "read"}], "versioning": "no-version"},
                ],
            }
        ],
    }


def _operation(name: str, words: str) -> Json:
    definition = f"{showing.base()}/OperationDefinition/{name}"
    return {"name": name, "definition": definition, "documentation": words}


def methods_of(rest: str) -> list[str]:
    """The methods under which an address below /fhir means something."""
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None
    allowed = []
    for method in METHODS:
        try:
            endpoint, _ = adapter.match(f"/fhir/{rest}", method)
        except HTTPException:
            continue
        if endpoint != "fhir.nothing":
            allowed.append(method)
    return allowed


def _resource(kind: str, parameter: str, of: str, *, put: bool = False, **more: str) -> Json:
    found: Json = {
        "type": kind,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "versioning": "versioned-update" if put else "no-version",
        "searchParam": [{"name": name, "type": type_} for name, type_ in {parameter: of, **more}.items()],
    }
    if put:
        found["interaction"].append({"code": "update", "documentation": WITHDRAWAL})
        found["updateCreate"] = False
    return found
