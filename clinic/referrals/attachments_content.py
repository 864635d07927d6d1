"""What a file is, by its bytes alone: PDF, JPEG or PNG, whole, and nothing hidden behind it. Decodes nothing.

A name or a declared type decides nothing. Pictures are cut off where the picture ends, so that what a
phone or an attacker appended is not kept; a PDF with something appended or with active parts is refused.
"""

from __future__ import annotations

import re
import struct
from typing import NamedTuple

LARGEST = 5 * 1024 * 1024  # bytes, as the national e-Referral Service takes
LARGEST_WORDS = "5 MB"
WIDEST, MOST_PIXELS = 20_000, 120_000_000  # a viewer that opens it needs four bytes a pixel
MEDIA = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}

PNG = b"\x89PNG\r\n\x1a\n"
_LAST = 1024  # bytes at the end in which a PDF says that it ends
_NO_LENGTH = {0x01, *range(0xD0, 0xD9)}  # JPEG markers that stand alone
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # those that tell the size of the picture
# names in a PDF that run, start or carry something; matched without what is inside compressed parts
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE)\b")


class NotAccepted(Exception):
    """Why a file is not taken, in words for who sent it; they never repeat its name."""


class Judged(NamedTuple):
    kind: str  # pdf, jpeg, png
    content: bytes


def judge(content: bytes) -> Judged:
    """The kind of a file and the bytes to keep. Raises NotAccepted."""
    if not content:
        raise NotAccepted("The file is empty.")
    if len(content) > LARGEST:
        raise NotAccepted(f"The file is larger than {LARGEST_WORDS}.")
    if content.startswith(b"%PDF-"):
        return Judged("pdf", _pdf(content))
    if content.startswith(PNG):
        return Judged("png", _png(content))
    if content.startswith(b"\xff\xd8\xff"):
        return Judged("jpeg", _jpeg(content))
    raise NotAccepted("Only PDF, JPEG and PNG files are taken. This is another kind of file.")


def _pdf(content: bytes) -> bytes:
    end = content.rfind(b"%%EOF")
    if end < len(content) - _LAST or content[end + 5 :].strip(b"\r\n\t \x00"):
        raise NotAccepted("The PDF is not whole, or something is appended to it. Save it again.")
    if b"/Encrypt" in content:
        raise NotAccepted("The PDF has a password. Save it without one.")
    if _ACTIVE.search(_without_escapes(content)):
        raise NotAccepted("The PDF holds a script, a form or another file. Print it to a new PDF.")
    return content


def _without_escapes(content: bytes) -> bytes:
    """`/J#61vaScript` is the same name as `/JavaScript`."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), content)


def _png(content: bytes) -> bytes:
    """Chunk by chunk to the end of the picture; their sums and their pixels are not looked at."""
    at, first = len(PNG), True
    while at + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        if first:
            if (length, kind) != (13, b"IHDR") or at + 25 > len(content):
                break
            _check_size(*struct.unpack_from(">II", content, at + 8))
            first = False
        at += 12 + length
        if kind == b"IEND" and at <= len(content):
            return content[:at]
    raise NotAccepted("The picture is damaged. Save it again.")


def _jpeg(content: bytes) -> bytes:
    """Segment by segment, and over the picture's own data, to its end."""
    at, sized = 2, False
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # a filler byte
            at += 1
            continue
        if marker in _NO_LENGTH:
            at += 2
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        if marker in _FRAMES and at + 9 <= len(content):
            height, width = struct.unpack_from(">HH", content, at + 5)
            _check_size(width, height)
            sized = True
        at += 2 + length
        if marker == 0xDA:  # the picture's data follow
            at = _next_marker(content, at)
        if content[at : at + 2] == b"\xff\xd9":
            if sized:
                return content[: at + 2]
            break
    raise NotAccepted("The picture is damaged. Save it again.")


def _next_marker(content: bytes, at: int) -> int:
    """Past data in which 0xFF is followed by a zero or a restart mark."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            return len(content)
        after = content[at + 1]
        if after != 0 and not 0xD0 <= after <= 0xD7 and after != 0xFF:
            return at
        at += 1 if after == 0xFF else 2


def _check_size(width: int, height: int) -> None:
    if not (0 < width <= WIDEST and 0 < height <= WIDEST and width * height <= MOST_PIXELS):
        raise NotAccepted("The picture is larger than any screen or scanner makes. Save it smaller.")
