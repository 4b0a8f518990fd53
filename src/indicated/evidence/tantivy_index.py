"""An index beside the collection, by tantivy (extra `search`): for large collections.

It is made of the collection and holds nothing else. A stamp in its folder says of which state of
which collection it was made: where that is not the state at hand, what has changed since is put
right, or the whole is made anew. The folder may be deleted at any time.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from indicated.errors import InputError, OutputError
from indicated.evidence.collection import Collection
from indicated.evidence.index import Filters, Hit
from indicated.evidence.query import Query, Term
from indicated.evidence.tables import WEIGHTS

try:
    import tantivy
    from tantivy import FieldType, Filter, Occur, TextAnalyzerBuilder, Tokenizer
    from tantivy import Query as Words
except ModuleNotFoundError:
    raise InputError(
        "the faster index needs a library that is not installed",
        do="pip install 'indicated[search]', or search without it.",
    ) from None

FORM = 2  # of the folder; another one is made anew
STAMP = "stamp.json"
HEAP = 128_000_000  # bytes that the writer may use
OTHERS = 0.3  # of the score of every other phrase and field in which a term is found
_TEXT = dict(zip(("title", "section", "text"), WEIGHTS, strict=True))
_EXACT = ("type", "jurisdiction", "status")
_ANALYSER = "stems"


class Beside:
    """The index in a folder beside the collection, brought up to its state."""

    def __init__(self, collection: Collection, folder: Path | None = None):
        self._folder = folder or folder_of(collection)
        self._stems = _stems()
        try:
            try:
                self._index = self._current(collection)
            except ValueError:  # damaged, or of another version of the library
                shutil.rmtree(self._folder)
                self._index = self._current(collection)
        except (OSError, ValueError) as error:
            raise OutputError(
                f"the index beside the collection cannot be written ({type(error).__name__})",
                str(self._folder),
                "The collection itself is untouched.",
                "Check the disk and who may write there, or delete the folder: it is made anew.",
            ) from None

    def find(self, query: Query, filters: Filters, most: int, *, every: bool) -> list[Hit]:
        """See `Index`."""
        parts = [(Occur.Must, q) for t in query.terms if t.literal for q in self._any(t)]
        others = [q for t in query.terms if not t.literal for q in self._any(t)]
        if others and every:
            parts += [(Occur.Must, q) for q in others]
        elif others:
            others += [q for w in query.loose for q in self._any(Term(((w,),)))]
            parts.append((Occur.Must, Words.boolean_query([(Occur.Should, q) for q in others])))
        if not parts:
            return []
        parts += [(Occur.Must, q) for q in self._filters(filters)]
        searcher = self._index.searcher()
        found = searcher.search(Words.boolean_query(parts), most, count=False).hits
        numbers = searcher.fast_field_values("no", [address for _, address in found])
        pairs = zip(found, numbers, strict=True)
        return [Hit(int(no), score) for (score, _), no in pairs if no is not None]

    # --- queries ---------------------------------------------------------------------------

    def _any(self, term: Term) -> Iterator[Words]:
        """The term by its best phrase in its best field; nothing where no word of it is left."""
        ways = [
            Words.boost_query(query, weight)
            for field, weight in _TEXT.items()
            for phrase in term.phrases
            if (query := self._phrase(field, phrase))
        ]
        if ways:
            yield Words.disjunction_max_query(ways, OTHERS)

    def _phrase(self, field: str, phrase: Iterable[str]) -> Words | None:
        stems: list[str | tuple[int, str]] = [
            stem for word in phrase for stem in self._stems.analyze(word)
        ]
        if not stems:
            return None
        schema = self._index.schema
        if len(stems) == 1:
            return Words.term_query(schema, field, str(stems[0]))
        return Words.phrase_query(schema, field, stems)

    def _filters(self, filters: Filters) -> Iterator[Words]:
        schema = self._index.schema
        wanted = (filters.types, filters.jurisdictions, filters.statuses)
        for field, values in zip(_EXACT, wanted, strict=True):
            if values:
                query = Words.term_set_query(schema, field, [v.lower() for v in values])
                yield Words.const_score_query(query, 0.0)
        if filters.works:
            query = Words.term_set_query(schema, "id", list(filters.works))
            yield Words.const_score_query(query, 0.0)
        if filters.since or filters.until:
            low, high = filters.since or 1, filters.until or 9999
            query = Words.range_query(schema, "year", FieldType.Integer, low, high)
            yield Words.const_score_query(query, 0.0)

    # --- keeping it true -------------------------------------------------------------------

    def _current(self, collection: Collection) -> tantivy.Index:
        made, revision = collection.state
        stamp = self._stamp()
        if stamp.get("made") != made or stamp.get("form") != FORM:
            shutil.rmtree(self._folder, ignore_errors=True)
            stamp = {}
        self._folder.mkdir(parents=True, exist_ok=True)
        index = tantivy.Index(_schema(), path=str(self._folder))
        index.register_tokenizer(_ANALYSER, self._stems)
        if stamp.get("revision") != revision:
            self._write(index, collection, int(stamp.get("revision", -1)))
            told = {"form": FORM, "made": made, "revision": revision}
            (self._folder / STAMP).write_text(json.dumps(told), encoding="utf-8")
        return index

    def _stamp(self) -> dict[str, Any]:
        try:
            found = json.loads((self._folder / STAMP).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    @staticmethod
    def _write(index: tantivy.Index, collection: Collection, since: int) -> None:
        """Put in the passages of every work that changed after a revision, instead of the old."""
        writer = index.writer(HEAP)
        if since >= 0:
            for (id,) in collection.store.rows("SELECT id FROM work WHERE changed > ?", (since,)):
                writer.delete_documents_by_term("id", id)
        rows = collection.store.rows(
            "SELECT passage.no, work.id, work.title, section, text, type, jurisdiction, status, "
            "year FROM passage JOIN work ON work.no = passage.work WHERE work.changed > ?",
            (since,),
        )
        for no, id, title, section, text, type, jurisdiction, status, year in rows:
            document = tantivy.Document()
            document.add_integer("no", no)
            document.add_text("id", id)
            for field, said in (("title", title), ("section", section), ("text", text)):
                document.add_text(field, said)
            for field, said in zip(_EXACT, (type, jurisdiction, status), strict=True):
                document.add_text(field, said.lower())
            if year[:4].isdigit():
                document.add_integer("year", int(year[:4]))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()


def folder_of(collection: Collection) -> Path:
    """Where the index of a collection stands."""
    return collection.path.with_suffix(".index")


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for field in _TEXT:
        builder.add_text_field(field, tokenizer_name=_ANALYSER)
    for field in (*_EXACT, "id"):
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("no", fast=True)
    builder.add_integer_field("year", indexed=True, fast=True)
    return builder.build()


def _stems() -> tantivy.TextAnalyzer:
    """The same words as in the collection's own index: stems, no accents, small letters."""
    builder = TextAnalyzerBuilder(Tokenizer.simple())
    for step in (Filter.lowercase(), Filter.ascii_fold(), Filter.stemmer("english")):
        builder = builder.filter(step)
    return builder.build()
