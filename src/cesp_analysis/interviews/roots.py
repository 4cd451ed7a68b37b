"""A folder above all codes: that in which NVivo keeps them is no theme, and any other makes one of
all."""

from collections.abc import Iterable
from dataclasses import replace

from cesp_analysis.declared.coded_files import LEVELS
from cesp_analysis.interviews.names import compared
from cesp_analysis.interviews.project import Code
from cesp_analysis.interviews.rows import FileRows, noted

OF_PROGRAMS = frozenset({"nodes", "codes", "tree nodes", "free nodes"})
"""What NVivo calls the folders of its codes, which its tables write before each."""


def without_root(read: FileRows) -> FileRows:
    """A file's codes without NVivo's folder, unless its entry names codes in it, and a note of it;
    of another first level that all have a note of what it does to themes."""
    file = read.file
    own = [row for row in read.rows if not row.theme and row.code not in file.markers()]
    root, below = _root(row.code for row in own), dict.fromkeys(row.code for row in own)
    if root is None:
        return read
    codes = codes_without_root(read.codes)
    alike = _root(row.code for row in read.rows) == root and (codes != read.codes or not codes)
    named = (*file.codes, *file.left_out, *file.markers())
    if compared(root) in OF_PROGRAMS and alike and not any(_within(one, root) for one in named):
        fact = f"codes stand in '{root}', the folder of all codes, which is left out"
        notes = noted(file.path, "folder_of_codes", list(below), fact)
        rows = tuple(row._replace(code=row.code.removeprefix(root + LEVELS)) for row in read.rows)
        return replace(read, rows=rows, codes=codes, notes=(*read.notes, *notes))
    if any(_within(code, one) for code in below for one in (*file.codes, *file.left_out)):
        return read
    fact = (
        f"codes all stand under '{root}', which is so the only theme; if it is a folder, write"
        f" under codes: which theme each below it is ('{next(iter(below))}': {{theme: …}})"
    )
    several = list(below) if len({code.split(LEVELS)[1] for code in below}) > 1 else []
    return replace(read, notes=(*read.notes, *noted(file.path, "one_theme", several, fact)))


def codes_without_root(codes: tuple[Code, ...]) -> tuple[Code, ...]:
    """A codebook without NVivo's folder above all of its codes."""
    below = [code for code in codes if len(code.names) > 1]
    root = _root(LEVELS.join(code.names) for code in below)
    if root is None or compared(root) not in OF_PROGRAMS:
        return codes
    if any(code.names != (root,) for code in codes if len(code.names) == 1):
        return codes
    return tuple(replace(code, names=code.names[1:]) for code in below)


def _root(paths: Iterable[str]) -> str | None:
    """The first level of all paths, none of which is that level itself."""
    found = {path.partition(LEVELS)[::2] for path in paths}
    firsts = {first for first, _ in found}
    return next(iter(firsts)) if len(firsts) == 1 and all(rest for _, rest in found) else None


def _within(code: str, above: str) -> bool:
    return code == above or code.startswith(above + LEVELS)
