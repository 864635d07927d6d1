"""Clinics, organisations, users and clients: adding them, inviting, and proving who someone is."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import select

from clinic import audit
from clinic.access import passwords, queries, sessions
from clinic.access.models import ApiClient, Clinic, Heartbeat, Organisation, OrganisationClinic, Role, User
from clinic.extensions import db, emit, now, transaction
from clinic.viewer import Viewer, system

INVITE_LASTS = timedelta(days=7)
WEEKDAYS_NINE_TO_FIVE = {str(day): ["09:00", "17:00"] for day in range(5)}
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
ODS = re.compile(r"[A-Z0-9]{3,12}")


class AccessProblem(Exception):
    """Why an account cannot be made or used; the text is for the person who typed it."""


@transaction()
def add_clinic(*, name: str, zone: str, phone: str, by: Viewer) -> Clinic:
    """A clinic with weekday opening hours; settings can be changed later. Raises AccessProblem."""
    if not name.strip():
        raise AccessProblem("A clinic needs a name.")
    if zone not in available_timezones():
        raise AccessProblem(f"{zone!r} is no zone. Give its IANA name, such as Europe/London.")
    if sum(c.isdigit() for c in phone) < 6:
        raise AccessProblem("A clinic needs a phone number: patients ring it, and every text may name it.")
    if db.session.scalars(select(Clinic).where(Clinic.name == name)).first():
        raise AccessProblem(f"There is already a clinic named {name}.")
    row = Clinic(name=name, zone=zone, phone=phone, opening=WEEKDAYS_NINE_TO_FIVE)
    db.session.add(row)
    audit.record("clinic.added", by=by, about=row)
    return row


@transaction()
def add_organisation(*, ods: str, name: str, clinic: Clinic, by: Viewer) -> Organisation:
    """A referring organisation, linked to a clinic; an existing one is only linked. Raises AccessProblem."""
    code = ods.strip().upper()
    if not ODS.fullmatch(code) or not name.strip():
        raise AccessProblem("An organisation needs its ODS code (letters and digits) and its name.")
    row = db.session.scalars(select(Organisation).where(Organisation.ods == code)).first()
    if row is None:
        row = Organisation(ods=code, name=name)
        db.session.add(row)
        db.session.flush()
    if db.session.get(OrganisationClinic, (row.id, clinic.id)) is None:
        db.session.add(OrganisationClinic(organisation_id=row.id, clinic_id=clinic.id))
    audit.record("organisation.linked", by=by, about=row, clinic_id=clinic.id)
    return row


@transaction()
def add_user(
    *,
    email: str,
    name: str,
    role: Role,
    by: Viewer,
    clinic: Clinic | None = None,
    organisation: Organisation | None = None,
    password: str | None = None,
    last_day: date | None = None,
) -> tuple[User, str | None]:
    """A user with a password, or with an invitation token to be given as a link. Raises AccessProblem.

    `last_day`, a locum's, is in the zone of her clinic or her practice's: the account ends with that day.
    """
    email = email.strip().lower()
    if not EMAIL.fullmatch(email):
        raise AccessProblem("Enter an e-mail address, such as sam@example.org.")
    if db.session.scalars(select(User).where(User.email == email)).first():
        raise AccessProblem(f"There is already a user {email}.")
    refers = role is Role.REFERRER
    if refers != (organisation is not None) or refers == (clinic is not None):
        raise AccessProblem("A referrer needs an organisation; every other role needs a clinic.")
    row = User(email=email, name=name, role=role)
    row.clinic_id = clinic.id if clinic else None
    row.organisation_id = organisation.id if organisation else None
    row.active_until = _end_of(last_day, clinic) if last_day else None
    token = None
    if password is not None:
        row.password_hash = _checked(row, password)
    else:
        token = _fresh_invitation(row)
    db.session.add(row)
    audit.record("user.added", by=by, about=row, role=role.value)
    if token:
        emit("user_invited", user_id=row.id, token=token, clinic_id=by.clinic_id)
    return row, token


@transaction()
def invite_again(*, user: User, by: Viewer) -> str:
    """A new link, for a lost link or password; the password in use ends only when a new one is chosen."""
    row = db.session.get_one(User, user.id, with_for_update=True)
    audit.record("user.invited_again", by=by, about=row)
    token = _fresh_invitation(row)
    db.session.flush()
    emit("user_invited", user_id=row.id, token=token, clinic_id=by.clinic_id)
    return token


@transaction()
def accept_invitation(*, token: str, password: str) -> User:
    """The invited person chooses a password: once, in time. Raises AccessProblem."""
    row = db.session.scalars(
        select(User).where(User.invite_hash == _digest(token), User.active).with_for_update()
    ).first()
    if row is None or row.invite_until is None or row.invite_until <= now() or not row.may_enter(now()):
        raise AccessProblem("This invitation is over.")
    set_password(user=row, password=password, by=sessions.viewer_of(row))
    return row


@transaction()
def set_password(*, user: User, password: str, by: Viewer) -> None:
    """A new password ends the invitation and every session of the user. Raises AccessProblem."""
    row = db.session.get_one(User, user.id, with_for_update=True)
    row.password_hash = _checked(row, password)
    row.invite_hash = row.invite_until = None
    audit.record("user.password_set", by=by, about=row)
    sessions.end_all(user=row, by=by)


@transaction()
def set_active(*, user: User, active: bool, by: Viewer) -> None:
    """Somebody leaves, or comes back; who leaves is signed out everywhere in the same transaction."""
    row = db.session.get_one(User, user.id, with_for_update=True)
    row.active = active
    audit.record("user.enabled" if active else "user.disabled", by=by, about=row)
    if not active:
        row.invite_hash = row.invite_until = None
        sessions.end_all(user=row, by=by)


@transaction()
def set_leads_practice(*, user: User, leads: bool, by: Viewer) -> None:
    """A referrer looks after the people of her practice from now on, or no longer. Raises AccessProblem."""
    row = db.session.get_one(User, user.id, with_for_update=True)
    if row.role is not Role.REFERRER:
        raise AccessProblem("Only somebody of a practice can look after its people.")
    row.leads_practice = leads
    audit.record("user.leads_practice" if leads else "user.leads_no_more", by=by, about=row)


def invited(token: str) -> User | None:
    """Whom a live invitation is for."""
    row = db.session.scalars(select(User).where(User.invite_hash == _digest(token), User.active)).first()
    live = row and row.invite_until and row.invite_until > now() and row.may_enter(now())
    return row if live else None


def authenticate(*, email: str, password: str) -> User | None:
    """The active user whose password this is; an unknown address costs the same time and the same rows."""
    row = db.session.scalars(select(User).where(User.email == email.strip().lower(), User.active)).first()
    right = passwords.matches(row.password_hash if row else None, password)
    if row and right and row.may_enter(now()):
        return row
    with transaction():
        audit.record("user.sign_in_refused", by=system("sign in"), about=row)
    return None


@transaction()
def add_client(*, name: str, organisation: Organisation, by: Viewer) -> str:
    """A FHIR API key for an organisation's system, given once; only its hash is kept."""
    key = "upk_" + secrets.token_urlsafe(32)
    row = ApiClient(name=name, organisation_id=organisation.id, key_hash=_digest(key))
    db.session.add(row)
    audit.record("client.added", by=by, about=row)
    return key


@transaction()
def beat(*, name: str) -> None:
    """A part of the service shows it is alive; `/readyz` reads it."""
    row = db.session.get(Heartbeat, name)
    if row is None:
        db.session.add(Heartbeat(name=name, at=now()))
    else:
        row.at = now()


def _checked(user: User, password: str) -> str:
    try:
        passwords.check(password, about=(user.email, user.name))
    except passwords.WeakPassword as problem:
        raise AccessProblem(str(problem)) from None
    return passwords.hashed(password)


def _fresh_invitation(user: User) -> str:
    token = secrets.token_urlsafe(24)
    user.invitations = (user.invitations or 0) + 1
    user.invite_hash, user.invite_until = _digest(token), now() + INVITE_LASTS
    return token


def _end_of(last_day: date, clinic: Clinic | None) -> datetime:
    """Midnight after the last day, in the clinic's zone."""
    if last_day < now().date():
        raise AccessProblem("The last day has passed. Leave it empty for somebody who stays.")
    zone = ZoneInfo(clinic.zone) if clinic else queries.home_zone()
    return datetime.combine(last_day + timedelta(days=1), time(), zone)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
