"""Which characters a letter can be printed with; what the font cannot draw is said in words, never a box."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

FOLDER = Path(__file__).resolve().parents[1] / "fonts"
REGULAR, BOLD = FOLDER / "DejaVuSans.ttf", FOLDER / "DejaVuSans-Bold.ttf"
PLAIN_COPY = "see the plain-text copy"
_RIGHT_TO_LEFT = ("R", "AL", "AN")
_SPACES = re.compile(r"[\t\u2000-\u200a\u202f\u205f\u3000]")
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class FontIsMissing(Exception):
    """The page assets were not set up: `make run` or tools/assets.py does it."""


def printable(text: str) -> str:
    """The same words with every character one the font has, in both weights.

    Letters and accents are put together first. A run that still has no shape, or that is written from right
    to left and would come out in the wrong order, becomes a note in brackets that sends the reader to the
    plain-text copy, where it stands as written.
    """
    text = _UNSEEN.sub("", _SPACES.sub(" ", unicodedata.normalize("NFC", text)))
    out, lost, gap = "", 0, ""
    for character in text:
        shown = _shown(character)
        if shown is None:
            lost, gap = lost + 1, ""
        elif lost and shown == " ":
            gap = " "
        else:
            out += (_note(lost) + gap if lost else "") + shown
            lost, gap = 0, ""
    return out + (_note(lost) + gap if lost else "")


def unprintable(text: str) -> bool:
    """Whether anything of it is left to the plain-text copy."""
    return printable(text).count(PLAIN_COPY) > text.count(PLAIN_COPY)


def _note(lost: int) -> str:
    return f"[{lost} letter{'s' if lost > 1 else ''} not printed here: {PLAIN_COPY}]"


def _shown(character: str) -> str | None:
    if character == "\n":
        return character
    if unicodedata.bidirectional(character) in _RIGHT_TO_LEFT:
        return None
    for form in (character, unicodedata.normalize("NFKD", character)):
        if all(ord(one) in _has() for one in form):
            return form
    return None


@cache
def _has() -> frozenset[int]:
    """The characters both weights have; raises FontIsMissing."""
    if not (REGULAR.is_file() and BOLD.is_file()):
        raise FontIsMissing(str(FOLDER.name))
    found = [set(TTFont(face, lazy=True).getBestCmap()) for face in (REGULAR, BOLD)]
    return frozenset(found[0] & found[1])
