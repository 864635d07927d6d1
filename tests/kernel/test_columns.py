"""Columns that keep promises: aware times, encrypted text under a new key, look-up without reading."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.fernet import Fernet, InvalidToken
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError

from clinic.access.models import Clinic, Heartbeat
from clinic.columns import blind_index
from clinic.extensions import db, transaction
from tests import factories


@pytest.mark.both_databases
class TestMoments:
    def test_a_naive_moment_is_refused(self, app_context):
        with pytest.raises(StatementError, match="needs a zone"), transaction():
            db.session.add(Heartbeat(name="x", at=datetime(2026, 11, 22, 8)))

    def test_a_moment_comes_back_in_utc(self, app_context):
        east = timezone(timedelta(hours=5, minutes=30))
        with transaction():
            db.session.add(Heartbeat(name="x", at=datetime(2026, 11, 22, 8, 15, 30, 123456, tzinfo=east)))
        found = db.session.scalars(select(Heartbeat.at).execution_options(populate_existing=True)).one()
        assert found == datetime(2026, 11, 22, 2, 45, 30, 123456, tzinfo=UTC)
        assert found.tzinfo is UTC


def _duty_phone() -> str | None:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Clinic)).one().duty_phone


@pytest.mark.both_databases
class TestEncryption:
    @pytest.fixture
    def clinic(self, app_context):
        clinic = factories.a_clinic()
        with transaction():
            db.session.get_one(Clinic, clinic.id).duty_phone = "+447700900111"
        return clinic

    def test_the_database_holds_no_plain_text(self, clinic):
        kept = db.session.execute(text("SELECT duty_phone FROM clinics")).scalar_one()
        assert "7700" not in kept
        assert _duty_phone() == "+447700900111"

    def test_old_text_is_read_after_a_new_key_and_new_text_needs_the_new_one(self, clinic, app):
        old, new = config_key(app), Fernet.generate_key().decode()
        set_keys(app, f"{new},{old}")
        assert _duty_phone() == "+447700900111"
        with transaction():
            db.session.scalars(select(Clinic)).one().duty_phone = "+447700900222"
        set_keys(app, new)
        assert _duty_phone() == "+447700900222"

    def test_a_wrong_key_reads_nothing(self, clinic, app):
        set_keys(app, Fernet.generate_key().decode())
        with pytest.raises(InvalidToken):
            _duty_phone()

    def test_the_same_text_is_never_kept_the_same_way(self, clinic):
        before = db.session.execute(text("SELECT duty_phone FROM clinics")).scalar_one()
        db.session.rollback()
        with transaction():
            row = db.session.scalars(select(Clinic)).one()
            row.duty_phone = ""
            db.session.flush()
            row.duty_phone = "+447700900111"
        assert db.session.execute(text("SELECT duty_phone FROM clinics")).scalar_one() != before


def config_key(app) -> str:
    return app.extensions["upright_config"].data_keys.get_secret_value()


def set_keys(app, keys: str) -> None:
    config = app.extensions["upright_config"]
    app.extensions["upright_config"] = config.model_copy(update={"data_keys": SecretStr(keys)})


@pytest.fixture(scope="module")
def digests(tmp_path_factory):
    from clinic.app import create_app
    from clinic.config import Config

    folder = tmp_path_factory.mktemp("instance")
    with create_app(Config.for_tests(database_url="sqlite://", instance_dir=folder)).app_context():
        yield


@pytest.mark.parametrize(
    ("one", "other"),
    [("O'Brien", "obrien"), ("Zoë", "ZOE"), ("Smith-Jones", "smith jones"), ("999 000 0018", "9990000018")],
)
def test_a_look_up_finds_the_same_name_however_it_is_written(digests, one, other):
    assert blind_index("surname", one) == blind_index("surname", other)


@given(st.text(alphabet="abcdefgh", max_size=8), st.text(alphabet="abcdefgh", max_size=8))
def test_different_words_and_different_kinds_have_different_digests(digests, one, other):
    assert (blind_index("surname", one) == blind_index("surname", other)) == (one == other)
    assert blind_index("phone", one) != blind_index("surname", one)


def test_another_index_key_gives_another_digest(digests, app):
    here = blind_index("surname", "Okafor")
    with app.app_context():
        assert blind_index("surname", "Okafor") != here


def test_an_index_is_no_plain_hash(digests):
    import hashlib

    assert blind_index("surname", "okafor") not in hashlib.sha256(b"surname:okafor").hexdigest()
