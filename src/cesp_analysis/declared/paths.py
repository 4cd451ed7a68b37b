"""Where the files that a study is made of may lie: in its folder, raw ones under data/raw; the key
of its pseudonyms elsewhere."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath


def leaving(place: str, path: str, where: str = "into it") -> Iterator[str]:
    """A line if a path leaves the study's folder, or is not the plain one of its file: entries of
    one file are told by its path. Links are followed when the study is opened."""
    plain = PurePosixPath(path)
    if plain.is_absolute() or ".." in plain.parts:
        yield f"{place}: '{path}' leaves the study's folder; put the file {where}"
    elif path and plain.as_posix() != path:
        yield f"{place}: '{path}' is not the plain path of a file; write {plain}"


def misplaced_raw(place: str, path: str) -> Iterator[str]:
    """A line if the path of a raw file leaves the folder or lies elsewhere than under data/raw."""
    if out := list(leaving(place, path, "under data/raw")):
        yield from out
    elif PurePosixPath(path).parts[:2] != ("data", "raw"):
        yield f"{place}: '{path}' lies outside data/raw; put the file there"


def place_of(key: str, folder: Path) -> Path:
    """Where `study.key` lies: relative to the study's folder, `~` is the user's own."""
    try:
        return folder / Path(key).expanduser()
    except RuntimeError:  # '~nobody/…': nobody's home, so the name of a folder (which is refused)
        return folder / key


def misplaced_key(key: str, folder: Path) -> Iterator[str]:
    """A line if the key of pseudonyms is nowhere, a folder, or beside what it protects."""
    remedy = "name a file outside the study's folder, e.g. ~/keys/study.key"
    if not key.strip():
        yield f"study.key: is blank; {remedy}, or remove it"
    elif place_of(key, folder).resolve().is_relative_to(folder.resolve()):
        yield f"study.key: '{key}' lies in the study's folder, beside the results; {remedy}"
    elif place_of(key, folder).is_dir():
        yield f"study.key: '{key}' is a folder; {remedy}"
