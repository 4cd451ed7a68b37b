"""Raw files of real studies do not belong into git, unless they are openly licensed."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from cesp_analysis.declared.source_list import read_sources
from cesp_analysis.study.study import Study

OPEN = re.compile(
    r"CC0(-1\.0)?|CC-BY(-SA)?-\d\.\d|PDDL(-1\.0)?|ODC-By(-1\.0)?|ODbL(-1\.0)?|OGL(-UK)?(-\d\.\d)?"
    r"|MIT|BSD-\d-Clause|Apache-2\.0|[AL]?GPL-\d(\.\d)?(-only|-or-later|\+)?|MPL-2\.0"
    r"|public domain",
    re.IGNORECASE,
)
"""Licences under which data may be passed on: SPDX names, OGL, public domain."""


def is_open(licence: str) -> bool:
    """Whether the whole entry is open licences: 'MIT', 'GPL-2.0-only OR GPL-3.0-only'."""
    return all(OPEN.fullmatch(part.strip(" ()")) for part in re.split(r"\b(?:OR|AND)\b", licence))


def tracked_without_licence(study: Study, sources: Path) -> Iterator[str]:
    """One line for each raw file of a real study that git tracks and no open licence covers."""
    if study.study.synthetic:
        return
    declared = read_sources(sources)
    try:
        tracked = _tracked(sources.parent)
    except Refused as refused:
        yield (
            f"{sources.parent.as_posix()}: git does not say whether it tracks the raw files:"
            f" {refused}; mend that (git's own words may say how), or remove git from this folder"
        )
        return
    for path in sorted(tracked):
        name = Path(path).relative_to(sources.parent).as_posix()
        licence = declared[name].licence if name in declared else "none"
        if name not in (sources.name, "CORRECTIONS.yaml") and not is_open(licence):
            yield (
                f"{path}: is tracked by git, and {sources} declares no open licence for it"
                f" (licence: {licence}); 'git rm --cached {path}' and list data/raw/ in .gitignore,"
                " or declare the licence under which it may be passed on by its SPDX name alone,"
                " e.g. CC-BY-4.0"
            )


class Refused(Exception):
    """Git cannot say which files it tracks, in its own words."""


def _tracked(folder: Path) -> list[str]:
    """The files of a folder that git tracks; none where there is no git or no repository.

    Raises Refused where there is one that git will not read, such as another owner's.
    """
    command = ["git", "ls-files", "-z", "--", folder.as_posix()]
    plain = os.environ | {"LC_ALL": "C"}  # git's words are compared
    try:
        done = subprocess.run(command, capture_output=True, check=False, env=plain)
    except FileNotFoundError:
        return []
    said = os.fsdecode(done.stderr).strip()
    if done.returncode and "not a git repository" not in said:
        raise Refused(" ".join(said.split()) or f"it ended with status {done.returncode}")
    return [os.fsdecode(path) for path in done.stdout.split(b"\0") if path]
