"""A short PIN for a tablet that several people use: it unlocks a session that is already theirs (F44).

It signs nobody in. Three wrong tries end the session, and the password is asked for. What was ticked and not
yet sent stays on the tablet, by opaque id, and goes when its owner is back.
"""

from __future__ import annotations

from sqlalchemy import update

from clinic import audit
from clinic.access import passwords, services, sessions
from clinic.access.models import SignIn, User
from clinic.extensions import db, now, transaction
from clinic.viewer import Viewer

LENGTHS = range(4, 9)
TRIES = 3


class WeakPin(ValueError):
    """Why it is refused; the text is for the person who typed it."""


@transaction()
def keep(*, user: User, pin: str, password: str, by: Viewer) -> None:
    """Set or change one's PIN; the password proves who sits there. Raises WeakPin or PermissionError."""
    if services.authenticate(email=user.email, password=password) is None:
        raise PermissionError("not their password")
    _check(pin)
    row = db.session.get_one(User, user.id, with_for_update=True)
    row.pin_hash = passwords.hashed(pin)
    audit.record("user.pin_set", by=by, about=row)


@transaction()
def forget(*, user: User, by: Viewer) -> None:
    """No PIN any more: a pause is then the whole sign-in's, an hour."""
    row = db.session.get_one(User, user.id, with_for_update=True)
    row.pin_hash = None
    audit.record("user.pin_removed", by=by, about=row)


@transaction()
def lock(*, token: str, by: Viewer) -> None:
    """From now on this session shows nothing until its PIN is typed; nobody without a PIN is locked out."""
    found = _live(token)
    if found is not None and found.User.pin_hash:
        db.session.execute(update(SignIn).where(SignIn.id == found.SignIn.id).values(locked_at=now()))
        audit.record("user.locked", by=by, about=found.User)


@transaction()
def unlock(*, token: str, pin: str, by: Viewer) -> bool | None:
    """True: the session is theirs again. False: a wrong PIN. None: ended, sign in again."""
    found = _live(token, for_update=True)
    if found is None or not found.User.may_enter(now()):
        return None
    row, user = found.SignIn, found.User
    if passwords.matches(user.pin_hash, pin):
        row.locked_at, row.pin_tries, row.last_seen_at = None, 0, now()
        audit.record("user.unlocked", by=by, about=user)
        return True
    row.pin_tries += 1
    audit.record("user.pin_wrong", by=by, about=user)
    if row.pin_tries < TRIES:
        return False
    row.revoked_at = now()
    return None


def locked_user(token: str | None) -> User | None:
    """Whose locked session this is; None when it is open, over or nobody's."""
    found = _live(token) if token else None
    if found is None or not found.User.may_enter(now()):
        return None
    return found.User if sessions.is_locked(found.SignIn, found.User, now()) else None


def _live(token: str, *, for_update: bool = False) -> sessions.Found | None:
    return sessions.find(token, now(), for_update=for_update)


def _check(pin: str) -> None:
    if not pin.isdecimal() or not pin.isascii() or len(pin) not in LENGTHS:
        raise WeakPin(f"Use {LENGTHS.start} to {LENGTHS.stop - 1} digits.")
    steps = {(int(b) - int(a)) % 10 for a, b in zip(pin, pin[1:], strict=False)}
    if len(steps) == 1 or (len(pin) == 4 and pin[:2] in ("19", "20")):
        raise WeakPin("That PIN is too easy to guess. Leave out runs such as 1234, repeats, and years.")
