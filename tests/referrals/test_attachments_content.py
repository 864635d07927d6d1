"""A file is what its bytes are: wrong names, polyglots, huge pictures and bombs; nothing is decoded."""

import struct
import zlib

import pytest

from clinic.referrals.attachments import plain_name
from clinic.referrals.attachments_content import LARGEST, NotAccepted, judge

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"
ZIP = b"PK\x03\x04" + b"\0" * 26 + b"evil.exe"


def a_png(width: int = 2, height: int = 2, pixels: bytes = b"\0" * 14) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(pixels))
        + chunk(b"IEND", b"")
    )


def a_jpeg(width: int = 8, height: int = 8, *, scans: int = 1) -> bytes:
    def segment(marker: int, data: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data

    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    data = b"\x12\xff\x00\x34\xff\xd0\x56"  # a stuffed byte and a restart mark
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + data
    return b"\xff\xd8" + segment(0xE0, b"JFIF\0") + segment(0xC0, frame) + scan * scans + b"\xff\xd9"


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PDF, "pdf"), (a_png(), "png"), (a_jpeg(), "jpeg"), (a_jpeg(scans=3), "jpeg")],
)
def test_a_whole_file_of_the_three_kinds_is_kept_as_it_is(content, kind):
    assert judge(content) == (kind, content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\0 a program called report.pdf",
        b"<html><script>alert(1)</script>",
        b"GIF89a" + b"\0" * 40,
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        ZIP,
        b"\0" + PDF,
        b"<script>" + PDF,
        PDF.replace(b"%PDF-", b"%pdf-"),
        b"\xff\xd8 not a picture",
        b"%PDF-1.7\n" + b"x" * 5000,
    ],
)
def test_anything_else_is_refused_whatever_it_is_called(content):
    with pytest.raises(NotAccepted):
        judge(content)


@pytest.mark.parametrize("picture", [a_png(), a_jpeg()])
def test_what_is_appended_to_a_picture_is_not_kept(picture):
    for tail in (ZIP, b"<script>alert(1)</script>", PDF, b"\0" * 100):
        assert judge(picture + tail).content == picture


def test_a_pdf_with_something_appended_is_refused():
    for tail in (ZIP, b"<script>alert(1)</script>", b"x"):
        with pytest.raises(NotAccepted, match="appended"):
            judge(PDF + tail)
    assert judge(PDF + b"\r\n\0").kind == "pdf"


@pytest.mark.parametrize(
    "active",
    [
        b"/S /JavaScript /JS (app.alert(1))",
        b"/S /Launch /F (calc.exe)",
        b"/EmbeddedFiles 3 0 R",
        b"/J#61vaScript",
        b"/J#53 (x)",
        b"/XFA 4 0 R",
    ],
)
def test_a_pdf_that_does_something_is_refused(active):
    with pytest.raises(NotAccepted, match="script"):
        judge(PDF.replace(b"/Type /Catalog", b"/Type /Catalog " + active))


def test_a_pdf_with_a_password_is_refused_with_what_to_do():
    with pytest.raises(NotAccepted, match="password"):
        judge(PDF.replace(b"/Root", b"/Encrypt 5 0 R /Root"))


def test_five_megabytes_are_taken_and_a_byte_more_is_not():
    filler = b"%" + b"x" * (LARGEST - len(PDF) - 2) + b"\n"
    whole = PDF.replace(b"%%EOF", filler + b"%%EOF")
    assert len(whole) == LARGEST
    assert judge(whole).kind == "pdf"
    with pytest.raises(NotAccepted, match="5 MB"):
        judge(whole.replace(b"%%EOF", b"x%%EOF"))


@pytest.mark.parametrize(
    "picture", [a_png(60_000, 60_000), a_jpeg(65_000, 65_000), a_png(0, 5), a_png(19_000, 19_000)]
)
def test_a_picture_that_would_fill_a_viewers_memory_is_refused_unopened(picture):
    """A kilobyte that unpacks to gigabytes: only the size in its head is read."""
    assert len(picture) < 200
    with pytest.raises(NotAccepted, match="larger than any"):
        judge(picture)


def test_a_bomb_of_zeros_is_never_unpacked():
    """Half a gigabyte of zeros in a small picture passes by its head, at the price of a look at it."""
    packer = zlib.compressobj(9)
    zeros = b"".join([packer.compress(b"\0" * 2**20) for _ in range(512)] + [packer.flush()])
    bomb = a_png().replace(zlib.compress(b"\0" * 14), zeros)
    at = bomb.index(b"IDAT") - 4
    bomb = bomb[:at] + struct.pack(">I", len(zeros)) + bomb[at + 4 :]
    assert judge(bomb).content == bomb


@pytest.mark.parametrize("whole", [a_png(), a_jpeg()])
def test_a_picture_cut_short_anywhere_is_refused(whole):
    for length in range(1, len(whole)):
        with pytest.raises(NotAccepted):
            judge(whole[:length])


@pytest.mark.parametrize(
    ("name", "kind", "shown"),
    [
        ("Report of X-ray.PDF", "pdf", "Report of X-ray.pdf"),
        ("invoice.pdf.exe", "pdf", "invoice.pdf"),
        ("../../etc/passwd", "png", "passwd.png"),
        ("C:\\scans\\spine.jpeg", "jpeg", "spine.jpg"),
        ("evil\u202egnp.exe", "png", "evilgnp.png"),
        ("a\r\nSet-Cookie: x.pdf", "pdf", "aSet-Cookie: x.pdf"),
        ("...", "pdf", "document.pdf"),
        ("", "png", "document.png"),
        ("x" * 300 + ".pdf", "pdf", "x" * 80 + ".pdf"),
    ],
)
def test_a_name_shows_no_path_and_ends_in_what_the_file_is(name, kind, shown):
    assert plain_name(name, kind) == shown
