"""The documents of an answer that holds several, each whole by itself and byte for byte."""

from __future__ import annotations

from xml.parsers.expat import ParserCreate


def documents(raw: bytes) -> tuple[bytes, ...]:
    """Each element directly under the root as a document with the same head and root.

    The bytes must be sound XML in UTF-8, which the caller has made sure of.

    >>> documents(b"<set a='1'><x>1</x> <x/></set>")
    (b"<set a='1'><x>1</x></set>", b"<set a='1'><x/></set>")
    """
    raw = raw.lstrip()
    depth, root = 0, b""
    starts: list[int] = []
    ends: list[int] = []
    parser = ParserCreate()

    def start(tag: str, _: dict[str, str]) -> None:
        nonlocal depth, root
        if depth == 0:
            root = tag.encode()
        elif depth == 1:
            starts.append(parser.CurrentByteIndex)
        depth += 1

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        if depth == 1:
            at = parser.CurrentByteIndex  # its last tag; behind it, where it has no content
            last = raw.startswith(b"</" + tag.encode(), at)
            ends.append(raw.index(b">", at) + 1 if last else at)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(raw, True)
    spans = zip(starts, ends, strict=True)
    head = raw[: min(starts, default=0)]
    return tuple(head + raw[a:b] + b"</" + root + b">" for a, b in spans)
