"""The whole timetable of the service. Every task may run twice, late or not at all: rows are the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from celery.schedules import crontab


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timetable; `every` is seconds, or a crontab in UTC."""

    task: str
    every: float | crontab
    why: str
    args: tuple[Any, ...] = ()


TIMETABLE: Mapping[str, Entry] = {
    "heartbeat": Entry("access.heartbeat", 30.0, "show /readyz that beat and worker live", ("beat",)),
    "deliver": Entry("messages.deliver", 5.0, "send what is due"),
    "plan": Entry("messages.plan", 60.0, "plan the horizon's reminders and prompts"),
    "reconcile": Entry("messages.reconcile", 30.0, "settle texts whose fate is unknown"),
    "expire-offers": Entry("classes.expire_offers", 30.0, "pass on seats nobody answered for"),
    "rides": Entry("classes.check_rides", 300.0, "rides and interpreters that are missing or no longer fit"),
    "promote": Entry("classes.promote", 120.0, "offer every free seat to who is next"),
    "escalate": Entry("worklist.escalate", 30.0, "tell again of alerts whose clock ran out"),
    "letters": Entry(
        "referrals.letters", 60.0, "print letters, put them into folders, ask about unread ones"
    ),
    "webhooks": Entry("referrals.webhooks", 15.0, "tell practices' systems of changes"),
    "seal-audit": Entry("audit.seal", 30.0, "chain the audit rows that are committed"),
    "registers": Entry("classes.open_registers", crontab(minute="50"), "ask about registers nobody closed"),
    "packs": Entry("classes.make_packs", crontab(minute="20"), "make the evening's offline packs"),
    # 01:15 UTC is 01:15 or 02:15 in London: on both sides of a clock change the same date
    "timetable": Entry(
        "classes.roll_forward", crontab(hour="1", minute="15"), "keep six weeks of sessions ahead"
    ),
    "ageing": Entry(
        "referrals.ageing", crontab(hour="6", minute="45"), "tell of promises missed and dates gone by"
    ),
    "digest": Entry(
        "referrals.digest", crontab(hour="8", minute="15"), "once a week, which letters wait at a practice"
    ),
    "conserve": Entry(
        "referrals.conserve", crontab(hour="6", minute="30"), "see that no referral is lost or counted twice"
    ),
    "drafts": Entry(
        "referrals.drafts", crontab(hour="8", minute="45"), "warn of drafts that go soon, remove old ones"
    ),
    "reviews": Entry(
        "referrals.review", crontab(hour="2", minute="15"), "open the reviews that time has made due"
    ),
}


def beat_schedule() -> dict[str, dict[str, Any]]:
    """The timetable as Celery beat reads it; a wake-up nobody takes in time is dropped."""
    return {
        name: {
            "task": entry.task,
            "schedule": entry.every,
            "args": entry.args,
            "options": {"expires": entry.every if isinstance(entry.every, float) else 3600},
        }
        for name, entry in TIMETABLE.items()
    }
