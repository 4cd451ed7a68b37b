"""What the handler says of a job: its purpose, why it runs, how long; all pure but for one read."""

import ast
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

DOCSTRING = re.compile(
    r'^[ \t]*(?:rule|checkpoint)\s+(\w+)\s*:\s*\n\s+"{1,3}([^"\n]+)', re.MULTILINE
)
INCLUDE = re.compile(r"""^include:\s*["'](.+?)["']""", re.MULTILINE)
CODE = ".snakemake/cesp.code"
"""Where cesp_analysis.code_files keeps checksums of the sources of steps."""
REASONS = {
    "Forced execution": "asked for",
    "Missing output files:": "not made yet:",
    "Incomplete output files:": "left unfinished:",
    "Updated input files:": "newer than the result:",
    "Input files updated by another job:": "follows from",
    "Set of input files has changed since last execution": "other input files than last time",
    "Code has changed since last execution": "the rule's command was edited",
    "Params have changed since last execution:": "settings changed:",
    "Software environment definition has changed": "the software environment was edited",
}
BETWEEN_REASONS = re.compile("; (?=" + "|".join(REASONS) + ")")
PARAMS = re.compile(r"across all output: before: (.*) now: (.*)", re.DOTALL)
UNMADE = re.compile(r"No rule to produce (\S+) \(if you use input functions")
NO_SPACE = re.compile(r"No space left on device|Disk quota exceeded")
"""What the system says where nothing more can be written."""
FULL = "no space is left on the disk: make room on it and run again; what is done stays"
LITTLE = 2**16
"""Bytes: with less no job can write its log."""
NEEDED = {
    "planning_trials.csv": "a design of planning.designs with simulate: true",
    "planning_worth.csv": "planning.costs, and economics with information",
    **dict.fromkeys(("planning.csv", "planning_known.csv"), "a section planning"),
}
"""A file that a study makes only if it asks for it → by which settings."""


def error_in_words(message: str) -> str:
    """An error of Snakemake's with the remedy, where one is known; else as it is."""
    if unmade := UNMADE.search(message):
        return nothing_makes(unmade[1])
    return FULL if NO_SPACE.search(message) else message


def is_full(folder: Path, said: list[str]) -> bool:
    """Whether the disk of a study is full, by what was said or by what is left of it."""
    return any(map(NO_SPACE.search, said)) or shutil.disk_usage(folder).free < LITTLE


def nothing_makes(file: str) -> str:
    """That no step makes a file, and what names those that are made, or the setting that asks."""
    if needed := NEEDED.get(Path(file).name):
        said = f"it needs, in config.yaml, {needed}; 'cesp run DIR --list' names the steps"
    elif Path(file).parent.name == "figures":
        said = "a figure is named by its kind and whose it is (planning_layout_person)"
    else:
        said = "'cesp run DIR --list' names the steps, config.yaml the models"
    return f"nothing makes {file}: {said}"


def purposes_of(snakefile: Path) -> Iterator[tuple[str, str]]:
    """Rule name and first clause of its docstring, which Snakemake's records do not carry."""
    source = snakefile.read_text("utf-8") if snakefile.is_file() else ""
    for name, line in DOCSTRING.findall(source):
        yield name, re.split(r"; |\. |\.$", line.strip())[0]
    for include in INCLUDE.findall(source):
        yield from purposes_of(snakefile.parent / include)


def in_words(reason: str, made: Iterable[str] = ()) -> str:
    """Snakemake's reasons for a job that makes files, shortened, in the words of an analyst."""
    times = [path.stat().st_mtime_ns for path in map(Path, made) if path.exists()]
    oldest = min(times, default=0)
    return "; ".join(_in_words(one, oldest) for one in BETWEEN_REASONS.split(reason))


def _in_words(reason: str, made: int) -> str:
    for start, words in REASONS.items():
        if reason.startswith(start):
            rest = reason.removeprefix(start).strip()
            if params := PARAMS.search(rest):
                return f"{words} {change(*params.groups())}"
            return f"{words} {few_of([_sources(one, made) for one in rest.split(', ')])}".rstrip()
    return reason


def _sources(file: str, made: int) -> str:
    """A file; of the checksums of a step's sources those that have changed since a result was made
    (ns), if that is known."""
    from cesp_analysis.code_files import changed_since  # the DAG has imported it

    if not file.startswith(f"{CODE}/"):
        return file
    names = changed_since(Path(file), made)
    return f"the program's {few_of(names)}" if names else "the program"


def change(before: str, now: str) -> str:
    """Old and new settings; of two JSON objects only the entries that differ. One that is absent
    was left at its default, which is named where a model says it."""
    old, new = entries(before), entries(now)
    if old is None or new is None:
        return f"{cut(before.strip(), 80)} → {cut(now.strip(), 80)}"
    keys = [key for key in old | new if old.get(key) != new.get(key)]
    return ", ".join(
        f"{key} {cut(_told(key, old), 60)} → {cut(_told(key, new), 60)}" for key in keys
    )


def _told(key: str, settings: dict[str, str]) -> str:
    """A setting's value, or that it is not set, with its default if it is a model's."""
    if key in settings:
        return settings[key]
    default = _default(key, settings.get("kind", "null"))
    return "not set" if default is None else f"not set ({default})"


def _default(key: str, kind: str) -> str | None:
    """The default of a setting of models of a kind (as JSON), as text; None if it has none."""
    from cesp_analysis.models.kinds import KINDS, class_of  # the DAG has imported it

    name = json.loads(kind)
    known = isinstance(name, str) and name in KINDS
    field = class_of(name).model_fields.get(key) if known else None
    if field is None or not isinstance(field.default, str | int | float) or field.default == "":
        return None
    return str(field.default).lower() if isinstance(field.default, bool) else f"{field.default}"


def entries(text: str) -> dict[str, str] | None:
    """The JSON object that a single quoted parameter holds, its values as text."""
    try:
        found = json.loads(ast.literal_eval(text.strip()))
        return {key: json.dumps(value, ensure_ascii=False) for key, value in found.items()}
    except (ValueError, SyntaxError, TypeError, AttributeError):
        return None


def by_message(said: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What jobs said → their names: parts of one step that stop for the same reason say it once."""
    found = dict[str, list[str]]()
    for name, message in said:
        found.setdefault(message, []).append(name)
    return {message: ", ".join(names) for message, names in found.items()}


def few_of(names: list[str]) -> str:
    """The first two names, and how many there are besides."""
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return ", ".join(names[:2]) + more


def cut(text: str, length: int) -> str:
    """A text of at most so many characters; one that is longer ends in …"""
    return text if len(text) <= length else text[: length - 1] + "…"


def count(jobs: int) -> str:
    """So many jobs, in words."""
    return f"{jobs} job" if jobs == 1 else f"{jobs} jobs"


def duration(seconds: float) -> str:
    """Seconds as a person reads them."""
    if seconds >= 60:
        return f"{int(seconds) // 60} min {int(seconds) % 60} s"
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"


PAGES = {
    "Report that may leave the team": "results/public/index.html",
    "Report": "results/report/index.html",
}


def pages_in(folder: Path) -> Iterator[str]:
    """Where a study's reports lie, from where the run was started."""
    started = os.environ.get("PWD") or str(folder)
    for what, name in PAGES.items():
        if (page := folder / name).is_file():
            yield f"{what}: {os.path.relpath(page.resolve(), started)}"
