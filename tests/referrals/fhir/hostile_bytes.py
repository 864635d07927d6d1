"""Bodies that are no Bundle at all, or would break a reader: each with the status of its answer."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.referrals.fhir.hostile import PLANTED_NAME, planted


def text() -> str:
    return json.dumps(planted())


BYTES: dict[str, tuple[Callable[[], bytes], int]] = {
    "nothing": (lambda: b"", 400),
    "spaces": (lambda: b"   \n", 400),
    "a word": (lambda: PLANTED_NAME.encode(), 400),
    "a list": (lambda: b"[]", 400),
    "a number": (lambda: b"42", 400),
    "null": (lambda: b"null", 400),
    "half a Bundle": (lambda: text().encode()[:500], 400),
    "two Bundles": (lambda: (text() * 2).encode(), 400),
    "XML as JSON": (lambda: b"<Bundle xmlns='http://hl7.org/fhir'/>", 400),
    "a form": (lambda: b"resourceType=Bundle", 400),
    "a comma too many": (lambda: text().replace("}]", "},]", 1).encode(), 400),
    "one key twice": (lambda: text().replace('"type"', '"resourceType": "Bundle", "type"', 1).encode(), 400),
    "a deep key twice": (lambda: text().replace('"gender"', '"gender": "male", "gender"', 1).encode(), 400),
    "NaN": (lambda: text().replace("13.2", "NaN").encode(), 400),
    "Infinity": (lambda: text().replace("13.2", "-Infinity").encode(), 400),
    "a number past all floats": (lambda: text().replace("13.2", "1e999").encode(), 400),
    "a number of 5,000 digits": (lambda: text().replace("13.2", "9" * 5000).encode(), 400),
    "Latin-1": (lambda: text().replace(PLANTED_NAME, "Zoë").encode("latin-1"), 400),
    "UTF-16": (lambda: text().encode("utf-16"), 400),
    "a byte order mark": (lambda: b"\xef\xbb\xbf" + text().encode(), 400),
    "lists 3,000 deep": (lambda: b"[" * 3000 + b"]" * 3000, 400),
    "objects 3,000 deep": (lambda: b'{"a":' * 3000 + b"1" + b"}" * 3000, 400),
    "extensions 3,000 deep": (
        lambda: text().replace('"gender"', '"extension": ' + '[{"extension": ' * 3000 + '"x"').encode(),
        400,
    ),
    "an open string": (lambda: b'{"a": "' + b'\\"' * 200_000, 400),
    "100,000 objects": (lambda: b'{"resourceType": "Bundle", "entry": [' + b"{}," * 100_000 + b"{}]}", 413),
    "more than 10 MB": (lambda: b'{"a": "' + b"x" * (10 * 1024 * 1024) + b'"}', 413),
}
