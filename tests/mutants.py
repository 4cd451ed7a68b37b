"""Mutation testing: are the tests of a package able to fail? Not part of `make test`.

    python tests/mutants.py record                    # which test runs which line (some 10 minutes)
    python tests/mutants.py run models --sample 300   # a random sample of the package's mutants

A mutant is one change within a function: a comparison, an operator of arithmetic or logic, a
number, a truth value, a condition turned round, a statement or a keyword argument left out. Text
is not changed (the tests that quote a message hold it), nor what only types see. One is
killed if one of the tests that run its line fails, or takes ten times as long. First come tests
that killed another mutant of the file, then one of each test function, the fastest first, then the
others, up to `--seconds` in all, so that a survivor may be killed by a slower test. `strict=` of
`zip` stays: it guards the program against itself.

mutmut 3.3 makes each function a trampoline, which steps whose arguments are read from their
signature and source bear, but has no bound on the tests that a survivor costs: a package would take
hours. So here a fork of one process that has collected all tests swaps the code of the function.
"""

import argparse
import ast
import copy
import gc
import json
import math
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "cesp_analysis"
PACKAGES = ("instruments", "clean", "models", "survey", "missing", "disclosure")
NOT_ASKED = ("pipeline", "cases", "export", "browser", "bad_input", "simulate", "test_budget.py",
             "test_docs.py", "test_skips.py", "test_benchmarks.py")  # fmt: skip
"""Tests that run steps in other processes, where no code is swapped, or read files alone."""
KILLED, SURVIVED, NOT_RUN = "killed", "survived", "no test runs it"
COMPARED = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
            ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot,
            ast.IsNot: ast.Is}  # fmt: skip
REACHED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
           ast.FloorDiv: ast.Div, ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.MatMult: ast.Add,
           ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: its file, the function that holds it, the line, what became what."""

    file: str
    function: str
    first: int
    line: int
    change: str
    number: int

    @property
    def name(self) -> str:
        return f"{self.file}:{self.line} {self.function}: {self.change}"


class Changes(ast.NodeTransformer):
    """Counts the places of a function where something can be changed, and changes the nth."""

    def __init__(self, wanted: int = -1) -> None:
        self.wanted, self.found = wanted, []  # type: tuple[int, list[tuple[int, str]]]

    def place(self, node: ast.AST, change: str) -> bool:
        self.found.append((getattr(node, "lineno", 0), change))
        return len(self.found) - 1 == self.wanted

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        for at, operator in enumerate(node.ops):
            new = COMPARED[type(operator)]
            if self.place(node, f"{type(operator).__name__} becomes {new.__name__}"):
                node.ops[at] = new()
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        new = REACHED.get(type(node.op))
        texts = any(isinstance(side, ast.JoinedStr) for side in (node.left, node.right))
        texts = texts or _is_text(node.left) or _is_text(node.right)
        if not new or texts:
            return node
        if self.place(node, f"{type(node.op).__name__} becomes {new.__name__}"):
            node.op = new()
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        if self.place(node, "and becomes or" if isinstance(node.op, ast.And) else "or becomes and"):
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        if self.place(node, f"{type(node.op).__name__} left out"):
            return node.operand
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if not isinstance(node.value, bool | int | float):
            return node
        new = not node.value if isinstance(node.value, bool) else node.value + 1
        changed = self.place(node, f"{node.value} becomes {new}")
        return ast.copy_location(ast.Constant(new), node) if changed else node

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        return self._turned(node)

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        return self._turned(node)

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        self.generic_visit(node)
        for at, test in enumerate(node.ifs):
            if self.place(test, "condition left out"):
                del node.ifs[at]
                break
        return node

    def _turned(self, node: Any) -> ast.AST:
        if isinstance(node.test, ast.Compare | ast.UnaryOp):  # changed as what they are
            return node
        if self.place(node, "condition turned round"):
            node.test = ast.UnaryOp(ast.Not(), node.test)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        for at, keyword in enumerate(node.keywords):
            asked = keyword.arg and keyword.arg != "strict"
            if asked and self.place(node, f"{keyword.arg}= left out"):
                del node.keywords[at]
                break
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.value, ast.Call) and self.place(node, "statement left out"):
            return ast.copy_location(ast.Pass(), node)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        if self.place(node, "statement left out"):
            return ast.copy_location(ast.Pass(), node)
        return node

    def visit_Break(self, node: ast.Break) -> ast.AST:
        return ast.copy_location(ast.Continue(), node) if self.place(node, "goes on") else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node  # text

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        return node  # its text; that it is reached is its condition's

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        return node  # defaults belong to the function, not to its code


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def functions(tree: ast.Module) -> Iterator[tuple[str, Any]]:
    """Qualified name and node of each outermost function: of a module or of a class."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield f"{node.name}.{inner.name}", inner


def changed(function: ast.FunctionDef, wanted: int = -1) -> Changes:
    """The function's body, changed in place; its docstring and decorators are as they were."""
    changes = Changes(wanted)
    function.body = [
        node if at == 0 and _is_docstring(node) else changes.visit(node)
        for at, node in enumerate(function.body)
    ]
    return changes


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and _is_text(node.value)


def mutants_of(package: str) -> list[Mutant]:
    """Every mutant of a package."""
    made = []
    for path in sorted((SOURCE / package).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        file = str(path.relative_to(SOURCE))
        for name, node in functions(tree):
            found = changed(copy.deepcopy(node)).found
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            made += [Mutant(file, name, first, line, change, number)
                     for number, (line, change) in enumerate(found)]  # fmt: skip
    return made


def mutated_code(mutant: Mutant) -> CodeType:
    """The code of the function with its change."""
    path = SOURCE / mutant.file
    tree = ast.parse(path.read_text(encoding="utf-8"))
    (node,) = [node for name, node in functions(tree)
               if name == mutant.function and _first(node) == mutant.first]  # fmt: skip
    changed(node, mutant.number)
    whole = compile(ast.fix_missing_locations(tree), str(path), "exec")
    return _code_in(whole, mutant)


def _first(node: ast.FunctionDef) -> int:
    return min([node.lineno, *(one.lineno for one in node.decorator_list)])


def _code_in(code: CodeType, mutant: Mutant) -> CodeType:
    waiting = [code]
    while waiting:
        one = waiting.pop()
        if one.co_qualname == mutant.function and one.co_firstlineno == mutant.first:
            return one
        waiting += [const for const in one.co_consts if isinstance(const, CodeType)]
    raise LookupError(mutant.name)


def swap(mutant: Mutant) -> int:
    """Give every function object of this place the changed code; how many there are."""
    path, new = str(SOURCE / mutant.file), mutated_code(mutant)
    found = [
        one for one in gc.get_objects()
        if isinstance(one, FunctionType) and one.__code__.co_qualname == mutant.function
        and one.__code__.co_filename == path and one.__code__.co_firstlineno == mutant.first
    ]  # fmt: skip
    for one in found:
        one.__code__ = new
    return len(found)


class Runner:
    """Takes the place of pytest's loop: a fork for each mutant runs the tests of its line."""

    def __init__(self, mutants: list[Mutant], record: "Record", seconds: float, out: Path) -> None:
        self.mutants, self.record, self.seconds, self.out = mutants, record, seconds, out
        self.killers: dict[str, list[str]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        import importlib

        for mutant in self.mutants:
            importlib.import_module("cesp_analysis." + mutant.file[:-3].replace("/", "."))
        gc.unfreeze()
        items = {item.nodeid: item for item in session.items}
        with self.out.open("a", encoding="utf-8") as out:
            for mutant in self.mutants:
                began = time.monotonic()
                tests = [one for one in self.record.tests(mutant) if one in items]
                chosen = self._chosen(tests, self.killers.setdefault(mutant.file, []))
                how, by = NOT_RUN, ""
                if chosen:
                    how, by = self._judged(mutant, [items[one] for one in chosen])
                if by:
                    self.killers[mutant.file].insert(0, by)
                said = {"mutant": mutant.name, "how": how, "tests": len(chosen), "of": len(tests),
                        "by": by, "seconds": round(time.monotonic() - began, 2)}  # fmt: skip
                out.write(json.dumps(said) + "\n")
                out.flush()
        return True

    def _chosen(self, tests: list[str], killers: list[str]) -> list[str]:
        chosen, taken = [], 0.0
        quick = sorted(tests, key=lambda one: (self.record.seconds(one), one))
        of_its_function: Counter[str] = Counter()
        turn = {}
        for test in quick:
            turn[test] = of_its_function[test.partition("[")[0]]
            of_its_function[test.partition("[")[0]] += 1
        for test in sorted(quick, key=lambda one: (one not in killers, turn[one])):
            taken += self.record.seconds(test) + 0.02
            if chosen and taken > self.seconds:
                break
            chosen.append(test)
        return chosen

    def _judged(self, mutant: Mutant, items: list[pytest.Item]) -> tuple[str, str]:
        allowed = 10 * sum(self.record.seconds(item.nodeid) for item in items) + 20
        here, there = os.pipe()
        if (child := os.fork()) == 0:
            os._exit(self._outcome(mutant, items, allowed, there))
        os.close(there)
        with os.fdopen(here, encoding="utf-8") as told:
            by = told.read()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status == 2:
            raise LookupError(f"nothing was changed: {mutant.name}")
        return (SURVIVED, "") if status == 0 else (KILLED, by)

    @staticmethod
    def _outcome(mutant: Mutant, items: list[pytest.Item], allowed: float, to: int) -> int:
        from _pytest.runner import runtestprotocol

        signal.setitimer(signal.ITIMER_REAL, allowed)  # SIGALRM ends the process: killed
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        try:
            if not swap(mutant):
                return 2
        except ValueError:  # without super() the function has no cell of its class
            return 0
        for at, item in enumerate(items):
            after = items[at + 1] if at + 1 < len(items) else None
            if any(one.failed for one in runtestprotocol(item, log=False, nextitem=after)):
                os.write(to, item.nodeid.encode())
                return 1
        return 0


class Record:
    """Which tests run which line, how long each takes: what `record` wrote."""

    def __init__(self, folder: Path) -> None:
        from coverage import CoverageData

        self._lines = CoverageData(str(folder / "coverage.db"))
        self._lines.read()
        self._took: dict[str, float] = json.loads((folder / "seconds.json").read_text())
        self._files: dict[str, Any] = {}

    def tests(self, mutant: Mutant) -> list[str]:
        if mutant.file not in self._files:
            path = str(SOURCE / mutant.file)
            self._files[mutant.file] = self._lines.contexts_by_lineno(path)
        named = self._files[mutant.file].get(mutant.line, [])
        return sorted({one.partition("|")[0] for one in named if one.endswith("|run")})

    def seconds(self, test: str) -> float:
        return self._took.get(test, 1.0)


class Times:
    """Writes down how long each test took."""

    def __init__(self, to: Path) -> None:
        self.to, self.took = to, {}  # type: tuple[Path, dict[str, float]]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.took[report.nodeid] = self.took.get(report.nodeid, 0.0) + report.duration

    def pytest_sessionfinish(self) -> None:
        self.to.write_text(json.dumps(self.took), encoding="utf-8")


def record(folder: Path, tests: Path) -> int:
    """Run the tests once and write down which of them run which line."""
    folder.mkdir(parents=True, exist_ok=True)
    packages = "".join(f"\n  cesp_analysis.{name}" for name in PACKAGES)
    settings = folder / "coverage.rc"
    data = folder / "coverage.db"
    settings.write_text(f"[run]\nsource_pkgs ={packages}\ndata_file = {data}\n")
    words = ["--cov", f"--cov-config={settings}", "--cov-context=test", "--cov-report="]
    return int(pytest.main([*words, *_asked(), str(tests)], [Times(folder / "seconds.json")]))


def _asked() -> list[str]:
    return [f"--ignore={ROOT / 'tests' / name}" for name in NOT_ASKED]


def interval(killed: int, n: int) -> tuple[float, float]:
    """Wilson's 95% interval of a share (Wilson 1927)."""
    z, share = 1.959963984540054, killed / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return middle - half, middle + half


def main() -> int:
    """What the command says above."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("what", choices=("record", "run"))
    words.add_argument("package", nargs="?", choices=PACKAGES)
    words.add_argument("--sample", type=int, default=300)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--seconds", type=float, default=20.0)
    words.add_argument("--folder", type=Path, default=ROOT / ".mutants")
    words.add_argument("--tests", type=Path, default=ROOT / "tests", help="these alone")
    words.add_argument("--only", type=Path, help="a file of an earlier run: its survivors again")
    told = words.parse_args()
    if told.what == "record":
        return record(told.folder, told.tests)
    mutants = mutants_of(told.package)
    sample = random.Random(told.seed).sample(mutants, min(told.sample, len(mutants)))
    if told.only:
        again = {json.loads(line)["mutant"] for line in told.only.read_text().splitlines()
                 if json.loads(line)["how"] != KILLED}  # fmt: skip
        sample = [one for one in mutants if one.name in again]
    out = told.folder / f"{told.package}.jsonl"
    out.unlink(missing_ok=True)
    runner = Runner(sample, Record(told.folder), told.seconds, out)
    single = ["-n", "0", "-o", "addopts=--strict-markers --import-mode=importlib", "-q"]
    pytest.main([*single, *_asked(), str(told.tests)], [runner])
    found = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    killed = sum(one["how"] == KILLED for one in found)
    low, high = interval(killed, len(found))
    for one in found:
        if one["how"] != KILLED:
            print(f"{one['how']}: {one['mutant']} ({one['tests']} of {one['of']} tests)")
    print(f"{told.package}: {killed} of {len(found)} mutants killed ({killed / len(found):.1%};"
          f" 95% {low:.1%} to {high:.1%}) of {len(mutants)}, seed {told.seed}")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
