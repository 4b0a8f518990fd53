"""XML as a tree of nodes that know where they stand. Nothing in a file can make it grow.

The parser is the standard library's expat. A document type (DOCTYPE) is refused where it begins,
and with it every entity, internal or external: nothing is expanded, nothing is fetched. Depth and
size are counted while the file is parsed, not afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError, XMLParser
from xml.parsers.expat import ErrorString

from indicated.chart.limits import Limits

HL7 = "urn:hl7-org:v3"
FHIR = "http://hl7.org/fhir"
_SDTC = "urn:hl7-org:sdtc"


class NotRead(Exception):
    """The file cannot be read; its one argument says why, without text of the file."""


class Node:
    """An element: its name without namespace, attributes, and text and children in order."""

    __slots__ = ("_counts", "_nth", "attrs", "content", "parent", "tag")

    def __init__(self, tag: str, attrs: dict[str, str], parent: Node | None):
        self.tag, self.attrs, self.parent = tag, attrs, parent
        self.content: list[Node | str] = []
        self._counts: dict[str, int] = {}  # children by name, so that a path costs its depth only
        self._nth = 1
        if parent is not None:
            self._nth = parent._counts[tag] = parent._counts.get(tag, 0) + 1

    def __getitem__(self, attribute: str) -> str:
        """An attribute; "" where it is not given."""
        return self.attrs.get(attribute, "")

    @property
    def children(self) -> Iterator[Node]:
        """The elements directly within."""
        return (c for c in self.content if isinstance(c, Node))

    def each(self, *path: str) -> list[Node]:
        """The elements that a path of names leads to."""
        found = [self]
        for tag in path:
            found = [c for node in found for c in node.children if c.tag == tag]
        return found

    def first(self, *path: str) -> Node | None:
        """The first element that a path of names leads to."""
        found = self.each(*path)
        return found[0] if found else None

    def walk(self) -> Iterator[Node]:
        """This element and every one within, in order."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack += reversed(list(node.children))

    @property
    def text(self) -> str:
        """All text within, blanks drawn together."""
        parts: list[str] = []
        stack: list[Node | str] = [self]
        while stack:
            one = stack.pop()
            if isinstance(one, str):
                parts.append(one)
            else:
                stack += reversed(one.content)
        return " ".join("".join(parts).split())

    @property
    def path(self) -> str:
        """Where it stands: "/ClinicalDocument/component/structuredBody/component[3]/section"."""
        steps: list[str] = []
        node: Node | None = self
        while node is not None:
            alone = node.parent is None or node.parent._counts[node.tag] == 1
            steps.append(node.tag if alone else f"{node.tag}[{node._nth}]")
            node = node.parent
        return "/" + "/".join(reversed(steps))


class _Builder:
    """What the parser calls: builds the tree and keeps the limits."""

    def __init__(self, limits: Limits):
        self._limits = limits
        self._chars = self._depth = self._elements = 0
        self._open: Node | None = None
        self.root: Node | None = None
        self.namespace = ""

    def doctype(self, name: str, public: str, system: str) -> None:  # noqa: ARG002
        """Refuse a document type: it is how an XML file makes itself grow or fetches another."""
        raise NotRead(
            "it declares a document type (DOCTYPE), through which a file can name others or grow "
            "without end, and was not read; export it again without one"
        )

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """An element begins."""
        self._depth += 1
        self._elements += 1
        if self._depth > self._limits.depth:
            raise NotRead(
                f"its elements are nested more than {self._limits.depth} deep, which no clinical "
                "document needs, and it was not read; export it again"
            )
        if self._elements > self._limits.text_chars:
            raise NotRead(f"it has more than {self._limits.text_chars:,} elements; split it")
        node = Node(self._local(tag), _attributes(attrs), self._open)
        if self._open is None:
            self.root = node
            self.namespace = tag[1:].partition("}")[0] if tag.startswith("{") else ""
        else:
            self._open.content.append(node)
        self._open = node

    def end(self, tag: str) -> None:  # noqa: ARG002
        """An element ends."""
        self._depth -= 1
        self._open = self._open.parent if self._open else None

    def data(self, text: str) -> None:
        """Text within an element."""
        self._chars += len(text)
        if self._chars > self._limits.text_chars:
            raise NotRead(f"it holds more than {self._limits.text_chars:,} characters; split it")
        if self._open is not None:
            self._open.content.append(text)

    def close(self) -> None:
        """The file ends."""

    def _local(self, tag: str) -> str:
        space, _, name = tag[1:].partition("}") if tag.startswith("{") else ("", "", tag)
        return f"sdtc:{name}" if space == _SDTC else name


def _attributes(attrs: dict[str, str]) -> dict[str, str]:
    """Attributes by their bare names; a type ("hl7:PQ") without its prefix."""
    found = {name.rpartition("}")[2]: value for name, value in attrs.items()}
    if "type" in found:
        found["type"] = found["type"].rpartition(":")[2]
    return found


def parse(raw: bytes, limits: Limits) -> tuple[Node, str]:
    """The root element and its namespace. Raises `NotRead`, and nothing else."""
    builder = _Builder(limits)
    try:
        parser: Any = XMLParser(target=builder)
        parser.feed(raw.lstrip() if raw[:1].isspace() else raw)
        parser.close()
    except ParseError as error:
        line, column = error.position
        raise NotRead(
            f"it is no sound XML: {ErrorString(error.code)} in line {line}, column {column + 1}; "
            "nothing of it was read, since a statement that is cut off can mean its opposite; "
            "export it again"
        ) from None
    except (ValueError, LookupError):
        raise NotRead("its encoding is not known; save it as UTF-8") from None
    if builder.root is None:
        raise NotRead("it holds no element")
    return builder.root, builder.namespace
