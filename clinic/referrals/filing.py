"""A referral becomes rows: the person, the episode it opens or joins, the referral and how it came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select

from clinic import audit
from clinic.access import queries as access
from clinic.extensions import db
from clinic.patients import registrations
from clinic.patients import services as patients
from clinic.patients.models import Patient
from clinic.patients.services import Registered
from clinic.referrals import clocks, engine, origins, states
from clinic.referrals.models import Episode, Referral, Source, State
from clinic.referrals.origins import Origin
from clinic.referrals.references import new_reference
from clinic.referrals.rules.decision import Decision as Suggestion
from clinic.referrals.validation import PatientFacts
from clinic.viewer import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What one sender said, validated, with the moment and what the rules suggest."""

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
    origin: Origin
    documents: frozenset[str] | None
    at: datetime
    today: date
    by: Viewer


def same_identifier(sent: Sent) -> Referral | None:
    """What the sender sent before under this identifier."""
    named = {
        "organisation_id": sent.organisation_id,
        "system": sent.sender_system,
        "value": sent.sender_value,
    }
    return db.session.scalars(_SAME_IDENTIFIER, named).first()


_SAME_IDENTIFIER = select(Referral).where(
    Referral.organisation_id.is_not_distinct_from(bindparam("organisation_id")),
    Referral.sender_system == bindparam("system"),
    Referral.sender_value == bindparam("value"),
)


def same_words(sent: Sent, episode: Episode) -> Referral | None:
    """The same content of the same organisation through another door: typed once, sent by its system too."""
    if sent.organisation_id is None:
        return None
    query = select(Referral).where(
        Referral.episode_id == episode.id,
        Referral.organisation_id == sent.organisation_id,
        Referral.content_hash == sent.digest,
        Referral.source != sent.source,
        Referral.withdrawn_at.is_(None),
    )
    return db.session.scalars(query.order_by(Referral.id).limit(1)).first()


def person(sent: Sent) -> Registered:
    """The clinic's patient this is about, with what was agreed and where she is registered."""
    facts = sent.patient
    registered = patients.register(
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
    patient = registered.patient
    if sent.consent is not None:
        patients.consent(patient=patient, kind="referral", given=sent.consent, by=sent.by)
    practice_id, name = _practice(sent), sent.origin.practice_name
    if practice_id or name:
        registrations.register_with(
            patient=patient, organisation_id=practice_id, practice_name=name, by=sent.by
        )
    return registered


def open_episode(patient_id: int) -> Episode | None:
    """The patient's open episode, locked: the first lock of whatever follows."""
    return db.session.scalars(
        select(Episode)
        .where(Episode.patient_id == patient_id, Episode.state != State.ENDED)
        .with_for_update(of=Episode)
    ).first()


def begin(sent: Sent, patient: Patient) -> Episode:
    """A new episode; one who referred herself is rung first (F11)."""
    episode = states.begin(
        by=sent.by,
        next_on=_first_date(sent),
        clinic_id=sent.clinic_id,
        organisation_id=sent.organisation_id,
        patient=patient,
        referred_on=sent.today,
        case=sent.case,
        phase=sent.suggestion.phase.value.value,
        band=sent.suggestion.band.value.value,
    )
    if sent.source is Source.SELF and episode.next_on is not None:
        states.plan_next(episode, by=sent.by, next_on=episode.next_on, next_step="phone_screen")
    return episode


def adopt(sent: Sent, episode: Episode) -> None:
    """She came by herself and now somebody refers her: the referrer may follow from here on."""
    if episode.organisation_id is None and sent.organisation_id is not None:
        episode.organisation_id = sent.organisation_id
        if episode.patient.organisation_id is None:
            episode.patient.organisation_id = sent.organisation_id
        audit.record("episode.adopted", by=sent.by, about=episode, organisation_id=sent.organisation_id)


def referral(sent: Sent, episode: Episode) -> Referral:
    """The referral itself, as it was sent, and the road it came by."""
    row = Referral(
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
    db.session.add(row)
    db.session.flush()
    origins.write(row, sent.origin)
    audit.record("referral.received", by=sent.by, about=row, source=sent.source.value, road=sent.origin.road)
    return row


def _practice(sent: Sent) -> int | None:
    """The registered practice as said; a practice that refers and says nothing means itself."""
    said = sent.origin
    if said.practice_id or said.practice_name or sent.organisation_id is None:
        return said.practice_id
    sender = access.organisation(sent.organisation_id)
    return sender.id if registrations.is_practice(sender) else None


def _first_date(sent: Sent) -> date:
    """The day of the first step: today for an act-today flag, this working day for an open emergency one."""
    if engine.act_today(sent.suggestion):
        return sent.today
    if sent.suggestion.call_today:
        return clocks.end_of_working_day(sent.clinic_id, sent.at).date()
    return clocks.hear_by(sent.clinic_id, sent.today, sent.priority)
