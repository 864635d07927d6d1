"""How many people a class may hold: its level sets a maximum and a ratio, the staff present decide the rest.

The numbers are recommended defaults that a physiotherapist signs per clinic, drawn from published services:
Southwark and Lambeth (8 people, one physiotherapist and one assistant), Cardiff FaME (10 to 14 people),
cardiac rehabilitation (1:5, two staff; BACR 1995, SIGN 2002), community balance classes (up to 20, low need).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

# Both run from the strictest to the mildest.
PHASES = ("P1", "P2", "P3")
BANDS = ("high", "intermediate", "low")
SUPERVISING_ROLES = frozenset({"physiotherapist", "instructor"})


@dataclass(frozen=True)
class Level:
    """The strictest phase and supervision band a class serves; everyone milder may come too."""

    phase: str
    band: str


@dataclass(frozen=True)
class Staff:
    """Somebody present at the session, by role."""

    role: str


@dataclass(frozen=True)
class Rule:
    """At most `maximum` people, `ratio` people to each member of staff, who must number `minimum_staff`."""

    maximum: int
    ratio: int
    minimum_staff: int = 1
    required_role: str | None = None


DEFAULTS: Mapping[str, Rule] = MappingProxyType(
    {
        "P1": Rule(maximum=6, ratio=3, required_role="physiotherapist"),
        "high": Rule(maximum=8, ratio=4, minimum_staff=2, required_role="physiotherapist"),
        "intermediate": Rule(maximum=12, ratio=6, minimum_staff=2),
        "low": Rule(maximum=14, ratio=10),
    }
)


def strictest(levels: Iterable[Level]) -> Level:
    """The earliest phase and the highest band among them, whoever each comes from; ValueError if empty."""
    found = tuple(levels)
    return Level(
        phase=min((level.phase for level in found), key=PHASES.index),
        band=min((level.band for level in found), key=BANDS.index),
    )


def allowed(level: Level, staff: Sequence[Staff], rules: Mapping[str, Rule] = DEFAULTS) -> int:
    """People this staff may safely take at this level: 0 if a required role or the minimum staff is missing.

    Only people who supervise count, physiotherapists and instructors. A phase with a rule of its own (P1)
    binds together with the band's rule: every limit at its strictest.
    """
    present = [one.role for one in staff if one.role in SUPERVISING_ROLES]
    return min(_by_rule(rule, present) for rule in _rules_of(level, rules))


def capacity(
    room: int,
    level: Level,
    staff: Sequence[Staff],
    rules: Mapping[str, Rule] = DEFAULTS,
    *,
    beside: int = 0,
) -> int:
    """Seats: what the room holds or the staff may take, whichever is less.

    `beside` are carers and interpreters: they take room and no staff (F16, F19).
    """
    return max(0, min(room - beside, allowed(level, staff, rules)))


def over(capacity: int, taken: int) -> int:
    """How many seats are taken beyond the capacity: they get an owner, nobody is dropped silently."""
    return max(0, taken - capacity)


def _rules_of(level: Level, rules: Mapping[str, Rule]) -> list[Rule]:
    by_band = rules[level.band]
    return [by_band, rules[level.phase]] if level.phase in rules else [by_band]


def _by_rule(rule: Rule, roles: Sequence[str]) -> int:
    if rule.required_role is not None and rule.required_role not in roles:
        return 0
    if len(roles) < rule.minimum_staff:
        return 0
    return min(rule.maximum, len(roles) * rule.ratio)
