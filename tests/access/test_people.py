"""Invitations work once and in time; an administrator looks after her own clinic's people and no others."""

from html import unescape

import pytest

from clinic.access import services
from clinic.access.models import Role
from clinic.access.services import AccessProblem
from clinic.viewer import system
from tests import factories
from tests.access.browser import later, secret_of

BY = system("test")
NEW = "harbour violin teapot"


@pytest.fixture
def invitation(production, house) -> str:
    """A link for a new instructor."""
    with production.app_context():
        _, token = services.add_user(
            email="new@clinic.invalid", name="Kim Ade", role=Role.INSTRUCTOR, clinic=house.clinic, by=BY
        )
    return f"/invitation/{token}"


def test_an_invitation_is_used_once(browser, invitation):
    assert "Kim Ade" in browser().get(invitation).text
    assert browser().post(invitation, password=NEW).location == "/sign-in"
    assert browser().get(invitation).status_code == 404


def test_an_invitation_ends_after_a_week(browser, invitation):
    with later(7 * 86400 - 60):
        assert browser().get(invitation).status_code == 200
    with later(7 * 86400 + 60):
        assert browser().get(invitation).status_code == 404


def test_a_page_left_open_is_over_too_when_the_week_is(production, invitation):
    with later(7 * 86400 + 60), production.app_context(), pytest.raises(AccessProblem):
        services.accept_invitation(token=invitation.rsplit("/", 1)[1], password=NEW)


@pytest.mark.parametrize("changed", ["x", "", "a" * 40])
def test_an_altered_invitation_is_nobodys(browser, invitation, changed):
    assert browser().get(invitation[:-1] + changed).status_code == 404


def test_a_weak_password_keeps_the_invitation(browser, invitation):
    assert browser().post(invitation, password="short").status_code == 422
    assert browser().post(invitation, password=NEW).status_code == 302


def test_an_invited_person_cannot_sign_in_before_choosing_a_password(browser, invitation):
    assert browser().post("/sign-in", email="new@clinic.invalid", password="").status_code == 422


@pytest.fixture
def admin(house, browser):
    return browser().sign_in(house.admin)


def test_an_administrator_invites_staff_and_referrers(house, admin):
    staff = admin.post("/users", name="Kim Ade", email="kim@clinic.invalid", role="instructor")
    practice = str(house.practice.id)
    gp = admin.post("/users", name="Dr Roe", email="roe@gp.invalid", role="referrer", practice=practice)
    assert "/invitation/" in staff.text
    assert "/invitation/" in gp.text
    page = admin.get("/users").text
    assert "kim@clinic.invalid" in page
    assert "roe@gp.invalid" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Enter the person's name"),
        ({"email": ""}, "Enter the person's work e-mail address"),
        ({"email": "no address"}, "Enter an e-mail address"),
        ({"role": ""}, "Choose what the person does"),
        ({"role": "owner"}, "Choose what the person does"),
        ({"role": "referrer"}, "Choose the practice"),
        ({"role": "referrer", "practice": "999"}, "Choose the practice"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(admin, wrong, said):
    typed = {"name": "Kim Ade", "email": "kim@clinic.invalid", "role": "instructor", **wrong}
    answer = admin.post("/users", **typed)
    assert answer.status_code == 422
    assert said in unescape(answer.text)
    assert "<title>Error: " in " ".join(answer.text.split())
    assert (typed["name"] or typed["email"]) in answer.text


def test_nobody_gets_a_second_account(house, admin):
    answer = admin.post("/users", name="X", email=house.gp.email.upper(), role="coordinator")
    assert answer.status_code == 422


def test_a_forgotten_password_is_a_new_invitation(production, house, admin, browser):
    page = admin.post(f"/users/{house.gp.id}/invite", form_on=f"/users/{house.gp.id}").text
    link = "/invitation/" + page.split("/invitation/")[1].split("<")[0].strip()
    assert browser().password(house.gp).status_code == 302
    browser().post(link, password=NEW)
    assert browser().password(house.gp).status_code == 422
    assert browser().password(house.gp, NEW).status_code == 302


def test_a_lost_phone_does_not_skip_the_second_step(production, house, admin, browser):
    browser().sign_in(house.coordinator)
    admin.post(f"/users/{house.coordinator.id}/lost-phone", form_on=f"/users/{house.coordinator.id}")
    assert secret_of(production, house.coordinator) is None
    assert browser().password(house.coordinator).location == "/sign-in/set-up?next=/"


def test_who_leaves_may_come_back(house, admin, browser):
    page = f"/users/{house.gp.id}"
    admin.post(f"{page}/disable", form_on=page)
    assert browser().password(house.gp).status_code == 422
    admin.post(f"{page}/enable", form_on=page)
    assert browser().password(house.gp).status_code == 302


@pytest.mark.parametrize("act", ["disable", "promote"])
def test_nobody_shuts_themselves_out_or_does_what_is_no_act(house, admin, act):
    page = f"/users/{house.admin.id}"
    assert admin.post(f"{page}/{act}", form_on=page).status_code == 404


def test_another_clinics_people_are_not_found(production, house, admin):
    with production.app_context():
        other = factories.a_clinic("Other Clinic")
        stranger = factories.a_member_of_staff(other)
        gp = factories.a_referrer(factories.a_practice(other, "Z99", "Elm Surgery"))
        ids, email = (stranger.id, gp.id), stranger.email
    unknown = admin.get("/users/99999")
    for user_id in ids:
        answer = admin.get(f"/users/{user_id}")
        assert answer.status_code == unknown.status_code == 404
        for act in ("invite", "disable", "lost-phone", "sign-out"):
            assert admin.post(f"/users/{user_id}/{act}", form_on="/users").status_code == 404
    assert email not in admin.get("/users").text
