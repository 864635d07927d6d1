"""Probes, metrics, and the doctor: what is wrong is said, by the word that names what to change."""

import json

import pytest
from click.testing import CliRunner

from clinic import audit
from clinic.access import services
from clinic.app import create_app
from clinic.classes import packs
from clinic.config import BadConfig
from clinic.doctor import doctor, examine
from clinic.extensions import db, transaction
from clinic.viewer import acting_as, system
from tests import factories

BY = system("test")


def test_alive_needs_nothing(client):
    assert client.get("/healthz").json == {"status": "ok"}


def test_ready_says_five_words_and_no_data(client, app):
    with app.app_context():
        services.beat(name="beat")
    answer = client.get("/readyz")
    assert answer.status_code == 200
    checks = {"database": "ok", "migrations": "ok", "broker": "ok", "heartbeat": "ok", "alerts": "ok"}
    assert answer.json == {"status": "ok", "checks": checks}


def test_a_late_heartbeat_degrades_but_serves(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (200, "degraded")


def test_a_broker_that_is_down_degrades_but_serves(make_app):
    answer = make_app(redis_url="redis://127.0.0.1:9/0").test_client().get("/readyz")
    assert (answer.status_code, answer.json["checks"]["broker"]) == (200, "down")


def test_a_database_without_migrations_is_not_ready(tmp_path):
    from clinic.config import Config

    app = create_app(Config.for_tests(database_url=f"sqlite:///{tmp_path}/new", instance_dir=tmp_path))
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json["checks"]["migrations"]) == (503, "missing")


def test_a_database_that_is_gone_is_not_ready(database, make_app):
    app = create_app(_elsewhere(database.config()))
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json["checks"]["database"]) == (503, "down")


def _elsewhere(config):
    return config.model_copy(
        update={"database_url": "postgresql+psycopg://x@127.0.0.1:9/x?connect_timeout=2"}
    )


def test_metrics_need_their_token(client, app):
    token = app.extensions["upright_config"].metrics_token.get_secret_value()
    for wrong in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Bearer "}):
        assert client.get("/metrics", headers=wrong).status_code == 404
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert "upright_open_alerts 0" in answer.text


class TestPowerfulLogin:
    """A login that could pass the row policies serves nothing in production."""

    @pytest.fixture
    def config(self, database):
        def as_superuser(**more):
            config = database.config(**more)
            url = database.superuser_url.replace("postgresql://", "postgresql+psycopg://")
            return config.model_copy(update={"database_url": url})

        return as_superuser

    def test_production_does_not_start_with_it(self, config):
        with pytest.raises(BadConfig, match="superuser or has BYPASSRLS"):
            create_app(config(clinic_env="production"))

    def test_the_doctor_names_it_in_the_demo(self, config):
        report = examine(config())
        assert [p for p in report["problems"] if "BYPASSRLS" in p]

    def test_the_applications_own_login_starts(self, database):
        app = create_app(database.config(clinic_env="production"))
        with app.app_context():
            db.engine.dispose()

    def test_a_member_of_a_powerful_role_is_as_powerful(self, database):
        database.as_owner("CREATE ROLE upright_test_sees_all NOLOGIN BYPASSRLS")
        try:
            database.as_owner("GRANT upright_test_sees_all TO upright_test_login")
            with pytest.raises(BadConfig):
                create_app(database.config(clinic_env="production"))
        finally:
            database.as_owner("DROP ROLE upright_test_sees_all")


class TestDoctor:
    @pytest.fixture(autouse=True)
    def clinic(self, app):
        with app.app_context():
            clinic = factories.a_clinic()
            with transaction():
                db.session.merge(clinic).duty_phone = "+447700900111"
            by = factories.viewer_of(factories.a_member_of_staff(clinic))
            with acting_as(by):
                packs.set_passphrase(words="lantern orchard kettle river", by=by)
            audit.seal()
            return clinic.id

    def test_a_healthy_service_has_no_problem(self, database):
        report = examine(database.config())
        assert (report["status"], report["problems"], report["notes"]) == ("ok", [], [])
        assert len(report["audit_head"]) == 64

    def test_it_tells_the_carriers_words_and_ours_are_none_of_them(self, database):
        report = examine(database.config())
        carriers = {word for words in report["carrier_words"].values() for word in words}
        assert {"YES", "STOP", "CANCEL", "END", "QUIT", "HELP"} <= carriers
        assert carriers.isdisjoint(report["our_words"])

    @pytest.mark.parametrize("sender", ["UPRIGHT", "Spine Clinic", "07700900000"])
    def test_a_sender_that_hears_nothing_is_refused(self, database, sender):
        report = examine(database.config(twilio_from=sender))
        assert report["problems"] == ["TWILIO_FROM: a sender that is no number cannot receive replies"]

    def test_a_clinics_own_sender_is_looked_at_too(self, database, app, clinic):
        with app.app_context(), acting_as(BY), transaction():
            from clinic.access.queries import clinic as row

            row(clinic).sender, row(clinic).opening = "UPRIGHT", {}
        assert len(examine(database.config())["problems"]) == 2

    def test_a_missing_duty_contact_is_noted(self, database, app):
        with app.app_context():
            factories.a_clinic("Second")
        assert any("no duty phone" in note for note in examine(database.config())["notes"])

    def test_a_database_that_is_gone_is_said_without_its_address(self, database):
        report = examine(_elsewhere(database.config()))
        assert "127.0.0.1" not in json.dumps(report)
        assert report["status"] == "problems"


def test_the_doctor_speaks_when_nothing_can_start(monkeypatch, tmp_path):
    monkeypatch.setenv("CLINIC_ENV", "production")
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path))
    answer = CliRunner().invoke(doctor)
    assert answer.exit_code == 1
    assert any(p.startswith("SECRET_KEY") for p in json.loads(answer.stdout)["problems"])
    assert "SECRET_KEY" in answer.stderr


def test_the_doctor_of_a_fresh_demo_asks_for_migrations(monkeypatch, tmp_path):
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path))
    answer = CliRunner().invoke(doctor)
    assert answer.exit_code == 1
    assert json.loads(answer.stdout)["problems"] == ["migrations are missing: run flask db upgrade"]
