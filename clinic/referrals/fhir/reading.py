"""A Bundle read into what the intake takes: one patient, one case, one sender's identifier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from clinic.referrals.attachments import Document
from clinic.referrals.fhir import attached, findings, people, practice, questionnaire
from clinic.referrals.fhir.bundle import Opened
from clinic.referrals.fhir.facts import Facts
from clinic.referrals.fhir.issues import Issue
from clinic.referrals.fhir.references import Part
from clinic.referrals.fhir.shape import Json, dicts, obj, word, words_of
from clinic.referrals.validation import NOTE_LONGEST, PatientFacts, Problem

INTENTS = ("proposal", "plan", "order", "original-order", "reflex-order", "filler-order", "instance-order")
KEPT = (  # what a person may want to look at and no rule does
    "AllergyIntolerance",
    "DiagnosticReport",
    "Flag",
    "MedicationRequest",
    "MedicationStatement",
    "Procedure",
    "RiskAssessment",
)
LONGEST_IDENTIFIER = 160
NOBODY = Part("ServiceRequest", {}, "Bundle.entry", 0)


@dataclass(slots=True)
class Message:
    """What was sent, in the words of this house; `issues` of the Bundle stay with `opened`."""

    opened: Opened
    request: Part
    person: people.Person
    facts: Facts
    sender_system: str = ""
    sender_value: str = ""
    clinician: str | None = None
    requester_ods: str | None = None
    priority: str = "routine"
    note: str | None = None
    consent: bool | None = None
    practice: practice.Told | None = None
    case: Json = field(default_factory=dict)
    documents: list[Document] = field(default_factory=list)

    @property
    def patient(self) -> PatientFacts:
        return self.person.facts

    @property
    def errors(self) -> list[Issue]:
        return [issue for issue in self.opened.issues if issue.is_error]

    @property
    def warnings(self) -> list[Issue]:
        return [issue for issue in self.opened.issues if not issue.is_error]

    def issues_of(self, problems: Sequence[Problem]) -> list[Issue]:
        """What the one validator found, each at its place in the Bundle; examples of numbers left out."""
        return [
            Issue(
                self._code(problem.path), problem.text.partition(", such as ")[0], self._place(problem.path)
            )
            for problem in problems
        ]

    def _place(self, path: str) -> str:
        own = {"priority": f"{self.request.at}.priority", "note": f"{self.request.at}.note"}
        found = own.get(path) or self.person.where.get(path) or self.facts.place(path)
        return found or (self.person.where["patient"] if path.startswith("p") else self.request.at)

    def _code(self, path: str) -> str:
        room, _, name = path.partition(".")
        return "required" if room == "patient" and not getattr(self.patient, name, None) else "value"


def read(opened: Opened, zone: ZoneInfo) -> Message:
    """Never raises: what is missing or wrong joins the issues, so that a sender hears all of it at once."""
    request = _the_one(opened, "ServiceRequest", contained=False) or NOBODY
    patient = _the_one(opened, "Patient", contained=True)
    facts = Facts()
    message = Message(opened, request, people.patient(opened, patient), facts)
    if request is not NOBODY:
        _request(message)
        _subject(message)
    questionnaire.read(opened, facts, zone)
    findings.observations(opened, facts, zone)
    others = findings.conditions(opened, facts, request, zone)
    message.case = facts.case()
    message.note = _note(request.data, others)
    message.consent = _consent(opened)
    message.practice = practice.told(opened, patient)
    message.documents = attached.documents(opened)
    return message


def _the_one(opened: Opened, kind: str, *, contained: bool) -> Part | None:
    found = [part for part in opened.of(kind) if contained or not part.contained]
    if len(found) > 1:
        opened.error("invariant", f"Send exactly one {kind}.", found[1].at)
    elif not found and kind not in opened.entries:
        opened.error("required", f"Send exactly one {kind}.", "Bundle.entry")
    return found[0] if found else None


def _request(message: Message) -> None:
    request, opened = message.request, message.opened
    data, at = request.data, request.at
    for name, allowed in (("status", ("active",)), ("intent", INTENTS)):
        if word(data.get(name)) not in allowed:
            opened.error("not-supported", f"A referral has {name} {' or '.join(allowed)}.", f"{at}.{name}")
    if data.get("doNotPerform") is True:
        opened.error("not-supported", "A request not to do something is no referral.", f"{at}.doNotPerform")
    message.sender_system, message.sender_value = _identifier(opened, data, at)
    message.priority = "routine" if word(data.get("priority")) in ("", "routine") else "urgent"
    if word(data.get("priority")) in ("asap", "stat"):
        opened.warn("informational", "Handled as urgent.", f"{at}.priority")
    if not people.has_requester(request):
        opened.error("required", "Say who refers.", f"{at}.requester")
    message.clinician, message.requester_ods = people.clinician(opened, request)
    if message.clinician is None:
        opened.warn("incomplete", "No clinician is named.", f"{at}.requester")
    for part in opened.parts:
        if part.kind in KEPT:
            opened.warn("informational", "Kept as sent; not read by the rules.", part.at)


def _identifier(opened: Opened, data: Json, at: str) -> tuple[str, str]:
    """The sender's own: what makes a second sending the same referral."""
    for place, one in dicts(data.get("identifier")):
        system, value = word(one.get("system")), word(one.get("value"))
        if system and value:
            if max(len(system), len(value)) > LONGEST_IDENTIFIER:
                text = f"System and value have at most {LONGEST_IDENTIFIER} characters."
                opened.error("too-long", text, f"{at}.identifier[{place}]")
            return system, value
    opened.error("required", "Send your own identifier, with system and value.", f"{at}.identifier")
    return "", ""


def _subject(message: Message) -> None:
    subject = message.request.data.get("subject")
    if not word(obj(subject).get("reference")):
        text = "Must refer to the Patient of this Bundle."
        message.opened.error("required", text, f"{message.request.at}.subject")


def _note(request: Json, others: list[str]) -> str | None:
    """The sender's words in full; what we add of other diagnoses only as far as there is room."""
    notes = [word(one.get("text")) for _, one in dicts(request.get("note"))]
    notes += [words_of(one) for _, one in dicts(request.get("reasonCode"))]
    said = "\n".join(one for one in notes if one)
    also = "Also: " + "; ".join(others) if others else ""
    return f"{said}\n{also}"[: max(NOTE_LONGEST, len(said))].strip() or None


def _consent(opened: Opened) -> bool | None:
    """Whether the patient agreed to be referred; None when nobody says."""
    for part in opened.of("Consent"):
        status, provision = word(part.data.get("status")), obj(part.data.get("provision"))
        if status == "rejected" or (status == "active" and word(provision.get("type")) == "deny"):
            return False
        if status == "active":
            return True
    return None
