"""Case facts collected from several resources, each remembered with its place in the Bundle."""

from __future__ import annotations

import re
from typing import Any

from clinic.referrals.fhir.shape import Json
from clinic.referrals.rules.case_fields import FLAG_FIELDS, SECTIONS
from clinic.referrals.rules.fields import Kind

# only the service's own staff can say what was taught or released (F5)
STAFF_ONLY = ("progress.released", "progress.taught")


def field_of(path: str) -> Kind | None:
    """What a case path may hold; None for a path that no referrer's case has."""
    section, _, key = path.partition(".")
    if section == "flags":
        return FLAG_FIELDS.get(key)
    return SECTIONS[section][1].get(key) if section in SECTIONS else None


def looks_like_a_path(text: str) -> bool:
    """Whether somebody meant a case fact, so that a slip of the pen is told and not lost."""
    return text.partition(".")[0].partition("[")[0] in {*SECTIONS, "flags", "tests"}


class Facts:
    """Facts by path; the first one told stands."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}
        self.tests: list[Json] = []
        self.where: dict[str, str] = {}

    def add(self, path: str, value: Any, at: str) -> bool:
        """Keep a fact; False when the path is already known with another value."""
        if path in self.known:
            return bool(self.known[path] == value)
        self.known[path], self.where[path] = value, at
        return True

    def add_test(self, test: Json, at: str) -> None:
        self.where[f"tests[{len(self.tests)}]"] = at
        self.tests.append(test)

    def case(self) -> Json:
        """The case of the contract; person is left to the intake."""
        found: Json = {}
        for path, value in self.known.items():
            section, _, key = path.partition(".")
            found.setdefault(section, {})[key] = value
        if self.tests:
            found["tests"] = self.tests
        return found

    def place(self, path: str) -> str | None:
        """Where in the Bundle a problem with this path began; the nearest known place."""
        while path:
            if path in self.where:
                return self.where[path]
            path = re.sub(r"(\.[^.\[]*|\[[^\]]*\]|^[^.\[]*)$", "", path)
        return None
