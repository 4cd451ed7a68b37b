"""Raw files of real studies do not belong into git, unless they are openly licensed."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from cesp_analysis.intake.sources import read_sources
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
    for path in sorted(_tracked(sources.parent)):
        name = Path(path).relative_to(sources.parent).as_posix()
        licence = declared[name].licence if name in declared else "none"
        if name not in (sources.name, "CORRECTIONS.yaml") and not is_open(licence):
            yield (
                f"{path}: is tracked by git, and {sources} declares no open licence for it"
                f" (licence: {licence}); 'git rm --cached {path}' and list data/raw/ in .gitignore,"
                " or declare the licence under which it may be passed on by its SPDX name alone,"
                " e.g. CC-BY-4.0"
            )


def _tracked(folder: Path) -> list[str]:
    """The files of a folder that git tracks; none where there is no git or no repository."""
    command = ["git", "ls-files", "-z", "--", folder.as_posix()]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        return []
    return [path for path in done.stdout.decode("utf-8").split("\0") if path]
