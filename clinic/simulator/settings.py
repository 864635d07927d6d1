"""Who the simulator answers for, and how fast it lives."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

Phones = tuple[tuple[str, str], ...]

DEFAULT_SENDER = "+447700900000"


@dataclass(frozen=True)
class Settings:
    """Fixed for the life of the process. `phones` are (number, label)."""

    account_sid: str
    auth_token: str
    inbound_url: str
    data_path: Path
    sender: str = DEFAULT_SENDER
    phones: Phones = ()


@dataclass
class Tempo:
    """May be changed while it runs (POST /_sim/tempo). All times are seconds."""

    listing_lag_least: float = 1.0
    listing_lag_most: float = 3.0
    sent_after: float = 0.3
    delivered_after: float = 1.0
    webhook_retries: int = 1
    webhook_retry_after: float = 0.5
    webhook_timeout: float = 15.0
    max_concurrency: int = 0

    def change(self, values: dict[str, object]) -> None:
        """Raises ValueError, and changes nothing, when a name is unknown or a value is no number >= 0."""
        known = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        checked = {}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"{name} is not one of {', '.join(known)}")
            if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                raise ValueError(f"{name} must be a number, zero or more")
            checked[name] = known[name](value)
        for name, number in checked.items():
            setattr(self, name, number)
