"""The PDFs: made once from the words as sent, away from the act that wrote the letter, and kept."""

from __future__ import annotations

import logging

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from clinic.access import queries as access
from clinic.extensions import db, transaction
from clinic.referrals import letters_words, phrases
from clinic.referrals.letters_font import FontIsMissing
from clinic.referrals.letters_sending import practice_name
from clinic.referrals.letters_sheet import Printed, Sheet
from clinic.referrals.models import Letter
from clinic.referrals.paper import LetterDelivery, LetterPrint
from clinic.referrals.references import content_digest

log = logging.getLogger(__name__)
AT_ONCE = 20


class Altered(Exception):
    """A kept print is not what was kept."""


def pdf_of(letter: Letter) -> bytes:
    """The print of a letter as kept; before it is kept, the same bytes made now. Nothing is stored.

    Raises Altered when the kept bytes do not match their digest, FontIsMissing before the assets are set up.
    """
    kept = db.session.scalars(select(LetterPrint).where(LetterPrint.letter_id == letter.id)).first()
    if kept is None:
        return _print(letter).content
    if content_digest(kept.content.hex()) != kept.digest:
        raise Altered(letter.public_id)
    return kept.content


def keep_missing(*, limit: int = AT_ONCE) -> int:
    """Print what was written since; how many were. Each is a transaction of its own, printed outside it."""
    waiting = (
        select(Letter)
        .outerjoin(LetterPrint, LetterPrint.letter_id == Letter.id)
        .where(LetterPrint.id.is_(None))
        .order_by(Letter.id)
        .limit(limit)
    )
    done = 0
    for letter in list(db.session.scalars(waiting)):
        try:
            done += _keep(letter, _print(letter))
        except FontIsMissing:
            log.error("letters cannot be printed: the font is missing, set up the page assets")
            break
        except Exception as problem:  # one bad letter must not hold up the others
            log.error("letter %s cannot be printed: %s", letter.id, type(problem).__name__)
    return done


def sheet_of(letter: Letter) -> Sheet:
    """What stands on the paper, beside the words as sent."""
    clinic = access.clinic(letter.clinic_id)
    way = db.session.scalars(select(LetterDelivery).where(LetterDelivery.letter_id == letter.id)).first()
    return Sheet(
        title=letters_words.title(letter.kind),
        reference=way.about if way else letters_words.title(letter.kind),
        sender=(clinic.name, f"Telephone {clinic.phone}"),
        to=(practice_name(way) if way else "The practice",),
        day=phrases.day(access.local(clinic.id, letter.written_at).date()),
        words=letter.body,
        written_at=letter.written_at,
    )


def _print(letter: Letter) -> Printed:
    from clinic.referrals.letters_pdf import pdf  # fpdf2 brings numpy along: not at start-up

    return pdf(sheet_of(letter))


def _keep(letter: Letter, printed: Printed) -> bool:
    """Store one print; two at once keep the first."""
    row = LetterPrint(
        clinic_id=letter.clinic_id,
        organisation_id=letter.organisation_id,
        letter_id=letter.id,
        patient_id=letter.patient_id,
        content=printed.content,
        digest=content_digest(printed.content.hex()),
        pages=printed.pages,
    )
    try:
        with transaction():
            db.session.add(row)
    except IntegrityError:
        return False
    return True
