"""Short references people read out over the phone, and the digest that tells two contents apart."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from typing import Any

from clinic.columns import config

ALPHABET = "2346789ACDEFGHJKMNPQRTVWXY"  # no 0 O, 1 I L, 5 S, 8-like B, U


def new_reference() -> str:
    """UP-7K3F-9Q2M: eight letters nobody confuses, about 37 bits; the table keeps it unique."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"UP-{drawn[:4]}-{drawn[4:]}"


def content_digest(content: Any) -> str:
    """A keyed digest of what was sent: equal content, equal digest; useless to guess names with."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    key = config().index_key.get_secret_value().encode()
    return hmac.new(key, f"referral:{canonical}".encode(), hashlib.sha256).hexdigest()
