import gsm0338
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.notifications.rules.segments import Segments, downgrade, is_gsm7, segments

codec = gsm0338.Codec()
GSM_TEXT = st.text(
    alphabet="@£$¥èéùìòÇ\nØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCXYZÄÖÑÜ§¿abcxyzäöñüà^{}\\[~]|€"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments("GSM-7", 0, 1)),
        ("a" * 160, Segments("GSM-7", 160, 1)),
        ("a" * 161, Segments("GSM-7", 161, 2)),
        ("a" * 306, Segments("GSM-7", 306, 2)),
        ("a" * 307, Segments("GSM-7", 307, 3)),
        ("€" * 80, Segments("GSM-7", 160, 1)),
        ("ŵ" * 70, Segments("UCS-2", 70, 1)),
        ("ŵ" * 71, Segments("UCS-2", 71, 2)),
        ("ŵ" * 134, Segments("UCS-2", 134, 2)),
        ("ŵ" * 135, Segments("UCS-2", 135, 3)),
        ("😀", Segments("UCS-2", 2, 1)),
    ],
)
def test_the_parts_are_those_a_carrier_bills(text, expected):
    assert segments(text) == expected


def test_an_escape_pair_never_straddles_two_parts():
    assert segments("a" * 152 + "€" + "a" * 152).units == 306
    assert segments("a" * 152 + "€" + "a" * 152).parts == 3


def test_a_surrogate_pair_never_straddles_two_parts():
    assert segments("ŵ" * 66 + "😀" + "ŵ" * 66).parts == 3


@given(GSM_TEXT)
def test_the_septets_are_those_of_an_independent_codec(text):
    assert segments(text).units == len(codec.encode(text)[0])


@given(GSM_TEXT)
def test_parts_hold_all_the_septets_and_waste_at_most_one_each(text):
    size = segments(text)
    if size.parts > 1:
        assert 152 * (size.parts - 1) < size.units <= 153 * size.parts


@given(st.text())
def test_whatever_is_downgraded_travels_in_gsm7_and_stays_so(text):
    plain = downgrade(text)
    assert is_gsm7(plain)
    assert downgrade(plain) == plain


@given(GSM_TEXT)
def test_what_is_gsm7_already_is_left_alone(text):
    assert downgrade(text) == text


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("St Mary’s – “upstairs”…", 'St Mary\'s - "upstairs"...'),
        ("10\u00a0am\u200b", "10 am"),
        ("Siân Zoë Łukasz José", "Sian Zoe Lukasz José"),
        ("雪", "?"),
    ],
)
def test_typographic_signs_become_plain_ones(typed, sent):
    assert downgrade(typed) == sent
