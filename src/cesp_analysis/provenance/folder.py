"""What lies in a folder of results, whoever put it there."""

import os
from pathlib import Path


def files_of(folder: Path, but: str = "") -> list[Path]:
    """Every file and link below a folder, sorted; links are not followed.

    `but`: a folder in it that is not entered.
    """
    found = []
    for place, folders, names in os.walk(folder):
        at = Path(place)
        if at == folder:
            folders[:] = [name for name in folders if name != but]
        links = [name for name in folders if (at / name).is_symlink()]
        found += [at / name for name in (*names, *links)]
    return sorted(found)
