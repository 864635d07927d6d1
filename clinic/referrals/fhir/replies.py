"""The answers to what was sent: a transaction-response that says what matters first, or Parameters."""

from __future__ import annotations

import json
from collections.abc import Iterator

from clinic.referrals import intake, phrases
from clinic.referrals.fhir import lookup, messages, showing
from clinic.referrals.fhir.codes import RECEIPT, RED_FLAG
from clinic.referrals.fhir.issues import Issue, outcome, warning
from clinic.referrals.fhir.service import Sent, Tried
from clinic.referrals.fhir.shape import Json
from clinic.referrals.rules.flags import BY_ID

NOT_ACCEPTED = "NOT ACCEPTED: act today."
ALREADY_KNOWN = "already known to the service"
NOT_KNOWN_YET = "not known yet"


def transaction_response(sent: Sent, received: intake.Received, *, whole: bool) -> Json:
    """One entry for each that came, in order; all but the ServiceRequest are kept inside it.

    `whole`: the sender prefers the ServiceRequest back.
    """
    status = "201 Created" if received.created else "200 OK"
    entries: list[Json] = [{"response": {"status": status}} for _ in sent.message.opened.entries]
    row = received.referral
    mine = entries[sent.message.request.entry]
    mine["response"] |= {
        "location": f"ServiceRequest/{row.public_id}/_history/{row.version}",
        "etag": lookup.etag(row),
        "lastModified": row.received_at.isoformat(),
        "outcome": outcome([*_told(received), *sent.message.warnings]),
    }
    if whole:
        mine["resource"] = showing.service_request(row)
    return {"resourceType": "Bundle", "type": "transaction-response", "entry": entries}


def message(sent: Sent, received: intake.Received) -> Json:
    """The same for a message: what nobody may miss is the outcome's first issue."""
    told = outcome([*_told(received), *sent.message.warnings])
    return messages.response(sent.message.opened, showing.service_request(received.referral), told)


def parameters(tried: Tried) -> Json:
    """The contract of $triage: four words to read, and the whole decision as our JSON."""
    decision = tried.suggestion.to_json()
    wait = tried.usual_wait.words if tried.usual_wait else NOT_KNOWN_YET
    values = {
        "outcome": ("valueCode", decision["outcome"]),
        "phase": ("valueCode", decision["phase"]["value"]),
        "band": ("valueCode", decision["band"]["value"]),
        "usual-wait": ("valueString", wait),
        "decision": ("valueString", json.dumps(decision, separators=(",", ":"))),
    }
    listed = [{"name": name, key: value} for name, (key, value) in values.items()]
    return {"resourceType": "Parameters", "parameter": listed}


def _told(received: intake.Received) -> Iterator[Issue]:
    """What nobody may miss comes first (F6); then what became of it, and what is missing."""
    row = received.referral
    for flag in received.not_accepted:
        text = f"{NOT_ACCEPTED} {BY_ID[flag].tell_referrer}"
        yield Issue("business-rule", text, coded=(RED_FLAG, flag))
    if received.elsewhere:
        yield Issue("duplicate", ALREADY_KNOWN, severity="information", coded=(RECEIPT, "already-known"))
        return
    if received.joined:
        text = "Joined to your referral of this patient that is open already."
        yield Issue("informational", text, severity="information", coded=(RECEIPT, "joined"))
    if row.withdrawn_at is not None:
        yield warning("business-rule", "This referral was withdrawn. To refer again, use a new identifier.")
        return
    text = f"{row.reference}: you will hear by {phrases.day(row.hear_by)}."
    yield Issue("informational", text, severity="information", coded=(RECEIPT, "received"))
    if received.decision is not None:
        for path in received.decision.answer["missing"]:
            yield warning("incomplete", f"Not known: {path}. The service will ask.")
