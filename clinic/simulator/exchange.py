"""One create request from end to end, with the fault that is scripted for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Response, jsonify

from . import contract
from .answers import Cut, garbage, problem
from .faults import AFTER, BEFORE, Fault

if TYPE_CHECKING:
    from .simulator import Simulator


def create(simulator: Simulator, form: Mapping[str, str]) -> Response:
    """Refuse, accept, or accept and then fail to say so. Counted as in flight until answered."""
    with simulator.gauges.flight() as abreast:
        name, response = _answer(simulator, form, abreast)
        response.headers["Twilio-Concurrent-Requests"] = str(abreast)
    simulator.gauges.answered(name)
    return response


def _answer(simulator: Simulator, form: Mapping[str, str], abreast: int) -> tuple[str, Response]:
    most = simulator.tempo.max_concurrency
    if most and abreast > most:
        return "429", problem(20429)
    fault = simulator.faults.answer("create", form.get("To"))
    if fault is not None and fault.kind in BEFORE and (refusal := before(simulator, fault)) is not None:
        return f"{fault.kind}", refusal
    code = contract.why_refused(form) or _opted_out(simulator, form)
    if code is not None:
        return str(code), problem(code)

    late = fault if fault is not None and fault.kind in AFTER else None
    reply = late.kind if late else "201"
    changes = simulator.faults.changes(form["To"])
    row = simulator.messages.accept(form, reply=reply, changes=changes)
    created = jsonify(contract.message_json(row, simulator.settings.account_sid))
    created.status_code = 201
    if "callback_first" in changes:
        simulator.carrier.run_now(row["sid"])
    simulator.carrier.wake()
    return reply, _after(simulator, late, created) if late else created


def before(simulator: Simulator, fault: Fault) -> Response | None:
    """What a fault answers in place of the real thing; None when it only takes its time."""
    match fault.kind:
        case "throttle":
            response = problem(20429)
            response.headers["Retry-After"] = f"{fault.seconds:g}"
            return response
        case "unavailable":
            return problem(20503, status=int(fault.status or 503))
        case "refuse":
            return problem(fault.code or 21211)
        case "reset":
            return Cut()
        case "garbage":
            return garbage(200)
    simulator.stopping.wait(fault.seconds)
    return None


def _after(simulator: Simulator, fault: Fault, created: Response) -> Response:
    match fault.kind:
        case "error_after_accept":
            return problem(20500, status=int(fault.status or 500))
        case "garbage":
            return garbage(201)
        case "reset_after_accept":
            return Cut()
        case "reset_after_headers":
            return Cut(created)
    simulator.stopping.wait(fault.seconds)
    return created


def _opted_out(simulator: Simulator, form: Mapping[str, str]) -> int | None:
    sender, service = form.get("From") or None, form.get("MessagingServiceSid") or None
    return 21610 if simulator.replies.is_opted_out(form["To"], sender=sender, service=service) else None
