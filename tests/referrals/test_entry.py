"""What came as a letter, a call or from the patient: through the same validator, marked, nothing refused."""

import pytest
from sqlalchemy import select

from clinic.extensions import db
from clinic.patients import registrations
from clinic.patients.models import Patient
from clinic.referrals import origins
from clinic.referrals.models import Letter, Referral, Source
from clinic.viewer import acting_as
from clinic.worklist.models import CallListEntry, Task
from tests.referrals.browsing import FRACTURE, NOW, PATIENT, Person
from tests.referrals.factories import a_referral

NOBODY = {"nhs_number": "", "phone": "", "consent": "", "clinician": "Dr Winter"}


def letter(world, **changes: str) -> dict[str, str]:
    return {
        "source": "letter",
        "road": "post",
        "written_on-day": "20",
        "written_on-month": "11",
        "written_on-year": "2025",
        "organisation": str(world.practice.id),
        "practice": str(world.other_practice.id),
        **changes,
    }


def entered(desk: Person, *pages: dict[str, str]) -> Referral:
    desk.get("/entries")
    desk.post("/entries")
    for typed in pages:
        desk.post(data=typed)
        assert desk.status == 200, desk.text
    desk.post()
    db.session.expire_all()
    return db.session.scalars(select(Referral).order_by(Referral.id.desc())).first()


@pytest.fixture
def desk(app, world) -> Person:
    return Person(app, world.coordinator)


def test_a_letter_keeps_who_referred_who_is_responsible_who_typed_and_the_practice_apart(desk, world):
    row = entered(desk, letter(world), {**PATIENT, "clinician": "Dr Winter"}, FRACTURE, {}, NOW)
    origin = origins.of(row.id)
    assert (row.source, origin.road, str(origin.written_on)) == (Source.LETTER, "post", "2025-11-20")
    assert (row.organisation_id, row.clinician, row.typed_by) == (
        world.practice.id,
        "Dr Winter",
        "Sam coordinator",
    )
    assert registrations.practice_of(row.patient_id).organisation_id == world.other_practice.id
    for words in (world.practice.name, world.other_practice.name, "Dr Winter", "Sam coordinator", "by post"):
        assert words in desk.text


def test_the_organisation_that_wrote_the_letter_follows_it_on_its_own_pages(app, desk, world):
    row = entered(desk, letter(world), PATIENT, FRACTURE, {}, NOW)
    assert row.reference in Person(app, world.gp).get("/referrals")


def test_what_a_letter_leaves_out_becomes_questions_and_never_a_refusal(desk, world):
    row = entered(desk, letter(world), {**PATIENT, **NOBODY}, {}, {}, {})
    assert row.case["flags"] == {}
    assert db.session.get_one(Patient, row.patient_id).no_nhs_number_reason == "not_given"
    calls = {c.kind for c in db.session.scalars(select(CallListEntry))}
    assert {"ask_consent", "ask_red_flags"} <= calls
    assert [t.kind for t in db.session.scalars(select(Task))] == ["find_number"]
    assert "facts missing" in desk.get("/inbox")


def test_a_self_referral_has_no_referrer_starts_at_a_phone_screen_and_tells_the_practice(app, desk, world):
    typed = letter(world, source="self", road="telephone", organisation="")
    row = entered(desk, typed, PATIENT, FRACTURE, {"none_of_these": "yes"}, NOW)
    assert (row.source, row.organisation_id, row.episode.organisation_id) == (Source.SELF, None, None)
    assert row.episode.next_step == "phone_screen"
    assert "phone_screen" in {c.kind for c in db.session.scalars(select(CallListEntry))}
    assert [one.organisation_id for one in db.session.scalars(select(Letter))] == [world.other_practice.id]
    with acting_as(world.other_gp):
        assert db.session.scalars(select(Referral.id)).all() == []
        assert db.session.scalars(select(Patient.id)).all() == []


def test_nobody_is_asked_where_nobody_referred_and_a_no_is_told_by_a_person(desk, world):
    typed = letter(world, source="self", road="in_person", organisation="")
    row = entered(desk, typed, PATIENT, FRACTURE, {"none_of_these": "yes"}, NOW)
    assert "Ask the referrer" not in desk.text
    desk.post(f"/inbox/{row.public_id}/ask", {"question": "Which level?"})
    assert desk.status == 422
    desk.get(f"/inbox/{row.public_id}")
    declined = {"decline_reason": "out_of_area", "comment": "Her own area has a class."}
    desk.post(f"/inbox/{row.public_id}/decline", declined)
    assert "tell_declined" in {c.kind for c in db.session.scalars(select(CallListEntry))}


def test_a_practice_that_refers_her_afterwards_follows_from_then_on(app, desk, world):
    typed = letter(world, source="self", road="in_person", organisation="")
    entered(desk, typed, PATIENT, FRACTURE, {"none_of_these": "yes"}, NOW)
    received = a_referral(world)
    assert (received.joined, received.elsewhere) == (True, False)


def test_a_hospital_that_is_not_linked_is_named_in_words(desk, world):
    typed = letter(world, organisation="", referred_by="Fracture clinic, Hill Infirmary")
    row = entered(desk, typed, PATIENT, FRACTURE, {}, NOW)
    assert (row.organisation_id, origins.of(row.id).referred_by) == (None, "Fracture clinic, Hill Infirmary")
    assert "Hill Infirmary" in desk.text


UNSAID = (
    ({"source": ""}, "Choose what it is"),
    ({"road": ""}, "Choose how it came"),
    ({"organisation": "", "referred_by": ""}, "Choose who referred"),
    ({"practice": "other"}, "Enter the name of the practice"),
    ({"written_on-year": "2999"}, "Enter a real date"),
)


def test_where_it_comes_from_is_the_one_thing_staff_must_say(desk, world):
    desk.get("/entries")
    desk.post("/entries")
    here = desk.url
    for changes, words in UNSAID:
        desk.post(here, data=letter(world, **changes))
        assert (desk.status, words in desk.text) == (422, True), words


def test_pressing_enter_twice_and_a_second_tab_are_one_referral(app, desk, world):
    entered(desk, letter(world), PATIENT, FRACTURE, {}, NOW)
    desk.get("/entries/1/check")
    desk.post("/entries/1/check")
    assert len(db.session.scalars(select(Referral.id)).all()) == 1
