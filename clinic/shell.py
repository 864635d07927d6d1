"""What every page stands in: templates, security headers, navigation, notices, error pages."""

from __future__ import annotations

import secrets
import traceback
from datetime import date, datetime
from typing import Any

from flask import Flask, Response, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError
from jinja2 import ChainableUndefined, ChoiceLoader, PackageLoader
from werkzeug.exceptions import HTTPException

from clinic import viewer as viewers
from clinic.access import queries as access
from clinic.columns import config
from clinic.extensions import now
from clinic.notifications import queries as texts
from clinic.patients import identity
from clinic.referrals import sign_off, webhooks
from clinic.worklist import queries as worklist

# (endpoint, words, roles that see it); an endpoint of a room that is not there is left out
NAVIGATION = (
    ("desk.home", "Home", ("coordinator", "physiotherapist", "instructor", "admin")),
    ("referrals.inbox", "Inbox", ("coordinator", "physiotherapist")),
    ("classes.timetable", "Classes", ("coordinator", "physiotherapist")),
    ("worklist.work_list", "Calls and alerts", ("coordinator", "physiotherapist")),
    ("notifications.ledger", "Messages", ("coordinator", "physiotherapist")),
    ("referrals.letters_out", "Letters", ("coordinator", "physiotherapist")),
    ("desk.search", "Find a patient", ("coordinator", "physiotherapist")),
    ("reports.suggestions", "Reports", ("coordinator", "physiotherapist")),
    ("classes.packs", "Offline pack", ("instructor",)),
    ("referrals.refer", "Refer a patient", ("referrer",)),
    ("referrals.mine", "My referrals", ("referrer",)),
    ("referrals.letters", "Letters", ("referrer",)),
    ("people.users", "Users", ("admin",)),
    ("practices.practices", "Practices", ("admin",)),
    ("settings.clinic", "The clinic", ("admin",)),
    ("classes.venues", "Venues", ("admin",)),
    ("trail.page", "Audit", ("admin",)),
    ("reports.protocol", "The rules", ("instructor", "referrer", "admin")),
)
STAFF = ("coordinator", "physiotherapist", "instructor", "admin")


def install(app: Flask) -> None:
    """Dress the app: call once, after the blueprints are registered."""
    app.jinja_env.undefined = ChainableUndefined  # the NHS macros count on it; ours are linted strictly
    app.jinja_loader = ChoiceLoader([app.jinja_loader, PackageLoader("nhsuk_frontend_jinja")])  # type: ignore[list-item]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for words in (date_words, day_words, clock_words, moment_words, soon_words, identity.phone_words):
        app.add_template_filter(words)
    app.add_template_filter(identity.spaced, "nhs_number_words")
    app.context_processor(_page_facts)
    app.before_request(_nonce)
    app.after_request(_headers)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(Exception, _crash)


def date_words(value: date | str | None) -> str:
    """4 December 2026; a birth date comes as ISO text. Nothing for None."""
    if not value:
        return ""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{day.day} {day:%B %Y}"


def day_words(value: date | None) -> str:
    """Friday 4 December 2026; nothing for None."""
    return f"{value:%A} {value.day} {value:%B %Y}" if value else ""


def clock_words(value: Any) -> str:
    """10:30am, as the NHS writes times; midday and midnight in words. Moments become clinic wall time."""
    if isinstance(value, datetime):
        value = _local(value)
    if (value.hour, value.minute) in ((0, 0), (12, 0)):
        return "midnight" if value.hour == 0 else "midday"
    minutes = f":{value.minute:02d}" if value.minute else ""
    return f"{value.hour % 12 or 12}{minutes}{'am' if value.hour < 12 else 'pm'}"


def moment_words(value: datetime | None) -> str:
    """Friday 4 December 2026 at 10:30am, in the clinic's wall time."""
    return f"{day_words(_local(value).date())} at {clock_words(value)}" if value else ""


def soon_words(value: datetime) -> str:
    """Today 10:15am, tomorrow 9am, Tue 6 Oct 5pm: short, for lists of what is due."""
    day = _local(value).date()
    ahead = (day - _local(now()).date()).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(ahead)
    return f"{near or f'{day:%a} {day.day} {day:%b}'} {clock_words(value)}"


def _local(moment: datetime) -> datetime:
    viewer = viewers.current_or_none()
    zone = access.zone_of(viewer.clinic_id) if viewer and viewer.clinic_id else None
    return moment.astimezone(zone or access.home_zone())


def _page_facts() -> dict[str, Any]:
    viewer = viewers.current_or_none()
    role = viewer.role if viewer else None
    views = current_app.view_functions
    links = [(end, words) for end, words, roles in NAVIGATION if role in roles and end in views]
    return {
        "csp_nonce": g.get("nonce", ""),
        "navigation": links,
        "viewer": viewer,
        "user": g.get("user"),
        "demo": config().demo,
        "errors": {},  # a page with a form gives its own
        "today": now(),
        "notices": _notices(viewer) if role in STAFF and request.endpoint != "access.sign_in" else [],
    }


def _notices(viewer: viewers.Viewer | None) -> list[dict[str, str]]:
    """What stands on top of every staff page: unsigned rules (F27), open alerts, late texts (F17)."""
    if viewer is None or viewer.clinic_id is None:
        return []
    found = sign_off.notices(viewer.clinic_id, now())
    rings = viewer.role in ("coordinator", "physiotherapist")
    if rings:
        found += worklist.notices(now())
    if viewer.role == "admin":
        found += webhooks.notices()
    if late := texts.late_notice(now()):
        href, action = ("/worklist", "Open the call list") if rings else ("/", "The desk rings instead")
        found.append({"title": late, "href": href, "action": action})
    return found


def _nonce() -> None:
    g.nonce = secrets.token_urlsafe(16)


def _headers(response: Response) -> Response:
    nonce = g.get("nonce", "")
    script = f"script-src 'self' 'nonce-{nonce}'" if nonce else "script-src 'self'"
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'self'; {script}; style-src 'self'; img-src 'self' data:; object-src 'none';"
        " base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    if not request.path.startswith("/static/"):
        response.headers["Cache-Control"] = "no-store"
    if not config().demo:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return response


def _where(error: BaseException) -> str:
    """The frames and the kinds of an error and its causes; their texts may repeat what was typed."""
    lines: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        lines += [type(cause).__name__, *traceback.format_tb(cause.__traceback__)]
        cause = cause.__cause__ or cause.__context__
    return "\n".join(lines)


WORDS = {
    400: ("We could not read that request", "Go back, check the form and send it again."),
    403: ("You cannot do that", "Your role does not allow it. Ask your administrator if it should."),
    404: ("Page not found", "Check the address, or start again from the home page."),
    405: ("That page cannot be used that way", "Start again from the home page."),
    413: ("That file is too large", "The limit is 5 MB a file."),
    422: ("Some answers need another look", "Go back and correct them."),
    429: ("Too many tries", "Wait a few minutes, then try again."),
    503: ("The service is busy", "Nothing was lost. Wait a minute, then try again."),
}


def _http_error(error: HTTPException) -> Any:
    code = error.code or 500
    if code < 400 or error.response is not None:
        return error
    title, advice = WORDS.get(code, ("Something went wrong", "Nothing was saved. Try again in a minute."))
    page = render_template("errors/error.html", title=title, advice=advice, reference=None)
    return page, code, {k: v for k, v in error.get_headers() if k in ("Allow", "Retry-After")}


def _csrf_error(error: CSRFError) -> Any:
    title, advice = (
        "This page was open for too long",
        "Go back, reload the page and send the form again; what you typed should still be there.",
    )
    return render_template("errors/error.html", title=title, advice=advice, reference=None), 400


def _crash(error: Exception) -> Any:
    """A page with a reference and no detail; the log says where, and nothing that anybody typed."""
    reference = secrets.token_hex(4)
    current_app.logger.error("unhandled error %s at %s\n%s", reference, request.endpoint, _where(error))
    if current_app.testing:
        raise error
    return render_template(
        "errors/error.html",
        title="Something went wrong",
        advice="Nothing was saved. Try again; if it happens twice, tell us the reference below.",
        reference=reference,
    ), 500
