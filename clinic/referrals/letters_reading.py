"""Who reads a letter: opening it is reading it, and each opening is written down."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import and_, or_, select

from clinic import audit
from clinic.access import queries as access
from clinic.extensions import db, now, transaction
from clinic.referrals import letters_prints, letters_sending, letters_words
from clinic.referrals.models import Letter
from clinic.referrals.paper import LetterDelivery, LetterStep, Route, Step
from clinic.viewer import Kind, Viewer

LISTED = 100  # of a page
NUMBER = re.compile(r"\b(\d{3}) (\d{3}) (\d{4})\b")  # an NHS number is not broken over two lines


def letter_by_id(letter_id: int) -> Letter | None:
    """A letter by its number, as far as the viewer sees."""
    return db.session.scalars(select(Letter).where(Letter.id == letter_id)).first()


def way_of(letter: Letter) -> LetterDelivery | None:
    """How a letter travels, as far as the viewer sees; letters from before there were ways have none."""
    return db.session.scalars(select(LetterDelivery).where(LetterDelivery.letter_id == letter.id)).first()


def steps_of(letter: Letter) -> list[LetterStep]:
    """What happened to it, first to last."""
    query = select(LetterStep).where(LetterStep.letter_id == letter.id).order_by(LetterStep.id)
    return list(db.session.scalars(query))


def readers(letter: Letter) -> list[tuple[LetterStep, str]]:
    """Its steps, each with the name of who took it; a system or the service itself has a word."""
    found = []
    for step in steps_of(letter):
        name = (
            access.user(step.user_id).name
            if step.user_id
            else "their system"
            if step.client_id
            else "the service"
        )
        found.append((step, name))
    return found


def unopened() -> list[Letter]:
    """News to the viewer's organisation that nobody there has opened, oldest first: all of it."""
    query = select(Letter).where(Letter.read_at.is_(None), Letter.kind.in_(letters_words.NEWS))
    return list(db.session.scalars(query.order_by(Letter.written_at, Letter.id)))


def earlier(before: int | None = None, *, limit: int = LISTED) -> tuple[list[Letter], int | None]:
    """A page of the other letters, newest first, and where the next one begins; None on the last."""
    query = select(Letter).where(Letter.read_at.is_not(None) | Letter.kind.not_in(letters_words.NEWS))
    if before is not None:
        last = select(Letter.written_at).where(Letter.id == before).scalar_subquery()
        same = and_(Letter.written_at == last, Letter.id < before)
        query = query.where(or_(Letter.written_at < last, same))
    newest = (Letter.written_at.desc(), Letter.id.desc())
    rows = list(db.session.scalars(query.order_by(*newest).limit(limit + 1)))
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


def on_the_way() -> list[LetterDelivery]:
    """Every letter of the viewer's clinic that no practice has yet, oldest first; news only, or post."""
    query = (
        select(LetterDelivery)
        .join(LetterDelivery.letter)
        .where(
            LetterDelivery.arrived_at.is_(None),
            Letter.kind.in_(letters_words.NEWS) | (LetterDelivery.route != Route.PORTAL),
        )
        .order_by(LetterDelivery.id)
    )
    return list(db.session.scalars(query))


def about_whom(letter: Letter) -> str:
    """The line of the five that names the patient, as far as its own letter tells an organisation."""
    lines = letter.body.splitlines()
    return NUMBER.sub("\\1\u00a0\\2\u00a0\\3", lines[1]) if len(lines) > 1 else ""


@transaction()
def opened(*, letter: Letter, by: Viewer, how: Step = Step.OPENED) -> None:
    """The practice opened, downloaded or collected it: an audit row each time, a step the first time.

    Our own staff's looking is in the audit alone.
    """
    if by.kind is Kind.STAFF:
        audit.record("letter.seen_by_staff", by=by, about=letter, patient_id=letter.patient_id)
        return
    if letter.read_at is None and how is not Step.COLLECTED:
        letter.read_at = now()
    way = way_of(letter)
    if way is None or _again(letter, how, by):
        audit.record(f"letter.{how.value}", by=by, about=letter)
    else:
        letters_sending.step(way, how, by=by)


@transaction()
def collected(*, letters: Sequence[Letter], by: Viewer) -> None:
    """The practice's own system fetched these; one that was not there yet has arrived."""
    new = select(LetterDelivery).where(
        LetterDelivery.letter_id.in_([letter.id for letter in letters]), LetterDelivery.arrived_at.is_(None)
    )
    for way in list(db.session.scalars(new)):
        letters_sending.step(way, Step.COLLECTED, by=by)


@transaction()
def handled(*, letter: Letter, how: Step, by: Viewer) -> None:
    """A member of staff posted it, or told the practice by telephone."""
    way = way_of(letter)
    if way is not None:
        letters_sending.step(way, how, by=by)


def pdf(letter: Letter) -> bytes:
    """The kept print; see `letters_prints.pdf_of`."""
    return letters_prints.pdf_of(letter)


def _again(letter: Letter, how: Step, by: Viewer) -> bool:
    who = LetterStep.client_id if by.kind is Kind.CLIENT else LetterStep.user_id
    same = LetterStep.letter_id == letter.id, LetterStep.step == how, who == by.id
    return db.session.scalar(select(LetterStep.id).where(*same).limit(1)) is not None
