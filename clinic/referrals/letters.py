"""Letters to practices: a five-line copy to paste, then the letter; stored as sent, never rewritten."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import select

from clinic import audit
from clinic.access import queries as access
from clinic.columns import config
from clinic.extensions import db, now, transaction
from clinic.patients import queries as patients
from clinic.patients import registrations
from clinic.patients.identity import spaced
from clinic.referrals import engine, letters_sending, letters_words, phrases
from clinic.referrals.changes import without_patient
from clinic.referrals.models import Episode, Letter, Referral
from clinic.referrals.rules.flags import BY_ID
from clinic.viewer import Viewer, acting_as, system

COPY_LINES = 5
AT_ONCE = ("acknowledgement", "already_known", "not_accepted")  # each answers the one referral it is about


@dataclass(frozen=True, slots=True)
class Recipient:
    """One practice a letter goes to, and the referral it answers; one not linked to us has a name only."""

    referral: Referral
    organisation_id: int | None
    name: str | None = None


@transaction(joins=True)
def acknowledge(
    referral: Referral, *, not_accepted: tuple[str, ...], elsewhere: bool, joined: bool
) -> Letter | None:
    """What the sender hears at once; about a patient open elsewhere, only that the service knows her.

    The registered practice hears of a referral that another organisation made. None when nobody of ours sent
    it and no practice is known.
    """
    kind = "already_known" if elsewhere else "not_accepted" if not_accepted else "acknowledgement"
    flags = [BY_ID[flag] for flag in not_accepted]
    found = [Recipient(referral, referral.organisation_id)] if referral.organisation_id else []
    if not elsewhere and not joined:
        found += _practice(referral, besides=referral.organisation_id)
    written = [_write(to, kind, flags=flags, joined=joined) for to in found]
    return written[0] if written else None


@transaction()
def write(*, episode: Episode, kind: str, by: Viewer, **facts: Any) -> list[Letter]:
    """One letter to the organisation that referred this episode, one to the registered practice if another.

    Kinds: accepted, declined, did_not_attend, discharge; `facts` are what the template asks for.
    """
    with acting_as(system("letters", episode.clinic_id)):
        found = [_write(to, kind, **facts) for to in recipients(episode)]
        for letter in found:
            audit.record("letter.written", by=by, about=letter, kind=kind)
    return found


def to_patient(*, episode: Episode, kind: str, **facts: Any) -> Letter | None:
    """A letter to the patient at home, by post, once for an episode; None when it has been written before."""
    with acting_as(system("letters", episode.clinic_id)) as by:
        about = select(Referral).where(Referral.episode_id == episode.id).order_by(Referral.id)
        referral = db.session.scalars(about.limit(1)).first()
        before = select(Letter.id).where(Letter.episode_id == episode.id, Letter.kind == kind)
        if referral is None or db.session.scalars(before.limit(1)).first() is not None:
            return None
        patient = patients.patient(episode.patient_id)
        home = ", ".join(filter(None, (patient.full_name, patient.address, patient.postcode)))
        letter = _write(Recipient(referral, None, home), kind, patient=patient, **facts)
        audit.record("letter.written", by=by, about=letter, kind=kind)
        return letter


def recipients(episode: Episode) -> list[Recipient]:
    """Who hears of this episode: its organisation through its first live referral, and the practice (F11).

    Nobody when staff entered it and no practice is known; a practice the patient will not share with is left
    out.
    """
    live = list(
        db.session.scalars(
            select(Referral)
            .where(Referral.episode_id == episode.id, Referral.withdrawn_at.is_(None))
            .order_by(Referral.id)
            .options(*without_patient())
        )
    )
    own = next((r for r in live if r.organisation_id == episode.organisation_id), None)
    found = [Recipient(own, own.organisation_id)] if own is not None and own.organisation_id else []
    if live:
        besides = found[0].organisation_id if found else None
        found += _practice(own or live[0], besides=besides)
    return found


def five_lines(letter: Letter) -> str:
    """The short copy at the head of a letter, to paste into a record."""
    return letter.body.partition("\n\n")[0]


def _practice(referral: Referral, *, besides: int | None) -> list[Recipient]:
    """The registered practice, when it is not the organisation that has its own letter already."""
    with acting_as(system("letters", referral.clinic_id)):
        home = registrations.practice_of(referral.patient_id)
        if home is None or (home.organisation_id or 0) == besides:
            return []
        if not registrations.may_see(referral.patient_id):
            return []
    return [Recipient(referral, home.organisation_id, home.practice_name)]


def _write(to: Recipient, kind: str, **facts: Any) -> Letter:
    referral, clinic = to.referral, access.clinic(to.referral.clinic_id)
    decision = engine.latest(referral.episode_id) if kind == "accepted" else None
    body = current_app.jinja_env.get_template(f"referrals/letters/{kind}.txt").render(
        referral=referral,
        person=referral.person,
        nhs_number=spaced(referral.person.get("nhs_number")),
        clinic=clinic,
        today=access.local(clinic.id, now()).date(),
        notes=decision.answer["notes_to_gp"] if decision else (),
        words=phrases,
        sender=clinic.sender or config().twilio_from,
        copied=to.organisation_id != referral.organisation_id or to.name is not None,
        referred_by=_referrer(referral),
        also=() if kind in AT_ONCE else _joined(to),
        **facts,
    )
    letter = Letter(
        clinic_id=referral.clinic_id,
        organisation_id=to.organisation_id,
        patient_id=referral.patient_id,
        episode_id=referral.episode_id,
        kind=kind,
        body=re.sub(r"\n{3,}", "\n\n", body.strip()) + "\n",
        written_at=now(),
    )
    db.session.add(letter)
    letters_sending.begin(
        letter, about=referral.reference, addressee=to.name, template=letters_words.version(kind)
    )
    return letter


def _joined(to: Recipient) -> list[str]:
    """The references of later referrals of the same practice, such as a locum's: one letter answers all."""
    if to.organisation_id is None:
        return []
    others = select(Referral.reference).where(
        Referral.episode_id == to.referral.episode_id,
        Referral.organisation_id == to.organisation_id,
        Referral.id != to.referral.id,
        Referral.withdrawn_at.is_(None),
    )
    with acting_as(system("letters", to.referral.clinic_id)):
        return list(db.session.scalars(others.order_by(Referral.id)))


def _referrer(referral: Referral) -> str | None:
    return access.organisation(referral.organisation_id).name if referral.organisation_id else None
