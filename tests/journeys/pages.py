"""A person without a screen: follows links and fills in forms, over Flask's client or real HTTP.

Only what a page offers can be done: a field or button that is not there is an error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    choices: dict[str, set[str]] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)
    pressed: dict[str, tuple[str, str]] = field(default_factory=dict)


class _Reader(HTMLParser):
    """Forms with their values as they stand, links with their words, and the page's text."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[list[str]] = []
        self.text: list[str] = []
        self.form: Form | None = None
        self.open: list[str] = []
        self.select = self.area = self.button = None

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        a = {k: v if v is not None else "" for k, v in attrs}
        if tag in ("script", "style"):
            self.open.append(tag)
        if tag == "a" and "href" in a:
            self.links.append([a["href"], ""])
            self.open.append("a")
        if tag == "form":
            self.form = Form(a.get("action", ""), a.get("method", "get").lower())
            self.forms.append(self.form)
        if self.form is not None:
            self._field(tag, a)

    def _field(self, tag: str, a: dict[str, str]) -> None:
        assert self.form is not None
        name, kind = a.get("name", ""), a.get("type", "text")
        if tag == "input" and name:
            self.form.known.add(name)
            if kind in ("radio", "checkbox"):
                self.form.choices.setdefault(name, set()).add(a.get("value", "on"))
                if "checked" in a:
                    self.form.fields.setdefault(name, []).append(a.get("value", "on"))
            elif kind != "submit":
                self.form.fields[name] = [a.get("value", "")]
        elif tag == "select":
            self.form.known.add(name)
            self.select = name
            self.form.choices[name] = set()
        elif tag == "option" and self.select:
            value = a.get("value", "")
            self.form.choices[self.select].add(value)
            if "selected" in a or self.select not in self.form.fields:
                self.form.fields[self.select] = [value]
        elif tag == "textarea":
            self.form.known.add(name)
            self.area = name
            self.form.fields[name] = [""]
        elif tag == "button":
            self.button = a

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None
        elif tag == "button":
            self.button = None

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style"):
            return
        if self.area is not None and self.form is not None:
            self.form.fields[self.area][0] += data
        if self.button is not None and self.form is not None and data.strip():
            words = " ".join(data.split())
            self.form.buttons.append(words)
            if self.button.get("name"):
                self.form.pressed[words] = (self.button["name"], self.button.get("value", ""))
        if "a" in self.open:
            self.links[-1][1] += data
        if data.strip():
            self.text.append(data.strip())


Fetch = Callable[[str, str, dict[str, list[str]] | None], tuple[int, str, str]]


class Person:
    """Someone at a browser: `fetch(method, path, data)` answers (status, path reached, html)."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self.path, self.status, self.html = "/", 0, ""

    def opens(self, path: str) -> Person:
        return self._read(*self._fetch("GET", path, None))

    def follows(self, words: str) -> Person:
        for href, text in self._page.links:
            if words in " ".join(text.split()):
                return self.opens(_local(urljoin(self.path, href)))
        raise AssertionError(f"no link {words!r} on {self.path}: {[t.strip() for _, t in self._page.links]}")

    def sends(self, button: str, /, **fields: Any) -> Person:
        """Press a button after filling in its form; names use _ for -, as Python does."""
        form = next((f for f in self._page.forms if any(button in b for b in f.buttons)), None)
        if form is None:
            raise AssertionError(
                f"no button {button!r} on {self.path}: {[f.buttons for f in self._page.forms]}"
            )
        data = {name: list(values) for name, values in form.fields.items()}
        for given, value in fields.items():
            spellings = (given, "-".join(given.rsplit("_", 1)), given.replace("_", "-"))
            name = next((one for one in spellings if one in form.known), None)
            if name is None:
                raise AssertionError(f"no field {given!r} in the form of {button!r}: {sorted(form.known)}")
            values = [str(v) for v in value] if isinstance(value, list | tuple | set) else [str(value)]
            if wrong := set(values) - form.choices.get(name, set(values)):
                raise AssertionError(f"{name!r} does not offer {wrong}, but {form.choices[name]}")
            data[name] = values
        words = next(b for b in form.buttons if button in b)
        if words in form.pressed:
            name, value = form.pressed[words]
            data[name] = [value]
        action = urljoin(self.path, form.action) if form.action else self.path
        return self._read(*self._fetch(form.method.upper(), _local(action), data))

    def sends_row(self, words: str, button: str) -> Person:
        """Press the button that stands in the same row of a table as these words."""
        for row in self.html.split("<tr")[1:]:
            if words in row and button in row:
                reader = _Reader()
                reader.feed("<tr" + row.split("</tr>")[0])
                self._page = reader
                return self.sends(button)
        raise AssertionError(f"no row with {words!r} and a button {button!r} on {self.path}")

    def sees(self, *words: str) -> Person:
        text = self.text
        for one in words:
            assert one in text, f"{one!r} is not on {self.path} ({self.status}): {text[:1500]}"
        return self

    def offers(self, name: str) -> set[str]:
        """The values a radio, checkbox or select of this page offers."""
        return set().union(*(f.choices.get(name, set()) for f in self._page.forms))

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._page.text).split())

    def _read(self, status: int, path: str, html: str) -> Person:
        self.status, self.path, self.html = status, path, html
        self._page = _Reader()
        self._page.feed(html)
        assert status < 500, f"{status} at {path}: {self.text[:800]}"
        return self


def _local(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def over_flask(client: Any) -> Fetch:
    """In this process, through the WSGI application."""

    def fetch(method: str, path: str, data: dict[str, list[str]] | None) -> tuple[int, str, str]:
        answer = client.open(path, method=method, data=data, follow_redirects=True)
        return answer.status_code, answer.request.full_path.rstrip("?"), answer.text

    return fetch


def over_http(base: str) -> Fetch:
    """To another process, with a cookie jar of its own."""
    import requests

    session = requests.Session()

    def fetch(method: str, path: str, data: dict[str, list[str]] | None) -> tuple[int, str, str]:
        answer = session.request(method, base + path, data=data, timeout=20)
        return answer.status_code, _local(answer.url), answer.text

    return fetch
