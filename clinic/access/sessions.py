"""Server-side sessions: the cookie carries a token, the row decides; revoking it signs out everywhere."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from clinic import audit
from clinic.access.models import SignIn, User
from clinic.extensions import db, now, transaction
from clinic.viewer import Viewer, referrer, staff

IDLE = timedelta(minutes=60)
LONGEST = timedelta(hours=12)
KEPT_TYPING = timedelta(hours=24)
PIN_AFTER = timedelta(minutes=5)  # without a request; only for who has set a PIN
Found = Any  # a row of (SignIn, User)
TOUCH = timedelta(minutes=1)  # last-seen is written at most this often


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def viewer_of(user: User) -> Viewer:
    """Whom this user reads as: her practice's referrals, or her clinic."""
    if user.organisation_id is not None:
        return referrer(user.id, user.organisation_id)
    assert user.clinic_id is not None, "the table's CHECK one_home"
    return staff(user.id, user.clinic_id, user.role.value)


@transaction()
def begin(*, user: User, by: Viewer) -> str:
    """A new session for a user who has proved who they are; the token for the cookie."""
    token = secrets.token_urlsafe(32)
    row = SignIn(token_hash=digest(token), user_id=user.id, expires_at=now() + LONGEST)
    db.session.add(row)
    audit.record("user.signed_in", by=by, about=user)
    return token


def user_of(token: str | None) -> User | None:
    """The active user of a live session; None when it is unknown, revoked, idle or over."""
    if not token:
        return None
    moment = now()
    found = find(token, moment)
    if found is None or not found.User.may_enter(moment) or is_locked(found.SignIn, found.User, moment):
        return None
    if found.SignIn.last_seen_at + TOUCH <= moment:
        _touch(found.SignIn.id)
    return found.User


def find(token: str, moment: datetime, *, for_update: bool = False) -> Found | None:
    """A live session and its user, locked by a PIN or not; None when unknown, revoked, idle or over."""
    query = (
        select(SignIn, User)
        .join(User, User.id == SignIn.user_id)
        .where(SignIn.token_hash == digest(token), SignIn.revoked_at.is_(None), User.active)
    )
    if for_update:
        query = query.with_for_update(of=SignIn).execution_options(populate_existing=True)
    found: Found | None = db.session.execute(query).first()
    if found is None or found.SignIn.expires_at <= moment or found.SignIn.last_seen_at + IDLE <= moment:
        return None
    return found


def is_locked(row: SignIn, user: User, moment: datetime) -> bool:
    """Whether only its PIN opens this session: locked by hand, or idle on what may be a shared tablet."""
    if user.pin_hash is None:
        return False
    return row.locked_at is not None or row.last_seen_at + PIN_AFTER <= moment


def lately_of(token: str | None) -> User | None:
    """Whose session this was when it ran out, within the last day; a revoked or older one is nobody's.

    Only for keeping what that user was typing: it shows nothing and signs nobody in.
    """
    row = db.session.scalars(select(SignIn).where(SignIn.token_hash == digest(token or ""))).first()
    if row is None or row.revoked_at is not None or row.last_seen_at + KEPT_TYPING <= now():
        return None
    user = db.session.get(User, row.user_id)
    return user if user is not None and user.active else None


@transaction()
def _touch(sign_in_id: int) -> None:
    db.session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(last_seen_at=now()))


@transaction()
def end(*, token: str, by: Viewer) -> None:
    """Sign out: the row is revoked, so that a copied cookie is worth nothing."""
    db.session.execute(update(SignIn).where(SignIn.token_hash == digest(token)).values(revoked_at=now()))
    audit.record("user.signed_out", by=by)


@transaction()
def end_all(*, user: User, by: Viewer) -> None:
    """Sign a user out everywhere: after a new password, a lost device, when they leave."""
    db.session.execute(
        update(SignIn).where(SignIn.user_id == user.id, SignIn.revoked_at.is_(None)).values(revoked_at=now())
    )
    audit.record("user.signed_out_everywhere", by=by, about=user)
