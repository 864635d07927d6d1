"""/fhir: FHIR R4 for referring organisations' systems, by API key; every answer is FHIR JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from clinic.access import guards
from clinic.extensions import csrf, limiter
from clinic.referrals.fhir import capability, looking, replies, service, showing, structure, wire
from clinic.referrals.fhir.issues import Issue, Refused, outcome, refused
from clinic.referrals.fhir.shape import Json
from clinic.referrals.views.downloads import as_download
from clinic.viewer import current

bp = Blueprint("fhir", __name__, url_prefix="/fhir")
blueprints = (bp,)
csrf.exempt(bp)  # no cookie is read here: a key in a header cannot be sent by another site's page
MEDIA = "application/fhir+json"
RATE = "120 per minute"  # a client; the setting FHIR_RATE
OPENAPI = Path(__file__).parent / "openapi" / "openapi.yaml"
OTHERS = ["GET", "PUT", "PATCH", "DELETE"]
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def _answer(resource: Json, status: int = 200, **headers: str) -> Response:
    answer = Response(
        json.dumps(resource, ensure_ascii=False), status, content_type=f"{MEDIA}; charset=utf-8"
    )
    answer.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return answer


def _unauthorised() -> ResponseReturnValue:
    issue = Issue("security", "Send your API key: Authorization: Bearer <key>.")
    return _answer(outcome([issue]), 401, WWW_Authenticate="Bearer")


_client = guards.client_key(_unauthorised)
_limited = limiter.limit(
    lambda: current_app.config.get("FHIR_RATE", RATE), key_func=lambda: f"fhir:{current().label}"
)
_warmed = False


@bp.before_app_request
def _warm_once() -> None:
    """The first request of any kind, such as a probe, starts the import; starting the app does not."""
    global _warmed
    if not _warmed:
        _warmed = True
        structure.warm()


@bp.before_request
def _guards() -> None:
    """Before anything is parsed: who asks is each view's to check; size, format and request id are here."""
    g.request_id = request.headers.get("X-Request-ID") or str(uuid4())
    if not _REQUEST_ID.fullmatch(g.request_id):
        g.request_id = str(uuid4())
        raise refused(400, "value", "X-Request-ID has up to 64 letters, digits and . _ : -")
    request.max_content_length = wire.LARGEST + 1  # a chunked body is cut there, and then refused
    if request.endpoint != "fhir.binary" or showing.PDF not in request.headers.get("Accept", ""):
        wire.check_accept(request.headers.get("Accept", ""), request.args.get("_format", ""))


def _body() -> bytes:
    wire.check_media(request.headers.get("Content-Type", ""), request.headers.get("Content-Encoding", ""))
    return request.get_data(cache=False)


@bp.get("/metadata")
@guards.public("what this server can do; no data")
def metadata() -> ResponseReturnValue:
    return _answer(capability.statement())


@bp.get("/openapi.yaml")
@guards.public("the same for OpenAPI tools; no data")
def openapi() -> ResponseReturnValue:
    return Response(OPENAPI.read_text(), content_type="application/yaml")


@bp.post("")
@bp.post("/")
@_client
@_limited
def transaction() -> ResponseReturnValue:
    sent, received = service.receive(body=_body(), request_id=g.request_id, by=current())
    whole = "return=representation" in request.headers.get("Prefer", "")
    return _answer(replies.transaction_response(sent, received, whole=whole))


@bp.post("/$triage")
@_client
@_limited
def triage() -> ResponseReturnValue:
    return _answer(replies.parameters(service.triage(body=_body(), by=current())))


@bp.post("/$process-message")
@_client
@_limited
def process_message() -> ResponseReturnValue:
    return _answer(replies.message(*service.process(body=_body(), request_id=g.request_id, by=current())))


@bp.get("/ServiceRequest/<public_id>")
@bp.get("/ServiceRequest/<public_id>/_history/<version>")
@_client
@_limited
def service_request(public_id: str, version: str | None = None) -> ResponseReturnValue:
    return _versioned(looking.service_request(public_id=public_id, version=version, by=current()))


@bp.put("/ServiceRequest/<public_id>")
@_client
@_limited
def put_service_request(public_id: str) -> ResponseReturnValue:
    if_match = request.headers.get("If-Match", "")
    return _versioned(service.withdraw(public_id=public_id, body=_body(), if_match=if_match, by=current()))


@bp.get("/ServiceRequest")
@_client
@_limited
def find_service_requests() -> ResponseReturnValue:
    return _found(looking.service_requests(identifier=_wanted("identifier"), by=current()))


@bp.get("/Task/<public_id>")
@_client
@_limited
def task(public_id: str) -> ResponseReturnValue:
    return _versioned(looking.task(public_id=public_id, by=current()))


@bp.get("/Task")
@_client
@_limited
def find_tasks() -> ResponseReturnValue:
    focus = _local(_wanted("focus"), "ServiceRequest")
    return _found(looking.tasks(focus=focus, by=current()))


@bp.get("/DocumentReference/<public_id>")
@_client
@_limited
def document(public_id: str) -> ResponseReturnValue:
    return _answer(looking.document(public_id=public_id, by=current()))


@bp.get("/DocumentReference")
@_client
@_limited
def find_documents() -> ResponseReturnValue:
    if since := request.args.get("date", "").strip():
        return _found(looking.documents_since(since=since, by=current()))
    subject = _local(_wanted("subject"), "Patient")
    return _found(looking.documents(subject=subject, by=current()))


@bp.get("/Binary/<public_id>")
@_client
@_limited
def binary(public_id: str) -> ResponseReturnValue:
    """The bytes themselves for who asks for a PDF, else in JSON."""
    letter, content = looking.binary(public_id=public_id, by=current())
    if request.accept_mimetypes.best_match([MEDIA, "application/json", showing.PDF]) == showing.PDF:
        return as_download(content, name=f"{letter.public_id}.pdf", media=showing.PDF)
    return _answer(showing.binary(letter, content))


@bp.route("", methods=OTHERS)
@bp.route("/", methods=OTHERS)
@bp.route("/<path:rest>", methods=["POST", *OTHERS])
@guards.public("says only that there is nothing here")
def nothing(rest: str = "") -> ResponseReturnValue:
    """405 for what we have under another method, else 404; never a page."""
    allowed = capability.methods_of(rest)
    if allowed:
        issue = Issue("not-supported", "This is not offered here; see metadata.")
        return _answer(outcome([issue]), 405, Allow=", ".join(allowed))
    return _answer(outcome([Issue("not-found", "There is nothing at this address; see metadata.")]), 404)


@bp.errorhandler(Refused)
def _refused(problem: Refused) -> ResponseReturnValue:
    return _answer(outcome(problem.issues), problem.status)


@bp.errorhandler(HTTPException)
def _http(problem: HTTPException) -> ResponseReturnValue:
    """Flask's own refusals: too large, too many, not allowed."""
    code = problem.code or 500
    kinds = {413: "too-long", 429: "throttled", 405: "not-supported", 404: "not-found"}
    words = {413: "The body is larger than 10 MB.", 429: "Too many requests. Wait a minute."}
    issue = Issue(kinds.get(code, "processing"), words.get(code, "This request cannot be answered."))
    headers = {"Retry_After": "60"} if code == 429 else {}
    return _answer(outcome([issue]), code, **headers)


@bp.after_request
def _echo(response: Response) -> Response:
    """The request id comes back, on our own crash too; then without a page."""
    if response.status_code >= 500 and response.mimetype != MEDIA:
        told = Issue("exception", "Something went wrong here. Nothing was stored; send it again.")
        response = _answer(outcome([told]), response.status_code)
    response.headers["X-Request-ID"] = g.get("request_id", "")
    return response


def _versioned(resource: Json) -> Response:
    meta: dict[str, Any] = resource["meta"]
    return _answer(resource, ETag=f'W/"{meta["versionId"]}"')


def _found(resources: list[Json]) -> Response:
    return _answer(showing.searchset(resources, f"{showing.base()}{request.full_path[5:].rstrip('?')}"))


def _wanted(parameter: str) -> str:
    value = request.args.get(parameter, "").strip()
    if not value:
        raise refused(400, "required", f"Search by {parameter}.")
    return value


def _local(reference: str, kind: str) -> str:
    """The id in a reference of ours, however long its address is written."""
    return reference.removeprefix(f"{showing.base()}/").removeprefix(f"{kind}/")
