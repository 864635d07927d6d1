"""Who may do what: the one table of roles and permissions, pure."""

from __future__ import annotations

from enum import StrEnum, auto


class Permission(StrEnum):
    REFER = auto()  # write and send a referral
    SEE_COLLEAGUES = auto()  # who signs in for one's own practice; its administrator changes it
    FOLLOW_REFERRALS = auto()  # see one's organisation's referrals, withdraw, tell of a change
    SEE_INBOX = auto()  # referrals to decide, with suggestion and facts
    DECIDE = auto()  # accept, ask, hold, decline an unflagged referral
    DECIDE_FLAGGED = auto()  # the same with a flag, lower a band, override
    SCREEN = auto()  # phone screen: ask the patient the missing facts
    ASSESS = auto()  # record an assessment: tests, band, phase, gates
    ENTER_REFERRALS = auto()  # key in a letter, a call, a self-referral
    MERGE_PATIENTS = auto()  # two records of one person, and two again
    SEE_PATIENT = auto()  # the staff's patient page and search
    SEE_TIMETABLE = auto()
    CHANGE_TIMETABLE = auto()
    MANAGE_VENUES = auto()  # venues, their rooms, what is there
    OFFER_SEAT = auto()
    TAKE_REGISTER = auto()  # own sessions for an instructor, all for the others
    SEE_MESSAGES = auto()
    ANSWER_PATIENT = auto()
    WORK_LIST = auto()  # alerts, tasks, calls
    MANAGE_USERS = auto()
    SEE_AUDIT = auto()


_COORDINATOR = frozenset(
    {
        Permission.SEE_INBOX,
        Permission.DECIDE,
        Permission.SCREEN,
        Permission.ENTER_REFERRALS,
        Permission.MERGE_PATIENTS,
        Permission.SEE_PATIENT,
        Permission.SEE_TIMETABLE,
        Permission.CHANGE_TIMETABLE,
        Permission.MANAGE_VENUES,
        Permission.OFFER_SEAT,
        Permission.TAKE_REGISTER,
        Permission.SEE_MESSAGES,
        Permission.ANSWER_PATIENT,
        Permission.WORK_LIST,
    }
)

ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    "referrer": frozenset({Permission.REFER, Permission.FOLLOW_REFERRALS, Permission.SEE_COLLEAGUES}),
    "coordinator": _COORDINATOR,
    "physiotherapist": _COORDINATOR | {Permission.DECIDE_FLAGGED, Permission.ASSESS},
    "instructor": frozenset({Permission.TAKE_REGISTER}),
    "admin": frozenset({Permission.MANAGE_USERS, Permission.MANAGE_VENUES, Permission.SEE_AUDIT}),
}


def may(role: str | None, permission: Permission) -> bool:
    """Whether this role holds the permission; an unknown role holds none."""
    return permission in ROLE_PERMISSIONS.get(role or "", frozenset())
