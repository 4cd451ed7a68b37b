"""Codebooks: .qdc, the codebook within a .qdpx, or a table."""

from collections import Counter
from pathlib import Path

from cesp_analysis.declared.coded_files import LEVELS
from cesp_analysis.declared.interviews import Codebook
from cesp_analysis.errors import CespError, few
from cesp_analysis.interviews.coded_table import lacking, table_of
from cesp_analysis.interviews.names import compared, control_character, path_of
from cesp_analysis.interviews.project import Code
from cesp_analysis.interviews.qdpx import read_project, read_qdc
from cesp_analysis.interviews.roots import codes_without_root


def read_codebook(path: Path, declared: Codebook) -> tuple[Code, ...]:
    """The codes in the file's order, names by their levels; raises CespError if it cannot be read,
    or two codes are one."""
    ending = declared.path.rsplit(".", 1)[-1].lower()
    if ending == "qdc":
        codes = read_qdc(path, declared.path)
    elif ending == "qdpx":
        codes = read_project(path, declared.path).codes
    else:
        codes = _of_table(path, declared)
    levelled = tuple(
        Code(c.id, tuple(found.split(LEVELS)), c.description, c.codable)
        for c, found in ((c, path_of(c.names, declared.hierarchy)) for c in codes)
        if found
    )
    levelled = codes_without_root(levelled)
    paths = [LEVELS.join(code.names) for code in levelled]
    odd = [control_character("code", path) for path in paths]
    if odd := [f"{declared.path}: {fact}" for fact in odd if fact]:
        raise CespError(odd)
    alike = Counter(map(compared, paths))
    twice = list(dict.fromkeys(path for path in paths if alike[compared(path)] > 1))
    ids = [key for key, n in Counter(code.id for code in levelled).items() if key and n > 1]
    for what, names in (("codes", twice), ("ids", ids)):
        if names:
            raise CespError(f"{declared.path}: {what} stand twice: {few(names)}; keep one of each")
    return levelled


def _of_table(path: Path, declared: Codebook) -> tuple[Code, ...]:
    """A table with a row for each code."""
    table, _ = table_of(path, declared.written())
    named = {what: column for what, column in declared.columns.model_dump().items() if column}
    there = [str(column) for column in table.columns]
    if faults := list(lacking(declared.path, {f"columns.{k}": n for k, n in named.items()}, there)):
        raise CespError(faults)
    cells = {what: table[column].tolist() for what, column in named.items()}
    blank = [""] * len(table)
    odd = [
        f"{declared.path}: line {line}: {fact}"
        for line, code in zip(table["line"].tolist(), cells["code"], strict=True)
        if (fact := control_character("code", str(code)))
    ]
    if odd:
        raise CespError(odd)
    return tuple(
        Code(str(own), (str(code),), str(about), True)
        for code, own, about in zip(
            cells["code"], cells.get("id", blank), cells.get("description", blank), strict=True
        )
    )
