"""Whether a file that somebody names can be read, in words."""

import os
from pathlib import Path

PART = ".part"
"""How the hidden file ends that a step writes to before it takes its place."""


def fault_of(path: Path) -> str | None:
    """Why a file cannot be read; None if it can. Nothing is opened: a pipe would wait for ever."""
    try:
        if path.is_symlink() and not path.exists():
            return "is a link to a file that is not there"
        if not path.exists():
            return "there is no such file"
    except OSError as error:  # a folder above it may not be entered
        return f"cannot be reached ({error.strerror})"
    if path.is_dir():
        return "is a folder, not a file"
    if not path.is_file():
        return "is no file but a pipe or a device"
    return None if os.access(path, os.R_OK) else "may not be read by you (chmod u+r)"


def leads_out(path: Path, folder: Path) -> bool:
    """Whether a file of a folder is a link, or lies behind one, that leads out of the folder."""
    return not path.resolve().is_relative_to(folder.resolve())
