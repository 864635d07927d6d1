"""Letters to the practice: a five-line copy to paste, then the letter; stored as written, never rewritten."""

from __future__ import annotations

from typing import Any

from flask import current_app
from sqlalchemy import select

from clinic import audit
from clinic.access import queries as access
from clinic.extensions import db, now, transaction
from clinic.patients.identity import spaced
from clinic.referrals import engine, phrases
from clinic.referrals.models import Episode, Letter, Referral
from clinic.referrals.rules.flags import BY_ID
from clinic.viewer import Viewer

COPY_LINES = 5


def acknowledge(
    referral: Referral, *, not_accepted: tuple[str, ...], elsewhere: bool, joined: bool
) -> Letter:
    """What the sender hears at once; about a patient open elsewhere, only that the service knows her."""
    kind = "already_known" if elsewhere else "not_accepted" if not_accepted else "acknowledgement"
    flags = [BY_ID[flag] for flag in not_accepted]
    return _write(referral, kind, flags=flags, joined=joined)


@transaction()
def write(*, episode: Episode, kind: str, by: Viewer, **facts: Any) -> list[Letter]:
    """One letter to each organisation that referred this episode here itself; `kind` names the template.

    Kinds: accepted, declined, discharge; `facts` are what the template asks for.
    """
    found = [_write(referral, kind, **facts) for referral in recipients(episode)]
    for letter in found:
        audit.record("letter.written", by=by, about=letter, kind=kind)
    return found


def recipients(episode: Episode) -> list[Referral]:
    """The first live referral of the organisation that holds the episode; a staff entry has none."""
    rows = db.session.scalars(
        select(Referral)
        .where(
            Referral.episode_id == episode.id,
            Referral.organisation_id == episode.organisation_id,
            Referral.withdrawn_at.is_(None),
        )
        .order_by(Referral.id)
        .limit(1)
    )
    return list(rows)


def five_lines(letter: Letter) -> str:
    """The short copy at the head of a letter, to paste into a record."""
    return letter.body.partition("\n\n")[0]


@transaction()
def mark_read(*, letter: Letter, by: Viewer) -> None:
    """The practice opened it; the first time counts."""
    if letter.read_at is None:
        letter.read_at = now()
        audit.record("letter.read", by=by, about=letter)


def _write(referral: Referral, kind: str, **facts: Any) -> Letter:
    clinic = access.clinic(referral.clinic_id)
    decision = engine.latest(referral.episode_id) if kind == "accepted" else None
    body = current_app.jinja_env.get_template(f"referrals/letters/{kind}.txt").render(
        referral=referral,
        person=referral.person,
        nhs_number=spaced(referral.person.get("nhs_number")),
        clinic=clinic,
        today=access.local(clinic.id, now()).date(),
        notes=decision.answer["notes_to_gp"] if decision else (),
        words=phrases,
        **facts,
    )
    letter = Letter(
        clinic_id=referral.clinic_id,
        organisation_id=referral.organisation_id,
        patient_id=referral.patient_id,
        episode_id=referral.episode_id,
        kind=kind,
        body=body.strip() + "\n",
    )
    db.session.add(letter)
    db.session.flush()
    return letter
