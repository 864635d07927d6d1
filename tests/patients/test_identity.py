"""NHS numbers, phones and birth dates as people type them; impossible ones are asked again."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.app import create_app
from clinic.config import Config
from clinic.patients import identity
from clinic.patients.identity import BadIdentity

TODAY = date(2026, 11, 22)
EXAMPLE = "999 000 0018"


def valid(first_nine: str) -> str | None:
    """The number with its check digit (11 minus the weighted sum modulo 11); None when that would be 10."""
    check = (11 - sum(int(d) * w for d, w in zip(first_nine, range(10, 1, -1), strict=True)) % 11) % 11
    return None if check == 10 else first_nine + str(check)


numbers = st.integers(0, 999_999).map(lambda n: valid(f"999{n:06d}")).filter(bool)


@pytest.fixture(scope="module", autouse=True)
def demo(tmp_path_factory):
    config = Config.for_tests(database_url="sqlite://", instance_dir=tmp_path_factory.mktemp("i"))
    with create_app(config).app_context():
        yield


@pytest.fixture
def production(tmp_path):
    config = Config.for_tests(database_url="sqlite://", instance_dir=tmp_path, clinic_env="production")
    with create_app(config).app_context():
        yield


@pytest.mark.parametrize(
    "typed", ["9990000018", "999 000 0018", " 999-000-0018 ", "999.000.0018", "999 000 0018"]
)
def test_an_nhs_number_is_taken_however_it_is_spaced(typed):
    assert identity.nhs_number(typed) == "9990000018"


@pytest.mark.parametrize(
    "typed", ["", "999 000 001", "999 000 00181", "999 000 001O", "999 123 4567", "x9990000018"]
)
def test_an_impossible_nhs_number_is_asked_again_without_repeating_it(typed):
    with pytest.raises(BadIdentity) as refused:
        identity.nhs_number(typed)
    assert not typed or str(refused.value).count(typed) == EXAMPLE.count(typed)


@given(numbers, st.integers(0, 9), st.integers(1, 9))
def test_every_single_wrong_digit_is_found(number, place, off):
    wrong = str((int(number[place]) + off) % 10)
    with pytest.raises(BadIdentity):
        identity.nhs_number(number[:place] + wrong + number[place + 1 :])


@given(numbers, st.integers(0, 8))
def test_every_swap_of_neighbours_is_found(number, place):
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        with pytest.raises(BadIdentity):
            identity.nhs_number(swapped)


@given(numbers)
def test_a_number_is_shown_as_it_is_read_and_read_back(number):
    assert identity.nhs_number(identity.spaced(number)) == number


def test_no_number_is_shown_as_nothing():
    assert identity.spaced(None) == ""


def test_a_test_number_is_refused_in_production(production):
    with pytest.raises(BadIdentity, match="test number"):
        identity.nhs_number("999 000 0018")


SPELLINGS = [
    "07700 900123",
    "07700900123",
    "+44 7700 900123",
    "0044 7700 900 123",
    "(07700) 900-123",
    "+44 (0) 7700 900123",
]


@pytest.mark.parametrize("typed", SPELLINGS)
def test_a_phone_number_is_taken_however_it_is_written(typed):
    assert identity.phone(typed) == "+447700900123"


@pytest.mark.parametrize(
    "typed", ["", "07700 90012", "07700 9001234", "07700 9oo123", "999", "call me", "+1 555"]
)
def test_an_impossible_phone_number_is_asked_again(typed):
    with pytest.raises(BadIdentity):
        identity.phone(typed)


def test_numbers_of_dramas_are_for_the_demo_only(production):
    with pytest.raises(BadIdentity):
        identity.phone("07700 900123")


def test_a_real_shape_is_taken_in_production(production):
    assert identity.phone("0113 243 2799") == "+441132432799"


@pytest.mark.parametrize(
    ("plain", "texted"),
    [
        ("+447700900123", True),
        ("+441134960000", False),
        ("+447012345678", False),  # a personal number, dear to ring
        ("+447612345678", False),  # a pager
        ("+353850123456", True),
        ("+35312345678", False),
    ],
)
def test_what_can_be_texted(plain, texted):
    assert identity.is_mobile(plain) is texted


@pytest.mark.parametrize(
    ("plain", "read"),
    [
        ("+447700900123", "07700 900123"),
        ("+353850123456", "+353 85 012 3456"),
        ("a@b.invalid", "a@b.invalid"),
    ],
)
def test_a_number_is_shown_as_people_dial_it(plain, read):
    assert identity.phone_words(plain) == read


@pytest.mark.parametrize("value", [TODAY + timedelta(days=1), date(1905, 11, 22), date(2008, 11, 23)])
def test_an_impossible_birth_date_is_asked_again(value):
    with pytest.raises(BadIdentity):
        identity.birth_date(value, TODAY)


@pytest.mark.parametrize("value", [date(2008, 11, 22), date(1906, 11, 22), date(1950, 3, 2)])
def test_an_adults_birth_date_is_taken(value):
    assert identity.birth_date(value, TODAY) == value
