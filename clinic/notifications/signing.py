"""Which texts a clinician has read and signed: a list beside them, tied to the very words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from clinic.notifications.wording import Text

FILE = "signed.yaml"


@dataclass(frozen=True)
class Signature:
    """Who signed these words and when; `stands` is false once the words have changed."""

    by: str
    on: str
    stands: bool


def fingerprint(text: Text) -> str:
    """Twelve letters that change with the words, the purpose or the question."""
    whole = "\n".join((text.purpose, text.question, text.resend, text.body))
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


def signature(name: str, text: Text) -> Signature | None:
    """The signature under a text, or None when nobody has signed it."""
    found = _signed().get(name)
    if found is None:
        return None
    return Signature(found["by"], str(found["on"]), found["words"] == fingerprint(text))


@cache
def _signed() -> dict[str, dict[str, Any]]:
    return yaml.safe_load(files(__package__).joinpath("texts", FILE).read_text(encoding="utf-8")) or {}
