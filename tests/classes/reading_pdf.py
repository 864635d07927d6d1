"""Open an AES-256 PDF (revision 6, ISO 32000-2) with its passphrase, as a reader does; for tests only."""

import hashlib
import re
import zlib

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

STREAM = re.compile(rb"stream\n(.*?)\nendstream", re.S)
ENTRY = rb"/%s\s*<([0-9A-Fa-f]+)>"

LETTER = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]{4,})>")
SHOWN = re.compile(rb"/F(\d) [\d.]+ Tf|\(((?:[^()\\]|\\.)*)\) Tj", re.S)
ESCAPED, PLAIN = re.compile(rb"\\(.)", re.S), {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


class WrongPassphrase(Exception):
    """The words do not open it."""


def streams(pdf: bytes, words: str) -> list[bytes]:
    """Every stream of the file, decrypted and inflated. Raises WrongPassphrase."""
    key = _file_key(pdf, words.encode())
    return [_inflated(_decrypted(key, part)) for part in STREAM.findall(pdf)]


def _file_key(pdf: bytes, words: bytes) -> bytes:
    user, sealed = _entry(pdf, b"U"), _entry(pdf, b"UE")
    if _hashed(words, user[32:40]) != user[:32]:
        raise WrongPassphrase
    cipher = Cipher(algorithms.AES(_hashed(words, user[40:48])), modes.CBC(bytes(16)))
    return cipher.decryptor().update(sealed)


def _entry(pdf: bytes, name: bytes) -> bytes:
    found = re.search(ENTRY % name, pdf)
    assert found, f"no {name!r} in the file"
    return bytes.fromhex(found[1].decode())


def _hashed(words: bytes, salt: bytes) -> bytes:
    """Algorithm 2.B: at least 64 rounds, then on while the last byte is large."""
    key, turn = hashlib.sha256(words + salt).digest(), 0
    while True:
        encryptor = Cipher(algorithms.AES(key[:16]), modes.CBC(key[16:32])).encryptor()
        made = encryptor.update((words + key) * 64)
        key = (hashlib.sha256, hashlib.sha384, hashlib.sha512)[sum(made[:16]) % 3](made).digest()
        turn += 1
        if turn >= 64 and made[-1] <= turn - 32:
            return key[:32]


def _decrypted(key: bytes, part: bytes) -> bytes:
    decryptor = Cipher(algorithms.AES(key), modes.CBC(part[:16])).decryptor()
    unpadder = padding.PKCS7(128).unpadder()
    return unpadder.update(decryptor.update(part[16:])) + unpadder.finalize()


def _inflated(part: bytes) -> bytes:
    try:
        return zlib.decompress(part)
    except zlib.error:
        return part


def text(pdf: bytes, words: str) -> str:
    """All words of the file, line after line; the embedded fonts' codes are turned back into letters."""
    parts = streams(pdf, words)
    fonts = [dict(LETTER.findall(part)) for part in parts if b"begincmap" in part]
    lines, font = [], {}
    for name, shown in SHOWN.findall(b"\n".join(part for part in parts if b" Tf" in part)):
        if name:
            font = fonts[int(name) - 1]
            continue
        codes = ESCAPED.sub(lambda found: PLAIN.get(found[1], found[1]), shown)
        pairs = [codes[at : at + 2].hex().upper().encode() for at in range(0, len(codes), 2)]
        lines.append("".join(bytes.fromhex(font[one].decode()).decode("utf-16-be") for one in pairs))
    return "\n".join(lines)
