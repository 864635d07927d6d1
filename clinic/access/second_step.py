"""The second step of signing in: a code of an authenticator app, its set-up, and remembered devices (F44).

Between the steps the browser holds only who typed the right password, when, and a random mark; the set-up's
secret is worked out from that mark and our key, so that showing it stores nothing and the cookie hides it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any

import pyotp
import segno
from itsdangerous import BadSignature, URLSafeTimedSerializer

from clinic import audit
from clinic.access.models import Role, User
from clinic.access.sessions import viewer_of
from clinic.columns import config
from clinic.extensions import db, now, transaction
from clinic.viewer import Viewer

HALF_LASTS = timedelta(minutes=10)
DEVICE_LASTS = timedelta(days=30)
STEP = 30  # seconds a code lives
DRIFT = (0, -1, 1)  # a phone's clock may be half a minute off, either way
ISSUER = "Upright"


def wanted(user: User) -> bool:
    """Staff outside demo always; a referrer once she has set it up; nobody in the demo."""
    return not config().demo and (user.role is not Role.REFERRER or user.totp_secret is not None)


def half_signed_in(user: User) -> dict[str, Any]:
    """What the cookie remembers after the right password; worth nothing but a code, for ten minutes."""
    return {"user": user.id, "at": int(now().timestamp()), "mark": secrets.token_urlsafe(16)}


def waiting(half: dict[str, Any] | None) -> User | None:
    """The active user whose second step this is; None when it took too long or is nobody's."""
    if not half or now().timestamp() - half["at"] > HALF_LASTS.total_seconds():
        return None
    user = db.session.get(User, half["user"])
    return user if user and user.may_enter(now()) else None


def proposed_secret(half: dict[str, Any]) -> str:
    """The secret a person is shown to set up her app; the same for the whole set-up, kept nowhere."""
    key = config().secret_key.get_secret_value().encode()
    digest = hmac.new(key, f"totp:{half['user']}:{half['mark']}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:20]).decode()


def qr_code(user: User, secret: str) -> str:
    """The same secret as a picture (SVG without style), for the app's camera."""
    address = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER)
    return segno.make(address).svg_inline(scale=5, border=4, light="#fff")


@transaction()
def confirm(*, user: User, secret: str, code: str) -> bool:
    """The app is set up: it gave a right code. An account that has an app keeps it."""
    row = db.session.get_one(User, user.id, with_for_update=True)
    counter = _counter(secret, code)
    if row.totp_secret is not None or counter is None:
        return False
    row.totp_secret, row.totp_last_used = secret, counter
    audit.record("user.totp_set", by=viewer_of(row), about=row)
    return True


@transaction()
def spend(*, user: User, code: str) -> bool:
    """Whether this code is right now; no code is taken twice, whatever else is signing in."""
    row = db.session.get_one(User, user.id, with_for_update=True)
    counter = _counter(row.totp_secret, code) if row.totp_secret else None
    if counter is None or counter <= (row.totp_last_used or 0):
        audit.record("user.code_refused", by=viewer_of(row), about=row)
        return False
    row.totp_last_used = counter
    return True


@transaction()
def forget(*, user: User, by: Viewer) -> None:
    """A lost phone: the next sign-in sets up a new app; remembered devices are forgotten with the secret."""
    row = db.session.get_one(User, user.id, with_for_update=True)
    row.totp_secret = row.totp_last_used = None
    audit.record("user.totp_forgotten", by=by, about=row)


def device_mark(user: User) -> str:
    """A cookie that lets this referrer's browser skip the code; a new password or app ends it."""
    return _signer().dumps([user.id, _fingerprint(user)])


def remembered(user: User, mark: str | None) -> bool:
    """Whether this browser was remembered for this user in the last 30 days; staff never are."""
    if not mark or user.role is not Role.REFERRER:
        return False
    try:
        known = _signer().loads(mark, max_age=int(DEVICE_LASTS.total_seconds()))
    except BadSignature:
        return False
    return known == [user.id, _fingerprint(user)]


def _counter(secret: str, code: str) -> int | None:
    """Which half-minute this code belongs to, near now."""
    totp, this = pyotp.TOTP(secret), int(now().timestamp()) // STEP
    typed = code.replace(" ", "").strip()
    for drift in DRIFT:
        if hmac.compare_digest(totp.generate_otp(this + drift).encode(), typed.encode()):
            return this + drift
    return None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(config().secret_key.get_secret_value(), salt="remembered device")


def _fingerprint(user: User) -> str:
    return hashlib.sha256(f"{user.password_hash}:{user.totp_secret}".encode()).hexdigest()[:24]
