"""The one door for referrals: form, front desk and FHIR. What is received is never lost and never doubled."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from clinic.extensions import db, emit, now, transaction
from clinic.referrals import arrivals, attachments, clocks, engine, filing, letters, validation
from clinic.referrals.filing import Sent
from clinic.referrals.models import Decision, IntakeReceipt, Referral, Source
from clinic.referrals.origins import BY_STAFF, Origin
from clinic.referrals.references import content_digest
from clinic.referrals.validation import PatientFacts
from clinic.viewer import Viewer, acting_as, system

TRIES = 4  # two senders of one patient at once: the later one finds what the earlier one made
ROADS = {Source.WEB: "web", Source.FHIR: "fhir", Source.PHONE: "telephone", Source.SELF: "telephone"}


class Conflict(Exception):
    """The sender used one identifier for two contents; `referral` holds the first, and nothing was stored."""

    def __init__(self, reference: str) -> None:
        super().__init__("The same identifier came before with other content.")
        self.reference = reference


@dataclass(frozen=True, slots=True)
class Received:
    """The answer to a sender. `not_accepted`: the red flags to act on today (F6).

    `joined`: the patient was open already. `elsewhere`: through another organisation; then the sender is told
    only that, and `decision` is None.
    """

    referral: Referral
    created: bool
    joined: bool
    elsewhere: bool
    not_accepted: tuple[str, ...]
    decision: Decision | None


def receive(
    *,
    clinic_id: int,
    organisation_id: int | None,
    source: Source,
    sender_system: str,
    sender_value: str,
    patient: PatientFacts,
    case: Mapping[str, Any],
    by: Viewer,
    priority: str = "routine",
    note: str | None = None,
    clinician: str | None = None,
    typed_by: str | None = None,
    raw: str | None = None,
    request_id: str | None = None,
    red_flag_since: datetime | None = None,
    consent: bool | None = None,
    origin: Origin | None = None,
    documents: Collection[str] | None = None,
) -> Received:
    """Store a referral once per (organisation, sender_system, sender_value), whoever asks how often.

    The same content again answers as the first time, by another door too; other content raises Conflict. One
    open episode a patient: a second referral joins it. Every answer leaves an intake receipt.
    `organisation_id` is who referred: nobody for a self-referral, whose practice `origin` names. `documents`
    are the digests of what comes with it: part of the content, where a door says which.
    `red_flag_since` is when the sender first told of a red flag: the hour of F6 runs from then. Raises
    validation.NotValid.
    """
    at = now()
    today = clocks.today(clinic_id, at)
    plain, whole = validation.check(
        patient=patient,
        case=case,
        priority=priority,
        note=note,
        clinician=clinician,
        today=today,
        by_staff=source in BY_STAFF,
    )
    sent = Sent(
        clinic_id=clinic_id,
        organisation_id=organisation_id,
        source=source,
        sender_system=sender_system,
        sender_value=sender_value,
        patient=plain,
        case=whole,
        priority=priority,
        note=note or None,
        clinician=clinician or None,
        typed_by=typed_by or None,
        raw=raw,
        request_id=request_id,
        digest=_digest(plain, case, priority, note, clinician),
        suggestion=engine.suggestion(clinic_id, whole, today),
        red_flag_since=red_flag_since or at,
        consent=consent,
        origin=origin or Origin(road=ROADS.get(source, "post")),
        documents=None if documents is None else frozenset(documents),
        at=at,
        today=today,
        by=by,
    )
    with acting_as(system("intake", clinic_id)):
        for left in reversed(range(TRIES)):
            try:
                return _receive(sent)
            except IntegrityError:
                if not left:
                    raise
    raise AssertionError("unreachable")


def _digest(
    patient: PatientFacts, case: Mapping[str, Any], priority: str, note: str | None, clinician: str | None
) -> str:
    """Of what the sender said, without the days we add: a retry on another day is the same content."""
    return content_digest([patient.to_json(), dict(case), priority, note or "", clinician or ""])


@transaction()
def _receive(sent: Sent) -> Received:
    known = filing.same_identifier(sent)
    if known is not None and (known.content_hash != sent.digest or _other_documents(known, sent)):
        raise Conflict(known.reference)
    received = _again(sent, known) if known else _take_in(sent)
    db.session.add(
        IntakeReceipt(
            clinic_id=sent.clinic_id,
            organisation_id=sent.organisation_id,
            referral_id=received.referral.id,
            request_id=sent.request_id,
        )
    )
    return received


def _again(sent: Sent, referral: Referral) -> Received:
    """The answer to what came before, by whatever door."""
    return Received(
        referral=referral,
        created=False,
        joined=_is_later(referral),
        elsewhere=_is_elsewhere(referral),
        not_accepted=engine.act_today(sent.suggestion),
        decision=None if _is_elsewhere(referral) else engine.latest(referral.episode_id),
    )


def _take_in(sent: Sent) -> Received:
    """Everything that a new referral brings about, in one transaction."""
    who = filing.person(sent)
    open_already = None if who.new else filing.open_episode(who.patient.id)
    if open_already is not None:
        if found := filing.same_words(sent, open_already):
            return _again(sent, found)
        filing.adopt(sent, open_already)
    referral = filing.referral(sent, open_already or filing.begin(sent, who.patient))
    flags, joined = engine.act_today(sent.suggestion), open_already is not None
    elsewhere = _is_elsewhere(referral)
    decision = arrivals.decide(
        referral,
        joined=joined,
        flags=flags,
        facts=sent.case,
        suggestion=sent.suggestion,
        source="referrer" if sent.origin.replaces_id else "colleague",
        by=sent.by,
    )
    if joined:
        arrivals.look_for_new_fracture(referral, facts=sent.case, by=sent.by)
    arrivals.start_clocks(
        referral,
        flags=flags,
        suggestion=sent.suggestion,
        since=sent.red_flag_since,
        at=sent.at,
        by=sent.by,
    )
    arrivals.ask_what_is_missing(referral, consent=sent.consent, at=sent.at, by=sent.by)
    arrivals.look_for_others(referral, origin=sent.origin, at=sent.at, by=sent.by)
    letters.acknowledge(referral, not_accepted=flags, elsewhere=elsewhere, joined=joined)
    emit("referral_received", referral_id=referral.id)
    return Received(
        referral=referral,
        created=True,
        joined=joined,
        elsewhere=elsewhere,
        not_accepted=flags,
        decision=None if elsewhere else decision,
    )


def _other_documents(known: Referral, sent: Sent) -> bool:
    """Whether other documents come with the same words than came the first time."""
    if sent.documents is None:
        return False
    return {row.digest for row in attachments.of_referral(known.id)} != sent.documents


def _is_later(referral: Referral) -> bool:
    """Whether another referral of the same episode came first."""
    same = Referral.episode_id == referral.episode_id
    return db.session.scalars(select(func.min(Referral.id)).where(same)).one() != referral.id


def _is_elsewhere(referral: Referral) -> bool:
    """Whether the patient came, and is open, through another organisation."""
    return referral.episode.organisation_id != referral.organisation_id
