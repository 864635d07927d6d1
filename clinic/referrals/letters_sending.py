"""How a letter reaches a practice: by the portal with a notice, by its folder, or by post. Never lost."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import bindparam, exists, select

from clinic import audit
from clinic.access import queries as access
from clinic.access.models import ApiClient, Organisation, User
from clinic.columns import config
from clinic.extensions import db, now, transaction
from clinic.notifications import outbox
from clinic.referrals import clocks, letters_words
from clinic.referrals.models import Letter
from clinic.referrals.paper import LetterDelivery, LetterRoute, LetterStep, Route, Step
from clinic.referrals.references import content_digest
from clinic.viewer import Viewer, acting_as, system
from clinic.worklist import services as worklist
from clinic.worklist.models import Task, WorkState

POST_WITHIN = 2  # working days
NOTICE_LIVES, ONE_DAY = timedelta(days=3), timedelta(days=1)
MOST_READERS = 5
POST, CHASE = "post_letter", "letter_unread"  # kinds of task, for a person


def begin(letter: Letter, *, about: str, addressee: str | None, template: str) -> LetterDelivery:
    """Put a letter on its way, in the transaction that writes it."""
    route = route_of(letter.clinic_id, letter.organisation_id)
    row = LetterDelivery(
        clinic_id=letter.clinic_id,
        organisation_id=letter.organisation_id,
        letter=letter,
        patient_id=letter.patient_id,
        route=route,
        addressee=addressee,
        about=about,
        template=template,
        digest=content_digest(letter.body),
        next_try_at=now() if route is Route.FILE_DROP else None,
    )
    db.session.add(row)
    if route is Route.POST:
        db.session.flush()
        ask_to_post(row, by=system("letters", letter.clinic_id))
    elif route is Route.PORTAL and letter.kind in letters_words.NEWS:
        db.session.flush()
        _notice(row)
    return row


def route_of(clinic_id: int, organisation_id: int | None) -> Route:
    """What the practice chose; else the portal where anybody or any system can sign in, else the post."""
    if organisation_id is None:
        return Route.POST
    asked = {"clinic": clinic_id, "practice": organisation_id}
    with acting_as(system("letters", clinic_id)):
        wanted, account = db.session.execute(_ROUTE, asked).one()
    return Route(wanted) if wanted else Route.PORTAL if account else Route.POST


_CHOSEN = select(LetterRoute.route).where(
    LetterRoute.clinic_id == bindparam("clinic"), LetterRoute.organisation_id == bindparam("practice")
)
_PERSON = exists().where(User.organisation_id == bindparam("practice"), User.active)
_MACHINE = exists().where(ApiClient.organisation_id == bindparam("practice"), ApiClient.revoked_at.is_(None))
_ROUTE = select(_CHOSEN.scalar_subquery(), _PERSON | _MACHINE)


@transaction()
def choose_route(*, clinic_id: int, organisation_id: int, route: Route, by: Viewer) -> LetterRoute:
    """From now on; letters on their way keep theirs."""
    same = LetterRoute.clinic_id == clinic_id, LetterRoute.organisation_id == organisation_id
    row = db.session.scalars(select(LetterRoute).where(*same).with_for_update()).first()
    row = row or LetterRoute(clinic_id=clinic_id, organisation_id=organisation_id)
    row.route, row.changed_at = route, now()
    db.session.add(row)
    audit.record("letters.route_chosen", by=by, about=row, organisation_id=organisation_id, route=route.value)
    return row


@transaction()
def step(row: LetterDelivery, what: Step, *, by: Viewer, reason: str | None = None) -> LetterStep:
    """Write down a step; one that brings a letter to the practice ends its way, and what was asked for it."""
    with acting_as(system("letters", row.clinic_id)):
        found = LetterStep(
            clinic_id=row.clinic_id,
            organisation_id=row.organisation_id,
            letter_id=row.letter_id,
            patient_id=row.patient_id,
            step=what,
            user_id=by.id if by.kind in ("staff", "referrer") else None,
            client_id=by.id if by.kind == "client" else None,
            reason=reason,
        )
        db.session.add(found)
        audit.record(f"letter.{what.value}", by=by, about=row.letter)
        if what in ARRIVED and row.arrived_at is None:
            row.arrived_at, row.next_try_at = now(), None
            _close_work(row, outcome=what.value, by=by)
    return found


ARRIVED = (Step.OPENED, Step.DOWNLOADED, Step.COLLECTED, Step.DROPPED, Step.POSTED, Step.TOLD)


def ask_to_post(row: LetterDelivery, *, by: Viewer, kind: str = POST) -> None:
    """A person prints and posts it, or rings; asked once while open."""
    day = clocks.working_days_later(row.clinic_id, clocks.today(row.clinic_id, now()), POST_WITHIN)
    noon = datetime.combine(day, time(12), tzinfo=access.zone_of(row.clinic_id))
    worklist.open_task(
        kind=kind,
        patient_id=row.letter.patient_id,
        cause_kind="letters",
        cause_id=row.letter.id,
        clinic_id=row.clinic_id,
        organisation_id=row.organisation_id,
        due_at=clocks.end_of_working_day(row.clinic_id, noon),
        note=f"{letters_words.title(row.letter.kind)}, {row.about}, to {practice_name(row)}",
        by=by,
    )
    row.chased_at = now()


def practice_name(row: LetterDelivery) -> str:
    """Who it goes to, as printed."""
    if row.organisation_id is not None:
        return access.organisation(row.organisation_id).name
    return row.addressee or ""


def _close_work(row: LetterDelivery, *, outcome: str, by: Viewer) -> None:
    mine = Task.cause_kind == "letters", Task.cause_id == row.letter_id, Task.state == WorkState.OPEN
    for task in db.session.scalars(select(Task).where(*mine)):
        worklist.close(work=task, outcome=outcome, by=by)


def _notice(row: LetterDelivery) -> None:
    """An e-mail that a letter waits, without a word about whom; none while an earlier one still waits."""
    assert row.organisation_id is not None
    clinic, at = access.clinic(row.clinic_id), now()
    practice = db.session.get_one(Organisation, row.organisation_id)
    if _told_already(row, at):
        return
    for kind, recipient_id in readers_of(practice):
        outbox.plan_one(
            patient=None,
            clinic_id=clinic.id,
            recipient_kind=kind,
            recipient_id=recipient_id,
            channel="email",
            text="letter_waiting",
            purpose="invitation",
            cause_kind="letters",
            cause_id=row.letter.id,
            rule="letter_waiting",
            due_at=at,
            expires_at=at + NOTICE_LIVES,
            facts={"practice": practice.name, "link": f"{config().public_base_url.rstrip('/')}/letters"},
            now=at,
        )


def _told_already(row: LetterDelivery, at: datetime) -> bool:
    """Whether another letter, announced in the last day, has not been opened yet."""
    other = (
        select(LetterDelivery.id)
        .join(Letter, Letter.id == LetterDelivery.letter_id)
        .where(
            LetterDelivery.id != row.id,
            LetterDelivery.organisation_id == row.organisation_id,
            LetterDelivery.route == Route.PORTAL,
            LetterDelivery.arrived_at.is_(None),
            Letter.kind.in_(letters_words.NEWS),
            Letter.written_at > at - ONE_DAY,
        )
    )
    return db.session.scalar(other.limit(1)) is not None


def readers_of(practice: Organisation) -> list[tuple[str, int]]:
    """Whom an e-mail to a practice reaches: its mailbox, else those who sign in for it."""
    if practice.email:
        return [("practice", practice.id)]
    found = select(User.id).where(User.organisation_id == practice.id, User.active).order_by(User.id)
    return [("user", user_id) for user_id in db.session.scalars(found.limit(MOST_READERS))]
