"""A message (.eml) with its attachments: each attachment is read as the file that it is."""

from __future__ import annotations

import email
from collections.abc import Callable, Iterator
from email import policy
from email.errors import MessageError
from email.header import decode_header
from email.message import Message

from indicated.chart.documents import text_documents
from indicated.chart.parts import Read
from indicated.files.limits import Limits
from indicated.files.text import decoded
from indicated.model import Document

_HEADERS = ("From", "To", "Cc", "Date", "Subject")
Inner = Callable[[bytes, str], Read]


def read_mail(raw: bytes, name: str, limits: Limits, inner: Inner) -> Read:
    """The message's words as a letter, then what is attached, each read by `inner`. Raises
    `Refused`."""
    try:
        message = email.message_from_bytes(raw, policy=policy.compat32)
        parts = list(_parts(message, limits.depth))
    except (MessageError, ValueError, LookupError, RecursionError, TypeError, AttributeError):
        return Read((), ("the message is damaged; save it anew, or give its text",))
    documents: list[Document] = []
    unread: list[str] = []
    if len(parts) > limits.files:
        return Read((), (f"more than {limits.files:,} parts; save the attachments and give those",))
    plain = any(_is_body(p, "text/plain") for p in parts)
    heads = "".join(f"{key}: {value}\n" for key in _HEADERS if (value := _header(message, key)))
    for n, part in enumerate(parts, 1):
        body = _bytes(part)
        if not body.strip():
            continue
        if _is_body(part, "text/plain"):
            text, remark = decoded(body, _charset(part))
            documents += text_documents(f"{heads}\n{text}", name, limits, letter=True)
            unread += [remark] if remark else []
            heads = ""
        elif _is_body(part, "text/html"):
            if plain:
                continue  # the same words, as a web page
            page = inner(body, f"{name}/message.html")
            words = [d.text for d in page.documents]
            documents += text_documents("\n\n".join([heads, *words]), name, limits, letter=True)
            unread += page.unread
            heads = ""
        elif not _is_decoration(part):
            called = f"{name}/{_file_name(part, n)}"
            read = inner(body, called)
            documents += read.documents
            unread += [f"{called.removeprefix(name + '/')}: {said}" for said in read.unread]
    return Read(tuple(documents), tuple(unread))


def _parts(message: Message, depth: int) -> Iterator[Message]:
    """The leaves of a message, without recursion, in order; a forwarded message is a leaf."""
    waiting = [(message, 0)]
    while waiting:
        part, level = waiting.pop()
        below = part.get_payload()
        if part.is_multipart() and isinstance(below, list) and level < depth:
            if part.get_content_type() == "message/rfc822" and level:
                yield part
            else:
                waiting += [(p, level + 1) for p in reversed(below) if isinstance(p, Message)]
        else:
            yield part


def _is_body(part: Message, kind: str) -> bool:
    return part.get_content_type() == kind and not (
        part.get_filename() or "attachment" in str(part.get("Content-Disposition", "")).lower()
    )


def _is_decoration(part: Message) -> bool:
    """Whether the part is a picture of the letterhead, a signature or a calendar entry."""
    kind = part.get_content_type()
    shown = kind.startswith("image/") and bool(part.get("Content-ID"))
    return shown or kind in ("text/calendar", "application/pkcs7-signature", "text/x-amp-html")


def _bytes(part: Message) -> bytes:
    if part.get_content_type() == "message/rfc822":
        below = part.get_payload()
        first = below[0] if isinstance(below, list) and below else None
        return first.as_bytes() if isinstance(first, Message) else b""
    body = part.get_payload(decode=True)
    return body if isinstance(body, bytes) else b""


def _charset(part: Message) -> str:
    said = part.get_content_charset()
    return said if isinstance(said, str) else ""


def _header(message: Message, key: str) -> str:
    """A header's words on one line."""
    try:
        words = "".join(
            part if isinstance(part, str) else part.decode(charset or "latin-1", errors="replace")
            for part, charset in decode_header(str(message.get(key, "")))
        )
    except (MessageError, LookupError, ValueError):
        words = str(message.get(key, ""))
    return " ".join(words.split())


def _file_name(part: Message, n: int) -> str:
    """The attachment's own name without folders, or one made from its kind."""
    said = part.get_filename()
    name = " ".join(str(said).replace("\\", "/").rsplit("/", 1)[-1].split())[:120] if said else ""
    endings = {"message/rfc822": ".eml", "text/html": ".html", "text/plain": ".txt"}
    return name or f"part-{n}{endings.get(part.get_content_type(), '')}"
