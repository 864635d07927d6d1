"""A clinic's hours are whole or refused, an alert always reaches somebody, a key can be ended."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.access import settings
from clinic.access.models import ApiClient, Clinic
from clinic.audit import AuditEvent
from clinic.extensions import db
from clinic.viewer import system

BY = system("test")
WEEK = {"from-0": "09:00", "to-0": "17:00", "from-4": "9:30", "to-4": "12:00"}


def problems(typed: dict[str, str]) -> dict[str, str]:
    with pytest.raises(settings.SettingsProblem) as refused:
        settings.opening_of(typed)
    return refused.value.errors


def test_a_day_left_empty_is_closed():
    assert settings.opening_of(WEEK) == {"0": ["09:00", "17:00"], "4": ["09:30", "12:00"]}


def test_every_wrong_day_is_named_at_once():
    wrong = {"from-0": "9", "to-0": "", "from-2": "17:00", "to-2": "09:00"}
    assert list(problems(wrong)) == ["from-0", "from-2"]


def test_a_clinic_that_never_opens_is_refused():
    assert "at least one day" in problems({})["from-0"]


@given(st.dictionaries(st.sampled_from([f"{a}-{n}" for a in ("from", "to") for n in range(7)]), st.text()))
def test_whatever_is_typed_gives_hours_or_words(typed):
    try:
        week = settings.opening_of(typed)
    except settings.SettingsProblem as problem:
        assert problem.errors
    else:
        assert week
        assert all(begins < ends for begins, ends in week.values())


@pytest.fixture
def admin(house, browser):
    return browser().sign_in(house.admin)


def clinic_of(app, house) -> Clinic:
    with app.app_context():
        return db.session.get_one(Clinic, house.clinic.id)


def test_an_administrator_changes_how_the_clinic_is_reached(production, house, admin):
    typed = {"phone": "01632 960777", "duty_email": "duty@clinic.invalid", **WEEK}
    assert admin.post("/settings", **typed).status_code == 302
    row = clinic_of(production, house)
    assert (row.phone, row.duty_email) == ("01632 960777", "duty@clinic.invalid")
    assert row.opening["4"] == ["09:30", "12:00"]


def test_the_audit_says_which_fields_and_no_address(production, house, admin):
    admin.post("/settings", phone="01632 960777", duty_email="duty@clinic.invalid", **WEEK)
    with production.app_context():
        (row,) = db.session.scalars(db.select(AuditEvent).where(AuditEvent.action == "clinic.changed"))
    assert "duty_email" in row.details["fields"]
    assert "clinic.invalid" not in str(row.details)


def test_an_alert_has_to_reach_somebody(production, house, admin):
    before = clinic_of(production, house).phone
    answer = admin.post("/settings", phone="01632 960777", duty_phone="", duty_email="", **WEEK)
    assert answer.status_code == 422
    assert "an alert has to reach somebody" in answer.text
    assert "01632 960777" in answer.text  # what was typed is kept
    assert clinic_of(production, house).phone == before


def test_a_practice_is_added_and_gets_a_key_that_can_be_ended(production, house, admin):
    added = admin.post("/practices", ods="y99077", name="Far Lane Surgery")
    page = admin.post(f"{added.location}/keys", form_on=added.location, system="Far Lane EMIS").text
    key = page.split('upright-key">')[1].split("<")[0]
    assert key.startswith("upk_")
    with production.app_context():
        client = db.session.scalars(db.select(ApiClient).where(ApiClient.name == "Far Lane EMIS")).one()
    admin.post(f"{added.location}/keys/{client.id}/revoke", form_on=added.location)
    refused = admin.client.get("/fhir/Task?focus=x", headers={"Authorization": f"Bearer {key}"})
    assert refused.status_code == 401


def test_a_key_without_a_systems_name_is_refused(house, admin):
    path = f"/practices/{house.practice.id}"
    assert admin.post(f"{path}/keys", form_on=path, system=" ").status_code == 422


def test_a_practice_that_is_not_linked_is_not_found(admin):
    assert admin.get("/practices/99999").status_code == 404


def test_a_practices_wrong_e_mail_is_said_and_kept(house, admin):
    path = f"/practices/{house.practice.id}"
    answer = admin.post(path, name="New name", email="nobody", phone="")
    assert answer.status_code == 422
    assert 'value="nobody"' in answer.text


def test_an_administrator_sets_how_long_offers_stand_and_a_wild_number_is_kept_on_the_page(
    production, house, admin
):
    known = {"phone": "01632 960777", "duty_email": "duty@clinic.invalid", **WEEK}
    assert admin.post("/settings", **known, offer_days="3", weekly_texts="4").status_code == 302
    assert clinic_of(production, house).settings["offer_days"] == 3
    answer = admin.post("/settings", **known, offer_days="30")
    assert answer.status_code == 422
    assert "Enter a whole number from 1 to 5" in answer.text
    assert 'value="30"' in answer.text
