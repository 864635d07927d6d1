"""The BaRS envelope: a message instead of a transaction, the same content and the same door."""

from __future__ import annotations

from uuid import uuid4

from clinic.referrals.fhir import showing
from clinic.referrals.fhir.bundle import HEADER, Opened
from clinic.referrals.fhir.shape import Json, codings, obj, word

EVENTS = "https://fhir.nhs.uk/CodeSystem/message-events-bars"
REQUEST, RESPONSE = "servicerequest-request", "servicerequest-response"


def check_header(opened: Opened) -> None:
    """The first entry is the header of a new referral; updates and bookings are not taken here."""
    headers = opened.of(HEADER)
    if not headers:
        if opened.entries[0] != HEADER:
            opened.error("required", "A message begins with its MessageHeader.", "Bundle.entry[0].resource")
        return
    header = headers[0]
    if word(obj(header.data.get("eventCoding")).get("code")) != REQUEST:
        opened.error("not-supported", f"Only {REQUEST} is taken.", f"{header.at}.eventCoding")
    if any(code != "new" for _, code in codings(header.data.get("reason"))):
        opened.error("not-supported", "Only new referrals; withdraw by PUT.", f"{header.at}.reason")


def response(opened: Opened, request: Json, outcome: Json) -> Json:
    """The answer to a message: its header, the referral as we know it, and what has to be said of it."""
    header = {
        "resourceType": HEADER,
        "id": str(uuid4()),
        "eventCoding": {"system": EVENTS, "code": RESPONSE},
        "source": {"endpoint": f"{showing.base()}/$process-message"},
        "response": {"identifier": opened.of(HEADER)[0].id or "unknown", "code": "ok"},
        "focus": [{"reference": f"ServiceRequest/{request['id']}"}],
    }
    resources = (header, request, {**outcome, "id": str(uuid4())})
    entries = [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in resources]
    return {"resourceType": "Bundle", "type": "message", "entry": entries}
