"""Folders that a run writes in: what stands in the place of one is told before any job."""

from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

from cesp_analysis.code_files import FOLDER as CODE
from cesp_analysis.long_specs import FOLDER as SPECS
from cesp_analysis.permissions import MADE

FIRST = (*MADE, CODE.as_posix(), SPECS.as_posix())
"""Those that are written in while rules are read, and those in which all others lie."""


def folders_of(rules: Iterable[Any]) -> Iterator[str]:
    """Where the rules of a workflow write; of a path with a wildcard the folders before it."""
    for rule in rules:
        for path in (*rule.output, *rule.log):
            parts = Path(str(path)).parent.parts
            yield Path(*takewhile(lambda part: "{" not in part, parts)).as_posix()


def in_the_way(folders: Iterable[str]) -> Iterator[str]:
    """A line for each file, or link that leads nowhere, that stands where a folder must be."""
    every = {one for path in folders for one in (Path(path), *Path(path).parents)}
    for path in sorted(every):
        if path.is_symlink() and not path.exists():
            fault = "is a link to a folder that is not there"
        elif path.exists() and not path.is_dir():
            fault = "is a file"
        else:
            continue
        yield f"{path}: {fault}, and a run needs a folder there; move it away, and run again"
