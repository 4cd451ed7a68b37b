"""What a step is told, where it is too long for a word of a command: a file holds it.

Linux takes no word of more than 128 KiB (MAX_ARG_STRLEN), and a shell gets a whole command as one.
Of 330 sites what `clean` is told was longer. `--spec @FILE` is then as `--spec` with the file's
text. The file is named after its text's sha256: Snakemake, which compares words, sees that it
changed. It is written when the word is asked for, so that it is there on whatever machine a job's
command is made.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any

from cesp_analysis.errors import CespError
from cesp_analysis.provenance.checksums import sha256_of_text
from cesp_analysis.whole_files import write_text

LONGEST = 2**16
"""Bytes of a spec in a command: as much again is left for paths, quotes and other words."""
FOLDER = Path(".snakemake/cesp.specs")
FILE = "@"
"""Begins a word that is a file's name; JSON does not begin so."""


def word_of(spec: str) -> str:
    """The word of a command that stands for a spec: itself, or the file that was written of it."""
    if len(spec.encode()) <= LONGEST:
        return spec
    path = FOLDER / f"{sha256_of_text(spec)}.json"
    if not path.exists():
        write_text(spec, path)
    return f"{FILE}{path}"


def spec_of(word: str) -> str:
    """The spec that a word stands for; CespError where its file is not there."""
    if not word.startswith(FILE):
        return word
    path = Path(word.removeprefix(FILE))
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise CespError(
            f"--spec {word}: cannot be read ({error.strerror or error}); type the command in the"
            " study's folder, where snakemake writes this file"
        ) from None


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

    @wraps(made)
    def word(*wildcards: Any) -> str:
        return word_of(made(*wildcards))

    return word
