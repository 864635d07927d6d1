"""Who is this: NHS numbers, phones, names and birth dates as people type them, checked and made plain."""

from __future__ import annotations

from datetime import date

import nhs_number as nhs
import phonenumbers

from clinic.columns import config

OLDEST = 120  # years
UK = 44
WHOLE = len("+447700900123")
DRAMA = ("+447700900", "+44114496", "+44113496", "+44116496", "+44117496", "+44118496", "+44121496")


class BadIdentity(ValueError):
    """What was typed cannot be right; the text says what to do, without repeating it."""


def nhs_number(typed: str) -> str:
    """Ten digits that pass the check; spaces and dashes are welcome. Raises BadIdentity.

    Numbers beginning 9 are synthetic: refused outside demo.
    """
    digits = "".join(c for c in typed if c.isdigit())
    if len(digits) != 10 or any(c.isalpha() for c in typed):
        raise BadIdentity("Enter the 10 digits of the NHS number, such as 999 000 0018")
    if not nhs.is_valid(digits):
        raise BadIdentity("That NHS number fails its check. Look for swapped or missing digits")
    if digits.startswith("9") and not config().demo:
        raise BadIdentity("That NHS number is a test number and cannot be a patient's")
    return digits


def spaced(number: str | None) -> str:
    """999 000 0018: how people read it; nothing when there is none."""
    return f"{number[:3]} {number[3:6]} {number[6:]}" if number else ""


def phone(typed: str) -> str:
    """A phone number as +44...; Ofcom's drama numbers are allowed in demo. Raises BadIdentity."""
    try:
        parsed = phonenumbers.parse(typed, "GB")
    except phonenumbers.NumberParseException:
        raise BadIdentity("Enter a phone number, such as 07700 900123") from None
    plain = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    drama = config().demo and plain.startswith(DRAMA) and len(plain) == WHOLE
    if not (drama or phonenumbers.is_valid_number(parsed)):
        raise BadIdentity("That phone number has too few or too many digits, or is not in use")
    return plain


def is_mobile(plain: str) -> bool:
    """Whether a UK number can be texted; a foreign one counts as mobile when it may be one."""
    if plain.startswith("+447") and not plain.startswith(("+4470", "+4476")):
        return True
    kind = phonenumbers.number_type(phonenumbers.parse(plain))
    mobile = phonenumbers.PhoneNumberType
    return not plain.startswith("+44") and kind in (mobile.MOBILE, mobile.FIXED_LINE_OR_MOBILE)


def phone_words(plain: str) -> str:
    """07700 900123, or +353 85 012 3456 from abroad: how people here dial it; anything else as it is."""
    try:
        parsed = phonenumbers.parse(plain, "GB")
    except phonenumbers.NumberParseException:
        return plain
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(
        parsed, style.NATIONAL if parsed.country_code == UK else style.INTERNATIONAL
    )


def birth_date(value: date, today: date) -> date:
    """A birth date that can be; adults only (18 to 120). Raises BadIdentity."""
    if value > today:
        raise BadIdentity("The birth date is in the future")
    age = today.year - value.year - ((today.month, today.day) < (value.month, value.day))
    if age > OLDEST:
        raise BadIdentity("The birth date is more than 120 years ago. Check the year")
    if age < 18:
        raise BadIdentity("The service is for adults. Check the birth date")
    return value
