"""`cesp new-study DIR FILE…`: a study's folder with a draft of its study file.

Everything is read before anything is written; files that lie elsewhere are copied.
"""

import os
import shlex
import shutil
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cesp_analysis.declared.source_list import sha256_of
from cesp_analysis.errors import CespError
from cesp_analysis.intake.recognised import beginning_of, looks_like
from cesp_analysis.new_study.commented import comment, flow, written
from cesp_analysis.new_study.draft import DraftStudy
from cesp_analysis.new_study.tables import RAW, Given, Table, tables_of
from cesp_analysis.readable import fault_of
from cesp_analysis.study.format import FORMAT
from cesp_analysis.study.gaps import UNDECIDED
from cesp_analysis.study.schema import schema_of_study
from cesp_analysis.whole_files import replaced, write_json, write_text

_ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".sav", ".dta", ".r")
_IGNORED = ("data/raw/*", "!data/raw/SOURCES.yaml", "data/processed/", "results/", ".snakemake/",
            "*.key")  # fmt: skip
_LONGEST, _LONGEST_PATH = 255, 3500  # bytes of a folder's name, and with all folders above it
_HEAD = """# A draft of the study file, made from the raw files by `cesp new-study`.
# yaml-language-server: $schema=schema.json
"""
_ABOUT = (
    "Lines that begin with '# ?' are questions: answer each by an edit, then delete it. What says"
    " 'undecided' only you can know; a run names what is left. An editor that knows JSON schema"
    " completes names (schema.json beside this file).",
)


def new_study(folder: Path, files: list[Path], /) -> None:
    """Look at raw files and write a commented draft of config.yaml and SOURCES.yaml into FOLDER.

    Files that lie elsewhere are copied to FOLDER/data/raw; none is changed.
    """
    _check_length(folder)
    faulty = dict(_faults_of_files(folder, files))
    problems = [*_faults_of_folder(folder), *faulty.values()]
    given = [Given(path, _name_in(folder, path)) for path in files if path not in faulty]
    try:
        tables = tables_of(given, whole=not faulty)
    except CespError as error:
        problems += error.problems
    if problems:
        raise CespError(problems)
    draft = DraftStudy(folder.resolve().name, tables)
    text = _HEAD + "\n".join(line for part in _ABOUT for line in comment(part))
    text += "\n\n" + written({"format": FORMAT} | draft.data, draft.notes)
    _write(folder, given, text, _sources(given, tables, draft))
    print(f"{folder / 'config.yaml'}: a draft; {text.count('# ? ')} questions stand in it")
    print(f"next: answer them, then run cesp run {shlex.quote(str(folder))} -n")


def _check_length(folder: Path) -> None:
    """Raises CespError if no folder can have that name: what lies there cannot be told."""
    parts = [os.fsencode(part) for part in folder.absolute().parts]
    long = [part for part in parts if len(part) > _LONGEST]
    if long or sum(map(len, parts)) + len(parts) > _LONGEST_PATH:
        name = os.fsdecode((long or parts)[-1])
        shown = name if len(name) <= 40 else f"{name[:40]}…"
        raise CespError(f"'{shown}': is too long for a folder's name; name it shorter")


def _faults_of_folder(folder: Path) -> Iterator[str]:
    for below in (folder / RAW, folder):  # a file above stands in the way of both
        above = next(path for path in (below, *below.absolute().parents) if path.exists())
        if not above.is_dir():
            yield f"{folder}: {above} is a file; name a folder"
            return
    for name in ("config.yaml", f"{RAW}/SOURCES.yaml", "schema.json"):
        if (folder / name).exists() or (folder / name).is_symlink():
            yield f"{folder / name}: is there already; edit it, or name another folder"
    yield from _faults_of_ignored(folder / ".gitignore")


def _faults_of_ignored(path: Path) -> Iterator[str]:
    """Why lines cannot be added to a .gitignore."""
    if not path.exists() and not path.is_symlink():
        return
    if fault := fault_of(path):
        yield f"{path}: {fault}; move it away, or name another folder"
        return
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        yield f"{path}: is not written in UTF-8; save it so"


def _faults_of_files(folder: Path, files: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Each file that cannot be taken in, with a line that says why."""
    seen: dict[str, Path] = {}
    for path in files:
        if fault := fault_of(path):
            yield path, f"{path}: {fault}; name raw files"
            continue
        name = _name_in(folder, path)
        other = seen.setdefault(name.casefold(), path)
        there = folder / RAW / name
        if other is not path:
            yield path, f"{path}: {other} has the same name; rename one of them, or name it once"
        elif not name.isprintable():
            yield path, f"{path}: its name holds characters that cannot be written; rename it"
        elif path.suffix.lower() not in _ENDINGS:
            what = looks_like(beginning_of(path))
            remedy = f"it looks like {what}; " if what else ""
            remedy += "if it is an archive, unpack it; " if "ZIP" in (what or "") else ""
            yield (
                path,
                f"{path}: {remedy}a raw file ends in {', '.join(_ENDINGS)}; export it as one",
            )
        elif there.exists() and (not there.is_file() or sha256_of(there) != sha256_of(path)):
            yield path, f"{there}: is another file of that name; rename one of them"


def _name_in(folder: Path, path: Path) -> str:
    """Where the file lies within data/raw, or will: files elsewhere are copied by their name."""
    raw = (folder / RAW).resolve()
    inside = path.resolve().is_relative_to(raw)
    return path.resolve().relative_to(raw).as_posix() if inside else path.name


def _sources(given: Sequence[Given], tables: Sequence[Table], draft: DraftStudy) -> str:
    """SOURCES.yaml: what is the same for all files is asked once."""
    words = {"person": "one person", "respondent": "one respondent"}
    rows = {
        entry.table.file.path: words[entry.level]
        for entry in draft.entries
        if entry.level in words and entry.one_row_per != "any" and not entry.long_format
    }
    known = {table.file.path for table in tables}
    lines = [
        *comment("Who gave the files, when (YYYY-MM-DD), under which licence (SPDX, or 'not to be"
                 " passed on')? Asked once for all; a file may say its own below its name. Who?"),
        "every_file: &every_file",
        *(f"  {key}: {UNDECIDED}" for key in ("supplier", "received", "licence")),
        "files:",
    ]  # fmt: skip
    for one in given:
        entry: dict[str, Any] = {
            "row": rows.get(one.path, UNDECIDED),
            "sha256": sha256_of(one.origin),
        }
        if one.path not in known:
            entry["row"] = "says what the columns of an export are"
        body = written(entry, {("row",): ["What is one row?"]} if entry["row"] == UNDECIDED else {})
        lines += [f"  {flow(one.name)}:", "    <<: *every_file"]
        lines += [f"    {line}" for line in body.splitlines() if line]
    return "\n".join(lines) + "\n"


def _write(folder: Path, given: Sequence[Given], config: str, sources: str) -> None:
    """Write all; if that fails, what was made is removed."""
    copies = [one for one in given if not (folder / one.path).exists()]
    made = [folder / one.path for one in copies]
    made += [folder / name for name in (f"{RAW}/SOURCES.yaml", "schema.json", ".gitignore")]
    new = [path for path in made if not path.exists()]
    try:
        _raw_folder(folder / RAW)
        for one in copies:
            with replaced(folder / one.path) as part:
                shutil.copyfile(one.origin, part)
            shutil.copymode(one.origin, folder / one.path)
        write_text(sources, folder / RAW / "SOURCES.yaml")
        write_json(schema_of_study(), folder / "schema.json")
        _ignore(folder / ".gitignore")
        write_text(config, folder / "config.yaml")
    except CespError:
        for path in new:
            path.unlink(missing_ok=True)
        for path in (folder / RAW, folder / "data", folder):
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
        raise


def _raw_folder(folder: Path) -> None:
    """Make the folder of raw files, closed to others on the machine, as a run wants it; one that is
    there already stays as somebody made it."""
    if folder.exists():
        return
    try:
        folder.mkdir(parents=True)
        folder.chmod(stat.S_IMODE(folder.stat().st_mode) & ~stat.S_IRWXO)
    except OSError as error:
        raise CespError(
            f"{folder}: cannot be written ({error.strerror or error}); see that you may write there"
        ) from None


def _ignore(path: Path) -> None:
    """Data, results and keys do not belong into git; lines that are there already stay."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    lacking = [line for line in _IGNORED if line not in text.splitlines()]
    if lacking:
        gap = "\n" if text and not text.endswith("\n") else ""
        write_text(text + gap + "\n".join(lacking) + "\n", path)
