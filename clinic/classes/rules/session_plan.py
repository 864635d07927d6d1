"""What a session must hold: resistance, balance and posture, never one kind alone (S002, F38)."""

from __future__ import annotations

from collections.abc import Collection

# back extensor work counts as posture
PARTS = {"resistance": {"strength"}, "balance": {"balance"}, "posture": {"posture", "extensor"}}
FEWEST, MOST = 6, 8  # exercises a training session (S004, F25)


def parts_lacking(targets: Collection[str]) -> tuple[str, ...]:
    """Which of resistance, balance and posture a plan lacks; `targets` are the library's words."""
    return tuple(name for name, any_of in PARTS.items() if not any_of & set(targets))


def part_of(targets: Collection[str]) -> str:
    """Under which part an exercise is shown; what belongs to none of them is "also"."""
    return next((name for name, any_of in PARTS.items() if any_of & set(targets)), "also")
