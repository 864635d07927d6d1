"""Clinics, organisations, users and clients: adding them, and proving who someone is."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from functools import lru_cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import select

from clinic import audit
from clinic.access.models import ApiClient, Clinic, Heartbeat, Organisation, OrganisationClinic, Role, User
from clinic.columns import config
from clinic.extensions import db, now, transaction
from clinic.viewer import Viewer

INVITE_LASTS = timedelta(days=7)
PASSWORD_SHORTEST = 12
COMMON = ("password", "upright", "clinic", "spine", "qwerty", "letmein", "123456789012")
WEEKDAYS_NINE_TO_FIVE = {str(day): ["09:00", "17:00"] for day in range(5)}


class AccessProblem(Exception):
    """Why an account cannot be made or used; the text is for the person who typed it."""


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@lru_cache(maxsize=1)
def _nobody_hash() -> str:
    """Checked for unknown addresses, so that they take as long as known ones."""
    return _hasher().hash(secrets.token_urlsafe(16))


def check_password(password: str) -> None:
    """Length over rules: 12 to 128 characters, none of the words everybody tries. Raises AccessProblem."""
    if len(password) < PASSWORD_SHORTEST:
        raise AccessProblem(f"Use at least {PASSWORD_SHORTEST} characters; three random words work well.")
    if len(password) > 128:
        raise AccessProblem("Use at most 128 characters.")
    if password.casefold().strip("0123456789!. ") in COMMON:
        raise AccessProblem("That password is too easy to guess. Try three random words.")


@transaction()
def add_clinic(*, name: str, zone: str, phone: str, by: Viewer) -> Clinic:
    """A clinic with weekday opening hours; settings can be changed later."""
    if db.session.scalars(select(Clinic).where(Clinic.name == name)).first():
        raise AccessProblem(f"There is already a clinic named {name}.")
    row = Clinic(name=name, zone=zone, phone=phone, opening=WEEKDAYS_NINE_TO_FIVE)
    db.session.add(row)
    audit.record("clinic.added", by=by, about=row)
    return row


@transaction()
def add_organisation(*, ods: str, name: str, clinic: Clinic, by: Viewer) -> Organisation:
    """A referring organisation, linked to a clinic; an existing one is only linked."""
    row = db.session.scalars(select(Organisation).where(Organisation.ods == ods.upper())).first()
    if row is None:
        row = Organisation(ods=ods.upper(), name=name)
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
) -> tuple[User, str | None]:
    """A user with a password, or with an invitation token to be sent as a link."""
    email = email.strip().lower()
    if db.session.scalars(select(User).where(User.email == email)).first():
        raise AccessProblem(f"There is already a user {email}.")
    refers = role is Role.REFERRER
    if refers != (organisation is not None) or refers == (clinic is not None):
        raise AccessProblem("A referrer needs an organisation; every other role needs a clinic.")
    row = User(email=email, name=name, role=role)
    row.clinic_id = clinic.id if clinic else None
    row.organisation_id = organisation.id if organisation else None
    token = None
    if password is not None:
        check_password(password)
        row.password_hash = _hasher().hash(password)
    else:
        token = secrets.token_urlsafe(24)
        row.invite_hash = hashlib.sha256(token.encode()).hexdigest()
        row.invite_until = now() + INVITE_LASTS
    db.session.add(row)
    audit.record("user.added", by=by, about=row, role=role.value)
    return row, token


@transaction()
def set_password(*, user: User, password: str, by: Viewer) -> None:
    """A new password ends the invitation; the caller ends the other sessions."""
    check_password(password)
    user = db.session.merge(user)
    user.password_hash = _hasher().hash(password)
    user.invite_hash = user.invite_until = None
    audit.record("user.password_set", by=by, about=user)


def invited(token: str) -> User | None:
    """Whom a live invitation is for."""
    found = hashlib.sha256(token.encode()).hexdigest()
    row = db.session.scalars(select(User).where(User.invite_hash == found, User.active)).first()
    return row if row and row.invite_until and row.invite_until > now() else None


def authenticate(*, email: str, password: str) -> User | None:
    """The user whose password this is; unknown addresses cost the same time."""
    row = db.session.scalars(select(User).where(User.email == email.strip().lower(), User.active)).first()
    known = row.password_hash if row and row.password_hash else _nobody_hash()
    try:
        _hasher().verify(known, password)
    except VerificationError:
        return None
    return row if row and row.password_hash else None


def needs_totp(user: User) -> bool:
    """Staff outside demo always; a referrer who has set it up."""
    return not config().demo and (user.role is not Role.REFERRER or user.totp_secret is not None)


@transaction()
def spend_totp(*, user: User, code: str) -> bool:
    """Whether this code is right now and has not been used before."""
    row = db.session.get_one(User, user.id, with_for_update=True)
    if not row.totp_secret:
        return False
    totp, moment = pyotp.TOTP(row.totp_secret), now()
    for step in (0, -1):
        counter = int(moment.timestamp()) // 30 + step
        if totp.generate_otp(counter) == code.strip() and counter > (row.totp_last_used or 0):
            row.totp_last_used = counter
            return True
    return False


@transaction()
def begin_totp(*, user: User, by: Viewer) -> str:
    """A new secret for an authenticator app; shown once."""
    row = db.session.get_one(User, user.id)
    row.totp_secret = pyotp.random_base32()
    audit.record("user.totp_set", by=by, about=row)
    return row.totp_secret


@transaction()
def add_client(*, name: str, organisation: Organisation, by: Viewer) -> str:
    """A FHIR API key for an organisation's system, given once; only its hash is kept."""
    key = "upk_" + secrets.token_urlsafe(32)
    row = ApiClient(
        name=name, organisation_id=organisation.id, key_hash=hashlib.sha256(key.encode()).hexdigest()
    )
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
