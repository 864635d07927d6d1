"""The commands people script: JSON alone on stdout, words on stderr; 0 done, 1 found wrong, 2 bad input."""

import json

import pytest
from sqlalchemy import func, select

from clinic.access import guards
from clinic.access.models import ApiClient, User
from clinic.access.services import authenticate
from clinic.audit import AuditEvent
from clinic.extensions import db
from clinic.viewer import acting_as, system

CLINIC = ("clinics", "add", "Larkfield", "--zone", "Europe/London", "--phone", "020 7946 0100")
PRACTICE = ("organisations", "add", "x99001", "Birch Lane Surgery", "--clinic", "Larkfield")
STAFF = ("users", "add", "Sam@Clinic.Invalid", "--role", "coordinator", "--clinic", "Larkfield")
GP = ("users", "add", "gp@birch.invalid", "--role", "referrer", "--organisation", "X99001")


@pytest.fixture
def flask(app):
    """Run `flask ...`; the answer has stdout, stderr and exit_code."""
    return lambda *words, typed=None: app.test_cli_runner().invoke(args=words, input=typed)


@pytest.fixture
def clinic(flask):
    assert flask(*CLINIC).exit_code == 0
    assert flask(*PRACTICE).exit_code == 0


def answered(result) -> dict:
    """The whole of stdout, which is one JSON value."""
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.both_databases
def test_a_clinic_its_practice_and_its_people_are_added(flask):
    assert answered(flask(*CLINIC))["name"] == "Larkfield"
    assert answered(flask(*PRACTICE))["ods"] == "X99001"
    assert answered(flask(*STAFF))["email"] == "sam@clinic.invalid"
    assert answered(flask(*GP))["role"] == "referrer"


def test_a_practice_added_again_is_only_linked(flask, clinic):
    assert answered(flask(*PRACTICE)) == answered(flask(*PRACTICE))


def test_without_a_password_the_answer_is_an_invitation_that_opens(flask, clinic, client):
    link = answered(flask(*STAFF))["invitation"]
    assert link.startswith("http://127.0.0.1:8000/invitation/")
    assert client.get(link.removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_a_password_is_read_from_stdin_and_shown_nowhere(flask, clinic, app):
    answer = flask(*STAFF, "--password-stdin", typed="lantern orchard kettle\n")
    assert "invitation" not in answered(answer)
    assert "lantern" not in answer.stdout + answer.stderr
    with app.app_context():
        assert authenticate(email="sam@clinic.invalid", password="lantern orchard kettle")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("clinics", "add", "Larkfield", "--zone", "Europe/London", "--phone", "020 7946 0100"), "already"),
        (("clinics", "add", "New", "--zone", "Mars/Base", "--phone", "020 7946 0100"), "IANA"),
        (("clinics", "add", "New", "--zone", "Europe/London", "--phone", "none"), "phone"),
        (("clinics", "add", "New", "--zone", "Europe/London"), "--phone"),
        (("organisations", "add", "X1!", "Elm", "--clinic", "Larkfield"), "ODS"),
        (("organisations", "add", "X99002", "Elm", "--clinic", "Elsewhere"), "no clinic"),
        (
            ("users", "add", "a@b.invalid", "--role", "referrer", "--clinic", "Larkfield"),
            "an organisation",
        ),
        (("users", "add", "a@b.invalid", "--role", "admin", "--organisation", "X99001"), "needs a clinic"),
        (("users", "add", "a@b.invalid", "--role", "owner", "--clinic", "Larkfield"), "owner"),
        (("users", "add", "a@b.invalid", "--role", "referrer", "--organisation", "Q1"), "no organisation"),
        (("users", "add", "nobody", "--role", "admin", "--clinic", "Larkfield"), "e-mail"),
        (("clients", "add", "EMIS", "--organisation", "Q1"), "no organisation"),
    ],
)
def test_bad_input_is_2_and_says_what_to_do_on_stderr_alone(flask, clinic, words, said):
    answer = flask(*words)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert said in answer.stderr


def test_a_weak_password_is_bad_input_and_adds_nobody(flask, clinic, app):
    assert flask(*STAFF, "--password-stdin", typed="short\n").exit_code == 2
    with app.app_context():
        assert db.session.scalar(select(func.count(User.id))) == 0


def test_nobody_is_added_twice(flask, clinic):
    assert flask(*GP).exit_code == 0
    assert flask(*GP).exit_code == 2


def test_an_api_key_stands_alone_on_stdout_and_only_its_hash_is_kept(flask, clinic, app):
    answer = flask("clients", "add", "EMIS", "--organisation", "x99001")
    key = answer.stdout.removesuffix("\n")
    assert answer.stderr == ""
    assert " " not in key
    with app.app_context():
        assert guards.viewer_of_key(f"Bearer {key}") is not None
        assert guards.viewer_of_key(f"Bearer {key[:-1]}") is None
        assert db.session.scalars(select(ApiClient)).one().key_hash not in key


def test_a_revoked_key_opens_nothing(flask, clinic, app):
    from clinic.extensions import now, transaction

    key = flask("clients", "add", "EMIS", "--organisation", "X99001").stdout.strip()
    with app.app_context():
        with transaction():
            db.session.scalars(select(ApiClient)).one().revoked_at = now()
        assert guards.viewer_of_key(f"Bearer {key}") is None


@pytest.mark.both_databases
class TestAuditVerify:
    def test_an_untouched_trail_is_0(self, flask):
        flask(*CLINIC)
        answer = answered(flask("audit", "verify"))
        assert (answer["unsealed"], answer["tampered"], answer["tail_cut"]) == (1, [], False)

    def test_tampering_is_1_and_named(self, flask, database):
        flask(*CLINIC)
        database.as_owner("UPDATE audit_events SET action = 'clinic.removed'")
        answer = flask("audit", "verify")
        assert answer.exit_code == 1
        assert len(json.loads(answer.stdout)["tampered"]) == 1

    def test_a_head_that_is_gone_is_1(self, flask):
        answer = flask("audit", "verify", "--head", "f" * 64)
        assert (answer.exit_code, json.loads(answer.stdout)["tail_cut"]) == (1, True)


def test_what_a_command_did_is_audited_as_the_systems(flask, clinic, app):
    with app.app_context(), acting_as(system("test")):
        assert {row.actor for row in db.session.scalars(select(AuditEvent))} == {"system:cli"}
