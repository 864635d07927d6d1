"""Invented people: names nobody bears, NHS numbers of the 999 test range, Ofcom's drama phones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

GIVEN_F = (
    "Adaeze", "Beryl", "Clarice", "Dilys", "Edwina", "Farida", "Glenys", "Hortense", "Imelda", "Jocasta",
)  # fmt: skip
GIVEN_M = ("Alban", "Barnaby", "Cormac", "Desmond", "Emrys", "Florian", "Gethin", "Horace", "Idris", "Jolyon")
FAMILY = (
    "Okafor", "Fernsby", "Quillfeather", "Larkspur", "Thistlewood", "Marrowby", "Pennyquick", "Oakheart",
    "Tumblebrook", "Winterbottom-Test", "Candlewick", "Ashgrove", "Merrydown", "Swiftwater", "Bramblecote",
)  # fmt: skip
STREETS = ("Invented Row", "Sample Street", "Pretend Lane", "Example Close")


@dataclass(frozen=True, slots=True)
class Person:
    given_name: str
    family_name: str
    birth_date: date
    sex: str
    nhs_number: str
    mobile: str | None
    landline: str | None
    address: str
    postcode: str


def crowd(random: Random, today: date) -> Iterator[Person]:
    """Mrs Okafor first, then others for as long as drama numbers last."""
    for n in range(700):
        female = n == 0 or random.random() < 0.75
        names = GIVEN_F if female else GIVEN_M
        age = 76 if n == 0 else random.randint(62, 91)
        textable = n == 0 or random.random() < 0.85
        yield Person(
            given_name=names[n % len(names)],
            family_name=FAMILY[(n + n // len(FAMILY)) % len(FAMILY)],
            birth_date=today - timedelta(days=age * 365 + 60 + random.randint(0, 300)),
            sex="female" if female else "male",
            nhs_number=nhs_number(n + 20),  # the first ones are left for people to type
            mobile=f"+447700900{n + 200:03d}" if textable else None,
            landline=None if textable else f"+44114496{n % 10000:04d}",
            address=f"{n + 1} {STREETS[n % len(STREETS)]}, Larkfield",
            postcode="ZZ99 3VZ",  # the NHS's own pseudo postcode for "no fixed abode"
        )


def nhs_number(n: int) -> str:
    """The n-th number of the 999 test range that passes the modulus 11 check."""
    found = -1
    for serial in range(10_000):
        digits = f"999{serial:06d}"
        check = 11 - sum(int(d) * w for d, w in zip(digits, range(10, 1, -1), strict=True)) % 11
        if check == 10:
            continue
        found += 1
        if found == n:
            return digits + str(0 if check == 11 else check)
    raise ValueError("the 999 range holds no more")
