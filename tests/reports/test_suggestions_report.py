"""How suggestions are used: agreement, overrides by reason, what needed a physiotherapist (F15, F28)."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic.access.models import Role
from clinic.extensions import at, db, now, transaction
from clinic.referrals import decisions, second_look, time_on_page
from clinic.referrals.models import Decision
from clinic.reports import overview
from clinic.reports.counting import Bar, bars, needed_physiotherapist, overrides
from clinic.viewer import acting_as, staff
from tests.access.browser import later
from tests.referrals.browsing import Person
from tests.referrals.factories import (
    TEST,
    a_case,
    a_patient,
    a_referral,
    a_user,
    accept,
    an_accepted_episode,
    signed_in,
)

OPENED = re.compile(r'name="opened" value="([^"]+)"')


def report(world, days=90):
    with acting_as(world.physiotherapist):
        return overview.since(now() - timedelta(days=days), now().date() - timedelta(days=days))


def test_a_changed_band_is_an_override_with_its_reason(world):
    received = a_referral(world)
    episode_id = received.referral.episode_id
    with acting_as(world.physiotherapist):
        decisions.accept(
            episode_id=episode_id,
            confirmed=decisions.deciding_facts(episode_id),
            band="high",
            reason="Fell on the stairs yesterday",
            by=world.physiotherapist,
        )
    found = report(world)
    assert (found.accepted, found.as_suggested) == (1, 0)
    assert [(o.words, o.count, o.reasons) for o in found.overrides] == [
        ("More supervision", 1, ["Fell on the stairs yesterday"])
    ]


def test_second_looks_count_as_agreed_and_disagreed(world, monkeypatch):
    monkeypatch.setattr(second_look, "drawn", lambda decision_id, one_in: True)
    with acting_as(TEST), transaction():
        user = a_user(Role.PHYSIOTHERAPIST, "another", clinic_id=world.clinic.id)
    another = staff(user.id, world.clinic.id, "physiotherapist")
    for number, agrees in (("999 000 0018", True), ("999 000 0026", False), ("999 000 0034", None)):
        accept(world, a_referral(world, patient=a_patient(nhs_number=number)).referral)
        decision = db.session.scalars(
            select(Decision).where(Decision.kind == "decided").order_by(Decision.id.desc()).limit(1)
        ).one()
        if agrees is not None:
            with acting_as(another):
                second_look.answer(decision_id=decision.id, agrees=agrees, note="High", by=another)
    found = report(world)
    assert (found.drawn, found.agreed, found.disagreed, found.agreement.share) == (3, 1, 1, 50)


def test_what_needed_a_physiotherapist_is_told_by_flag(world):
    an_accepted_episode(world)
    flagged = a_case(flags__severe_pain=True, flags__dizziness_or_sight=None)
    accept(world, a_referral(world, case=flagged, patient=a_patient(nhs_number="999 000 0026")).referral)
    found = report(world)
    assert (found.decided, found.needed) == (2, 1)
    assert {(bar.words, bar.count, bar.share) for bar in found.needed_by_reason} == {
        ("RF6 severe pain: yes", 1, 50),
        ("RF11 dizziness or sight: not known", 1, 50),
    }


def test_the_distribution_says_zero_too(world):
    an_accepted_episode(world)
    found = report(world)
    assert sum(bar.count for bar in found.outcomes) == 1
    assert len(found.outcomes) == 7
    assert [bar.count for bar in found.bands] == [0, 1, 0]


def test_the_time_from_opening_a_referral_to_accepting_it_is_told(app, world):
    reference = a_referral(world).referral
    desk = Person(app, world.physiotherapist)
    page = f"/inbox/{reference.public_id}"
    typed = {"phase": "P2", "band": "intermediate"}
    desk.get(page)
    typed["opened"] = OPENED.search(desk.page).group(1)
    with later(40):
        desk.post(f"{page}/accept", typed)  # nothing confirmed: the first moment is kept
        assert (desk.status, OPENED.search(desk.page).group(1)) == (422, typed["opened"])
    facts = decisions.deciding_facts(reference.episode_id)
    with later(75):
        desk.post(f"{page}/accept", {**typed, "confirmed": facts})
    db.session.expire_all()
    found = report(world)
    assert 74 <= found.half_within <= 110 and (len(found.seconds), found.hasty) == (1, 0)


@pytest.mark.parametrize("given", [None, "", "forged", "W10.x"])
def test_a_moment_that_is_not_ours_counts_for_nothing(world, given):
    assert time_on_page.seconds(given, 1, world.coordinator) is None


def test_a_moment_belongs_to_one_person_and_one_referral(world):
    mark = time_on_page.mark(1, world.coordinator)
    assert time_on_page.seconds(mark, 1, world.coordinator) == 0
    assert time_on_page.seconds(mark, 2, world.coordinator) is None
    assert time_on_page.seconds(mark, 1, world.physiotherapist) is None
    with at(now() + timedelta(hours=13)):
        assert time_on_page.seconds(mark, 1, world.coordinator) is None


def test_what_came_before_the_period_is_left_out(world):
    an_accepted_episode(world)
    assert report(world, days=-1).decided == 0


@pytest.mark.parametrize(
    ("suggested", "chosen", "words"),
    [
        (("P2", "low"), ("P2", "low"), []),
        (("P2", "low"), ("P1", "high"), ["Earlier phase", "More supervision"]),
        (("P1", "high"), ("P2", "intermediate"), ["Later phase", "Less supervision"]),
        (("P2", None), (None, "high"), []),
    ],
)
def test_an_override_says_in_which_direction(suggested, chosen, words):
    assert overrides(suggested, chosen) == words


def test_a_share_of_nothing_is_nothing():
    assert Bar("x", 0, 0).share == 0
    assert [(bar.count, bar.share) for bar in bars({"a": "A", "b": "B"}, ["a", "a", "b", None])] == [
        (2, 67),
        (1, 33),
    ]


def test_an_answer_without_open_flags_needed_nobody():
    assert needed_physiotherapist({"flags": []}) == []


def test_the_page_shows_a_bar_with_the_number_beside_it(client, world):
    an_accepted_episode(world)
    page = signed_in(client, world.coordinator).get("/reports?days=30").text
    assert '<rect class="taken" width="100"' in page
    assert "1 of 1 were accepted as suggested" in page


def test_only_who_decides_sees_the_report(client, world):
    assert signed_in(client, world.gp).get("/reports").status_code == 404
