"""The link that lets an invited person in goes to her work address, and to nobody once it is over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from clinic.access import queries as access
from clinic.access.models import User
from clinic.columns import config
from clinic.extensions import db, now
from clinic.notifications import outbox

CAUSE = "invitation"


def send(*, user_id: int, token: str, clinic_id: int | None) -> None:
    """On user_invited: one e-mail for the newest invitation; one that was not sent yet is withdrawn.

    Somebody of a practice that no clinic has linked yet is told by whoever made the invitation.
    """
    user = access.user(user_id)
    home = clinic_id or user.clinic_id or _first_clinic_of(user)
    if home is None or user.invite_until is None:
        return
    outbox.supersede(cause_kind=CAUSE, cause_id=user.id, reason="invited_again")
    ends = access.local(home, user.invite_until)
    outbox.plan_one(
        patient=None,
        clinic_id=home,
        recipient_kind="user",
        recipient_id=user.id,
        channel="email",
        text="invitation_signin",
        purpose="invitation",
        cause_kind=CAUSE,
        cause_id=user.id,
        cause_revision=user.invitations,
        rule="invitation",
        due_at=now(),
        expires_at=user.invite_until,
        facts={
            "link": f"{config().public_base_url}/invitation/{token}",
            "until": f"{ends:%a} {ends.day} {ends:%b %H:%M}",
        },
        now=now(),
    )


def facts(ids: Sequence[int]) -> dict[int, dict[str, Any] | outbox.NotDue]:
    """FACTS: an invitation that was used, withdrawn or ran out is not sent."""
    moment = now()
    answer: dict[int, dict[str, Any] | outbox.NotDue] = {}
    for user in db.session.scalars(select(User).where(User.id.in_(ids))):
        live = (
            user.invite_hash and user.invite_until and user.invite_until > moment and user.may_enter(moment)
        )
        answer[user.id] = {} if live else outbox.NotDue("invitation_over")
    return answer


def _first_clinic_of(user: User) -> int | None:
    linked = access.clinics_of(user.organisation_id) if user.organisation_id else []
    return linked[0].id if linked else None
