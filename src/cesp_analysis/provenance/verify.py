"""`cesp verify FOLDER`: whether results are byte for byte as their manifest says."""

from collections.abc import Iterator
from pathlib import Path

from cesp_analysis.checksums import sha256_of
from cesp_analysis.errors import CespError, one_line
from cesp_analysis.numbers import counted
from cesp_analysis.provenance.folder import files_of
from cesp_analysis.provenance.listed import Listed, read_manifest
from cesp_analysis.provenance.manifest import LOGS, MANIFEST


def verify(folder: Path = Path("results"), /) -> None:
    """Check the files of a folder against its manifest.csv; a line for each that differs.

    Links are not followed. Logs are not checked: they hold times.
    """
    if not folder.is_dir():
        raise CespError(f"{folder}: is no folder; name the results to check")
    listed, problems = read_manifest(folder)
    here = dict(_files(folder))
    for name in sorted({*listed, *here}):
        problems += [f"{folder / name}: {fault}" for fault in _faults(name, listed, here, folder)]
    if problems:
        raise CespError(problems)
    print(
        one_line(
            f"{folder}: {counted(len(listed), 'file')} as {MANIFEST} says, none missing, none"
            f" besides ({MANIFEST} itself: sha256 {sha256_of(folder / MANIFEST)})"
        )
    )


def _files(folder: Path) -> Iterator[tuple[str, bool]]:
    """Path within the folder → whether it is a link; logs and the manifest are left out."""
    for path in files_of(folder, but=LOGS):
        if path != folder / MANIFEST:
            yield path.relative_to(folder).as_posix(), path.is_symlink()


def _faults(
    name: str, listed: dict[str, Listed], here: dict[str, bool], folder: Path
) -> Iterator[str]:
    """What is wrong with one path."""
    if name not in here:
        yield f"is missing, though {MANIFEST} lists it"
    elif name not in listed:
        yield f"is there besides: {MANIFEST} does not list it"
    elif here[name]:
        yield "is a link, not the file itself"
    else:
        yield from _differs(folder / name, listed[name])


def _differs(path: Path, listed: Listed) -> Iterator[str]:
    if not path.is_file():
        yield "is no file but a pipe or a device"
        return
    try:
        size, sha256 = path.stat().st_size, sha256_of(path)
    except OSError as error:
        yield f"cannot be read ({error.strerror})"
        return
    if size != listed.size:
        yield f"has changed: {size:,} bytes, {listed.size:,} when it was made"
    elif sha256 != listed.sha256:
        yield f"has changed: as many bytes ({size:,}), others than when it was made"
