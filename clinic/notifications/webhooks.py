"""What Twilio posts to us. Signed with our token over PUBLIC_BASE_URL, or refused; fail closed."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, abort, request

from clinic.access import guards
from clinic.columns import config
from clinic.extensions import csrf, now
from clinic.notifications import inbound, receipts
from clinic.notifications.gateway import signature_is_ours

log = logging.getLogger(__name__)

bp = Blueprint("webhooks", __name__, url_prefix="/twilio")
csrf.exempt(bp)

EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@bp.before_request
def only_twilio() -> None:
    """A missing, false or replayed-elsewhere signature is a 403, and nothing is written."""
    path = request.full_path if request.query_string else request.path
    given = request.headers.get("X-Twilio-Signature")
    if not signature_is_ours(config(), path=path, form=request.form, signature=given):
        log.warning("a webhook was refused", extra={"endpoint": request.endpoint})
        abort(403)


@bp.post("/status")
@guards.public("signature checked")
def status() -> Response:
    """A receipt; `m` and `a` name our message and attempt, so it settles texts whose 201 we never saw."""
    known = receipts.receive(
        public_id=request.args.get("m", "")[:36],
        attempt=request.args.get("a", 0, type=int),
        sid=request.form.get("MessageSid", ""),
        status=request.form.get("MessageStatus", ""),
        error_code=request.form.get("ErrorCode"),
        now=now(),
    )
    if not known:
        log.warning("a receipt for no message of ours")
    return Response(status=204)


@bp.post("/inbound")
@guards.public("signature checked")
def reply() -> Response:
    """A text that came in; our answers go through the outbox, never in this response."""
    inbound.receive(
        sid=request.form.get("MessageSid", ""),
        sender=request.form.get("From", ""),
        to=request.form.get("To", ""),
        service=request.form.get("MessagingServiceSid"),
        body=request.form.get("Body", ""),
        opt_out=request.form.get("OptOutType"),
        now=now(),
    )
    return Response(EMPTY, mimetype="text/xml")
