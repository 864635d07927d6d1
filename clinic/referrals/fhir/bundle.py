"""A transaction Bundle opened: its envelope checked, its resources listed with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from clinic.referrals.fhir import bindings, references, structure
from clinic.referrals.fhir.issues import UNPARSEABLE, Issue, Refused, refused, warning
from clinic.referrals.fhir.references import Directory, Part
from clinic.referrals.fhir.shape import Json, dicts, obj, walk, word

TRANSACTION, MESSAGE = "transaction", "message"
HEADER = "MessageHeader"
MOST_ENTRIES = 200
_FULL_URL = re.compile(r"(urn:uuid:|urn:oid:|https?://)\S+")


@dataclass(slots=True)
class Opened:
    """What was sent, with everything found wrong so far."""

    entries: list[str]  # the type of each entry, in order
    parts: list[Part] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    directory: Directory = field(default_factory=Directory)

    def of(self, *kinds: str) -> list[Part]:
        return [part for part in self.parts if part.kind in kinds]

    def error(self, code: str, text: str, expression: str) -> None:
        self.issues.append(Issue(code, text, expression))

    def warn(self, code: str, text: str, expression: str) -> None:
        self.issues.append(warning(code, text, expression))

    def target(self, reference: Any, holder: Part) -> Part | None:
        """The resource a reference names, if it is here."""
        return self.directory.find(word(obj(reference).get("reference")), holder)


def open_bundle(document: Json, kind: str = TRANSACTION) -> Opened:
    """Check envelope, structure, codes and references. Raises Refused without a Bundle to look into.

    In a message the entries have no request, and the first one is its MessageHeader.
    """
    if document.get("resourceType") != "Bundle":
        raise refused(400, "structure", "Send one Bundle.", "$this.resourceType")
    entries = document.get("entry")
    if not isinstance(entries, list) or not entries:
        empty = Issue("required", "The Bundle has no entry.", "Bundle.entry", status=UNPARSEABLE)
        raise Refused([*_kind(document, kind), empty])
    if len(entries) > MOST_ENTRIES:
        raise refused(422, "too-costly", f"The Bundle has more than {MOST_ENTRIES} entries.", "Bundle.entry")
    opened = Opened(entries=[word(obj(obj(e).get("resource")).get("resourceType")) for e in entries])
    opened.issues += _kind(document, kind)
    opened.issues += structure.problems(_envelope(document), "Bundle")
    opened.issues += _repeated(entries)
    for place, entry in dicts(entries):
        if kind == TRANSACTION:
            opened.issues += _request(entry, f"Bundle.entry[{place}]")
        _add(opened, entry, place, header=kind == MESSAGE and place == 0)
    for part in opened.parts:
        if not part.contained:
            opened.issues += structure.problems(part.data, part.at)
            opened.issues += _must_understand(part)
        opened.issues += bindings.problems(part.data, part.at)
    opened.issues += references.problems(opened.parts, opened.directory)
    return opened


def _kind(document: Json, kind: str) -> Iterator[Issue]:
    if "type" not in document:
        yield Issue("required", "R4 requires this element.", "Bundle.type", status=UNPARSEABLE)
    elif document["type"] != kind:
        yield Issue("not-supported", f"Send a Bundle of type {kind}.", "Bundle.type")


def _envelope(document: Json) -> Json:
    """The Bundle without its resources, which are looked at one by one."""
    entries = [{**e, "resource": None} if isinstance(e, dict) else e for e in document["entry"]]
    return {**document, "entry": entries}


def _repeated(entries: list[Any]) -> Iterator[Issue]:
    seen: set[str] = set()
    for place, entry in dicts(entries):
        url, at = word(entry.get("fullUrl")), f"Bundle.entry[{place}].fullUrl"
        if url and not _FULL_URL.fullmatch(url):
            yield Issue("value", "Must be urn:uuid: or an absolute address.", at)
        elif url in seen:
            yield Issue("invariant", "Two entries have this fullUrl.", at)
        if url:
            seen.add(url)


def _request(entry: Json, at: str) -> Iterator[Issue]:
    """Each entry creates its own kind of resource; people and places may also be put."""
    request, kind = obj(entry.get("request")), word(obj(entry.get("resource")).get("resourceType"))
    if not request:
        yield Issue("required", "An entry of a transaction needs its request.", f"{at}.request")
        return
    methods = ("POST",) if kind == "ServiceRequest" else ("POST", "PUT")
    if request.get("method") not in methods:
        yield Issue("not-supported", f"Must be {' or '.join(methods)}.", f"{at}.request.method")
    if kind == "ServiceRequest" and "ifNoneExist" in request and not _by_own_identifier(entry):
        text = "Must be identifier=system|value of this ServiceRequest."
        yield Issue("not-supported", text, f"{at}.request.ifNoneExist")
    if kind in structure.ALLOWED and not re.fullmatch(rf"/?{kind}([/?].*)?", word(request.get("url"))):
        yield Issue("value", "Must be the type of the entry's resource.", f"{at}.request.url")


def _by_own_identifier(entry: Json) -> bool:
    """A conditional create asks what we ask anyway: did this identifier come before?"""
    own = {
        f"{word(one.get('system'))}|{word(one.get('value'))}"
        for _, one in dicts(obj(entry.get("resource")).get("identifier"))
    }
    asked = parse_qs(word(obj(entry.get("request")).get("ifNoneExist")).removeprefix("?"))
    return set(asked) == {"identifier"} and set(asked["identifier"]) <= own


def _add(opened: Opened, entry: Json, place: int, *, header: bool) -> None:
    at = f"Bundle.entry[{place}].resource"
    resource = entry.get("resource")
    if not isinstance(resource, dict):
        opened.issues.append(Issue("required", "The entry has no resource.", at, status=UNPARSEABLE))
        return
    inner = [(f"{at}.contained[{n}]", one) for n, one in dicts(resource.get("contained"))]
    wrong = [issue for where, one in ((at, resource), *inner) for issue in _type(one, where, header)]
    wrong += [_nested(where) for where, one in inner if "contained" in one]
    if wrong:
        opened.issues += wrong
        return
    found = [Part(resource["resourceType"], resource, at, place, word(entry.get("fullUrl")))]
    found += [Part(one["resourceType"], one, where, place, contained=True) for where, one in inner]
    opened.parts += found
    opened.directory.add(found)


def _type(resource: Json, at: str, header: bool) -> Iterator[Issue]:
    kind = resource.get("resourceType")
    if not isinstance(kind, str) or not kind:
        yield Issue("structure", "Every resource needs its type.", f"{at}.resourceType", status=UNPARSEABLE)
    elif kind not in structure.ALLOWED and not (header and kind == HEADER):
        yield Issue("not-supported", "This type of resource is not accepted here.", f"{at}.resourceType")


def _nested(at: str) -> Issue:
    return Issue("structure", "A contained resource contains nothing.", f"{at}.contained", status=UNPARSEABLE)


def _must_understand(part: Part) -> Iterator[Issue]:
    for at, key, value in walk(part.data, part.at):
        if key in ("modifierExtension", "implicitRules") and value:
            yield Issue("extension", "This changes the meaning of the resource and is not understood.", at)
