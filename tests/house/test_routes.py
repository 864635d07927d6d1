"""Every route says who may come in; nobody else gets in; a GET changes nothing."""

import pytest
from sqlalchemy import func, select

from clinic.access.permissions import ROLE_PERMISSIONS, Permission, may
from clinic.extensions import db
from clinic.viewer import acting_as, system
from tests import factories

ROLES = sorted(ROLE_PERMISSIONS)
MAY_WRITE_ON_GET = {"audit_events", "sign_ins"}


def policies(app) -> dict[str, str]:
    return {
        rule.endpoint: getattr(app.view_functions[rule.endpoint], "policy", "")
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
    }


def test_every_route_declares_who_may_come_in(app):
    silent = [endpoint for endpoint, policy in policies(app).items() if not policy]
    assert silent == []


def test_a_public_route_says_why(app):
    public = {e: p for e, p in policies(app).items() if p.startswith("public")}
    assert all(len(policy.removeprefix("public: ")) > 8 for policy in public.values())


def test_few_routes_are_public(app):
    """A matrix filled with "public" would be no wall: what is public is named here."""
    public = {e.split(".")[0] for e, p in policies(app).items() if p.startswith("public")}
    assert public <= {"access", "health", "link", "webhooks", "notifications", "fhir", "classes"}


def test_the_guard_sees_a_route_without_a_policy(make_app):
    app = make_app()
    app.add_url_rule("/forgotten", "forgotten", lambda: "")
    assert "forgotten" in [e for e, p in policies(app).items() if not p]


def test_every_permission_belongs_to_somebody():
    held = set().union(*ROLE_PERMISSIONS.values())
    assert held == set(Permission)


@pytest.fixture
def people(app):
    """One signed-in client a role, of one clinic, and a referrer of its practice."""
    with app.app_context():
        clinic = factories.a_clinic()
        practice = factories.a_practice(clinic)
        staff = [role for role in ROLES if role != "referrer"]
        emails = {role: factories.a_member_of_staff(clinic, role).email for role in staff}
        emails["referrer"] = factories.a_referrer(practice).email
    return {role: factories.sign_in(app.test_client(), email) for role, email in emails.items()}


def test_each_role_opens_its_pages_and_no_others(app, people):
    """The matrix of every plain page x every role and nobody."""
    plain = [r for r in app.url_map.iter_rules() if "GET" in r.methods and not r.arguments]
    wrong = []
    for rule in plain:
        policy = getattr(app.view_functions[rule.endpoint], "policy", "")
        if policy not in set(Permission):
            continue
        for role, client in people.items():
            status = client.get(rule.rule).status_code
            if (status in (200, 302)) != may(role, Permission(policy)) or status >= 500:
                wrong.append((rule.rule, role, status))
        if app.test_client().get(rule.rule).status_code != 302:
            wrong.append((rule.rule, "nobody", "not sent to sign in"))
    assert wrong == []


def test_every_form_refuses_a_post_without_its_token(app, people):
    accepted = []
    for rule in app.url_map.iter_rules():
        policy = getattr(app.view_functions.get(rule.endpoint), "policy", "")
        if (
            "POST" not in rule.methods
            or policy in ("client_key", "")
            or rule.rule.startswith(("/twilio", "/fhir"))
        ):
            continue
        path = rule.rule.replace("<token>", "x")
        for name in rule.arguments:
            path = path.replace(f"<int:{name}>", "1").replace(f"<{name}>", "x")
        status = people["coordinator"].post(path, data={}).status_code
        if status not in (400, 404):
            accepted.append((rule.rule, status))
    assert accepted == []


def test_a_get_changes_no_row_but_audit_and_last_seen(app, people):
    before = _counts(app)
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and not rule.arguments and rule.endpoint != "static":
            for client in people.values():
                client.get(rule.rule)
    assert _counts(app) == before


def _counts(app) -> dict[str, int]:
    with app.app_context(), acting_as(system("test")):
        return {
            table.name: db.session.scalar(select(func.count()).select_from(table))
            for table in db.metadata.sorted_tables
            if table.name not in MAY_WRITE_ON_GET
        }
