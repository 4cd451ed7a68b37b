"""Who else on a machine may read a study: what a run makes is closed to others than its owner and
group, and a key that others can read is refused."""

import contextlib
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

MADE = ("data/processed", "results")
"""Folders of which nothing leaves but a copy of `results/public`."""
RAW = Path("data/raw")


def close(folders: Iterable[str] = MADE) -> Iterator[str]:
    """Make the folders, and take from others what they may do there; what is beneath keeps the
    user's own umask, so that a copy of it can be read where it is put.

    A line for each that stays open: another person's, or on a disk without permissions.
    """
    for folder in map(Path, folders):
        folder.mkdir(parents=True, exist_ok=True)
        mode = _mode(folder)
        if mode & stat.S_IRWXO:
            with contextlib.suppress(PermissionError):  # told in the line: it is as it was
                folder.chmod(mode & ~stat.S_IRWXO)
        if open_to_others(folder):
            yield opened_line(folder)


def opened_line(folder: Path) -> str:
    """What to do about a folder that is open to others."""
    return (
        f"{folder}: everybody on this machine may look into it (mode {_mode(folder):03o}); take"
        f" that from them (chmod o-rwx {folder}), or keep the study where only you and your group"
        " may go"
    )


def open_to_others(path: Path) -> bool:
    """Whether anybody on the machine may read, write or enter a file or folder: its own mode, and
    a way to it through all folders above."""
    above = path.resolve().parents
    return bool(_mode(path) & stat.S_IRWXO) and all(_mode(one) & stat.S_IXOTH for one in above)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
