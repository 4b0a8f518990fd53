"""Ways to damage bytes, by a seed: what a disk, a mail gateway or an attacker does to a file."""

from __future__ import annotations

import io
import random
import re
import zipfile

BLOCKS = (
    b"\x00" * 64, b"\xff" * 64, b"<" * 500, b"{" * 500, b"[" * 500, b"(" * 500, b"\n" * 500, b"\\" * 50,
    b"%PDF-", b"PK\x03\x04", b"<?xml", b"]]>", b"-->", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"99999999999",
    b"-1", b"1e999", b"\x0c", b"\r\r\n", b'"', b"'", b"|" * 200, b"Page 1 of 1\n", b"From: a\nTo: b\nRe: c\n",
)  # fmt: skip


def damaged(raw: bytes, rng: random.Random) -> bytes:
    """The bytes with one to six kinds of damage; mostly within a member, where they are a zip."""
    if raw.startswith(b"PK") and rng.random() < 0.8:
        return _member(raw, rng)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        raw = rng.choice(_WAYS)(raw, rng)
    return raw[:2_000_000]


def _member(raw: bytes, rng: random.Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as before, zipfile.ZipFile(out, "w") as after:
        names = before.namelist()
        main = [n for n in names if n.endswith("document.xml")] or names
        hit = rng.choice(main if rng.random() < 0.7 else names)
        for name in names:
            body = before.read(name)
            after.writestr(name, damaged(body, rng) if name == hit else body)
    return out.getvalue()


def _flip(raw: bytes, rng: random.Random) -> bytes:
    out = bytearray(raw)
    for _ in range(rng.choice((1, 4, 30))):
        if out:
            out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out)


def _cut(raw: bytes, rng: random.Random) -> bytes:
    return raw[: rng.randrange(len(raw) + 1)]


def _lose(raw: bytes, rng: random.Random) -> bytes:
    a, b = _stretch(raw, rng)
    return raw[:a] + raw[b:]


def _repeat(raw: bytes, rng: random.Random) -> bytes:
    a, b = _stretch(raw, rng)
    return raw[:b] + raw[a:b] * rng.choice((1, 3, 50)) + raw[b:]


def _insert(raw: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(raw) + 1)
    return raw[:at] + rng.choice(BLOCKS) + raw[at:]


def _swap(raw: bytes, rng: random.Random) -> bytes:
    a, b = _stretch(raw, rng)
    c, d = _stretch(raw[b:], rng)
    return raw[:a] + raw[b + c : b + d] + raw[b : b + c] + raw[a:b] + raw[b + d :]


def _numbers(raw: bytes, rng: random.Random) -> bytes:
    """Every so many numbers becomes another: lengths, counts and offsets that lie."""
    share = rng.choice((0.02, 0.2))
    other = rng.choice((b"0", b"-1", b"4294967296", b"65535", b"2147483647"))
    return re.sub(rb"\d+", lambda m: other if rng.random() < share else m[0], raw)


def _stretch(raw: bytes, rng: random.Random) -> tuple[int, int]:
    a = rng.randrange(len(raw) + 1)
    return a, min(len(raw), a + rng.choice((1, 8, 100, 2000)))


_WAYS = (_flip, _cut, _lose, _repeat, _insert, _swap, _numbers)
