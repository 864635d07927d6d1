"""Documents in a Bundle: a DocumentReference with its data or with a Binary of the Bundle, judged by content.

A document that cannot be kept never refuses a referral: it is told, and stands in what was sent.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator

from clinic.referrals.attachments import MOST, Document, document
from clinic.referrals.attachments_content import NotAccepted
from clinic.referrals.fhir.bundle import Opened
from clinic.referrals.fhir.references import Part
from clinic.referrals.fhir.shape import Json, dicts, obj, word, words_of

KEPT = "Kept as a document for who decides."
AS_SENT = "It stays in what was sent; staff do not see it as a document."
_GONE = ("superseded", "entered-in-error")


def documents(opened: Opened) -> list[Document]:
    """The files of a Bundle that can be kept, each told in a warning; the same file once."""
    found: dict[str, Document] = {}
    named: set[str] = set()
    for part in opened.of("DocumentReference"):
        for at, attachment, name in _attachments(part):
            data, source = _data(opened, part, attachment)
            if source:
                named.add(source.at)
            _take(opened, found, name, data, at)
    for part in opened.of("Binary"):
        if part.at not in named:
            _take(opened, found, "document", word(part.data.get("data")), part.at)
    return list(found.values())


def _attachments(part: Part) -> Iterator[tuple[str, Json, str]]:
    if word(part.data.get("status")) in _GONE:
        return
    described = word(part.data.get("description")) or words_of(part.data.get("type"))
    for place, content in dicts(part.data.get("content")):
        attachment = obj(content.get("attachment"))
        yield f"{part.at}.content[{place}].attachment", attachment, word(attachment.get("title")) or described


def _data(opened: Opened, part: Part, attachment: Json) -> tuple[str, Part | None]:
    """The attachment's own data, else that of the Binary its address names inside the Bundle."""
    if data := word(attachment.get("data")):
        return data, None
    target = opened.directory.find(word(attachment.get("url")), part)
    if target is None or target.kind != "Binary":
        return "", None
    return word(target.data.get("data")), target


def _take(opened: Opened, found: dict[str, Document], name: str, data: str, at: str) -> None:
    try:
        content = b64decode("".join(data.split()), validate=True)
        one = document(name, content)
    except (binascii.Error, ValueError):
        opened.warn("informational", f"This is not base64. {AS_SENT}", at)
        return
    except NotAccepted as problem:
        opened.warn("informational", f"{problem} {AS_SENT}", at)
        return
    if len(found) >= MOST and one.digest not in found:
        opened.warn("informational", f"More than {MOST} documents. {AS_SENT}", at)
        return
    found[one.digest] = one
    opened.warn("informational", KEPT, at)
