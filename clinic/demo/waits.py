"""Two stories of seats that wait: one kept for somebody away, one that no class has."""

from __future__ import annotations

from datetime import timedelta

from clinic.classes import lending, placement
from clinic.demo import cases
from clinic.demo.people import Person
from clinic.demo.stories import Teller
from clinic.extensions import at
from clinic.viewer import acting_as


def on_holiday(t: Teller, p: Person) -> None:
    """Away until a day: the seat is kept, its dates are lent (F35)."""
    episode_id = t.refer(p, 45, cases.facts(t.random, t.moment(45).date(), weeks_old=20, help_needed="low"))
    t.accept(episode_id, 43)
    t.assess(episode_id, 38)
    if t.join(episode_id, 36):
        left, back = t.moment(1), t.today + timedelta(days=12)
        with at(left), acting_as(t.physio) as by:
            lending.pause(episode_id=episode_id, reason="holiday", returns_on=back, by=by, now=left)


def waits_long(t: Teller, p: Person) -> None:
    """Only Saturdays suit, and no class is then: asked after six weeks whether it is still wanted (F36)."""
    episode_id = t.refer(p, 55, cases.facts(t.random, t.moment(55).date(), weeks_old=28, help_needed="low"))
    t.accept(episode_id, 53)
    t.assess(episode_id, 48)
    with at(t.moment(47)), acting_as(t.physio) as by:
        placement.record_wishes(episode_id=episode_id, days=[5], venues=[], sessions=1, by=by)
