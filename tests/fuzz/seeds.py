"""Real files to begin from: the root study's raw files, what tests write, and shared exports."""

import datetime
import io
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import pandas as pd
import pyreadstat
import yaml

from coded_files import code, project, qdpx, selection, text_source
from interviewed_study import CODED
from small_study import as_yaml

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT / "data" / "raw"
BASE = ROOT / "tests" / "bad_input" / "base"
SHARED = ROOT.parent / "shared" / "data"
LINES = 40
"""Lines that are kept of a CSV: small files are read often."""
Seed = tuple[str, bytes]
"""A file's name and what it holds."""


def text_of(*paths: Path, lines: int = LINES) -> list[Seed]:
    """The beginnings of text files."""
    return [
        (path.name, b"".join(path.read_bytes().splitlines(True)[:lines]))
        for path in paths
        if path.is_file()
    ]


def whole(*paths: Path, largest: int = 120_000) -> list[Seed]:
    """Files as they are; none that are absent or large."""
    return [
        (path.name, path.read_bytes())
        for path in paths
        if path.is_file() and path.stat().st_size <= largest
    ]


def exports(pattern: str) -> list[Path]:
    """Shared exports, if they lie beside the repository."""
    return sorted((SHARED / "raw_exports").glob(pattern))


@cache
def workbooks() -> list[Seed]:
    """A small workbook, one of the root study's, and exports."""
    table = pd.read_excel(RAW / "community_survey_wave_2.xlsx", nrows=15, engine="openpyxl")
    stream = io.BytesIO()
    with pd.ExcelWriter(stream) as writer:
        table.to_excel(writer, sheet_name="wave 2", index=False)
        pd.DataFrame({"a": [1, 2.5], "b": ["x", None]}).to_excel(writer, sheet_name="more")
    return [("small.xlsx", stream.getvalue()), *whole(*exports("*/*.xlsx"))]


def _written(ending: str, write: "object", table: pd.DataFrame, **how: object) -> Seed:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"table.{ending}")
        write(table, str(path), **how)  # type: ignore[operator]
        return path.name, path.read_bytes()


@cache
def spss() -> list[Seed]:
    """SPSS files: plain, compressed by byte and by zlib, with labels, missing codes, long texts."""
    table = pd.DataFrame(
        {
            "id": ["P1", "P2", "P3"],
            "score": [1.0, -9.0, 2.5],
            "on": [datetime.date(2024, 1, 1), datetime.date(2023, 5, 6), None],
            "said": ["x" * 300, "é", ""],
        }
    )
    how = {
        "column_labels": {"score": "How much"},
        "variable_value_labels": {"score": {1.0: "little", -9.0: "refused"}},
        "missing_ranges": {"score": [-9, {"lo": 90, "hi": 99}]},
    }
    write = pyreadstat.write_sav
    named = [
        _written("sav", write, table, **how),
        _written("sav", write, table, **how, compress=True),
        _written("zsav", write, table, **how, row_compress=False, compress=True),
    ]
    named = [("table.sav", content) for _, content in named]
    root = whole(RAW / "outcomes_6m.sav")
    return [*named, *root, *whole(*exports("*/*.sav")), *_unzipped()]


def _unzipped() -> list[Seed]:
    found = []
    for path in exports("*/*.sav.zip"):
        with zipfile.ZipFile(path) as archive:
            found += [("unzipped.sav", archive.read(n)) for n in archive.namelist()[:1]]
    return found


@cache
def stata() -> list[Seed]:
    """Stata files of three releases, with labels, dates and long texts."""
    table = pd.DataFrame(
        {
            "id": ["P1", "P2"],
            "score": [1, 2],
            "day": pd.to_datetime(["2024-01-01", "2023-05-06"]),
            "text": ["é" * 50, "y" * 2100],
        }
    )
    found = []
    for version in (117, 118, 119):
        stream = io.BytesIO()
        ascii_only = table.assign(text=["e", "y" * 2100]) if version == 117 else table
        ascii_only.to_stata(
            stream,
            write_index=False,
            version=version,  # type: ignore[arg-type]
            convert_strl=["text"],
            value_labels={"score": {1: "one", 2: "two"}},
        )
        found.append(("table.dta", stream.getvalue()))
    older = io.BytesIO()
    table[["id", "score"]].to_stata(older, write_index=False, version=114)
    return [*found, ("older.dta", older.getvalue()), *whole(*exports("*/tagged_missing.dta"))]


@cache
def projects() -> list[Seed]:
    """REFI-QDA projects."""
    text = "One two three 🙂 four.\nAnd more."
    sources = text_source(
        1, "north_staff_Wren", text, selection(10, 0, 3, 2), selection(11, 4, 7, 3)
    )
    tree = project(code(1, "time", code(2, "shared"), code(3, "alone")), sources)
    with tempfile.TemporaryDirectory() as folder:
        made = qdpx(Path(folder, "small.qdpx"), tree, {"Sources/a.txt": b"One two"}).read_bytes()
    return [("small.qdpx", made), *whole(*exports("*/*.qdpx"))]


def sources_file() -> list[Seed]:
    """SOURCES.yaml of the root study, as YAML without its comments."""
    tree = yaml.safe_load((RAW / "SOURCES.yaml").read_text(encoding="utf-8"))
    return [("SOURCES.yaml", as_yaml(tree).encode()), *whole(RAW / "SOURCES.yaml")]


TABLES_OF_CODINGS = [("coded.csv", CODED.encode())]
EXPRESSIONS = [
    ("expression.txt", text.encode())
    for text in (
        "score + 1", "score >= 3 and sex == 'f'", "sex in ['f', 'm']", "log(score) / 2 ** -score",
        "not (score < 1 or age > 80)", "abs(score - age) % 7", "on > '2024-01-01'",
        "(score > 1) & ~(age <= 40)", "1e3 * sqrt(age)",
    )
]  # fmt: skip
