"""What the environment decides, read when needed, so that pure commands need none of it."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Literal, Self

from cryptography.fernet import Fernet
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parent.parent
GENERATED = ("secret_key", "data_keys", "index_key", "audit_key", "metrics_token", "twilio_auth_token")
OWN_SECRETS = ("secret_key", "index_key", "audit_key", "metrics_token")
MIN_SECRET = 32
FEWEST_DIFFERENT = 10  # characters; 32 random ones have about 20


class BadConfig(Exception):
    """The environment cannot run this service; the message says what to set."""


class Config(BaseSettings):
    """Every setting of the service; `.env.example` documents each by the same name in capitals."""

    model_config = SettingsConfigDict(env_file=None, frozen=True, extra="ignore")

    clinic_env: Literal["demo", "production"] = "demo"
    port: int = 8000
    simulator_port: int = 8001
    instance_dir: Path = Field(default=REPOSITORY / "instance")

    database_url: str = ""
    migrations_database_url: str = ""
    redis_url: str = ""

    secret_key: SecretStr = SecretStr("")
    data_keys: SecretStr = SecretStr("")
    index_key: SecretStr = SecretStr("")
    audit_key: SecretStr = SecretStr("")
    metrics_token: SecretStr = SecretStr("")

    public_base_url: str = ""
    trusted_proxies: int = 0
    smtp_url: str = ""
    mail_from: str = "Upright <no-reply@upright.invalid>"
    letters_folder: str = ""

    sms_provider: Literal["simulator", "twilio"] = "simulator"
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_messaging_service_sid: str = ""
    twilio_from: str = ""
    twilio_api_url: str = ""
    sms_in_flight: int = 4
    sms_per_second: float | None = Field(default=None, gt=0, description="of one sender")
    delivery_time_scale: float = Field(default=1.0, gt=0, description="shortens lease and grace in drills")

    @property
    def demo(self) -> bool:
        return self.clinic_env == "demo"

    @property
    def embedded(self) -> bool:
        """True when worker and beat live in the web process, on a memory broker."""
        return not self.redis_url

    @property
    def sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    def fernet_keys(self) -> list[str]:
        """Newest first: the first encrypts, all decrypt."""
        return [key.strip() for key in self.data_keys.get_secret_value().split(",") if key.strip()]

    @classmethod
    def load(cls) -> Config:
        """The process's configuration; in demo, keys are made once and kept in `instance/`.

        Raises BadConfig with one line a problem.
        """
        try:
            config = cls()
        except ValidationError as error:
            problems = [f"{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]
            raise BadConfig("\n".join(problems)) from None
        if not config.demo:
            return config._checked()
        config.instance_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        return config._completed(kept_keys(config.instance_dir))

    @classmethod
    def for_tests(cls, *, database_url: str, instance_dir: Path, **overrides: object) -> Config:
        """A demo configuration on the given database, with throw-away keys."""
        config = cls.model_validate({"database_url": database_url, "instance_dir": instance_dir, **overrides})
        return config._completed(kept_keys(instance_dir))

    def _completed(self, keys: dict[str, str]) -> Self:
        gaps: dict[str, object] = {
            name: SecretStr(keys[name]) for name in GENERATED if not getattr(self, name).get_secret_value()
        }
        own_file = f"sqlite:///{self.instance_dir / 'upright.sqlite3'}"
        gaps["database_url"] = _driver(self.database_url) or own_file
        gaps["migrations_database_url"] = _driver(self.migrations_database_url) or gaps["database_url"]
        gaps["public_base_url"] = self.public_base_url or f"http://127.0.0.1:{self.port}"
        if self.sms_provider == "simulator":
            gaps["twilio_account_sid"] = self.twilio_account_sid or keys["twilio_account_sid"]
            gaps["twilio_from"] = self.twilio_from or "+447700900000"
            gaps["twilio_api_url"] = self.twilio_api_url or f"http://127.0.0.1:{self.simulator_port}"
        return self.model_copy(update=gaps)

    def _checked(self) -> Self:
        problems = self._weak_secrets()
        problems += [f"DATA_KEYS: {e}" for e in _fernet_problems(self.fernet_keys())]
        if not self.database_url.startswith(("postgresql", "postgres:")):
            problems.append("DATABASE_URL: production needs PostgreSQL")
        if not self.redis_url:
            problems.append("REDIS_URL: production needs a Redis server")
        if not self.public_base_url.startswith("https://"):
            problems.append("PUBLIC_BASE_URL: production needs an https:// address")
        if self.sms_provider == "simulator":
            problems.append("SMS_PROVIDER: the simulator is refused in production; set twilio")
        if not (self.twilio_account_sid and self.twilio_auth_token.get_secret_value()):
            problems.append("TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN: both are needed")
        if not (self.twilio_messaging_service_sid or self.twilio_from):
            problems.append("TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID: one is needed")
        if problems:
            raise BadConfig("\n".join(problems))
        url = _driver(self.database_url)
        return self.model_copy(
            update={
                "database_url": url,
                "migrations_database_url": _driver(self.migrations_database_url) or url,
            }
        )

    def _weak_secrets(self) -> list[str]:
        """Short, repeated or shared secrets: each key guards something of its own."""
        values = {name: getattr(self, name).get_secret_value() for name in OWN_SECRETS}
        weak = [
            name
            for name, value in values.items()
            if len(value) < MIN_SECRET or len(set(value)) < FEWEST_DIFFERENT
        ]
        shared = [name for name, value in values.items() if list(values.values()).count(value) > 1]
        return [f"{name.upper()}: set at least {MIN_SECRET} random characters" for name in weak] + [
            f"{name.upper()}: is the same as another secret" for name in shared if name not in weak
        ]


def _driver(url: str) -> str:
    """Accept the plain spelling of PostgreSQL addresses and name the driver we use."""
    for plain in ("postgres://", "postgresql://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def _fernet_problems(keys: list[str]) -> list[str]:
    if not keys:
        return ["set at least one Fernet key, newest first"]
    problems = []
    for position, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError:
            problems.append(f"key {position} is not a Fernet key")
    return problems


def kept_keys(folder: Path) -> dict[str, str]:
    """The demo's keys: made once, then the same for every command that reads this folder."""
    path = folder / "keys.json"
    if path.exists():
        return _whole(path)
    keys = {name: secrets.token_urlsafe(48) for name in GENERATED}
    keys["data_keys"] = Fernet.generate_key().decode()
    keys["twilio_auth_token"] = secrets.token_hex(16)
    keys["twilio_account_sid"] = "AC" + secrets.token_hex(16)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = folder / f"keys.json.{os.getpid()}"
    scratch.touch(mode=0o600)
    scratch.write_text(json.dumps(keys, indent=1))
    try:
        os.link(scratch, path)
    except FileExistsError:
        pass
    finally:
        scratch.unlink()
    return _whole(path)


def _whole(path: Path) -> dict[str, str]:
    """The keys of that file; raises BadConfig when it is damaged: new keys could not read the old data."""
    try:
        keys = json.loads(path.read_text())
        if set(GENERATED) <= set(keys):
            return keys
    except ValueError:
        pass
    raise BadConfig(f"{path} is damaged: restore it, or remove the whole folder to begin anew")
