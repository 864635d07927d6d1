"""Passwords: long rather than odd, never a word everybody tries, kept as argon2 hashes."""

from __future__ import annotations

import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

SHORTEST, LONGEST = 12, 128
# Of the passwords seen in breaches, the long ones, and the words of this place; digits and signs at either
# end do not count, so that "password2026!" is refused too.
_EVERYBODYS = """
password passwords passwordpassword administrator changeme letmein welcome iloveyou sunshine football trustno
qwerty qwertyuiop qwertyuiopasdf asdfghjkl zxcvbnm abcdefghijkl abcdefghijklmnop monkey dragon
upright clinic spine physio physiotherapy physiotherapist vertebral fracture exercise nhs hospital surgery
"""
COMMON = frozenset(_EVERYBODYS.split())
FEWEST_DIFFERENT = 5


class WeakPassword(ValueError):
    """Why it is refused; the text is for the person who typed it."""


def check(password: str, *, about: tuple[str, ...] = ()) -> None:
    """12 to 128 characters of any kind, not guessable from `about` (name, e-mail). Raises WeakPassword."""
    if len(password) < SHORTEST:
        raise WeakPassword(f"Use at least {SHORTEST} characters; three random words work well.")
    if len(password) > LONGEST:
        raise WeakPassword(f"Use at most {LONGEST} characters.")
    core = _letters(password)
    own = {_letters(part) for text in about for part in (text, *text.split("@"), *text.split())}
    if not core or core in COMMON | own or len(set(password)) < FEWEST_DIFFERENT:
        raise WeakPassword("That password is too easy to guess. Try three random words.")


def hashed(password: str) -> str:
    return _hasher().hash(password)


def matches(known: str | None, password: str) -> bool:
    """Whether the password is right; an account without one costs the same time and is always wrong."""
    try:
        _hasher().verify(known or _nobodys(), password)
    except VerificationError:
        return False
    return known is not None


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalpha())


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    """19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet, Argon2id): many at once fit."""
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))
