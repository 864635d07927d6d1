"""The rules in plain language, for everybody who is signed in: each criterion at its own anchor."""

from datetime import date

import pytest

from clinic.protocol.load import protocol
from clinic.reports import rule_book
from clinic.reports.number_words import threshold
from tests.referrals.factories import signed_in

BOOK = protocol("2026-11")


@pytest.fixture
def as_gp(client, world):
    return signed_in(client, world.gp)


@pytest.fixture
def as_physio(client, world):
    return signed_in(client, world.physiotherapist)


def test_every_criterion_stands_at_its_own_anchor_with_its_source(as_gp):
    page = as_gp.get("/protocol").text
    for criterion in BOOK.criteria.values():
        assert page.count(f'id="{criterion.id}"') == 1
    assert 'href="https://doi.org/10.1093/ageing/afac205"' in page
    assert "Evidence: moderate." in page


def test_unsigned_criteria_say_so_and_are_counted(as_physio):
    page = as_physio.get("/protocol").text
    assert page.count("Needs clinical sign-off") == len(BOOK.criteria)
    assert f"{len(BOOK.criteria)} of {len(BOOK.criteria)} criteria need clinical sign-off" in page


def test_nobody_reads_it_without_signing_in(client):
    assert client.get("/protocol").status_code == 302
    assert client.get("/protocol/2026-11").status_code == 302


def test_an_unknown_version_is_not_found(as_gp):
    assert as_gp.get("/protocol/1999-01").status_code == 404
    assert as_gp.get("/protocol/2026-11/to/1999-01").status_code == 404


def test_a_signed_criterion_names_who_and_when(as_gp, two_books):
    page = as_gp.get("/protocol/2036-01").text
    assert "Approved by Dr Amara Bello on Saturday 1 December 2035" in page


def test_two_versions_are_compared_number_by_number(as_gp, two_books):
    page = as_gp.get("/protocol/2026-11/to/2036-01").text
    assert "Timed Up and Go abnormal: 12 seconds or more" in page
    assert "Timed Up and Go abnormal: 14 seconds or more" in page
    assert [f'<tr id="{one}">' in page for one in ("FB-1.11", "PH-1.1", "RV-1.8", "RV-1.9", "FB-1.1")] == [
        True,
        True,
        True,
        True,
        False,
    ]


def test_the_page_leads_to_what_changed_between_versions(as_gp, two_books):
    page = as_gp.get("/protocol").text
    assert 'href="/protocol/2026-11/to/2036-01"' in page
    assert "Version 2026-11" in page  # the newer one is not in force yet


def test_a_review_date_that_has_passed_shows():
    criterion = BOOK.criteria["PH-1.1"]
    assert not rule_book.is_overdue(criterion, criterion.next_review)
    assert rule_book.standing(BOOK, date(2027, 5, 2)).overdue == len(BOOK.criteria)
    assert rule_book.standing(BOOK, date(2027, 5, 1)).overdue == 0


def test_no_criterion_is_left_out_of_the_sections():
    shown = [criterion.id for section in rule_book.sections(BOOK) for criterion in section.criteria]
    assert sorted(shown) == sorted(BOOK.criteria)
    assert {section.key for section in rule_book.sections(BOOK)} <= set(rule_book.SECTIONS)


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        ("FB-1.11", ["Timed Up and Go abnormal: 12 seconds or more"]),
        ("FB-1.12", ["Walking speed abnormal: 0.8 metres a second or less"]),
        ("FB-1.14", ["Heel-to-toe stance abnormal: less than 10 seconds"]),
        ("RF8.3", ["Pulse high: more than 100"]),
        ("PH-1.2", ["Phase 2 from: 3 months"]),
        ("RV-1.5", ["Pain rise: 2 or more", "Pain rise: 48 hours"]),
    ],
)
def test_numbers_are_said_with_their_units(criterion, words):
    assert threshold(BOOK.criteria[criterion].threshold) == words
