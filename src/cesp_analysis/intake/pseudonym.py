"""`cesp pseudonym`: whose is it? (A module of its own: intake need not know what a study is.)"""

import contextlib
import sys
from pathlib import Path

from cesp_analysis.errors import CespError
from cesp_analysis.intake.key import key_of, place_of_key
from cesp_analysis.study.read import read_study
from cesp_analysis.study.specs import intake, synthetic_secret
from cesp_analysis.study.study import Study

_CORRECTIONS = Path("data/raw/CORRECTIONS.yaml")
"""As `named_files` has it, which reads whole studies and stands above this room."""


def pseudonym(ids: list[str], /, folder: Path = Path()) -> None:
    """Print the pseudonym of each id, to find somebody in processed tables.

    An id that no raw file holds is nobody's: that is said in its place. Where raw files cannot be
    read it is not known, which is said too.
    """
    study = read_study(folder)
    if not study.study.pseudonyms:
        raise CespError("config.yaml: study.pseudonyms is false: ids stand as they are")
    key = key_of(synthetic_secret(study), place_of_key(study.study.id, study.study.key, folder))
    held = _held(study, folder)
    of_nobody = [word for word in map(str, ids) if held is not None and word.strip() not in held]
    for word in ids:
        if word not in of_nobody:
            print(f"{word}: {key.pseudonym(str(word))}")
    if of_nobody:
        raise CespError(
            f"{word}: no raw file holds this id, so a pseudonym of it is nobody's; write it as the"
            " raw files do"
            for word in of_nobody
        )


def _held(study: Study, folder: Path) -> set[str] | None:
    """The ids in the raw files; None, and a line, where one of these cannot be read."""
    from cesp_analysis.intake.intake import ids_held

    with contextlib.chdir(folder):
        try:
            return ids_held(intake(study), [p for p in (_CORRECTIONS,) if p.is_file()])
        except (CespError, OSError) as error:
            first = str(error).splitlines()[0]
            print(f"not known whether a raw file holds these ids: {first}", file=sys.stderr)
            return None
