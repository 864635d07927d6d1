"""Reads raw JSON facts into a Case, strictly: a case that cannot be right is never decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from clinic.referrals.rules.case_fields import FLAG_FIELDS, PHASE_SET_FIELDS, SECTIONS, TEST_FIELDS, TOP_LEVEL
from clinic.referrals.rules.dates import age_on
from clinic.referrals.rules.facts import Case, PhaseSet, TestResult
from clinic.referrals.rules.fields import UNKNOWN, FullDay, Kind, Wrong, or_unknown

ADULT = 18
_KEY_SHOWN = 60
_AS_OF = FullDay()


@dataclass(frozen=True, slots=True)
class CaseError:
    """One thing wrong with a raw case: where, and what would be right."""

    path: str
    text: str

    def to_json(self) -> dict[str, str]:
        """The two members of the contract."""
        return {"path": self.path, "text": self.text}


@dataclass(frozen=True, slots=True)
class CaseErrors:
    """Why a raw case was not read; `id` is kept so that the answer finds its question."""

    id: str | int | None
    errors: tuple[CaseError, ...]

    def to_json(self) -> dict[str, Any]:
        """The answer that stands in the place of a decision."""
        return {"id": self.id, "errors": [error.to_json() for error in self.errors]}


def parse_case(raw: Any, *, today: date) -> Case | CaseErrors:
    """Read raw JSON facts strictly: every unknown key, impossible value or future date is an error.

    `today` is the clinic-local date used when the case has no `as_of`.
    """
    reader = _Reader()
    case = reader.case(raw, today)
    if case is None or reader.errors:
        return CaseErrors(reader.case_id, tuple(sorted(reader.errors, key=lambda e: (e.path, e.text))))
    return case


def case_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a raw case; dates are further checked against `as_of`."""
    properties: dict[str, Any] = {"id": {"type": ["string", "integer", "null"]}}
    properties["as_of"] = _AS_OF.schema()
    for name, (_, fields) in SECTIONS.items():
        section = _object_schema(fields)
        if name == "progress":
            section["properties"]["phase_set"] = or_unknown(_object_schema(PHASE_SET_FIELDS))
        properties[name] = or_unknown(section)
    test = {**_object_schema(TEST_FIELDS), "required": ["name"]}
    properties["tests"] = or_unknown({"type": "array", "items": test})
    properties["flags"] = or_unknown(_object_schema(FLAG_FIELDS))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A referral as plain facts",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _object_schema(fields: Mapping[str, Kind]) -> dict[str, Any]:
    properties = {name: kind.schema() for name, kind in fields.items()}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _shown(key: str) -> str:
    """A key nobody knows, short enough for one line."""
    return key[:_KEY_SHOWN] or '""'


class _Reader:
    """Collects every error of one raw case, so that a person corrects it once."""

    def __init__(self) -> None:
        self.errors: list[CaseError] = []
        self.days: list[tuple[str, date]] = []
        self.case_id: str | int | None = None

    def case(self, raw: Any, today: date) -> Case | None:
        if type(raw) is not dict:
            self.wrong("$", "a case must be an object")
            return None
        self._id(raw.get("id"))
        for key in raw:
            if key not in TOP_LEVEL:
                self.wrong(_shown(key), "unknown key")
        facts: dict[str, Any] = {}
        for name, (shape, fields) in SECTIONS.items():
            given = raw.get(name)
            if given is not None:
                facts[name] = shape(**self.section(given, name, fields))
        tests, flags = raw.get("tests"), raw.get("flags")
        if tests is not None and tests != UNKNOWN:
            facts["tests"] = self.tests(tests)
        if flags is not None:
            facts["flags"] = MappingProxyType(self.section(flags, "flags", FLAG_FIELDS))
        case = Case(id=self.case_id, as_of=self.as_of(raw.get("as_of")) or today, **facts)
        self.refuse_future(case.as_of)
        self.refuse_minors(case)
        return case

    def wrong(self, path: str, text: str) -> None:
        self.errors.append(CaseError(path, text))

    def _id(self, value: Any) -> None:
        if value is None or type(value) is str or type(value) is int:
            self.case_id = value
        else:
            self.wrong("id", "must be text or a whole number")

    def section(self, given: Any, path: str, fields: Mapping[str, Kind]) -> dict[str, Any]:
        """The known facts of one object; None and "unknown" are left out."""
        if given == UNKNOWN:
            return {}
        if type(given) is not dict:
            self.wrong(path, "must be an object")
            return {}
        known: dict[str, Any] = {}
        for key, value in given.items():
            kind = fields.get(key)
            if kind is None:
                if path == "progress" and key == "phase_set":
                    known[key] = self.phase_set(value)
                else:
                    self.wrong(f"{path}.{_shown(key)}", "unknown key")
            elif value is not None and value != UNKNOWN:
                try:
                    known[key] = read = kind.read(value)
                except Wrong as wrong:
                    self.wrong(f"{path}.{key}{wrong.within}", wrong.text)
                    continue
                if kind.dated:
                    self.days.append((f"{path}.{key}", getattr(read, "first", read)))
        return known

    def as_of(self, value: Any) -> date | None:
        if value is None or value == UNKNOWN:
            return None
        try:
            return _AS_OF.read(value)
        except Wrong as wrong:
            self.wrong("as_of", wrong.text)
            return None

    def refuse_future(self, as_of: date) -> None:
        """Future means after `as_of`, even when `as_of` itself is after today (A29)."""
        for path, day in self.days:
            if day > as_of:
                self.wrong(path, "is in the future")

    def refuse_minors(self, case: Case) -> None:
        """Nobody here is under 18, or was at the fracture."""
        birth, fracture = case.person.birth_date, case.fracture
        if birth is None or birth > case.as_of:
            return
        if age_on(birth, case.as_of) < ADULT:
            self.wrong("person.birth_date", f"the patient is under {ADULT}")
            return
        cap = fracture.reported_on or case.as_of
        for path, partial in (
            ("fracture.date", fracture.date),
            ("fracture.cement_procedure_on", fracture.cement_procedure_on),
        ):
            if partial is not None and age_on(birth, partial.read(cap)) < ADULT:
                self.wrong(path, f"is before the patient was {ADULT}")

    def phase_set(self, given: Any) -> PhaseSet | None:
        path = "progress.phase_set"
        if given is None:
            return None
        before = len(self.errors)
        known = self.section(given, path, PHASE_SET_FIELDS)
        if not known or len(self.errors) > before:
            return None
        for key in PHASE_SET_FIELDS:
            if key not in known:
                self.wrong(f"{path}.{key}", "must be given")
        return PhaseSet(**known) if len(known) == len(PHASE_SET_FIELDS) else None

    def tests(self, given: Any) -> tuple[TestResult, ...]:
        if type(given) is not list:
            self.wrong("tests", "must be a list")
            return ()
        found = []
        for place, one in enumerate(given):
            path = f"tests[{place}]"
            if type(one) is not dict:
                self.wrong(path, "must be an object")
                continue
            before = len(self.errors)
            known = self.section(one, path, TEST_FIELDS)
            if "name" in known:
                found.append(TestResult(**known))
            elif len(self.errors) == before:
                self.wrong(f"{path}.name", "must be given")
        return tuple(found)
