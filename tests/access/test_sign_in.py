"""The first step: passwords, sessions that can be revoked, no hint of who is known, no way off the site."""

import pytest
from sqlalchemy import select

from clinic.access import services, sessions
from clinic.access.models import SignIn
from clinic.audit import AuditEvent
from clinic.extensions import db
from clinic.viewer import acting_as, system
from tests import factories
from tests.access.browser import SITE, later

BY = system("test")


def cookie_of(browser) -> str:
    return browser.client.get_cookie("__Host-upright", domain="upright.example").value


def set_cookie(browser, value: str) -> None:
    browser.client.set_cookie("__Host-upright", value, domain="upright.example", secure=True)


def is_in(browser) -> bool:
    return browser.get("/account").status_code == 200


def test_an_unknown_address_and_a_wrong_password_look_the_same(house, browser):
    known = browser().password(house.gp, "not the password")
    unknown = browser().post(
        "/sign-in", email=house.gp.email.replace("gp", "xx"), password="not the password"
    )
    assert known.status_code == unknown.status_code == 422
    same = known.text.replace(house.gp.email, "").split("nonce")[0]
    assert same == unknown.text.replace(house.gp.email.replace("gp", "xx"), "").split("nonce")[0]


def test_a_disabled_user_looks_like_an_unknown_one(production, house, browser):
    with production.app_context():
        services.set_active(user=house.gp, active=False, by=BY)
    assert browser().password(house.gp).status_code == 422


def test_disabling_somebody_ends_the_session_at_hand(production, house, browser):
    gp = browser().sign_in(house.gp)
    assert is_in(gp)
    with production.app_context():
        services.set_active(user=house.gp, active=False, by=BY)
    assert not is_in(gp)


def test_the_old_cookie_is_refused_after_signing_out(house, browser):
    gp = browser().sign_in(house.gp)
    copied = cookie_of(gp)
    gp.post("/sign-out", form_on="/account")
    set_cookie(gp, copied)
    assert not is_in(gp)


def test_a_new_password_signs_out_everywhere_else(house, browser):
    here, elsewhere = browser().sign_in(house.gp), browser().sign_in(house.gp)
    new = "harbour violin teapot"
    answer = here.post("/account/password", form_on="/account", current=factories.PASSWORD, password=new)
    assert answer.status_code == 302
    assert is_in(here)
    assert not is_in(elsewhere)
    assert browser().password(house.gp).status_code == 422
    assert browser().password(house.gp, new).status_code == 302


def test_a_password_is_not_changed_without_the_old_one(house, browser):
    gp = browser().sign_in(house.gp)
    answer = gp.post(
        "/account/password", form_on="/account", current="guess guess", password="harbour violin tea"
    )
    assert answer.status_code == 422
    assert browser().password(house.gp).status_code == 302


def test_signing_out_everywhere_ends_this_browser_too(house, browser):
    here, elsewhere = browser().sign_in(house.gp), browser().sign_in(house.gp)
    here.post("/account/sign-out-everywhere", form_on="/account")
    assert not is_in(here)
    assert not is_in(elsewhere)


@pytest.mark.parametrize(("seconds", "inside"), [(59 * 60, True), (61 * 60, False)])
def test_an_idle_session_ends_after_an_hour(house, browser, seconds, inside):
    gp = browser().sign_in(house.gp)
    with later(seconds):
        assert is_in(gp) is inside


def test_no_session_outlives_half_a_day_however_busy(house, browser):
    gp = browser().sign_in(house.gp)
    for half_hours in range(1, 24):
        with later(half_hours * 1800):
            assert is_in(gp)
    with later(12 * 3600 + 1):
        assert not is_in(gp)


def test_nothing_set_before_signing_in_is_carried_over(house, browser):
    gp = browser()
    gp.get("/sign-in")
    before = cookie_of(gp)
    gp.sign_in(house.gp)
    assert cookie_of(gp) != before
    set_cookie(gp, before)
    assert not is_in(gp)


def test_only_the_digest_of_a_session_is_kept(production, house, browser):
    gp = browser().sign_in(house.gp)
    with gp.client.session_transaction(base_url=SITE) as cookie:
        token = cookie["sign_in"]
    with production.app_context():
        assert db.session.scalars(select(SignIn)).one().token_hash == sessions.digest(token) != token


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "\thttps://evil.example",
    "javascript:alert(1)",
    "/\r\nSet-Cookie: a=b",
    "http://[evil",
    "",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_leads_to_no_other_site(house, browser, target):
    answer = browser().password(house.gp, next=target)
    assert answer.location == "/"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(house, browser):
    gp = browser()
    asked = gp.get("/account?x=1")
    assert asked.location == "/sign-in?next=/account?x%3D1"
    assert gp.password(house.gp, next="/account?x=1").location == "/account?x=1"


def test_cookies_are_sent_by_https_only_and_never_read_by_scripts(house, browser):
    set_cookie = browser().password(house.gp).headers["Set-Cookie"]
    assert set_cookie.startswith("__Host-upright=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(set_cookie.split("; "))


class TestThrottle:
    def test_the_seventh_try_on_an_account_has_to_wait(self, house, browser):
        tries = [browser().password(house.gp, "not the password").status_code for _ in range(7)]
        assert tries == [422] * 6 + [429]

    def test_a_wait_on_one_account_leaves_the_others_alone(self, house, browser):
        for _ in range(7):
            browser().password(house.gp, "not the password")
        assert browser().password(house.coordinator).status_code == 302

    def test_an_unknown_account_has_to_wait_just_the_same(self, house, browser):
        tries = [
            browser().post("/sign-in", email="nobody@example.org", password="x").status_code for _ in range(7)
        ]
        assert tries == [422] * 6 + [429]

    def test_one_address_cannot_try_many_accounts(self, house, browser):
        tries = [
            browser().post("/sign-in", email=f"p{n}@example.org", password="x").status_code for n in range(21)
        ]
        assert tries == [422] * 20 + [429]

    def test_a_forged_address_does_not_help(self, house, browser):
        person = browser()
        token = factories.csrf(person.get("/sign-in").text)
        for n in range(21):
            answer = person.client.post(
                "/sign-in",
                base_url=SITE,
                headers={"Referer": SITE, "X-Forwarded-For": f"203.0.113.{n}"},
                data={"csrf_token": token, "email": f"q{n}@example.org", "password": "x"},
            )
        assert answer.status_code == 429

    def test_it_counts_without_its_server(self, make_app):
        """Redis is gone: the limit is kept in memory, neither lifted nor an outage."""
        app = make_app(redis_url="redis://127.0.0.1:9/0")
        client = app.test_client()
        data = {"email": "nobody@example.org", "password": "x"}
        data["csrf_token"] = factories.csrf(client.get("/sign-in").text)
        assert [client.post("/sign-in", data=data).status_code for _ in range(7)] == [422] * 6 + [429]


def test_a_refused_sign_in_stands_in_the_audit_without_the_address(production, house, browser):
    browser().password(house.gp, "not the password")
    with production.app_context(), acting_as(BY):
        row = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "user.sign_in_refused")).one()
        assert (row.about_kind, row.about_id) == ("users", house.gp.id)
        assert house.gp.email not in str(row.details)
