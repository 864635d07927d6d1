"""The post office's gauges in Prometheus' text format; codes and counts, never a number or a name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from clinic.notifications import gauges


def lines(now: datetime) -> list[str]:
    """Read at the scrape, so that every process tells the same."""
    read = gauges.read(now)
    trouble = (now - read.trouble_since).total_seconds() if read.trouble_since else 0
    delay = read.callback_delay
    quantiles = {"0.5": delay.median, "0.95": delay.most} if delay else {}
    return [
        *_gauge("upright_messages", "Messages by state", read.states, "state"),
        *_gauge("upright_messages_due", "Messages that are due and have not left", read.due),
        *_gauge("upright_oldest_due_seconds", "Age of the oldest of those", read.oldest_due_seconds),
        *_gauge("upright_messages_unknown", "Messages nobody has settled yet", read.open_unknown),
        *_gauge(
            "upright_messages_refused", "Refused or undelivered, by the provider's code", read.refused, "code"
        ),
        *_gauge("upright_messages_not_sent", "Not sent, by our reason", read.why_not, "reason"),
        *_gauge("upright_callback_delay_seconds", "From claim to first receipt", quantiles, "quantile"),
        *_gauge("upright_provider_trouble_seconds", "How long the provider has failed", trouble),
    ]


def _gauge(name: str, meaning: str, value: Mapping[str, float] | float, label: str = "") -> list[str]:
    head = [f"# HELP {name} {meaning}", f"# TYPE {name} gauge"]
    if not isinstance(value, Mapping):
        return [*head, f"{name} {value:g}"]
    return head + [f'{name}{{{label}="{_plain(word)}"}} {number:g}' for word, number in value.items()]


def _plain(word: str) -> str:
    """A label that cannot end its quotes; codes come from outside."""
    return "".join(letter for letter in word if letter.isalnum() or letter in "._-")
