"""`cesp run DIR`: a study anywhere, by the Snakefile that came with the program.

A checkout has the Snakefile, rules and profiles at its top. The build copies them into the package
(`setup.py`), so that what was installed from a wheel needs no checkout.
"""

import os
import sys
from importlib.resources import files
from pathlib import Path

from cesp_analysis.errors import CespError

_PACKAGE = Path(str(files("cesp_analysis")))
_PROFILE = "--workflow-profile"


def run(folder: Path, /, *words: str) -> None:
    """Run the study in the folder DIR; further words go to Snakemake: files to make, options.

    `cesp run DIR -n` says what would be made; `cesp run DIR --help` names Snakemake's options. A
    `--` before them may stand there, and says nothing.
    """
    if not (folder / "config.yaml").is_file():
        fault = "holds no config.yaml" if folder.is_dir() else "there is no such folder"
        raise CespError(
            f"{folder}: {fault}; name the folder of a study, or make one: cesp new-study DIR FILE…"
        )
    sys.stdout.flush()
    # Snakemake in the place of this process: signals, and the lock of a run, are its own
    os.execv(sys.executable, [sys.executable, *told(folder, list(words))])


def told(folder: Path, words: list[str]) -> list[str]:
    """What Python is told for this: Snakemake, where all lies, and a person's words as they are."""
    top = workflow()
    if "--" in words:
        words.remove("--")
    own = any(word.split("=")[0] == _PROFILE for word in words)
    profile = [] if own else [_PROFILE, str(top / "profiles" / "default")]
    # -P: the folder in which somebody types is no place to import from
    start = ["-P", "-m", "snakemake", "--snakefile", str(top / "Snakefile")]
    return [*start, "--directory", str(folder), *profile, *words]


def workflow() -> Path:
    """The folder of Snakefile, rules and profiles: within the package if a build put them there,
    else the top of the checkout that the source lies in."""
    for top in (_PACKAGE / "workflow", _PACKAGE.parents[1]):
        if (top / "Snakefile").is_file():
            return top
    raise CespError(
        f"{_PACKAGE}: this installation has no Snakefile; install cesp-analysis again from its"
        " wheel, or from a checkout (pip install .)"
    )
