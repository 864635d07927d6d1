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
        "Save and continue", fracture_date_day=day, fracture_date_month=month, fracture_date_year=year, **FRACTURE
    )
    gp.sends("Save and continue", none_of_these="yes", **red_flags)
    gp.sends("Save and continue", **NOW)
    gp.sees("Check your answers", "Adaeze", "999 000 0018")
    gp.sends("Confirm and send")
    return gp.text.split("UP-")[1][:9]
