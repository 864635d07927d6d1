"""What the interface does: take a referral in, try it without storing, take it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from clinic.access import queries as access
from clinic.access.models import Clinic
from clinic.extensions import now, transaction
from clinic.referrals import attachments, changes, clocks, engine, intake, queries, states, validation
from clinic.referrals.fhir import bindings, lookup, messages, practice, routing, showing, structure, wire
from clinic.referrals.fhir.bundle import MESSAGE, TRANSACTION, open_bundle
from clinic.referrals.fhir.issues import Issue, Refused, once, refused, warning
from clinic.referrals.fhir.reading import Message, read
from clinic.referrals.fhir.shape import Json, word
from clinic.referrals.models import Referral, Source
from clinic.referrals.origins import Origin
from clinic.referrals.rules.decision import Decision as Suggestion
from clinic.viewer import Viewer, acting_as, system

REASONS = {
    "revoked": "Withdrawn by the practice's system",
    "entered-in-error": "Sent in error by the practice",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A Bundle found good: the clinic it is for, what it says, and the whole case as it would be stored."""

    clinic: Clinic
    message: Message
    raw: str
    case: Json
    origin: Origin


@dataclass(frozen=True, slots=True)
class Tried:
    """What would be suggested; nothing is stored."""

    suggestion: Suggestion
    usual_wait: queries.UsualWait | None
    warnings: list[Issue]


def receive(
    *, body: bytes, request_id: str, by: Viewer, kind: str = TRANSACTION
) -> tuple[Sent, intake.Received]:
    """Store a Bundle's referral once; `kind` is the type of Bundle.

    Raises Refused with every problem; 409 when identifier or request id came before with something else.
    """
    sent = _check(body, by, kind)
    message = sent.message
    if lookup.spent(request_id, system=message.sender_system, value=message.sender_value):
        raise refused(409, "duplicate", "This X-Request-ID came before with another referral.")
    try:
        received = _store(
            sent,
            clinic_id=sent.clinic.id,
            organisation_id=by.organisation_id,
            source=Source.FHIR,
            sender_system=message.sender_system,
            sender_value=message.sender_value,
            patient=message.patient,
            case=message.case,
            priority=message.priority,
            note=message.note,
            clinician=message.clinician,
            consent=message.consent,
            origin=sent.origin,
            documents=[one.digest for one in message.documents[: attachments.MOST]],
            raw=sent.raw,
            request_id=request_id,
            by=by,
        )
    except intake.Conflict as conflict:
        text = f"This identifier came before with other content, as {conflict.reference}."
        raise refused(409, "conflict", text, f"{message.request.at}.identifier") from None
    return sent, received


def process(*, body: bytes, request_id: str, by: Viewer) -> tuple[Sent, intake.Received]:
    """A BaRS message through the same door. Raises Refused as `receive`, and 409 for one that came before."""
    sent, received = receive(body=body, request_id=request_id, by=by, kind=MESSAGE)
    if not received.created:
        raise refused(409, "duplicate", f"This message came before, as {received.referral.reference}.")
    return sent, received


def triage(*, body: bytes, by: Viewer) -> Tried:
    """The decision on the same Bundle; raises Refused as `receive` would. Nothing is stored."""
    sent = _check(body, by, TRANSACTION)
    today = clocks.today(sent.clinic.id, now())
    suggestion = engine.suggestion(sent.clinic.id, sent.case, today)
    phase, band = suggestion.phase.value.value, suggestion.band.value.value
    wait = queries.usual_wait(sent.clinic.id, phase, band, today)
    return Tried(suggestion, wait, sent.message.warnings)


@transaction()
def withdraw(*, public_id: str, body: bytes, if_match: str, by: Viewer) -> Json:
    """Take a referral back, if nobody changed it since it was read. Raises Refused: 404, 412, 428, or 4xx."""
    sent, _ = wire.parse(body)
    row = lookup.own(public_id)
    _check_withdrawal(sent, row)
    if not if_match:
        raise refused(428, "required", "Send If-Match with the ETag you read.")
    with acting_as(system("withdraw", row.clinic_id)):
        states.locked(row.episode_id)  # the episode first, as every service
    row = lookup.own(public_id, fresh=True)
    if if_match.removeprefix("W/") not in (lookup.etag(row).removeprefix("W/"), "*"):
        raise refused(412, "conflict", "The referral changed since you read it. Read it again.")
    row = changes.withdraw(referral_id=row.id, reason=REASONS[sent["status"]], by=by)
    return showing.service_request(row)


def _store(sent: Sent, *, by: Viewer, **facts: Any) -> intake.Received:
    """The referral and its documents in one transaction: all of it, or nothing."""
    if not sent.message.documents:
        return intake.receive(by=by, **facts)
    with transaction():
        received = intake.receive(by=by, **facts)
        attachments.keep(referral=received.referral, documents=sent.message.documents, by=by)
    return received


def _check(body: bytes, by: Viewer, kind: str) -> Sent:
    """Read a Bundle and run the one validator, so that every problem is told at once."""
    document, raw = wire.parse(body)
    opened = open_bundle(document, kind)
    if kind == MESSAGE:
        messages.check_header(opened)
    assert by.organisation_id is not None
    clinic = routing.clinic_for(opened, access.clinics_of(by.organisation_id))
    message = read(opened, access.zone_of(clinic.id) if clinic else access.home_zone())
    _own_requester(message, by.organisation_id)
    case, problems = _validated(message, clinic)
    if problems or message.errors or clinic is None:
        raise Refused(once([*opened.issues, *problems]))
    linked = (
        {one.ods.upper(): one.id for one in access.organisations_of(clinic.id)} if message.practice else {}
    )
    return Sent(clinic, message, raw, case, practice.origin(opened, message.practice, linked))


def _validated(message: Message, clinic: Clinic | None) -> tuple[Json, list[Issue]]:
    today = clocks.today(clinic.id, now()) if clinic else now().astimezone(access.home_zone()).date()
    try:
        _, case = validation.check(
            patient=message.patient,
            case=message.case,
            priority=message.priority,
            note=message.note,
            clinician=message.clinician,
            today=today,
        )
    except validation.NotValid as wrong:
        return {}, message.issues_of(wrong.problems)
    return case, []


def _own_requester(message: Message, organisation_id: int) -> None:
    told = message.requester_ods
    if told and told != access.organisation(organisation_id).ods:
        text = "The requester's organisation is not the one this key belongs to; kept under the key's."
        message.opened.issues.append(warning("informational", text, f"{message.request.at}.requester"))


def _check_withdrawal(sent: Json, row: Referral) -> None:
    if sent.get("resourceType") != "ServiceRequest":
        raise refused(400, "structure", "Send one ServiceRequest.", "$this.resourceType")
    if wrong := [*structure.problems(sent, "ServiceRequest"), *bindings.problems(sent, "ServiceRequest")]:
        raise Refused(once(wrong))
    if word(sent.get("id")) != row.public_id:
        raise refused(400, "value", "Must be the id of the address.", "ServiceRequest.id")
    if word(sent.get("status")) not in REASONS:
        text = f"Only {' or '.join(REASONS)} can be put; send anything else as a new referral."
        raise refused(422, "not-supported", text, "ServiceRequest.status")
