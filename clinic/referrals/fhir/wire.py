"""From bytes to JSON, with the guards that stand before any parser: hostile bytes end here."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from clinic.referrals.fhir.issues import Issue, Refused, refused
from clinic.referrals.fhir.shape import Json, element

LARGEST = 10 * 1024 * 1024  # bytes
DEEPEST = 40  # levels of nesting; the FHIR library recurses
MOST_PARTS = 20_000  # objects and lists; each costs the FHIR library time
LONGEST_NUMBER = 18  # digits
MEDIA = ("application/fhir+json", "application/json")
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")
# FHIR allows tab, line feed and carriage return only; half a surrogate pair is no character at all
_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")

# JSON writes such characters only as one of these; a text without them needs no look at every string
_MAY_BE_STRANGE = re.compile(r"\\[bfu]")


class _NotJson(ValueError):
    """Python's reader would let it pass; the text says what it is."""


def check_media(content_type: str, encoding: str) -> None:
    """JSON of FHIR 4.0 only, not compressed. Raises Refused 415."""
    media, *rest = (part.strip().lower() for part in content_type.split(";"))
    if media not in MEDIA:
        raise refused(415, "not-supported", "Send application/fhir+json: XML and other formats are not read.")
    if encoding not in ("", "identity"):
        raise refused(415, "not-supported", "Send the body uncompressed.")
    for name, _, value in (part.partition("=") for part in rest):
        if name == "fhirversion" and not value.strip('"').startswith("4.0"):
            raise refused(415, "not-supported", "Send FHIR R4 (4.0); other versions are not read.")
        if name == "charset" and value.strip('"') not in ("utf-8", "utf8"):
            raise refused(415, "not-supported", "Send UTF-8.")


def check_accept(accept: str, wanted: str) -> None:
    """Only JSON comes back; `wanted` is the `_format` of the address. Raises Refused 406."""
    kinds = [part.partition(";")[0].strip().lower() for part in accept.split(",") if part.strip()]
    readable = not kinds or any("json" in kind or kind in ("*/*", "application/*") for kind in kinds)
    if "xml" in wanted.lower() or "ttl" in wanted.lower() or not readable:
        raise refused(406, "not-supported", "Answers are application/fhir+json only.")


def parse(body: bytes) -> tuple[Json, str]:
    """The JSON object in a body, and the text it was. Raises Refused: 413 too large, else 400."""
    if len(body) > LARGEST:
        raise too_large()
    text = _text(body)
    _check_nesting(text)
    document = _load(text)
    if not isinstance(document, dict):
        raise refused(400, "structure", "The body must be one JSON object.")
    if _MAY_BE_STRANGE.search(text) and (strange := list(_strange(document, word_of(document)))):
        raise Refused(strange)
    return document, text


def too_large() -> Refused:
    return refused(413, "too-long", "The body is larger than 10 MB.")


def word_of(document: Json) -> str:
    """How expressions about a document begin."""
    kind = document.get("resourceType")
    return kind if kind in ("Bundle", "ServiceRequest") else "$this"


def _text(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise refused(400, "structure", "The body is not UTF-8.") from None
    if not text.strip():
        raise refused(400, "structure", "The body is empty.")
    return text


def _check_nesting(text: str) -> None:
    """Counted on the text, since parsing is what deep nesting would break."""
    depth = parts = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        if bracket in "[{":
            depth, parts = depth + 1, parts + 1
            if depth > DEEPEST:
                raise refused(400, "too-costly", f"The body is nested deeper than {DEEPEST} levels.")
            if parts > MOST_PARTS:
                raise refused(413, "too-costly", f"The body has more than {MOST_PARTS} objects and lists.")
        else:
            depth -= 1


def _load(text: str) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_no_duplicates,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_short,
        )
    except _NotJson as problem:
        raise refused(400, "structure", str(problem)) from None
    except (ValueError, RecursionError):
        raise refused(400, "structure", "The body is not JSON.") from None


def _no_duplicates(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _NotJson("An object of the body has the same key twice.")
    return found


def _no_constant(name: str) -> Any:
    raise _NotJson("NaN and Infinity are not JSON.")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise _NotJson("A number of the body is too large.")
    return value


def _short(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise _NotJson("A number of the body is too large.")
    return int(digits)


def _strange(value: Any, at: str) -> Any:
    """Strings with characters FHIR does not allow, in values and in keys."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if _NO_CHARACTER.search(key):
                yield _not_a_character(at)
            yield from _strange(inner, element(at, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _strange(inner, f"{at}[{place}]")
    elif isinstance(value, str) and _NO_CHARACTER.search(value):
        yield _not_a_character(at)


def _not_a_character(at: str) -> Issue:
    return Issue("value", "The text has a control character or half a character.", at, status=400)
