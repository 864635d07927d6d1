"""The story of one patient, told through the pages; whoever carries the pages (this process or another)."""

from __future__ import annotations

from typing import Any

from tests.journeys.pages import Person

PATIENT = {
    "nhs_number": "999 000 0018",
    "given_name": "Adaeze",
    "family_name": "Okafor",
    "birth_date_day": 2,
    "birth_date_month": 3,
    "birth_date_year": 1950,
    "sex": "female",
    "phone": "07700 900123",
    "consent": "yes",
}
FRACTURE = {"confirmed_by": "xray", "cause": "fall", "incidental": "no", "osteoporotic": "yes"}
NOW = {
    "falls": 1,
    "rest_pain": 2,
    "movement_pain": 4,
    "trend": "better",
    "walks": "yes",
    "injurious": "yes",
    "could_not_get_up": "no",
    "lost_consciousness": "no",
    "unsteady": "yes",
    "worried": "no",
    "needs_person": "no",
    "walking_aid": "no",
}


def sign_in(person: Person, email: str, password: str) -> Person:
    return person.opens("/sign-in").sends("Sign in", email=email, password=password)


def start_referral(gp: Person, **patient: Any) -> Person:
    """To the end of the first page."""
    gp.opens("/refer")
    gp.sends("Start")
    return gp.sends("Save and continue", **(PATIENT | patient))


def refer(gp: Person, broken: tuple[int, int, int], **red_flags: str) -> str:
    """Fill in the form and send it; the reference. `broken` is the fracture's day, month, year."""
    start_referral(gp)
    day, month, year = broken
    gp.sends(
        "Save and continue",
        fracture_date_day=day,
        fracture_date_month=month,
        fracture_date_year=year,
        **FRACTURE,
    )
    gp.sends("Save and continue", none_of_these="yes", **red_flags)
    gp.sends("Save and continue", **NOW)
    gp.sees("Check your answers", "Adaeze", "999 000 0018")
    gp.sends("Confirm and send")
    return gp.text.split("UP-")[1][:9]


def accept(staff: Person) -> Person:
    """From the inbox: every deciding fact ticked, phase and band as suggested."""
    staff.opens("/inbox").follows("Okafor")
    staff.sees("Suggested", "Rules, each with its source")
    staff.sends(
        "Accept, first assessment next",
        confirmed=staff.offers("confirmed"),
        phase="P2",
        band="high",
    )
    return staff.sees("Accepted")


def patients_page(staff: Person) -> Person:
    staff.opens("/search").sends("Search", words=PATIENT["nhs_number"])
    return staff.follows("Adaeze Okafor")


def number_is_right(staff: Person) -> Person:
    return patients_page(staff).sends("I rang it: it is right")


def assess(staff: Person, **typed: Any) -> Person:
    """Measured, confirmed, four exercises shown, standing at home released."""
    patients_page(staff).follows("Record an assessment")
    given: dict[str, Any] = {
        "tug": "13.2",
        "phase": "P2",
        "band": "high",
        "taught": ["E04", "E05", "E07", "E09"],
        "home": ["worktop", "firm_chair"],
        "standing": "1",
    }
    return staff.sends("Keep the assessment", **(given | typed))


def offer_two(staff: Person) -> Person:
    patients_page(staff).follows("Find a class")
    staff.sees("Why not the others")
    return staff.sends("Offer both").sees("Offered")
