"""Duty contacts hear of an alert at once, by text and e-mail, without a patient's data."""

from __future__ import annotations

from datetime import timedelta

from clinic.access import queries as access
from clinic.columns import config
from clinic.extensions import db, now
from clinic.notifications import outbox
from clinic.viewer import acting_as, system
from clinic.worklist.models import Alert

TOLD_WITHIN = timedelta(hours=12)


def tell_duty(*, alert_id: int) -> None:
    """On alert_raised."""
    _tell(alert_id, "alert_duty", "alert")


def tell_duty_again(*, alert_id: int) -> None:
    """On alert_escalated: nobody has closed it in time."""
    _tell(alert_id, "alert_escalated", "escalated")


def _tell(alert_id: int, text: str, rule: str) -> None:
    with acting_as(system("alerts")):
        alert, moment = db.session.get_one(Alert, alert_id), now()
        zone = access.zone_of(alert.clinic_id)
        for channel in ("sms", "email"):
            outbox.plan_one(
                patient=None,
                clinic_id=alert.clinic_id,
                recipient_kind="duty",
                channel=channel,
                text=text,
                purpose="alert_duty",
                cause_kind="alert",
                cause_id=alert.id,
                rule=f"{rule}_{channel}",
                due_at=moment,
                expires_at=moment + TOLD_WITHIN,
                facts={
                    "link": f"{config().public_base_url}/worklist",
                    "until": f"{alert.due_at.astimezone(zone):%H:%M}",
                    "since": f"{alert.raised_at.astimezone(zone):%H:%M}",
                },
                now=moment,
            )
