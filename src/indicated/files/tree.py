"""XML as a tree of nodes that know where they stand. Nothing in a file can make it grow.

The parser is the standard library's expat. Every declaration of an entity, internal or external, is
refused where it begins: nothing is expanded, nothing is fetched. A document type (DOCTYPE) is
refused too, but for the formats that always have one, as those of PubMed. Depth and size are
counted while the file is parsed, not afterwards.
"""

from __future__ import annotations

import html.entities
from collections.abc import Iterator
from xml.parsers.expat import ErrorString, ExpatError, ParserCreate

from indicated.files.limits import Limits

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

    def __init__(self, limits: Limits, *, typed: bool = False):
        self._limits, self._typed = limits, typed
        self._chars = self._depth = self._elements = 0
        self._open: Node | None = None
        self.root: Node | None = None
        self.namespace = ""

    def doctype(self, *_: object) -> None:
        """Refuse a document type: it is how an XML file makes itself grow or fetches another."""
        if self._typed:
            return
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
            self.namespace = tag.rpartition("}")[0]
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

    def skipped(self, name: str, parameter: bool) -> None:
        """A letter that is written by its name, where the document type was not read."""
        if not parameter:
            self.data(html.entities.entitydefs.get(name, "\ufffd"))

    def _local(self, tag: str) -> str:
        space, _, name = tag.rpartition("}")
        return f"sdtc:{name}" if space == _SDTC else name


def _attributes(attrs: dict[str, str]) -> dict[str, str]:
    """Attributes by their bare names; a type ("hl7:PQ") without its prefix."""
    found = {name.rpartition("}")[2]: value for name, value in attrs.items()}
    if "type" in found:
        found["type"] = found["type"].rpartition(":")[2]
    return found


def _declared(*_: object) -> None:
    raise NotRead(
        "it declares entities, through which a file can name others or grow without end, and was "
        "not read; export it again without them"
    )


def parse(raw: bytes, limits: Limits, *, typed: bool = False) -> tuple[Node, str]:
    """The root element and its namespace. Raises `NotRead`, and nothing else.

    `typed`: the format always names its document type, which is then neither fetched nor used but
    for the names of letters (`&eacute;`) that web pages know too.
    """
    builder = _Builder(limits, typed=typed)
    parser = ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = builder.doctype
    parser.EntityDeclHandler = _declared
    parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
    parser.CharacterDataHandler = builder.data
    parser.SkippedEntityHandler = builder.skipped
    try:
        parser.Parse(raw.lstrip() if raw[:1].isspace() else raw, True)
    except ExpatError as error:
        raise NotRead(
            f"it is no sound XML: {ErrorString(error.code)} in line {error.lineno}, column "
            f"{error.offset + 1}; nothing of it was read, since a statement that is cut off can "
            "mean its opposite; export it again"
        ) from None
    except (ValueError, LookupError):
        raise NotRead("its encoding is not known; save it as UTF-8") from None
    if builder.root is None:
        raise NotRead("it holds no element")
    return builder.root, builder.namespace
