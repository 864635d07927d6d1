"""What a referrer may still do after sending: answer, withdraw, tell us that something changed (F4)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from clinic import audit
from clinic.extensions import db, now, transaction
from clinic.patients import registrations
from clinic.patients import services as patients
from clinic.referrals import answers, clocks, phrases, webhooks
from clinic.referrals.models import EndReason, Episode, Referral, State
from clinic.referrals.problems import Incomplete
from clinic.referrals.rules import merging
from clinic.referrals.states import CannotMove, locked, move
from clinic.referrals.suspension import suspend
from clinic.viewer import Viewer, acting_as, system
from clinic.worklist import services as worklist

SUSPENDING = ("new_fracture", "admission", "death")  # stops class and prompts at once; a person lifts it
SITES = ("vertebral", "hip", "wrist", "other", "unknown")


@transaction()
def withdraw(*, referral_id: int, reason: str, by: Viewer) -> Referral:
    """Take a referral back; the episode ends when no other live referral holds it, and its seats come free.

    A patient who has heard from us already is rung. Twice is once. Raises Incomplete without a reason.
    """
    referral = mine(referral_id)
    if referral.withdrawn_at is not None:
        return referral
    if not reason.strip():
        raise Incomplete("reason", "Say why you withdraw it")
    with acting_as(system("withdraw", referral.clinic_id)):
        episode = locked(referral.episode_id)
        referral.withdrawn_at = now()
        referral.version += 1
        audit.record("referral.withdrawn", by=by, about=referral)
        if episode.state is not State.ENDED and not _others(referral):
            if episode.state is not State.BEING_DECIDED:
                _call(referral, kind="tell_withdrawn", by=by)
            move(
                episode,
                State.ENDED,
                by=by,
                note=reason.strip(),
                ended_reason=EndReason.WITHDRAWN,
            )
        db.session.flush()
        webhooks.withdrawn(referral)
    return referral


@transaction()
def answer_question(*, referral_id: int, text: str, by: Viewer) -> Referral:
    """The practice answers what we asked; the service's clock runs again. Raises Incomplete, CannotMove."""
    referral = mine(referral_id)
    if not text.strip():
        raise Incomplete("text", "Write your answer")
    with acting_as(system("answer", referral.clinic_id)):
        episode = locked(referral.episode_id)
        if episode.state is not State.WITH_REFERRER or _is_elsewhere(referral, episode):
            raise CannotMove("No question is open on this referral.")
        today = clocks.today(episode.clinic_id, now())
        next_on = clocks.hear_by(episode.clinic_id, today, referral.priority)
        move(episode, State.BEING_DECIDED, by=by, reason="answered", note=text.strip(), next_on=next_on)
    return referral


@transaction()
def tell_change(
    *,
    referral_id: int,
    kind: str,
    on: date | None,
    detail: str,
    by: Viewer,
    site: str | None = None,
    facts: dict[str, Any] | None = None,
) -> Referral:
    """Something changed: the rules run again and an alert is raised; a new fracture suspends at once (F4).

    `kind` is one of phrases.CHANGE; `on` a clinic date, unknown counts as today; `site` of a new fracture:
    vertebral or unknown starts the phases anew, another site leaves the anchor to a physiotherapist (A5).
    Raises Incomplete, CannotMove for an ended episode.
    """
    return _told(mine(referral_id), kind=kind, on=on, detail=detail, by=by, site=site, facts=facts)


@transaction()
def tell_change_of_registered(
    *, registration_id: str, kind: str, on: date | None, detail: str, by: Viewer, site: str | None = None
) -> Referral:
    """The same from the registered practice, of an episode that somebody else referred (F4).

    `registration_id` is the public one. Raises Incomplete, CannotMove when nothing is open.
    """
    home = registrations.mine(registration_id)
    with acting_as(system("tell change", home.clinic_id if home else 0)):
        found = _first_of_open(home.patient_id) if home and registrations.may_see(home.patient_id) else None
    if found is None:
        raise CannotMove("Nothing is open for this patient any more.")
    return _told(found, kind=kind, on=on, detail=detail, by=by, site=site)


def _told(
    referral: Referral,
    *,
    kind: str,
    on: date | None,
    detail: str,
    by: Viewer,
    site: str | None,
    facts: dict[str, Any] | None = None,
) -> Referral:
    today = clocks.today(referral.clinic_id, now())
    if kind not in phrases.CHANGE:
        raise Incomplete("kind", "Choose what changed")
    if on is not None and on > today:
        raise Incomplete("on", "The date is in the future")
    with acting_as(system("tell change", referral.clinic_id)):
        episode = locked(referral.episode_id)
        if episode.state is State.ENDED:
            raise CannotMove("This referral has ended; send a new one.")
        if kind in SUSPENDING:
            suspend(episode, reason=kind, by=by, note=detail.strip() or None)
        new = {**_facts_of(kind, on or today, site, episode), **(facts or {})}
        _anchor(episode, kind, on or today, site)
        answers.rerun(episode_id=episode.id, facts=new, source="referrer", answered_on=today, by=by)
        _alert(referral, kind=kind, detail=detail, by=by)
        audit.record("referral.changed", by=by, about=referral, kind=kind, site=site)
        if kind == "death":
            patients.record_death(patient=episode.patient, on=on or today, source="referrer", by=by)
    return referral


def mine(referral_id: int) -> Referral:
    """A referral the viewer may see, without the patient's row, which another organisation may hold."""
    return db.session.scalars(
        select(Referral).where(Referral.id == referral_id).options(*without_patient())
    ).one()


def without_patient() -> tuple[Any, ...]:
    """Loader options: a referral alone, since its episode and patient may stand behind the wall."""
    return (lazyload(Referral.patient), lazyload(Referral.episode))


def _first_of_open(patient_id: int) -> Referral | None:
    query = (
        select(Referral)
        .join(Episode, Episode.id == Referral.episode_id)
        .where(Referral.patient_id == patient_id, Episode.state != State.ENDED)
    )
    return db.session.scalars(query.order_by(Referral.id).limit(1)).first()


def _others(referral: Referral) -> bool:
    """Whether another live referral still holds the episode."""
    query = select(Referral.id).where(
        Referral.episode_id == referral.episode_id,
        Referral.id != referral.id,
        Referral.withdrawn_at.is_(None),
    )
    return db.session.scalars(query.limit(1)).first() is not None


def _is_elsewhere(referral: Referral, episode: Episode) -> bool:
    return referral.organisation_id != episode.organisation_id


def _facts_of(kind: str, on: date, site: str | None, episode: Episode) -> dict[str, Any]:
    """The case facts a change speaks of by itself."""
    if kind == "fall":
        return {"falls.count_12m": (merging.at(episode.case, "falls.count_12m") or 0) + 1}
    if kind == "new_fracture" and site not in ("hip", "wrist", "other"):
        return {"fracture.date": on.isoformat(), "fracture.healed_on_imaging": False}
    return {}


def _anchor(episode: Episode, kind: str, on: date, site: str | None) -> None:
    """A new vertebral fracture is a new anchor: what was said of the old one's dating no longer holds."""
    if kind == "new_fracture" and site not in ("hip", "wrist", "other"):
        fracture = _section(episode, "fracture")
        for gone in ("dated_by", "incidental", "cement", "cement_procedure_on"):
            fracture.pop(gone, None)
        fracture |= {"site": "vertebral", "incidental": False, "dated_by": "referrer"}
        fracture["reported_on"] = clocks.today(episode.clinic_id, now()).isoformat()
        progress = {key: value for key, value in _section(episode, "progress").items() if key == "taught"}
        episode.case = {**episode.case, "fracture": fracture, "progress": progress}
        db.session.flush()


def _section(episode: Episode, name: str) -> dict[str, Any]:
    """A copy of one part of the case; empty when it is not known."""
    known = episode.case.get(name)
    return dict(known) if isinstance(known, dict) else {}


def _alert(referral: Referral, *, kind: str, detail: str, by: Viewer) -> None:
    worklist.raise_alert(
        kind=f"told_{kind}",
        patient_id=referral.patient_id,
        cause_kind="referrals",
        cause_id=referral.id,
        clinic_id=referral.clinic_id,
        organisation_id=referral.organisation_id,
        due_at=clocks.end_of_working_day(referral.clinic_id, now()),
        note=f"{phrases.CHANGE[kind]}. {detail.strip()}",
        by=by,
    )


def _call(referral: Referral, *, kind: str, by: Viewer) -> None:
    worklist.add_call(
        kind=kind,
        patient_id=referral.patient_id,
        cause_kind="referrals",
        cause_id=referral.id,
        clinic_id=referral.clinic_id,
        organisation_id=referral.organisation_id,
        due_at=clocks.end_of_working_day(referral.clinic_id, now()),
        note=f"{referral.reference} was withdrawn by the practice: tell the patient",
        by=by,
    )
