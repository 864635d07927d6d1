"""A practice's own administrator invites and removes its people; nobody else does, nobody elsewhere (F44)."""

import pytest

from clinic.access.models import User
from clinic.extensions import db
from clinic.viewer import acting_as, system
from tests import factories

PAGE = "/our-people"


@pytest.fixture
def admin(house, browser):
    return browser().sign_in(house.admin)


@pytest.fixture
def lead(house, admin, browser):
    """The doctor, whom the clinic's administrator has made the practice's own."""
    admin.post(f"/users/{house.gp.id}/lead", form_on=f"/users/{house.gp.id}")
    return browser().sign_in(house.gp)


@pytest.fixture
def colleague(production, house) -> User:
    return another(production, house.practice)


def another(production, practice) -> User:
    with production.app_context():
        row = factories.a_referrer(practice)
        db.session.refresh(row)
        db.session.expunge(row)
        return row


def person(production, email: str) -> User | None:
    with production.app_context(), acting_as(system("test")):
        return db.session.query(User).filter_by(email=email).first()


def test_the_administrator_invites_a_colleague_of_the_same_practice(production, house, lead, browser):
    shown = lead.post(PAGE, name="Dr Roe", email="roe@gp.invalid", last_day="2099-01-31").text
    link = "/invitation/" + shown.split("/invitation/")[1].split("<")[0].strip()
    assert browser().post(link, password="harbour violin teapot").status_code == 302
    row = person(production, "roe@gp.invalid")
    assert (row.organisation_id, row.role.value) == (house.practice.id, "referrer")
    assert row.active_until is not None and not row.leads_practice


def test_the_administrator_removes_a_colleague_and_lets_her_in_again(lead, colleague, browser):
    hers = browser().sign_in(colleague)
    lead.post(f"{PAGE}/{colleague.id}/disable", form_on=PAGE)
    assert hers.get("/referrals").status_code == 302  # signed out at once
    assert browser().password(colleague).status_code == 422
    lead.post(f"{PAGE}/{colleague.id}/enable", form_on=PAGE)
    assert browser().password(colleague).status_code == 302


def test_everybody_else_of_the_practice_sees_whom_to_ask_and_changes_nothing(house, lead, colleague, browser):
    hers = browser().sign_in(colleague)
    page = hers.get(PAGE).text
    assert "To add or remove somebody, ask Dr Shah" in " ".join(page.split())
    assert "Invite a colleague" not in page
    assert hers.post(PAGE, name="X", email="x@gp.invalid").status_code == 404
    assert hers.post(f"{PAGE}/{house.gp.id}/disable", form_on=PAGE).status_code == 404


def test_nobody_removes_themselves_or_somebody_of_another_practice(production, house, lead):
    with production.app_context():
        elsewhere = factories.a_practice(house.clinic, ods="X99002", name="Elm Row Surgery")
    stranger = another(production, elsewhere)
    for user_id in (house.gp.id, stranger.id, house.admin.id):
        assert lead.post(f"{PAGE}/{user_id}/disable", form_on=PAGE).status_code == 404
    assert stranger.email not in lead.get(PAGE).text


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(lead):
    answer = lead.post(PAGE, name="Dr Roe", email="no address")
    assert answer.status_code == 422
    assert "Enter an e-mail address" in answer.text and 'value="no address"' in answer.text


def test_the_clinic_takes_it_back_and_gives_it_to_no_staff(house, admin, lead):
    page = f"/users/{house.gp.id}"
    admin.post(f"{page}/lead-no-more", form_on=page)
    assert "Invite a colleague" not in lead.get(PAGE).text
    page = f"/users/{house.coordinator.id}"
    assert admin.post(f"{page}/lead", form_on=page).status_code == 404
