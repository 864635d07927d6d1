"""Where the rooms meet: seven tables, handed to `extensions` by the app factory. No room imports this.

REPLIES    (open question, intent) -> handler of a patient's reply
EVENTS     domain event -> handlers, in lock order, in the same transaction
PLANNERS   each room's horizon select, for `outbox.plan`
FACTS      cause kind -> what a body needs when it is claimed
TIMELINE   each room's provider of dated lines about a patient
LISTS      each room's list of the episodes it works from, for conservation
RETENTION  each room's provider of what may be removed, and when
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from clinic.access import retention as access_retention
from clinic.classes import cover_news, full_dates, reminders, validation, week_ahead
from clinic.classes import facts as class_facts
from clinic.classes import handlers as class_handlers
from clinic.classes import lists as class_lists
from clinic.classes import packs as class_packs
from clinic.classes import replies as class_replies
from clinic.classes.timeline import lines as class_lines
from clinic.desk import letters as desk_letters
from clinic.exercises import plans, prompts
from clinic.exercises import replies as exercise_replies
from clinic.notifications import alerts, bulk, endings, invitations
from clinic.notifications.retention import words as text_words
from clinic.notifications.timeline import lines as text_lines
from clinic.referrals import ending, greeting, reassessment, second_look, webhooks
from clinic.referrals import handlers as referral_handlers
from clinic.referrals import queries as referral_queries
from clinic.referrals import retention as referral_retention
from clinic.worklist import queries as worklist

REPLIES: dict[tuple[str, str], Callable[..., Any]] = {
    ("offer", "confirm"): class_replies.offer_yes,
    ("offer", "decline"): class_replies.offer_no,
    ("offer", "choose_day"): class_replies.offer_day,
    ("reminder", "confirm"): class_replies.coming,
    ("reminder", "cannot_come"): class_replies.cannot_come,
    ("check_in", "confirm"): class_replies.coming_next_time,
    ("still_wanted", "confirm"): validation.still_yes,
    ("still_wanted", "decline"): validation.still_no,
    ("none", "late"): class_replies.late,
    ("none", "when"): class_replies.when,
    ("prompt", "done"): exercise_replies.done,
    ("prompt", "pain"): exercise_replies.pain,
    ("prompt", "more"): exercise_replies.change_wanted,
    ("prompt", "easier"): exercise_replies.change_wanted,
    ("none", "done"): exercise_replies.done,
    ("none", "pain"): exercise_replies.pain,
    ("none", "more"): exercise_replies.change_wanted,
    ("none", "easier"): exercise_replies.change_wanted,
}
EVENTS: dict[str, tuple[Callable[..., Any], ...]] = {
    "referral_received": (webhooks.referral_received,),
    "episode_accepted": (second_look.accepted, greeting.welcomed),
    "episode_moved": (
        ending.reopened,
        webhooks.episode_moved,
        class_handlers.episode_moved,
        plans.on_change,
    ),
    "episode_ended": (
        ending.thanked,
        class_handlers.episode_ended,
        plans.on_change,
        desk_letters.episode_ended,
    ),
    "episode_suspended": (class_handlers.episode_suspended, plans.on_change),
    "assessment_recorded": (reassessment.assessed, plans.on_change),
    "level_raised": (class_handlers.level_raised, plans.on_change),
    "taught_changed": (plans.on_change,),
    "offer_made": (),
    "offer_answered": (),
    "place_freed": (),
    "session_changed": (cover_news.session_changed,),
    "alert_raised": (alerts.tell_duty,),
    "alert_escalated": (alerts.tell_duty_again,),
    "user_invited": (invitations.send,),
    "message_settled": (),
    "patient_died": (referral_handlers.patient_died, endings.patient_died),
    "practice_changed": (referral_handlers.practice_changed,),
    "cannot_consent": (referral_handlers.cannot_consent,),
    "patients_merging": (referral_handlers.patients_merging,),
    "patients_told_apart": (referral_handlers.patients_told_apart,),
    "patients_unmerged": (referral_handlers.patients_unmerged,),
    "number_wrong": (endings.unreachable,),
    "texts_stopped": (endings.unreachable,),
    "needs_recorded": (class_handlers.needs_recorded,),
}
PLANNERS: dict[str, Callable[..., Any]] = {
    "reminders": reminders.planner,
    "still_wanted": validation.planner,
    "prompts": prompts.plan_days,
    "week_ahead": week_ahead.planner,
    "second_reminders": week_ahead.second_reminders,
}
FACTS: dict[str, Callable[..., Any]] = {
    "bulk": bulk.facts,
    "prompt": prompts.facts,
    "invitation": invitations.facts,
    "week": week_ahead.facts,
    "place": class_facts.of_places,
    "place_news": class_facts.of_place_news,
    "member_news": class_facts.of_members,
    "offer": class_facts.of_offers,
    "offer_news": class_facts.of_offer_news,
    "slot": class_facts.of_slots,
    "member": full_dates.facts,
    "waiting_list": validation.facts,
}
TIMELINE: tuple[Callable[..., Any], ...] = (
    referral_queries.timeline,
    class_lines,
    worklist.timeline,
    text_lines,
)
LISTS: dict[str, Callable[[], Any]] = {
    "waiting": class_lists.waiting,
    "holds": class_lists.holds,
    "seats": class_lists.seats,
    "slots": class_lists.slots,
}
RETENTION: tuple[Callable[..., Any], ...] = (
    access_retention.sign_ins,
    referral_retention.drafts,
    webhooks.forget_old,
    class_packs.old,
    text_words,
)
