"""The source files that a step is made of, as one file that Snakemake looks at.

As inputs of their own they were nine tenths of a DAG's 25,000 inputs, and most of the time in which
it is built. The file holds the lines that `sha256sum` prints of them, so that it is the same
wherever the program lies, and the same again when an edit is taken back. It is written when a rule
is read and something has changed: before a DAG is built, for Snakemake looks into a folder once.
Beside it stands what changed when, for who reads why a step runs again.
"""

import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from cesp_analysis.checksums import sha256_of, sha256_of_text, sum_lines
from cesp_analysis.rerun import code_of, within_package
from cesp_analysis.whole_files import write_text

FOLDER = Path(".snakemake/cesp.code")
CHANGED = ".changes"
NONE = "-"  # no checksum: the source was not there


def code_file(step: str, *modules: str) -> str:
    """Where the checksums stand, in the working folder, of what a step and further modules import;
    they are written."""
    further = f".{sha256_of_text(' '.join(sorted(modules)))[:8]}" if modules else ""
    path = FOLDER / f"{step}{further}"
    sources = code_of(step, *modules)
    write_sums(sources, path)
    return str(path)


def write_sums(sources: Iterable[str], path: Path) -> None:
    """Write the checksums of source files, if others stand there.

    The first time the file is as old as the newest of them, so that results that are younger are
    not made again where somebody has deleted it.
    """
    files = list(sources)
    lines = sum_lines({within_package(one): _sum(one) for one in files})
    before = path.read_text(encoding="utf-8") if path.is_file() else None
    if before == lines:
        return
    write_text(lines, path)
    if before is None:
        newest = max(Path(one).stat().st_mtime_ns for one in files)
        os.utime(path, ns=(newest, newest))
        return
    was, now = _by_name(before), _by_name(lines)
    when, log = path.stat().st_mtime_ns, path.with_name(f"{path.name}{CHANGED}")
    told = "".join(
        f"{when} {was.get(name, NONE)} {name}\n"
        for name in sorted(was.keys() | now.keys())
        if was.get(name) != now.get(name)
    )
    write_text((log.read_text(encoding="utf-8") if log.is_file() else "") + told, log)


def changed_since(path: Path, when: int) -> list[str]:
    """The sources that are not what they were at a time (ns): what made a result of that time.

    An edit that was taken back is none; of a source that changed often the first change counts.
    """
    log = path.with_name(f"{path.name}{CHANGED}")
    entries = log.read_text(encoding="utf-8").splitlines() if log.is_file() else []
    then: dict[str, str] = {}
    for entry in entries:
        changed, was, name = entry.split(maxsplit=2)
        if int(changed) > when:
            then.setdefault(name, was)
    now = _by_name(path.read_text(encoding="utf-8"))
    return sorted(name for name, was in then.items() if now.get(name, NONE) != was)


def _by_name(sums: str) -> dict[str, str]:
    """Source → its checksum, of lines as `sha256sum` prints them."""
    pairs = (line.split(maxsplit=1) for line in sums.splitlines())
    return {name: checksum for checksum, name in pairs}


def sources_in(path: str) -> Iterator[str]:
    """The source files, as the package has them, whose checksums stand in a file."""
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        yield line.split(maxsplit=1)[1]


@cache
def _sum(path: str) -> str:
    return sha256_of(Path(path))
