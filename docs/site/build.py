"""The library as a web site that needs no server: `make site` writes it to build/site.

    python docs/site/build.py [FOLDER]

A page per policy, lists by treatment, by diagnosis and by code, and a search box. Nothing is loaded
from elsewhere; the only script is ours, and the pages read well without it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

import click
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from indicated.criteria import load_library
from indicated.model import Library

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from shown import Shown  # noqa: E402

ROOT = HERE.parents[1]
SHARED = ROOT / "src/indicated/report/templates"  # colours, type and search box of the articles
SYSTEMS = {
    "icd10cm": "ICD-10-CM",
    "cpt": "CPT",
    "hcpcs": "HCPCS",
    "loinc": "LOINC",
    "rxnorm": "RxNorm",
    "snomed": "SNOMED CT",
}
Rows = dict[str, list[Shown]]


def build(folder: Path, library: Library | None = None) -> int:
    """Write the site; say how many pages it has."""
    library = library or load_library()
    pages = [
        Shown(p, library)
        for p in sorted(library.policies.values(), key=lambda p: p.title.casefold())
    ]
    lists = {
        "treatments": ("By treatment", _listed((c.label, s) for s in pages for c in s.treatments)),
        "diagnoses": ("By diagnosis", _listed((c.label, s) for s in pages for c in s.diagnoses)),
        "codes": (
            "By code",
            _listed(
                (f"{SYSTEMS.get(system, system)} {code} ({c.label})", s)
                for s in pages
                for system, code, c in s.codes
            ),
        ),
    }
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        menu={"index": "All policies", **{k: t for k, (t, _) in lists.items()}}
    )
    environment.filters["web"] = lambda url: url if url.startswith(("https://", "http://")) else ""
    folder.mkdir(parents=True, exist_ok=True)

    def write(name: str, template: str, **data: object) -> None:
        text = environment.get_template(template).render(here=name, **data)
        (folder / f"{name}.html").write_text(text, encoding="utf-8")

    write("index", "index.html.j2", pages=pages, library=library)
    for name, (title, rows) in lists.items():
        write(name, "list.html.j2", title=title, rows=rows)
    for shown in pages:
        write(f"policy-{shown.policy.id}", "policy.html.j2", s=shown, p=shown.policy)
    found = [
        {
            "path": f"policy-{s.policy.id}.html",
            "title": s.policy.title,
            "words": s.words.casefold(),
        }
        for s in pages
    ]
    data = json.dumps(found, ensure_ascii=False).replace("<", "\\u003c")
    (folder / "search-data.js").write_text(f"const PAGES = {data};\n", encoding="utf-8")
    (folder / "search.js").write_text(
        (SHARED / "site.js").read_text(encoding="utf-8"), encoding="utf-8"
    )
    styles = (SHARED / "article.css", SHARED / "site.css", HERE / "site.css")
    css = "".join(s.read_text(encoding="utf-8") for s in styles)
    (folder / "site.css").write_text(css, encoding="utf-8")
    return len(pages) + len(lists) + 1


def _listed(found: Iterable[tuple[str, Shown]]) -> Rows:
    rows: Rows = {}
    for word, shown in found:
        rows.setdefault(word, [])
        if shown not in rows[word]:
            rows[word].append(shown)
    return dict(sorted(rows.items(), key=lambda r: r[0].casefold()))


if __name__ == "__main__":
    into = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "site"
    click.echo(f"{into}: {build(into)} pages")
