"""References stay inside the Bundle: nothing is ever fetched, and everything is about one patient."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from clinic.referrals.fhir.issues import Issue
from clinic.referrals.fhir.shape import Json, obj, walk, word

OURS = re.compile(r"HealthcareService/[0-9]{1,18}")  # a clinic of this service, as a performer
_ABOUT_NOBODY = ("Organization", "Practitioner", "PractitionerRole", "HealthcareService", "Location")


@dataclass(frozen=True, slots=True)
class Part:
    """A resource of the Bundle, or one contained in it; `at` is its place."""

    kind: str
    data: Json
    at: str
    entry: int
    full_url: str = ""
    contained: bool = False

    @property
    def id(self) -> str:
        return word(self.data.get("id"))


class Directory:
    """Every name by which a resource of the Bundle may be called."""

    def __init__(self) -> None:
        self._entries: dict[str, Part] = {}
        self._contained: dict[tuple[int, str], Part] = {}

    def add(self, parts: Iterable[Part]) -> None:
        """A resource is known by its fullUrl, by Type/id, and by the Type/id its fullUrl ends with."""
        for part in parts:
            if part.contained:
                self._contained.setdefault((part.entry, part.id), part)
                continue
            ending = "/".join(part.full_url.rsplit("/", 2)[-2:])
            names = [part.full_url, f"{part.kind}/{part.id}" if part.id else ""]
            if part.full_url.startswith("http") and ending.startswith(f"{part.kind}/"):
                names.append(ending)
            for name in filter(None, names):
                self._entries.setdefault(name, part)

    def find(self, reference: str, holder: Part) -> Part | None:
        """What a reference of `holder` names, if it is here; a version is not looked at."""
        if reference.startswith("#"):
            return self._contained.get((holder.entry, reference[1:]))
        return self._entries.get(reference.partition("/_history/")[0])


def problems(parts: Sequence[Part], directory: Directory) -> Iterator[Issue]:
    """References that lead nowhere or outside, attachments to be fetched, resources about somebody else."""
    for part in parts:
        if not part.contained:  # what is contained is walked with its holder
            for at, key, value in walk(part.data, part.at):
                if isinstance(value, str) and directory.find(value, part) is None:
                    yield from _unknown(key, value, at)
        yield from _subject(part, directory)


def _unknown(key: str, value: str, at: str) -> Iterator[Issue]:
    if key == "url" and at.endswith("ttachment.url"):
        yield Issue("not-supported", "Send the attachment's data: addresses are not followed.", at)
    elif key != "reference" or value == "#" or ".generalPractitioner" in at:
        return  # the practice is asked about, never a reason to refuse
    elif ".performer" in at and OURS.fullmatch(value):
        return
    elif re.match(r"(?!urn:)[A-Za-z][A-Za-z0-9+.-]*:|//", value):
        yield Issue("not-supported", "This leads outside the Bundle; nothing is fetched.", at)
    else:
        yield Issue("not-found", "Nothing in the Bundle has this reference.", at)


def _subject(part: Part, directory: Directory) -> Iterator[Issue]:
    """Every subject that is named is the one Patient."""
    if part.kind in _ABOUT_NOBODY:
        return
    for name in ("subject", "patient"):
        found = directory.find(word(obj(part.data.get(name)).get("reference")), part)
        if found is not None and found.kind != "Patient":
            yield Issue("value", "Must be the Patient of this Bundle.", f"{part.at}.{name}.reference")
