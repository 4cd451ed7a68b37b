"""The step `manifest`: size and checksum of every file of a folder of results, as manifest.csv."""

import csv
import io
from pathlib import Path

from cesp_analysis.checksums import sha256_of
from cesp_analysis.whole_files import existing, write_text

MANIFEST = "manifest.csv"
HEADER = ("path", "bytes", "sha256")
LOGS = "logs"
"""The folder of results that no manifest lists: logs hold times."""


def manifest(files: list[Path], out: Path) -> None:
    """List files with their sizes in bytes and their sha256, sorted by path.

    `files`: in the folder in which `out` stands, from which paths count; with logs, and the
    manifest itself, left out.
    """
    folder = out.parent
    listed = sorted({path.relative_to(folder).as_posix(): path for path in files}.items())
    said = io.StringIO()
    writer = csv.writer(said, lineterminator="\n")
    writer.writerow(HEADER)
    for name, path in listed:
        if name != out.name and not name.startswith(f"{LOGS}/"):
            writer.writerow((name, existing(path).stat().st_size, sha256_of(path)))
    write_text(said.getvalue(), out)
