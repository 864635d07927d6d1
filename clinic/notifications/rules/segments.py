"""What a text costs on the wire: its alphabet, its length in it, its parts (3GPP TS 23.038, 23.040)."""

import unicodedata
from dataclasses import dataclass
from typing import Literal

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")

_PLAINER = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "`": "'", "´": "'", "ʼ": "'",
        "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"', "«": '"', "»": '"',
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "•": "-",
        "…": "...", "\t": " ", "×": "x", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i",
        "\u200b": None, "\u200c": None, "\u200d": None, "\u2060": None, "\ufeff": None, "\u00ad": None,
    }
)  # fmt: skip


@dataclass(frozen=True)
class Segments:
    """The size of one text: `units` are septets in GSM-7 and 16-bit units in UCS-2."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    parts: int


def segments(text: str) -> Segments:
    """Counts the parts a carrier bills: 160 or 153 a part in GSM-7, 70 or 67 in UCS-2.

    An escape pair or a surrogate pair never straddles two parts, so a part may stay one unit short.
    """
    if is_gsm7(text):
        sizes = [2 if character in _EXTENDED else 1 for character in text]
        return Segments("GSM-7", sum(sizes), _parts(sizes, whole=160, joined=153))
    sizes = [2 if ord(character) > 0xFFFF else 1 for character in text]
    return Segments("UCS-2", sum(sizes), _parts(sizes, whole=70, joined=67))


def is_gsm7(text: str) -> bool:
    """Whether every character travels in the GSM 7-bit alphabet or its extension table."""
    return all(character in _BASIC or character in _EXTENDED for character in text)


def downgrade(text: str) -> str:
    """The same words in GSM-7: typographic marks made plain, accents it lacks dropped, the rest `?`."""
    return "".join(map(_plainest, text.translate(_PLAINER)))


def _parts(sizes: list[int], *, whole: int, joined: int) -> int:
    if sum(sizes) <= whole:
        return 1
    parts, used = 1, 0
    for size in sizes:
        if used + size > joined:
            parts, used = parts + 1, 0
        used += size
    return parts


def _plainest(character: str) -> str:
    if is_gsm7(character):
        return character
    bare = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    return bare if is_gsm7(bare) else "?"
