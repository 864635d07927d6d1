"""A referral being typed: kept at every step, sent once however often the button is pressed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select

from clinic import audit
from clinic.access import queries as access
from clinic.extensions import db, now, transaction
from clinic.referrals import attachments, clocks, engine, entry, fact_words, form, intake, validation
from clinic.referrals.changes import without_patient
from clinic.referrals.models import Draft, Referral
from clinic.referrals.rules.decision import Decision as Suggestion
from clinic.viewer import Viewer, acting_as, current, system
from clinic.worklist import queries as work
from clinic.worklist import services as worklist
from clinic.worklist.models import Task

KEPT = timedelta(days=30)
WARNED = timedelta(days=23)  # a week before it goes
SENDER_SYSTEMS = {False: "upright:web", True: "upright:desk"}


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft read as a whole: what is wrong by field, and what the rules would suggest if nothing is."""

    read: form.Read
    errors: dict[str, str]
    suggestion: Suggestion | None

    @property
    def act_today(self) -> tuple[str, ...]:
        """Emergency flags answered yes, known before anything else is right."""
        flags = self.read.case["flags"]
        return tuple(
            flag.id for flag in form.FLAGS if flag.id in engine.NOT_ACCEPTED and flags.get(flag.key) is True
        )


@transaction()
def start(*, clinic_id: int, by: Viewer, typed: Mapping[str, Any] | None = None) -> Draft:
    """A new draft of a referrer or of the front desk, with what is known already filled in."""
    user = access.user(by.id or 0)
    known = {"priority": "routine"}
    if by.kind == "referrer":
        known |= {"clinician": user.name, "own_practice": entry.own_practice(by.organisation_id)}
    draft = Draft(
        clinic_id=clinic_id,
        organisation_id=by.organisation_id,
        user_id=user.id,
        typed={**known, **(typed or {})},
    )
    db.session.add(draft)
    audit.record("draft.started", by=by, about=draft)
    return draft


@transaction()
def keep(*, draft: Draft, page: str, typed: Mapping[str, str], by: Viewer) -> Draft:
    """Keep what was typed on a page, right or wrong; an act-today flag starts the hour of F6 at once."""
    kept = {name: typed.get(name, "") for name in form.names_on(page)}
    draft.typed = {**draft.typed, **kept}
    draft.changed_at = now()
    if page == "flags" and (flags := check(draft).act_today):
        _telephone(draft, flags, by)
    return draft


def check(draft: Draft) -> Checked:
    """Read the whole draft through the one validator; a suggestion only when nothing is wrong."""
    today = clocks.today(draft.clinic_id, now())
    by_staff = entry.at_desk(draft)
    found = form.read(draft.typed, today, by_staff=by_staff)
    errors = entry.told(draft, today).errors | found.errors
    if found.consent is None and not by_staff:
        errors["consent"] = "Say whether the patient agrees to this referral"
    suggestion = None
    try:
        _, whole = validation.check(
            patient=found.patient,
            case=found.case,
            priority=found.priority,
            note=found.note,
            clinician=found.clinician,
            today=today,
            by_staff=by_staff,
        )
        suggestion = engine.suggestion(draft.clinic_id, whole, today)
    except validation.NotValid as wrong:
        for problem in wrong.problems:
            errors.setdefault(form.field_of(problem.path), _sentence(problem))
    return Checked(found, errors, None if errors else suggestion)


def errors_on(draft: Draft, page: str) -> dict[str, str]:
    """What is wrong on one page, in the order of its fields."""
    errors = check(draft).errors
    return {name: errors[name] for name in form.EVERY_PAGE[page] if name in errors}


@transaction()
def send(*, draft: Draft, by: Viewer) -> Referral | None:
    """Send once: the draft's token is the sender's identifier, so two clicks are one referral.

    None when something is still wrong; then nothing was sent and everything typed is kept.
    """
    db.session.refresh(draft, with_for_update=True)
    if draft.referral_id is not None:
        return db.session.scalars(
            select(Referral).where(Referral.id == draft.referral_id).options(*without_patient())
        ).one()
    checked = check(draft)
    if checked.errors:
        return None
    call = _open_call(draft)
    found = checked.read
    told = entry.told(draft, clocks.today(draft.clinic_id, now()))
    received = intake.receive(
        clinic_id=draft.clinic_id,
        organisation_id=told.organisation_id,
        source=told.source,
        sender_system=SENDER_SYSTEMS[entry.at_desk(draft)],
        sender_value=draft.token,
        patient=found.patient,
        case=found.case,
        priority=found.priority,
        note=found.note,
        clinician=found.clinician,
        typed_by=access.user(draft.user_id).name,
        consent=found.consent,
        origin=told.origin,
        red_flag_since=call.raised_at if call else None,
        by=by,
    )
    if call:  # the referral's own call now runs, from the same moment
        with acting_as(system("draft sent", draft.clinic_id)):
            worklist.close(work=call, outcome="referral_sent", by=by)
    attachments.send(draft=draft, referral=received.referral, by=by)
    draft.referral_id = received.referral.id
    return received.referral


def unsent() -> list[Draft]:
    """The viewer's own drafts, newest first."""
    return _mine(Draft.referral_id.is_(None))


def ending(unsent: Iterable[Draft]) -> dict[int, date]:
    """Those that go within a week, with the clinic's date on which they go."""
    moment = now()
    return {
        draft.id: clocks.today(draft.clinic_id, draft.changed_at + KEPT)
        for draft in unsent
        if draft.changed_at <= moment - WARNED
    }


def mine(draft_id: int) -> Draft | None:
    """One of the viewer's own drafts; sent ones too."""
    return next(iter(_mine(Draft.id == draft_id)), None)


@transaction()
def remove(*, draft: Draft, by: Viewer) -> None:
    """The referrer does not want it any more; a call about a red flag stays open."""
    if draft.referral_id is None:
        audit.record("draft.removed", by=by, about=draft)
        db.session.delete(draft)


@transaction()
def remove_old(*, by: Viewer) -> int:
    """Unsent drafts nobody has touched for 30 days; how many there were."""
    old = delete(Draft).where(Draft.referral_id.is_(None), Draft.changed_at < now() - KEPT)
    return db.session.execute(old).rowcount  # type: ignore[attr-defined]


def _mine(*where: Any) -> list[Draft]:
    query = select(Draft).where(Draft.user_id == current().id, *where).order_by(Draft.changed_at.desc())
    return list(db.session.scalars(query))


def _telephone(draft: Draft, flags: tuple[str, ...], by: Viewer) -> None:
    """The service rings the practice within the hour, even if the form is never finished (F6)."""
    user = access.user(draft.user_id)
    organisation = access.organisation(draft.organisation_id) if draft.organisation_id else None
    worklist.open_task(
        kind="telephone_practice",
        patient_id=None,
        cause_kind="drafts",
        cause_id=draft.id,
        clinic_id=draft.clinic_id,
        organisation_id=draft.organisation_id,
        due_at=now() + clocks.RED_FLAG_CALL,
        note=f"{', '.join(flags)} answered yes on a referral being typed by {user.name}"
        + (f", {organisation.name}" if organisation else ""),
        by=by,
    )


def _open_call(draft: Draft) -> Task | None:
    with acting_as(system("draft call", draft.clinic_id)):
        calls = work.open_work(Task)
        return next((c for c in calls if (c.cause_kind, c.cause_id) == ("drafts", draft.id)), None)


def _sentence(problem: validation.Problem) -> str:
    """The validator's words as a sentence beside a field and in the summary, which has to name the fact."""
    text = problem.text
    if problem.path in fact_words.LABELS and text.startswith(("must ", "is ")):
        return f"{fact_words.label(problem.path).partition(',')[0]}: {text}"
    return text[:1].upper() + text[1:]
