"""Ordinary words one slip away from a red-flag word; typed, they mean themselves."""

ORDINARY = frozenset(["ladder"])
