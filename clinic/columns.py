"""Column types that keep promises: aware times, encrypted text, blind indexes, checked words."""

from __future__ import annotations

import hashlib
import hmac
import json
import unicodedata
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from flask import current_app
from sqlalchemy import BigInteger, DateTime, Enum, Integer, LargeBinary, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from clinic.config import Config

BigId = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; a naive value is refused on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone; got a naive datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Encrypted(TypeDecorator[str]):
    """Text that only the holder of DATA_KEYS can read; the newest key encrypts."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _vault().encrypt(value.encode()).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _vault().decrypt(value.encode()).decode()


class EncryptedBytes(TypeDecorator[bytes]):
    """A whole file, such as a letter's PDF or an attachment, kept encrypted."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else _vault().encrypt(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else _vault().decrypt(bytes(value))


class EncryptedJson(TypeDecorator[Any]):
    """A JSON value kept encrypted as a whole; assign a new value to change it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else _vault().encrypt(json.dumps(value).encode()).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(_vault().decrypt(value.encode()))


def text_enum(words: type[StrEnum], *, create_constraint: bool = True, **kwargs: Any) -> Enum:
    """A StrEnum stored as its lowercase word, held by a CHECK of the table."""
    return Enum(
        words,
        native_enum=False,
        create_constraint=create_constraint,
        length=40,
        values_callable=lambda enum: [word.value for word in enum],
        **kwargs,
    )


def config() -> Config:
    """The configuration of the app at hand."""
    return current_app.extensions["upright_config"]


def folded(value: str) -> str:
    """The same for every way of writing it: no case, accents, spaces or punctuation; a plus sign stays."""
    return "".join(c for c in unicodedata.normalize("NFKD", value.casefold()) if c.isalnum() or c == "+")


def blind_index(kind: str, value: str) -> str:
    """Look-up without reading: a keyed digest of the folded value; `kind` keeps namespaces apart."""
    key = config().index_key.get_secret_value().encode()
    return hmac.new(key, f"{kind}:{folded(value)}".encode(), hashlib.sha256).hexdigest()[:40]


def _vault() -> MultiFernet:
    return _vault_of(tuple(config().fernet_keys()))


@lru_cache(maxsize=8)
def _vault_of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
