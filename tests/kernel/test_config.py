"""Configuration: the demo keeps its keys, production refuses what is missing or weak, one line a problem."""

import json
import stat

import pytest
from cryptography.fernet import Fernet

from clinic.config import BadConfig, Config

SECRETS = {
    name: f"{name.lower()}-0123456789abcdefghijklmnopqrstuvwxyz"
    for name in ("SECRET_KEY", "INDEX_KEY", "AUDIT_KEY", "METRICS_TOKEN")
}
GOOD = {
    **SECRETS,
    "CLINIC_ENV": "production",
    "DATA_KEYS": Fernet.generate_key().decode(),
    "DATABASE_URL": "postgresql://app@db/upright",
    "REDIS_URL": "redis://redis",
    "PUBLIC_BASE_URL": "https://upright.example.nhs.uk",
    "SMS_PROVIDER": "twilio",
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "t",
    "TWILIO_FROM": "+447700900000",
}


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """A whole production environment, with changes; None takes a setting away."""

    def set_to(**changes: str | None) -> None:
        for name, value in {"INSTANCE_DIR": str(tmp_path / "instance"), **GOOD, **changes}.items():
            monkeypatch.delenv(name, raising=False) if value is None else monkeypatch.setenv(name, value)

    return set_to


def test_a_whole_production_environment_is_taken(environment):
    environment()
    config = Config.load()
    assert not config.demo
    assert config.database_url == config.migrations_database_url == "postgresql+psycopg://app@db/upright"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        *(({name: None}, name) for name in GOOD if name not in ("CLINIC_ENV", "SMS_PROVIDER")),
        *(({name: "short"}, name) for name in SECRETS),
        *(({name: "a" * 64}, name) for name in SECRETS),
        ({"SECRET_KEY": SECRETS["INDEX_KEY"]}, "SECRET_KEY: is the same"),
        ({"DATA_KEYS": "not a key"}, "key 1 is not a Fernet key"),
        ({"DATA_KEYS": GOOD["DATA_KEYS"] + ",x"}, "key 2 is not a Fernet key"),
        ({"DATABASE_URL": "sqlite:///x"}, "DATABASE_URL"),
        ({"PUBLIC_BASE_URL": "http://upright.example"}, "PUBLIC_BASE_URL"),
        ({"SMS_PROVIDER": "simulator"}, "SMS_PROVIDER"),
        ({"SMS_PROVIDER": "pigeon"}, "SMS_PROVIDER"),
        ({"SMS_IN_FLIGHT": "many"}, "SMS_IN_FLIGHT"),
        ({"CLINIC_ENV": "staging"}, "CLINIC_ENV"),
        ({"DELIVERY_TIME_SCALE": "0"}, "DELIVERY_TIME_SCALE"),
    ],
)
def test_production_refuses_what_is_missing_or_weak(environment, changes, said):
    environment(**changes)
    with pytest.raises(BadConfig) as refused:
        Config.load()
    assert said in str(refused.value)
    assert "0123456789abcdef" not in str(refused.value)


def test_every_problem_is_said_at_once(environment):
    environment(SECRET_KEY=None, REDIS_URL=None, DATA_KEYS=None)
    with pytest.raises(BadConfig) as refused:
        Config.load()
    assert len(str(refused.value).splitlines()) == 3


@pytest.fixture
def demo(environment):
    environment(**dict.fromkeys(GOOD))
    return Config.load


def test_with_nothing_set_it_is_a_demo_that_keeps_its_keys(demo):
    first, second = demo(), demo()
    assert first.demo
    assert first.sqlite
    assert first.embedded
    assert first.secret_key == second.secret_key
    assert first.fernet_keys() == second.fernet_keys() != []


def test_the_demos_keys_are_for_their_owner_only(demo, tmp_path):
    demo()
    folder = tmp_path / "instance"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "keys.json").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["keys.json"]


@pytest.mark.parametrize("content", ["", "{}", "not json", json.dumps({"secret_key": "x"})])
def test_damaged_keys_are_said_not_replaced(demo, tmp_path, content):
    demo()
    kept = tmp_path / "instance" / "keys.json"
    kept.write_text(content)
    with pytest.raises(BadConfig, match="damaged"):
        demo()
    assert kept.read_text() == content


@pytest.mark.parametrize("plain", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_any_spelling_of_a_database_address_is_taken(tmp_path, plain):
    config = Config.for_tests(database_url=plain, instance_dir=tmp_path)
    assert config.database_url == "postgresql+psycopg://u@h/d"


def test_secrets_do_not_show_when_the_configuration_is_printed(tmp_path):
    config = Config.for_tests(database_url="sqlite://", instance_dir=tmp_path)
    assert config.secret_key.get_secret_value() not in repr(config)
    assert config.fernet_keys()[0] not in str(config.model_dump())
