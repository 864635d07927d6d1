"""Coded words in plain English, for pages and letters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

STATE_FOR_REFERRER: Mapping[str, str] = {
    "being_decided": "The service is deciding",
    "with_referrer": "Waiting for your answer",
    "on_hold": "On hold",
    "awaiting_assessment": "Accepted: first assessment to come",
    "waiting": "Accepted: waiting for a class",
    "offered": "A class has been offered to the patient",
    "in_class": "In class",
    "paused": "Paused",
    "ended": "Ended",
}
STATE_FOR_STAFF: Mapping[str, str] = {
    "being_decided": "To decide",
    "with_referrer": "With the referrer",
    "on_hold": "On hold",
    "awaiting_assessment": "Awaiting assessment",
    "waiting": "Waiting for a class",
    "offered": "Class offered",
    "in_class": "In class",
    "paused": "Paused",
    "ended": "Ended",
}
NEXT_STEP: Mapping[str, str] = {
    "decide": "The service decides, and may ring the patient with a few questions",
    "phone_screen": "The service rings the patient with the missing questions",
    "chase_referrer": "The practice answers the question",
    "review_hold": "The service looks again",
    "assess": "A physiotherapist meets the patient for a first assessment",
    "place": "The service finds a class that fits",
    "await_answer": "The patient answers the offer",
    "review": "The physiotherapist reviews progress",
    "return": "The patient comes back to class",
    "review_pause": "The service looks again whether class can go on",
    "none": "Nothing more: this has ended",
}
ENDED: Mapping[str, str] = {
    "completed": "Completed the programme",
    "declined_by_patient": "The patient did not want to go on",
    "not_suitable": "Class is not suitable",
    "declined": "Not accepted by the service",
    "home_route": "Exercises at home instead",
    "died": "The patient has died",
    "moved": "The patient has moved away",
    "admitted": "Admitted to hospital",
    "withdrawn": "Withdrawn by the referrer",
    "lost_contact": "The service could not reach the patient",
    "duplicate": "Entered twice",
}
# coded reasons of a decline: words, and the reason with which the episode ends
DECLINE: Mapping[str, tuple[str, str]] = {
    "red_flag": ("A red flag has to be looked at first", "not_suitable"),
    "not_vertebral": ("Not a vertebral fracture, or another cause", "not_suitable"),
    "not_mobile": ("Cannot yet take part in a class", "not_suitable"),
    "one_to_one_elsewhere": ("Needs one-to-one treatment that we do not give", "not_suitable"),
    "home_route": ("Exercises at home suit better", "home_route"),
    "patient_says_no": ("The patient does not want to come", "declined_by_patient"),
    "out_of_area": ("Lives outside our area", "declined"),
    "no_answer": ("The practice did not answer our question", "declined"),
    "other": ("Another reason, in the comment", "declined"),
}
HOLD: Mapping[str, str] = {
    "not_mobilising": "Not walking yet",
    "in_hospital": "In hospital",
    "treatment_first": "Treatment or a result has to come first",
    "patient_asks": "The patient asks us to wait",
    "consent": "Cannot consent and nobody is named: being asked",
}
CHANGE: Mapping[str, str] = {
    "new_fracture": "A new fracture",
    "fall": "A fall",
    "diagnosis": "A new diagnosis",
    "medicine": "A change of medicine",
    "admission": "Admitted to hospital",
    "address": "A new address or phone number",
    "death": "The patient has died",
    "other": "Something else",
}
OUTCOME: Mapping[str, str] = {
    "do_not_enrol": "Do not enrol: a red flag comes first",
    "ask": "Ask first: something that decides is not known",
    "clinician_review": "A physiotherapist looks at this first",
    "hold": "Hold until the patient is walking",
    "one_to_one": "One-to-one before any group class",
    "assess_first": "Group class, after a first assessment",
    "suggest_class": "Group class",
}
LIKELY: Mapping[str, str] = {
    "do_not_enrol": "not accepted for class: a red flag comes first",
    "ask": "group class, after we have asked the patient what is missing",
    "clinician_review": "a physiotherapist decides first whether class suits",
    "hold": "on hold until the patient is walking",
    "one_to_one": "one-to-one before any group class",
    "assess_first": "group class, after a first assessment",
    "suggest_class": "group class, after a first assessment",
}
PHASE: Mapping[str, str] = {"P1": "phase 1", "P2": "phase 2", "P3": "phase 3"}
BAND: Mapping[str, str] = {
    "low": "low supervision",
    "intermediate": "intermediate supervision",
    "high": "high supervision",
}
GATE: Mapping[str, str] = {
    "group_start": "Start in a group",
    "prone": "Exercise lying on the front",
    "bone_loading": "Bone loading",
    "impact": "Impact",
    "taught": "Shown by our staff",
}
CLOCK: Mapping[str, str] = {
    "telephone_practice": "telephone the practice",
    "ask_red_flags": "ask the patient about the red flags",
    "check_identity": "check who this is",
    "tell_withdrawn": "tell the patient",
    "phone_screen": "ring the patient with the questions",
    "ask_consent": "ask whether the patient agrees",
    "find_number": "ask the sender for a phone number",
    "possible_duplicate": "look whether the patient is here already",
    "check_practice": "ask where the patient is registered",
}
SOURCE: Mapping[str, str] = {
    "web": "form",
    "fhir": "the practice's system",
    "letter": "letter, typed by us",
    "phone": "call, typed by us",
    "self": "self-referral, typed by us",
}
ROAD: Mapping[str, str] = {
    "post": "by post",
    "email": "by e-mail",
    "telephone": "by telephone",
    "in_person": "in person",
}
REASON: Mapping[str, str] = {
    "received": "Referral received",
    "accepted": "Accepted",
    "asked": "The service asked a question",
    "answered": "The question was answered",
    "red_flag": "A red flag was reported",
    "resumed": "Going on again",
    "assessed": "First assessment done",
    "sent_again": "Sent again with changes",
    "merged": "Two records were one person",
    "unmerged": "They were two people after all",
    **{code: words for code, (words, _) in DECLINE.items()},
    **HOLD,
    **CHANGE,
    **ENDED,
}
WEBHOOK: Mapping[str, str] = {  # why a practice's system did not take a notice
    "address_not_allowed": "the address is not one of the open internet",
    "no_such_host": "there is no such address",
    "no_connection": "nothing answers there",
    "no_answer": "the connection broke before an answer came",
    "timeout": "no answer came in time",
    "bad_certificate": "the certificate of their server is not right",
}


def day(value: date) -> str:
    """Monday 3 August 2026: how a date is written to people."""
    return f"{value:%A} {value.day} {value:%B %Y}"


def iso_day(text: str) -> str:
    """2 March 1950, from ISO text."""
    value = date.fromisoformat(text)
    return f"{value.day} {value:%B %Y}"


def short_day(value: date) -> str:
    """3 Aug 2026, for lists."""
    return f"{value.day} {value:%b %Y}"


def reason(code: str | None) -> str:
    """A coded reason in words; an unknown code is shown as it is, never hidden."""
    return REASON.get(code or "", (code or "").replace("_", " ").capitalize())


def suggested(outcome: str, phase: str | None, band: str | None) -> str:
    """One line for staff: what the rules suggest, with phase and band where a class is in sight."""
    return _with_level(OUTCOME[outcome], outcome, phase, band)


def likely(outcome: str, phase: str | None, band: str | None) -> str:
    """One line a referrer reads in a second: what will probably happen."""
    return _with_level(LIKELY[outcome], outcome, phase, band)


def _with_level(words: str, outcome: str, phase: str | None, band: str | None) -> str:
    level = ", ".join(w for w in (PHASE.get(phase or ""), BAND.get(band or "")) if w)
    classes = outcome in ("suggest_class", "assess_first", "ask", "clinician_review")
    return f"{words} ({level})" if level and classes else words
