"""The phone screen asks only what is missing; the assessment is a physiotherapist's; nothing is lost."""

from datetime import date, timedelta
from html import unescape

import pytest
from sqlalchemy import select

from clinic.extensions import db, now
from clinic.referrals.models import Answer, Assessment, Episode, State
from clinic.viewer import acting_as
from tests.referrals.factories import TEST


def rows(app, model):
    with app.app_context(), acting_as(TEST):
        found = list(db.session.scalars(select(model)))
        db.session.expunge_all()
        return found


@pytest.fixture
def screen(accepted) -> str:
    return f"/episodes/{accepted.episode}/phone-screen"


class TestPhoneScreen:
    def test_it_asks_in_plain_words_and_only_what_is_missing(self, coordinator, screen):
        page = coordinator.get(screen).text
        assert "Are you worried about falling?" in page
        assert "How many times have you fallen" not in page

    def test_an_answer_is_kept_with_its_source_and_day(self, app, coordinator, screen, accepted):
        answer = coordinator.post(screen, source="carer", falls__worried="yes")
        assert answer.location == f"/patients/{accepted.patient}"
        (kept,) = [a for a in rows(app, Answer) if a.path == "falls.worried" and a.source == "carer"]
        assert (kept.value, kept.answered_on) == (True, now().date())
        assert "worried about falling" not in coordinator.get(screen).text

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"falls__worried": "yes"}, "Choose who answered"),
            ({"source": "patient"}, "Answer at least one question"),
            ({"source": "patient", "falls__worried": "unknown"}, "Answer at least one question"),
            ({"source": "neighbour", "falls__worried": "yes"}, "Choose who answered"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_chosen_stays_chosen(self, coordinator, screen, typed, said):
        answer = coordinator.post(screen, **typed)
        assert (answer.status_code, said in answer.text) == (422, True)
        if typed.get("falls__worried") == "yes":
            assert 'value="yes" checked' in " ".join(answer.text.split())

    def test_another_clinics_episode_is_not_found(self, app, screen):
        from tests.desk.conftest import Person
        from tests.referrals import factories

        with app.app_context(), acting_as(TEST):
            other = factories.a_world("Elsewhere").coordinator
        stranger = Person(factories.signed_in(app.test_client(), other))
        assert (
            stranger.get(screen).status_code == stranger.get("/episodes/999/phone-screen").status_code == 404
        )


def test_an_emergency_heard_on_the_phone_is_said_at_once(app, world, coordinator):
    from tests.referrals import factories

    with app.app_context(), acting_as(TEST):
        received = factories.a_referral(world, case=factories.a_case(flags__cauda_equina=None))
        episode = received.referral.episode_id
    coordinator.post(f"/episodes/{episode}/phone-screen", source="patient", flags__cauda_equina="yes")
    assert "Act today, before you ring off" in coordinator.get("/").text


def whole(**changes: object) -> dict:
    """A whole assessment of today, as typed."""
    today = now().date()
    return {
        "on__day": today.day,
        "on__month": today.month,
        "on__year": today.year,
        "tug": "12,8",
        "chair": "9",
        "phase": "P2",
        "band": "intermediate",
        "taught": ["E04", "E11"],
        "home": ["firm_chair"],
        "note": "Kyphosis, no tenderness",
        **changes,
    }


class TestAssessment:
    @pytest.fixture
    def page(self, accepted) -> str:
        return f"/episodes/{accepted.episode}/assessment"

    @pytest.fixture
    def band(self, app, accepted) -> str:
        """The suggested supervision, so that no reason is asked for."""
        (episode,) = rows(app, Episode)
        return str(episode.band)

    def test_it_is_a_physiotherapists(self, coordinator, page):
        assert coordinator.get(page).status_code == 404

    def test_a_whole_one_moves_the_patient_on(self, app, physiotherapist, page, band, accepted):
        answer = physiotherapist.post(page, **whole(band=band))
        assert answer.location == f"/patients/{accepted.patient}"
        (kept,) = rows(app, Assessment)
        assert {test["name"]: test["value"] for test in kept.tests} == {
            "timed_up_and_go_s": 12.8,
            "chair_stand_30s": 9,
        }
        (episode,) = rows(app, Episode)
        assert (episode.state, episode.wishes["home"]) == (State.WAITING, ["firm_chair"])

    def test_a_test_that_could_not_be_done_is_kept_as_that(self, app, physiotherapist, page, band):
        physiotherapist.post(page, **whole(band=band, tug="", tug__unable="1"))
        (kept,) = rows(app, Assessment)
        assert {name: kept.tests[0][name] for name in ("name", "unable")} == {
            "name": "timed_up_and_go_s",
            "unable": True,
        }

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"tug": "2"}, "from 3 to 300"),
            ({"tug": "301"}, "from 3 to 300"),
            ({"tug": "fast"}, "from 3 to 300"),
            ({"tug": "nan"}, "from 3 to 300"),
            ({"chair": "-1"}, "from 0 to 60"),
            ({"chair": "9.5"}, "whole number"),
            ({"gait": "9"}, "from 0 to 3"),
            ({"on__day": "31", "on__month": "2"}, "does not exist"),
            ({"on__year": ""}, "Enter at least a year"),
            ({"on__day": ""}, "Enter the day, month and year"),
            ({"phase": ""}, "Confirm the phase"),
            ({"band": ""}, "Confirm the supervision band"),
            ({"phase": "P9"}, "Confirm the phase"),
        ],
    )
    def test_what_cannot_be_is_asked_again_and_nothing_typed_is_lost(
        self, app, physiotherapist, page, band, changes, said
    ):
        answer = physiotherapist.post(page, **whole(**{"band": band, **changes}))
        assert answer.status_code == 422
        text = " ".join(unescape(answer.text).split())
        assert said in text
        assert "Kyphosis, no tenderness" in text
        assert 'value="E11" checked' in text
        assert rows(app, Assessment) == []

    def test_tomorrow_cannot_be_assessed(self, app, physiotherapist, page, band):
        day: date = now().date() + timedelta(days=1)
        typed = whole(band=band, on__day=day.day, on__month=day.month, on__year=day.year)
        answer = physiotherapist.post(page, **typed)
        assert (answer.status_code, "in the future" in answer.text) == (422, True)

    def test_another_band_needs_a_reason(self, app, physiotherapist, page, band):
        other = "low" if band != "low" else "high"
        assert physiotherapist.post(page, **whole(band=other)).status_code == 422
        answer = physiotherapist.post(page, **whole(band=other, reason="Seen walking on stairs"))
        assert answer.status_code == 302

    def test_a_refused_assessment_keeps_nothing_of_the_home_either(self, app, physiotherapist, page, band):
        other = "low" if band != "low" else "high"
        physiotherapist.post(page, **whole(band=other))
        (episode,) = rows(app, Episode)
        assert "home" not in episode.wishes
