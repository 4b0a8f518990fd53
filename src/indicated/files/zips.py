"""Zip containers, looked at before anything is unpacked."""

from __future__ import annotations

import io
import zipfile

from indicated.files.limits import Limits, Refused

SMALL = 10_000_000  # unpacked bytes that are never a bomb, however well they were packed


def opened(raw: bytes, limits: Limits) -> zipfile.ZipFile:
    """The container, once its directory keeps the limits. Raises `Refused`.

    A member is never unpacked beyond the size that the directory gives for it, so the sum of these
    sizes bounds what is unpacked.
    """
    try:
        container = zipfile.ZipFile(io.BytesIO(raw))
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, KeyError):
        raise Refused(
            "the Word or zip file is damaged or not whole; fetch or export it again"
        ) from None
    members = container.infolist()
    size = sum(m.file_size for m in members)
    if size > limits.unpacked_bytes:
        raise Refused(
            f"it would unpack to {size:,} bytes, more than {limits.unpacked_bytes:,}; "
            "unpack it yourself and give what matters"
        )
    if size > SMALL and size > limits.unpacked_ratio * max(len(raw), 1):
        raise Refused(
            f"it would unpack to {size // max(len(raw), 1):,} times its size and looks made to "
            "fill the memory; unpack it yourself and give what matters"
        )
    if any(m.flag_bits & 1 for m in members):
        raise Refused("protected by a password; save a copy without one and give that")
    return container
