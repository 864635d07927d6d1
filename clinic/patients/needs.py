"""What a person needs so that she can come, hear, read and follow (Accessible Information Standard; F19).

Recorded once, shown wherever she is met, and acted on: who asks to be rung is not texted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clinic import audit
from clinic.extensions import db, emit, transaction
from clinic.patients.models import Patient
from clinic.viewer import Viewer

RING = "ring_instead_of_texting"
POST = "letter_by_post"
PAPER = ("large_print", "braille", "easy_read")
CALLING = ("bsl", "text_relay", "hearing", "memory")
"""What somebody must know before they ring."""
WELFARE = "welfare_call"
"""On the welfare list: alone, frail, or asked for it; not seen and no word means a call that day (F30)."""
CARER = "carer_in_class"
"""Somebody supports them in the room: they take a place in it beside the seat (F16)."""
INTERPRETER, TRANSPORT, OTHER = "interpreter", "transport", "other"
TICKS = (
    (RING, "Ring instead of texting"),
    (POST, "Letters by post instead of texts"),
    ("large_print", "Large print"),
    ("braille", "Braille"),
    ("easy_read", "Easy read"),
    ("bsl", "British Sign Language"),
    ("text_relay", "Calls through text relay"),
    ("hearing", "Hard of hearing: face them, use the loop"),
    ("sight", "Low sight: say who you are, keep the way clear"),
    ("memory", "Memory: one step at a time, write it down"),
    ("no_steps", "No steps"),
    ("parking", "Parking close to the door"),
    (CARER, "A carer comes along and supports them in the room"),
    (WELFARE, "Ring the same day if they are not seen"),
)
TRANSPORT_WORDS = (
    ("", "Not asked yet"),
    ("own", "Comes on their own"),
    ("we_book", "We book transport"),
    ("they_book", "They or their family book it"),
)
WORDS = dict(TICKS) | {INTERPRETER: "Interpreter", OTHER: "Also"}
LIMIT = 300


class NeedsProblem(ValueError):
    """What is wrong, by field."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.errors = {field: words}


@transaction()
def record(*, patient: Patient, typed: Mapping[str, Any], by: Viewer) -> Patient:
    """Keep what was ticked and typed, and nothing else; the audit names the needs, not the words.

    Raises NeedsProblem.
    """
    row = db.session.get_one(Patient, patient.id, with_for_update=True)
    row.needs = _chosen(typed) or None
    audit.record("patient.needs_recorded", by=by, about=row, needs=sorted(row.needs or {}))
    emit("needs_recorded", patient_id=row.id)
    return row


def in_words(needs: Mapping[str, Any] | None) -> list[str]:
    """Each need in plain words, in the order of the form."""
    given = needs or {}
    said = [words for name, words in TICKS if given.get(name)]
    if language := given.get(INTERPRETER):
        said.append(f"Interpreter: {language}")
    if given.get(TRANSPORT):
        said.append(dict(TRANSPORT_WORDS).get(str(given[TRANSPORT]), "Transport"))
    if other := given.get(OTHER):
        said.append(str(other))
    return said


def before_a_call(needs: Mapping[str, Any] | None) -> list[str]:
    """What to know before ringing: text relay, signing, hearing, memory, another language."""
    given = needs or {}
    said = [words for name, words in TICKS if name in CALLING and given.get(name)]
    return [*said, f"Interpreter: {given[INTERPRETER]}"] if given.get(INTERPRETER) else said


def on_paper(needs: Mapping[str, Any] | None) -> list[str]:
    """How a letter must look for this person."""
    return [words for name, words in TICKS if name in PAPER and (needs or {}).get(name)]


def wants_a_letter(needs: Mapping[str, Any] | None) -> bool:
    """Whether this person asked for letters instead of texts."""
    return bool((needs or {}).get(POST))


def wants_a_call(needs: Mapping[str, Any] | None) -> bool:
    """Whether a text is the wrong way to tell this person anything."""
    return bool((needs or {}).get(RING))


def brings(needs: Mapping[str, Any] | None, *, first: bool) -> int:
    """How many people stand in the room beside this person; `first` says it is their first class (F19)."""
    given = needs or {}
    return int(bool(given.get(CARER))) + int(first and bool(given.get(INTERPRETER)))


def _chosen(typed: Mapping[str, Any]) -> dict[str, Any]:
    ticked = set(typed.get("needs") or ())
    chosen: dict[str, Any] = {name: True for name, _ in TICKS if name in ticked}
    for name in (INTERPRETER, OTHER):
        words = str(typed.get(name) or "").strip()
        if len(words) > LIMIT:
            raise NeedsProblem(name, f"Shorten this to {LIMIT} characters; it has {len(words)}")
        if words:
            chosen[name] = words
    way = str(typed.get(TRANSPORT) or "")
    if way not in dict(TRANSPORT_WORDS):
        raise NeedsProblem(TRANSPORT, "Choose how they come")
    if way:
        chosen[TRANSPORT] = way
    return chosen
