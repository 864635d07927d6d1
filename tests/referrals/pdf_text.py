"""A second reader of our PDFs: text by each font's own ToUnicode table, tags in order, boxes counted."""

import re
import zlib
from dataclasses import dataclass, field

OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
SHOWN = re.compile(
    rb"/(F\d+) [\d.]+ Tf|\(((?:\\.|[^\\()])*)\) Tj|/(\w+) (?:<</MCID (\d+)>> BDC|BMC)", re.DOTALL
)
ESCAPES = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


@dataclass
class Read:
    """`parts` are (tag, text) in reading order; a box is a character drawn without a shape."""

    parts: list[tuple[str, str]] = field(default_factory=list)
    boxes: int = 0
    pages: int = 0

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.parts)


def read(pdf: bytes) -> Read:
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    found = Read()
    for page in (body for body in objects.values() if re.search(rb"/Type /Page\b", body)):
        found.pages += 1
        fonts = {
            name: _font(objects, objects[int(number)])
            for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", objects[_to(page, b"Resources")])
        }
        _page(_stream(objects[_to(page, b"Contents")]), fonts, found)
    return found


def _page(drawn: bytes, fonts: dict, found: Read) -> None:
    letters, shapes = {}, b""
    for font, shown, tag, _ in SHOWN.findall(drawn):
        if font:
            letters, shapes = fonts[font]
        elif tag:
            found.parts.append((tag.decode(), ""))
        else:
            codes = re.sub(rb"\\(.)", lambda m: ESCAPES.get(m[1], m[1]), shown, flags=re.DOTALL)
            numbers = [int.from_bytes(codes[n : n + 2], "big") for n in range(0, len(codes), 2)]
            found.boxes += sum(shapes[2 * n : 2 * n + 2] == b"\0\0" for n in numbers)
            kind, text = found.parts[-1]
            line = "".join(letters[n] for n in numbers)
            found.parts[-1] = (kind, f"{text} {line}".strip() if text else line)


def _font(objects: dict[int, bytes], font: bytes) -> tuple[dict[int, str], bytes]:
    """What each code means, and the shape each code has."""
    table = _stream(objects[_to(font, b"ToUnicode")])
    pairs = re.findall(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>\n", table)
    letters = {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}
    child = objects[int(re.search(rb"/DescendantFonts \[(\d+)", font)[1])]
    return letters, _stream(objects[_to(child, b"CIDToGIDMap")])


def _to(body: bytes, name: bytes) -> int:
    return int(re.search(rb"/" + name + rb" (\d+) 0 R", body)[1])


def _stream(body: bytes) -> bytes:
    head, _, rest = body.partition(b"stream\n")
    raw = rest.rpartition(b"\nendstream")[0]
    return zlib.decompress(raw) if b"/FlateDecode" in head else raw
