"""The offline pack: when the service is down, tomorrow's registers are on paper or on the tablet (F17).

Made each evening for every clinic that has set a passphrase: one for the desk with every session, one for
each instructor with their own. Kept under DATA_KEYS and itself encrypted, so that a copy of the file is
worth nothing without the words and a copy of the database nothing without the keys.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select

from clinic import audit
from clinic.access import queries as access
from clinic.access.models import Clinic
from clinic.classes import roster
from clinic.classes.models import ClassSession, Pack, PackPassphrase, SessionState
from clinic.extensions import db, transaction
from clinic.viewer import Viewer, acting_as, system

KEPT = timedelta(days=3)
MADE_FROM = 16
"""Clinic wall hour: before the desk goes home, so that somebody can still fetch it."""
LOOKS_AHEAD = 14  # days, to find the next one on which the clinic works
SHORTEST = 16
"""Characters of a passphrase: three or four words. The file may be lost, and then nothing slows a guesser."""


class BadPassphrase(ValueError):
    """Too short, or one word; the text says what to change."""


class NoPassphrase(Exception):
    text = "Set the passphrase of this clinic's packs first: without it none is made."


@transaction()
def set_passphrase(*, words: str, by: Viewer) -> PackPassphrase:
    """The words that open every pack from now on; older packs keep theirs. Raises BadPassphrase."""
    words = " ".join(words.split())
    if len(words) < SHORTEST or len(set(words.split())) < 3:
        raise BadPassphrase(f"Choose at least 3 different words, {SHORTEST} letters or more together")
    assert by.clinic_id is not None and by.id is not None, "CHANGE_TIMETABLE belongs to staff"
    row = PackPassphrase(clinic_id=by.clinic_id, words=words, set_by_id=by.id)
    db.session.add(row)
    audit.record("pack.passphrase_set", by=by, about=row)
    return row


def passphrase(clinic_id: int) -> PackPassphrase | None:
    """The one in use; only the evening's task reads its words."""
    query = select(PackPassphrase).where(PackPassphrase.clinic_id == clinic_id)
    return db.session.scalars(query.order_by(PackPassphrase.id.desc()).limit(1)).first()


def make_due(now: datetime) -> int:
    """The evening's packs, for each clinic once a day; how many were made. An hour missed is caught up."""
    made = 0
    with acting_as(system("packs")):
        clinics = db.session.scalars(select(Clinic).order_by(Clinic.id)).all()
        for clinic in clinics:
            with acting_as(system("packs", clinic.id)) as by:
                local = access.local(clinic.id, now)
                if local.hour >= MADE_FROM and passphrase(clinic.id) and not _made_on(local.date()):
                    made += len(make(clinic_id=clinic.id, by=by, now=now))
    return made


@transaction()
def make(*, clinic_id: int, by: Viewer, now: datetime) -> list[Pack]:
    """The clinic's pack and each instructor's, to the end of the next working day. Raises NoPassphrase."""
    from clinic.classes import packs_pdf  # fpdf2 brings numpy along: not at start-up

    words = passphrase(clinic_id)
    if words is None:
        raise NoPassphrase
    today = access.local(clinic_id, now).date()
    until = _last_day(clinic_id, today)
    sessions = _sessions(clinic_id, now, until)
    found = {session.id: roster.of_session(session, taught=True) for session in sessions}
    leads = sorted({lead for one in sessions for lead in _leads(one)})
    made = []
    for lead in (None, *leads):
        mine = [found[s.id] for s in sessions if lead is None or lead in _leads(s)]
        pdf = packs_pdf.write(
            access.clinic(clinic_id), mine, made_at=now, until=until, opens_with=words.words
        )
        pack = Pack(
            clinic_id=clinic_id,
            instructor_id=lead,
            made_on=today,
            made_at=now,
            until=until,
            sessions=len(mine),
            body=b64encode(pdf).decode(),
            passphrase_id=words.id,
        )
        db.session.add(pack)
        audit.record("pack.made", by=by, about=pack, sessions=len(mine), instructor_id=lead)
        made.append(pack)
    return made


def newest(by: Viewer) -> list[Pack]:
    """The packs this viewer may fetch, newest first: an instructor's own, the desk's for everybody else."""
    mine = Pack.instructor_id == by.id if by.role == "instructor" else Pack.instructor_id.is_(None)
    return list(db.session.scalars(select(Pack).where(mine).order_by(Pack.made_at.desc()).limit(10)))


@transaction()
def fetch(*, pack_id: int, by: Viewer) -> tuple[Pack, bytes] | None:
    """One pack and its file; None when it is not theirs to see. Every fetch is written down."""
    pack = next((pack for pack in newest(by) if pack.id == pack_id), None)
    if pack is None:
        return None
    audit.record("pack.fetched", by=by, about=pack)
    return pack, b64decode(pack.body)


@transaction()
def old(*, moment: datetime, dry_run: bool) -> tuple[str, int]:
    """RETENTION: packs made more than three days ago; how many go, or would go."""
    over = Pack.made_at < moment - KEPT
    with acting_as(system("retention")) as by:
        count = db.session.scalar(select(func.count()).select_from(Pack).where(over)) or 0
        if count and not dry_run:
            db.session.execute(delete(Pack).where(over))
            audit.record("packs.removed", by=by, count=count)
    return "packs", count


def _leads(session: ClassSession) -> set[int]:
    """Who takes this register: its instructor, and whoever is beside them."""
    return {lead for lead in (session.instructor_id, session.second_id) if lead}


def _made_on(day: date) -> bool:
    return db.session.scalars(select(Pack.id).where(Pack.made_on == day).limit(1)).first() is not None


def _last_day(clinic_id: int, today: date) -> date:
    """The next day on which the clinic works: Friday's pack reaches to Monday."""
    working = access.working_day(clinic_id)
    days = (today + timedelta(days=ahead) for ahead in range(1, LOOKS_AHEAD))
    return next((day for day in days if working(day)), today + timedelta(days=1))


def _sessions(clinic_id: int, now: datetime, until: date) -> list[ClassSession]:
    """What has not ended yet, by venue and time."""
    query = select(ClassSession).where(
        ClassSession.clinic_id == clinic_id,
        ClassSession.ends_at > now,
        ClassSession.local_date <= until,
        ClassSession.state == SessionState.PLANNED,
    )
    rows = db.session.scalars(query)
    return sorted(rows, key=lambda one: (one.local_date, one.venue.name, one.starts_at, one.id))
