"""The pages of letters: the practice reads and downloads, staff see what has not arrived, nobody else."""

import pytest
import time_machine
from sqlalchemy import select

from clinic.access import services as access
from clinic.access.models import Role
from clinic.audit import AuditEvent
from clinic.extensions import db, transaction
from clinic.referrals import letters_reading
from clinic.referrals.models import Letter
from clinic.referrals.paper import LetterRoute, LetterStep
from clinic.viewer import acting_as, staff
from clinic.worklist.models import Task
from tests.referrals.browsing import Person
from tests.referrals.factories import TEST, a_patient, a_referral, a_world
from tests.referrals.letter_box import a_surgery, declined, registered_with, way
from tests.referrals.pdf_text import read


@pytest.fixture
def gp(app, world) -> Person:
    return Person(app, world.gp)


@pytest.fixture
def desk(app, world) -> Person:
    return Person(app, world.coordinator)


@pytest.fixture
def letter(world) -> Letter:
    return declined(world)[0]


def fetched(person: Person, url: str):
    return person.client.get(url)


def test_the_practices_list_shows_what_is_new_first_and_for_whom(letter, gp):
    gp.get("/letters")
    assert "Not opened yet (1) Not accepted, with advice" in gp.text
    assert "Earlier (1) Referral received" in gp.text
    assert "Grace Okafor, born 2 March 1950, NHS 999 000 0018." in gp.text


def test_older_letters_are_on_further_pages_by_the_day_they_were_written(world):
    sent = []
    for day, name, number in (("18", "Bell", "0026"), ("21", "Cole", "0034"), ("20", "Dunn", "0042")):
        with time_machine.travel(f"2026-11-{day} 10:00:00+00:00", tick=False):
            facts = a_patient(family_name=name, nhs_number=f"999 000 {number}")
            sent.append(a_referral(world, patient=facts).referral.reference)
    with acting_as(world.gp):
        first, older = letters_reading.earlier(limit=2)
        rest, none = letters_reading.earlier(older, limit=2)
    found = [letters_reading.way_of(row).about for row in (*first, *rest)]
    assert (found, none) == ([sent[1], sent[2], sent[0]], None)


def test_opening_it_says_who_has_read_it_and_it_is_new_no_more(letter, gp):
    gp.get(f"/letters/{letter.public_id}")
    assert "Five lines for your record To copy: Not accepted: UP-" in gp.text
    assert "Opened by Sam referrer" in gp.text
    gp.get("/letters")
    assert "Earlier (2)" in gp.text


def test_the_pdf_is_saved_and_never_shown_in_the_page(letter, gp):
    answer = fetched(gp, f"/letters/{letter.public_id}/letter.pdf")
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{way(letter).about}-declined.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Grace Okafor" in read(answer.data).text


def test_the_plain_copy_has_every_letter_of_the_name(letter, gp):
    answer = fetched(gp, f"/letters/{letter.public_id}/letter.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.text == letter.body
    assert len(answer.text.partition("\n\n")[0].splitlines()) == 5


def test_another_organisation_finds_no_letter_of_it(app, world, letter):
    stranger = Person(app, world.other_gp)
    for page in ("", "/letter.pdf", "/letter.txt"):
        assert fetched(stranger, f"/letters/{letter.public_id}{page}").status_code == 404
    stranger.get("/letters")
    assert "There are no letters yet." in stranger.text
    assert list(db.session.scalars(select(LetterStep))) == []


def test_another_clinics_staff_find_neither_letter_nor_list(app, letter):
    other = Person(app, a_world("Elsewhere").coordinator)
    assert fetched(other, f"/letters-out/{letter.id}").status_code == 404
    assert fetched(other, f"/letters-out/{letter.id}/letter.pdf").status_code == 404
    other.get("/letters-out")
    assert "Grace Okafor" not in other.page


def test_a_registered_practice_reads_its_copy_and_not_the_referrers(app, world):
    referral = a_referral(world).referral
    registered_with(referral.patient, world.other_practice)
    own, copied = declined(world, referral)
    practice = Person(app, world.other_gp)
    practice.get(f"/letters/{copied.public_id}")
    assert "as the patient's registered practice" in practice.text
    assert fetched(practice, f"/letters/{own.public_id}").status_code == 404


def test_staff_see_what_nobody_has_opened_by_age_and_that_it_left_when_opened(desk, letter, gp):
    desk.get("/letters-out")
    assert "Nobody at the practice has opened it (1)" in desk.text
    assert "Grace Okafor" in desk.text
    gp.get(f"/letters/{letter.public_id}")
    desk.get("/letters-out")
    assert "Nobody at the practice has opened it (0)" in desk.text


def test_posting_a_letter_closes_its_task_from_the_work_list(app, world, desk):
    referral = a_referral(world).referral
    registered_with(referral.patient, a_surgery(world))
    copied = declined(world, referral)[1]
    task = db.session.scalars(select(Task).where(Task.kind == "post_letter")).one()
    desk.get(f"/worklist/tasks/{task.id}")
    assert desk.url == f"/letters-out/{copied.id}"
    desk.post(data={"how": "posted"})
    assert "Written down, with your name and the time." in desk.page
    db.session.expire_all()
    assert (task.state, task.outcome) == ("done", "posted")
    desk.get(f"/letters-out/{copied.id}")
    assert "Posted by Sam coordinator" in desk.text


def test_every_look_and_download_is_a_row_of_the_audit(letter, gp, desk):
    gp.get(f"/letters/{letter.public_id}")
    fetched(gp, f"/letters/{letter.public_id}/letter.pdf")
    fetched(gp, f"/letters/{letter.public_id}/letter.pdf")
    desk.get(f"/letters-out/{letter.id}")
    about = AuditEvent.about_kind == "letters", AuditEvent.about_id == letter.id
    actions = list(db.session.scalars(select(AuditEvent.action).where(*about).order_by(AuditEvent.id)))
    assert actions[-4:] == [
        "letter.opened",
        "letter.downloaded",
        "letter.downloaded",
        "letter.seen_by_staff",
    ]


def test_an_administrator_chooses_how_a_practice_gets_its_letters(app, world):
    with acting_as(TEST), transaction():
        user, _ = access.add_user(
            email="admin@example.org", name="Ada Admin", role=Role.ADMIN, clinic=world.clinic, by=TEST
        )
        db.session.flush()
    admin = Person(app, staff(user.id, world.clinic.id, "admin"))
    admin.get("/letters-out/practices")
    admin.post(data={"practice": str(world.practice.id), "route": "pigeon"})
    assert admin.status == 422
    admin.post(data={"practice": str(world.practice.id), "route": "file_drop"})
    assert f"From now on, for {world.practice.name}: as files in their own folder." in admin.page
    assert [row.route for row in db.session.scalars(select(LetterRoute))] == ["file_drop"]
