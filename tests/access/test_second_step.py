"""Staff need a code in production; the half-signed-in get nothing else; no code works twice."""

import pyotp
import pytest

from clinic.access import second_step
from clinic.viewer import system
from tests import factories
from tests.access.browser import Browser, later, next_code, secret_of

BY = system("test")


@pytest.fixture
def set_up(production, house, browser):
    """The coordinator has an app; it was used for this half-minute's code."""
    browser().sign_in(house.coordinator)
    return house.coordinator


def test_staff_without_an_app_are_led_to_set_it_up_and_not_let_in_before(house, browser):
    person = browser()
    assert person.password(house.coordinator).location == "/sign-in/set-up?next=/"
    for path in ("/", "/account", "/search", "/worklist"):
        assert person.get(path).location.startswith("/sign-in")


def test_setting_up_ends_with_a_right_code_only(production, house, browser):
    person = browser()
    person.password(house.coordinator)
    secret = person.proposed_secret()
    assert person.post("/sign-in/set-up", code="000000").status_code == 422
    assert secret_of(production, house.coordinator) is None
    assert person.post("/sign-in/set-up", code=pyotp.TOTP(secret).now()).location == "/"
    assert secret_of(production, house.coordinator) == secret


def test_the_square_and_the_key_say_the_same(production, house):
    with production.app_context():
        picture = second_step.qr_code(house.coordinator, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    assert picture.startswith("<svg")
    assert "style=" not in picture


def test_the_secret_is_shown_during_one_set_up_only(set_up, browser):
    person = browser()
    assert person.password(set_up).location == "/sign-in/code?next=/"
    assert person.get("/sign-in/set-up").location.startswith("/sign-in?")


def test_another_set_up_proposes_another_secret(house, browser):
    secrets = []
    for person in (browser(), browser()):
        person.password(house.coordinator)
        secrets.append(person.proposed_secret())
    assert secrets[0] != secrets[1]


def test_who_began_to_set_up_first_cannot_replace_the_app_of_who_finished(production, house, browser):
    slow, quick = browser(), browser()
    slow.password(house.coordinator)
    page, secret = slow.get("/sign-in/set-up").text, slow.proposed_secret()
    quick.sign_in(house.coordinator)
    kept = secret_of(production, house.coordinator)
    form = {"csrf_token": factories.csrf(page), "code": pyotp.TOTP(secret).now()}
    answer = slow.client.post(
        "/sign-in/set-up",
        base_url="https://upright.example",
        headers={"Referer": "https://upright.example"},
        data=form,
    )
    assert answer.location.startswith("/sign-in")
    assert secret_of(production, house.coordinator) == kept


def test_no_code_is_taken_twice(production, set_up, browser):
    with later(60):
        code = next_code(production, set_up)
        first, second = browser(), browser()
        first.password(set_up)
        second.password(set_up)
        assert first.post("/sign-in/code", code=code).location == "/"
        assert second.post("/sign-in/code", code=code).status_code == 422


def test_the_code_of_the_set_up_is_not_taken_again(production, set_up, browser):
    person = browser()
    person.password(set_up)
    assert person.post("/sign-in/code", code=next_code(production, set_up)).status_code == 422


def test_an_earlier_code_is_not_taken_after_a_later_one(production, set_up):
    with production.app_context(), later(300):
        totp, this = pyotp.TOTP(str(secret_of(production, set_up))), _now()
        assert second_step.spend(user=set_up, code=totp.at(this))
        assert not second_step.spend(user=set_up, code=totp.at(this - 30))


def _now() -> int:
    import time

    return int(time.time())


@pytest.mark.parametrize(
    ("seconds", "right"), [(-60, False), (-30, True), (0, True), (30, True), (90, False)]
)
def test_a_phone_may_be_half_a_minute_off(production, set_up, seconds, right):
    with production.app_context(), later(600):
        totp, this = pyotp.TOTP(str(secret_of(production, set_up))), _now() // 30 * 30 + 15
        assert second_step.spend(user=set_up, code=totp.at(this + seconds)) is right


def test_ten_minutes_after_the_password_it_is_asked_again(production, set_up, browser):
    person = browser()
    with later(60):
        person.password(set_up)
    with later(60 + 9 * 60):
        assert person.get("/sign-in/code").status_code == 200
    with later(60 + 10 * 60 + 2):
        assert person.get("/sign-in/code").location.startswith("/sign-in?")


def test_whoever_is_let_go_between_the_steps_is_out(production, set_up, browser):
    from clinic.access import services

    person = browser()
    person.password(set_up)
    with production.app_context():
        services.set_active(user=set_up, active=False, by=BY)
    assert person.get("/sign-in/code").location.startswith("/sign-in?")


def test_codes_cannot_be_guessed_by_trying(production, set_up, browser):
    person = browser()
    with later(120):
        person.password(set_up)
        tries = [
            person.post("/sign-in/code", code="000000", email=f"x{n}@example.org").status_code
            for n in range(7)
        ]
    assert tries == [422] * 6 + [429]


def test_the_demo_asks_for_no_code(client, app):
    with app.app_context():
        staff = factories.a_member_of_staff(factories.a_clinic())
    assert factories.sign_in(client, staff.email).get("/").status_code == 200


class TestReferrers:
    def turn_on(self, production, gp, browser) -> Browser:
        person = browser().sign_in(gp)
        page = person.post("/account/second-step", form_on="/account").text
        secret = page.split('upright-key">')[1].split("<")[0].replace(" ", "")
        answer = person.post("/account/second-step/code", form_on="/account", code=pyotp.TOTP(secret).now())
        assert answer.location == "/account"
        return person

    def test_it_is_offered_not_required(self, house, browser):
        assert browser().password(house.gp).location == "/"

    def test_once_turned_on_it_is_asked_for(self, production, house, browser):
        self.turn_on(production, house.gp, browser)
        assert browser().password(house.gp).location == "/sign-in/code?next=/"

    def test_a_remembered_device_is_not_asked_for_30_days(self, production, house, browser):
        self.turn_on(production, house.gp, browser)
        person = browser()
        with later(60):
            person.password(house.gp)
            person.post("/sign-in/code", code=next_code(production, house.gp), remember="1")
        with later(29 * 86400):
            assert person.password(house.gp).location == "/"
        with later(31 * 86400):
            assert person.password(house.gp).location.startswith("/sign-in/code")

    def test_a_new_password_forgets_remembered_devices(self, production, house, browser):
        person = self.turn_on(production, house.gp, browser)
        with production.app_context():
            mark = second_step.device_mark(house.gp)
            assert not second_step.remembered(house.gp, mark + "x")
        new = "harbour violin teapot"
        person.post("/account/password", form_on="/account", current=factories.PASSWORD, password=new)
        with production.app_context():
            from clinic.access.queries import user

            assert not second_step.remembered(user(house.gp.id), mark)

    def test_staff_are_never_remembered(self, production, set_up):
        with production.app_context():
            assert not second_step.remembered(set_up, second_step.device_mark(set_up))
