"""A reply in its plainest form: small letters, plain words, one spelling of "can't"."""

import re
import unicodedata

LONGEST_REPLY = 1600
FRIENDLY = frozenset("👍👌🙏😊🙂😀😃😄😁🤗❤💙💚💜💛🧡💕😘🥰✔✅☺🌹🌷🌸💐")
_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFE0E, 0xFE0F, 0x20E3, 0x00AD))
_SKIN_TONES = dict.fromkeys(range(0x1F3FB, 0x1F400))
_APOSTROPHES = re.compile(r"['’‘`´ʼ′]")
_SAID_OF_A_THING = re.compile(
    r"\b(?!(?:it|he|she|that|what|who|there|let|here|where|how|when|mum|dad)\b)([^\W\d_]+)['’]s\b"
)
_WORD = re.compile(r"\d+(?:[.:]\d+)?|[^\W\d_]+|\?|[^\w\s.,!;:()\"\-/&+*_=~<>]", re.UNICODE)
_TWO_WORDS_FOR_ONE = (
    (re.compile(r"\bcan not\b"), "cant"),
    (re.compile(r"\b(could|did|does|do|have|has|had|is|was|are|were|would|should) not\b"), r"\1nt"),
    (re.compile(r"\bwill not\b"), "wont"),
    (re.compile(r"\bcannot\b"), "cant"),
)


def words(text: str) -> list[str]:
    """The reply's words in order, `?` and unfriendly signs kept as words of their own, the rest dropped."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST_REPLY]).casefold()
    plain = plain.translate(_INVISIBLE).translate(_SKIN_TONES)
    plain = _SAID_OF_A_THING.sub(r"\1", plain)
    plain = _APOSTROPHES.sub("", "".join(" " if sign in FRIENDLY else sign for sign in plain))
    found = " ".join(_WORD.findall(_without_accents(plain)))
    for pattern, one_word in _TWO_WORDS_FOR_ONE:
        found = pattern.sub(one_word, found)
    return found.split()


def _without_accents(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part))
