"""Where the files that a study is made of may lie: in its folder, raw ones under data/raw."""

from collections.abc import Iterator
from pathlib import PurePosixPath


def leaving(place: str, path: str, where: str = "into it") -> Iterator[str]:
    """A line if a path leaves the study's folder; links are followed when the study is opened."""
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        yield f"{place}: '{path}' leaves the study's folder; put the file {where}"


def misplaced_raw(place: str, path: str) -> Iterator[str]:
    """A line if the path of a raw file leaves the folder or lies elsewhere than under data/raw."""
    if out := list(leaving(place, path, "under data/raw")):
        yield from out
    elif PurePosixPath(path).parts[:2] != ("data", "raw"):
        yield f"{place}: '{path}' lies outside data/raw; put the file there"
