"""Rows of every room, through the services that make them; invented people only."""

from __future__ import annotations

from datetime import date
from itertools import count

from clinic.access import services as access
from clinic.access.models import Clinic, Organisation, Role, User
from clinic.patients import services as patients
from clinic.patients.models import Patient
from clinic.viewer import Viewer, acting_as, referrer, staff, system

# synthetic NHS numbers: the 999 range, each passing its check
NHS_NUMBERS = (
    "9990000018",
    "9990000026",
    "9990000034",
    "9990000042",
    "9990000050",
    "9990000069",
    "9990000077",
)
PASSWORD = "lantern orchard kettle"
_number = count(1)


def a_clinic(name: str = "Larkfield Clinic") -> Clinic:
    """A clinic in London time, open on weekdays from nine to five."""
    with acting_as(system("test")) as by:
        return access.add_clinic(name=name, zone="Europe/London", phone="020 7946 0100", by=by)


def a_practice(clinic: Clinic, ods: str = "X99001", name: str = "Birch Lane Surgery") -> Organisation:
    with acting_as(system("test")) as by:
        return access.add_organisation(ods=ods, name=name, clinic=clinic, by=by)


def a_member_of_staff(clinic: Clinic, role: str = "coordinator", email: str | None = None) -> User:
    with acting_as(system("test")) as by:
        user, _ = access.add_user(
            email=email or f"{role}{next(_number)}@clinic.invalid",
            name=f"Robin {role.title()}",
            role=Role(role),
            clinic=clinic,
            password=PASSWORD,
            by=by,
        )
        return user


def a_referrer(practice: Organisation, email: str | None = None) -> User:
    with acting_as(system("test")) as by:
        user, _ = access.add_user(
            email=email or f"gp{next(_number)}@practice.invalid",
            name="Dr Shah",
            role=Role.REFERRER,
            organisation=practice,
            password=PASSWORD,
            by=by,
        )
        return user


def viewer_of(user: User) -> Viewer:
    if user.organisation_id is not None:
        return referrer(user.id, user.organisation_id)
    assert user.clinic_id is not None
    return staff(user.id, user.clinic_id, user.role.value)


def a_patient(clinic: Clinic, practice: Organisation | None = None, **facts: object) -> Patient:
    """Mrs Okafor, born 1950, with a mobile of her own, unless told otherwise."""
    given: dict = {
        "given_name": "Adaeze",
        "family_name": "Okafor",
        "birth_date": date(1950, 3, 2),
        "sex": "female",
        "nhs_number": NHS_NUMBERS[0],
        "mobile": "+447700900123",
    }
    with acting_as(system("test")) as by:
        return patients.register(
            clinic_id=clinic.id, organisation_id=practice.id if practice else None, by=by, **(given | facts)
        ).patient


def sign_in(client, email: str):
    """The test client, signed in by e-mail address, outside any app context; the CSRF guard stays on."""
    page = client.get("/sign-in").text
    answer = client.post("/sign-in", data={"email": email, "password": PASSWORD, "csrf_token": csrf(page)})
    assert answer.status_code == 302, "the sign-in was refused"
    return client


def csrf(page: str) -> str:
    """The token of the first form of a page."""
    return page.split('name="csrf_token" value="')[1].split('"')[0]
