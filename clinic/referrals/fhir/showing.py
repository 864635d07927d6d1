"""Our rows as R4 resources, for the organisation that sent them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence

from clinic.columns import config
from clinic.referrals import letters_words, phrases
from clinic.referrals.fhir import lookup
from clinic.referrals.fhir.codes import CLINIC, END_REASON, LETTER, NHS_NUMBER, REFERENCE, STATE
from clinic.referrals.fhir.shape import Json
from clinic.referrals.fhir.status import state_of, status_of
from clinic.referrals.models import EndReason, Episode, Letter, Referral

PDF = "application/pdf"


def base() -> str:
    return f"{config().public_base_url.rstrip('/')}/fhir"


def service_request(row: Referral) -> Json:
    """The sender's intent: active until taken back; what became of it is the Task's to tell."""
    return {
        "resourceType": "ServiceRequest",
        "id": row.public_id,
        "meta": {
            "versionId": str(row.version),
            "lastUpdated": (row.withdrawn_at or row.received_at).isoformat(),
        },
        "identifier": [
            {"system": row.sender_system, "value": row.sender_value},
            {"system": REFERENCE, "value": row.reference},
        ],
        "status": "revoked" if row.withdrawn_at else "active",
        "intent": "order",
        "priority": row.priority,
        "subject": subject(row),
        "authoredOn": row.received_at.isoformat(),
        "performer": [{"identifier": {"system": CLINIC, "value": str(row.clinic_id)}}],
    }


def subject(row: Referral) -> Json:
    """Who it is about: an id of the organisation's own, and the NHS number as it was sent."""
    found: Json = {"reference": f"Patient/{lookup.patient_id(row)}", "type": "Patient"}
    if number := row.person.get("nhs_number"):
        found["identifier"] = {"system": NHS_NUMBER, "value": number}
    return found


def task(row: Referral) -> Json:
    """Where a referral is; of one that another organisation holds, only that it came."""
    episode = lookup.episode(row)
    changed = lookup.last_change(episode).at if episode else row.received_at
    version = row.version + (episode.version if episode else 0)
    found: Json = {
        "resourceType": "Task",
        "id": row.public_id,
        "meta": {"versionId": str(version), "lastUpdated": max(changed, row.received_at).isoformat()},
        "status": status_of(row, episode),
        "businessStatus": _coded(STATE, state_of(row, episode)),
        "intent": "order",
        "code": {"coding": [{"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "fulfill"}]},
        "focus": {"reference": f"ServiceRequest/{row.public_id}"},
        "for": subject(row),
        "authoredOn": row.received_at.isoformat(),
        "lastModified": max(changed, row.withdrawn_at or changed).isoformat(),
        "owner": {"identifier": {"system": CLINIC, "value": str(row.clinic_id)}},
    }
    if row.withdrawn_at:
        found["statusReason"] = _coded(END_REASON, EndReason.WITHDRAWN.value)
    elif episode:
        found |= _progress(episode)
    if outputs := [_output(letter) for letter in lookup.letters(row, of_patient=False)]:
        found["output"] = outputs
    return found


def document(letter: Letter, row: Referral | None) -> Json:
    """A letter as it was sent: whole in plain text, and as a PDF to be fetched from its Binary.

    `row` is the reader's own referral; a registered practice that did not refer has none.
    """
    title = letters_words.title(letter.kind)
    told = {"language": "en-GB", "title": title, "creation": letter.written_at.isoformat()}
    return {
        "resourceType": "DocumentReference",
        "id": letter.public_id,
        "status": "current",
        "type": _coded(LETTER, letter.kind),
        "subject": subject(row) if row else lookup.registered_subject(letter),
        "date": letter.written_at.isoformat(),
        "content": [
            {
                "attachment": {
                    "contentType": "text/plain; charset=utf-8",
                    "data": b64encode(letter.body.encode()).decode(),
                    **told,
                }
            },
            {
                "attachment": {
                    "contentType": PDF,
                    "url": f"{base()}/Binary/{letter.public_id}",
                    **told,
                }
            },
        ],
    }


def binary(letter: Letter, content: bytes) -> Json:
    """The print of a letter, for a reader that asks for JSON."""
    return {
        "resourceType": "Binary",
        "id": letter.public_id,
        "contentType": PDF,
        "data": b64encode(content).decode(),
    }


def searchset(resources: Sequence[Json], link: str) -> Json:
    """All that was found, on one page."""
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(resources),
        "link": [{"relation": "self", "url": link}],
        "entry": [
            {
                "fullUrl": f"{base()}/{one['resourceType']}/{one['id']}",
                "resource": one,
                "search": {"mode": "match"},
            }
            for one in resources
        ],
    }


def _progress(episode: Episode) -> Json:
    """Why it ended, or what comes next and by when."""
    if episode.ended_reason:
        return {"statusReason": _coded(END_REASON, episode.ended_reason.value)}
    told = phrases.NEXT_STEP[episode.next_step]
    by = f", by {phrases.day(episode.next_on)}" if episode.next_on else ""
    return {"note": [{"text": f"{told}{by}."}]}


def _output(letter: Letter) -> Json:
    return {
        "type": _coded(LETTER, letter.kind),
        "valueReference": {"reference": f"DocumentReference/{letter.public_id}"},
    }


def _coded(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}
