"""What a step is told, where it is too long for a word of a command: a file holds it.

Linux takes no word of more than 128 KiB (MAX_ARG_STRLEN), and a shell gets a whole command as one.
Of 330 sites what `clean` is told was longer. `--spec @FILE` is then as `--spec` with the file's
text. The file is named after its text's sha256: Snakemake, which compares words, sees that it
changed, and a file that somebody edited is told from one that is as it was. It is written when the
word is asked for, so that it is there on whatever machine a job's command is made.
"""

import json
import os
import re
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any

from cesp_analysis.checksums import sha256_of_text
from cesp_analysis.errors import CespError
from cesp_analysis.whole_files import write_text

LONGEST = 2**16
"""Bytes of a spec in a command: as much again is left for paths, quotes and other words."""
FOLDER = Path(".snakemake/cesp.specs")
FILE = "@"
"""Begins a word that is a file's name; JSON does not begin so."""


def word_of(spec: str) -> str:
    """The word of a command that stands for a spec: itself, or the file that holds it, which is
    written if it is not there or holds anything else."""
    if len(spec.encode()) <= LONGEST:
        return spec
    path = FOLDER / f"{sha256_of_text(spec)}.json"
    if not path.exists() or path.read_bytes() != spec.encode():
        write_text(spec, path)
    return f"{FILE}{path}"


def spec_of(word: str) -> str:
    """The spec that a word stands for; CespError where its file is not there, is no JSON, or has
    another text than the one it is named after."""
    if not word.startswith(FILE):
        return word
    path = Path(word.removeprefix(FILE))
    try:
        spec = path.read_text(encoding="utf-8")
        json.loads(spec)
    except OSError as error:
        raise CespError(
            f"--spec {word}: cannot be read ({error.strerror or error}); type the command in the"
            " study's folder, where snakemake writes this file"
        ) from None
    except ValueError as error:  # bytes that are no UTF-8 as well
        raise CespError(
            f"--spec {word}: is no JSON ({error}); delete it, and snakemake writes it again"
        ) from None
    if re.fullmatch("[0-9a-f]{64}", path.stem) and sha256_of_text(spec) != path.stem:
        raise CespError(
            f"--spec {word}: was changed since snakemake wrote it; delete it, and snakemake writes"
            " it again; what a step is told is changed in config.yaml"
        )
    return spec


def may_be_written() -> None:
    """CespError where there is something in the place of the files and nothing can be written in
    it: asked before jobs, of which Snakemake would say it with a traceback."""
    if FOLDER.exists() and not (FOLDER.is_dir() and os.access(FOLDER, os.W_OK | os.X_OK)):
        raise CespError(
            f"{FOLDER}: is no folder that you may write in; delete it, and snakemake makes it again"
        )


def by_file(rules: Iterable[Any]) -> None:
    """Let every rule of a workflow that has a parameter `spec` give the word for it."""
    for rule in rules:
        for at in [place for name, (place, _) in rule.params._get_names() if name == "spec"]:
            told = _as_word(rule.params[at])
            rule.params[at] = rule.params.spec = told


def _as_word(told: str | Callable[..., str]) -> str | Callable[..., str]:
    """A parameter that is a word, of one that is a spec, or that makes one of wildcards."""
    if isinstance(told, str):
        return word_of(told)
    made = told

    @wraps(made)  # Snakemake asks for the names of a function's arguments, and gives what they name
    def word(*wildcards: Any, **others: Any) -> str:
        return word_of(made(*wildcards, **others))

    return word
