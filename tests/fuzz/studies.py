"""Whole studies of which one file is spoilt: opened, told to every step, run up to the models."""

import contextlib
import importlib
import inspect
import io
import pkgutil
import re
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import cesp_analysis
from cesp_analysis.cli import main
from cesp_analysis.declared.source_list import SOURCES, sha256_of
from cesp_analysis.errors import CespError
from cesp_analysis.named_files import CORRECTIONS, named_files
from cesp_analysis.pipeline import opened
from cesp_analysis.study.study import Study
from fuzz.seeds import ROOT, Seed
from interviewed_study import commands, interviewed
from small_study import commands_of, inside

HOME = Path("study")
"""Where the study lies that one file is put into; made anew by `lay`."""
CORRECTED = """corrections:
- {file: before, where: {id: P03}, column: score, expect: '13', value: '12', why: typed wrongly}
- {file: people, where: {id: P04, sex: f}, column: age, expect: '34', value: '', why: not known}
"""
BESIDE_CODED = ("import_interviews", "describe_interviews")


@cache
def files() -> dict[str, bytes]:
    """The tiny study with coded interviews: path → what it holds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        study = interviewed(folder)
        study.write()
        (folder / CORRECTIONS).write_text(CORRECTED, encoding="utf-8")
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }


def lay(folder: Path) -> None:
    """The study as it should be, below a folder."""
    for path, content in files().items():
        place = folder / HOME / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def study_files(*names: str) -> list[Seed]:
    """Files of the tiny study by their names."""
    return [(Path(path).name, content) for path, content in files().items()
            if Path(path).name in names]  # fmt: skip


def of_study(path: Path) -> str:
    """The tiny study with this file in the place of its own: every step up to the models.

    Checksums are written anew, so that what a file holds is read.
    """
    (place,) = [one for one in files() if Path(one).name == path.name]
    for folder in ("data/processed", "results"):
        shutil.rmtree(HOME / folder, ignore_errors=True)
    (HOME / place).write_bytes(path.read_bytes())
    try:
        with inside(HOME):
            if path.name not in ("SOURCES.yaml", "config.yaml", "CORRECTIONS.yaml"):
                _stamped()
            study = opened(".")
            told_to_steps(study)
            return _run(study)
    finally:
        (HOME / place).write_bytes(files()[place])
        (HOME / SOURCES).write_bytes(files()[SOURCES.as_posix()])


def _stamped() -> None:
    listed = yaml.safe_load(SOURCES.read_bytes())
    for name, entry in listed["files"].items():
        entry["sha256"] = sha256_of(SOURCES.parent / name)
    SOURCES.write_text(yaml.safe_dump(listed), encoding="utf-8")


def _run(study: Study) -> str:
    """The steps; CespError with what the terminal shows where one of them stops."""
    shown = io.StringIO()
    more = commands() if study.interviews else {}
    own = [*commands_of(study), *(more[name] for name in BESIDE_CODED if name in more)]
    for command in own:
        with contextlib.redirect_stderr(shown), contextlib.redirect_stdout(io.StringIO()):
            status = main(command)
        if status:
            raise CespError(shown.getvalue().strip().splitlines())
    return ""


@cache
def _specs() -> tuple[Callable[[Study], Any], ...]:
    """Every function of a module of specs that takes a study and nothing else."""
    found: list[Callable[[Study], Any]] = []
    for module in pkgutil.walk_packages(cesp_analysis.__path__, "cesp_analysis."):
        last = module.name.rsplit(".", 1)[-1]
        if last != "specs" and not last.endswith("_spec"):
            continue
        own = importlib.import_module(module.name)
        for name, function in inspect.getmembers(own, inspect.isfunction):
            if function.__module__ == module.name and not name.startswith("_"):
                given = inspect.signature(function).parameters.values()
                if [p.annotation for p in given] in ([Study], ["Study"]):
                    found.append(function)
    return tuple(found)


def told_to_steps(study: Study) -> None:
    """What each step of the study would be told; a study that opens has all of it."""
    for function in _specs():
        try:
            made = function(study)
            if isinstance(made, Iterator):
                list(made)
        except AssertionError as error:
            asked = traceback.extract_tb(error.__traceback__)[-1].line or ""
            if not re.match(r"assert .* is not None", asked):
                raise
            # a section that the study has not: the Snakefile has no rule that asks for it


def lay_root(folder: Path) -> None:
    """The root study's files."""
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("processed"))


def root_study(path: Path) -> None:
    """The root study with this config.yaml: opened, and told to every step."""
    assert path == Path("config.yaml")
    study = opened(".")
    named_files(study)
    told_to_steps(study)


def new_study(path: Path) -> str:
    """`cesp new-study FOLDER FILE`, and the draft opened."""
    folder = Path("new")
    shutil.rmtree(folder, ignore_errors=True)
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()) as said,
    ):
        if main(["new-study", str(folder), str(path)]):
            raise CespError(said.getvalue().strip().splitlines())
    try:
        with inside(folder):
            opened(".")
    except CespError as draft:  # what is still to decide
        if strange := [
            line for line in draft.problems if not line.startswith(("config.yaml: ", "data/raw/"))
        ]:
            raise AssertionError(strange) from None
    return ""
