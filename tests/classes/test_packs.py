"""The offline pack (F17): made each evening, opened by its passphrase and by nothing else, gone in days."""

import re
from datetime import timedelta

import pytest

from clinic.access.models import Role
from clinic.classes import packs, places
from clinic.classes.models import Pack
from clinic.extensions import db, transaction
from clinic.viewer import acting_as, staff
from tests.classes import reading_pdf
from tests.classes.factories import BY, NOW, a_class, a_clinic, a_person, a_user, assessed, sessions_of
from tests.classes.house import post

WORDS = "harbour seven candle"
EVENING = NOW + timedelta(hours=7, minutes=30)  # Monday 16:30 in London; the class is on Tuesday


@pytest.fixture
def lead(clinic):
    return a_user(clinic, Role.INSTRUCTOR)


@pytest.fixture
def desk(clinic):
    user = a_user(clinic)
    return staff(user.id, clinic.id, "coordinator")


@pytest.fixture
def ready(clinic, lead, desk):
    """One session tomorrow with one person in it, led by an instructor; a passphrase is set."""
    session = sessions_of(a_class(clinic))[0]
    person = assessed(a_person(clinic, "Łucja"), lead)
    with transaction():
        session.instructor_id = lead.id
    places.book_visit(session_id=session.id, episode_id=person.id, by=BY, now=NOW)
    with acting_as(desk):
        packs.set_passphrase(words=WORDS, by=desk)
    return session


def file_of(pack):
    return packs.b64decode(pack.body)


def test_the_pack_opens_with_its_passphrase_and_holds_what_a_class_needs(ready):
    packs.make_due(EVENING)
    text = reading_pdf.text(file_of(db.session.query(Pack).first()), WORDS)
    for needed in ("Class 1, Tuesday 24 November 2026", "Łucja Okafor", "07700 900101", "bone loading"):
        assert needed in text
    assert "10:30 to 11:30" in text
    assert "Shown so far: nothing." in text


def test_it_opens_with_nothing_else_and_says_nothing_in_plain(ready):
    packs.make_due(EVENING)
    pdf = file_of(db.session.query(Pack).first())
    for wrong in ("", "harbour seven candles", WORDS.upper()):
        with pytest.raises(reading_pdf.WrongPassphrase):
            reading_pdf.text(pdf, wrong)
    assert b"Okafor" not in pdf


def test_it_is_made_once_an_evening_one_for_the_desk_and_one_for_each_instructor(ready, lead):
    assert packs.make_due(EVENING - timedelta(hours=1)) == 0
    assert packs.make_due(EVENING) == 2
    assert packs.make_due(EVENING + timedelta(hours=1)) == 0
    assert {pack.instructor_id for pack in db.session.query(Pack)} == {None, lead.id}


def test_fridays_pack_reaches_to_monday(clinic, ready, desk):
    friday = EVENING + timedelta(days=4)
    assert packs.make(clinic_id=clinic.id, by=BY, now=friday)[0].until == (friday + timedelta(days=3)).date()


def test_without_a_passphrase_none_is_made(clinic):
    assert packs.make_due(EVENING) == 0
    with pytest.raises(packs.NoPassphrase):
        packs.make(clinic_id=clinic.id, by=BY, now=EVENING)


@pytest.mark.parametrize("words", ["password", "sixteen-letters-in-one", "same same same same same"])
def test_a_passphrase_that_is_guessed_quickly_is_refused(clinic, desk, words):
    with acting_as(desk), pytest.raises(packs.BadPassphrase):
        packs.set_passphrase(words=words, by=desk)


def test_an_instructor_gets_their_own_and_nobody_elses(clinic, ready, lead, desk):
    packs.make_due(EVENING)
    mine, other = staff(lead.id, clinic.id, "instructor"), staff(desk.id, clinic.id, "instructor")
    (pack,) = packs.newest(mine)
    assert packs.fetch(pack_id=pack.id, by=mine)[1].startswith(b"%PDF")
    assert packs.newest(other) == []
    assert packs.fetch(pack_id=pack.id, by=other) is None
    assert packs.fetch(pack_id=pack.id, by=desk) is None  # the desk has the whole clinic's


def test_another_clinic_never_sees_it(ready):
    packs.make_due(EVENING)
    stranger = a_user(a_clinic("Elsewhere"))
    with acting_as(staff(stranger.id, stranger.clinic_id, "coordinator")) as them:
        assert packs.newest(them) == []


def test_old_packs_go(ready):
    packs.make_due(EVENING)
    later = EVENING + packs.KEPT + timedelta(minutes=1)
    assert packs.old(moment=EVENING, dry_run=False) == ("packs", 0)
    assert packs.old(moment=later, dry_run=True) == ("packs", 2)
    assert packs.old(moment=later, dry_run=False) == ("packs", 2)
    assert db.session.query(Pack).count() == 0


def test_the_pages_set_make_and_fetch(house):
    desk, instructor = house.coordinator, house.instructor
    assert "Ask a coordinator to set one" in instructor.get("/packs").text
    assert post(desk, "/packs/passphrase", "/packs", words="short").status_code == 422
    assert post(desk, "/packs", "/packs").status_code == 422
    assert post(desk, "/packs/passphrase", "/packs", words=WORDS).status_code == 302
    assert post(desk, "/packs", "/packs").status_code == 302
    page = instructor.get("/packs").text
    assert "1 session until Tuesday 24 November 2026" in page
    assert post(instructor, "/packs", "/packs").status_code == 404
    answer = instructor.get(re.search(r"/packs/\d+", page)[0])
    assert answer.headers["Content-Disposition"] == 'attachment; filename="upright-registers-2026-11-23.pdf"'
    assert answer.data.startswith(b"%PDF")
    assert WORDS not in desk.get("/packs").text
