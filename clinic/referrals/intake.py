"""The one door for referrals: form, front desk and FHIR. What is received is never lost and never doubled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from clinic import audit
from clinic.extensions import db, emit, now, transaction
from clinic.patients import services as patients
from clinic.patients.models import Patient
from clinic.referrals import arrivals, clocks, engine, letters, states, validation
from clinic.referrals.models import Decision, Episode, IntakeReceipt, Referral, Source, State
from clinic.referrals.references import content_digest, new_reference
from clinic.referrals.rules.decision import Decision as Suggestion
from clinic.referrals.validation import PatientFacts
from clinic.viewer import Viewer, acting_as, system

TRIES = 4  # two senders of one patient at once: the later one finds what the earlier one made


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    clinic_id: int
    organisation_id: int | None
    source: Source
    sender_system: str
    sender_value: str
    patient: PatientFacts
    case: dict[str, Any]
    priority: str
    note: str | None
    clinician: str | None
    typed_by: str | None
    raw: str | None
    request_id: str | None
    digest: str
    suggestion: Suggestion
    red_flag_since: datetime
    consent: bool | None
    at: datetime
    today: date
    by: Viewer


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
) -> Received:
    """Store a referral once per (organisation, sender_system, sender_value), whoever asks how often.

    The same content again answers as the first time; other content raises Conflict. One open episode a
    patient: a second referral joins it. Every answer leaves an intake receipt. `red_flag_since` is when the
    sender first told of a red flag: the hour of F6 runs from then. Raises validation.NotValid.
    """
    at = now()
    today = clocks.today(clinic_id, at)
    plain, whole = validation.check(
        patient=patient, case=case, priority=priority, note=note, clinician=clinician, today=today
    )
    sent = _Sent(
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
def _receive(sent: _Sent) -> Received:
    known = _same(sent)
    if known is not None and known.content_hash != sent.digest:
        raise Conflict(known.reference)
    referral = known or _take_in(sent)
    db.session.add(
        IntakeReceipt(
            clinic_id=sent.clinic_id,
            organisation_id=sent.organisation_id,
            referral_id=referral.id,
            request_id=sent.request_id,
        )
    )
    elsewhere = _is_elsewhere(referral)
    return Received(
        referral=referral,
        created=known is None,
        joined=_is_later(referral),
        elsewhere=elsewhere,
        not_accepted=engine.act_today(sent.suggestion),
        decision=None if elsewhere else engine.latest(referral.episode_id),
    )


def _take_in(sent: _Sent) -> Referral:
    """Everything that a new referral brings about, in one transaction."""
    patient = _patient(sent)
    open_already = _open_episode(patient.id)
    referral = _referral(sent, open_already or _begin(sent, patient))
    flags, joined = engine.act_today(sent.suggestion), open_already is not None
    arrivals.decide(referral, joined=joined, flags=flags, facts=sent.case, by=sent.by)
    arrivals.start_clocks(
        referral,
        flags=flags,
        suggestion=sent.suggestion,
        since=sent.red_flag_since,
        at=sent.at,
        by=sent.by,
    )
    letters.acknowledge(referral, not_accepted=flags, elsewhere=_is_elsewhere(referral), joined=joined)
    emit("referral_received", referral_id=referral.id)
    return referral


def _same(sent: _Sent) -> Referral | None:
    return db.session.scalars(
        select(Referral).where(
            Referral.organisation_id.is_not_distinct_from(sent.organisation_id),
            Referral.sender_system == sent.sender_system,
            Referral.sender_value == sent.sender_value,
        )
    ).first()


def _patient(sent: _Sent) -> Patient:
    facts = sent.patient
    patient = patients.register(
        clinic_id=sent.clinic_id,
        organisation_id=sent.organisation_id,
        given_name=facts.given_name,
        family_name=facts.family_name,
        birth_date=date.fromisoformat(facts.birth_date),
        sex=facts.sex,
        nhs_number=facts.nhs_number,
        no_nhs_number_reason=facts.no_nhs_number_reason,
        mobile=facts.mobile,
        landline=facts.landline,
        address=facts.address,
        postcode=facts.postcode,
        carer=facts.carer,
        by=sent.by,
    )
    if sent.consent is not None:
        patients.consent(patient=patient, kind="referral", given=sent.consent, by=sent.by)
    return patient


def _open_episode(patient_id: int) -> Episode | None:
    return db.session.scalars(
        select(Episode)
        .where(Episode.patient_id == patient_id, Episode.state != State.ENDED)
        .with_for_update(of=Episode)
    ).first()


def _begin(sent: _Sent, patient: Patient) -> Episode:
    return states.begin(
        by=sent.by,
        next_on=_first_date(sent),
        clinic_id=sent.clinic_id,
        organisation_id=sent.organisation_id,
        patient=patient,
        referred_on=sent.today,
        case=sent.case,
    )


def _first_date(sent: _Sent) -> date:
    """The day of the first step: today for an act-today flag, this working day for an open emergency one."""
    if engine.act_today(sent.suggestion):
        return sent.today
    if sent.suggestion.call_today:
        return clocks.end_of_working_day(sent.clinic_id, sent.at).date()
    return clocks.hear_by(sent.clinic_id, sent.today, sent.priority)


def _referral(sent: _Sent, episode: Episode) -> Referral:
    referral = Referral(
        clinic_id=sent.clinic_id,
        organisation_id=sent.organisation_id,
        reference=new_reference(),
        patient=episode.patient,
        episode=episode,
        source=sent.source,
        priority=sent.priority,
        received_at=sent.at,
        hear_by=clocks.hear_by(sent.clinic_id, sent.today, sent.priority),
        user_id=sent.by.id if sent.by.kind in ("referrer", "staff") else None,
        client_id=sent.by.id if sent.by.kind == "client" else None,
        clinician=sent.clinician,
        typed_by=sent.typed_by,
        sender_system=sent.sender_system,
        sender_value=sent.sender_value,
        content_hash=sent.digest,
        case=sent.case,
        person=sent.patient.to_json(),
        note=sent.note,
        raw=sent.raw,
    )
    db.session.add(referral)
    db.session.flush()
    audit.record("referral.received", by=sent.by, about=referral, source=sent.source.value)
    return referral


def _is_later(referral: Referral) -> bool:
    """Whether another referral of the same episode came first."""
    same = Referral.episode_id == referral.episode_id
    return db.session.scalars(select(func.min(Referral.id)).where(same)).one() != referral.id


def _is_elsewhere(referral: Referral) -> bool:
    """Whether the patient came, and is open, through another organisation."""
    return referral.episode.organisation_id != referral.organisation_id
