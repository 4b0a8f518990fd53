"""Faults put into truth and into the making of SQL, one at a time: how many do the tests find?

    python -m tests.mutation truth
    python -m tests.mutation sql --sample 150 --seed 1

Each mutant is the module with one comparison, one connective, one truth or one keyword of its SQL
turned, run in a process of its own under the tests that are to find it. Those that no test finds
are listed: a test is missing, or the change changes nothing.
"""

from __future__ import annotations

import ast
import copy
import importlib
import importlib.util
import os
import random
import re
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from indicated.impact import share

SECONDS = 180  # of a processor: a mutant that runs on for so long is found
SQL = [
    "indicated.judge.sql", "indicated.judge.sql_about", "indicated.judge.sql_words",
    "indicated.judge.sql_has", "indicated.judge.sql_values",
    "indicated.judge.sql_leaves", "indicated.judge.sql_tree", "indicated.judge.sql_request",
    "indicated.judge.on_duckdb",
]  # fmt: skip
AFTER = [*SQL, "indicated.population", "indicated.impact", "indicated.examples_in_bulk"]
TARGETS = {
    "truth": (["indicated.truth"], ["tests/unit/test_truth.py"], []),
    "sql": (SQL[:-1], ["tests/bulk/test_agreement.py", "tests/spec", "tests/bulk/test_population.py"],
            AFTER),
}  # fmt: skip
TRUTHS = {"MET", "NOT_MET", "UNKNOWN"}
CALLED = {"AND": "OR", "OR": "AND", "any": "all", "all": "any", "min": "max", "max": "min"}
COMPARED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
TOKEN = re.compile(
    r"\bIS NOT NULL\b|\bIS NULL\b|\bAND\b|\bOR\b|\bNOT\b|\bTRUE\b|\bFALSE\b|\bmin\(|\bmax\(|"
    r"\blist_min\(|\blist_max\(|<=|>=|(?<![-=<>])[<>](?![=>])"
)
TURNED = {
    "IS NOT NULL": "IS NULL", "IS NULL": "IS NOT NULL", "AND": "OR", "OR": "AND", "NOT": "",
    "TRUE": "FALSE", "FALSE": "TRUE", "min(": "max(", "max(": "min(", "list_min(": "list_max(",
    "list_max(": "list_min(", "<=": "<", ">=": ">", "<": "<=", ">": ">=",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change of a module."""

    module: str
    line: int
    what: str
    tree: ast.Module


def tree_of(name: str) -> ast.Module:
    """A module as it stands."""
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return ast.parse(Path(spec.origin).read_text(encoding="utf-8"))


def mutants(name: str) -> Iterator[Mutant]:
    """Every mutant of a module."""
    tree = tree_of(name)
    said = _docstrings(tree)
    for n, node in enumerate(ast.walk(tree)):
        for what, change in _changes(node, said):
            turned = copy.deepcopy(tree)
            change(list(ast.walk(turned))[n])
            yield Mutant(name, getattr(node, "lineno", 0), what, ast.fix_missing_locations(turned))


def _docstrings(tree: ast.Module) -> set[int]:
    bodies = (n.body for n in ast.walk(tree) if hasattr(n, "body") and isinstance(n.body, list))
    return {
        id(body[0].value) for body in bodies if body and isinstance(body[0], ast.Expr)
    }  # fmt: skip


def _changes(node: ast.AST, said: set[int]):  # type: ignore[no-untyped-def]
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARED:
        new = COMPARED[type(node.ops[0])]
        what = f"{type(node.ops[0]).__name__} -> {new.__name__}"
        yield what, lambda x: x.ops.__setitem__(0, new())
    elif isinstance(node, ast.BoolOp):
        new = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield f"-> {new.__name__}", lambda x: setattr(x, "op", new())
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield f"{node.value} -> {not node.value}", lambda x: setattr(x, "value", not x.value)
    elif isinstance(node, ast.Name) and node.id in TRUTHS and isinstance(node.ctx, ast.Load):
        for new in sorted(TRUTHS - {node.id}):
            yield f"{node.id} -> {new}", lambda x, new=new: setattr(x, "id", new)
    elif isinstance(node, ast.Name) and node.id in CALLED:
        new = CALLED[node.id]
        yield f"{node.id} -> {new}", lambda x: setattr(x, "id", new)
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield f"{node.value} -> {node.value + 1}", lambda x: setattr(x, "value", x.value + 1)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
        for found in TOKEN.finditer(node.value):
            new = TURNED[found[0]]
            yield (
                f"{found[0]} -> {new or '(nothing)'}",
                lambda x, m=found, new=new: setattr(
                    x, "value", x.value[: m.start()] + new + x.value[m.end() :]
                ),
            )


def found(mutant: Mutant, tests: list[str], after: list[str]) -> bool:
    """Whether the tests find a mutant, in a process of its own."""
    child = os.fork()
    if child == 0:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            code = _run(mutant, tests, after)
        except BaseException:
            code = 1
        os._exit(code)
    return os.waitpid(child, 0)[1] != 0


def _run(mutant: Mutant, tests: list[str], after: list[str]) -> int:
    import pytest

    module: ModuleType = sys.modules[mutant.module]
    exec(compile(mutant.tree, str(module.__file__), "exec"), module.__dict__)
    for name in after[after.index(mutant.module) + 1 :] if after else []:
        importlib.reload(importlib.import_module(name))
    with Path(os.devnull).open("w") as nothing, redirect_stdout(nothing), redirect_stderr(nothing):
        quiet = ["-x", "-q", "-p", "no:cacheprovider", "-W", "ignore:Module already imported"]
        quiet += ["-k", "not spark"]  # the same statement, slower
        return int(pytest.main([*quiet, *tests]))


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--sample", type=int, default=0, help="so many, drawn; all when left out")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    modules, tests, after = TARGETS[given.target]
    os.environ.setdefault("INDICATED_TEST_PAIRS", "300")
    for name in [*modules, *after]:
        importlib.import_module(name)
    importlib.import_module("tests.conftest").shipped_library()  # read once, for every mutant
    for name in modules:
        if found(Mutant(name, 0, "unchanged", tree_of(name)), tests, after):
            sys.exit(f"the tests fail on {name} as it is: nothing that they find would count")
    every = [m for name in modules for m in mutants(name)]
    drawn = every
    if given.sample and given.sample < len(every):
        drawn = random.Random(given.seed).sample(every, given.sample)
    killed = 0
    for n, mutant in enumerate(drawn, 1):
        if found(mutant, tests, after):
            killed += 1
        else:
            print(f"  not found: {mutant.module}:{mutant.line}  {mutant.what}", flush=True)
        print(f"{n} of {len(drawn)}", end="\r", file=sys.stderr, flush=True)
    part, low, high = share(killed, len(drawn))
    of_all = "" if drawn is every else f", {low:.1%} to {high:.1%} of the {len(every)} there are"
    print(f"{given.target}: {killed} of {len(drawn)} mutants found ({part:.1%}{of_all})")


if __name__ == "__main__":
    main()
