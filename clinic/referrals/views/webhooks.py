"""An administrator's page of one practice's webhook: where it goes, how it does, pause, test."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.models import Organisation
from clinic.access.permissions import Permission
from clinic.referrals import phrases, webhook_sending, webhooks
from clinic.referrals.views.blueprint import bp
from clinic.referrals.webhook_wire import BadAddress
from clinic.viewer import current


@bp.get("/practices/<int:organisation_id>/webhook")
@requires(Permission.MANAGE_USERS)
def webhook(organisation_id: int) -> ResponseReturnValue:
    return _page(_practice(organisation_id), {}, {})


@bp.post("/practices/<int:organisation_id>/webhook")
@requires(Permission.MANAGE_USERS)
def register_webhook(organisation_id: int) -> ResponseReturnValue:
    """A new address, or a new secret for the same one; the secret is shown once."""
    practice, url = _practice(organisation_id), request.form.get("url", "")
    try:
        secret = webhooks.register(
            clinic_id=current().clinic_id or 0, organisation_id=practice.id, url=url, by=current()
        )
    except BadAddress as problem:
        return _page(practice, {"url": url}, {"url": str(problem)}), 422
    return render_template("referrals/webhook_secret.html", practice=practice, secret=secret)


@bp.post("/practices/<int:organisation_id>/webhook/<act>")
@requires(Permission.MANAGE_USERS)
def change_webhook(organisation_id: int, act: str) -> ResponseReturnValue:
    practice = _practice(organisation_id)
    hook = webhooks.of(practice.id) or abort(404)
    if act == "test":
        why = webhook_sending.post_test(hook=hook, by=current())
        words = "The test notice was taken." if why is None else f"Not taken: {_why(why)}."
        flash(words, "error" if why else "success")
    elif act == "pause":
        webhooks.pause(hook=hook, by=current())
        flash("Paused. What happens meanwhile waits here.", "success")
    elif act == "go-on":
        webhooks.go_on(hook=hook, by=current())
        flash("Everything that waits is posted again, from now on.", "success")
    else:
        abort(404)
    return redirect(url_for(".webhook", organisation_id=practice.id))


def _why(code: str) -> str:
    """Why a notice was not taken, in words for whoever rings the practice's supplier."""
    if code.startswith("http_3"):
        return "their server answered with a redirect, which is not followed"
    if code.startswith("http_"):
        return f"their server answered with {code.removeprefix('http_')}"
    return phrases.WEBHOOK[code]


def _practice(organisation_id: int) -> Organisation:
    """A practice of another clinic is not found, like one that is not there."""
    linked = access.organisations_of(current().clinic_id or 0)
    return next((row for row in linked if row.id == organisation_id), None) or abort(404)


def _page(practice: Organisation, typed: dict[str, str], errors: dict[str, str]) -> str:
    hook = webhooks.of(practice.id)
    return render_template(
        "referrals/webhook.html",
        practice=practice,
        standing=webhooks.standing(hook) if hook else None,
        why=_why,
        typed=typed or {"url": hook.url if hook else ""},
        errors=errors,
    )
