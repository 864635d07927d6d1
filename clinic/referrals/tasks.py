"""Wake-ups of this room: what is due stands in the rows, so a lost one is made good the next day."""

from __future__ import annotations

from celery import shared_task

from clinic.extensions import now
from clinic.referrals import (
    ageing,
    conservation,
    draft_ends,
    letters_digest,
    letters_work,
    reassessment,
    webhook_sending,
)


@shared_task(name="referrals.review")
def review() -> None:
    """Tests that are 90 days old, phases the calendar has reached, reviews of the course."""
    reassessment.review(now())


@shared_task(name="referrals.letters")
def letters() -> None:
    """Letters to print, to put into folders, or to ask a person about."""
    letters_work.do()


@shared_task(name="referrals.digest")
def digest() -> None:
    """Which letters wait, once a week to each practice."""
    letters_digest.plan(now())


@shared_task(name="referrals.drafts")
def tend_drafts() -> None:
    """Drafts in their last week are told of, older ones are removed."""
    draft_ends.tend(now())


@shared_task(name="referrals.conserve")
def conserve() -> None:
    """Every referral ever received is on its list, or somebody is told which is not."""
    conservation.watch()


@shared_task(name="referrals.ageing")
def age() -> None:
    """What has stood too long becomes somebody's work."""
    ageing.alarm(now())


@shared_task(name="referrals.webhooks")
def webhooks() -> None:
    """Changes of status, to the systems that want to hear of them."""
    webhook_sending.deliver_due()
